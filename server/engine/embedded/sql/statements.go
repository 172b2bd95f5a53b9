package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/state"
)

// Prepare implements service.Statements.
func (s *Statements) Prepare(ctx context.Context, run engine.StatementRun) (engine.Prepared, error) {
	c, err := s.compile(ctx, run, seedOf(run.ID))
	if err != nil {
		return engine.Prepared{}, err
	}
	if c.define != nil {
		if err := s.define(ctx, run, c); err != nil {
			return engine.Prepared{}, err
		}
	}
	p := engine.Prepared{Kind: string(c.kind), Bounded: true, AppendOnly: true}
	if c.node != nil {
		t := c.node.Traits()
		p.Bounded, p.AppendOnly, p.UpsertColumns = t.Bounded, t.Append, t.Upsert
	}
	for _, col := range c.columns {
		p.Columns = append(p.Columns, cmf.ResultColumn{Name: col.Name, Type: col.Type.Wire()})
	}
	if c.node != nil {
		return p, nil
	}
	p.Immediate = true
	p.Result = make([]cmf.ResultRow, 0, len(c.rows))
	for _, row := range c.rows {
		cells := make([]json.RawMessage, len(row))
		for i, v := range row {
			cells[i] = v.Wire(stringColumn("").Type, nil)
		}
		p.Result = append(p.Result, cmf.ResultRow{Row: cells})
	}
	return p, nil
}

// Start implements service.Statements. A statement that already runs
// here goes on; one of an earlier process is taken up where it was.
func (s *Statements) Start(ctx context.Context, run engine.StatementRun) error {
	_, err := s.job(ctx, run, true)
	return err
}

// job finds the job of a run, or begins it.
func (s *Statements) job(ctx context.Context, run engine.StatementRun, begin bool) (*job, error) {
	s.mu.Lock()
	j, ok := s.jobs[run.ID]
	s.mu.Unlock()
	if ok {
		return j, nil
	}
	if !begin {
		return nil, engine.ErrNotFound
	}
	j, err := s.begin(ctx, run)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, ok := s.jobs[run.ID]; ok {
		j.forget()
		return other, nil
	}
	s.jobs[run.ID] = j
	return j, nil
}

func (s *Statements) begin(ctx context.Context, run engine.StatementRun) (*job, error) {
	j := &job{turn: make(chan struct{}, 1), id: run.ID, budget: &state.Budget{Share: s.pool.State()}}
	j.clock = sourceClock{base: run.SubmittedAt, ahead: burst, stopAt: -1}
	j.window = window{hold: s.opts.Hold, held: s.pool.Results(), shed: func() { s.shed(j) }}
	j.work.working, j.work.most, j.life.started = s.working, s.opts.Time, s.opts.Now()
	j.give()
	j.progress.written.at = j.life.started
	seed := seedOf(run.ID)
	var missing error
	var state []byte
	if run.RestoreFrom != "" {
		p, b, err := s.readSavepoint(run.RestoreFrom)
		if err != nil {
			missing = err
		} else {
			seed, j.clock.skip, j.clock.ahead = p.Seed, p.Rows, p.Clock
			state = b
		}
	}
	c, err := s.compile(ctx, run, seed)
	if err != nil {
		return nil, err
	}
	if c.node == nil {
		return nil, fmt.Errorf("start the statement %s: it was executed when it was prepared", run.Name)
	}
	j.c = c
	if err := j.build(s.opts); err != nil {
		j.fail(err, s.opts.Now())
	}
	if missing != nil {
		j.fail(missing, s.opts.Now())
	}
	s.find(j, state)
	return j, s.recall(j)
}

// recall takes up what an earlier process wrote down when the job was stopped.
func (s *Statements) recall(j *job) error {
	if b, err := os.ReadFile(s.progressFile(j.id)); err == nil {
		var p position
		if json.Unmarshal(b, &p) == nil { // a lost one only costs rows that come twice
			j.progress.reached = p.Rows
		}
	}
	r, err := s.readStop(j.id)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	j.life.stopped, j.clock.stopAt = r, r.Rows
	return nil
}

// commitEvery is how often an endless INSERT makes its rows visible.
const commitEvery = 5 * time.Second

// pause is how long a running statement may go unobserved.
const pause = 2 * time.Second

