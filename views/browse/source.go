package browse

import (
	"context"
	"slices"
	"sync"
)

// Lister asks for one collection again and again. changed is false when it is as
// it was; the lists are then the ones of the answer before. Unread need no
// Location.
type Lister[T any] func(ctx context.Context) (items []T, unread []Unread, changed bool, err error)

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
	return Batch[T]{Items: items, Unread: unread}, true, nil
}

func (c *collection[T]) ask(ctx context.Context) (changed bool, err error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	values, unread, changed, err := c.list(ctx)
	if err != nil {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !changed && c.asked {
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
