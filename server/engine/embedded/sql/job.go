package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

// burst is how much of a generated table is there at the start, in milliseconds.
const burst = 1900

// slice is how many source rows are taken between looks at the clock.
const slice = 128

// job is one statement that runs. Its methods are called with the turn taken.
type job struct {
	turn     chan struct{} // holds one token: whose turn it is to work
	id       string
	c        *compiled
	pipeline *stream.Pipeline
	budget   *state.Budget
	clock    sourceClock
	window   window
	work     work
	inserts  inserts
	progress progress
	life     life
}

// sourceClock says which rows of the sources are there.
type sourceClock struct {
	base   time.Time // when it began
	ahead  int64     // milliseconds that it is ahead of base
	skip   int64     // source rows whose output was emitted before a savepoint
	stopAt int64     // source rows after which the job was stopped; -1: runs
}

// due is how far the clock is, in milliseconds.
func (c *sourceClock) due(now time.Time) int64 { return now.Sub(c.base).Milliseconds() + c.ahead }

// limit bounds how many more rows are taken, after those that were.
func (c *sourceClock) limit(taken int64) int64 {
	if c.stopAt < 0 {
		return slice
	}
	return min(slice, c.stopAt-taken)
}

// over says whether a job that took some rows is where it was stopped.
func (c *sourceClock) over(taken int64) bool { return c.stopAt >= 0 && taken >= c.stopAt }

// inserts are the tables that an INSERT writes to.
type inserts struct {
	sinks     []connect.Sink
	committed time.Time
}

