package buffer

import (
	"slices"

	"drey/client/flinksql"
)

// lexed are the tokens of a text by line. After a change only lines are read
// again whose text or whose beginning, inside a comment or a string, changed.
type lexed struct {
	lines []lexedLine
	// The lines from dirtyFrom to dirtyTo, without it, may be out of date; what
	// is before dirtyFrom is not.
	dirtyFrom, dirtyTo int
	reads              int // lines that were read, for tests
}

type lexedLine struct {
	tokens []flinksql.Token // Column is from 1, in runes
	before flinksql.Open
	after  flinksql.Open
	valid  bool
	// semicolon says whether one of the tokens is one; last and nextToLast are
	// the last tokens that are no comments, -1 without.
	semicolon        bool
	last, nextToLast int
}

func (x *lexed) reset(lines int) {
	x.lines = make([]lexedLine, lines)
	x.dirtyFrom, x.dirtyTo = 0, lines
}

// splice tells that n lines from row on became m lines.
func (x *lexed) splice(row, n, m int) {
	clean := x.dirtyFrom >= len(x.lines)
	x.lines = slices.Replace(x.lines, row, row+n, make([]lexedLine, m)...)
	if clean {
		x.dirtyFrom, x.dirtyTo = row, row+m
		return
	}
	x.dirtyFrom = min(x.dirtyFrom, row)
	if x.dirtyTo > row {
		x.dirtyTo += m - n
	}
	x.dirtyTo = max(x.dirtyTo, row+m)
}

// ensure brings the lines before end up to date.
func (b *Buffer) ensure(end int) {
	x := &b.lexed
	end = min(end, len(x.lines))
	for x.dirtyFrom < end {
		row := x.dirtyFrom
		before := flinksql.OpenNothing
		if row > 0 {
			before = x.lines[row-1].after
		}
		line := &x.lines[row]
		if line.valid && line.before == before {
			if row >= x.dirtyTo { // the rest goes on as it did
				x.dirtyFrom, x.dirtyTo = len(x.lines), len(x.lines)
				return
			}
			x.dirtyFrom++
			continue
		}
		*line = lexLine(string(b.lines[row]), before)
		x.reads++
		x.dirtyFrom++
		x.dirtyTo = max(x.dirtyTo, x.dirtyFrom)
	}
	if x.dirtyFrom == len(x.lines) {
		x.dirtyTo = x.dirtyFrom
	}
}

func lexLine(text string, before flinksql.Open) lexedLine {
	line := lexedLine{before: before, valid: true, last: -1, nextToLast: -1}
	line.tokens, line.after = flinksql.LexLine(text, before)
	for i, t := range line.tokens {
		if t.Kind == flinksql.Comment {
			continue
		}
		line.last, line.nextToLast = i, line.last
		line.semicolon = line.semicolon || t.Is(";")
	}
	return line
}

// Tokens are those of a row, Column from 1 in runes; a token that goes on from
// the line before begins at column 1.
func (b *Buffer) Tokens(row int) []flinksql.Token {
	b.ensure(row + 1)
	return b.lexed.lines[row].tokens
}

// Unclosed is where a comment, string or quoted name begins that nothing
// closes. It is looked for only in texts that are read to their end already.
func (b *Buffer) Unclosed() (p Position, ok bool) {
	x := &b.lexed
	if x.dirtyFrom < len(x.lines) || x.lines[len(x.lines)-1].after == flinksql.OpenNothing {
		return Position{}, false
	}
	row := len(x.lines) - 1
	for row > 0 && x.lines[row].before != flinksql.OpenNothing && (len(x.lines[row].tokens) <= 1) {
		row--
	}
	tokens := x.lines[row].tokens
	return Position{row, tokens[len(tokens)-1].Column - 1}, true
}
