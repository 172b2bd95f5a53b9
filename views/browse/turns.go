package browse

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"drey/client/urgency"
)

const (
	// refreshAtOnce is how many scopes that were read before are asked again at a
	// time: all of them where there are few.
	refreshAtOnce = 6
	// seenAtOnce is how many of those are scopes whose rows are on the screen. The
	// others are those whose counts changed, and at least one that it is the turn of.
	seenAtOnce = 3
	// unreadAtOnce is how many scopes that were never read are asked at a time.
	unreadAtOnce = 10
	// askedFirst is how many scopes are asked at once when a list is opened, those in
	// trouble before the others; the rest keeps to the budget of the server.
	askedFirst = 20
)

// seenScopes are those whose rows are on the screen, and when they were read.
type seenScopes struct {
	mu    sync.Mutex
	names []string
	at    map[string]time.Time
	many  bool // not all scopes are asked each time
}

// See tells of which scopes rows are on the screen: they are asked first.
func (f *allScopes[T]) See(names []string) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.names = names
}

// SeenAt is when the oldest row on the screen was asked for, zero where nobody
// knows, and how many polls it takes until every such row is asked for again.
func (f *allScopes[T]) SeenAt() (at time.Time, polls int) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	if !f.seen.many {
		return time.Time{}, 1
	}
	for _, name := range f.seen.names {
		if read, ok := f.seen.at[name]; ok && (at.IsZero() || read.Before(at)) {
			at = read
		}
	}
	return at, max((len(f.seen.names)+seenAtOnce-1)/seenAtOnce, 1)
}

func (f *allScopes[T]) hints() map[string]Hint {
	if f.scopes.Hints == nil {
		return nil
	}
	return f.scopes.Hints()
}

// levelOf is how urgent the question to a scope is: the first of those that a list
// is opened with do not wait for their turn, and no page after the first does.
func (f *allScopes[T]) levelOf(p *scopePoll[T], level urgency.Level) urgency.Level {
	p.state.mu.Lock()
	first, more := p.state.asked.IsZero(), p.state.more
	p.state.mu.Unlock()
	if more && level == urgency.Shown {
		return urgency.Asked
	}
	if first && level == urgency.Shown && f.opened < askedFirst {
		f.opened++
		return urgency.Asked
	}
	return level
}

// candidate is a scope that may be asked, as it was when its turn was decided.
type candidate[T any] struct {
	*scopePoll[T]
	busy, unfinished, changed, seen bool
	asked                           time.Time
	hint                            Hint
}

// due are the scopes to ask now: those that were never read whole, and as often as
// a list is polled some of the others.
func (f *allScopes[T]) due() []*scopePoll[T] {
	all := f.candidates()
	f.publish(all)
	d := &turn[T]{taken: map[*scopePoll[T]]bool{}}
	if f.takeUnread(d, all) {
		if f.everything || time.Since(f.refreshed) < pollEvery {
			return d.due
		}
	}
	f.refreshed = time.Now()
	f.takeOthers(d, all)
	return d.due
}

// takeOthers takes scopes that were read before: all where there are few, else some
// whose rows are on the screen, then those whose counts changed, and at least one
// of those that were asked longest ago.
func (f *allScopes[T]) takeOthers(d *turn[T], all []candidate[T]) {
	left := refreshAtOnce
	if f.everything || len(all) <= refreshAtOnce {
		left = len(all)
	}
	for _, c := range all {
		if c.busy && !c.unfinished {
			left-- // its answer is waited for
			d.take(c)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate[T]) int { return a.asked.Compare(b.asked) })
	d.some(all, min(left, seenAtOnce), func(c candidate[T]) bool { return c.seen })
	d.some(all, left-1, func(c candidate[T]) bool { return c.changed })
	d.some(all, left, func(candidate[T]) bool { return true })
}

// takeUnread takes scopes that were never read whole and tells whether there are
// any: those in trouble come first, then those that have objects.
func (f *allScopes[T]) takeUnread(d *turn[T], all []candidate[T]) bool {
	var first []candidate[T]
	for _, c := range all {
		if c.unfinished {
			first = append(first, c)
		}
	}
	slices.SortStableFunc(first, func(a, b candidate[T]) int {
		return cmp.Or(
			-cmp.Compare(a.hint.Health.Failing, b.hint.Health.Failing),
			-cmp.Compare(a.hint.Health.AtRisk, b.hint.Health.AtRisk),
			-cmp.Compare(min(a.hint.Health.Objects, 1), min(b.hint.Health.Objects, 1)),
			a.asked.Compare(b.asked), // a page of each before the second page of one
		)
	})
	n := max(unreadAtOnce, askedFirst-f.opened)
	if f.everything || len(all) <= refreshAtOnce {
		n = len(all)
	}
	for _, c := range first {
		if c.busy {
			d.take(c)
			n--
		}
	}
	for _, c := range first {
		if n > 0 && !c.busy {
			d.take(c)
			n--
		}
	}
	return len(first) > 0
}

// turn are the scopes that are asked this time.
type turn[T any] struct {
	due   []*scopePoll[T]
	taken map[*scopePoll[T]]bool
	count int // of those that some took
}

func (d *turn[T]) take(c candidate[T]) {
	if !d.taken[c.scopePoll] {
		d.taken[c.scopePoll] = true
		d.due = append(d.due, c.scopePoll)
	}
}

// some takes those that are wanted until limit were taken in this way.
func (d *turn[T]) some(all []candidate[T], limit int, wanted func(candidate[T]) bool) {
	for _, c := range all {
		if d.count >= limit {
			return
		}
		if !c.busy && !c.unfinished && !d.taken[c.scopePoll] && wanted(c) {
			d.take(c)
			d.count++
		}
	}
}

func (f *allScopes[T]) candidates() []candidate[T] {
	f.seen.mu.Lock()
	seen := f.seen.names
	f.seen.mu.Unlock()
	hints := f.hints()
	all := make([]candidate[T], len(f.polls))
	for i, p := range f.polls {
		hint, hinted := hints[p.at.Scope]
		p.state.mu.Lock()
		all[i] = candidate[T]{
			scopePoll: p, busy: p.state.busy, unfinished: p.state.unfinished(), asked: p.state.asked, hint: hint,
			changed: hinted && p.state.counts != hint.Counts, seen: slices.Contains(seen, p.at.Scope),
		}
		p.state.mu.Unlock()
	}
	return all
}

// publish tells SeenAt when the scopes were read.
func (f *allScopes[T]) publish(all []candidate[T]) {
	at := make(map[string]time.Time, len(all))
	for _, c := range all {
		c.state.mu.Lock()
		if !c.state.at.IsZero() {
			at[c.at.Scope] = c.state.at
		}
		c.state.mu.Unlock()
	}
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.at, f.seen.many = at, len(all) > refreshAtOnce
}
