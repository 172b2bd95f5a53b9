package store

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/model"
)

// usable reads on every connection and writes once.
func (s *Store) usable(t *testing.T) {
	t.Helper()
	held := make([]*conn, 0, s.reading)
	for range s.reading {
		c := <-s.readers
		held = append(held, c)
		err := c.reopen(t.Context())
		if err == nil {
			err = c.transaction(t.Context(), func() error {
				_, err := tables(t.Context(), c, "prod")
				return err
			})
		}
		if err != nil {
			t.Errorf("a connection does not read any more: %v", err)
		}
	}
	for _, c := range held {
		s.readers <- c
	}
	if err := s.Update(t.Context(), putting("after", nil)); err != nil {
		t.Errorf("the connection does not write any more: %v", err)
	}
}

// TestWhatIsGivenUpLeavesNoConnectionInATransaction ends contexts at every
// point of reads and writes.
func TestWhatIsGivenUpLeavesNoConnectionInATransaction(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 100 {
		s.put(t, record(fmt.Sprint("app-", i), "RUNNING", time.Now()))
	}
	calls := []func(context.Context) error{
		func(ctx context.Context) error {
			return s.View(ctx, func(r model.Reader) error {
				if _, err := r.Find(apps, model.Query{Limit: 20}); err != nil {
					return err
				}
				_, err := r.Get(apps, "app-7")
				return err
			})
		},
		func(ctx context.Context) error { _, _, err := s.Due(ctx, time.Now(), 64); return err },
		func(ctx context.Context) error { _, err := s.Tables(ctx, "prod"); return err },
		func(ctx context.Context) error { return s.Update(ctx, putting("given-up", nil)) },
		func(ctx context.Context) error {
			return s.ChangeTables(ctx, "", func(old []engine.Table) ([]engine.Table, error) { return old, nil })
		},
	}
	for _, call := range calls { // each prepares its statements once
		if err := call(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for worker := range 4 {
		random := rand.New(rand.NewPCG(7, uint64(worker)))
		group.Go(func() {
			for i := range 600 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(400))*time.Microsecond)
				err := calls[i%len(calls)](ctx)
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("call %d: %v, want only the context's end", i%len(calls), err)
				}
				cancel()
			}
		})
	}
	group.Wait()
	s.usable(t)
}

// TestAConnectionThatBreaksIsReplaced breaks connections in ways that leave
// them unusable: inside of a transaction, and dropped by the driver.
func TestAConnectionThatBreaksIsReplaced(t *testing.T) {
	s := open(t, t.TempDir())
	broken := errors.New("broken")
	s.usable(t)
	for name, damage := range map[string]func(*conn) error{
		"left in a transaction": func(c *conn) error { return c.exec(t.Context(), "BEGIN") },
		"dropped":               func(c *conn) error { return c.sql.Raw(func(any) error { return sqldriver.ErrBadConn }) },
	} {
		for range s.reading {
			err := s.read(t.Context(), func(c *conn) error { _ = damage(c); return broken })
			if !errors.Is(err, broken) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		s.writing.Lock()
		_ = damage(s.writer)
		s.writing.Unlock()
		// The first write may fail, none after it.
		_ = s.Update(t.Context(), putting("first", nil))
		s.usable(t)
	}
}
