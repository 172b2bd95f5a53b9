// Package queries reads the queries, expressions and types of a statement.
package queries

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// MaxDepth is how deep expressions and queries may be nested.
const MaxDepth = 1000

// maxChain is how many infix operators may follow one another on one level.
const maxChain = 10000

// EOF is the kind of what follows the last token.
const EOF flinksql.TokenKind = -1

// Parser reads the tokens of a statement one after another.
type Parser struct {
	Text     string
	Tokens   []flinksql.Token
	At       int // the next token
	depth    int
	ofColumn bool // the type that is read is that of a column
}

// New is a parser at the first token of a text.
func New(text string) *Parser {
	all := flinksql.Lex(text)
	p := &Parser{Text: text, Tokens: all[:0]}
	for _, t := range all {
		if t.Kind != flinksql.Comment {
			p.Tokens = append(p.Tokens, t)
		}
	}
	return p
}

// Kind is that of the next token.
func (p *Parser) Kind() flinksql.TokenKind { return p.PeekKind(0) }

// PeekKind is the kind of the token n behind the next one.
func (p *Parser) PeekKind(n int) flinksql.TokenKind {
	if p.At+n >= len(p.Tokens) {
		return EOF
	}
	return p.Tokens[p.At+n].Kind
}

// Is says whether the next token is this word or sign.
func (p *Parser) Is(word string) bool { return p.PeekIs(0, word) }

// PeekIs says whether the token n behind the next one is this word or sign.
func (p *Parser) PeekIs(n int, word string) bool {
	return p.At+n < len(p.Tokens) && p.Tokens[p.At+n].Is(word)
}

// IsAny gives the word of the list that comes next, or "".
func (p *Parser) IsAny(words ...string) string {
	for _, w := range words {
		if p.Is(w) {
			return w
		}
	}
	return ""
}

// Accept takes these tokens if all of them come next.
func (p *Parser) Accept(words ...string) bool {
	for i, w := range words {
		if !p.PeekIs(i, w) {
			return false
		}
	}
	p.At += len(words)
	return true
}

// AcceptAny takes the word of the list that comes next, or gives "".
func (p *Parser) AcceptAny(words ...string) string {
	w := p.IsAny(words...)
	if w != "" {
		p.At++
	}
	return w
}

// Expect takes these tokens; what comes in their place is a mistake.
func (p *Parser) Expect(words ...string) error {
	for _, w := range words {
		if !p.Accept(w) {
			err := p.Unexpected(false)
			err.Message += "\nWas expecting:\n    \"" + w + "\" ..."
			return err
		}
	}
	return nil
}

func itoa(i int) string { return strconv.Itoa(i) }

func tokenPos(t flinksql.Token) ast.Pos {
	if !strings.Contains(t.Text, "\n") {
		return ast.Pos{
			Line: t.Line, Col: t.Column, EndLine: t.Line, EndCol: t.Column + utf8.RuneCountInString(t.Text) - 1,
		}
	}
	last := t.Text[strings.LastIndex(t.Text, "\n")+1:]
	return ast.Pos{
		Line: t.Line, Col: t.Column, EndLine: t.Line + strings.Count(t.Text, "\n"),
		EndCol: max(utf8.RuneCountInString(last), 1),
	}
}

// Pos is where the next token is, or the end of the last one.
func (p *Parser) Pos() ast.Pos {
	if p.At < len(p.Tokens) {
		return tokenPos(p.Tokens[p.At])
	}
	if len(p.Tokens) == 0 {
		return ast.Pos{}
	}
	end := tokenPos(p.Tokens[len(p.Tokens)-1])
	return ast.Pos{Line: end.EndLine, Col: end.EndCol, EndLine: end.EndLine, EndCol: end.EndCol}
}

// From is the span from a start to the last token taken.
func (p *Parser) From(start ast.Pos) ast.Pos {
	if p.At == 0 {
		return start
	}
	return start.To(tokenPos(p.Tokens[p.At-1]))
}

// comparisons are operators that are read together with what follows them.
var comparisons = map[string]bool{"=": true, "<>": true, "<": true, ">": true, "<=": true, ">=": true}

