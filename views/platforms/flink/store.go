package flink

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"drey/views/platform"
)

// storeName is the text that says what was asked of JobManagers.
const storeName = "flink-jobs.json"

// Limits of what is remembered, the oldest go first.
const (
	maxRuns     = 500
	maxTriggers = 200
)

// run is how a job was started from a jar: what starts it again.
type run struct {
	Cluster  string `json:"cluster"`
	Job      string `json:"job"` // its id
	Jar      string `json:"jar"` // its id, which names an upload
	JarName  string `json:"jarName"`
	Request  runRequest
	At       time.Time `json:"at"`
	Finished bool      `json:"finished,omitempty"`
}

// trigger is an operation that was asked for under an identity of ours: it is
// written before it is sent, so that what came of it is found after a restart of
// the console.
type trigger struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"` // savepoint, stop, checkpoint
	Cluster  string    `json:"cluster"`
	Job      string    `json:"job"`
	At       time.Time `json:"at"`
	Done     bool      `json:"done,omitempty"`
	Location string    `json:"location,omitempty"` // of the savepoint
	Failure  string    `json:"failure,omitempty"`
}

// remembered is the content of the store.
type remembered struct {
	Runs     []run     `json:"runs,omitempty"`
	Triggers []trigger `json:"triggers,omitempty"`
}

// store remembers over a restart of the console. It is safe for concurrent use;
// without texts it remembers while the console is open.
type store struct {
	texts platform.Texts

	mu     sync.Mutex
	loaded bool
	all    remembered
}

// load reads the store once. One that cannot be read is begun anew: what it knew
// is known to the JobManager as well.
func (s *store) load() {
	if s.loaded {
		return
	}
	s.loaded = true
	if s.texts == nil {
		return
	}
	if text, err := s.texts.Load(storeName); err == nil && text != "" {
		_ = json.Unmarshal([]byte(text), &s.all)
	}
}

// change changes the store and writes it.
func (s *store) change(change func(*remembered)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	change(&s.all)
	s.all.Runs = s.all.Runs[max(len(s.all.Runs)-maxRuns, 0):]
	s.all.Triggers = s.all.Triggers[max(len(s.all.Triggers)-maxTriggers, 0):]
	if s.texts == nil {
		return nil
	}
	text, err := json.Marshal(s.all)
	if err == nil {
		err = s.texts.Save(storeName, string(text))
	}
	if err != nil {
		return fmt.Errorf("remember what was asked: %w", err)
	}
	return nil
}

// read is what is remembered now.
func (s *store) read() remembered {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	return remembered{Runs: slices.Clone(s.all.Runs), Triggers: slices.Clone(s.all.Triggers)}
}

// begin remembers an operation before it is asked for.
func (s *store) begin(t trigger) error {
	return s.change(func(r *remembered) { r.Triggers = append(r.Triggers, t) })
}

// end remembers what came of an operation.
func (s *store) end(id, location, failure string) {
	_ = s.change(func(r *remembered) { // it is known to whoever waits
		for i := range r.Triggers {
			if r.Triggers[i].ID == id {
				r.Triggers[i].Done, r.Triggers[i].Location, r.Triggers[i].Failure = true, location, failure
			}
		}
	})
}

// triggersOf are the operations on a job, the newest first.
func (s *store) triggersOf(cluster, job string) []trigger {
	var all []trigger
	for _, t := range slices.Backward(s.read().Triggers) {
		if t.Cluster == cluster && t.Job == job {
			all = append(all, t)
		}
	}
	return all
}

// runOf is how a job was started from here.
func (s *store) runOf(cluster, job string) (run, bool) {
	for _, r := range slices.Backward(s.read().Runs) {
		if r.Cluster == cluster && r.Job == job {
			return r, true
		}
	}
	return run{}, false
}

// newID is an identity as Flink has them: 32 hexadecimal digits.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
