package history

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

// StoreName is the text that says what was asked of JobManagers.
const StoreName = "flink-jobs.json"

// Limits of what is remembered, the oldest go first.
const (
	maxRuns     = 500
	maxTriggers = 200
	maxUploads  = 200
)

// Run is how a job was started from a jar: what starts it again.
type Run struct {
	Cluster  string `json:"cluster"`
	Job      string `json:"job"` // its id
	Jar      string `json:"jar"` // its id, which names an upload
	JarName  string `json:"jarName"`
	Hash     string `json:"hash,omitempty"` // of the file, where it was uploaded from here
	Request  RunRequest
	At       time.Time `json:"at"`
	Finished bool      `json:"finished,omitempty"`
}

// Trigger is an operation that was asked for under an identity of ours: it is
// written before it is sent, so that what came of it is found after a restart of
// the console.
type Trigger struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"` // savepoint, stop, checkpoint
	Cluster  string    `json:"cluster"`
	Job      string    `json:"job"`
	At       time.Time `json:"at"`
	Done     bool      `json:"done,omitempty"`
	Location string    `json:"location,omitempty"` // of the savepoint
	Failure  string    `json:"failure,omitempty"`
}

// Upload is a jar that was sent from here. Hash is the SHA-256 of its file in
// hexadecimal digits, by which it is known again under another id.
type Upload struct {
	Cluster string    `json:"cluster"`
	Jar     string    `json:"jar"` // its id
	Name    string    `json:"name"`
	Hash    string    `json:"hash"`
	At      time.Time `json:"at"`
}

// Remembered is the content of the store.
type Remembered struct {
	Uploads  []Upload  `json:"uploads,omitempty"`
	Runs     []Run     `json:"runs,omitempty"`
	Triggers []Trigger `json:"triggers,omitempty"`
}

// HashOf is the hash of an upload's file, "" where it is not known.
func (r *Remembered) HashOf(cluster, jar string) string {
	for _, u := range slices.Backward(r.Uploads) {
		if u.Cluster == cluster && u.Jar == jar {
			return u.Hash
		}
	}
	return ""
}

// Store remembers over a restart of the console. It is safe for concurrent use;
// without texts it remembers while the console is open.
type Store struct {
	Texts platform.Texts

	mu     sync.Mutex
	loaded bool
	all    Remembered
}

// load reads the store once. One that cannot be read is begun anew: what it knew
// is known to the JobManager as well.
func (s *Store) load() {
	if s.loaded {
		return
	}
	s.loaded = true
	if s.Texts == nil {
		return
	}
	if text, err := s.Texts.Load(StoreName); err == nil && text != "" {
		_ = json.Unmarshal([]byte(text), &s.all)
	}
}

// Change changes the store and writes it.
func (s *Store) Change(change func(*Remembered)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	change(&s.all)
	s.all.Runs = s.all.Runs[max(len(s.all.Runs)-maxRuns, 0):]
	s.all.Triggers = s.all.Triggers[max(len(s.all.Triggers)-maxTriggers, 0):]
	s.all.Uploads = s.all.Uploads[max(len(s.all.Uploads)-maxUploads, 0):]
	if s.Texts == nil {
		return nil
	}
	text, err := json.Marshal(s.all)
	if err == nil {
		err = s.Texts.Save(StoreName, string(text))
	}
	if err != nil {
		return fmt.Errorf("remember what was asked: %w", err)
	}
	return nil
}

// Read is what is remembered now.
func (s *Store) Read() Remembered {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	return Remembered{
		Uploads: slices.Clone(s.all.Uploads), Runs: slices.Clone(s.all.Runs), Triggers: slices.Clone(s.all.Triggers),
	}
}

// Begin remembers an operation before it is asked for.
func (s *Store) Begin(t Trigger) error {
	return s.Change(func(r *Remembered) { r.Triggers = append(r.Triggers, t) })
}

// End remembers what came of an operation.
func (s *Store) End(id, location, failure string) {
	_ = s.Change(func(r *Remembered) { // it is known to whoever waits
		for i := range r.Triggers {
			if r.Triggers[i].ID == id {
				r.Triggers[i].Done, r.Triggers[i].Location, r.Triggers[i].Failure = true, location, failure
			}
		}
	})
}

// TriggersOf are the operations on a job, the newest first.
func (s *Store) TriggersOf(cluster, job string) []Trigger {
	var all []Trigger
	for _, t := range slices.Backward(s.Read().Triggers) {
		if t.Cluster == cluster && t.Job == job {
			all = append(all, t)
		}
	}
	return all
}

// RunOf is how a job was started from here.
func (s *Store) RunOf(cluster, job string) (Run, bool) {
	for _, r := range slices.Backward(s.Read().Runs) {
		if r.Cluster == cluster && r.Job == job {
			return r, true
		}
	}
	return Run{}, false
}

// NewID is an identity as Flink has them: 32 hexadecimal digits.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
