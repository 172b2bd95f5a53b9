package edit

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
	"drey/views/edit/yamldoc"
	"drey/views/input"
	"drey/views/sql/buffer"
	"drey/views/textedit"
)

// textEditor shows and changes a YAML text.
type textEditor struct {
	text     *buffer.Buffer
	problems []yamldoc.Problem
	hides    bool // values are not shown
	find     input.Line
	finding  bool
	found    buffer.Position // where the search began
	top      int
	left     int
	page     int
}

func newTextEditor(text string, hides bool) textEditor {
	e := textEditor{text: buffer.New(text), hides: hides}
	e.text.MoveTo(buffer.Position{})
	return e
}

// goTo puts the cursor at the end of a line, from 1, where its value is.
func (e *textEditor) goTo(line int) {
	row := max(min(line, e.text.Len())-1, 0)
	e.text.MoveTo(buffer.Position{Row: row, Col: len(e.text.Line(row))})
}

// handleKey edits; keys that mean nothing here are ignored.
func (e *textEditor) handleKey(msg tea.KeyMsg, keys *keymap.Map) {
	own := keys.Draft
	switch {
	case e.finding:
		e.handleFind(msg, keys)
	case textedit.Typed(msg) != "":
		e.text.Insert(textedit.Typed(msg))
	case keymap.Matches(msg, own.Find):
		e.finding, e.found = true, e.text.Cursor()
		e.find.Set("")
	case keymap.Matches(msg, keys.Line.Complete):
		e.text.Insert("  ")
	default:
		textedit.Handle(e.text, msg, keys.Line, textedit.Keys{
			Undo: own.Undo, Redo: own.Redo, PageUp: own.PageUp, PageDown: own.PageDown,
		}, e.page)
	}
}

// handleFind searches while one types; the line that is taken is gone to at its
// end, where its value is.
func (e *textEditor) handleFind(msg tea.KeyMsg, keys *keymap.Map) {
	switch {
	case keymap.Matches(msg, keys.Line.Accept):
		e.finding = false
		e.goTo(e.text.Cursor().Row + 1)
	case keymap.Matches(msg, keys.Line.Cancel):
		e.finding = false
		e.text.MoveTo(e.found)
	case keymap.Matches(msg, keys.Line.Down, keys.Draft.Find):
		e.search(buffer.Position{Row: e.text.Cursor().Row + 1})
	default:
		e.find.Update(msg, keys.Line)
		e.search(e.found)
	}
}

// search goes to the first hit from a position on, around the end.
func (e *textEditor) search(from buffer.Position) {
	query := strings.ToLower(e.find.Value())
	if query == "" {
		e.text.MoveTo(e.found)
		return
	}
	for i := range e.text.Len() {
		row := (from.Row + i) % e.text.Len()
		if at := strings.Index(strings.ToLower(string(e.text.Line(row))), query); at >= 0 {
			e.text.MoveTo(buffer.Position{Row: row, Col: len([]rune(string(e.text.Line(row))[:at]))})
			return
		}
	}
}

// lines draws the part of the text that fits.
func (e *textEditor) lines(t *themes.Theme, width, height int) []string {
	b := e.text
	e.page = height
	gutter := len(strconv.Itoa(b.Len())) + 3
	e.scroll(width-gutter-1, height)
	last := min(e.top+height, b.Len())
	shown := make([]string, 0, height)
	for row := e.top; row < last; row++ {
		shown = append(shown, clean.Line(e.shown(row)))
	}
	coloured := t.YAML(strings.Join(shown, "\n"))
	out := make([]string, 0, height)
	for i, line := range coloured[:min(len(coloured), len(shown))] {
		row := e.top + i
		if row == b.Cursor().Row && !e.finding {
			line = withCursor(t, line, e.cursorCell(row))
		}
		number := t.Faint.Render(clean.Right(strconv.Itoa(row+1), gutter-2, ""))
		out = append(out, number+e.mark(t, row)+" "+clean.Skip(line, e.left))
	}
	return out
}

// shown is the text of a row as it is drawn.
func (e *textEditor) shown(row int) string {
	text := string(e.text.Line(row))
	if from := e.hiddenFrom(row); from >= 0 && from < len([]rune(text)) {
		head := string([]rune(text)[:from])
		return head + strings.Repeat("•", len([]rune(text))-from)
	}
	return text
}

// hiddenFrom is the column from which a row of a private text is not shown, -1
// where all of it is: values below data.
func (e *textEditor) hiddenFrom(row int) int {
	if !e.hides {
		return -1
	}
	line := e.text.Line(row)
	indent := indentOf(line)
	if indent == len(line) || line[indent] == '#' {
		return -1
	}
	owner := 0 // rows of a block are indented deeper than the member's name
	for above := row - 1; above >= 0; above-- {
		of := e.text.Line(above)
		depth := indentOf(of)
		if depth == len(of) || of[depth] == '#' || depth >= indent {
			continue
		}
		if strings.HasPrefix(string(of[depth:]), "data:") {
			return e.valueColumn(line, owner, indent)
		}
		owner++
		indent = depth
	}
	return -1
}

func (e *textEditor) valueColumn(line []rune, owner, _ int) int {
	if owner > 0 { // a line of a text of several lines
		return indentOf(line)
	}
	if i := strings.Index(string(line), ":"); i >= 0 {
		return len([]rune(string(line)[:i])) + 1
	}
	return indentOf(line)
}

func indentOf(line []rune) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

// mark is the sign of a problem in a row.
func (e *textEditor) mark(t *themes.Theme, row int) string {
	sign := " "
	for _, p := range e.problems {
		switch {
		case p.Line != row+1:
		case !p.Warning:
			return t.Tone(themes.Bad).Render(t.Glyphs.Cross)
		default:
			sign = t.Tone(themes.Warn).Render(t.Glyphs.Tone(themes.Warn))
		}
	}
	return sign
}

// problemAt is what is wrong with a row: an error first.
func (e *textEditor) problemAt(row int) (yamldoc.Problem, bool) {
	var found yamldoc.Problem
	ok := false
	for _, p := range e.problems {
		if p.Line == row+1 && (!ok || found.Warning && !p.Warning) {
			found, ok = p, true
		}
	}
	return found, ok
}

// cursorCell is how many cells are before the cursor in its row.
func (e *textEditor) cursorCell(row int) int {
	runes := []rune(e.shown(row))
	return clean.Width(clean.Line(string(runes[:min(e.text.Cursor().Col, len(runes))])))
}

// withCursor draws the cell at a column as the cursor.
func withCursor(t *themes.Theme, line string, cell int) string {
	plain := clean.Plain(line)
	under := clean.Cut(clean.Skip(plain, cell), 1, "")
	if under == "" {
		return clean.Fit(line, cell, "") + t.Cursor.Render(" ")
	}
	return clean.Splice(line, t.Cursor.Render(under), cell)
}

// scroll keeps the cursor in the window.
func (e *textEditor) scroll(width, height int) {
	row := e.text.Cursor().Row
	e.top = max(min(e.top, row), row-height+1)
	at := e.cursorCell(row)
	e.left = max(min(e.left, at), at-max(width, 1)+1, 0)
}
