package browse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/fault"
	"drey/views/clean"
)

// fleet polls every environment. Rows come as they arrive: an environment that
// does not answer is named in the note and hides no other, and one that cannot
// be read keeps its last rows.
type fleet[T any] struct {
	mu    sync.Mutex
	envs  *client.Poll[cmf.Environment]
	make  func(name string) *single[T]
	polls []*fleetPoll[T]
	note  string
	// envNote says which environments could not be read.
	envNote string
	asked   bool
	turn    int

	ctx    context.Context // of the questions: they outlive one call of Next
	cancel context.CancelFunc
	slots  chan struct{}
	done   chan struct{} // a question was answered
}

// fleetPoll is the list of one environment.
type fleetPoll[T any] struct {
	*single[T]
	state fleetState
}

// fleetState is how a question stands; it changes while Next waits.
type fleetState struct {
	mu       sync.Mutex
	busy     bool
	answered bool // ever
	changed  bool // since it was looked at last
	err      error
}

const (
	// envsEvery is how many times the lists are asked for until the environments
	// are again: they come and go rarely.
	envsEvery = 5
	// atOnce is how many targets of an action are asked at the same time.
	atOnce = 8
	// fleetAtOnce is how many environments are asked at the same time, and
	// countAtOnce how many where problems are counted behind what is shown: answers
	// of 12 MB each from a hostile server stay below 200 MB together.
	fleetAtOnce = 10
	countAtOnce = 1
	// grace is how long those that are slow are waited for once others are there.
	grace = 250 * time.Millisecond
)

func newFleet[T any](envs *client.Poll[cmf.Environment], atOnce int, single func(name string) *single[T]) *fleet[T] {
	f := &fleet[T]{envs: envs, make: single, slots: make(chan struct{}, atOnce), done: make(chan struct{}, 1)}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

// Close gives up the questions that are under way.
func (f *fleet[T]) Close() { f.cancel() }

// Next asks for every list that is not being asked for already and waits until
// all are there, or for a moment once one is.
func (f *fleet[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.environments(ctx)
	if err != nil {
		return Batch[T]{}, false, err
	}
	if err := f.ask(ctx); err != nil {
		return Batch[T]{}, false, err
	}
	news, note, failed := f.look()
	if failed != nil {
		return Batch[T]{}, false, failed
	}
	if !changed && !news && f.asked && note == f.note {
		return Batch[T]{}, false, nil
	}
	f.asked, f.note = true, note
	n := 0
	for _, poll := range f.polls {
		n += poll.size()
	}
	batch := Batch[T]{Items: make([]Item[T], 0, n), Note: note}
	for _, poll := range f.polls {
		batch.Items, batch.Unread = poll.appendTo(batch.Items, batch.Unread)
	}
	return batch, true, nil
}

// ask asks every environment and waits. A question of a call before this one may
// have gone out while the server was failing: if it fails, it is asked again.
func (f *fleet[T]) ask(ctx context.Context) error {
	var old []*fleetPoll[T]
	for _, p := range f.polls {
		if !f.start(p) {
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
		again = failed && f.start(p) || again
	}
	if again {
		return f.wait(ctx)
	}
	return nil
}

// start asks for one list, unless that is under way., unless that is under way.
func (f *fleet[T]) start(p *fleetPoll[T]) bool {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	if p.state.busy {
		return false
	}
	p.state.busy = true
	go func() {
		var changed bool
		err := f.ctx.Err()
		select {
		case f.slots <- struct{}{}:
			changed, err = p.ask(f.ctx)
			<-f.slots
		case <-f.ctx.Done():
		}
		p.state.mu.Lock()
		p.state.busy, p.state.answered, p.state.err = false, true, err
		p.state.changed = p.state.changed || changed
		p.state.mu.Unlock()
		select {
		case f.done <- struct{}{}:
		default:
		}
	}()
	return true
}

// wait ends when no question is open, or when some were answered and grace is
// over.
func (f *fleet[T]) wait(ctx context.Context) error {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	over := false
	for {
		open, answered := 0, len(f.polls) == 0
		for _, p := range f.polls {
			p.state.mu.Lock()
			if p.state.busy {
				open++
			}
			answered = answered || p.state.answered && p.state.err == nil
			p.state.mu.Unlock()
		}
		if open == 0 || over && answered {
			return nil
		}
		select {
		case <-f.done:
		case <-timer.C:
			over = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look takes what came: whether anything is new, what is missing, and why there
// is nothing at all.
func (f *fleet[T]) look() (news bool, note string, failed error) {
	var notes, waiting []string
	if f.envNote != "" {
		notes = append(notes, f.envNote)
	}
	failures := 0
	for _, p := range f.polls {
		p.state.mu.Lock()
		news = news || p.state.changed
		p.state.changed = false
		switch {
		case p.state.busy:
			waiting = append(waiting, p.origin.Environment)
		case p.state.err != nil:
			failures++
			failed = p.state.err
			notes = append(notes, p.origin.Environment+": "+Reason(p.state.err))
		}
		p.state.mu.Unlock()
	}
	if failures == 0 || failures < len(f.polls) {
		failed = nil
	}
	if len(waiting) > 0 {
		notes = append([]string{"still waiting for " + strings.Join(waiting, ", ")}, notes...)
	}
	return news, clean.Text(strings.Join(notes, "; ")), failed
}

// environments brings the polls up to date with what environments there are.
func (f *fleet[T]) environments(ctx context.Context) (changed bool, err error) {
	f.turn++
	if f.asked && f.turn%envsEvery != 0 {
		return false, nil
	}
	listed, changed, err := f.envs.Next(ctx)
	if err == nil && (changed || !f.asked) {
		f.follow(listed)
	}
	return changed, err
}

// follow makes the polls match the environments, keeping those that stay.
// Environments that cannot be read are asked for their objects all the same, by
// their names.
func (f *fleet[T]) follow(envs client.Listed[cmf.Environment]) {
	next := make([]*fleetPoll[T], 0, len(envs.Items))
	names, unnamed := EnvironmentNames(envs)
	f.envNote = unnamed
	for _, name := range names {
		at := slices.IndexFunc(f.polls, func(p *fleetPoll[T]) bool { return p.origin.Environment == name })
		if at >= 0 {
			next = append(next, f.polls[at])
		} else {
			next = append(next, &fleetPoll[T]{single: f.make(name)})
		}
	}
	f.polls = next
}

// EnvironmentNames are the names of all environments that have one; unnamed says
// how many have none that could be read.
func EnvironmentNames(envs client.Listed[cmf.Environment]) (names []string, unnamed string) {
	for _, e := range envs.Items {
		names = append(names, e.EffectiveName())
	}
	missing := 0
	for _, b := range envs.Broken {
		if b.Name == "" {
			missing++
			continue
		}
		names = append(names, b.Name)
	}
	if missing > 0 {
		unnamed = fmt.Sprintf("%d environments cannot be read and have no name", missing)
	}
	slices.Sort(names)
	return names, unnamed
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
