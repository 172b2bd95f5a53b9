package browse

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
)

// NewSource polls a kind where scope says; in every environment when the kind
// lives in one and scope names none.
func NewSource[T any](c *cmfapi.Client, api cmf.Kind, scope cmf.Scope, q cmfapi.Query) Source[T] {
	return newSource[T](c, api, scope, q, fleetAtOnce)
}

// NewCountSource is NewSource for what is not in front, of everything: it asks one
// environment after the other.
func NewCountSource[T any](c *cmfapi.Client, api cmf.Kind, q cmfapi.Query) Source[T] {
	return newSource[T](c, api, cmf.Scope{}, q, countAtOnce)
}

func newSource[T any](c *cmfapi.Client, api cmf.Kind, scope cmf.Scope, q cmfapi.Query, atOnce int) Source[T] {
	if api.Reach == cmf.InEnvironment && scope.Environment == "" {
		envs := cmfapi.NewPoll[cmf.Environment](c, cmf.Environments, cmf.Scope{}, cmfapi.Query{Size: 500, Sort: []string{"name"}})
		return newFleet(envs, atOnce, func(name string) *single[T] { return newSingle[T](c, api, cmf.Scope{Environment: name}, q) })
	}
	return newSingle[T](c, api, scope, q)
}

// single polls one collection.
type single[T any] struct {
	client *cmfapi.Client
	origin *Origin
	asking sync.Mutex // one question at a time
	poll   *client.Poll[T]

	mu     sync.Mutex // of what follows
	values []T
	unread []Unread
	asked  bool
}

func newSingle[T any](c *cmfapi.Client, api cmf.Kind, scope cmf.Scope, q cmfapi.Query) *single[T] {
	origin := &Origin{Environment: scope.Environment, Parent: scope.Parent, API: api}
	return &single[T]{client: c, origin: origin, poll: cmfapi.NewPoll[T](c, api, scope, q)}
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
	s.asking.Lock()
	defer s.asking.Unlock()
	listed, changed, err := s.poll.Next(ctx)
	if err != nil {
		return false, s.explain(ctx, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
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
		if _, gone := cmfapi.GetRaw(ctx, s.client, cmf.Environments, cmf.Scope{}, o.Environment); gone != nil {
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
