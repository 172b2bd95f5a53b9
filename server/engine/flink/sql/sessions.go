package sql

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"drey/client/flinkrest"
	"drey/client/flinksql/ast"
	"drey/server/engine"
)

// sessions opens sessions with an environment's tables in them. Some are kept
// ready for each place that was asked for lately: setting a session up takes
// longer than planning a small query. A session that a statement has left as it
// was is used again.
type sessions struct {
	s *Statements

	mu      sync.Mutex
	ready   map[string][]string // by place
	lately  []string            // places, the newest last
	open    map[string]bool     // sessions that an ended process would leave behind
	planned map[string]string   // by run: the session it was planned in
	uses    map[string]use      // by session, until it is closed
}

// use is what a session is made for, and how many statements have had it.
type use struct {
	key string // of what it is made for
	n   int
}

const (
	// maxReady is for how many places sessions are kept ready, and maxSpare how
	// many for each.
	maxReady = 4
	maxSpare = 2
	// maxUses is how many statements a session serves: Flink keeps a little of
	// each until its session is closed.
	maxUses = 64
)

// maxPlanned is how many statements may be planned and not started.
const maxPlanned = 16

// newSessions closes what an ended process left.
func newSessions(s *Statements) *sessions {
	p := &sessions{
		s: s, ready: map[string][]string{}, open: map[string]bool{}, planned: map[string]string{},
		uses: map[string]use{},
	}
	b, err := os.ReadFile(p.file())
	var left []string
	if err == nil && json.Unmarshal(b, &left) == nil {
		held := s.held()
		left = slices.DeleteFunc(left, func(session string) bool { return held[session] })
		s.spawn(func(ctx context.Context) {
			for _, session := range left {
				_ = s.opts.Gateway.CloseSession(ctx, session)
			}
		})
	}
	return p
}

// held are the sessions that have the results of a run.
func (s *Statements) held() map[string]bool {
	held := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(s.opts.Dir, "*", "record.json"))
	for _, file := range files {
		var rec record
		if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &rec) == nil {
			held[rec.Operation.Session] = true
		}
	}
	return held
}

func (p *sessions) file() string { return filepath.Join(p.s.opts.Dir, "sessions.json") }

// keep writes down the sessions that nobody but us knows; it wants the lock.
func (p *sessions) save() {
	b, err := json.Marshal(slices.Sorted(maps.Keys(p.open)))
	if err == nil {
		_ = os.WriteFile(p.file(), b, 0o600)
	}
}

const runtimeMode = "execution.runtime-mode"

// sessionKey is what a session is made for.
type sessionKey struct {
	catalog, database string
	// options are those that Flink reads of the session only.
	options map[string]string
	tables  []engine.Table
	// kafka are the API's catalogs with their databases.
	kafka map[string][]string
}

func (s *Statements) sessionKeyOf(ctx context.Context, run engine.StatementRun) (sessionKey, error) {
	tables, err := s.opts.Tables.Tables(ctx, run.Environment)
	if err != nil {
		return sessionKey{}, fmt.Errorf("tables of the environment: %w", err)
	}
	at := sessionKey{
		catalog: run.Catalog, database: run.Database, options: map[string]string{"table.local-time-zone": "UTC"},
		tables: tables,
	}
	if k, ok := s.opts.Tables.(engine.KafkaNames); ok {
		if at.kafka, err = k.KafkaNames(ctx, run.Environment); err != nil {
			return sessionKey{}, fmt.Errorf("catalogs of the environment: %w", err)
		}
	}
	for key, value := range run.Configuration {
		if key == runtimeMode || strings.HasPrefix(key, "table.") {
			at.options[key] = value
		}
	}
	if zone := run.Properties["sql.local-time-zone"]; zone != "" {
		at.options["table.local-time-zone"] = zone
	}
	return at, nil
}

func (p sessionKey) key() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q ", p.catalog, p.database, p.options, p.kafka)
	for _, t := range p.tables {
		fmt.Fprintf(h, "%q %q %q %q ", t.Catalog, t.Database, t.Name, t.Definition)
	}
	return string(h.Sum(nil))
}

// take is a session for a statement; the caller drops it, releases it, or hands
// it on.
func (p *sessions) take(ctx context.Context, run engine.StatementRun) (string, error) {
	at, err := p.s.sessionKeyOf(ctx, run)
	if err != nil {
		return "", err
	}
	key := at.key()
	session, more := p.spare(key)
	if session != "" && p.s.opts.Gateway.Heartbeat(ctx, session) != nil {
		p.drop(session) // the gateway was started again
		session = ""
	}
	if session == "" {
		if session, err = p.make(ctx, at); err != nil {
			return "", err
		}
	}
	p.mu.Lock()
	p.uses[session] = use{key: key, n: p.uses[session].n + 1}
	p.mu.Unlock()
	if !more {
		p.refill(key, at)
	}
	return session, nil
}

// spare takes a session out of those that are ready for a place, "" if there is
// none, and reports whether there are more.
func (p *sessions) spare(key string) (session string, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lately = append(slices.DeleteFunc(p.lately, func(k string) bool { return k == key }), key)
	ready := p.ready[key]
	if len(ready) == 0 {
		return "", false
	}
	session, p.ready[key] = ready[len(ready)-1], ready[:len(ready)-1]
	return session, len(ready) > 1
}

// refillAfter leaves the machine to the statement that took the session.
const refillAfter = 300 * time.Millisecond

