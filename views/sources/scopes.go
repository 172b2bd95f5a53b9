package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"drey/client/fault"
	"drey/client/urgency"
	"drey/views/clean"
	"drey/views/platform"
	"drey/views/resource"
)

// ScopeNames asks for the scopes that there are, again and again. note says which
// are missing; changed is false when they are as they were, and names are then the
// ones before. With ErrMore they are those of an earlier run: the next call gives the
// ones that there are now.
type ScopeNames func(ctx context.Context) (names []string, missing string, changed bool, err error)

// Hints are what the server says of the objects of a kind in each scope without
// listing them. They only say which lists to ask next: a server's counts may not
// know what a list knows.
type Hints func() map[string]Hint

// Hint is about one scope.
type Hint struct {
	Counts string // the server's counts; only whether they changed matters
	Health platform.Health
}

// Scopes are what a Source over all scopes goes through.
type Scopes struct {
	Names  ScopeNames
	Hints  Hints // nil where the server counts nothing
	Shared bool  // Names are asked for by others anyway
	AtOnce int   // how many are asked at the same time
}

// Limits of what is asked for at the same time.
const (
	// namesEvery is how many times the lists are asked for until the scopes are
	// again: they come and go rarely.
	namesEvery = 5
	// grace is how long those that are slow are waited for once others are there.
	grace = 250 * time.Millisecond
	// firstGrace is the same while nothing is shown yet.
	firstGrace = 50 * time.Millisecond
	// late is when a scope that answered before is told to be waited for: it may
	// only have waited for its turn.
	late = 3 * time.Second
	// latePage is how much longer it may take for each page behind the first.
	latePage = 500 * time.Millisecond
	// mostNamed is how many scopes that are waited for are named.
	mostNamed = 3
)

