// Package buffer is a SQL text that is edited: lines of runes, a cursor, undo,
// and the tokens and statements in it, which are brought up to date only as far
// as a change reaches. It knows nothing of keys or screens.
package buffer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Position is a place in a text: a row, and a column in runes, both from 0.
type Position struct{ Row, Col int }

// Before says whether p stands before q.
func (p Position) Before(q Position) bool {
	return p.Row < q.Row || p.Row == q.Row && p.Col < q.Col
}

// Buffer is one text with its cursor. The content of a line is never changed in
// place, so that a Snapshot costs a copy of the list of lines. The zero Buffer
// is not ready: New makes one.
type Buffer struct {
	lines   [][]rune
	cursor  Position
	goal    int // column that up and down aim for
	history history
	lexed   lexed
	version uint64
	// checkpoints are scanners at the beginning of every checkpointRows-th row,
	// as far as the text was not changed since.
	checkpoints []scanner
}

// New makes a buffer of text with the cursor at its end.
func New(text string) *Buffer {
	b := &Buffer{lines: splitLines(normal(text)), version: 1}
	b.lexed.reset(len(b.lines))
	b.MoveEnd()
	return b
}

// normal makes line ends \n.
func normal(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

func splitLines(text string) [][]rune {
	lines := make([][]rune, 0, strings.Count(text, "\n")+1)
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, []rune(line))
	}
	return lines
}

// Snapshot is a text at one moment. It is safe to read while the buffer changes.
type Snapshot struct{ lines [][]rune }

// Snapshot takes the text as it is now.
func (b *Buffer) Snapshot() Snapshot { return Snapshot{slices.Clone(b.lines)} }

// String is the whole text, lines parted by \n.
func (s Snapshot) String() string { return joined(s.lines) }

func joined(lines [][]rune) string {
	size := len(lines)
	for _, line := range lines {
		size += len(line)
	}
	var text strings.Builder
	text.Grow(size)
	for i, line := range lines {
		if i > 0 {
			text.WriteByte('\n')
		}
		for _, r := range line {
			text.WriteRune(r)
		}
	}
	return text.String()
}

// Text is the whole text, lines parted by \n.
func (b *Buffer) Text() string { return joined(b.lines) }

// Version grows with each change of the text.
func (b *Buffer) Version() uint64 { return b.version }

// AddVersion makes the version newer by n: the text is newer than another of
// the same name.
func (b *Buffer) AddVersion(n uint64) { b.version += n }

// Len is the number of lines, at least one.
func (b *Buffer) Len() int { return len(b.lines) }

// Line is the text of a row, which is not to be changed.
func (b *Buffer) Line(row int) []rune { return b.lines[row] }

// Cursor is where letters go in.
func (b *Buffer) Cursor() Position { return b.cursor }

// Blank says whether there is nothing but white space.
func (b *Buffer) Blank() bool {
	for _, line := range b.lines {
		if !blank(line) {
			return false
		}
	}
	return true
}

func blank(line []rune) bool {
	return !slices.ContainsFunc(line, func(r rune) bool { return !unicode.IsSpace(r) })
}

// Between is the text from one position to another that is not before it.
func (b *Buffer) Between(from, to Position) string {
	if from.Row == to.Row {
		return string(b.lines[from.Row][from.Col:to.Col])
	}
	lines := slices.Concat(
		[][]rune{b.lines[from.Row][from.Col:]}, b.lines[from.Row+1:to.Row], [][]rune{b.lines[to.Row][:to.Col]},
	)
	return joined(lines)
}

// Clamp is the position in the text that is nearest to p.
func (b *Buffer) Clamp(p Position) Position {
	p.Row = max(0, min(p.Row, len(b.lines)-1))
	p.Col = max(0, min(p.Col, len(b.lines[p.Row])))
	return p
}

