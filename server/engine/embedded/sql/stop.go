package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// position is what a savepoint holds beside its snapshot: how far the sources
// were read. The rest of the state follows from it, as a statement computes
// the same each time; so it is computed again where the snapshot is of no use.
type position struct {
	Seed  uint64 `json:"seed"`
	Rows  int64  `json:"rows"`  // taken from all sources together
	Clock int64  `json:"clock"` // of the sources, milliseconds
	SQL   string `json:"sql"`
}

// stopRecord is what is kept of a job that was stopped.
type stopRecord struct {
	Rows      int64     `json:"rows"`
	Savepoint string    `json:"savepoint,omitempty"` // its path
	Size      int64     `json:"size,omitempty"`
	At        time.Time `json:"at"`
}

func (r *stopRecord) observation() *engine.SavepointObservation {
	return &engine.SavepointObservation{State: cmf.SavepointCompleted, Path: r.Savepoint, Size: r.Size, Ended: r.At}
}

// StopStatement implements service.Statements.
func (s *Statements) StopStatement(ctx context.Context, run engine.StatementRun) error {
	if run.Stop == nil {
		return s.remove(ctx, run.ID)
	}
	j, err := s.job(ctx, run, true)
	if err != nil {
		return err
	}
	return j.do(ctx, func() error { return s.stop(ctx, run, j) })
}

// stop ends a job so that another can go on where it was.
func (s *Statements) stop(ctx context.Context, run engine.StatementRun, j *job) (err error) {
	if j.life.stopped != nil || j.life.failed != nil || j.c.node.Traits().Bounded && j.done() {
		return nil
	}
	if j.c.insert { // nobody reads an INSERT: it has run up to now
		j.advance(ctx, s.opts.Now, math.MaxInt64)
		if run.Stop.Savepoint || j.commits() {
			j.commit(s.opts.Now())
		} else {
			j.inserts.discard()
		}
		if j.life.failed != nil {
			return nil
		}
	}
	if j.catchUp(ctx, s.opts.Now); ctx.Err() != nil || j.life.failed != nil {
		return ctx.Err()
	}
	if err := s.writeSnapshot(j); err != nil {
		return err
	}
	p := j.position(run.SQL)
	r := &stopRecord{Rows: p.Rows, At: run.Stop.At}
	if run.Stop.Savepoint {
		if r.Savepoint, r.Size, err = s.writeSavepoint(j, run, run.Stop.Directory, run.Stop.ID); err != nil {
			return err
		}
	}
	if err := writeJSON(s.stopFile(run.ID), r); err != nil {
		return err
	}
	j.life.stopped, j.clock.stopAt = r, r.Rows
	return nil
}

func (s *Statements) remove(ctx context.Context, id string) error {
	s.mu.Lock()
	j := s.jobs[id]
	s.mu.Unlock()
	if j != nil {
		j.work.interrupted.Store(true)
		if err := j.take(ctx); err != nil {
			return err
		}
		if j.c.bounded() && !j.done() {
			j.inserts.discard()
		}
		s.returnMemory(j.forget())
		j.give()
	}
	s.mu.Lock()
	delete(s.jobs, id)
	s.mu.Unlock()
	for _, file := range []string{s.stopFile(id), s.progressFile(id), s.snapshotFile(id), s.snapshotFile(id) + before} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the statement's record: %w", err)
		}
	}
	return nil
}

// progressEvery is how often it is written down how far a statement was read.
const progressEvery = 5 * time.Second

// progress writes down how far a statement was read, so that a stop after a
// crash does not go back behind it.
func (s *Statements) progress(j *job) error {
	now := s.opts.Now()
	if j.c.node.Traits().Bounded || j.life.stopped != nil || now.Sub(j.progress.saved) < progressEvery ||
		j.pipeline.Events() <= j.progress.reached {
		return nil
	}
	j.progress.saved, j.progress.reached = now, j.pipeline.Events()
	return writeJSON(s.progressFile(j.id), j.position(""))
}

// Savepoint writes a savepoint of a running statement and gives its path and
// its size. Asked again with the same id it writes the same file.
func (s *Statements) Savepoint(
	ctx context.Context, run engine.StatementRun, directory, id string,
) (path string, size int64, err error) {
	j, err := s.job(ctx, run, true)
	if err != nil {
		return "", 0, err
	}
	var at string
	var bytes int64
	err = j.do(ctx, func() (err error) {
		if j.catchUp(ctx, s.opts.Now); ctx.Err() != nil {
			return ctx.Err()
		}
		at, bytes, err = s.writeSavepoint(j, run, directory, id)
		return err
	})
	if err != nil {
		return "", 0, err
	}
	return at, bytes, nil
}

func (s *Statements) progressFile(id string) string {
	return filepath.Join(s.opts.Dir, "statements", filepath.Base(id)+".progress.json")
}

func (s *Statements) stopFile(id string) string {
	return filepath.Join(s.opts.Dir, "statements", filepath.Base(id)+".json")
}

func (s *Statements) readStop(id string) (*stopRecord, error) {
	b, err := os.ReadFile(s.stopFile(id))
	if err != nil {
		return nil, err
	}
	r := &stopRecord{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("read the record of a stopped statement: %w", err)
	}
	return r, nil
}
