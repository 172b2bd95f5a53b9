package editor

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
	"drey/views/sql/buffer"
)

// over edits a text with the cursor where the text has a bar.
func over(text string) *Editor {
	before, after, _ := strings.Cut(text, "|")
	b := buffer.New(before + after)
	rows := strings.Split(before, "\n")
	b.MoveTo(buffer.Position{Row: len(rows) - 1, Col: len([]rune(rows[len(rows)-1]))})
	return &Editor{Text: b}
}

// plain draws the editor without styles.
func plain(e *Editor, width, height int) []string {
	theme, _ := themes.New(themes.Options{})
	lines := e.Lines(theme, width, height, true)
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	return lines
}

func TestTabIndentsToTheNextOfFourColumns(t *testing.T) {
	for text, want := range map[string]string{
		"|SELECT": "    SELECT", "SE|LECT": "SE  LECT", "SELE|CT": "SELE    CT", "äöü|": "äöü ", "SELECT|": "SELECT  ",
	} {
		e := over(text)
		e.HandleKey(tea.KeyMsg{Type: tea.KeyTab}, keymap.Default())
		if got := e.Text.Text(); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestBlanksAloneBeforeTheCursor(t *testing.T) {
	for text, want := range map[string]bool{
		"|": true, "  |SELECT": true, "\t|": true, "SELECT\n |1": true, "S|ELECT": false, "SELECT |": false,
	} {
		if got := over(text).BlankBefore(); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestTheCursorIsAlwaysSeen(t *testing.T) {
	long := strings.Repeat("SELECT 日本 ", 30)
	for _, text := range []string{
		"|" + long, long + "|", long[:len(long)/2] + "|", strings.Repeat("x\n", 50) + "|", "|" + strings.Repeat("x\n", 50),
		strings.Repeat("x\n", 120) + long + "|", "日本|",
	} {
		e := over(text)
		for _, size := range [][2]int{{80, 24}, {20, 3}, {9, 1}} {
			plain(e, size[0], size[1])
			x, y := e.CursorAt()
			if x < 0 || x >= size[0] || y < 0 || y >= size[1] {
				t.Errorf("%.20q at %dx%d: the cursor is at %d, %d", text, size[0], size[1], x, y)
			}
		}
	}
}

func TestTheCursorIsDrawnWhereItIsSaidToBe(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	for _, text := range []string{"SELECT |1", "日本|語", "|", "SELECT 'ä|b'", "SELECT 1|"} {
		e := over(text)
		lines := e.Lines(theme, 40, 5, true)
		x, y := e.CursorAt()
		line := lines[y]
		under := " "
		if cursor := e.Text.Cursor(); cursor.Col < len(e.Text.Line(cursor.Row)) {
			under = string(e.Text.Line(cursor.Row)[cursor.Col])
		}
		want := theme.Cursor.Render(under)
		before, _, found := strings.Cut(line, want)
		if !found || clean.Width(before) != x {
			t.Errorf("%q: it is at %d and drawn in %q", text, x, line)
		}
	}
}

func TestARowSaysWhatIsWrongAndWhatWouldRun(t *testing.T) {
	e := over("SELECT 1;\n\nSELECT\n  b| FROM t;\nSELECT 3")
	e.Problem = &buffer.Position{Row: 2, Col: 0}
	theme, _ := themes.New(themes.Options{})
	lines := plain(e, 40, 10)
	want := []string{
		"1 SELECT 1;", "2", "3" + theme.Glyphs.Cross + "SELECT", "4" + theme.Glyphs.V + "  b FROM t;", "5 SELECT 3",
	}
	for i := range want {
		if strings.TrimSpace(lines[i]) != want[i] {
			t.Errorf("row %d is %q, want %q", i+1, lines[i], want[i])
		}
	}
}

func TestNumbersHaveAsManyColumnsAsTheLastOneNeeds(t *testing.T) {
	e := over("|" + strings.Repeat("\n", 99))
	if got := plain(e, 20, 2); got[0] != "   1" || got[1] != "   2" {
		t.Errorf("got %q", got)
	}
	e.Text.MoveEnd()
	if got := plain(e, 20, 2); got[1] != " 100" {
		t.Errorf("got %q", got)
	}
}

func TestAProblemBehindTheEndOfALineIsDrawn(t *testing.T) {
	e := over("|SELECT 1 +")
	theme, _ := themes.New(themes.Options{})
	e.Problem = &buffer.Position{Row: 0, Col: 10}
	mark := theme.Syntax(themes.TokenError).Render(" ")
	if line := e.Lines(theme, 40, 3, false)[0]; !strings.HasSuffix(line, mark) {
		t.Errorf("got %q, want %q at its end", line, mark)
	}
}

func TestNothingOfATextIsObeyedByTheTerminal(t *testing.T) {
	e := over("SELECT '\x1b[2J\x07' |")
	theme, _ := themes.New(themes.Options{})
	if line := e.Lines(theme, 60, 3, true)[0]; strings.Contains(line, "\x1b[2J") || strings.Contains(line, "\x07") {
		t.Errorf("got %q", line)
	}
}

func TestWhatNothingClosesIsAnErrorFromWhereItBegins(t *testing.T) {
	e := over("SELECT 1, 'abc|\nFROM t")
	theme, _ := themes.New(themes.Options{})
	e.Lines(theme, 40, 5, true) // reads as far as it draws
	bad := theme.Syntax(themes.TokenError)
	for row := range 2 {
		spans := e.spans(theme, row)
		if len(spans) == 0 || spans[len(spans)-1].style != bad {
			t.Errorf("row %d: %+v", row, spans)
		}
	}
	if first := e.spans(theme, 0)[0]; first.style == bad {
		t.Error("what stands before it is an error, too")
	}
}
