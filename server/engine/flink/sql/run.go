package sql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/sql/spool"
)

// record is what is kept of a run.
type record struct {
	Job     string `json:"job"` // Flink's job id of the present attempt
	Attempt int    `json:"attempt,omitempty"`
	Query   bool   `json:"query"` // has results to fetch
	// Operation is where results come from; empty until Flink has taken the
	// statement. Seen is set once Flink has shown the job.
	Operation flinkrest.Operation `json:"operation"`
	Submitted bool                `json:"submitted,omitempty"`
	Seen      bool                `json:"seen,omitempty"`
	// Lost is why there is no job any more, other than its own end.
	Lost string `json:"lost,omitempty"`
	// Abandoned are jobs that were asked for and must not run.
	Abandoned []abandoned `json:"abandoned,omitempty"`
	// Again tells that the job was submitted anew because Flink had lost it.
	Again []engine.JobException `json:"again,omitempty"`
	// Canceled is set before the job is cancelled.
	Canceled bool `json:"canceled,omitempty"`
	// Checkpoint is the newest one that was seen.
	Checkpoint string `json:"checkpoint,omitempty"`
	Stopped    string `json:"stopped,omitempty"` // path of the stop's savepoint
}

// abandoned is a job that nobody waits for any more.
type abandoned struct {
	Job string    `json:"job"`
	At  time.Time `json:"at"`
}

// run is a statement that was started.
type run struct {
	dir      string
	starting sync.Mutex
	spool    *spool.Spool

	mu      sync.Mutex
	record  record
	fresh   bool // Flink was not asked yet
	fetches bool
	failure *flinkrest.Cause // of the job, as the gateway told it
	stack   string
	wake    chan struct{} // a demand for rows
	stop    context.CancelFunc
	over    chan struct{} // closed when the fetcher has ended
}

func newRun(dir string, rec record) *run {
	return &run{dir: dir, record: rec, wake: make(chan struct{}, 1)}
}

// load reads what an earlier process kept; ErrNotFound when there is nothing.
func (s *Statements) load(id string) (*run, error) {
	dir := s.folder(id)
	b, err := os.ReadFile(filepath.Join(dir, "record.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, engine.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("record of a statement: %w", err)
	}
	var rec record
	if err := json.Unmarshal(b, &rec); err != nil {
		return nil, fmt.Errorf("record of a statement: %w", err)
	}
	r := newRun(dir, rec)
	if r.spool, err = spool.Open(dir); err != nil {
		return nil, err
	}
	if r.spool.Done() || !rec.Query || rec.Operation.Handle == "" || rec.Lost != "" {
		return r, nil
	}
	s.fetch(r)
	return r, nil
}

// change changes the record and keeps it.
func (r *run) change(do func(*record)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	do(&r.record)
	return r.write()
}

func (r *run) save() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.write()
}

func (r *run) write() error {
	b, err := json.Marshal(r.record)
	if err != nil {
		return fmt.Errorf("record of a statement: %w", err)
	}
	file := filepath.Join(r.dir, "record.json")
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return fmt.Errorf("record of a statement: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("record of a statement: %w", err)
	}
	return nil
}

// see is a copy of the record.
func (r *run) see() record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.record
}

// fail notes that the job failed, as the gateway told it.
func (r *run) fail(cause flinkrest.Cause, stack string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failure, r.stack = &cause, stack
}

func (r *run) failed() (*flinkrest.Cause, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure, r.stack
}

// attempt is the job id of a run's n-th attempt: Flink takes an id once.
func attempt(id string, n int) string {
	if n == 0 {
		return id
	}
	sum := sha256.Sum256([]byte(fmt.Sprint(id, "/", n)))
	return hex.EncodeToString(sum[:16])
}

// halt ends the fetcher and waits for it.
func (r *run) halt() {
	r.mu.Lock()
	stop, ended := r.stop, r.over
	r.mu.Unlock()
	if stop != nil {
		stop()
		<-ended
	}
}

// isFresh reports, once, whether Flink was never asked for the run.
func (r *run) isFresh() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := r.fresh
	r.fresh = false
	return fresh
}

// again makes a run fresh again that Flink was not asked for.
func (r *run) again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fresh = r.record.Operation.Handle == "" && !r.record.Submitted
}
