package sql_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

// metadata are the savepoint files below a folder.
func metadata(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "_metadata" {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestASavepointGoesWhereStatementsMayWriteAndNowhereElse names directories
// that a client must not choose.
func TestASavepointGoesWhereStatementsMayWriteAndNowhereElse(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	w := newTabled(t, sql.Options{Dir: dir})
	if err := os.Symlink(outside, filepath.Join(w.files, "link")); err != nil {
		t.Fatal(err)
	}
	r := w.run("SELECT COUNT(*) AS n FROM examples.marketplace.orders")
	w.now = start.Add(time.Minute)
	if _, err := w.s.Results(t.Context(), r, 0, 10); err != nil {
		t.Fatal(err)
	}
	for _, directory := range []string{
		outside, "file:" + outside, "file://" + outside, outside + "/new/folder",
		w.files + "/../" + filepath.Base(outside), "file:" + w.files + "/%2e%2e/x",
		"s3://bucket/savepoints", "relative", dir + "/savepoints/../../x", "file:" + dir,
	} {
		path, _, err := w.s.Savepoint(t.Context(), r, directory, "0123456789ab")
		if err != nil {
			t.Errorf("%s: %v", directory, err)
		}
		if !strings.HasPrefix(path, strings.TrimRight(directory, "/")+"/savepoint-") {
			t.Errorf("%s: got the path %s", directory, path)
		}
		resumed := w.run(r.SQL)
		resumed.RestoreFrom = path
		if o, err := w.s.ObserveStatement(t.Context(), resumed); err == nil {
			t.Errorf("got %+v before the start", o)
		}
		if err := w.s.Start(t.Context(), resumed); err != nil {
			t.Fatal(err)
		}
		if o, err := w.s.ObserveStatement(t.Context(), resumed); err != nil || len(o.Exceptions) > 0 {
			t.Errorf("%s: got %+v, %v after a start from it", path, o, err)
		}
	}
	if _, _, err := w.s.Savepoint(t.Context(), r, w.files+"/link/deep", "1123456789ab"); err == nil {
		t.Error("a link that leads out of the folders was followed")
	}
	if found := metadata(t, outside); len(found) > 0 {
		t.Errorf("files outside: %v", found)
	}
	if found := metadata(t, w.files); len(found) > 0 {
		t.Errorf("files that nobody asked for: %v", found)
	}
	for _, path := range metadata(t, dir) {
		if filepath.Dir(filepath.Dir(path)) != filepath.Join(dir, "savepoints") {
			t.Errorf("a savepoint at %s", path)
		}
	}
	w.savepointInFolder(dir, r)
	w.savepointOutside(outside, r)
}

// savepointInFolder takes one where statements may write, and goes on from it
// alone.
func (w *tabled) savepointInFolder(dir string, r engine.StatementRun) {
	t := w.t
	t.Helper()
	path, _, err := w.s.Savepoint(t.Context(), r, "file:"+w.files+"/kept", "2123456789ab")
	if err != nil || len(metadata(t, filepath.Join(w.files, "kept"))) != 1 {
		t.Errorf("got %s, %v, want a file in the folder that may be used", path, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "savepoints")); err != nil {
		t.Fatal(err)
	}
	resumed := w.run(r.SQL)
	resumed.RestoreFrom = path
	if err := w.s.Start(t.Context(), resumed); err != nil {
		t.Fatal(err)
	}
	if o, err := w.s.ObserveStatement(t.Context(), resumed); err != nil || len(o.Exceptions) > 0 {
		t.Errorf("got %+v, %v after a start from %s", o, err, path)
	}
}

// savepointOutside goes on from a file that statements may not read.
func (w *tabled) savepointOutside(outside string, r engine.StatementRun) {
	t := w.t
	t.Helper()
	stolen := filepath.Join(outside, "savepoint-x")
	if err := os.MkdirAll(stolen, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stolen, "_metadata"), []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	resumed := w.run(r.SQL)
	resumed.RestoreFrom = stolen
	if err := w.s.Start(t.Context(), resumed); err != nil {
		t.Fatal(err)
	}
	if o, err := w.s.ObserveStatement(t.Context(), resumed); err != nil || len(o.Exceptions) != 1 ||
		!strings.Contains(o.Exceptions[0].Text, "Cannot find") {
		t.Errorf("got %+v, %v, want a file outside not to be looked at", o, err)
	}
}

// TestADisposedSavepointLeavesNothing disposes of one in a folder that
// statements may use, of one elsewhere, and of one in the engine's own folder.
func TestADisposedSavepointLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w := newTabled(t, sql.Options{Dir: dir})
	r := w.run("SELECT COUNT(*) AS n FROM examples.marketplace.orders")
	w.now = start.Add(time.Minute)
	for i, directory := range []string{w.files + "/kept", "s3://bucket/savepoints", ""} {
		path, size, err := w.s.Savepoint(t.Context(), r, directory, strings.Repeat(string(rune('a'+i)), 12))
		if err != nil || size == 0 {
			t.Fatal(path, size, err)
		}
		if len(metadata(t, dir)) != 1 {
			t.Errorf("%q: the engine has %v", directory, metadata(t, dir))
		}
		for range 2 { // one that is gone is no error
			if err := w.s.DisposeSavepoint(path); err != nil {
				t.Errorf("%q: %v", directory, err)
			}
		}
		if left := append(metadata(t, dir), metadata(t, w.files)...); len(left) > 0 {
			t.Errorf("%q: %v is left", directory, left)
		}
	}
	left, err := filepath.Glob(filepath.Join(w.files, "kept", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	for _, path := range []string{w.files, w.files + "/..", "savepoint-", ""} {
		if err := w.s.DisposeSavepoint(path); err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
	if _, err := os.Stat(w.files); err != nil {
		t.Error("a folder that is no savepoint was deleted")
	}
}

// TestAStatementFromASavepointGoesOnFromItsState compares it with one that
// was never stopped, when the savepoint's state is there and when it is lost.
func TestAStatementFromASavepointGoesOnFromItsState(t *testing.T) {
	w := newTabled(t, sql.Options{})
	r := w.run("SELECT product_id, COUNT(*) AS n FROM examples.marketplace.orders GROUP BY product_id")
	w.now = start.Add(time.Minute)
	offset := int64(0)
	toTheEnd := func() {
		for rows := ""; rows != "[]"; {
			rows, offset = page(t, w.s, r, offset)
		}
	}
	var path string
	for i, lost := range []bool{false, true} {
		toTheEnd()
		var err error
		if path, _, err = w.s.Savepoint(t.Context(), r, w.files, strings.Repeat(string(rune('a'+i)), 12)); err != nil {
			t.Fatal(err)
		}
		if lost {
			if err := os.Remove(filepath.Join(path, "state")); err != nil {
				t.Fatal(err)
			}
		}
		resumed := w.run(r.SQL)
		resumed.RestoreFrom = path
		resumed.SubmittedAt = w.now
		w.now = w.now.Add(time.Second)
		want, next := page(t, w.s, r, offset)
		got := until(t, w.s, resumed, 0, next-offset)
		offset = next
		if got != want || len(got) < 50 {
			t.Errorf("state lost %v: got %.300s, want %.300s", lost, got, want)
		}
	}
}
