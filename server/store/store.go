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

	"drey/server/model"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver
)

// InUseError is returned by Open when another process has the folder.
type InUseError struct{ Dir string }

func (e *InUseError) Error() string { return "another drey serves " + e.Dir }

// Store is a service.Store over DIR/drey.db.
type Store struct {
	lock   *flock.Flock
	dbs    []*sql.DB
	secret []byte
	// unsynced stores are thrown away with their process.
	unsynced bool
	woken    chan struct{}

	writing  sync.Mutex // guards writer and batch
	writer   *conn
	batch    *batch       // the open one
	waiting  atomic.Int32 // requests that want writing
	readers  chan *conn   // those that are free
	reading  int          // how many there are
	closing  sync.Once
	closed   chan struct{} // closed once the store is
	closeErr error

	checkpoints checkpoints

	revisions revisions
}

// readerCount is how many reads run at once; searches have half of them.
const readerCount = 4

// The pages that the writer keeps in memory, in KiB: always, and while a store is
// filled. Rows of thousands of objects go to a page of each index, in no order: with
// the smaller cache most of them are written and read again and again.
const (
	cacheOfWriter = 1_500
	cacheOfFiller = 16_000
)

// Option changes how a store works.
type Option func(*Store)

// WithoutSync acknowledges writes before they are on disk: for a store that is
// thrown away with its process.
func WithoutSync() Option { return func(s *Store) { s.unsynced = true } }

// Open locks the folder, makes it where it is missing, and brings its schema
// up to date. A folder that another process holds is an *InUseError.
func Open(ctx context.Context, dir string, options ...Option) (*Store, error) {
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
		lock: lock, woken: make(chan struct{}, 1), closed: make(chan struct{}),
		revisions: revisions{changed: map[model.Topic]uint64{}}, readers: make(chan *conn, readerCount),
	}
	for _, option := range options {
		option(s)
	}
	if err := private(filepath.Join(dir, "drey.db")); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.open(ctx, filepath.Join(dir, "drey.db")); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Join(dir, "drey.db"), explain(err)), s.Close())
	}
	return s, nil
}

// private makes a database, where it is missing, that only its owner reads, and
// takes the rights of others from one that is there; SQLite gives the mode of
// the database to its other files.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("database: %w", err)
		}
	}
	return nil
}

func (s *Store) open(ctx context.Context, path string) error {
	sync := "synchronous(FULL)"
	if s.unsynced {
		sync = "synchronous(OFF)"
	}
	write, err := s.connect(path, 1, sync, fmt.Sprintf("cache_size(-%d)", cacheOfWriter), "journal_size_limit(8388608)",
		fmt.Sprintf("wal_autocheckpoint(%d)", maxLogged))
	if err != nil {
		return err
	}
	if err := check(ctx, write, path); err != nil {
		return err
	}
	if err := migrate(ctx, write); err != nil {
		return err
	}
	if s.secret, err = secret(ctx, write); err != nil {
		return err
	}
	if s.writer, err = newConn(ctx, write); err != nil {
		return err
	}
	copying, err := s.connect(path, 1, "cache_size(-100)")
	if err != nil {
		return err
	}
	s.checkpoints.begin(copying)
	read, err := s.connect(path, readerCount, "query_only(1)", "cache_size(-500)")
	if err != nil {
		return err
	}
	for range readerCount {
		c, err := newConn(ctx, read)
		if err != nil {
			return err
		}
		s.readers <- c
		s.reading++
	}
	return nil
}

func (s *Store) connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"deferred"}}
	for _, pragma := range append([]string{"journal_mode(WAL)", "busy_timeout(5000)"}, pragmas...) {
		query.Add("_pragma", pragma)
	}
	db, err := sql.Open(
		"sqlite", (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(path), RawQuery: query.Encode()}).String(),
	)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s.dbs = append(s.dbs, db)
	return db, nil
}

// Close waits for what is being read and written, ends the connections and
// gives the folder free. A second Close does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.closeErr = s.close()
	})
	return s.closeErr
}

