// Package sql runs statements through Flink's SQL Gateway. Every statement has
// a session of its own, into which the tables of its environment are put
// again; its rows are fetched into a spool on disk, from where any offset can
// be asked again.
package sql

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/server/engine"
	"drey/server/engine/flink/sql/spool"
)

// Options are what Statements work on.
type Options struct {
	Dir        string // spools and records
	Gateway    flinkrest.Gateway
	JobManager flinkrest.JobManager
	// Tables keep what DDL makes; nil: it lasts as long as the process.
	Tables     engine.Tables
	Savepoints string // where savepoints go when nobody says; empty: Flink's own choice
	Now        func() time.Time
}

// Statements is a service.Statements.
type Statements struct {
	opts     Options
	sessions *sessions
	context  context.Context // of what goes on between calls
	cancel   context.CancelFunc
	group    sync.WaitGroup

	mu   sync.Mutex
	runs map[string]*run
	ddl  sync.Mutex // one change of tables at a time
}

// New makes the folder; it does not connect.
func New(o Options) (*Statements, error) {
	if o.Tables == nil {
		o.Tables = &engine.MemoryTables{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of statements: %w", err)
	}
	s := &Statements{opts: o, runs: map[string]*run{}}
	s.context, s.cancel = context.WithCancel(context.Background())
	s.sessions = newSessions(s)
	return s, nil
}

// Close ends what goes on in this process; jobs and the sessions that hold
// their results stay, for the next process to take up.
func (s *Statements) Close() error {
	s.cancel()
	s.group.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, r := range s.runs {
		errs = append(errs, r.spool.Close())
	}
	s.runs = map[string]*run{}
	return errors.Join(errs...)
}

// spawn runs something until the engine is closed.
func (s *Statements) spawn(do func(context.Context)) {
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		do(s.context)
	}()
}

// Prepare implements service.Statements.
func (s *Statements) Prepare(ctx context.Context, run engine.StatementRun) (engine.Prepared, error) {
	kind := flinksql.KindOf(run.SQL)
	if err := refused(kind, run.SQL); err != nil {
		return engine.Prepared{}, err
	}
	switch {
	case defines(kind):
		return s.define(ctx, run, kind)
	case kind == flinksql.Select, kind == flinksql.InsertInto, kind == flinksql.StatementSet:
		return s.plan(ctx, run, kind)
	}
	session, err := s.sessions.take(ctx, run)
	if err != nil {
		return engine.Prepared{}, err
	}
	p, err := s.immediate(ctx, session, run, kind)
	if err == nil && onlyReads(kind) {
		s.sessions.release(session)
	} else {
		s.sessions.drop(session)
	}
	return p, err
}

// onlyReads reports whether a statement leaves its session as it was.
func onlyReads(kind flinksql.Kind) bool {
	return kind == flinksql.Describe || kind == flinksql.Explain || strings.HasPrefix(string(kind), "SHOW_")
}

// immediate executes a statement to its end.
func (s *Statements) immediate(
	ctx context.Context, session string, run engine.StatementRun, kind flinksql.Kind,
) (engine.Prepared, error) {
	columns, rows, err := s.collect(ctx, session, run.SQL, configuration(run))
	if err != nil {
		return engine.Prepared{}, sqlError(err, run.SQL, 0)
	}
	return engine.Prepared{
		Kind: string(kind), Bounded: true, AppendOnly: true, Immediate: true,
		Columns: columns, Result: rows,
	}, nil
}

// find is a run that is known here, or was known to an earlier process.
func (s *Statements) find(of engine.StatementRun) (*run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.runs[of.ID]; ok {
		return r, nil
	}
	r, err := s.load(of.ID)
	if err != nil {
		return nil, err
	}
	s.runs[of.ID] = r
	return r, nil
}

// Start implements service.Statements.
func (s *Statements) Start(ctx context.Context, of engine.StatementRun) error {
	r, err := s.find(of)
	if errors.Is(err, engine.ErrNotFound) {
		r, err = s.begin(of)
	}
	if err != nil {
		return err
	}
	r.starting.Lock()
	defer r.starting.Unlock()
	return s.start(ctx, r, of)
}

// begin makes the record of a run, before Flink is asked for anything.
func (s *Statements) begin(of engine.StatementRun) (*run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.runs[of.ID]; ok {
		return r, nil
	}
	dir := s.folder(of.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of a statement: %w", err)
	}
	r := newRun(dir, record{Job: of.ID, Query: flinksql.KindOf(of.SQL) == flinksql.Select})
	var err error
	if r.spool, err = spool.Open(dir); err != nil {
		return nil, err
	}
	if err := r.save(); err != nil {
		return nil, err
	}
	r.fresh = true
	s.runs[of.ID] = r
	return r, nil
}

func (s *Statements) folder(id string) string { return filepath.Join(s.opts.Dir, filepath.Base(id)) }
