package flinksql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenKind says what a token is.
type TokenKind int

// The kinds of token. White space makes no token.
const (
	Invalid    TokenKind = iota // an unterminated string or comment, or a character Flink does not know
	Keyword                     // a reserved word of Flink's parser
	Identifier                  // a name, words that are keywords only in some places included
	Quoted                      // a name in backticks
	String                      // 'text', also with a prefix: X'CAFE', _UTF8'x', U&'x'
	Number
	Operator
	Punctuation // ( ) [ ] , ; . { }
	Comment
	Hint // /*+ … */
)

// Token is a piece of a text.
type Token struct {
	Kind   TokenKind
	Text   string // as written
	Offset int    // in bytes
	Line   int    // from 1
	Column int    // from 1, in characters
}

// End is the offset after the token.
func (t Token) End() int { return t.Offset + len(t.Text) }

// Is says whether the token is this word (upper case) or sign, not quoted.
func (t Token) Is(word string) bool {
	switch t.Kind {
	case Keyword, Identifier:
		return strings.EqualFold(t.Text, word)
	case Operator, Punctuation:
		return t.Text == word
	}
	return false
}

// Lex cuts a text into tokens. It never fails: what it does not know is of
// kind Invalid, and every byte is in a token or is white space.
func Lex(text string) []Token {
	l := lexer{text: text, line: 1, column: 1}
	tokens := make([]Token, 0, len(text)/5+4)
	for {
		l.skipSpace()
		if l.pos >= len(text) {
			return tokens
		}
		t := Token{Offset: l.pos, Line: l.line, Column: l.column}
		var length int
		t.Kind, length = l.next()
		t.Text = text[l.pos : l.pos+length]
		l.advance(length)
		tokens = append(tokens, t)
	}
}

type lexer struct {
	text              string
	pos, line, column int
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.text) {
		r, n := rune(l.text[l.pos]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(l.text[l.pos:])
		}
		if !unicode.IsSpace(r) && r != '\ufeff' {
			return
		}
		l.advance(n)
	}
}

// advance moves over n bytes and keeps line and column.
func (l *lexer) advance(n int) {
	for end := l.pos + n; l.pos < end; {
		c := l.text[l.pos]
		if c < utf8.RuneSelf {
			l.pos++
		} else {
			_, size := utf8.DecodeRuneInString(l.text[l.pos:])
			l.pos += size
		}
		l.column++
		if c == '\n' {
			l.line, l.column = l.line+1, 1
		}
	}
}

// next is the kind and the length in bytes of the token here.
func (l *lexer) next() (TokenKind, int) {
	rest := l.text[l.pos:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"):
		return Comment, lineLength(rest)
	case strings.HasPrefix(rest, "/*"):
		return blockComment(rest)
	case c == '\'':
		return quoted(rest, 0, String)
	case c == '`':
		return quoted(rest, 0, Quoted)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return Number, numberLength(rest)
	case strings.IndexByte("()[],;.{}", c) >= 0:
		return Punctuation, 1
	}
	if kind, n := word(rest); n > 0 {
		return kind, n
	}
	if n := operatorLength(rest); n > 0 {
		return Operator, n
	}
	_, n := utf8.DecodeRuneInString(rest)
	return Invalid, n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

func blockComment(s string) (TokenKind, int) {
	kind := Comment
	if strings.HasPrefix(s, "/*+") {
		kind = Hint
	}
	i := strings.Index(s[2:], "*/")
	if i < 0 {
		return Invalid, len(s)
	}
	return kind, i + 4
}

// quoted reads from the quote at s[from]; a doubled quote stands for one.
func quoted(s string, from int, kind TokenKind) (TokenKind, int) {
	quote := s[from]
	for i := from + 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return kind, i + 1
	}
	return Invalid, len(s)
}

func numberLength(s string) int {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i < len(s) && s[i] == '.' {
		i++
		for i < len(s) && isDigit(s[i]) {
			i++
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if j < len(s) && isDigit(s[j]) {
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			i = j
		}
	}
	return i
}

// word reads a name, or a string with a prefix.
func word(s string) (TokenKind, int) {
	n := wordLength(s)
	if n == 0 {
		return Invalid, 0
	}
	w := s[:n]
	if n < len(s) && s[n] == '\'' && (len(w) == 1 && strings.ContainsAny(w, "xXnN") || w[0] == '_') {
		return quoted(s, n, String)
	}
	if (w == "U" || w == "u") && strings.HasPrefix(s[n:], "&'") {
		return quoted(s, n+1, String)
	}
	if IsReserved(w) {
		return Keyword, n
	}
	return Identifier, n
}

func wordLength(s string) int {
	for i, r := range s {
		if r == '_' || r == '$' || unicode.IsLetter(r) || i > 0 && (unicode.IsDigit(r) || unicode.IsMark(r)) {
			continue
		}
		return i
	}
	return len(s)
}

var operators = []string{"<=>", "<>", "<=", ">=", "!=", "||", "=>", "->", "::"}

func operatorLength(s string) int {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return len(op)
		}
	}
	if strings.IndexByte("+-*/%=<>|^&?:", s[0]) >= 0 {
		return 1
	}
	return 0
}
