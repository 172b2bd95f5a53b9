// Package yamleditor shows and changes a YAML text: colours, line numbers, marks of what is
// wrong, and values that are not shown.
package yamleditor

import (
	"strconv"
	"strings"

	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
	"drey/views/edit/yamldoc"
	"drey/views/input"
	"drey/views/sql/buffer"
	"drey/views/textedit"

	tea "github.com/charmbracelet/bubbletea"
)

// Editor shows and changes a YAML text.
type Editor struct {
	Text     *buffer.Buffer
	Problems []yamldoc.Problem
	Hides    bool // values are not shown
	Find     input.Line
	Finding  bool
	found    buffer.Position // where the search began
	Top      int
	left     int
	page     int
}

// New edits a text from its beginning; hides: values below data are not drawn.
func New(text string, hides bool) Editor {
	e := Editor{Text: buffer.New(text), Hides: hides}
	e.Text.MoveTo(buffer.Position{})
	return e
}

// GoTo puts the cursor at the end of a line, from 1, where its value is.
func (e *Editor) GoTo(line int) {
	row := max(min(line, e.Text.Len())-1, 0)
	e.Text.MoveTo(buffer.Position{Row: row, Col: len(e.Text.Line(row))})
}

// HandleKey edits; keys that mean nothing here are ignored.
func (e *Editor) HandleKey(msg tea.KeyMsg, keys *keymap.Map) {
	own := keys.Draft
	switch {
	case e.Finding:
		e.handleFind(msg, keys)
	case textedit.Typed(msg) != "":
		e.Text.Insert(textedit.Typed(msg))
	case keymap.Matches(msg, own.Find):
		e.Finding, e.found = true, e.Text.Cursor()
		e.Find.Set("")
	case keymap.Matches(msg, keys.Line.Complete):
		e.Text.Insert("  ")
	default:
		textedit.Handle(e.Text, msg, keys.Line, textedit.Keys{
			Undo: own.Undo, Redo: own.Redo, PageUp: own.PageUp, PageDown: own.PageDown,
		}, e.page)
	}
}

// handleFind searches while one types; the line that is taken is gone to at its
// end, where its value is.
func (e *Editor) handleFind(msg tea.KeyMsg, keys *keymap.Map) {
	switch {
	case keymap.Matches(msg, keys.Line.Accept):
		e.Finding = false
		e.GoTo(e.Text.Cursor().Row + 1)
	case keymap.Matches(msg, keys.Line.Cancel):
		e.Finding = false
		e.Text.MoveTo(e.found)
	case keymap.Matches(msg, keys.Line.Down, keys.Draft.Find):
		e.search(buffer.Position{Row: e.Text.Cursor().Row + 1})
	default:
		e.Find.Update(msg, keys.Line)
		e.search(e.found)
	}
}

// search goes to the first hit from a position on, around the end.
func (e *Editor) search(from buffer.Position) {
	query := strings.ToLower(e.Find.Value())
	if query == "" {
		e.Text.MoveTo(e.found)
		return
	}
	for i := range e.Text.Len() {
		row := (from.Row + i) % e.Text.Len()
		if at := strings.Index(strings.ToLower(string(e.Text.Line(row))), query); at >= 0 {
			e.Text.MoveTo(buffer.Position{Row: row, Col: len([]rune(string(e.Text.Line(row))[:at]))})
			return
		}
	}
}

// Lines draws the part of the text that fits.
func (e *Editor) Lines(t *themes.Theme, width, height int) []string {
	b := e.Text
	e.page = height
	gutter := len(strconv.Itoa(b.Len())) + 3
	e.scroll(width-gutter-1, height)
	last := min(e.Top+height, b.Len())
	shown := make([]string, 0, height)
	for row := e.Top; row < last; row++ {
		shown = append(shown, clean.Line(e.shown(row)))
	}
	coloured := t.YAML(strings.Join(shown, "\n"))
	out := make([]string, 0, height)
	for i, line := range coloured[:min(len(coloured), len(shown))] {
		row := e.Top + i
		if row == b.Cursor().Row && !e.Finding {
			line = withCursor(t, line, e.cursorCell(row))
		}
		number := t.Faint.Render(clean.Right(strconv.Itoa(row+1), gutter-2, ""))
		out = append(out, number+e.mark(t, row)+" "+clean.Skip(line, e.left))
	}
	return out
}

// shown is the text of a row as it is drawn.
func (e *Editor) shown(row int) string {
	text := string(e.Text.Line(row))
	if from := e.hiddenFrom(row); from >= 0 && from < len([]rune(text)) {
		head := string([]rune(text)[:from])
		return head + strings.Repeat("•", len([]rune(text))-from)
	}
	return text
}

// hiddenFrom is the column from which a row of a private text is not shown, -1
// where all of it is: values below data.
func (e *Editor) hiddenFrom(row int) int {
	if !e.Hides {
		return -1
	}
	line := e.Text.Line(row)
	indent := indentOf(line)
	if indent == len(line) || line[indent] == '#' {
		return -1
	}
	owner := 0 // rows of a block are indented deeper than the member's name
	for above := row - 1; above >= 0; above-- {
		of := e.Text.Line(above)
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

func (e *Editor) valueColumn(line []rune, owner, _ int) int {
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
func (e *Editor) mark(t *themes.Theme, row int) string {
	sign := " "
	for _, p := range e.Problems {
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

// ProblemAt is what is wrong with a row: an error first.
func (e *Editor) ProblemAt(row int) (yamldoc.Problem, bool) {
	var found yamldoc.Problem
	ok := false
	for _, p := range e.Problems {
		if p.Line == row+1 && (!ok || found.Warning && !p.Warning) {
			found, ok = p, true
		}
	}
	return found, ok
}

// cursorCell is how many cells are before the cursor in its row.
func (e *Editor) cursorCell(row int) int {
	runes := []rune(e.shown(row))
	return clean.Width(clean.Line(string(runes[:min(e.Text.Cursor().Col, len(runes))])))
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
func (e *Editor) scroll(width, height int) {
	row := e.Text.Cursor().Row
	e.Top = max(min(e.Top, row), row-height+1)
	at := e.cursorCell(row)
	e.left = max(min(e.left, at), at-max(width, 1)+1, 0)
}
