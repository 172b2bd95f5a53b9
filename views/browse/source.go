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
	mu     sync.Mutex
	origin *Origin
	poll   *client.Poll[T]
	values []T
	note   string
	asked  bool
}

func newSingle[T any](c *client.Client, api cmf.Kind, scope cmf.Scope, q client.Query) *single[T] {
	origin := &Origin{Environment: scope.Environment, Parent: scope.Parent, API: api}
	return &single[T]{origin: origin, poll: client.NewPoll[T](c, api, scope, q)}
}

// Next lists once. A question that was cancelled may still be on its way out,
// hence the lock.
func (s *single[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	changed, err := s.ask(ctx)
	if !changed || err != nil {
		return Batch[T]{}, false, err
	}
	return Batch[T]{Items: s.appendTo(nil), Note: s.note}, true, nil
}

func (s *single[T]) ask(ctx context.Context) (changed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed, changed, err := s.poll.Next(ctx)
	if err != nil || !changed && s.asked {
		return false, err
	}
	s.asked = true
	s.values, s.note = listed.Items, brokenNote(listed.Broken)
	return true, nil
}

func (s *single[T]) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.values)
}

// appendTo adds the last answer's items to dst.
func (s *single[T]) appendTo(dst []Item[T]) []Item[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	dst = slices.Grow(dst, len(s.values))
	for _, v := range s.values {
		dst = append(dst, Item[T]{Origin: s.origin, Value: v})
	}
	return dst
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
	note  string
	asked bool
	turn  int
}

// envsEvery is how many times the lists are asked for until the environments
// are again: they come and go rarely.
const envsEvery = 5

// atOnce is how many environments, or targets of an action, are asked at the
// same time.
const atOnce = 8

func (f *fleet[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.environments(ctx)
	if err != nil {
		return Batch[T]{}, false, err
	}
	answers := f.all(ctx)
	var notes []string
	var failed error
	failures := 0
	for i, a := range answers {
		changed = changed || a.changed
		if a.err != nil {
			failed = a.err
			failures++
			notes = append(notes, fmt.Sprintf("%s: %v", f.polls[i].origin.Environment, a.err))
		} else if note := f.polls[i].note; note != "" {
			notes = append(notes, note)
		}
	}
	if failures > 0 && failures == len(answers) || ctx.Err() != nil {
		return Batch[T]{}, false, failed
	}
	note := clean.Text(strings.Join(notes, "; "))
	if !changed && f.asked && note == f.note {
		return Batch[T]{}, false, nil
	}
	f.asked, f.note = true, note
	n := 0
	for _, poll := range f.polls {
		n += poll.size()
	}
	items := make([]Item[T], 0, n)
	for _, poll := range f.polls {
		items = poll.appendTo(items)
	}
	return Batch[T]{Items: items, Note: note}, true, nil
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
		at := slices.IndexFunc(f.polls, func(s *single[T]) bool { return s.origin.Environment == name })
		if at >= 0 {
			next = append(next, f.polls[at])
		} else {
			next = append(next, f.make(name))
		}
	}
	f.polls = next
}

type fleetAnswer struct {
	changed bool
	err     error
}

// all asks every environment, a few at a time, and waits for them.
func (f *fleet[T]) all(ctx context.Context) []fleetAnswer {
	answers := make([]fleetAnswer, len(f.polls))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, poll := range f.polls {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a := &answers[i]
			a.changed, a.err = poll.ask(ctx)
		})
	}
	wg.Wait()
	return answers
}
