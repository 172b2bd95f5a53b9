//go:build unix

package sql_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql"
)

// writesTo are the options of a table whose rows are files of a folder.
func writesTo(folder string) string {
	return " WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/" + folder + "')"
}

// TestAFullDiskFailsTheStatementThatWritesAndNoOther runs itself in a process
// whose files cannot grow beyond some kilobytes.
func TestAFullDiskFailsTheStatementThatWritesAndNoOther(t *testing.T) {
	if os.Getenv("DREY_SMALL_FILES") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAFullDiskFailsTheStatementThatWritesAndNoOther$")
		cmd.Env = append(os.Environ(), "DREY_SMALL_FILES=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 20_000, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // go test -cover writes files of its own behind the test
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	w := newTabled(t, sql.Options{Dir: dir})
	w.must("CREATE TABLE g (id BIGINT, s STRING) WITH ('connector'='datagen', 'number-of-rows'='5000')")
	w.must("CREATE TABLE endless (k INT, s STRING) WITH ('connector'='datagen', 'rows-per-second'='500')")
	for _, name := range []string{"big", "little", "rest"} {
		w.must("CREATE TABLE " + name + " (id BIGINT, s STRING)" + writesTo(name))
	}
	for name, text := range map[string]string{
		"big":  "INSERT INTO big SELECT id, s FROM g",
		"rest": "INSERT INTO rest SELECT CAST(k AS BIGINT), s FROM endless",
	} {
		o := w.through(text, nil)
		if o.State != cmf.JobFailed || len(o.Exceptions) != 1 ||
			!strings.Contains(o.Exceptions[0].Text, "Could not write to the table's files: ") {
			t.Errorf("%s: got %s %v, want a failure that tells of the files", name, o.State, o.Exceptions)
		}
		if visible, _ := filepath.Glob(filepath.Join(w.files, name, "part-*")); len(visible) > 0 {
			t.Errorf("%s: %v is half written", name, visible)
		}
	}
	if o := w.through("INSERT INTO little SELECT id, s FROM g LIMIT 3", nil); o.State != cmf.JobFinished {
		t.Errorf("a small INSERT: got %s %v", o.State, o.Exceptions)
	}
	r := w.run("SELECT s, COUNT(*) AS n FROM endless GROUP BY s") // its state is too large for a file
	for i := range 3 {
		w.now = w.now.Add(time.Minute)
		if p, err := w.s.Results(t.Context(), r, int64(i*100), 100); err != nil || len(p.Rows) != 100 {
			t.Errorf("page %d: got %d rows, %v", i, len(p.Rows), err)
		}
	}
	if _, _, err := w.s.Savepoint(t.Context(), r, "", "0123456789ab"); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("a savepoint: got %v, want that the file is too large", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", ".new-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left of what could not be written", left)
	}
}