// refill makes the next session for a place ready, unless one was released
// meanwhile.
func (p *sessions) refill(key string, at sessionKey) {
	p.s.spawn(func(ctx context.Context) {
		if sleep(ctx, refillAfter) != nil {
			return
		}
		p.mu.Lock()
		ready := len(p.ready[key])
		p.mu.Unlock()
		if ready > 0 {
			return
		}
		if session, err := p.make(ctx, at); err == nil {
			p.put(key, session)
		}
	})
}

// put makes a session ready for a place, and closes those of places that were
// not asked for lately.
func (p *sessions) put(key, session string) {
	p.mu.Lock()
	var surplus []string
	if slices.Contains(p.lately, key) && len(p.ready[key]) < maxSpare {
		p.ready[key] = append(p.ready[key], session)
	} else {
		surplus = []string{session}
	}
	for len(p.lately) > maxReady {
		surplus = append(surplus, p.ready[p.lately[0]]...)
		delete(p.ready, p.lately[0])
		p.lately = p.lately[1:]
	}
	p.mu.Unlock()
	for _, session := range surplus {
		p.drop(session)
	}
}

// release gives back a session that a statement has left as it was. It is
// closed when it has served its time or its place is not known any more.
func (p *sessions) release(session string) {
	p.mu.Lock()
	used, known := p.uses[session]
	again := known && used.n < maxUses
	if again && !p.open[session] {
		p.open[session] = true
		p.save()
	}
	p.mu.Unlock()
	if !again {
		p.drop(session)
		return
	}
	p.put(used.key, session)
}

// make opens a session and sets it up.
func (p *sessions) make(ctx context.Context, at sessionKey) (string, error) {
	session, err := p.s.opts.Gateway.NewSession(ctx, "drey", at.options)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	p.open[session] = true
	p.save()
	p.mu.Unlock()
	if err := p.setUp(ctx, session, at); err != nil {
		p.drop(session)
		return "", sqlError(err, "", 0) // such as an option that Flink does not take
	}
	return session, nil
}

func (p *sessions) setUp(ctx context.Context, session string, at sessionKey) error {
	gateway, batch := p.s.opts.Gateway, strings.EqualFold(at.options[runtimeMode], "batch")
	if err := p.endless(ctx, session, batch, examples); err != nil {
		return err
	}
	for _, statement := range slices.Concat(at.catalogs(), replay(at.tables)) {
		err := gateway.Configure(ctx, session, statement)
		if batch && flinkrest.Says(err, "unbounded table") {
			err = p.endless(ctx, session, batch, []string{statement})
		}
		if unavailable(err) {
			return err // what else is wrong with a table is told when it is used
		}
	}
	if at.catalog != "" {
		if err := gateway.Configure(ctx, session, "USE CATALOG "+ast.Quoted(at.catalog)); err != nil {
			return err
		}
	}
	if at.database != "" {
		if err := gateway.Configure(ctx, session, "USE "+ast.Quoted(at.database)); err != nil {
			return err
		}
	}
	return nil
}

// catalogs are the API's catalogs as Flink's: names of databases, in which
// tables can be made for the session's length.
func (p sessionKey) catalogs() []string {
	var statements []string
	for _, name := range slices.Sorted(maps.Keys(p.kafka)) {
		databases := p.kafka[name]
		with := "'type' = 'generic_in_memory'"
		if len(databases) > 0 {
			with += ", 'default-database' = '" + strings.ReplaceAll(databases[0], "'", "''") + "'"
		}
		statements = append(statements, "CREATE CATALOG "+ast.Quoted(name)+" WITH ("+with+")")
		for _, database := range databases {
			statements = append(statements, "CREATE DATABASE IF NOT EXISTS "+ast.Quoted(name)+"."+ast.Quoted(database))
		}
	}
	return statements
}

// endless makes views over endless tables, which can only be made while the
// mode is streaming, even where it is batch. Other tables must not be made so:
// what their columns of time are is settled then.
func (p *sessions) endless(ctx context.Context, session string, batch bool, statements []string) error {
	if batch {
		statements = slices.Concat(
			[]string{"SET '" + runtimeMode + "' = 'streaming'"}, statements,
			[]string{"SET '" + runtimeMode + "' = 'batch'"},
		)
	}
	for _, statement := range statements {
		if err := p.s.opts.Gateway.Configure(ctx, session, statement); err != nil {
			return err
		}
	}
	return nil
}

// drop closes a session in the background.
func (p *sessions) drop(session string) {
	if session == "" {
		return
	}
	p.mu.Lock()
	delete(p.uses, session)
	p.mu.Unlock()
	p.s.spawn(func(ctx context.Context) {
		if err := p.s.opts.Gateway.CloseSession(ctx, session); err != nil && unavailable(err) {
			return
		}
		p.forget(session)
	})
}

// forget leaves a session to what is kept of a run.
func (p *sessions) forget(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, session)
	p.save()
}

// plan keeps the session that a run was planned in until it starts.
func (p *sessions) plan(run, session string) {
	p.mu.Lock()
	p.planned[run] = session
	var surplus string
	for other, s := range p.planned {
		if len(p.planned) > maxPlanned && other != run {
			surplus = s
			delete(p.planned, other)
			break
		}
	}
	p.mu.Unlock()
	p.drop(surplus)
}

// start is the session that a run was planned in, or another.
func (p *sessions) start(ctx context.Context, run engine.StatementRun) (string, error) {
	p.mu.Lock()
	session, ok := p.planned[run.ID]
	delete(p.planned, run.ID)
	p.mu.Unlock()
	if ok {
		return session, nil
	}
	return p.take(ctx, run)
}
