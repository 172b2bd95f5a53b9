package kinds

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/views/browse"
)

// maxParents is how many applications and statements are asked for their
// savepoints: the API lists savepoints by parent only.
const maxParents = 200

// parentsAtOnce is how many are asked at the same time.
const parentsAtOnce = 8

// savepointSource asks each application and statement in scope, and for the
// detached ones. All of it is conditional: what did not change is not sent.
type savepointSource struct {
	mu       sync.Mutex
	client   *client.Client
	apps     browse.Source[cmf.FlinkApplication]
	stmts    browse.Source[cmf.Statement]
	detached browse.Source[cmf.Savepoint]
	polls    map[string]browse.Source[cmf.Savepoint]
	last     browse.Batch[cmf.Savepoint]
	asked    bool
}

func newSavepointSource(c *client.Client, scope cmf.Scope) browse.Source[cmf.Savepoint] {
	names := client.Query{Fields: []string{"metadata.name"}}
	return &savepointSource{
		client:   c,
		apps:     browse.NewSource[cmf.FlinkApplication](c, cmf.Applications, scope, names),
		stmts:    browse.NewSource[cmf.Statement](c, cmf.Statements, scope, names),
		detached: browse.NewSource[cmf.Savepoint](c, cmf.DetachedSavepoints, cmf.Scope{}, client.Query{}),
		polls:    map[string]browse.Source[cmf.Savepoint]{},
	}
}

type savepointParent struct {
	api   cmf.Kind
	scope cmf.Scope
}

func (p savepointParent) key() string { return p.api.Path(p.scope) }

func (s *savepointSource) Next(ctx context.Context) (browse.Batch[cmf.Savepoint], bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parents, err := s.parents(ctx)
	if err != nil {
		return s.last, false, err
	}
	var notes []string
	if n := len(parents); n > maxParents {
		notes = append(notes, fmt.Sprintf("savepoints of the first %d of %d applications and statements", maxParents, n))
		parents = parents[:maxParents]
	}
	sources := s.follow(parents)
	answers := make([]savepointAnswer, len(sources))
	var wg sync.WaitGroup
	slots := make(chan struct{}, parentsAtOnce)
	for i, source := range sources {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a := &answers[i]
			a.batch, a.changed, a.err = source.Next(ctx)
		})
	}
	wg.Wait()
	return s.gather(ctx, answers, notes)
}

type savepointAnswer struct {
	batch   browse.Batch[cmf.Savepoint]
	changed bool
	err     error
}

// parents are the applications and statements in scope.
func (s *savepointSource) parents(ctx context.Context) ([]savepointParent, error) {
	apps, _, err := s.apps.Next(ctx)
	if err != nil {
		return nil, err
	}
	stmts, _, err := s.stmts.Next(ctx)
	if err != nil {
		return nil, err
	}
	parents := make([]savepointParent, 0, len(apps.Items)+len(stmts.Items))
	for _, a := range apps.Items {
		parents = append(parents, savepointParent{cmf.ApplicationSavepoints, cmf.Scope{Environment: a.Environment, Parent: a.Value.Name()}})
	}
	for _, st := range stmts.Items {
		parents = append(parents, savepointParent{cmf.StatementSavepoints, cmf.Scope{Environment: st.Environment, Parent: st.Value.Metadata.Name}})
	}
	return parents, nil
}

// follow keeps one poll a parent and forgets those that left.
func (s *savepointSource) follow(parents []savepointParent) []browse.Source[cmf.Savepoint] {
	next := make(map[string]browse.Source[cmf.Savepoint], len(parents))
	sources := make([]browse.Source[cmf.Savepoint], 0, len(parents)+1)
	for _, p := range parents {
		poll, known := s.polls[p.key()]
		if !known {
			poll = browse.NewSource[cmf.Savepoint](s.client, p.api, p.scope, client.Query{})
		}
		next[p.key()] = poll
		sources = append(sources, poll)
	}
	if len(next) != len(s.polls) {
		s.asked = false
	}
	s.polls = next
	return append(sources, s.detached)
}

// gather joins the answers. A parent that is gone meanwhile is no failure.
func (s *savepointSource) gather(ctx context.Context, answers []savepointAnswer, notes []string) (browse.Batch[cmf.Savepoint], bool, error) {
	changed, failed := !s.asked, 0
	var lastErr error
	batch := browse.Batch[cmf.Savepoint]{}
	for _, a := range answers {
		changed = changed || a.changed
		batch.Items = append(batch.Items, a.batch.Items...)
		if a.batch.Note != "" {
			notes = append(notes, a.batch.Note)
		}
		if a.err != nil && !client.Gone(a.err) {
			lastErr = a.err
			failed++
		}
	}
	if failed == len(answers) || ctx.Err() != nil {
		return s.last, false, lastErr
	}
	if failed > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d could not be asked: %v", failed, len(answers), lastErr))
	}
	batch.Note = strings.Join(notes, "; ")
	if !changed && batch.Note == s.last.Note {
		return s.last, false, nil
	}
	s.asked, s.last = true, batch
	return batch, true, nil
}
