package buffer

import "unicode"

// before is the position one rune back.
func (b *Buffer) before() Position {
	p := b.cursor
	switch {
	case p.Col > 0:
		return Position{p.Row, p.Col - 1}
	case p.Row > 0:
		return Position{p.Row - 1, len(b.lines[p.Row-1])}
	}
	return p
}

// after is the position one rune on.
func (b *Buffer) after() Position {
	p := b.cursor
	switch {
	case p.Col < len(b.lines[p.Row]):
		return Position{p.Row, p.Col + 1}
	case p.Row < len(b.lines)-1:
		return Position{p.Row + 1, 0}
	}
	return p
}

// wordBefore is the start of the word before the cursor.
func (b *Buffer) wordBefore() Position {
	if b.cursor.Col == 0 {
		return b.before()
	}
	line, i := b.lines[b.cursor.Row], b.cursor.Col
	for i > 0 && !isWord(line[i-1]) {
		i--
	}
	for i > 0 && isWord(line[i-1]) {
		i--
	}
	return Position{b.cursor.Row, i}
}

// wordAfter is the end of the word after the cursor.
func (b *Buffer) wordAfter() Position {
	line, i := b.lines[b.cursor.Row], b.cursor.Col
	if i == len(line) {
		return b.after()
	}
	for i < len(line) && !isWord(line[i]) {
		i++
	}
	for i < len(line) && isWord(line[i]) {
		i++
	}
	return Position{b.cursor.Row, i}
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// MoveTo puts the cursor at p, or as near as the text allows.
func (b *Buffer) MoveTo(p Position) {
	b.cursor = b.Clamp(p)
	b.goal = b.cursor.Col
	b.history.typing = false
}

// MoveLines moves up (n < 0) or down, aiming for the column it came from.
func (b *Buffer) MoveLines(n int) {
	goal := b.goal
	b.MoveTo(Position{b.cursor.Row + n, goal})
	b.goal = goal
}

// MoveLeft moves a rune back, MoveRight one on; both cross line ends.
func (b *Buffer) MoveLeft() { b.MoveTo(b.before()) }

// MoveRight moves a rune on.
func (b *Buffer) MoveRight() { b.MoveTo(b.after()) }

// MoveWordLeft moves to the start of the word before.
func (b *Buffer) MoveWordLeft() { b.MoveTo(b.wordBefore()) }

// MoveWordRight moves to the end of the word after.
func (b *Buffer) MoveWordRight() { b.MoveTo(b.wordAfter()) }

// MoveEnd moves behind the last rune.
func (b *Buffer) MoveEnd() { b.MoveTo(Position{len(b.lines) - 1, len(b.lines[len(b.lines)-1])}) }