// ObserveStatement implements service.Statements. A statement that ends
// by itself, and one that writes to a table, goes on a little.
func (s *Statements) ObserveStatement(
	ctx context.Context, run engine.StatementRun,
) (engine.StatementObservation, error) {
	j, err := s.job(ctx, run, false)
	if err != nil {
		return engine.StatementObservation{}, err
	}
	var o engine.StatementObservation
	err = j.do(ctx, func() error {
		o = s.observe(ctx, j)
		return nil
	})
	if err != nil {
		return engine.StatementObservation{}, err
	}
	return o, nil
}

// observe has a statement go on and says how it is.
func (s *Statements) observe(ctx context.Context, j *job) engine.StatementObservation {
	before := j.pipeline.Events()
	switch {
	case j.life.stopped != nil:
	case j.c.insert:
		j.seekTo(math.MaxInt64)
		j.advance(ctx, s.opts.Now, math.MaxInt64)
		if now := s.opts.Now(); j.life.failed == nil && j.commits() && now.Sub(j.inserts.committed) >= commitEvery {
			if j.commit(now); j.life.failed == nil {
				s.saveSometimes(j)
			}
		}
	case j.c.node.Traits().Bounded:
		j.seekTo(math.MaxInt64)
		j.advance(ctx, s.opts.Now, j.window.enough())
		s.saveSometimes(j)
	}
	s.ended(j)
	o := engine.StatementObservation{State: j.state(), Resources: j.resources(), Detail: j.waits()}
	if j.life.failed != nil {
		o.Exceptions = []engine.JobException{*j.life.failed}
	}
	if j.life.stopped != nil && j.life.stopped.Savepoint != "" {
		o.Stopped = j.life.stopped.observation()
	}
	if o.State == cmf.JobRunning {
		o.Next = s.opts.Now().Add(pause)
		if due, ok := j.pipeline.Next(); ok && j.work.suspended == nil && j.pipeline.Events() > before &&
			due <= j.clock.due(s.opts.Now()) {
			o.Next = s.opts.Now() // there is more to do right now
		}
		if j.paused() {
			o.Next = s.opts.Now()
		}
	}
	return o
}

// ended gives back what a statement does not need after its end.
func (s *Statements) ended(j *job) {
	if j.life.failed == nil && !j.done() || j.life.removed {
		return
	}
	if j.life.failed == nil && j.life.stopped == nil && j.hasProgress() {
		_ = s.writeSnapshot(j) // where it cannot be written all is computed again after a restart
	}
	j.release()
}

// Results implements service.Statements.
func (s *Statements) Results(
	ctx context.Context, run engine.StatementRun, offset int64, limit int,
) (engine.ResultPage, error) {
	j, err := s.job(ctx, run, true)
	if err != nil {
		return engine.ResultPage{}, err
	}
	if j.c.insert {
		return engine.ResultPage{}, fmt.Errorf("results of the statement %s: an INSERT has none", run.Name)
	}
	var page engine.ResultPage
	err = j.do(ctx, func() (err error) {
		page, err = s.page(ctx, j, offset, limit)
		return err
	})
	if err != nil {
		return engine.ResultPage{}, err
	}
	return page, nil
}

// page has a statement go on until there is a page of rows, or none for now.
func (s *Statements) page(ctx context.Context, j *job, offset int64, limit int) (engine.ResultPage, error) {
	oldest := offset == engine.OldestRow
	offset = max(offset, 0)
	if j.window.hold > 0 {
		limit = min(limit, j.window.hold)
	}
	if j.window.first <= offset {
		j.seekTo(offset)
	}
	if oldest {
		offset = j.window.first
	}
	if offset < j.window.first {
		return engine.ResultPage{}, engine.ErrResultsGone
	}
	j.window.asked = max(j.window.asked, offset)
	j.advance(ctx, s.opts.Now, offset+int64(max(0, limit)))
	if oldest && offset < j.window.first {
		offset = j.window.first
	}
	if offset < j.window.first {
		return engine.ResultPage{}, engine.ErrResultsGone
	}
	from := min(offset-j.window.first, int64(len(j.window.out)))
	to := min(from+int64(max(0, limit)), int64(len(j.window.out)))
	page := engine.ResultPage{Rows: j.wire(j.window.out[from:to])}
	to = from + int64(len(page.Rows))
	page.Next = max(offset, j.window.first+to)
	page.Done = j.ended() && to == int64(len(j.window.out))
	if err := ctx.Err(); err != nil {
		return engine.ResultPage{}, err
	}
	s.saveSometimes(j)
	s.ended(j)
	return page, nil
}