// Unexpected is Flink's complaint about the next token. A reserved word in
// upper case where a name could stand is called by its name.
func (p *Parser) Unexpected(nameExpected bool) *ast.Error {
	pos := p.Pos()
	if p.Kind() == EOF {
		if op := p.At - 1; op > 0 && comparisons[p.Tokens[op].Text] {
			pos = tokenPos(p.Tokens[op])
			return &ast.Error{Pos: pos, Message: fmt.Sprintf(
				"SQL parse failed. Encountered \"%s <EOF>\" at line %d, column %d.", p.Tokens[op].Text, pos.Line,
				pos.Col,
			)}
		}
		return &ast.Error{Pos: pos, Message: fmt.Sprintf(
			"Encountered \"<EOF>\" at line %d, column %d.", pos.Line, pos.Col,
		)}
	}
	t := p.Tokens[p.At]
	where := fmt.Sprintf("at line %d, column %d.", pos.Line, pos.Col)
	what := t.Text
	switch {
	case t.Kind == flinksql.Hint:
		return p.Unsupported("a hint")
	case t.Kind == flinksql.Invalid && strings.HasPrefix(t.Text, "/*"):
		what = "/*"
	case t.Kind == flinksql.Invalid && strings.ContainsAny(t.Text[:1], "'\"`"):
		what = `\` + t.Text[:1]
		pos.EndLine, pos.EndCol = pos.Line, pos.Col
	case t.Kind == flinksql.Invalid:
		r, _ := utf8.DecodeRuneInString(t.Text)
		return &ast.Error{Pos: pos, Message: fmt.Sprintf(
			"SQL parse failed. Lexical error at line %d, column %d.  Encountered: %q (%d), after : \"\"", pos.Line,
			pos.Col, t.Text, r,
		)}
	case t.Kind == flinksql.Keyword && nameExpected && t.Text == strings.ToUpper(t.Text):
		return &ast.Error{Pos: pos, Message: fmt.Sprintf(
			"SQL parse failed. Incorrect syntax near the keyword '%s' %s", t.Text, where,
		)}
	}
	if what == `\`+"`" {
		what = "`"
	}
	if before := p.At - 1; what == "=" && before > 0 && p.Tokens[before].Text == "=" {
		// an operator and the word behind it are looked at together
		pos = tokenPos(p.Tokens[before]).To(pos)
		what, where = "= =", fmt.Sprintf("at line %d, column %d.", pos.Line, pos.Col)
	}
	if p.At < len(p.Tokens) && p.Tokens[p.At].Kind == flinksql.String { // javacc escapes what it shows
		what = strings.ReplaceAll(what, "'", `\'`)
	}
	return &ast.Error{Pos: pos, Message: fmt.Sprintf("SQL parse failed. Encountered \"%s\" %s", what, where)}
}

// Unsupported says that drey does not read what comes next.
func (p *Parser) Unsupported(what string) *ast.Error {
	return ast.Unsupported(p.Pos(), what)
}

// enter counts a level of nesting.
func (p *Parser) enter() error {
	p.depth++
	if p.depth > MaxDepth {
		return ast.Unsupported(p.Pos(), fmt.Sprintf("more than %d levels of nesting", MaxDepth))
	}
	return nil
}

func (p *Parser) leave() { p.depth-- }

// isName says whether a name comes next.
func (p *Parser) isName() bool {
	k := p.Kind()
	return k == flinksql.Identifier || k == flinksql.Quoted
}

// Name reads a name that may not be a reserved word.
func (p *Parser) Name() (ast.Name, error) {
	if !p.isName() {
		return ast.Name{}, p.Unexpected(true)
	}
	return p.anyName(), nil
}

// anyName takes the next token as a name whatever it is.
func (p *Parser) anyName() ast.Name {
	n := ast.Name{Pos: p.Pos(), Text: p.Tokens[p.At].Text}
	if p.Kind() == flinksql.Quoted {
		n.Text = strings.ReplaceAll(n.Text[1:len(n.Text)-1], "``", "`")
	}
	p.At++
	return n
}

// Path reads a.b.c.
func (p *Parser) Path() ([]ast.Name, ast.Pos, error) {
	start := p.Pos()
	var parts []ast.Name
	for {
		n, err := p.Name()
		if err != nil {
			return nil, start, err
		}
		parts = append(parts, n)
		if !p.Accept(".") {
			return parts, p.From(start), nil
		}
	}
}

// Names reads (a, b, c), the opening parenthesis included.
func (p *Parser) Names() ([]ast.Name, error) {
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	var all []ast.Name
	for {
		n, err := p.Name()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if !p.Accept(",") {
			return all, p.Expect(")")
		}
	}
}
