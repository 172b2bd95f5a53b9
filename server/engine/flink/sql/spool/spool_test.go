package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
)

func spoolIn(t *testing.T, dir string) *Spool {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// numbered are rows from one number to another, each with it as its cell.
func numbered(from, to int) []flinkrest.Row {
	var rows []flinkrest.Row
	for i := from; i < to; i++ {
		rows = append(rows, flinkrest.Row{Op: flinkrest.Op(i % 4), Fields: fmt.Appendf(nil, `["%d",null]`, i)})
	}
	return rows
}

func add(t *testing.T, s *Spool, rows []flinkrest.Row, next string) {
	t.Helper()
	if err := s.Append(rows, next); err != nil {
		t.Fatal(err)
	}
}

func TestASpoolGivesAnyOffsetAgain(t *testing.T) {
	s := spoolIn(t, t.TempDir())
	s.SegmentBytes = 1000
	for i := 0; i < 1000; i += 100 {
		add(t, s, numbered(i, i+100), "/next")
	}
	if len(s.Segments) < 5 {
		t.Fatalf("got %d segments", len(s.Segments))
	}
	for _, offset := range []int64{0, 1, 63, 64, 65, 99, 100, 500, 937} {
		for _, limit := range []int{0, 1, 64, 300} {
			if page := s.has(t, offset, limit, min(limit, 1000-int(offset))); page.Done {
				t.Error("done before the end")
			}
		}
	}
	s.has(t, 1000, 10, 0)
	add(t, s, nil, "")
	if page := s.has(t, 900, 1000, 100); !page.Done {
		t.Error("not done at the end")
	}
}

func TestASpoolGoesOnAfterACrash(t *testing.T) {
	dir := t.TempDir()
	s := spoolIn(t, dir)
	add(t, s, numbered(0, 150), "/two")
	file := s.Segments[0].File.Name()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, nil, "/twice")
	add(t, s, numbered(150, 200), "/three")
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for cut := len(whole) - 1; cut <= len(after); cut++ { // the write stopped here
		if err := os.WriteFile(file, after[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		again := spoolIn(t, dir)
		rows, page := 150, "/twice"
		switch {
		case cut == len(after):
			rows, page = 200, "/three"
		case cut < len(whole)+len("ice")-len("o"):
			rows, page = 0, ""
		}
		if again.NextPage() != page || again.Rows() != int64(rows) {
			t.Fatalf(
				"cut at %d of %d: got %q after %d rows, want %q after %d", cut, len(after), again.NextPage(),
				again.Rows(), page, rows,
			)
		}
		if rows > 0 {
			add(t, again, numbered(rows, 300), "")
			again.has(t, 0, 1000, 300)
		}
		_ = again.Close()
	}
}

func TestRowsThatAreNotHeldAnyMoreAreGone(t *testing.T) {
	dir := t.TempDir()
	s := spoolIn(t, dir)
	s.SegmentBytes, s.MaxSegments = 1000, 3
	for i := 0; i < 1000; i += 100 {
		add(t, s, numbered(i, i+100), "/next")
	}
	if _, _, err := s.Read(0, 10); !errors.Is(err, engine.ErrResultsGone) {
		t.Errorf("got %v, want that the rows are gone", err)
	}
	s.has(t, 900, 100, 100)
	if files, _ := filepath.Glob(filepath.Join(dir, "*.rows")); len(files) > 3 {
		t.Errorf("got %d files, want 3", len(files))
	}
}

// Has reads a page and compares it with the numbers.
func (s *Spool) has(t *testing.T, offset int64, limit, want int) engine.ResultPage {
	t.Helper()
	page, _, err := s.Read(offset, limit)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != want || page.Next != offset+int64(want) {
		t.Fatalf("%d rows from %d: got %d, next %d, want %d", limit, offset, len(page.Rows), page.Next, want)
	}
	for i, row := range page.Rows {
		n := int(offset) + i
		if len(row.Row) != 2 || string(row.Row[0]) != fmt.Sprintf(`"%d"`, n) || string(row.Row[1]) != "null" ||
			row.Op != cmf.Op(n%4) {
			t.Fatalf("row %d: got %v %s", n, row.Op, row.Row)
		}
	}
	return page
}
