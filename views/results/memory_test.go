package results_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/statement"
	"drey/views/results/rowset"
)

// TestRowsBeyondTheMemoryAreAllThere fills a log far beyond its bound: what is
// held in memory stays within it, and everything is done over all rows.
func TestRowsBeyondTheMemoryAreAllThere(t *testing.T) {
	const n = 40_000
	log := rowset.NewLog(&statement.Traits{AppendOnly: true, Columns: columns("n INTEGER", "s VARCHAR")}, false)
	log.Limit(256<<10, 1<<30, 1<<30)
	b := newBench(t, log)
	pad := strings.Repeat("x", 40)
	for from := 0; from < n; from += 1000 {
		var lines []string
		for i := range 1000 {
			lines = append(lines, fmt.Sprintf("+I %d %s%d", n-from-i, pad, (from+i)%10))
		}
		b.add(changes(lines...)...)
		if got := log.Memory(); got > 700<<10 {
			t.Fatalf("%d bytes are held in memory", got)
		}
	}
	if log.OnDisk() == 0 || log.Rows() != n {
		t.Fatalf("%d bytes on disk, %d rows", log.OnDisk(), log.Rows())
	}
	b.press("o")
	b.press("g")
	if got := b.screen(); !strings.Contains(got, " 1 ") || strings.Contains(got, "…") {
		t.Errorf("sorted, the first is not seen:\n%s", got)
	}
	b.press("&")
	b.write("s:" + pad + "7")
	b.press("enter")
	if b.Len() != n/10 {
		t.Errorf("the filter leaves %d, want %d", b.Len(), n/10)
	}
	b.press("w", "ctrl+u")
	b.write("~/out.csv")
	b.press("enter")
	text, err := os.ReadFile(filepath.Join(b.home, "out.csv"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if err != nil || len(lines) != n/10+1 || lines[0] != "n,s" || !strings.HasPrefix(lines[1], "3,") {
		t.Errorf("got %d lines %v %v", len(lines), lines[:min(len(lines), 3)], err)
	}
	left, err := os.ReadDir(filepath.Join(b.home, "cache"))
	if err != nil || len(left) != 0 {
		t.Errorf("files with a name are left: %v %v", left, err)
	}
}

func TestTheOldestRowsGoWhenTheDiskIsFullAndThatIsSaid(t *testing.T) {
	log := rowset.NewLog(traits([]int{0}, "k VARCHAR", "v VARCHAR"), false)
	log.Limit(64<<10, 256<<10, 1<<30)
	b := newBench(t, log)
	for i := range 60 {
		var lines []string
		for k := range 300 {
			lines = append(lines, fmt.Sprintf("+U k%d %d%s", k+i, i, strings.Repeat("y", 30)))
		}
		b.add(changes(lines...)...)
	}
	b.press("G", "g")
	if got := strings.Join(b.Counts(), " "); !strings.Contains(got, "oldest changes let go") ||
		!strings.Contains(got, "rows with them") {
		t.Errorf("got %q", got)
	}
	if b.Len() != log.Rows() || strings.Contains(b.screen(), "…") {
		t.Errorf("%d shown of %d:\n%s", b.Len(), log.Rows(), b.screen())
	}
	b.add(changes("+U k300 last")...)
	if got := b.screen(); log.Rows() < 300 || got == "" {
		t.Errorf("%d rows are left", log.Rows())
	}
}
