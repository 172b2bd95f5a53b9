// Package editor shows and changes a SQL text.
package editor

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"drey/client/flinksql"
	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
	"drey/views/sql/buffer"
	"drey/views/textedit"

	"github.com/alecthomas/chroma/v2"
	tea "github.com/charmbracelet/bubbletea"
)

// BlankBefore says whether only blanks are before the cursor in its line: tab
// then indents.
func (e *Editor) BlankBefore() bool {
	return strings.TrimSpace(string(e.Text.Line(e.Text.Cursor().Row)[:e.Text.Cursor().Col])) == ""
}

// Editor shows and changes a buffer.
type Editor struct {
	Text    *buffer.Buffer
	page    int              // lines seen
	Top     int              // first line seen
	left    int              // cells scrolled away
	Problem *buffer.Position // where the server found fault
}

// span is a stretch of a line in one style, in runes.
type span struct {
	from, to int
	style    themes.Style
}

// HandleKey edits; keys that mean nothing here are ignored.
func (e *Editor) HandleKey(msg tea.KeyMsg, keys *keymap.Map) {
	sql := keys.SQL
	if textedit.Typed(msg) == "" && keymap.Matches(msg, keys.Line.Complete) {
		e.Text.Insert("    "[:4-e.Text.Cursor().Col%4])
		return
	}
	textedit.Handle(e.Text, msg, keys.Line, textedit.Keys{
		Undo: sql.Undo, Redo: sql.Redo, PageUp: sql.PageUp, PageDown: sql.PageDown, Top: sql.Top, Bottom: sql.Bottom,
	}, e.page)
}

// Lines draws the part of the buffer that fits. The rows of the statement that
// would be run have a bar beside their numbers.
func (e *Editor) Lines(theme *themes.Theme, width, height int, focused bool) []string {
	b := e.Text
	e.page = height
	gutter := e.gutter()
	e.scroll(width-gutter-1, height)
	first, last, found := b.StatementRows(b.Cursor(), e.Top+height)
	out := make([]string, 0, height)
	for row := e.Top; row < min(e.Top+height, b.Len()); row++ {
		number := theme.Faint.Render(clean.Right(strconv.Itoa(row+1), gutter-1, ""))
		mark := e.mark(theme, row, found && row >= first && row <= last)
		out = append(out, number+mark+clean.Skip(e.line(theme, row, focused), e.left))
	}
	return out
}

// gutter is the width of the numbers with the mark behind them.
func (e *Editor) gutter() int { return len(strconv.Itoa(e.Text.Len())) + 2 }

// mark is the sign between a row's number and its text.
func (e *Editor) mark(theme *themes.Theme, row int, inStatement bool) string {
	switch {
	case e.Problem != nil && e.Problem.Row == row:
		return theme.Tone(themes.Bad).Render(theme.Glyphs.Cross)
	case inStatement:
		return theme.Accent.Render(theme.Glyphs.V)
	}
	return " "
}

// scroll keeps the cursor in the window.
func (e *Editor) scroll(width, height int) {
	cursor := e.Text.Cursor()
	e.Top = min(e.Top, cursor.Row)
	e.Top = max(e.Top, cursor.Row-height+1)
	at := clean.Width(string(e.Text.Line(cursor.Row)[:cursor.Col]))
	e.left = min(e.left, at)
	e.left = max(e.left, at-max(width, 1)+1, 0)
}

// CursorAt is where the cursor was drawn, in cells of the last lines.
func (e *Editor) CursorAt() (x, y int) {
	cursor := e.Text.Cursor()
	return e.gutter() + clean.Width(string(e.Text.Line(cursor.Row)[:cursor.Col])) - e.left, cursor.Row - e.Top
}

// line draws a whole line with its cursor and its problem.
func (e *Editor) line(theme *themes.Theme, row int, focused bool) string {
	text, spans := e.Text.Line(row), e.spans(theme, row)
	var out strings.Builder
	cursor, fault := -1, -1
	if focused && row == e.Text.Cursor().Row {
		cursor = e.Text.Cursor().Col
	}
	if e.Problem != nil && e.Problem.Row == row {
		fault = e.Problem.Col
	}
	for i := 0; i <= len(text); {
		style, to := styleAt(spans, i, len(text))
		special := i == cursor || i == fault
		if special {
			to = i + 1
		} else {
			to = stopBefore(stopBefore(to, i, cursor), i, fault)
		}
		piece := " "
		if i < len(text) {
			piece = clean.Text(string(text[i:to]))
		} else if !special {
			break
		}
		switch {
		case i == cursor:
			style = theme.Cursor
		case special:
			style = theme.Syntax(themes.TokenError)
		}
		out.WriteString(style.Render(piece))
		i = to
	}
	return out.String()
}

// stopBefore ends a stretch from a column on before another one.
func stopBefore(to, from, column int) int {
	if column > from {
		return min(to, column)
	}
	return to
}

func styleAt(spans []span, col, end int) (themes.Style, int) {
	for _, s := range spans {
		if col < s.from {
			return themes.Style{}, s.from
		}
		if col < s.to {
			return s.style, s.to
		}
	}
	return themes.Style{}, max(end, col+1)
}

// spans are the styles of a row. What nothing closes is an error from where it
// begins.
func (e *Editor) spans(theme *themes.Theme, row int) []span {
	tokens := e.Text.Tokens(row)
	unclosed, open := e.Text.Unclosed()
	spans := make([]span, 0, len(tokens))
	for i, t := range tokens {
		style := theme.Chroma(chromaType(tokens, i))
		from := t.Column - 1
		if open && !(buffer.Position{Row: row, Col: from}).Before(unclosed) {
			style = theme.Syntax(themes.TokenError)
		}
		spans = append(spans, span{from, from + utf8.RuneCountInString(t.Text), style})
	}
	return spans
}

// chromaType is chroma's word for a token.
func chromaType(tokens []flinksql.Token, i int) chroma.TokenType {
	t := tokens[i]
	called := i+1 < len(tokens) && tokens[i+1].Text == "("
	switch t.Kind {
	case flinksql.Keyword:
		if called && functions()[strings.ToUpper(t.Text)] {
			return chroma.NameFunction
		}
		return chroma.Keyword
	case flinksql.Identifier:
		if called {
			return chroma.NameFunction
		}
		return chroma.Name
	case flinksql.Quoted:
		return chroma.Name
	case flinksql.String:
		return chroma.LiteralString
	case flinksql.Number:
		return chroma.LiteralNumber
	case flinksql.Comment, flinksql.Hint:
		return chroma.Comment
	case flinksql.Invalid:
		return chroma.Error
	}
	return chroma.Operator
}

// functions are the names that are coloured as functions though they are keywords.
var functions = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, f := range flinksql.Functions {
		names[f.Name] = true
	}
	return names
})