// after is the position behind text that begins at p.
func after(p Position, text string) Position {
	n := strings.Count(text, "\n")
	if n == 0 {
		return Position{p.Row, p.Col + utf8.RuneCountInString(text)}
	}
	return Position{p.Row + n, utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])}
}

// splice puts text in the place of what is between from and to. It keeps no
// history and leaves the cursor behind the text.
func (b *Buffer) splice(from, to Position, text string) {
	parts := splitLines(text)
	head, tail := b.lines[from.Row][:from.Col], b.lines[to.Row][to.Col:]
	parts[0] = slices.Concat(head, parts[0])
	last := len(parts) - 1
	b.cursor = Position{from.Row + last, len(parts[last])}
	parts[last] = slices.Concat(parts[last], tail)
	b.lines = slices.Replace(b.lines, from.Row, to.Row+1, parts...)
	b.lexed.splice(from.Row, to.Row+1-from.Row, len(parts))
	b.checkpoints = b.checkpoints[:min(len(b.checkpoints), from.Row/checkpointRows+1)]
	b.goal = b.cursor.Col
	b.version++
}

// change is splice that can be undone. Letters typed one after the other are
// one edit.
func (b *Buffer) change(from, to Position, text string, typed bool) {
	if from == to && text == "" {
		return
	}
	b.history.add(edit{at: from, removed: b.Between(from, to), inserted: text, before: b.cursor}, typed)
	b.splice(from, to, text)
}

// Insert puts text, of one line or more, at the cursor. Tabs become blanks and
// control characters go.
func (b *Buffer) Insert(text string) {
	text = typable(text)
	r, size := utf8.DecodeRuneInString(text)
	b.change(b.cursor, b.cursor, text, size > 0 && size == len(text) && !unicode.IsSpace(r))
}

func typable(text string) string {
	text = strings.ReplaceAll(normal(text), "\t", "    ")
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// Newline breaks the line and keeps its indentation.
func (b *Buffer) Newline() {
	line := b.lines[b.cursor.Row]
	indent := 0
	for indent < b.cursor.Col && line[indent] == ' ' {
		indent++
	}
	b.Insert("\n" + strings.Repeat(" ", indent))
}

// cut removes from the cursor to p, which may lie before it.
func (b *Buffer) cut(p Position) {
	from, to := b.cursor, p
	if to.Before(from) {
		from, to = to, from
	}
	b.change(from, to, "", false)
}

// Backspace removes the rune before the cursor, or joins with the line before.
func (b *Buffer) Backspace() { b.cut(b.before()) }

// Delete removes the rune under the cursor, or joins with the line after.
func (b *Buffer) Delete() { b.cut(b.after()) }

// CutWord removes the word before the cursor.
func (b *Buffer) CutWord() { b.cut(b.wordBefore()) }

// CutToEnd removes the rest of the line, or the line's end where nothing is left.
func (b *Buffer) CutToEnd() {
	if b.cursor.Col < len(b.lines[b.cursor.Row]) {
		b.cut(Position{b.cursor.Row, len(b.lines[b.cursor.Row])})
		return
	}
	b.Delete()
}

// CutToStart removes the line up to the cursor.
func (b *Buffer) CutToStart() { b.cut(Position{b.cursor.Row, 0}) }

// Replace puts text in the place of what is from p, which is not behind the
// cursor, to the cursor, as one edit.
func (b *Buffer) Replace(p Position, text string) { b.change(p, b.cursor, text, false) }

// Find is where text stands first.
func (b *Buffer) Find(text string) (Position, bool) { return b.FindFrom(Position{}, text) }

// FindFrom is where text stands: at p, or else where it stands first.
func (b *Buffer) FindFrom(p Position, text string) (Position, bool) {
	if end := after(p, text); p == b.Clamp(p) && end == b.Clamp(end) && b.Between(p, end) == text {
		return p, true
	}
	whole := b.Text()
	at := strings.Index(whole, text)
	if at < 0 {
		return Position{}, false
	}
	return after(Position{}, whole[:at]), true
}
