package ccloudapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
)

// How long the regions that are slow are waited for once another one has answered:
// before anything is shown, and later.
const (
	firstPatience = time.Second
	patience      = 5 * time.Second
)

// errNoAnswerYet is what is said of a region that is slower than the others.
var errNoAnswerYet = errors.New("it has not answered yet")

// perRegion lists a collection of the data plane in each region; see together.
func perRegion[T any](c *Client, environment string, of ccloud.Collection, in func(*T, string)) Lister[T] {
	var all Lister[T]
	return func(ctx context.Context) (client.Listed[T], bool, error) {
		regions, err := c.needData()
		if err != nil {
			return client.Listed[T]{}, false, err
		}
		scope, err := c.scope(ctx, environment)
		if err != nil {
			return client.Listed[T]{}, false, err
		}
		if all == nil {
			var each []*regionList[T]
			for _, r := range regions {
				next := newPoll[T](r.client, of.Path(scope), url.Values{}).Next
				each = append(each, &regionList[T]{name: r.name, next: next, in: in})
			}
			all = together(c, each)
		}
		return all(ctx)
	}
}

// regionList is one region's part of a list.
type regionList[T any] struct {
	name string
	next Lister[T]
	in   func(*T, string) // says of an item where it is

	answer  chan regionAnswer[T] // of the question under way; nil: there is none
	detach  func() bool          // lets the question outlive who asked it
	items   []T                  // of the newest answer that could be read
	broken  []client.Broken
	err     error // why the newest one could not
	changed bool  // since it was taken last
}

type regionAnswer[T any] struct {
	listed  client.Listed[T]
	changed bool
	err     error
}

// together asks all regions at the same time and makes one list of their answers. One
// that fails, or is slower than the others, is reported among the broken and keeps its
// last items; only where none answers the list is an error. A question to a slow
// region goes on, and its answer is in the list that is asked for next.
func together[T any](c *Client, each []*regionList[T]) Lister[T] {
	shown, came := false, make(chan struct{}, 1)
	return func(ctx context.Context) (client.Listed[T], bool, error) {
		for _, r := range each {
			r.ask(ctx, c.lifetime, came)
		}
		wait := patience
		if !shown {
			wait = firstPatience
		}
		if err := takeAnswers(ctx, each, came, wait); err != nil {
			return client.Listed[T]{}, false, err
		}
		var all client.Listed[T]
		changed, failed := !shown, 0
		for _, r := range each {
			changed, r.changed = changed || r.changed, false
			all.Items = append(all.Items, r.items...)
			all.Broken = append(all.Broken, r.broken...)
			if r.err != nil {
				failed++
				all.Broken = append(all.Broken, client.Broken{Name: r.name, Err: r.err})
			}
		}
		if failed == len(each) && failed > 0 {
			return client.Listed[T]{}, false, each[0].err
		}
		shown = true
		return all, changed, nil
	}
}

// ask sends a question, unless one is under way. It is given up with the call of the
// list that waits for it, until that has returned, and with the client.
func (r *regionList[T]) ask(ctx, lifetime context.Context, came chan<- struct{}) {
	if r.answer != nil {
		return
	}
	question, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.detach = context.AfterFunc(ctx, cancel)
	closed := context.AfterFunc(lifetime, cancel)
	answer := make(chan regionAnswer[T], 1)
	r.answer = answer
	go func() {
		defer cancel()
		defer closed()
		l, changed, err := r.next(question)
		answer <- regionAnswer[T]{l, changed, err}
		select {
		case came <- struct{}{}:
		default:
		}
	}()
}

// takeAnswers waits until all regions have answered, or for so long once one has whose
// answer can be read.
func takeAnswers[T any](
	ctx context.Context, each []*regionList[T], came <-chan struct{}, patience time.Duration,
) error {
	var over <-chan time.Time
	for late := false; ; {
		open, read := 0, false
		for _, r := range each {
			open += r.take(late)
			read = read || r.answer == nil && r.err == nil
		}
		if open == 0 || late {
			return nil
		}
		if read && over == nil {
			over = time.After(patience)
		}
		select {
		case <-came:
		case <-over:
			late = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// take has the region's answer where it has come, and says how many have not. One that
// is late is said to be, and asked no second time meanwhile.
func (r *regionList[T]) take(late bool) (open int) {
	if r.answer == nil {
		return 0
	}
	was := fmt.Sprint(r.err)
	select {
	case a := <-r.answer:
		r.answer = nil
		if r.err = a.err; a.err == nil {
			r.items, r.broken = nil, a.listed.Broken
			for _, item := range a.listed.Items {
				r.in(&item, r.name)
				r.items = append(r.items, item)
			}
		}
		r.changed = r.changed || a.err == nil && a.changed
	default:
		if !late {
			return 1
		}
		r.err = errNoAnswerYet
	}
	r.detach()
	r.changed = r.changed || was != fmt.Sprint(r.err)
	return 0
}

// found is what a region has of a name.
type found[T any] struct {
	value  T
	region string
	meant  bool // it is the one that is looked for, and there is no other
	err    error
}

// inOneRegion asks regions at the same time for an object of a name. The first that is
// meant is the one; else it is the only one, and where several have one of the name
// nobody knows which: that is an error. Regions that are slow are not waited for long
// once it was found. That there is none counts only where each region says so.
func inOneRegion[T any](
	ctx context.Context, regions []*region, what string, ask func(context.Context, *region) (T, bool, error),
) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan found[T], len(regions))
	for _, r := range regions {
		go func() {
			value, meant, err := ask(ctx, r)
			answers <- found[T]{value, r.name, meant, err}
		}()
	}
	var all []found[T]
	var failure error
	var over <-chan time.Time
	for range regions {
		var f found[T]
		select {
		case f = <-answers:
		case <-over:
			return all[0].value, nil
		}
		switch {
		case f.err == nil && f.meant:
			return f.value, nil
		case f.err == nil:
			all = append(all, f)
			over = time.After(firstPatience)
		case failure == nil || fault.Is(failure, fault.NotFound):
			failure = f.err
		}
	}
	var none T
	switch len(all) {
	case 0:
		return none, failure
	case 1:
		return all[0].value, nil
	}
	var names []string
	for _, f := range all {
		names = append(names, f.region)
	}
	slices.Sort(names)
	return none, fmt.Errorf("there is a %s in each of %s: choose its row", what, strings.Join(names, ", "))
}

// failureOf is why a list may lack what is looked for: a region that could not be read.
func failureOf(broken []client.Broken) error {
	for _, b := range broken {
		if b.Name != "" && b.Err != nil {
			return fmt.Errorf("%s: %w", b.Name, b.Err)
		}
	}
	return nil
}
