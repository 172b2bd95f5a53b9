// Package sources decides which lists are asked when, and gives what they hold as one: a
// list of one collection, of the collections of all scopes in turn, and how often each is
// asked while it changes, while it rests and after errors. It never waits for a scope that
// does not answer, and one that cannot be read keeps its last items.
package sources

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"drey/views/grid"
	"drey/views/resource"
)

// Lister asks for one collection again and again. changed is false when it is as
// it was; the lists are then the ones of the answer before. Unread need no
// Location. With ErrMore the lists are those of the first pages, and it is to be
// asked for the others.
type Lister[T any] func(ctx context.Context) (items []T, unread []resource.Unread, changed bool, err error)

// ErrMore is what a Lister gives with the first pages of a list that has more. It
// is no failure.
var ErrMore = errors.New("more pages follow")

// NewSource makes a Source of one collection.
func NewSource[T any](at resource.Location, list Lister[T]) resource.Source[T] {
	return newCollection(at, list)
}

// collection is the last answer of a Lister.
type collection[T any] struct {
	at     *resource.Location
	list   Lister[T]
	asking sync.Mutex // one question at a time

	mu     sync.Mutex // of what follows
	values []T
	unread []resource.Unread
	asked  bool
	more   bool // pages follow

	credit credit // of a collection that is polled alone
	forced bool   // the next question does not wait for its turn
	read   time.Time
}

// A list that nothing changed in costs the server and this program by its length:
// one of many items is asked for less often. A poll may ask for refreshAtOnce times
// costOfOne items, or for more of them every so many times; calmAtOnce times where
// nothing changes and nobody presses a key.
const (
	costOfOne  = 2000
	calmAtOnce = refreshAtOnce / 2
)

// cost is what asking for the list takes, in questions of costOfOne items.
func (c *collection[T]) cost() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.more {
		return 1 // one page of it
	}
	return 1 + len(c.values)/costOfOne
}

// credit is how many questions may be asked now.
type credit struct {
	left int
	calm bool // nothing changes, and nobody presses a key
}

// add is the credit of one poll more; it is saved up for what costs most.
func (c *credit) add(most int) { c.left = min(c.left+c.atOnce(most), max(most, refreshAtOnce)) }

// atOnce is how many questions a poll may ask where the dearest list costs most.
func (c *credit) atOnce(most int) int {
	if c.calm && most > 1 {
		return calmAtOnce
	}
	return refreshAtOnce
}

// polls is how many it takes to ask all questions once.
func (c *credit) polls(all, most int) int {
	n := c.atOnce(most)
	return (all + n - 1) / n
}

// spend tells whether a question may be asked and takes its cost.
func (c *credit) spend(cost int) bool {
	if c.left < cost {
		return false
	}
	c.left -= cost
	return true
}

// Force has the next question not wait for its turn.
func (c *collection[T]) Force() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forced = true
}

// SeenAt is when the list was asked for last, and how many polls it takes until it
// is asked for again.
func (c *collection[T]) SeenAt() (at time.Time, polls int) {
	cost := c.cost()
	c.mu.Lock()
	defer c.mu.Unlock()
	if polls := c.credit.polls(cost, cost); polls > 1 {
		return c.read, polls
	}
	return time.Time{}, 1
}

// ReadAt is when the list was asked for that is shown, zero before there is one.
func (c *collection[T]) ReadAt(string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read
}

// Calm tells whether nothing changed for a while and nobody pressed a key.
func (c *collection[T]) Calm(calm bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.credit.calm = calm
}

// due tells whether a collection that is polled alone is asked for now.
func (c *collection[T]) due() bool {
	cost := c.cost()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.credit.add(cost)
	if c.forced || !c.asked || c.more {
		c.forced, c.credit.left = false, 0
		return true
	}
	return c.credit.spend(cost)
}

func newCollection[T any](at resource.Location, list Lister[T]) *collection[T] {
	return &collection[T]{at: &at, list: list}
}

// Next lists once. A question that was cancelled may still be on its way out,
// hence the lock.
func (c *collection[T]) Next(ctx context.Context) (resource.Batch[T], bool, error) {
	if !c.due() {
		return resource.Batch[T]{}, false, nil
	}
	changed, err := c.ask(ctx)
	if !changed || err != nil {
		return resource.Batch[T]{}, false, err
	}
	items, unread := c.appendTo(nil, nil)
	batch := resource.Batch[T]{Items: items, Unread: unread, Partial: c.isPartial()}
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
	read := time.Now()
	values, unread, changed, err := c.list(ctx)
	more := errors.Is(err, ErrMore)
	if err != nil && !more {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := c.more && !more
	c.more, c.read = more, read
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
func (c *collection[T]) appendTo(
	items []resource.Item[T], unread []resource.Unread,
) ([]resource.Item[T], []resource.Unread) {
	c.mu.Lock()
	defer c.mu.Unlock()
	items = slices.Grow(items, len(c.values))
	for _, v := range c.values {
		items = append(items, resource.Item[T]{Location: c.at, Value: v})
	}
	return items, append(unread, c.unread...)
}
