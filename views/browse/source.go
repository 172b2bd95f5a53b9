package browse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/views/clean"
)

// NewSource polls a kind where scope says; in every environment when the kind
// lives in one and scope names none.
func NewSource[T any](c *client.Client, api cmf.Kind, scope cmf.Scope, q client.Query) Source[T] {
	if api.Reach == cmf.InEnvironment && scope.Environment == "" {
		return &fleet[T]{
			envs: client.NewPoll[cmf.Environment](c, cmf.Environments, cmf.Scope{}, client.Query{Size: 500, Sort: []string{"name"}}),
			make: func(name string) *single[T] {
				return newSingle[T](c, api, cmf.Scope{Environment: name}, q)
			},
		}
	}
	return newSingle[T](c, api, scope, q)
}

// single polls one collection.
type single[T any] struct {
	mu    sync.Mutex
	api   cmf.Kind
	scope cmf.Scope
	poll  *client.Poll[T]
	last  Batch[T]
	asked bool
}

func newSingle[T any](c *client.Client, api cmf.Kind, scope cmf.Scope, q client.Query) *single[T] {
	return &single[T]{api: api, scope: scope, poll: client.NewPoll[T](c, api, scope, q)}
}

// Next lists once. A question that was cancelled may still be on its way out,
// hence the lock.
func (s *single[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed, changed, err := s.poll.Next(ctx)
	if err != nil {
		return s.last, false, err
	}
	if !changed && s.asked {
		return s.last, false, nil
	}
	s.asked = true
	items := make([]Item[T], len(listed.Items))
	for i, v := range listed.Items {
		items[i] = Item[T]{Environment: s.scope.Environment, Parent: s.scope.Parent, API: s.api, Value: v}
	}
	s.last = Batch[T]{Items: items, Note: brokenNote(listed.Broken)}
	return s.last, true, nil
}

func brokenNote(broken []client.Broken) string {
	if len(broken) == 0 {
		return ""
	}
	first := broken[0]
	name := first.Name
	if name == "" {
		name = fmt.Sprintf("number %d", first.Index+1)
	}
	note := fmt.Sprintf("%s could not be read: %v", name, first.Err)
	if n := len(broken) - 1; n > 0 {
		note = fmt.Sprintf("%d more and %s", n, note)
	}
	return clean.Text(note)
}

// fleet polls every environment. One that cannot be read keeps its last rows
// and is named in the note.
type fleet[T any] struct {
	mu    sync.Mutex
	envs  *client.Poll[cmf.Environment]
	make  func(name string) *single[T]
	polls []*single[T]
	last  Batch[T]
	asked bool
	turn  int
}

// envsEvery is how many times the lists are asked for until the environments
// are again: they come and go rarely.
const envsEvery = 5

// atOnce is how many environments are asked at the same time.
const atOnce = 6

func (f *fleet[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.environments(ctx)
	if err != nil {
		return f.last, false, err
	}
	answers := f.all(ctx)
	var notes []string
	var failed error
	rows, failures := 0, 0
	for i, a := range answers {
		rows += len(a.batch.Items)
		changed = changed || a.changed
		if a.err != nil {
			failed = a.err
			failures++
			notes = append(notes, fmt.Sprintf("%s: %v", f.polls[i].scope.Environment, a.err))
		} else if a.batch.Note != "" {
			notes = append(notes, a.batch.Note)
		}
	}
	if failures > 0 && failures == len(answers) || ctx.Err() != nil {
		return f.last, false, failed
	}
	note := clean.Text(strings.Join(notes, "; "))
	if !changed && f.asked && note == f.last.Note {
		return f.last, false, nil
	}
	f.asked = true
	items := make([]Item[T], 0, rows)
	for _, a := range answers {
		items = append(items, a.batch.Items...)
	}
	f.last = Batch[T]{Items: items, Note: note}
	return f.last, true, nil
}

// environments brings the polls up to date with what environments there are.
func (f *fleet[T]) environments(ctx context.Context) (changed bool, err error) {
	f.turn++
	if f.asked && f.turn%envsEvery != 0 {
		return false, nil
	}
	listed, changed, err := f.envs.Next(ctx)
	if err == nil && (changed || !f.asked) {
		f.follow(listed.Items)
	}
	return changed, err
}

// follow makes the polls match the environments, keeping those that stay.
func (f *fleet[T]) follow(envs []cmf.Environment) {
	next := make([]*single[T], 0, len(envs))
	for _, e := range envs {
		name := e.EffectiveName()
		at := slices.IndexFunc(f.polls, func(s *single[T]) bool { return s.scope.Environment == name })
		if at >= 0 {
			next = append(next, f.polls[at])
		} else {
			next = append(next, f.make(name))
		}
	}
	f.polls = next
}

type fleetAnswer[T any] struct {
	batch   Batch[T]
	changed bool
	err     error
}

// all asks every environment, a few at a time, and waits for them.
func (f *fleet[T]) all(ctx context.Context) []fleetAnswer[T] {
	answers := make([]fleetAnswer[T], len(f.polls))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, poll := range f.polls {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a := &answers[i]
			a.batch, a.changed, a.err = poll.Next(ctx)
		})
	}
	wg.Wait()
	return answers
}
