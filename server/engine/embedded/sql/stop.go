package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/service"
)

// position is what a savepoint holds: how far the sources were read. The rest
// of the state follows from it, as a statement computes the same each time.
type position struct {
	Seed  uint64 `json:"seed"`
	Rows  int64  `json:"rows"`  // taken from all sources together
	Clock int64  `json:"clock"` // of the sources, milliseconds
	SQL   string `json:"sql"`
	// Inputs are the rows taken from each source, where a statement can go on
	// from there without computing again; Offset is how many rows it had given
	// then, and Written how many each of its sinks had got.
	Inputs  []int64 `json:"inputs,omitempty"`
	Offset  int64   `json:"offset,omitempty"`
	Written []int64 `json:"written,omitempty"`
}

// stopRecord is what is kept of a job that was stopped.
type stopRecord struct {
	Rows      int64     `json:"rows"`
	Savepoint string    `json:"savepoint,omitempty"` // its path
	Size      int64     `json:"size,omitempty"`
	At        time.Time `json:"at"`
}

func (r *stopRecord) observation() *service.SavepointObservation {
	return &service.SavepointObservation{State: cmf.SavepointCompleted, Path: r.Savepoint, Size: r.Size, Ended: r.At}
}

// StopStatement implements service.StatementEngine.
func (s *Statements) StopStatement(ctx context.Context, run service.StatementRun) error {
	if run.Stop == nil {
		return s.remove(ctx, run.ID)
	}
	j, err := s.job(ctx, run, true)
	if err != nil {
		return err
	}
	if err := j.take(ctx); err != nil {
		return err
	}
	defer j.give()
	if j.stopped != nil || j.failed != nil || j.c.node.Bounded && j.pipeline.Done() {
		return nil
	}
	if j.c.insert { // nobody reads an INSERT: it has run up to now
		j.advance(ctx, s.opts.Now, math.MaxInt64)
		if run.Stop.Savepoint || j.commits() {
			j.commit(s.opts.Now())
		} else {
			j.discard()
		}
		if j.failed != nil {
			return nil
		}
	}
	if j.catchUp(ctx, s.opts.Now); ctx.Err() != nil || j.failed != nil {
		return ctx.Err()
	}
	p := j.position(run.SQL)
	r := &stopRecord{Rows: p.Rows, At: run.Stop.At}
	if run.Stop.Savepoint {
		if r.Savepoint, r.Size, err = s.writeSavepoint(p, run.ID, run.Stop.Directory, run.Stop.ID); err != nil {
			return err
		}
	}
	if err := writeJSON(s.stopFile(run.ID), r); err != nil {
		return err
	}
	j.stopped, j.stopAt = r, r.Rows
	return nil
}

func (s *Statements) remove(ctx context.Context, id string) error {
	s.mu.Lock()
	j := s.jobs[id]
	s.mu.Unlock()
	if j != nil {
		if err := j.take(ctx); err != nil {
			return err
		}
		if j.c.bounded() && !j.pipeline.Done() {
			j.discard()
		}
		j.give()
	}
	s.mu.Lock()
	delete(s.jobs, id)
	s.mu.Unlock()
	for _, file := range []string{s.stopFile(id), s.progressFile(id)} {
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
	if j.c.node.Bounded || j.stopped != nil || now.Sub(j.saved) < progressEvery || j.pipeline.Events() <= j.reached {
		return nil
	}
	j.saved, j.reached = now, j.pipeline.Events()
	return writeJSON(s.progressFile(j.id), j.position(""))
}

// Savepoint writes a savepoint of a running statement and gives its path and
// its size. Asked again with the same id it writes the same file.
func (s *Statements) Savepoint(ctx context.Context, run service.StatementRun, directory, id string) (path string, size int64, err error) {
	j, err := s.job(ctx, run, true)
	if err != nil {
		return "", 0, err
	}
	if err := j.take(ctx); err != nil {
		return "", 0, err
	}
	defer j.give()
	if j.catchUp(ctx, s.opts.Now); ctx.Err() != nil {
		return "", 0, ctx.Err()
	}
	return s.writeSavepoint(j.position(run.SQL), run.ID, directory, id)
}

func (s *Statements) progressFile(id string) string {
	return filepath.Join(s.opts.Dir, "statements", filepath.Base(id)+".progress.json")
}

func (s *Statements) stopFile(id string) string {
	return filepath.Join(s.opts.Dir, "statements", filepath.Base(id)+".json")
}

// writeSavepoint writes into the directory when it is in one of the folders
// that statements may use, and always into the engine's own folder, where any
// other path is found by its last part: whoever names a directory does not
// choose where the process writes.
func (s *Statements) writeSavepoint(p position, run, directory, id string) (string, int64, error) {
	name := savepointName(run, id)
	own := filepath.Join(s.opts.Dir, "savepoints", name)
	if err := writeJSON(filepath.Join(own, "_metadata"), p); err != nil {
		return "", 0, err
	}
	info, err := os.Stat(filepath.Join(own, "_metadata"))
	if err != nil {
		return "", 0, fmt.Errorf("write the savepoint: %w", err)
	}
	if directory == "" {
		return own, info.Size(), nil
	}
	path := strings.TrimRight(directory, "/") + "/" + name
	if files := connect.Files(s.opts.Files); files.Holds(directory) {
		b, err := json.Marshal(p)
		if err == nil {
			err = files.Keep(path, "_metadata", b)
		}
		if err != nil {
			return "", 0, fmt.Errorf("write the savepoint: %w", err)
		}
	}
	return path, info.Size(), nil
}

func savepointName(run, id string) string {
	run, id = (run + "000000")[:6], (id + "000000000000")[:12]
	return "savepoint-" + filepath.Base(run) + "-" + filepath.Base(id)
}

// readSavepoint finds a savepoint in the folders that statements may use, then
// in the engine's own.
func (s *Statements) readSavepoint(path string) (position, error) {
	var p position
	b, err := connect.Files(s.opts.Files).Kept(path, "_metadata")
	if name := filepath.Base(path); err != nil && strings.HasPrefix(name, "savepoint-") {
		b, err = os.ReadFile(filepath.Join(s.opts.Dir, "savepoints", name, "_metadata"))
	}
	if err == nil {
		if err := json.Unmarshal(b, &p); err != nil {
			return p, fmt.Errorf("the savepoint '%s' is damaged: %w", path, err)
		}
		return p, nil
	}
	return p, &expr.Failure{Class: "java.io.FileNotFoundException", Message: "Cannot find checkpoint or savepoint file/directory '" + path + "'."}
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

// writeJSON writes a file at once: it is there whole or not at all.
func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
