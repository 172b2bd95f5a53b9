package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server/model"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var apps = model.Scope{Kind: model.KindApplication, Env: "prod"}

func record(name, state string, due time.Time) model.Record {
	return model.Record{Scope: apps, Name: name, UID: name, State: state, Doc: []byte(`{}`), Due: due}
}

func (s *Store) put(t *testing.T, records ...model.Record) {
	t.Helper()
	err := s.Update(t.Context(), func(tx model.Tx) error {
		for _, r := range records {
			if err := tx.Put(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFailedUpdateLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	wrong := errors.New("wrong")
	err := s.Update(t.Context(), func(tx model.Tx) error {
		if err := tx.Put(record("a", "", time.Time{})); err != nil {
			return err
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Fatalf("got %v, want the error of the function", err)
	}
	_ = s.View(t.Context(), func(r model.Reader) error {
		if _, err := r.Get(apps, "a"); !errors.Is(err, model.ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		return nil
	})
	if s.Sequence() != 0 {
		t.Error("a write that failed was counted")
	}
}

func TestOnlyTheTopicsThatWereWrittenChange(t *testing.T) {
	s := open(t, t.TempDir())
	s.put(t, record("a", "", time.Time{}))
	for topic, want := range map[model.Topic]uint64{
		{Kind: model.KindApplication, Env: "prod"}:    1,
		{Kind: model.KindApplication}:                 1,
		{Kind: model.KindApplication, Env: "staging"}: 0,
		{Kind: model.KindStatement, Env: "prod"}:      0,
	} {
		if got := s.Changed(topic); got != want {
			t.Errorf("%v: got %d, want %d", topic, got, want)
		}
	}
}

func TestCountsFollowEveryMove(t *testing.T) {
	s := open(t, t.TempDir())
	s.put(
		t, record("a", "RUNNING", time.Time{}), record("b", "RUNNING", time.Time{}), record("c", "FAILED", time.Time{}),
	)
	s.put(t, record("a", "FAILED", time.Time{}))
	err := s.Update(t.Context(), func(tx model.Tx) error { return tx.Delete(apps, "c") })
	if err != nil {
		t.Fatal(err)
	}
	_ = s.View(t.Context(), func(r model.Reader) error {
		counts, err := r.Count(model.Scope{Kind: model.KindApplication})
		if err != nil || counts["RUNNING"] != 1 || counts["FAILED"] != 1 || len(counts) != 2 {
			t.Errorf("got %v, %v; want one of each", counts, err)
		}
		return nil
	})
}

func TestDueGivesWhatIsDueAndWhenTheNextIs(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s.put(
		t, record("later", "", now.Add(time.Hour)), record("now", "", now), record("never", "", time.Time{}),
		record("before", "", now.Add(-1)),
	)
	select {
	case <-s.Woken():
	default:
		t.Error("a write that makes something due wakes nobody")
	}
	due, next, err := s.Due(t.Context(), now, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(due) != 2 || due[0].Name != "before" || due[1].Name != "now" || !next.Equal(now.Add(time.Hour)) {
		t.Errorf("got %v, next %v", due, next)
	}
}

func TestAFolderOfANewerDreyIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "drey.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "newer drey") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestADamagedFileIsRefusedAndTheFolderIsFreeAgain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "drey.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), file) ||
		!strings.Contains(err.Error(), "put a copy of") {
		t.Fatalf("got %v, want an error that names the file and says what to do", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestAFullDiskRefusesWritesAndReadsGoOn(t *testing.T) {
	s := open(t, t.TempDir())
	s.put(t, record("before", "", time.Time{}))
	var pages int
	if err := s.writer.row(t.Context(), "PRAGMA page_count", nil, &pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		var now int
		if err := s.writer.row(
			t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n), nil, &now,
		); err != nil || now != n {
			t.Fatalf("got %d, %v, want a limit of %d", now, err, n)
		}
	}
	limit(pages + 2)
	large := record("large", "", time.Time{})
	large.Doc = []byte(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`)
	err := s.Update(t.Context(), func(tx model.Tx) error {
		return errors.Join(tx.Put(record("half", "", time.Time{})), tx.Put(large))
	})
	if !errors.Is(err, model.ErrStorageFull) {
		t.Errorf("got %v, want ErrStorageFull", err)
	}
	has := func(name string) bool {
		var missing error
		_ = s.View(t.Context(), func(r model.Reader) error {
			_, missing = r.Get(apps, name)
			return nil
		})
		return missing == nil
	}
	if !has("before") || has("half") || has("large") {
		t.Errorf("before %v, half %v, large %v; want only the first", has("before"), has("half"), has("large"))
	}
	limit(pages + 10_000)
	s.put(t, large)
	if !has("large") {
		t.Error("with room again nothing is written")
	}
}

func TestTheSecretStaysTheSame(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	secret := string(first.Secret())
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got := string(open(t, dir).Secret()); got != secret || len(got) != 32 {
		t.Errorf("got %x, want %x", got, secret)
	}
}

// TestFillingGivesItsMemoryBack fails while it fills: the writer works as before.
func TestFillingGivesItsMemoryBack(t *testing.T) {
	s := open(t, t.TempDir())
	settings := func() (found [2]int) {
		for i, name := range []string{"cache_size", "temp_store"} {
			if err := s.writer.row(t.Context(), "PRAGMA "+name, nil, &found[i]); err != nil {
				t.Fatal(err)
			}
		}
		return found
	}
	before, broken := settings(), errors.New("broken")
	err := s.Fill(t.Context(), func(update model.Updater) error {
		if settings() == before {
			t.Error("the writer has no more memory than always")
		}
		if err := update(t.Context(), func(tx model.Tx) error {
			return tx.Put(record("orders", "", time.Time{}))
		}); err != nil {
			t.Error(err)
		}
		return broken
	})
	if !errors.Is(err, broken) || settings() != before {
		t.Errorf("got %v and %v, want %v and %v", err, settings(), broken, before)
	}
	err = s.View(t.Context(), func(r model.Reader) error {
		_, err := r.Get(apps, "orders")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
