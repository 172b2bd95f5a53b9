package sources

import (
	"cmp"
	"maps"
	"math"
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
	mu     sync.Mutex
	names  []string
	at     map[string]time.Time
	inTurn bool // lists of many items: all scopes are asked in turn, on the screen or not
	many   bool // not all scopes are asked each time
	// polls is how many it takes until all scopes are asked again, where those on the
	// screen come no earlier.
	polls        int
	forced, calm bool
}

// See tells of which scopes rows are on the screen: they are asked first.
func (f *allScopes[T]) See(names []string) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.names = names
}

// Force has the next call of Next ask the scopes that it is not the turn of, where
// they are few: somebody waits for what changed.
func (f *allScopes[T]) Force() {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.forced = true
}

// Calm tells whether nothing changed for a while and nobody pressed a key: lists of
// many items are then asked for less often.
func (f *allScopes[T]) Calm(calm bool) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.calm = calm
}

// SeenAt is when the oldest row on the screen was asked for, zero where nobody
// knows, and how many polls it takes until every such row is asked for again.
func (f *allScopes[T]) SeenAt() (at time.Time, polls int) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	if !f.seen.many {
		return time.Time{}, 1
	}
	names, polls := f.seen.names, min((len(f.seen.names)+seenAtOnce-1)/seenAtOnce, f.seen.polls)
	if len(names) == 0 || f.seen.inTurn {
		names, polls = slices.Collect(maps.Keys(f.seen.at)), f.seen.polls
	}
	for _, name := range names {
		if read, ok := f.seen.at[name]; ok && (at.IsZero() || read.Before(at)) {
			at = read
		}
	}
	return at, max(polls, 1)
}

// ReadAt is when the list of a scope was asked for that is shown, zero before there
// is one.
func (f *allScopes[T]) ReadAt(scope string) time.Time {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	return f.seen.at[scope]
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
	cost                            int
	asked                           time.Time
	hint                            Hint
}

// due are the scopes to ask now: those that were never read whole, and as often as
// a list is polled some of the others.
func (f *allScopes[T]) due() []*scopePoll[T] {
	all := f.candidates()
	d := &turn[T]{taken: map[*scopePoll[T]]bool{}}
	if f.takeUnread(d, all) {
		if f.everything || time.Since(f.refreshed) < Every {
			return d.due
		}
	}
	f.refreshed = time.Now()
	f.takeOthers(d, all)
	return d.due
}

// takeOthers takes scopes that were read before, as many as the credit of a poll
// allows: first some whose rows are on the screen, then those whose counts changed,
// and in any case some of those that were asked longest ago.
func (f *allScopes[T]) takeOthers(d *turn[T], all []candidate[T]) {
	most := 0
	for _, c := range all {
		most = max(most, c.cost)
	}
	f.credit.add(most)
	if f.everything || f.forced && len(all) <= refreshAtOnce {
		f.credit.left = math.MaxInt
	}
	f.forced = false
	for _, c := range all {
		if c.busy && !c.unfinished {
			f.credit.left -= c.cost // its answer is waited for
			d.take(c)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate[T]) int { return a.asked.Compare(b.asked) })
	f.some(d, all, seenAtOnce, 0, func(c candidate[T]) bool { return c.seen })
	f.some(d, all, len(all), 1, func(c candidate[T]) bool { return c.changed })
	f.some(d, all, len(all), 0, func(candidate[T]) bool { return true })
	f.credit.left = max(min(f.credit.left, most), 0)
}

// some takes at most limit scopes that are wanted, as long as more than rest of the
// credit is left. Those that are next in turn are not passed over for cheaper ones.
func (f *allScopes[T]) some(d *turn[T], all []candidate[T], limit, rest int, wanted func(candidate[T]) bool) {
	for _, c := range all {
		if c.busy || c.unfinished || d.taken[c.scopePoll] || !wanted(c) {
			continue
		}
		cost := c.cost
		if c.changed {
			cost = min(cost, refreshAtOnce-1) // what changed does not wait
		}
		if limit == 0 || f.credit.left-rest < cost || !f.credit.spend(cost) {
			return
		}
		d.take(c)
		limit--
	}
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
}

func (d *turn[T]) take(c candidate[T]) {
	if !d.taken[c.scopePoll] {
		d.taken[c.scopePoll] = true
		d.due = append(d.due, c.scopePoll)
	}
}

func (f *allScopes[T]) candidates() []candidate[T] {
	f.seen.mu.Lock()
	seen := f.seen.names
	if f.seen.inTurn {
		seen = nil
	}
	f.forced, f.credit.calm = f.forced || f.seen.forced, f.seen.calm
	f.seen.forced = false
	f.seen.mu.Unlock()
	hints := f.hints()
	all := make([]candidate[T], len(f.polls))
	for i, p := range f.polls {
		hint, hinted := hints[p.at.Scope]
		p.state.mu.Lock()
		all[i] = candidate[T]{
			scopePoll: p, busy: p.state.busy, unfinished: p.state.unfinished(), asked: p.state.asked, hint: hint,
			cost: p.cost(), changed: hinted && p.state.counts != hint.Counts, seen: slices.Contains(seen, p.at.Scope),
		}
		p.state.mu.Unlock()
		if all[i].changed {
			f.credit.calm = false
		}
	}
	return all
}

// publish tells SeenAt when the scopes were read. What answers later is added by
// whoever asked, so the lock is held for as long as the times are collected.
func (f *allScopes[T]) publish() {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	f.seen.at = make(map[string]time.Time, len(f.polls))
	total, most := 0, 0
	for _, p := range f.polls {
		cost := p.cost()
		total, most = total+cost, max(most, cost)
		p.state.mu.Lock()
		if !p.state.at.IsZero() {
			f.seen.at[p.at.Scope] = p.state.at
		}
		p.state.mu.Unlock()
	}
	f.seen.polls = f.credit.polls(total, most)
	f.seen.many, f.seen.inTurn = f.seen.polls > 1, most > 1
}

func (f *allScopes[T]) seenNow(scope string, at time.Time) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	if f.seen.at != nil {
		f.seen.at[scope] = at
	}
}