func (s *Store) close() error {
	var errs []error
	if s.writer != nil {
		s.writing.Lock()
		s.commit()
		errs = append(errs, s.writer.close())
		s.writing.Unlock()
	}
	s.checkpoints.end()
	patience := time.NewTimer(closeTime)
	defer patience.Stop()
	for range s.reading {
		select {
		case c := <-s.readers:
			errs = append(errs, c.close())
		case <-patience.C:
			errs = append(errs, errors.New("a reader does not end"))
		}
	}
	for _, db := range s.dbs {
		errs = append(errs, db.Close())
	}
	return errors.Join(append(errs, s.lock.Unlock())...)
}

const closeTime = 2 * time.Second

// Secret is random, the folder's own, and stays the same.
func (s *Store) Secret() []byte { return s.secret }

// Woken receives after a write that made something due.
func (s *Store) Woken() <-chan struct{} { return s.woken }

// Sequence counts writes.
func (s *Store) Sequence() uint64 { return s.revisions.sequence.Load() }

// Fill runs fn, which writes many rows by update, with more memory for the writer: for
// pages, and for what SQLite copies of them so that one statement can be undone. Each
// update is a batch of its own: to be undone apart from others it would have to copy
// all pages that it changes. The memory is given back when fn returns.
func (s *Store) Fill(ctx context.Context, fn func(update model.Updater) error) error {
	if err := s.configureWriter(
		ctx, fmt.Sprintf("cache_size = -%d", cacheOfFiller), "temp_store = MEMORY",
	); err != nil {
		return err
	}
	err := fn(func(ctx context.Context, write func(model.Tx) error) error {
		return s.update(ctx, write, s.joinAlone)
	})
	ctx = context.WithoutCancel(ctx)
	return errors.Join(err, s.configureWriter(
		ctx, fmt.Sprintf("cache_size = -%d", cacheOfWriter), "temp_store = DEFAULT", "shrink_memory",
	))
}

func (s *Store) configureWriter(ctx context.Context, pragmas ...string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.writer.reopen(ctx); err != nil {
		return err
	}
	for _, pragma := range pragmas {
		if err := s.writer.exec(ctx, "PRAGMA "+pragma); err != nil {
			return fmt.Errorf("%s: %w", pragma, err)
		}
	}
	return nil
}

// Changed is the sequence of the last write of a topic.
func (s *Store) Changed(topic model.Topic) uint64 { return s.revisions.of(topic) }

// View reads a consistent state.
func (s *Store) View(ctx context.Context, fn func(model.Reader) error) error {
	return explain(s.read(ctx, func(c *conn) error {
		return c.transaction(ctx, func() error { return fn(&reader{ctx: ctx, conn: c}) })
	}))
}

// read lends one of the reading connections. It comes back outside of any
// transaction, whatever became of fn.
func (s *Store) read(ctx context.Context, fn func(*conn) error) (err error) {
	select {
	case c := <-s.readers:
		done := false
		defer func() {
			if err != nil || !done {
				c.check()
			}
			s.readers <- c
		}()
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.reopen(ctx); err != nil {
			return err
		}
		err = fn(c)
		done = true
		return err
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosed = errors.New("the store is closed")

// note makes a commit known, before it is acknowledged.
func (s *Store) announce(tx *tx) {
	s.revisions.advance(tx.touched)
	if !tx.wakes {
		return
	}
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Contended reports whether a request waits for the writer that asks.
func (s *Store) Contended() bool { return s.waiting.Load() > 0 }

// Due returns the keys of what control has to look at, with when each became
// due, and when to ask again.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]model.Record, time.Time, error) {
	var records []model.Record
	var next sql.NullInt64
	err := s.read(ctx, func(c *conn) error {
		rows, err := c.rows(ctx, `SELECT kind, env, parent, name, due FROM objects
			WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?`, now.UnixNano(), limit)
		if err != nil {
			return err
		}
		if records, err = scanKeys(rows); err != nil {
			return err
		}
		return c.row(ctx, "SELECT min(due) FROM objects WHERE due > ?", []any{now.UnixNano()}, &next)
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("due: %w", err)
	}
	return records, fromNanos(next), nil
}

func scanKeys(rows *sql.Rows) ([]model.Record, error) {
	defer rows.Close()
	var records []model.Record
	for rows.Next() {
		var r model.Record
		var due sql.NullInt64
		if err := rows.Scan(&r.Kind, &r.Env, &r.Parent, &r.Name, &due); err != nil {
			return nil, err
		}
		r.Due = fromNanos(due)
		records = append(records, r)
	}
	return records, rows.Err()
}
