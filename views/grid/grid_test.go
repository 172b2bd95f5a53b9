package grid

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/themes"
	"drey/views/clean"
)

var now = time.Unix(1_700_000_000, 0)

var columns = []Column{
	{Title: "NAME", Max: 40, Min: 8},
	{Title: "STATE"},
	{Title: "PAR", Right: true, Drop: 2},
	{Title: "AGE", Drop: 1, Fresh: true},
}

func rowsOf(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		state, tone := "RUNNING", themes.Good
		if i%7 == 0 {
			state, tone = "FAILED", themes.Bad
		}
		rows[i] = NewRow(fmt.Sprintf("uid-%d", i), []Cell{
			Word(fmt.Sprintf("app-%05d", i), themes.Plain),
			Status(state, tone),
			Count(int64(i%9), themes.Dim),
			Since(now.Add(-time.Duration(i)*time.Second), "", themes.Dim, Cell{}),
		}, map[string]string{"team": fmt.Sprintf("t%d", i%3)})
	}
	return rows
}

func newGrid(n, width, height int) *Grid {
	theme, _ := themes.New(themes.Options{})
	g := New(columns, theme)
	g.SetSize(width, height)
	g.SetFocus(true)
	g.SetRows(rowsOf(n), now)
	return g
}

func TestCursorFollowsIdentity(t *testing.T) {
	g := newGrid(50, 60, 10)
	g.Move(20)
	key := g.Selected()
	rows := rowsOf(50)[3:]
	g.SetRows(rows, now)
	if g.Selected() != key {
		t.Errorf("after rows left: got %s, want %s", g.Selected(), key)
	}
	g.SortBy(2, true)
	if g.Selected() != key {
		t.Errorf("after sorting: got %s, want %s", g.Selected(), key)
	}
	g.SetFilter("app-00001")
	g.SetFilter("")
	if g.Selected() == "" {
		t.Error("nothing is selected after the filter was lifted")
	}
}

func TestRefreshDoesNotScroll(t *testing.T) {
	g := newGrid(200, 60, 11)
	g.Move(100)
	line := g.cursor - g.box.top
	g.SetRows(rowsOf(200)[10:], now)
	if got := g.cursor - g.box.top; got != line {
		t.Errorf("the cursor moved from line %d to %d", line, got)
	}
}

func TestEqualRowsChangeNothing(t *testing.T) {
	g := newGrid(50, 60, 10)
	g.Render(now)
	if g.SetRows(rowsOf(50), now) {
		t.Error("equal rows counted as a change")
	}
	if g.draw.dirty {
		t.Error("equal rows made the picture dirty")
	}
}

func TestMarksFollowIdentityAndLeaveWithTheirRows(t *testing.T) {
	g := newGrid(20, 60, 10)
	g.Mark()
	g.Mark()
	g.Range()
	g.Move(2)
	g.Range()
	if got := len(g.Marked()); got != 5 {
		t.Errorf("got %d marks, want 5", got)
	}
	g.SetRows(rowsOf(20)[1:], now)
	if got := g.Marked(); len(got) != 4 || got[0] != "uid-1" {
		t.Errorf("got %v", got)
	}
}

func TestFilterLanguage(t *testing.T) {
	g := newGrid(21, 60, 10)
	for query, want := range map[string]int{
		"":                     21,
		"failed":               3,
		"!failed":              18,
		"state:run":            18,
		"state:fail|run":       21,
		"team=t1":              7,
		"team=t1 failed":       1,
		"~ap7":                 2,
		"app-00007":            1,
		"nothing":              0,
		"!state:failed !00001": 17,
		"team=":                21,
	} {
		g.SetFilter(query)
		if got := g.Shown(); got != want {
			t.Errorf("%q: got %d rows, want %d", query, got, want)
		}
	}
}

func TestNarrowingAgreesWithFilteringAnew(t *testing.T) {
	grown := newGrid(500, 60, 10)
	query := "run !00012 ~ap1 state:ru"
	for i := 1; i <= len(query); i++ {
		grown.SetFilter(query[:i])
		fresh := newGrid(500, 60, 10)
		fresh.SetFilter(query[:i])
		if grown.Shown() != fresh.Shown() {
			t.Errorf("%q: narrowed to %d, want %d", query[:i], grown.Shown(), fresh.Shown())
		}
	}
}

