package lists

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/urgency"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/sources"
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
	api      *cmfapi.Client
	apps     resource.Source[cmf.FlinkApplication]
	stmts    resource.Source[cmf.Statement]
	detached resource.Source[cmf.Savepoint]
	polls    map[resource.Location]resource.Source[cmf.Savepoint]
	// of is the last answer of each source: what did not change is not sent again.
	of map[resource.Source[cmf.Savepoint]]resource.Batch[cmf.Savepoint]
	// ofApps and ofStmts are the parents as last listed; unlisted says what is
	// missing from either list.
	ofApps, ofStmts []resource.Location
	unlisted        [2]string
	missing         string
	asked           bool
	news            bool // something changed since a batch was given last
	// partial tells that more parents are to come: those that have answered are
	// not asked again before.
	partial bool
}

// NewSavepointSource polls the savepoints of a location: of one owner, else all that
// there are.
func NewSavepointSource(api *cmfapi.Client, at resource.Location) resource.Source[cmf.Savepoint] {
	names := cmfapi.Query{Fields: []string{"metadata.name"}}
	return &savepointSource{
		api:      api,
		apps:     NewSource[cmf.FlinkApplication](api, cmf.Applications, at, names, EnvironmentsAtOnce),
		stmts:    NewSource[cmf.Statement](api, cmf.Statements, at, names, EnvironmentsAtOnce),
		detached: NewSource[cmf.Savepoint](api, cmf.DetachedSavepoints, resource.Location{}, cmfapi.Query{}, 1),
		polls:    map[resource.Location]resource.Source[cmf.Savepoint]{},
		of:       map[resource.Source[cmf.Savepoint]]resource.Batch[cmf.Savepoint]{},
	}
}

// Close gives up what is still asked for.
func (s *savepointSource) Close() {
	each(func(c interface{ Close() }) { c.Close() }, s.apps, s.stmts, s.detached)
}

// Force has the next call of Next ask all lists of parents.
func (s *savepointSource) Force() {
	each(func(f interface{ Force() }) { f.Force() }, s.apps, s.stmts)
}

// Calm tells the lists of parents whether nothing changed for a while.
func (s *savepointSource) Calm(calm bool) {
	each(func(c interface{ Calm(bool) }) { c.Calm(calm) }, s.apps, s.stmts)
}

// each does something with those sources that can.
func each[C any](do func(C), sources ...any) {
	for _, source := range sources {
		if c, can := source.(C); can {
			do(c)
		}
	}
}

func (s *savepointSource) Next(ctx context.Context) (resource.Batch[cmf.Savepoint], bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	coming := s.partial
	parents, err := s.findParents(ctx)
	if err != nil {
		return resource.Batch[cmf.Savepoint]{}, false, err
	}
	notes := s.notesOfParents()
	if n := len(parents); n > maxParents {
		notes = append(notes, fmt.Sprintf(
			"savepoints of the first %d of %d applications and statements", maxParents, n,
		))
		parents = parents[:maxParents]
	}
	polls := s.follow(parents)
	answers := make([]savepointAnswer, len(polls))
	var wg sync.WaitGroup
	slots := make(chan struct{}, parentsAtOnce)
	first := urgency.With(ctx, urgency.Asked) // somebody waits for what was never read
	for i, source := range polls {
		ctx := ctx
		if _, known := s.of[source]; !known {
			ctx = first
		} else if coming {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a := &answers[i]
			a.batch, a.changed, a.err = source.Next(ctx)
		})
	}
	wg.Wait()
	for i, a := range answers {
		if a.changed {
			s.of[polls[i]] = a.batch
		}
		answers[i].batch = s.of[polls[i]]
	}
	return s.gather(ctx, answers, notes)
}

type savepointAnswer struct {
	batch   resource.Batch[cmf.Savepoint]
	changed bool
	err     error
}

// findParents lists the applications and statements in scope.
func (s *savepointSource) findParents(ctx context.Context) ([]resource.Location, error) {
	apps, changed, err := s.apps.Next(ctx)
	if err != nil {
		return nil, err
	}
	s.partial = apps.Partial
	if changed {
		s.ofApps, s.unlisted[0] = s.ofApps[:0], apps.Missing
		for _, a := range apps.Items {
			s.ofApps = append(s.ofApps, resource.Location{Scope: a.Scope, Parent: a.Value.Name()})
		}
	}
	stmts, changed, err := s.stmts.Next(ctx)
	if err != nil {
		return nil, err
	}
	s.partial = s.partial || stmts.Partial
	if changed {
		s.ofStmts, s.unlisted[1] = s.ofStmts[:0], stmts.Missing
		for _, st := range stmts.Items {
			s.ofStmts = append(s.ofStmts, resource.Location{
				Scope: st.Scope, Parent: objects.OfStatement + st.Value.Metadata.Name,
			})
		}
	}
	return slices.Concat(s.ofApps, s.ofStmts), nil
}

// notesOfParents is what is missing from the lists of parents: the savepoints of
// parents that were not listed are missing as well.
func (s *savepointSource) notesOfParents() []string {
	var notes []string
	for _, missing := range s.unlisted {
		if missing != "" && !slices.Contains(notes, missing) {
			notes = append(notes, missing)
		}
	}
	return notes
}

// follow keeps one poll a parent and forgets those that left.
func (s *savepointSource) follow(parents []resource.Location) []resource.Source[cmf.Savepoint] {
	next := make(map[resource.Location]resource.Source[cmf.Savepoint], len(parents))
	polls := make([]resource.Source[cmf.Savepoint], 0, len(parents)+1)
	for _, p := range parents {
		poll, known := s.polls[p]
		if !known {
			kind, scope := objects.SavepointAddress(p)
			poll = sources.NewSource(p, Lister[cmf.Savepoint](s.api, kind, scope, cmfapi.Query{}))
		}
		next[p] = poll
		polls = append(polls, poll)
	}
	if len(next) != len(s.polls) {
		s.asked = false
	}
	for key, poll := range s.polls {
		if _, stays := next[key]; !stays {
			delete(s.of, poll)
		}
	}
	s.polls = next
	return append(polls, s.detached)
}

// gather joins the answers. A parent that is gone meanwhile is no failure.
func (s *savepointSource) gather(
	ctx context.Context, answers []savepointAnswer, notes []string,
) (resource.Batch[cmf.Savepoint], bool, error) {
	failed := 0
	var lastErr error
	batch := resource.Batch[cmf.Savepoint]{Partial: s.partial}
	for _, a := range answers {
		s.news = s.news || a.changed
		batch.Items = append(batch.Items, a.batch.Items...)
		if a.batch.Missing != "" {
			notes = append(notes, a.batch.Missing)
		}
		if a.err != nil && !client.IsNotFound(a.err) {
			lastErr = a.err
			failed++
		}
	}
	if failed == len(answers) || ctx.Err() != nil {
		return resource.Batch[cmf.Savepoint]{}, false, lastErr
	}
	if failed > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d could not be asked: %v", failed, len(answers), lastErr))
	}
	batch.Missing = strings.Join(notes, "; ")
	if s.asked && !s.news && batch.Missing == s.missing {
		return resource.Batch[cmf.Savepoint]{Partial: s.partial}, false, nil
	}
	s.asked, s.missing, s.news = true, batch.Missing, false
	return batch, true, nil
}
