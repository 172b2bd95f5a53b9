package flinkapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/client/statement"
)

// beatEvery is how often a session is told that it is wanted: it ends after ten
// minutes without a call (flink-engine.md §3.4).
const beatEvery = 2 * time.Minute

// ready is a session whose names are looked up in a target.
func (e *Engine) ready(ctx context.Context, target statement.Target) (string, error) {
	e.mu.Lock()
	session := e.session
	e.mu.Unlock()
	if session == "" {
		var err error
		if session, err = e.open(ctx); err != nil {
			return "", err
		}
	}
	if err := e.use(ctx, session, target); err != nil {
		return e.again(ctx, session, target, err)
	}
	return session, nil
}

// open opens a session and tells it what was made in the one before.
func (e *Engine) open(ctx context.Context) (string, error) {
	session, err := e.gateway.NewSession(ctx, "drey", nil)
	if err != nil {
		return "", fmt.Errorf("open a session of the gateway: %w", err)
	}
	usual, err := e.currentIn(ctx, session)
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	made := append([]madeIn(nil), e.made...)
	e.session, e.current, e.usual = session, usual, usual
	e.schedule()
	e.mu.Unlock()
	for _, m := range made { // what one needed may be gone by now
		if e.use(ctx, session, m.target) == nil {
			_ = e.gateway.Configure(ctx, session, m.text)
		}
	}
	return session, nil
}

// use has names looked up in a target from now on: the session's own where a
// statement does not say.
func (e *Engine) use(ctx context.Context, session string, target statement.Target) error {
	e.mu.Lock()
	current, usual := e.current, e.usual
	e.mu.Unlock()
	if target.Catalog == "" {
		target.Catalog = usual.Catalog
		if target.Database == "" {
			target.Database = usual.Database
		}
	}
	if target.Catalog != "" && target.Catalog != current.Catalog {
		if err := e.gateway.Configure(ctx, session, "USE CATALOG "+quoted(target.Catalog)); err != nil {
			return err
		}
		current = statement.Target{Catalog: target.Catalog}
	}
	if target.Database != "" && target.Database != current.Database {
		if err := e.gateway.Configure(ctx, session, "USE "+quoted(target.Database)); err != nil {
			return err
		}
		current.Database = target.Database
	}
	e.mu.Lock()
	e.current = current
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

// again opens another session where the one that was used is gone.
func (e *Engine) again(ctx context.Context, session string, target statement.Target, err error) (string, error) {
	if !flinkrest.SessionGone(err) {
		return "", err
	}
	e.lost(session)
	return e.ready(ctx, target)
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// schedule has the session told again that it is wanted.
func (e *Engine) schedule() {
	if e.done {
		return
	}
	if e.beat != nil {
		e.beat.Stop()
	}
	e.beat = time.AfterFunc(beatEvery, e.heartbeat)
}

// heartbeat keeps alive every session that has a statement of ours. The gateway's
// own answer to a session that is gone is found out by who uses it next.
func (e *Engine) heartbeat() {
	e.mu.Lock()
	sessions := map[string]bool{}
	if e.session != "" {
		sessions[e.session] = true
	}
	for op := range e.ops {
		sessions[op.Session] = true
	}
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for session := range sessions {
		if err := e.gateway.Heartbeat(ctx, session); flinkrest.SessionGone(err) {
			e.lost(session)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.schedule()
}

// lost forgets a session that is gone: its queries have ended with it.
func (e *Engine) lost(session string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.session == session {
		e.session, e.current = "", statement.Target{}
	}
	for handle, op := range e.ops {
		if handle.Session == session && op.ended == statement.Unknown {
			op.end(statement.Stopped, "the gateway's session has ended, and its queries with it")
		}
	}
}
