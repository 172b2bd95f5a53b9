// Package store keeps the objects of a server in one SQLite database. Writes go
// through one connection and are on disk (WAL, synchronous=FULL) before they
// are acknowledged; reads have their own few connections.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"drey/server/service"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver
)

// InUseError is returned by Open when another process has the folder.
type InUseError struct{ Dir string }

func (e *InUseError) Error() string { return "another drey serves " + e.Dir }

// Store is a service.Store over DIR/drey.db.
type Store struct {
	lock   *flock.Flock
	writer *sql.DB
	reader *sql.DB
	secret []byte
	woken  chan struct{}

	writing sync.Mutex // one Update at a time

	sequence atomic.Uint64
	changes  sync.RWMutex
	changed  map[service.Topic]uint64
}

const readers = 3

// Open locks the folder, makes it where it is missing, and brings its schema
// up to date. A folder that another process holds is an *InUseError.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock data folder: %w", err)
	case !locked:
		return nil, &InUseError{Dir: dir}
	}
	s := &Store{
		lock: lock, woken: make(chan struct{}, 1),
		changed: map[service.Topic]uint64{},
	}
	if err := s.open(ctx, filepath.Join(dir, "drey.db")); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Join(dir, "drey.db"), err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	var err error
	if s.writer, err = connect(path, 1, "synchronous(FULL)", "cache_size(-4000)", "journal_size_limit(8388608)"); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if s.secret, err = secret(ctx, s.writer); err != nil {
		return err
	}
	s.reader, err = connect(path, readers, "query_only(1)", "cache_size(-1000)")
	return err
}

func connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"deferred"}}
	for _, pragma := range append([]string{"journal_mode(WAL)", "busy_timeout(5000)"}, pragmas...) {
		query.Add("_pragma", pragma)
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(path), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Close ends the connections and gives the folder free.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.Unlock())...)
}

// Secret is random, the folder's own, and stays the same.
func (s *Store) Secret() []byte { return s.secret }

// Woken receives after a write that made something due.
func (s *Store) Woken() <-chan struct{} { return s.woken }

// Sequence counts writes.
func (s *Store) Sequence() uint64 { return s.sequence.Load() }

// Changed is the sequence of the last write of a topic.
func (s *Store) Changed(topic service.Topic) uint64 {
	s.changes.RLock()
	defer s.changes.RUnlock()
	return s.changed[topic]
}

// View reads a consistent state.
func (s *Store) View(ctx context.Context, fn func(service.Reader) error) error {
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&reader{ctx: ctx, query: tx})
}

// Update runs fn alone; what it wrote is on disk when Update returns nil.
func (s *Store) Update(ctx context.Context, fn func(service.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }()
	tx := &tx{reader: reader{ctx: ctx, query: sqlTx}, tx: sqlTx, prepared: map[string]*sql.Stmt{}, touched: map[service.Topic]bool{}}
	if err := fn(tx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	s.note(tx)
	return nil
}

// note makes a commit known, before it is acknowledged.
func (s *Store) note(tx *tx) {
	sequence := s.sequence.Load() + 1
	s.changes.Lock()
	for topic := range tx.touched {
		s.changed[topic] = sequence
		s.changed[service.Topic{Kind: topic.Kind}] = sequence
	}
	s.changes.Unlock()
	s.sequence.Store(sequence)
	if tx.wakes {
		select {
		case s.woken <- struct{}{}:
		default:
		}
	}
}

// Due returns what control has to look at, and when to ask again.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]service.Record, time.Time, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT "+columns+` FROM objects o
		WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?`, now.UnixNano(), limit)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("due: %w", err)
	}
	records, err := scanAll(rows)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("due: %w", err)
	}
	var next sql.NullInt64
	err = s.reader.QueryRowContext(ctx, "SELECT min(due) FROM objects WHERE due > ?", now.UnixNano()).Scan(&next)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("due: %w", err)
	}
	return records, fromNanos(next), nil
}
