package browse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/client/fault"
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
	unread []Unread
	asked  bool
	client *client.Client
}

func newSingle[T any](c *client.Client, api cmf.Kind, scope cmf.Scope, q client.Query) *single[T] {
	origin := &Origin{Environment: scope.Environment, Parent: scope.Parent, API: api}
	return &single[T]{client: c, origin: origin, poll: client.NewPoll[T](c, api, scope, q)}
}

// Next lists once. A question that was cancelled may still be on its way out,
// hence the lock.
func (s *single[T]) Next(ctx context.Context) (Batch[T], bool, error) {
	changed, err := s.ask(ctx)
	if !changed || err != nil {
		return Batch[T]{}, false, err
	}
	items, unread := s.appendTo(nil, nil)
	return Batch[T]{Items: items, Unread: unread}, true, nil
}

func (s *single[T]) ask(ctx context.Context) (changed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed, changed, err := s.poll.Next(ctx)
	if err != nil {
		return false, s.explain(ctx, err)
	}
	if !changed && s.asked {
		return false, nil
	}
	s.asked = true
	s.values, s.unread = listed.Items, s.unread[:0:0]
	for _, b := range listed.Broken {
		s.unread = append(s.unread, Unread{Origin: s.origin, Name: brokenName(b), Err: b.Err})
	}
	return true, nil
}

// explain tells a collection that the server does not have from one whose
// environment or parent is gone: both are a 404.
func (s *single[T]) explain(ctx context.Context, err error) error {
	o := s.origin
	if !fault.Is(err, fault.NotFound) || o.Parent != "" {
		return err
	}
	if o.Environment != "" {
		if _, gone := client.GetRaw(ctx, s.client, cmf.Environments, cmf.Scope{}, o.Environment); gone != nil {
			return err
		}
	}
	return absentError{err}
}

// absentError is a list that the server does not have.
type absentError struct{ error }

func (e absentError) Unwrap() error { return e.error }

// Fault says what the error means.
func (absentError) Fault() fault.Fault { return fault.Fault{Kind: fault.Unsupported} }

func (s *single[T]) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.values)
}

// appendTo adds the last answer's items, and what could not be read, to both.
func (s *single[T]) appendTo(items []Item[T], unread []Unread) ([]Item[T], []Unread) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items = slices.Grow(items, len(s.values))
	for _, v := range s.values {
		items = append(items, Item[T]{Origin: s.origin, Value: v})
	}
	return items, append(unread, s.unread...)
}

func brokenName(b client.Broken) string {
	if b.Name == "" {
		return fmt.Sprintf("number %d", b.Index+1)
	}
	return b.Name
}

// fleet polls every environment. One that cannot be read keeps its last rows
// and is named in the note.
type fleet[T any] struct {
	mu    sync.Mutex
	envs  *client.Poll[cmf.Environment]
	make  func(name string) *single[T]
	polls []*single[T]
	note  string
	// envNote says which environments could not be read.
	envNote string
	asked   bool
	turn    int
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
	if f.envNote != "" {
		notes = append(notes, f.envNote)
	}
	var failed error
	failures := 0
	for i, a := range answers {
		changed = changed || a.changed
		if a.err != nil {
			failed = a.err
			failures++
			notes = append(notes, f.polls[i].origin.Environment+": "+Reason(a.err))
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
	batch := Batch[T]{Items: make([]Item[T], 0, n), Note: note}
	for _, poll := range f.polls {
		batch.Items, batch.Unread = poll.appendTo(batch.Items, batch.Unread)
	}
	return batch, true, nil
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
	next := make([]*single[T], 0, len(envs.Items))
	names, unnamed := EnvironmentNames(envs)
	f.envNote = unnamed
	for _, name := range names {
		at := slices.IndexFunc(f.polls, func(s *single[T]) bool { return s.origin.Environment == name })
		if at >= 0 {
			next = append(next, f.polls[at])
		} else {
			next = append(next, f.make(name))
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
