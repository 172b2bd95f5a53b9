package browse

import (
	"context"
	"errors"
	"slices"
	"sync"

	"drey/views/grid"
)

// Lister asks for one collection again and again. changed is false when it is as
// it was; the lists are then the ones of the answer before. Unread need no
// Location. With ErrMore the lists are those of the first pages, and it is to be
// asked for the others.
type Lister[T any] func(ctx context.Context) (items []T, unread []Unread, changed bool, err error)

// ErrMore is what a Lister gives with the first pages of a list that has more. It
// is no failure.
var ErrMore = errors.New("more pages follow")

// NewSource makes a Source of one collection.
func NewSource[T any](at Location, list Lister[T]) Source[T] {
	return newCollection(at, list)
}

// collection is the last answer of a Lister.
type collection[T any] struct {
	at     *Location
	list   Lister[T]
	asking sync.Mutex // one question at a time

	mu     sync.Mutex // of what follows
	values []T
	unread []Unread
	asked  bool
	more   bool // pages follow
}

func newCollection[T any](at Location, list Lister[T]) *collection[T] {
	return &collection[T]{at: &at, list: list}
}

// Next lists once. A question that was cancelled may still be on its way out,
// hence the lock.
func (c *collection[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	changed, err := c.ask(ctx)
	if !changed || err != nil {
		return Batch[T]{}, false, err
	}
	items, unread := c.appendTo(nil, nil)
	batch := Batch[T]{Items: items, Unread: unread, Partial: c.isPartial()}
	if batch.Partial {
		batch.Missing = "the first " + grid.Thousands(len(items)) + ", more are coming"
	}
	return batch, true, nil
}

// isPartial tells that pages follow which were not asked for yet.
func (c *collection[T]) isPartial() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.more
}

func (c *collection[T]) ask(ctx context.Context) (changed bool, err error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	values, unread, changed, err := c.list(ctx)
	more := errors.Is(err, ErrMore)
	if err != nil && !more {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := c.more && !more
	c.more = more
	if !changed && !ended && c.asked {
		return false, nil
	}
	c.asked = true
	c.values, c.unread = values, c.unread[:0:0]
	for _, u := range unread {
		u.Location = c.at
		c.unread = append(c.unread, u)
	}
	return true, nil
}

func (c *collection[T]) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.values)
}

// appendTo adds the last answer's items, and what could not be read, to both.
func (c *collection[T]) appendTo(items []Item[T], unread []Unread) ([]Item[T], []Unread) {
	c.mu.Lock()
	defer c.mu.Unlock()
	items = slices.Grow(items, len(c.values))
	for _, v := range c.values {
		items = append(items, Item[T]{Location: c.at, Value: v})
	}
	return items, append(unread, c.unread...)
}
