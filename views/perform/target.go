package perform

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"drey/client/fault"
	"drey/views"
	"drey/views/resource"
)

// Why an item cannot be acted on although it was there.
var (
	ErrAbsent   = errors.New("it is gone")
	ErrReplaced = errors.New(
		"it was deleted and made again meanwhile: this is another one of the same name, ask about that one",
	)
)

// absent tells that the item that was meant is there no more.
func absent(err error) bool { return errors.Is(err, ErrAbsent) || errors.Is(err, ErrReplaced) }

// Target is an item as it was last read, or why it cannot be acted on.
type Target struct {
	Item    resource.Item[any]
	Absence error
}

// Targets are items of which nothing is known that forbids to act on them.
func Targets(items []resource.Item[any]) []Target {
	out := make([]Target, len(items))
	for i, item := range items {
		out[i].Item = item
	}
	return out
}

// ReadAgain reads every item again, a few at a time. One that has another identity
// by now is not the one that was meant.
func ReadAgain(ctx context.Context, kind *resource.Kind[any], items []resource.Item[any]) []Target {
	out := Targets(items)
	InParallel(len(items), func(i int) {
		out[i] = readAgain(ctx, kind, items[i])
	})
	return out
}

func readAgain(ctx context.Context, kind *resource.Kind[any], before resource.Item[any]) Target {
	now := before
	value, err := kind.Read(ctx, kind.Ref(before))
	if fault.Is(err, fault.NotFound) {
		return Target{before, ErrAbsent}
	}
	if err != nil {
		return Target{before, fmt.Errorf("it could not be looked at: %w", err)}
	}
	now.Value = value
	if kind.Key(now) != kind.Key(before) || kind.Made != nil && differ(kind.Made(before.Value), kind.Made(value)) {
		return Target{before, ErrReplaced}
	}
	return Target{Item: now}
}

// differ tells that both say something, and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// InParallel calls fn for 0 to n-1, a few at a time.
func InParallel(n int, fn func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, AtOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			fn(i)
		})
	}
	wg.Wait()
}

// Read reads the object of an address; made is when it was created, "" where that is not
// known. Another one of the same name is ErrReplaced: some servers give an object that is
// made again the UID of the one before.
func Read(ctx context.Context, kind *resource.Kind[any], ref views.Ref, made string) (resource.Item[any], error) {
	item := resource.Item[any]{Location: &resource.Location{Scope: ref.Scope, Parent: ref.Parent}}
	var err error
	item.Value, err = kind.Read(ctx, ref)
	if err == nil && (ref.UID != "" && kind.Key(item) != ref.UID ||
		made != "" && kind.Made != nil && kind.Made(item.Value) != made) {
		err = ErrReplaced
	}
	return item, err
}