// NewAllScopes makes a Source of the collections of all scopes. Rows come as they
// arrive: a scope that does not answer is named in the note and hides no other, and
// one that cannot be read keeps its last rows.
func NewAllScopes[T any](scopes Scopes, list func(scope string) Lister[T]) resource.Source[T] {
	f := &allScopes[T]{
		scopes: scopes, list: list, slots: make(chan struct{}, scopes.AtOnce), done: make(chan struct{}, 1),
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

// allScopes polls every scope.
type allScopes[T any] struct {
	mu      sync.Mutex
	scopes  Scopes
	list    func(scope string) Lister[T]
	polls   []*scopePoll[T]
	missing string
	// namesMissing says which scopes could not be read.
	namesMissing string
	remembered   bool // the names are those of an earlier run
	asked        bool
	news         bool // something changed since a batch was given last
	turn         int
	everything   bool      // every call asks every scope
	opened       int       // scopes that were asked without waiting for their turn
	refreshed    time.Time // when scopes that were read before were asked last

	credit credit
	forced bool // the next call asks what it is not the turn of
	seen   seenScopes

	ctx    context.Context // of the questions: they outlive one call of Next
	cancel context.CancelFunc
	slots  chan struct{}
	done   chan struct{} // a question was answered
}

// scopePoll is the list of one scope.
type scopePoll[T any] struct {
	*collection[T]
	state scopeState
}

// scopeState is how a question stands; it changes while Next waits.
type scopeState struct {
	mu       sync.Mutex
	busy     bool
	asked    time.Time // when it was asked last
	at       time.Time // when the newest answer that could be read was asked for
	answered bool      // ever
	more     bool      // pages follow that were not asked for yet
	changed  bool      // since it was taken last
	counts   string    // of the hint when it was asked last
	err      error
}

// unfinished tells that the scope was never read whole, be it because the server
// was away.
func (s *scopeState) unfinished() bool {
	return !s.answered || s.more || fault.Is(s.err, fault.Offline)
}

// Close gives up the questions that are under way.
func (f *allScopes[T]) Close() { f.cancel() }

// AskAll has every call of Next ask every scope, as a command does that prints
// all of them.
func (f *allScopes[T]) AskAll() { f.everything = true }

// Next asks for the lists that it is time for and waits until they are there, or
// for grace once one is. Batch.Partial tells that scopes or pages have not come
// yet: Next is to be called soon again.
func (f *allScopes[T]) Next(ctx context.Context) (resource.Batch[T], bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.updateNames(ctx)
	f.news = f.news || changed
	if err != nil {
		return resource.Batch[T]{}, false, err
	}
	due := f.due()
	if err := f.ask(ctx, due); err != nil {
		return resource.Batch[T]{}, false, err
	}
	came := f.takeAnswers(due)
	f.publish()
	f.news = f.news || came.news
	if came.failed != nil && f.remembered {
		return resource.Batch[T]{Missing: came.missing, Partial: true}, true, nil
	}
	if came.failed != nil {
		return resource.Batch[T]{}, false, came.failed
	}
	if !f.news && f.asked && came.missing == f.missing {
		return resource.Batch[T]{Partial: came.waiting}, false, nil
	}
	f.asked, f.missing, f.news = true, came.missing, false
	n := 0
	for _, poll := range f.polls {
		n += poll.size()
	}
	batch := resource.Batch[T]{Items: make([]resource.Item[T], 0, n), Missing: came.missing, Partial: came.waiting}
	for _, poll := range f.polls {
		batch.Items, batch.Unread = poll.appendTo(batch.Items, batch.Unread)
	}
	return batch, true, nil
}

// ask asks the scopes that are due and waits. A question of a call before this one
// may have gone out while the server was failing: if it fails, it is asked again.
func (f *allScopes[T]) ask(ctx context.Context, due []*scopePoll[T]) error {
	var old []*scopePoll[T]
	hints := f.hints()
	level := urgency.Of(ctx, urgency.Asked)
	if level == urgency.Asked && !f.everything && len(f.polls) > refreshAtOnce {
		level = urgency.Shown
	}
	for _, p := range due {
		if !f.start(p, f.levelOf(p, level), hints) {
			old = append(old, p)
		}
	}
	if err := f.wait(ctx); err != nil {
		return err
	}
	again := false
	for _, p := range old {
		p.state.mu.Lock()
		failed := !p.state.busy && p.state.err != nil
		p.state.mu.Unlock()
		again = failed && f.start(p, level, hints) || again
	}
	if again {
		return f.wait(ctx)
	}
	return nil
}

// start asks for one list, unless that is under way.
func (f *allScopes[T]) start(p *scopePoll[T], level urgency.Level, hints map[string]Hint) bool {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	if p.state.busy {
		return false
	}
	asked := time.Now()
	p.state.busy, p.state.asked, p.state.counts = true, asked, hints[p.at.Scope].Counts
	go func() {
		ctx := urgency.With(f.ctx, level)
		var changed bool
		err := f.ctx.Err()
		select {
		case f.slots <- struct{}{}:
			changed, err = p.ask(ctx)
			<-f.slots
		case <-f.ctx.Done():
		}
		p.state.mu.Lock()
		p.state.busy, p.state.answered, p.state.err = false, true, err
		p.state.changed = p.state.changed || changed
		if err == nil {
			p.state.at, p.state.more = asked, p.isPartial()
		}
		p.state.mu.Unlock()
		if err == nil {
			f.seenNow(p.at.Scope, asked)
		}
		select {
		case f.done <- struct{}{}:
		default:
		}
	}()
	return true
}

// wait ends when no question is open, or when there is something to show and grace
// is over. While scopes are still to be asked what was waited for is news.
func (f *allScopes[T]) wait(ctx context.Context) error {
	patience := grace
	if !f.asked {
		patience = firstGrace
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	giveUp := time.NewTimer(late)
	defer giveUp.Stop()
	over, loading := false, f.unfinished() > 0
	for {
		open, answered, news := 0, len(f.polls) == 0, false
		for _, p := range f.polls {
			p.state.mu.Lock()
			if p.state.busy {
				open++
			}
			answered = answered || p.state.answered && p.state.err == nil
			news = news || p.state.changed
			p.state.mu.Unlock()
		}
		if open == 0 || over && (news || answered && !loading) {
			return nil
		}
		select {
		case <-f.done:
		case <-timer.C:
			over = true
		case <-giveUp.C:
			over, loading = true, false
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// unfinished is how many scopes were never read whole.
func (f *allScopes[T]) unfinished() int {
	n := 0
	for _, p := range f.polls {
		p.state.mu.Lock()
		if p.state.unfinished() {
			n++
		}
		p.state.mu.Unlock()
	}
	return n
}

// answers is what came of all questions: whether anything is new, what is missing,
// whether some are still open, and why there is nothing at all.
type answers struct {
	news    bool
	missing string
	waiting bool
	failed  error
}

func (f *allScopes[T]) takeAnswers(due []*scopePoll[T]) answers {
	var came answers
	var notes, waiting []string
	came.waiting = f.remembered
	if f.namesMissing != "" {
		notes = append(notes, f.namesMissing)
	}
	failures := 0
	for _, p := range f.polls {
		p.state.mu.Lock()
		came.news = came.news || p.state.changed
		p.state.changed = false
		switch {
		case p.state.busy && p.state.answered && !p.state.more && p.state.err == nil &&
			time.Since(p.state.asked) < late+time.Duration(p.cost()-1)*latePage:
		case p.state.busy, p.state.err == nil && p.state.more, !p.state.answered:
			waiting = append(waiting, p.at.Scope)
		case fault.Is(p.state.err, fault.Offline) && !slices.Contains(due, p):
			failures++ // the server was away; it is asked again soon
			came.failed = p.state.err
		case p.state.err != nil && f.remembered && fault.Is(p.state.err, fault.NotFound):
			failures++ // it is gone since the earlier run
			came.failed = p.state.err
		case p.state.err != nil:
			failures++
			came.failed = p.state.err
			notes = append(notes, p.at.Scope+": "+Reason(p.state.err))
		}
		p.state.mu.Unlock()
	}
	if failures < len(f.polls) {
		came.failed = serverFailed(due)
	}
	if len(waiting) > 0 {
		came.waiting = true
		names := strings.Join(waiting, ", ")
		if n := len(waiting); n > mostNamed {
			names = fmt.Sprintf("%d of %d", n, len(f.polls))
		}
		notes = append([]string{"still waiting for " + names}, notes...)
	}
	came.missing = clean.Text(strings.Join(notes, "; "))
	return came
}

// serverFailed is why none of some scopes could be read, where that is the
// server's fault and not one of theirs: then the list as a whole is as it was.
func serverFailed[T any](due []*scopePoll[T]) error {
	var failed error
	for _, p := range due {
		p.state.mu.Lock()
		busy, err := p.state.busy, p.state.err
		p.state.mu.Unlock()
		if busy {
			continue
		}
		if !fault.Is(err, fault.Offline, fault.Failing, fault.SignedOut, fault.Throttled) {
			return nil
		}
		failed = err
	}
	return failed
}

// updateNames brings the polls up to date with what scopes there are.
func (f *allScopes[T]) updateNames(ctx context.Context) (changed bool, err error) {
	f.turn++
	if f.asked && len(f.polls) > 0 && !f.scopes.Shared && f.turn%namesEvery != 0 {
		return false, nil
	}
	names, missing, changed, err := f.scopes.Names(ctx)
	was := f.remembered
	if f.remembered = errors.Is(err, ErrMore); f.remembered {
		missing, err = "still waiting for all others", nil
	}
	if err == nil && (changed || was || !f.asked) {
		f.follow(names)
		f.namesMissing = missing
	}
	return changed || was, err
}

// follow makes the polls match the scopes; those of scopes that stay do, too.
func (f *allScopes[T]) follow(names []string) {
	next := make([]*scopePoll[T], 0, len(names))
	for _, name := range names {
		at := slices.IndexFunc(f.polls, func(p *scopePoll[T]) bool { return p.at.Scope == name })
		if at >= 0 {
			next = append(next, f.polls[at])
		} else {
			next = append(next, &scopePoll[T]{collection: newCollection(resource.Location{Scope: name}, f.list(name))})
		}
	}
	f.polls = next
}

// Reason is an error in one line: the word for it, then its own words.
func Reason(err error) string {
	word := fault.Of(err).Word()
	text, _, _ := strings.Cut(clean.Text(err.Error()), "\n")
	if word == "" {
		return text
	}
	return word + ": " + text
}
