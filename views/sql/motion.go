package sql

import "unicode"

// before is the place one rune back.
func (b *buffer) before() (row, col int) {
	switch {
	case b.col > 0:
		return b.row, b.col - 1
	case b.row > 0:
		return b.row - 1, len(b.lines[b.row-1])
	}
	return b.row, b.col
}

// after is the place one rune on.
func (b *buffer) after() (row, col int) {
	switch {
	case b.col < len(b.line()):
		return b.row, b.col + 1
	case b.row < len(b.lines)-1:
		return b.row + 1, 0
	}
	return b.row, b.col
}

// wordBefore is the start of the word before the cursor.
func (b *buffer) wordBefore() (row, col int) {
	if b.col == 0 {
		return b.before()
	}
	line, i := b.line(), b.col
	for i > 0 && !isWord(line[i-1]) {
		i--
	}
	for i > 0 && isWord(line[i-1]) {
		i--
	}
	return b.row, i
}

// wordAfter is the end of the word after the cursor.
func (b *buffer) wordAfter() (row, col int) {
	line, i := b.line(), b.col
	if i == len(line) {
		return b.after()
	}
	for i < len(line) && !isWord(line[i]) {
		i++
	}
	for i < len(line) && isWord(line[i]) {
		i++
	}
	return b.row, i
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// moveTo puts the cursor at (row, col), kept within the text.
func (b *buffer) moveTo(row, col int) {
	b.line()
	b.row = max(0, min(row, len(b.lines)-1))
	b.col = max(0, min(col, len(b.lines[b.row])))
	b.goal = b.col
	b.typing = false
}

// moveLines moves up (n < 0) or down, aiming for the column it came from.
func (b *buffer) moveLines(n int) {
	goal := b.goal
	b.moveTo(b.row+n, goal)
	b.goal = goal
}

func (b *buffer) moveEnd() { b.moveTo(len(b.lines)-1, len(b.lines[len(b.lines)-1])) }
