package sql

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
)

// snapshot is the head of a file with all that a statement remembers, so that
// another process goes on from there. The state of its pipeline follows, and a
// checksum of both.
type snapshot struct {
	Form        int                `json:"form"`
	Fingerprint string             `json:"fingerprint"` // of what the statement computes
	First       int64              `json:"first"`       // offset of the first row that is kept
	Written     []int64            `json:"written"`     // rows that each sink had got and committed
	Random      map[expr.ID][]byte `json:"random"`      // how far random numbers are
	state       []byte
	foreign     bool
}

// keeping is how a job's snapshots are written, and which are there to begin with.
type writtenSnapshots struct {
	found  []candidate   // of an earlier process, the newest first
	at     time.Time     // when the last one was written
	took   time.Duration // to write it
	events int64         // that it has
	spent  time.Duration // that was computed until then
}

// candidate is a snapshot that a job may go on from.
type candidate struct {
	read func() ([]byte, error)
	// foreign says that it is of another statement, whose rows are not this one's.
	foreign bool
}

const (
	// snapshotEvery is how often a snapshot is written, at most.
	snapshotEvery = 5 * time.Second
	// snapshotShare bounds the part of the time that snapshots take.
	snapshotShare = 50
	// worthKeeping is how long a bounded statement computes between snapshots.
	worthSnapshot = 10 * time.Second
	// savedRows is how many rows that were read already stay in a snapshot.
	savedRows = 10_000
)