func TestCursorMoveAllocatesNothing(t *testing.T) {
	g := newGrid(10_000, 140, 48)
	g.Move(500)
	g.Render(now)
	step := 1
	if n := testing.AllocsPerRun(200, func() {
		step = -step
		g.Move(step)
		g.Render(now)
	}); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func TestChangedCellsAreFreshForAWhile(t *testing.T) {
	g := newGrid(5, 60, 10)
	rows := rowsOf(5)
	rows[2] = rows[2].With(2, Count(77, themes.Dim))
	g.SetRows(rows, now)
	accent := g.theme.Accent.On() + " 77"
	if !strings.Contains(string(g.Render(now)), accent) {
		t.Error("a changed cell is not in the accent")
	}
	if strings.Contains(string(g.Render(now.Add(time.Minute))), accent) {
		t.Error("a change is fresh for ever")
	}
}

// A lag of 181 s and one of 182 s are both "3m".
func TestANumberThatOnlySortsIsNoChangeThatIsSeen(t *testing.T) {
	g := newGrid(5, 60, 10)
	rows := rowsOf(5)
	rows[2] = rows[2].With(2, Cell{Text: "3m", Num: 181, Form: Number})
	g.SetRows(rows, now)
	later := now.Add(time.Minute)
	rows = slices.Clone(rows)
	rows[2] = rows[2].With(2, Cell{Text: "3m", Num: 182, Form: Number})
	if !g.SetRows(rows, later) {
		t.Error("another number sorts no differently")
	}
	if accent := g.theme.Accent.On() + " 3m"; strings.Contains(string(g.Render(later)), accent) {
		t.Error("3m is drawn as new where 3m was before")
	}
}

func TestShortOfRoomColumnsGoByTheirDropOrder(t *testing.T) {
	g := newGrid(5, 29, 4)
	head := clean.Plain(strings.SplitN(string(g.Render(now)), "\n", 2)[0])
	if strings.Contains(head, "PAR") || !strings.Contains(head, "STATE") {
		t.Errorf("got %q", head)
	}
	g.Scroll(1)
	head = clean.Plain(strings.SplitN(string(g.Render(now)), "\n", 2)[0])
	if !strings.Contains(head, "NAME") || !strings.Contains(head, "PAR") {
		t.Errorf("scrolled: got %q", head)
	}
}

func FuzzRenderFillsItsRoomExactly(f *testing.F) {
	f.Add("name", "RUN\x1b[31m", 40, 10, "filter")
	f.Add("日本語のとても長い名前", "e\u0301", 7, 3, "~x")
	f.Add("", "\t\n", 1, 1, "!")
	f.Fuzz(func(t *testing.T, name, state string, width, height int, query string) {
		width, height = min(max(width, 0), 200), min(max(height, 0), 60)
		theme, _ := themes.New(themes.Options{})
		g := New(columns, theme)
		rows := rowsOf(3)
		rows = append(rows, NewRow(
			name,
			[]Cell{
				Word(name, themes.Plain), Status(state, themes.Tone(len(state)%10)), {Text: state, Form: Age, Num: 5},
			},
			nil,
		))
		g.SetSize(width, height)
		g.SetRows(rows, now)
		g.SetFilter(query)
		g.Move(2)
		g.Mark()
		checkRoom(t, g, width, height)
		g.SetFilter("")
		g.Scroll(1)
		checkRoom(t, g, width, height)
	})
}

func checkRoom(t *testing.T, g *Grid, width, height int) {
	t.Helper()
	if width == 0 || height == 0 {
		return
	}
	lines := strings.Split(string(g.Render(now)), "\n")
	if len(lines) != height {
		t.Fatalf("got %d lines, want %d", len(lines), height)
	}
	for _, line := range lines {
		if w := clean.Width(line); w != width {
			t.Errorf("got a line of %d cells, want %d: %q", w, width, line)
		}
	}
}

func BenchmarkCursorMove(b *testing.B) {
	g := newGrid(10_000, 140, 48)
	b.ReportAllocs()
	step := 1
	for b.Loop() {
		if g.cursor > 9_000 || g.cursor < 10 {
			step = -step
		}
		g.Move(step)
		g.Render(now)
	}
}

func BenchmarkFilterKey(b *testing.B) {
	g := newGrid(10_000, 140, 48)
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range []string{"a", "ap", "app", "app-0", "app-00", "!x", "~ap7"} {
			g.SetFilter(q)
			g.Render(now)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/7, "µs/key")
}

func BenchmarkSetRowsUnchanged(b *testing.B) {
	g := newGrid(10_000, 140, 48)
	rows := rowsOf(10_000)
	for b.Loop() {
		g.SetRows(rows, now)
	}
}

func BenchmarkSetRowsOneChanged(b *testing.B) {
	g := newGrid(10_000, 140, 48)
	rows := [2][]Row{rowsOf(10_000), rowsOf(10_000)}
	rows[1][5000] = rows[1][5000].With(1, Status("FAILING", themes.Bad))
	i := 0
	for b.Loop() {
		g.SetRows(rows[i%2], now)
		g.Render(now)
		i++
	}
}

func TestNotesTakeALineOfTheHeadings(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	titled := append([]Column(nil), columns...)
	titled[2].Subtitle = "a note that is wider than the number"
	for height := range 8 {
		for _, width := range []int{1, 5, 20, 90} {
			g := New(titled, theme)
			g.SetSize(width, height)
			g.SetRows(rowsOf(20), now)
			g.Bottom()
			checkRoom(t, g, width, height)
		}
	}
	g := New(titled, theme)
	g.SetSize(90, 6)
	g.SetRows(rowsOf(20), now)
	lines := strings.Split(clean.Plain(string(g.Render(now))), "\n")
	if !strings.Contains(lines[1], "a note") || !strings.Contains(lines[2], "app-00000") || g.Page() != 4 {
		t.Errorf("page of %d:\n%s", g.Page(), strings.Join(lines, "\n"))
	}
	if g.Click(1) || !g.Click(2) {
		t.Error("a click on the notes is none on a row")
	}
}

func TestFiltersMatchWholeValues(t *testing.T) {
	g := New([]Column{{Title: "NAME"}, {Title: "POOL"}}, plainTheme())
	g.SetSize(80, 20)
	g.SetRows([]Row{
		NewRow("1", []Cell{Word("a", 0), Word("pool", 0)}, map[string]string{"team": "a"}),
		NewRow("2", []Cell{Word("b", 0), Word("pool-2", 0)}, map[string]string{"team": "ab"}),
		NewRow("3", []Cell{Word("c", 0), Word("two words", 0)}, nil),
	}, time.Now())
	for query, want := range map[string]int{
		"pool:pool": 2, "pool:=pool": 1, "pool:=pool|pool-2": 2, "!pool:=pool": 2, "pool:=poo": 0, "team=a": 2, "team==a": 1,
		`pool:="two words"`: 1, `"two words"`: 1, "two words": 1, `pool:="two`: 0, "pool:=": 3,
	} {
		g.SetFilter(query)
		if g.Shown() != want {
			t.Errorf("%s: %d rows, want %d", query, g.Shown(), want)
		}
		g.SetFilter("")
	}
}

func TestTheCursorGoesToTheFirstHitAndBack(t *testing.T) {
	g := New([]Column{{Title: "NAME"}}, plainTheme())
	g.SetSize(80, 20)
	var rows []Row
	for _, name := range []string{"a1", "b1", "a2", "b2", "c"} {
		rows = append(rows, NewRow(name, []Cell{Word(name, 0)}, nil))
	}
	g.SetRows(rows, time.Now())
	g.Select("b2") // the order is a1 a2 b1 b2 c
	g.SetFilter("a")
	if g.Selected() != "a1" {
		t.Errorf("first hit: on %s", g.Selected())
	}
	g.SetFilter("a2")
	g.SetFilter("a")
	if g.Selected() != "a1" {
		t.Errorf("while typing: on %s", g.Selected())
	}
	g.SetFilter("none of them")
	g.SetFilter("")
	if g.Selected() != "b2" {
		t.Errorf("lifted: on %s, was on b2", g.Selected())
	}
	g.SetFilter("b")
	g.Move(1)
	g.SetRows(rows[1:], time.Now())
	g.SetFilter("")
	if g.Selected() != "b2" {
		t.Errorf("the row that was chosen is lost: on %s", g.Selected())
	}
}

func plainTheme() *themes.Theme {
	theme, _ := themes.New(themes.Options{})
	return theme
}

// TestTheFirstRowIsTheOneThatComesToBeFirst: rows come above it while a list is read.
func TestTheFirstRowIsTheOneThatComesToBeFirst(t *testing.T) {
	g := newGrid(20, 60, 10)
	late := rowsOf(20)
	g.SetRows(late[5:], now)
	g.Move(3)
	g.First()
	g.SetRows(late, now)
	g.Home()
	if got := g.Selected(); got != late[0].Key {
		t.Errorf("%s is selected, want %s", got, late[0].Key)
	}
	g.Move(2)
	g.Home()
	if got := g.Selected(); got != late[2].Key {
		t.Errorf("%s is selected after a move, want %s", got, late[2].Key)
	}
}
