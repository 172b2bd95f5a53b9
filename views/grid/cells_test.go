package grid

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"drey/themes"
)

func FuzzPackedCellsAreTheSame(f *testing.F) {
	f.Add("orders", "", int64(0), uint8(0), uint8(0))
	f.Add("日本", "a\x00b", int64(math.MinInt64), uint8(9), uint8(3))
	f.Add("4", "never", int64(math.MaxInt64), uint8(4), uint8(2))
	f.Fuzz(func(t *testing.T, one, other string, num int64, tone, form uint8) {
		cells := []Cell{
			{Text: one, Num: num, Tone: themes.Tone(tone % 10), Form: Form(form % 4)}, {}, {Text: other, Num: -num},
		}
		text, _ := pack(nil, cells)
		if got := text.all(nil); !slices.Equal(got, cells) {
			t.Errorf("got %v, want %v", got, cells)
		}
		for i, want := range cells {
			if got, ok := text.at(i); got != want || !ok {
				t.Errorf("cell %d: got %v %v, want %v", i, got, ok, want)
			}
		}
		if got, ok := text.at(len(cells)); got != (Cell{}) || ok {
			t.Errorf("behind the last cell: got %v %v", got, ok)
		}
	})
}

func TestARowWithAnotherCellIsAnother(t *testing.T) {
	row := rowsOf(2)[1]
	next := row.With(1, Status("FAILED", themes.Bad))
	if row.Is(&next) || !row.Is(&row) || row.Cell(1).Text != "RUNNING" || next.Cell(1).Text != "FAILED" ||
		next.Cell(0) != row.Cell(0) || next.Cell(3) != row.Cell(3) || next.Cell(4) != (Cell{}) {
		t.Errorf("got %v of %v", next, row)
	}
}

// A console of 100,000 applications holds as many rows.
func TestARowOfADozenCellsTakesFewBytes(t *testing.T) {
	const n, most = 10_000, 400
	rows := make([]Row, n)
	uids := make([]string, n)
	for i := range uids {
		uids[i] = fmt.Sprintf("%036d", i)
	}
	before := heap()
	cells := make([]Cell, 0, 12)
	for i := range rows {
		cells = append(
			cells[:0], Word(fmt.Sprintf("orders-%06d", i), themes.Plain), Word("team-000", themes.Dim),
			Status("RUNNING", themes.Good), Word(uids[i][28:], themes.Dim), Count(4, themes.Dim), Word("v1_20", themes.Dim),
			Word("never", themes.Warn), Count(0, themes.Dim), Word("savepoint", themes.Dim),
			Since(now, "", themes.Dim, Cell{}), Since(now.Add(time.Hour), "", themes.Dim, Cell{}), Cell{},
		)
		rows[i] = NewRow(uids[i], cells, map[string]string{"team": "payments"})
	}
	if each := (heap() - before) / n; each > most {
		t.Errorf("a row takes %d bytes, want at most %d", each, most)
	}
	runtime.KeepAlive(rows)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestRowsWithOtherLabelsAreTaken(t *testing.T) {
	g := newGrid(1, 60, 10)
	rows := rowsOf(1)
	rows[0].Labels = "team=other\n"
	if !g.SetRows(rows, now) {
		t.Error("the labels that differ are no change")
	}
	if g.SetFilter("team=other"); g.Shown() != 1 {
		t.Error("a filter does not find the new label")
	}
}
