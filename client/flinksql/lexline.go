package flinksql

import "strings"

// Open says what a line of a text ends within: the next line goes on with it.
type Open byte

// What a line may end within.
const (
	OpenNothing Open = iota
	OpenComment      // /* …
	OpenHint         // /*+ …
	OpenString       // '…
	OpenQuoted       // `…
)

// kind is that of a token which is open.
func (o Open) kind() TokenKind {
	switch o {
	case OpenComment:
		return Comment
	case OpenHint:
		return Hint
	case OpenString:
		return String
	case OpenQuoted:
		return Quoted
	}
	return Invalid
}

// LexLine cuts one line of a text, without its line end, into tokens; before is
// what the line above ends within. Offsets count from the line's start, Line is
// 1. A token that goes on beyond the line has the kind it will have when it is
// closed, where Lex, which sees the end of the text, may say Invalid.
func LexLine(line string, before Open) (tokens []Token, after Open) {
	l := lexer{text: line, line: 1, column: 1}
	open := before
	if open != OpenNothing {
		length, closed := closing(line, open)
		tokens = append(tokens, Token{Kind: open.kind(), Text: line[:length], Line: 1, Column: 1})
		if !closed {
			return tokens, open
		}
		l.advance(length)
	}
	for {
		l.skipSpace()
		if l.pos >= len(line) {
			return tokens, OpenNothing
		}
		t := Token{Offset: l.pos, Line: 1, Column: l.column}
		var length int
		t.Kind, length = l.next()
		t.Text = line[l.pos : l.pos+length]
		if t.Kind == Invalid {
			if open = openedBy(t.Text); open != OpenNothing {
				t.Kind = open.kind()
				return append(tokens, t), open
			}
		}
		l.advance(length)
		tokens = append(tokens, t)
	}
}

// closing is how much of a line belongs to what is open before it.
func closing(line string, open Open) (length int, closed bool) {
	switch open {
	case OpenComment, OpenHint:
		if i := strings.Index(line, "*/"); i >= 0 {
			return i + 2, true
		}
		return len(line), false
	case OpenQuoted:
		return closingQuote(line, '`')
	}
	return closingQuote(line, '\'')
}

func closingQuote(line string, quote byte) (length int, closed bool) {
	for i := 0; i < len(line); i++ {
		if line[i] != quote {
			continue
		}
		if i+1 < len(line) && line[i+1] == quote {
			i++
			continue
		}
		return i + 1, true
	}
	return len(line), false
}

// openedBy says what an unterminated token began.
func openedBy(text string) Open {
	switch {
	case strings.HasPrefix(text, "/*+"):
		return OpenHint
	case strings.HasPrefix(text, "/*"):
		return OpenComment
	case text[0] == '`':
		return OpenQuoted
	case strings.IndexByte(text, '\'') >= 0:
		return OpenString
	}
	return OpenNothing
}
