package sql

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
	"drey/views/sql/buffer"
	"drey/views/textedit"
)

// editor shows and changes a buffer.
type editor struct {
	text    *buffer.Buffer
	page    int              // lines seen
	top     int              // first line seen
	left    int              // cells scrolled away
	problem *buffer.Position // where the server found fault
}

// span is a stretch of a line in one style, in runes.
type span struct {
	from, to int
	style    themes.Style
}

// handleKey edits; keys that mean nothing here are ignored.
func (e *editor) handleKey(msg tea.KeyMsg, keys *keymap.Map) {
	sql := keys.SQL
	if textedit.Typed(msg) == "" && keymap.Matches(msg, keys.Line.Complete) {
		e.text.Insert("    "[:4-e.text.Cursor().Col%4])
		return
	}
	textedit.Handle(e.text, msg, keys.Line, textedit.Keys{
		Undo: sql.Undo, Redo: sql.Redo, PageUp: sql.PageUp, PageDown: sql.PageDown, Top: sql.Top, Bottom: sql.Bottom,
	}, e.page)
}

// lines draws the part of the buffer that fits. The rows of the statement that
// would be run have a bar beside their numbers.
func (e *editor) lines(theme *themes.Theme, width, height int, focused bool) []string {
	b := e.text
	e.page = height
	gutter := e.gutter()
	e.scroll(width-gutter-1, height)
	first, last, found := b.StatementRows(b.Cursor(), e.top+height)
	out := make([]string, 0, height)
	for row := e.top; row < min(e.top+height, b.Len()); row++ {
		number := theme.Faint.Render(clean.Right(strconv.Itoa(row+1), gutter-1, ""))
		mark := e.mark(theme, row, found && row >= first && row <= last)
		out = append(out, number+mark+clean.Skip(e.line(theme, row, focused), e.left))
	}
	return out
}

// gutter is the width of the numbers with the mark behind them.
func (e *editor) gutter() int { return len(strconv.Itoa(e.text.Len())) + 2 }

// mark is the sign between a row's number and its text.
func (e *editor) mark(theme *themes.Theme, row int, inStatement bool) string {
	switch {
	case e.problem != nil && e.problem.Row == row:
		return theme.Tone(themes.Bad).Render(theme.Glyphs.Cross)
	case inStatement:
		return theme.Accent.Render(theme.Glyphs.V)
	}
	return " "
}

// scroll keeps the cursor in the window.
func (e *editor) scroll(width, height int) {
	cursor := e.text.Cursor()
	e.top = min(e.top, cursor.Row)
	e.top = max(e.top, cursor.Row-height+1)
	at := clean.Width(string(e.text.Line(cursor.Row)[:cursor.Col]))
	e.left = min(e.left, at)
	e.left = max(e.left, at-max(width, 1)+1, 0)
}

// cursorAt is where the cursor was drawn, in cells of the last lines.
func (e *editor) cursorAt() (x, y int) {
	cursor := e.text.Cursor()
	return e.gutter() + clean.Width(string(e.text.Line(cursor.Row)[:cursor.Col])) - e.left, cursor.Row - e.top
}

// line draws a whole line with its cursor and its problem.
func (e *editor) line(theme *themes.Theme, row int, focused bool) string {
	text, spans := e.text.Line(row), e.spans(theme, row)
	var out strings.Builder
	cursor, fault := -1, -1
	if focused && row == e.text.Cursor().Row {
		cursor = e.text.Cursor().Col
	}
	if e.problem != nil && e.problem.Row == row {
		fault = e.problem.Col
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
func (e *editor) spans(theme *themes.Theme, row int) []span {
	tokens := e.text.Tokens(row)
	unclosed, open := e.text.Unclosed()
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
