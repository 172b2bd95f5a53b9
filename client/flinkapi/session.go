package flinkapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/statement"
)

// session is one of the gateway's, for one Target.Session. It outlives the gateway's:
// when that is gone another one is opened, in which is made again what was made.
// All but submit is guarded by Engine.mu.
type session struct {
	submit sync.Mutex // one statement after another changes the session and is sent

	id string // the gateway's, "" for none
	// asked tells that current and usual are known: what names are looked up in now,
	// and what they are where a statement does not say.
	asked          bool
	current, usual statement.Target
	made           []made
	released       bool // nobody wants it any more once its queries have ended
}

// session is the one of a name. It is wanted from now on.
func (e *Engine) session(name string) *session {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.sessions[name]
	if s == nil {
		s = &session{}
		e.sessions[name] = s
	}
	s.released = false
	return s
}

// ResumeSession implements statement.Sessioner.
func (e *Engine) ResumeSession(name string, ran statement.Ref) {
	handle, err := handleOf(ran)
	if err != nil {
		return
	}
	s := e.session(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.id == "" {
		s.id = handle.Session
		e.schedule()
	}
}

// EndSession implements statement.Sessioner. A session whose query runs is closed by
// the heartbeat that finds it ended.
func (e *Engine) EndSession(ctx context.Context, name string) error {
	e.mu.Lock()
	s := e.sessions[name]
	if s != nil {
		s.released = true
	}
	e.mu.Unlock()
	if s == nil {
		return nil
	}
	s.submit.Lock() // what is being sent may be a query
	defer s.submit.Unlock()
	return e.close(ctx, s)
}

// close closes a session that is released and runs nothing.
func (e *Engine) close(ctx context.Context, s *session) error {
	e.mu.Lock()
	id := s.id
	if id == "" || !s.released || e.busy(id) {
		e.mu.Unlock()
		return nil
	}
	s.id, s.asked = "", false
	e.mu.Unlock()
	if err := e.gateway.CloseSession(ctx, id); err != nil && !flinkrest.SessionGone(err) &&
		!fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

// busy tells a session of the gateway in which something runs that ends with it. The
// caller holds e.mu.
func (e *Engine) busy(id string) bool {
	for handle, op := range e.ops {
		if handle.Session == id && op.runs() {
			return true
		}
	}
	return false
}

// LeftRunning implements statement.Sessioner.
func (*Engine) LeftRunning() string {
	return "only this console's stored handle reads them again, and only until the gateway ends their session, about " +
		"ten minutes after nobody asked"
}

// closeTime is how long the sessions have to be closed when the engine is.
const closeTime = 2 * time.Second

// Close lets the sessions go. One with queries that run is left to the gateway,
// which ends it ten minutes later.
func (e *Engine) Close() {
	e.mu.Lock()
	e.done = true
	if e.beat != nil {
		e.beat.Stop()
	}
	var idle []string
	for _, s := range e.sessions {
		if s.id != "" && !e.busy(s.id) {
			idle = append(idle, s.id)
		}
	}
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	var wg sync.WaitGroup
	for _, id := range idle {
		wg.Go(func() { _ = e.gateway.CloseSession(ctx, id) }) // the gateway ends it by itself, too
	}
	wg.Wait()
}

// ready is the gateway's session of s, whose names are looked up in a target. The
// caller holds s.submit.
func (e *Engine) ready(ctx context.Context, s *session, target statement.Target) (string, error) {
	for tried := false; ; tried = true {
		id, err := e.opened(ctx, s)
		if err == nil {
			err = e.use(ctx, s, id, target)
		}
		if err == nil || tried || !flinkrest.SessionGone(err) {
			return id, err
		}
		e.lost(id)
	}
}

// opened is the gateway's session of s: the one that is there, or another one in
// which is made what was made in the one before.
func (e *Engine) opened(ctx context.Context, s *session) (string, error) {
	e.mu.Lock()
	id, asked := s.id, s.asked
	before := append([]made(nil), s.made...)
	e.mu.Unlock()
	if asked {
		return id, nil
	}
	resumed := id != ""
	if !resumed {
		var err error
		if id, err = e.gateway.NewSession(ctx, "drey", nil); err != nil {
			return "", fmt.Errorf("open a session of the gateway: %w", err)
		}
	}
	usual, err := e.currentIn(ctx, id)
	if err != nil {
		if !resumed {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
			defer cancel()
			_ = e.gateway.CloseSession(ctx, id) // nobody would use it
		}
		return id, err
	}
	e.mu.Lock()
	s.id, s.asked, s.current, s.usual = id, true, usual, usual
	e.schedule()
	e.mu.Unlock()
	if !resumed {
		e.makeAgain(ctx, s, id, before)
	}
	return id, nil
}

// use has names looked up in a target from now on: the session's own where a
// statement does not say.
func (e *Engine) use(ctx context.Context, s *session, id string, target statement.Target) error {
	e.mu.Lock()
	current, usual := s.current, s.usual
	e.mu.Unlock()
	if target.Catalog == "" {
		target.Catalog = usual.Catalog
		if target.Database == "" {
			target.Database = usual.Database
		}
	}
	if target.Catalog != "" && target.Catalog != current.Catalog {
		if err := e.gateway.Configure(ctx, id, "USE CATALOG "+quoted(target.Catalog)); err != nil {
			return err
		}
		current = statement.Target{Catalog: target.Catalog}
	}
	if target.Database != "" && target.Database != current.Database {
		if err := e.gateway.Configure(ctx, id, "USE "+quoted(target.Database)); err != nil {
			return err
		}
		current.Database = target.Database
	}
	e.mu.Lock()
	s.current = current
	e.mu.Unlock()
	return nil
}

// currentIn asks a session for what its names are looked up in.
func (e *Engine) currentIn(ctx context.Context, session string) (t statement.Target, err error) {
	if t.Catalog, err = e.word(ctx, session, "SHOW CURRENT CATALOG"); err == nil {
		t.Database, err = e.word(ctx, session, "SHOW CURRENT DATABASE")
	}
	return t, err
}

// wordEvery is how often an answer of one word is asked for.
const wordEvery = 20 * time.Millisecond

// word runs a statement that answers with one.
func (e *Engine) word(ctx context.Context, session, text string) (string, error) {
	op, err := e.gateway.Execute(ctx, session, text, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = e.gateway.Close(ctx, op) }() // the session ends it, too
	tick := time.NewTicker(wordEvery)
	defer tick.Stop()
	for {
		page, err := e.gateway.Fetch(ctx, op.First(), flinkrest.PlainText)
		if err != nil {
			return "", err
		}
		if page.Type != "NOT_READY" {
			var word string
			if rows, err := rowsOf(page.Rows); err == nil && len(rows) > 0 && len(rows[0].Cells) > 0 {
				err = json.Unmarshal(rows[0].Cells[0], &word)
				return word, err
			}
			return "", nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-tick.C:
		}
	}
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// beatEvery is how often a session is told that it is wanted: it ends after ten
// minutes without a call (flink-engine.md §3.4).
const beatEvery = 2 * time.Minute

// schedule has the sessions told again that they are wanted.
func (e *Engine) schedule() {
	if e.done {
		return
	}
	if e.beat != nil {
		e.beat.Stop()
	}
	e.beat = time.AfterFunc(beatEvery, e.heartbeat)
}

// beatTime is how long a round of heartbeats may take.
const beatTime = 30 * time.Second

// heartbeat keeps alive every session that is wanted or has a query that runs, and
// closes those that were released and run nothing any more.
func (e *Engine) heartbeat() {
	ctx, cancel := context.WithTimeout(context.Background(), beatTime)
	defer cancel()
	e.closeReleased(ctx)
	e.mu.Lock()
	sessions := map[string]bool{}
	for _, s := range e.sessions {
		if s.id != "" {
			sessions[s.id] = true
		}
	}
	for handle, op := range e.ops {
		if op.runs() {
			sessions[handle.Session] = true
		}
	}
	e.mu.Unlock()
	for id := range sessions {
		if err := e.gateway.Heartbeat(ctx, id); flinkrest.SessionGone(err) {
			e.lost(id)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.schedule()
}

// closeReleased looks at what runs in sessions that nobody wants, for nobody else
// does, and closes those that run nothing any more.
func (e *Engine) closeReleased(ctx context.Context) {
	e.mu.Lock()
	var released []*session
	var queries []statement.Ref
	for _, s := range e.sessions {
		if s.id == "" || !s.released {
			continue
		}
		released = append(released, s)
		for handle, op := range e.ops {
			if handle.Session == s.id && op.runs() {
				queries = append(queries, statement.Ref{
					Name: op.request.Name, Handle: handle.Session + "/" + handle.Handle,
				})
			}
		}
	}
	e.mu.Unlock()
	for _, ref := range queries {
		s, err := e.Observe(ctx, ref)
		if errors.Is(err, statement.ErrGone) {
			s.Phase, err = statement.Stopped, nil
		}
		if err == nil && s.Phase.Ended() {
			e.endedAs(ref, s)
		}
	}
	for _, s := range released {
		s.submit.Lock()
		_ = e.close(ctx, s) // the gateway ends it by itself, too
		s.submit.Unlock()
	}
}

// endedAs remembers that a query has ended.
func (e *Engine) endedAs(ref statement.Ref, s statement.Status) {
	_, op, err := e.find(ref)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if op.runs() {
		op.end(s.Phase, s.Detail)
	}
}

// lost forgets a session that is gone: its queries have ended with it.
func (e *Engine) lost(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.sessions {
		if s.id == id {
			s.id, s.asked, s.current = "", false, statement.Target{}
		}
	}
	for handle, op := range e.ops {
		if handle.Session == id && op.ended == statement.Unknown {
			op.end(statement.Stopped, "the gateway's session has ended, and its queries with it")
		}
	}
}
