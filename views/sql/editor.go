package sql

import (
	"strconv"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
)

// editor shows and changes a buffer.
type editor struct {
	buffer  *buffer
	page    int // lines seen
	top     int // first line seen
	left    int // cells scrolled away
	problem *problem

	painted uint64 // version that styles were made for
	styles  [][]span
}

// problem is where the server found fault, from 0.
type problem struct{ row, col int }

// span is a stretch of a line in one style, in runes.
type span struct {
	from, to int
	style    themes.Style
}

// handleKey edits; keys that mean nothing here are ignored.
func (e *editor) handleKey(msg tea.KeyMsg, keys *keymap.Map) {
	b := e.buffer
	if text := typedText(msg); text != "" {
		b.insert(text)
		return
	}
	line, sql := keys.Line, keys.SQL
	switch {
	case keymap.Matches(msg, sql.Undo):
		b.undo()
	case keymap.Matches(msg, sql.Redo):
		b.redo()
	case keymap.Matches(msg, line.Accept):
		b.newline()
	case keymap.Matches(msg, line.Complete):
		b.insert("    "[:4-b.col%4])
	case keymap.Matches(msg, line.Backspace):
		b.backspace()
	case keymap.Matches(msg, line.Delete):
		b.remove()
	case keymap.Matches(msg, line.KillWord):
		b.cutWord()
	case keymap.Matches(msg, line.KillHead):
		b.cutToStart()
	case keymap.Matches(msg, line.KillTail):
		b.cutToEnd()
	default:
		e.move(msg, keys)
	}
}

func typedText(msg tea.KeyMsg) string {
	if msg.Paste {
		return string(msg.Runes)
	}
	return keymap.Typed(msg)
}

func (e *editor) move(msg tea.KeyMsg, keys *keymap.Map) {
	b, line, sql := e.buffer, keys.Line, keys.SQL
	switch {
	case keymap.Matches(msg, line.Up):
		b.moveLines(-1)
	case keymap.Matches(msg, line.Down):
		b.moveLines(1)
	case keymap.Matches(msg, sql.PageUp):
		b.moveLines(-max(e.page, 1))
	case keymap.Matches(msg, sql.PageDown):
		b.moveLines(max(e.page, 1))
	case keymap.Matches(msg, line.Left):
		b.moveTo(b.before())
	case keymap.Matches(msg, line.Right):
		b.moveTo(b.after())
	case keymap.Matches(msg, line.WordLeft):
		b.moveTo(b.wordBefore())
	case keymap.Matches(msg, line.WordRight):
		b.moveTo(b.wordAfter())
	case keymap.Matches(msg, line.Home):
		b.moveTo(b.row, 0)
	case keymap.Matches(msg, line.End):
		b.moveTo(b.row, len(b.line()))
	case keymap.Matches(msg, sql.Top):
		b.moveTo(0, 0)
	case keymap.Matches(msg, sql.Bottom):
		b.moveEnd()
	}
}

// lines draws the part of the buffer that fits.
func (e *editor) lines(theme *themes.Theme, width, height int, focused bool) []string {
	b := e.buffer
	b.line()
	e.page = height
	e.paint(theme)
	gutter := len(strconv.Itoa(len(b.lines))) + 2
	e.scroll(width-gutter-1, height)
	out := make([]string, 0, height)
	for y := range height {
		row := e.top + y
		if row >= len(b.lines) {
			break
		}
		number := theme.Faint.Render(clean.Right(strconv.Itoa(row+1), gutter-1, "") + " ")
		out = append(out, number+clean.Skip(e.line(theme, row, focused), e.left))
	}
	return out
}

// scroll keeps the cursor in the window.
func (e *editor) scroll(width, height int) {
	b := e.buffer
	e.top = min(e.top, b.row)
	e.top = max(e.top, b.row-height+1)
	at := clean.Width(string(b.line()[:b.col]))
	e.left = min(e.left, at)
	e.left = max(e.left, at-max(width, 1)+1, 0)
}

// cursorAt is where the cursor was drawn, in cells of the last lines.
func (e *editor) cursorAt() (x, y int) {
	b := e.buffer
	gutter := len(strconv.Itoa(len(b.lines))) + 2
	return gutter + clean.Width(string(b.line()[:b.col])) - e.left, b.row - e.top
}

// line draws a whole line with its cursor and its problem.
func (e *editor) line(theme *themes.Theme, row int, focused bool) string {
	b := e.buffer
	text := b.lines[row]
	var out strings.Builder
	cursor := -1
	if focused && row == b.row {
		cursor = b.col
	}
	for i := 0; i <= len(text); {
		style, to := e.styleAt(row, i, len(text))
		special := i == cursor || (e.problem != nil && e.problem.row == row && e.problem.col == i)
		if special {
			to = i + 1
		} else {
			to = e.stopAt(row, i, to, cursor)
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

// stopAt ends a stretch before the cursor or the problem.
func (e *editor) stopAt(row, from, to, cursor int) int {
	if cursor > from {
		to = min(to, cursor)
	}
	if p := e.problem; p != nil && p.row == row && p.col > from {
		to = min(to, p.col)
	}
	return to
}

func (e *editor) styleAt(row, col, end int) (themes.Style, int) {
	for _, s := range e.styles[row] {
		if col < s.from {
			return themes.Style{}, s.from
		}
		if col < s.to {
			return s.style, s.to
		}
	}
	return themes.Style{}, max(end, col+1)
}

// paint makes the styles of a changed text.
func (e *editor) paint(theme *themes.Theme) {
	b := e.buffer
	if e.painted == b.version && len(e.styles) == len(b.lines) {
		return
	}
	e.painted = b.version
	e.styles = make([][]span, len(b.lines))
	tokens := flinksql.Lex(b.text())
	for i, t := range tokens {
		style := theme.Chroma(chromaType(tokens, i))
		row, col := t.Line-1, t.Column-1
		for n, part := range strings.Split(t.Text, "\n") {
			if n > 0 {
				row, col = row+1, 0
			}
			width := len([]rune(part))
			if row < len(e.styles) {
				e.styles[row] = append(e.styles[row], span{col, col + width, style})
			}
		}
	}
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