func (w *inserts) commit() error {
	for _, sink := range w.sinks {
		if err := sink.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// discard forgets what was not committed.
func (w *inserts) discard() {
	for _, sink := range w.sinks {
		if d, ok := sink.(connect.Discarder); ok {
			d.Discard()
		}
	}
}

// progress is how far a job was written down, by this process and those before.
type progress struct {
	saved   time.Time // when it last was
	reached int64     // source rows that an earlier process had taken
	written writtenSnapshots
	rebuild func() error
	resumed func(rows int64) // learns that it went on from a snapshot
	// restored says that it went on from a snapshot: no row is given twice.
	restored bool
}

// life is what happened to a job besides computing.
type life struct {
	failed  *engine.JobException
	started time.Time
	stopped *stopRecord
	removed bool
}

// take waits for the turn.
func (j *job) take(ctx context.Context) error {
	select {
	case <-j.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *job) give() { j.turn <- struct{}{} }

// collect is the end of a pipeline: what a person reads, or a table.
type collect struct {
	j       *job
	columns []expr.Column
	notNull []int
	sink    connect.Sink // nil: rows are kept for reading
	drop    bool         // rows with NULL where there must be none
	upsert  bool         // rows that are replaced are not told
}

// Push implements stream.Op.
func (c *collect) Push(ch stream.Change) error {
	for _, i := range c.notNull {
		if ch.Row[i].Valid {
			continue
		}
		if c.drop {
			return nil
		}
		return &sqlerr.Failure{
			Class: "org.apache.flink.table.api.TableException",
			Message: "Column '" + c.columns[i].Name + "' is NOT NULL, however, a null value is being written into it. " +
				"You can set job configuration 'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop " +
				"such records silently.",
		}
	}
	if !c.j.progress.restored && c.j.pipeline.Events() <= c.j.clock.skip || c.upsert && ch.Op == cmf.OpUpdateBefore {
		return nil
	}
	if c.sink != nil {
		return c.sink.Write(ch.Row)
	}
	return c.j.holdRow(ch)
}

// Finish implements stream.Op.
func (c *collect) Finish() error {
	if c.sink != nil && !c.j.c.bounded() { // a bounded one is committed when all of it went well
		return c.sink.Commit()
	}
	return nil
}

// build puts the operators together.
func (j *job) build(o Options) error {
	j.budget.Share.Clear()
	j.budget = &state.Budget{
		Most: o.State, Share: j.budget.Share, Interrupted: &j.work.interrupted, Pause: j.pause, Expired: j.work.expired,
	}
	b := &stream.Builder{Budget: j.budget, Batch: j.c.batch, Expiry: stream.Expiry{TTL: j.c.set.ttl}}
	var failed error
	if j.c.insert {
		failed = j.buildInserts(b)
	} else {
		j.c.node.Build(b, j.collector(j.c.node, j.c.columns))
	}
	j.pipeline = b.Pipeline()
	j.c.env.Run.Now = func() int64 { return j.clock.base.UnixMilli() + max(0, j.pipeline.Clock-j.clock.ahead) }
	return failed
}

func (j *job) collector(n tree.Node, columns []expr.Column) *collect {
	c := &collect{j: j, columns: columns, upsert: n.Traits().Upsert != nil}
	for i, col := range columns {
		if !col.Type.Nullable {
			c.notNull = append(c.notNull, i)
		}
	}
	return c
}

func (j *job) buildInserts(b *stream.Builder) error {
	run := connect.Run{Seed: j.c.env.Seed, Zone: j.c.zone, Batch: j.c.batch, Whole: j.c.bounded(), Now: func() int64 {
		return j.c.env.Run.Now()
	}}
	for i, n := range j.c.nodes {
		id := j.id
		if len(j.c.nodes) > 1 {
			id = fmt.Sprintf("%s-%d", j.id, i)
		}
		sink, err := j.c.targets[i].Open(run, id)
		if err != nil {
			return err
		}
		end := j.collector(n, j.c.targets[i].Columns)
		end.sink, end.drop = sink, j.c.set.dropNulls
		j.inserts.sinks = append(j.inserts.sinks, sink)
		n.Build(b, end)
	}
	return nil
}

// commit makes what an INSERT wrote visible.
func (j *job) commit(now time.Time) {
	if err := j.inserts.commit(); err != nil {
		j.fail(err, now)
	}
	j.inserts.committed = now
}

// commits says whether rows become visible while the statement runs: not those
// of what is read at once, which is there whole or not at all.
func (j *job) commits() bool { return !j.c.bounded() || !j.c.batch && j.pipeline.Clock > 0 }

// advance runs the pipeline until it has rows up to the offset, nothing more
// is due, or the time is up.
func (j *job) advance(ctx context.Context, now func() time.Time, upTo int64) {
	deadline := time.Now().Add(200 * time.Millisecond)
	due := j.clock.due(now())
	for j.life.failed == nil && j.window.end() < upTo && ctx.Err() == nil {
		took, err := j.step(ctx, due, int(j.clock.limit(j.pipeline.Events())))
		if err != nil {
			j.fail(err, now())
			return
		}
		j.window.trim()
		if took == 0 && !j.paused() || time.Now().After(deadline) {
			return
		}
	}
}

// step takes some rows when it is the statement's turn to compute.
func (j *job) step(ctx context.Context, due int64, limit int) (int, error) {
	select {
	case j.work.working <- struct{}{}:
	case <-ctx.Done():
		return 0, nil
	}
	began := time.Now()
	j.work.began = began
	took, err := j.run(due, limit)
	j.work.spent += time.Since(began)
	if err == nil && j.c.bounded() && took > 0 && j.done() {
		err = j.inserts.commit()
	}
	<-j.work.working
	runtime.Gosched() // whoever waits for a processor comes first
	if err == nil && j.c.bounded() && j.work.spent > j.work.most {
		err = &sqlerr.Failure{Class: "java.util.concurrent.TimeoutException", Message: fmt.Sprintf(
			"the embedded engine computes a bounded statement for at most %s", j.work.most,
		)}
	}
	return took, err
}

// catchUp goes as far as an earlier process had gone, and drops its rows.
func (j *job) catchUp(ctx context.Context, now func() time.Time) {
	j.seekTo(math.MaxInt64)
	j.finishRow()
	j.window.catching = true
	defer func() { j.window.catching = false }()
	for j.life.failed == nil && j.pipeline.Events() < j.progress.reached && ctx.Err() == nil {
		took, err := j.step(ctx, math.MaxInt64, int(min(slice, j.progress.reached-j.pipeline.Events())))
		if err != nil {
			j.fail(err, now())
		}
		if j.window.trim(); took == 0 {
			return
		}
	}
}

func (j *job) fail(err error, at time.Time) {
	e := &engine.JobException{At: at, Name: "java.lang.RuntimeException", Text: err.Error()}
	var f *sqlerr.Failure
	if errors.As(err, &f) {
		e.Name = f.Class
	}
	e.Text = e.Name + ": " + err.Error()
	j.life.failed = e
	if j.c.bounded() {
		j.inserts.discard()
	}
	j.work.abandon()
}

// ended says that no row will follow those that are held.
func (j *job) ended() bool {
	if j.life.failed != nil || j.done() {
		return true
	}
	return j.work.suspended == nil && j.clock.over(j.pipeline.Events())
}

// done says that the inputs have ended, and all that follows from them.
func (j *job) done() bool { return j.work.suspended == nil && j.pipeline.Done() }

// state is Flink's word for where the job is.
func (j *job) state() string {
	switch {
	case j.life.failed != nil:
		return cmf.JobFailed
	case j.life.stopped != nil && j.life.stopped.Savepoint != "":
		return cmf.JobFinished
	case j.life.stopped != nil:
		return cmf.JobCanceled
	case j.done():
		return cmf.JobFinished
	}
	return cmf.JobRunning
}

// pageBytes is how much of a page is enough: the rows behind are for the next.
const pageBytes = 1 << 20

// wire gives rows their form on the wire: as many as a page takes.
func (j *job) wire(changes []stream.Change) []cmf.ResultRow {
	rows, size := make([]cmf.ResultRow, 0, len(changes)), 0
	for _, c := range changes {
		cells := wireRow(c.Row, j.c)
		for _, cell := range cells {
			size += len(cell) + 1
		}
		if size > pageBytes && len(rows) > 0 {
			break
		}
		rows = append(rows, cmf.ResultRow{Op: c.Op, Row: cells})
	}
	return rows
}

func wireRow(row value.Row, c *compiled) []json.RawMessage {
	out := make([]json.RawMessage, len(row))
	for i, v := range row {
		out[i] = v.Wire(c.columns[i].Type, c.zone)
	}
	return out
}
