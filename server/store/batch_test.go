package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/server/model"
)

// together has the writers wait for each other, so that they share a batch,
// and gives what each was told.
func together(t *testing.T, s *Store, contexts map[int]context.Context, fns ...func(model.Tx) error) []error {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_ = s.Update(t.Context(), func(model.Tx) error {
			close(held)
			<-free
			return nil
		})
	})
	<-held
	errs := make([]error, len(fns))
	for i, fn := range fns {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					errs[i] = fmt.Errorf("panic: %v", r)
				}
			}()
			ctx := t.Context()
			if contexts[i] != nil {
				ctx = contexts[i]
			}
			errs[i] = s.Update(ctx, fn)
		})
	}
	for s.waiting.Load() < int32(len(fns)) { // they are on their way
		runtime.Gosched()
	}
	close(free)
	group.Wait()
	return errs
}

func (s *Store) has(t *testing.T, name string) bool {
	t.Helper()
	err := s.View(t.Context(), func(r model.Reader) error {
		_, err := r.Get(apps, name)
		return err
	})
	if err != nil && !errors.Is(err, model.ErrMissing) {
		t.Fatal(err)
	}
	return err == nil
}

func putting(name string, more error) func(model.Tx) error {
	return func(tx model.Tx) error { return errors.Join(tx.Put(record(name, "", time.Time{})), more) }
}

func TestWritersThatWaitShareACommitAndFailAlone(t *testing.T) {
	s := open(t, t.TempDir())
	wrong := errors.New("wrong")
	cancelled, cancel := context.WithCancel(t.Context())
	batches := make(chan *batch, 2)
	seen := func(name string) func(model.Tx) error {
		return func(tx model.Tx) error {
			batches <- s.batch
			return putting(name, nil)(tx)
		}
	}
	errs := together(
		t, s, map[int]context.Context{3: cancelled},
		seen("a"), seen("b"), putting("failed", wrong),
		func(tx model.Tx) error {
			cancel()
			return tx.Put(record("cancelled", "", time.Time{}))
		},
		func(tx model.Tx) error {
			if err := tx.Put(record("panicked", "", time.Time{})); err != nil {
				return err
			}
			panic("help")
		},
	)
	if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], wrong) || !errors.Is(errs[3], context.Canceled) ||
		errs[4] == nil || errs[4].Error() != "panic: help" {
		t.Errorf("got %v", errs)
	}
	if !s.has(t, "a") || !s.has(t, "b") || s.has(t, "failed") || s.has(t, "cancelled") || s.has(t, "panicked") {
		t.Error("want what succeeded, and no more")
	}
	if one, other := <-batches, <-batches; one != other {
		t.Error("two that waited did not share a commit")
	}
	if got := s.Sequence(); got != 3 {
		t.Errorf("got %d writes counted, want three", got)
	}
}

func TestNobodyIsToldOfAWriteThatAFullDiskTookAway(t *testing.T) {
	s := open(t, t.TempDir())
	s.put(t, record("before", "", time.Time{}))
	var pages, now int
	if err := s.writer.row(t.Context(), "PRAGMA page_count", nil, &pages); err != nil {
		t.Fatal(err)
	}
	if err := s.writer.row(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+2), nil, &now); err != nil {
		t.Fatal(err)
	}
	large := record("large", "", time.Time{})
	large.Doc = []byte(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`)
	names := []string{"a", "large", "c", "d"}
	errs := together(
		t, s, nil, putting("a", nil), func(tx model.Tx) error { return tx.Put(large) },
		putting("c", nil), putting("d", nil),
	)
	if !errors.Is(errs[1], model.ErrStorageFull) {
		t.Errorf("got %v, want ErrStorageFull", errs[1])
	}
	for i, name := range names {
		if has := s.has(t, name); has != (errs[i] == nil) {
			t.Errorf("%s: is there %v, but was told %v", name, has, errs[i])
		}
	}
	if !s.has(t, "before") {
		t.Error("what was there is gone")
	}
}

func TestClosingKeepsWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	errs := make([]error, 32)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = s.Update(t.Context(), putting(fmt.Sprint("w", i), nil)) })
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	s = open(t, dir)
	for i, err := range errs {
		if err != nil && !errors.Is(err, errClosed) {
			t.Error(err)
		}
		if has := s.has(t, fmt.Sprint("w", i)); has != (err == nil) {
			t.Errorf("write %d: is there %v, but was told %v", i, has, err)
		}
	}
}

func TestARequestIsNotHeldUpByWhoWritesBehindIt(t *testing.T) {
	s := open(t, t.TempDir())
	inside, goOn := make(chan struct{}), make(chan struct{})
	request := make(chan error, 1)
	go func() {
		request <- s.Update(t.Context(), func(tx model.Tx) error {
			close(inside)
			<-goOn
			return tx.Put(record("request", "", time.Time{}))
		})
	}()
	<-inside
	behind := make(chan error, 1)
	holds, release := make(chan struct{}), make(chan struct{})
	go func() {
		behind <- s.UpdateBehind(t.Context(), func(tx model.Tx) error {
			close(holds)
			<-release
			return tx.Put(record("behind", "", time.Time{}))
		})
	}()
	close(goOn)
	if err := <-request; err != nil {
		t.Error(err)
	}
	<-holds
	if s.Contended() {
		t.Error("contended although nobody waits")
	}
	next := make(chan error, 1)
	go func() { next <- s.Update(t.Context(), putting("next", nil)) }()
	for !s.Contended() {
		runtime.Gosched()
	}
	close(release)
	if err := errors.Join(<-behind, <-next); err != nil {
		t.Error(err)
	}
	if !s.has(t, "request") || !s.has(t, "behind") || !s.has(t, "next") {
		t.Error("something was not written")
	}
}

func TestTheLogIsCopiedBesideTheCommits(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 4 * checkpointEvery {
		s.put(t, record(fmt.Sprint("a-", i), "", time.Time{}))
	}
	// A checkpoint that is wanted runs until the log is short.
	for {
		var busy, logged, copied int
		if err := s.dbs[1].QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(NOOP)").Scan(
			&busy, &logged, &copied,
		); err != nil {
			t.Fatal(err)
		}
		if copied > 0 {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal("nothing was copied")
		}
	}
}
