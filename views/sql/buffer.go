package sql

import (
	"slices"
	"strings"
	"unicode"
)

// buffer is the text that is edited: lines of runes, a cursor, and undo. It
// knows nothing of keys or screens. The zero buffer is empty and ready.
type buffer struct {
	lines  [][]rune
	row    int
	col    int // in runes
	goal   int // column that up and down aim for
	undone []snapshot
	done   []snapshot
	typing bool // the last edit was typing: further letters join it in undo
	// version grows with each change of the text.
	version uint64
}

type snapshot struct {
	text     string
	row, col int
}

// undoDepth is how many edits can be taken back.
const undoDepth = 200

func newBuffer(text string) *buffer {
	b := &buffer{}
	b.load(text)
	b.moveEnd()
	return b
}

func (b *buffer) load(text string) {
	b.lines = b.lines[:0]
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		b.lines = append(b.lines, []rune(line))
	}
	b.row, b.col = 0, 0
	b.version++
}

// text is the whole text, lines parted by \n.
func (b *buffer) text() string {
	var s strings.Builder
	for i, line := range b.lines {
		if i > 0 {
			s.WriteByte('\n')
		}
		s.WriteString(string(line))
	}
	return s.String()
}

// offset is the cursor's place in text, in bytes.
func (b *buffer) offset() int {
	n := 0
	for _, line := range b.lines[:b.row] {
		n += len(string(line)) + 1
	}
	return n + len(string(b.line()[:b.col]))
}

// place is the row and column, from 0, of a byte offset in text.
func (b *buffer) place(offset int) (row, col int) {
	for i, line := range b.lines {
		size := len(string(line))
		if offset <= size || i == len(b.lines)-1 {
			return i, len([]rune(string(line)[:min(offset, size)]))
		}
		offset -= size + 1
	}
	return 0, 0
}

func (b *buffer) line() []rune {
	if len(b.lines) == 0 {
		b.lines = [][]rune{nil}
	}
	return b.lines[b.row]
}

// remember keeps the text as it is for undo; a run of typed letters is one edit.
func (b *buffer) remember(typing bool) {
	if !typing || !b.typing {
		b.done = append(b.done, snapshot{b.text(), b.row, b.col})
		if len(b.done) > undoDepth {
			b.done = b.done[1:]
		}
	}
	b.undone = nil
	b.typing = typing
	b.version++
}

func (b *buffer) undo() { b.swap(&b.done, &b.undone) }
func (b *buffer) redo() { b.swap(&b.undone, &b.done) }

func (b *buffer) swap(from, to *[]snapshot) {
	if len(*from) == 0 {
		return
	}
	last := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	*to = append(*to, snapshot{b.text(), b.row, b.col})
	b.load(last.text)
	b.row, b.col = last.row, last.col
	b.typing = false
}

// insert puts text, of one line or more, at the cursor.
func (b *buffer) insert(text string) {
	text = typable(text)
	if text == "" {
		return
	}
	single := []rune(text)
	b.remember(len(single) == 1 && !unicode.IsSpace(single[0]))
	line := b.line()
	tail := append([]rune(nil), line[b.col:]...)
	parts := strings.Split(text, "\n")
	b.lines[b.row] = append(line[:b.col:b.col], []rune(parts[0])...)
	for _, part := range parts[1:] {
		b.row++
		b.lines = append(b.lines, nil)
		copy(b.lines[b.row+1:], b.lines[b.row:])
		b.lines[b.row] = []rune(part)
	}
	b.col = len(b.lines[b.row])
	b.lines[b.row] = append(b.lines[b.row], tail...)
	b.goal = b.col
}

// typable keeps what can be typed: tabs become blanks, control characters go.
func typable(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(text)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// newline breaks the line and keeps its indentation.
func (b *buffer) newline() {
	line := b.line()
	indent := 0
	for indent < b.col && line[indent] == ' ' {
		indent++
	}
	b.insert("\n" + strings.Repeat(" ", indent))
}

// cut removes from the cursor to (row, col), which may lie before it.
func (b *buffer) cut(row, col int) {
	if row == b.row && col == b.col {
		return
	}
	b.remember(false)
	fromRow, fromCol, toRow, toCol := b.row, b.col, row, col
	if toRow < fromRow || (toRow == fromRow && toCol < fromCol) {
		fromRow, fromCol, toRow, toCol = toRow, toCol, fromRow, fromCol
	}
	joined := append(append([]rune(nil), b.lines[fromRow][:fromCol]...), b.lines[toRow][toCol:]...)
	b.lines = append(b.lines[:fromRow+1], b.lines[toRow+1:]...)
	b.lines[fromRow] = joined
	b.row, b.col, b.goal = fromRow, fromCol, fromCol
}

// backspace removes the rune before the cursor, or joins with the line before.
func (b *buffer) backspace() { b.cut(b.before()) }

// remove removes the rune under the cursor, or joins with the line after.
func (b *buffer) remove() { b.cut(b.after()) }

// cutWord removes the word before the cursor.
func (b *buffer) cutWord() { b.cut(b.wordBefore()) }

// cutToEnd removes the rest of the line, or the line's end where nothing rests.
func (b *buffer) cutToEnd() {
	if b.col < len(b.line()) {
		b.cut(b.row, len(b.line()))
		return
	}
	b.remove()
}

// cutToStart removes the line up to the cursor.
func (b *buffer) cutToStart() { b.cut(b.row, 0) }

// replace puts text of one line in the place of what is from (row, col) to the
// cursor, as one edit.
func (b *buffer) replace(row, col int, text string) {
	b.remember(false)
	line := b.lines[row]
	b.lines[row] = slices.Concat(line[:col], []rune(text), line[b.col:])
	b.row, b.col = row, col+len([]rune(text))
	b.goal = b.col
}

// clear removes everything; undo brings it back.
func (b *buffer) clear() {
	b.remember(false)
	b.load("")
}