// fingerprintOf tells apart what does not compute the same.
func fingerprintOf(c *compiled, text string, used []string) string {
	h := sha256.New()
	fmt.Fprintf(
		h, "%d\n%s\n%d %v %s %s %s %v\n", stream.SnapshotForm, text, c.env.Seed, c.batch, c.zone, c.set.catalog,
		c.set.database, c.set.legacyCast,
	)
	fmt.Fprintln(h, strings.Join(used, "\n"))
	return hex.EncodeToString(h.Sum(nil))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshot gives the job's state as a file holds it. What sinks have got must
// have been committed.
func (j *job) snapshot() ([]byte, error) {
	random, err := j.c.env.Run.Random.Save()
	if err != nil {
		return nil, err
	}
	given := j.window.out
	if over := min(int64(len(given)-savedRows), j.window.asked-j.window.first); over > 0 && !j.c.bounded() {
		given = given[over:]
	}
	head := snapshot{
		Form: stream.SnapshotForm, Fingerprint: j.c.fingerprint,
		First: j.window.first + int64(len(j.window.out)-len(given)), Random: random,
	}
	for _, sink := range j.inserts.sinks {
		head.Written = append(head.Written, sink.Written())
	}
	b, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("write a snapshot: %w", err)
	}
	b = append(append(b, '\n'), j.pipeline.Save(given)...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// readSnapshot takes a file apart.
func readSnapshot(b []byte) (snapshot, error) {
	var s snapshot
	if len(b) < 4 || crc32.Checksum(b[:len(b)-4], castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return s, errors.New("the snapshot is damaged")
	}
	head, state, _ := bytes.Cut(b[:len(b)-4], []byte("\n"))
	if err := json.Unmarshal(head, &s); err != nil {
		return s, fmt.Errorf("read a snapshot: %w", err)
	}
	s.state = state
	return s, nil
}

// keep writes a snapshot; the one before it stays.
func (s *Statements) writeSnapshot(j *job) error {
	began := time.Now()
	b, err := j.snapshot()
	if err != nil {
		return err
	}
	name := s.snapshotFile(j.id)
	if err := os.Rename(name, name+before); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("write a snapshot: %w", err)
	}
	if err := writeFile(name, b); err != nil {
		return err
	}
	j.progress.written = writtenSnapshots{
		at: s.opts.Now(), took: time.Since(began), events: j.pipeline.Events(), spent: j.work.spent,
	}
	return nil
}

// before marks the file of the snapshot before the newest.
const before = ".before"

func (s *Statements) snapshotFile(id string) string {
	return filepath.Join(s.opts.Dir, "statements", filepath.Base(id)+".snapshot")
}

// saveSometimes writes down how far a statement is, when it is worth it. One
// that cannot be written, as the disk is full, only costs time after a restart.
func (s *Statements) saveSometimes(j *job) {
	_ = s.progress(j)
	if j.hasProgress() && j.life.stopped == nil &&
		s.opts.Now().Sub(j.progress.written.at) >= max(snapshotEvery, snapshotShare*j.progress.written.took) {
		if s.writeSnapshot(j) != nil {
			j.progress.written.at = s.opts.Now()
		}
	}
}

// hasProgress says whether a snapshot has something new that is worth it. A bounded
// INSERT is there whole or not at all: it starts again.
func (j *job) hasProgress() bool {
	if j.life.failed != nil || j.work.suspended != nil || j.pipeline.Events() == j.progress.written.events ||
		j.pipeline.Events() < j.progress.reached {
		return false
	}
	return !j.c.bounded() || !j.c.insert && j.work.spent-j.progress.written.spent >= worthSnapshot
}

// saveLast commits and writes a snapshot before the process ends.
func (s *Statements) saveLast(j *job) error {
	if j.life.stopped != nil || !j.hasProgress() {
		return nil
	}
	if j.c.insert {
		if j.commit(s.opts.Now()); j.life.failed != nil {
			return nil
		}
	}
	return s.writeSnapshot(j)
}

// find notes the snapshots that another process left, and the savepoint that
// the statement starts from.
func (s *Statements) find(j *job, savepoint []byte) {
	for _, name := range []string{s.snapshotFile(j.id), s.snapshotFile(j.id) + before} {
		if _, err := os.Stat(name); err == nil {
			j.progress.written.found = append(j.progress.written.found, candidate{read: func() ([]byte, error) {
				return os.ReadFile(name)
			}})
		}
	}
	if savepoint != nil {
		j.progress.written.found = append(j.progress.written.found, candidate{func() ([]byte, error) {
			return savepoint, nil
		}, true})
	}
	j.progress.resumed = func(rows int64) {
		if s.opts.Log != nil {
			s.opts.Log.Info("a statement goes on from its snapshot", "statement", j.id, "rows", rows)
		}
	}
	j.progress.rebuild = func() error {
		j.inserts.sinks = nil
		j.c.env.Run.Random.Load(nil)
		return j.build(s.opts)
	}
}

// seekTo goes on where another process was, if what is asked for is kept and
// nothing was computed yet. Where no snapshot fits, all is computed again.
func (j *job) seekTo(offset int64) {
	if j.pipeline.Events() > 0 || j.life.failed != nil || j.work.suspended != nil {
		return
	}
	for _, from := range j.progress.written.found {
		snap, ok := j.usable(from, offset)
		if !ok {
			continue
		}
		if j.restore(snap) == nil {
			j.progress.restored, j.progress.written = true, writtenSnapshots{events: j.pipeline.Events()}
			j.progress.resumed(j.progress.written.events)
			return
		}
		if err := j.progress.rebuild(); err != nil {
			j.fail(err, j.life.started)
			return
		}
	}
}

// usable reads a snapshot, if it is whole and of the same computation, and
// begins before the row that is asked for.
func (j *job) usable(from candidate, offset int64) (snapshot, bool) {
	b, err := from.read()
	if err != nil {
		return snapshot{}, false
	}
	snap, err := readSnapshot(b)
	if err != nil || snap.Form != stream.SnapshotForm || snap.Fingerprint != j.c.fingerprint ||
		len(snap.Written) != len(j.inserts.sinks) {
		return snap, false
	}
	if from.foreign {
		snap.First, snap.foreign = 0, true
	}
	return snap, snap.First <= offset
}

func (j *job) restore(snap snapshot) error {
	given, err := j.pipeline.Load(snap.state)
	if err != nil {
		return err
	}
	j.c.env.Run.Random.Load(snap.Random)
	if snap.foreign {
		return nil
	}
	if err := j.window.resume(given, snap.First); err != nil {
		return err
	}
	for i, sink := range j.inserts.sinks {
		sink.Resume(snap.Written[i])
	}
	return nil
}
