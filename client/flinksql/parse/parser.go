package parse

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

// Parse reads one statement; an ending semicolon is allowed.
func Parse(text string) (ast.Statement, error) {
	p := newParser(text)
	s, err := p.statement()
	if err != nil {
		return nil, err
	}
	if p.accept(";") && p.kind() != eof {
		return nil, &ast.Error{Pos: p.pos(), Message: "only single statement supported"}
	}
	if p.kind() != eof {
		return nil, p.unexpected(true)
	}
	return s, nil
}

const eof flinksql.TokenKind = -1

type parser struct {
	text     string
	tokens   []flinksql.Token
	at       int
	depth    int
	ofColumn bool // the type that is read is that of a column
}

func newParser(text string) *parser {
	all := flinksql.Lex(text)
	p := &parser{text: text, tokens: all[:0]}
	for _, t := range all {
		if t.Kind != flinksql.Comment {
			p.tokens = append(p.tokens, t)
		}
	}
	return p
}

func (p *parser) kind() flinksql.TokenKind { return p.peekKind(0) }

func (p *parser) peekKind(n int) flinksql.TokenKind {
	if p.at+n >= len(p.tokens) {
		return eof
	}
	return p.tokens[p.at+n].Kind
}

// is says whether the next token is this word or sign.
func (p *parser) is(word string) bool { return p.peekIs(0, word) }

func (p *parser) peekIs(n int, word string) bool {
	return p.at+n < len(p.tokens) && p.tokens[p.at+n].Is(word)
}

// isAny gives the word of the list that comes next, or "".
func (p *parser) isAny(words ...string) string {
	for _, w := range words {
		if p.is(w) {
			return w
		}
	}
	return ""
}

// accept takes these tokens if all of them come next.
func (p *parser) accept(words ...string) bool {
	for i, w := range words {
		if !p.peekIs(i, w) {
			return false
		}
	}
	p.at += len(words)
	return true
}

func (p *parser) acceptAny(words ...string) string {
	w := p.isAny(words...)
	if w != "" {
		p.at++
	}
	return w
}

func (p *parser) expect(words ...string) error {
	for _, w := range words {
		if !p.accept(w) {
			err := p.unexpected(false)
			err.Message += "\nWas expecting:\n    \"" + w + "\" ..."
			return err
		}
	}
	return nil
}

func itoa(i int) string { return strconv.Itoa(i) }

func tokenPos(t flinksql.Token) ast.Pos {
	if !strings.Contains(t.Text, "\n") {
		return ast.Pos{Line: t.Line, Col: t.Column, EndLine: t.Line, EndCol: t.Column + utf8.RuneCountInString(t.Text) - 1}
	}
	last := t.Text[strings.LastIndex(t.Text, "\n")+1:]
	return ast.Pos{Line: t.Line, Col: t.Column, EndLine: t.Line + strings.Count(t.Text, "\n"), EndCol: max(utf8.RuneCountInString(last), 1)}
}

// pos is where the next token is, or the end of the last one.
func (p *parser) pos() ast.Pos {
	if p.at < len(p.tokens) {
		return tokenPos(p.tokens[p.at])
	}
	if len(p.tokens) == 0 {
		return ast.Pos{}
	}
	end := tokenPos(p.tokens[len(p.tokens)-1])
	return ast.Pos{Line: end.EndLine, Col: end.EndCol, EndLine: end.EndLine, EndCol: end.EndCol}
}

// from is the span from a start to the last token taken.
func (p *parser) from(start ast.Pos) ast.Pos {
	if p.at == 0 {
		return start
	}
	return start.To(tokenPos(p.tokens[p.at-1]))
}

// comparisons are operators that are read together with what follows them.
var comparisons = map[string]bool{"=": true, "<>": true, "<": true, ">": true, "<=": true, ">=": true}

// unexpected is Flink's complaint about the next token. A reserved word in
// upper case where a name could stand is called by its name.
func (p *parser) unexpected(nameExpected bool) *ast.Error {
	pos := p.pos()
	if p.kind() == eof {
		if op := p.at - 1; op > 0 && comparisons[p.tokens[op].Text] {
			pos = tokenPos(p.tokens[op])
			return &ast.Error{Pos: pos, Message: fmt.Sprintf("SQL parse failed. Encountered \"%s <EOF>\" at line %d, column %d.", p.tokens[op].Text, pos.Line, pos.Col)}
		}
		return &ast.Error{Pos: pos, Message: fmt.Sprintf("Encountered \"<EOF>\" at line %d, column %d.", pos.Line, pos.Col)}
	}
	t := p.tokens[p.at]
	where := fmt.Sprintf("at line %d, column %d.", pos.Line, pos.Col)
	what := t.Text
	switch {
	case t.Kind == flinksql.Hint:
		return p.unsupported("a hint")
	case t.Kind == flinksql.Invalid && strings.HasPrefix(t.Text, "/*"):
		what = "/*"
	case t.Kind == flinksql.Invalid && strings.ContainsAny(t.Text[:1], "'\"`"):
		what = `\` + t.Text[:1]
		pos.EndLine, pos.EndCol = pos.Line, pos.Col
	case t.Kind == flinksql.Invalid:
		r, _ := utf8.DecodeRuneInString(t.Text)
		return &ast.Error{Pos: pos, Message: fmt.Sprintf("SQL parse failed. Lexical error at line %d, column %d.  Encountered: %q (%d), after : \"\"", pos.Line, pos.Col, t.Text, r)}
	case t.Kind == flinksql.Keyword && nameExpected && t.Text == strings.ToUpper(t.Text):
		return &ast.Error{Pos: pos, Message: fmt.Sprintf("SQL parse failed. Incorrect syntax near the keyword '%s' %s", t.Text, where)}
	}
	if what == `\`+"`" {
		what = "`"
	}
	if before := p.at - 1; what == "=" && before > 0 && p.tokens[before].Text == "=" {
		// an operator and the word behind it are looked at together
		pos = tokenPos(p.tokens[before]).To(pos)
		what, where = "= =", fmt.Sprintf("at line %d, column %d.", pos.Line, pos.Col)
	}
	if p.at < len(p.tokens) && p.tokens[p.at].Kind == flinksql.String { // javacc escapes what it shows
		what = strings.ReplaceAll(what, "'", `\'`)
	}
	return &ast.Error{Pos: pos, Message: fmt.Sprintf("SQL parse failed. Encountered \"%s\" %s", what, where)}
}

// unsupported says that drey does not read what comes next.
func (p *parser) unsupported(what string) *ast.Error {
	return ast.Unsupported(p.pos(), what)
}

// enter counts a level of nesting.
func (p *parser) enter() error {
	p.depth++
	if p.depth > MaxDepth {
		return ast.Unsupported(p.pos(), fmt.Sprintf("more than %d levels of nesting", MaxDepth))
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// isName says whether a name comes next.
func (p *parser) isName() bool {
	k := p.kind()
	return k == flinksql.Identifier || k == flinksql.Quoted
}

// name reads a name that may not be a reserved word.
func (p *parser) name() (ast.Name, error) {
	if !p.isName() {
		return ast.Name{}, p.unexpected(true)
	}
	return p.anyName(), nil
}

// anyName takes the next token as a name whatever it is.
func (p *parser) anyName() ast.Name {
	n := ast.Name{Pos: p.pos(), Text: p.tokens[p.at].Text}
	if p.kind() == flinksql.Quoted {
		n.Text = strings.ReplaceAll(n.Text[1:len(n.Text)-1], "``", "`")
	}
	p.at++
	return n
}

// path reads a.b.c.
func (p *parser) path() ([]ast.Name, ast.Pos, error) {
	start := p.pos()
	var parts []ast.Name
	for {
		n, err := p.name()
		if err != nil {
			return nil, start, err
		}
		parts = append(parts, n)
		if !p.accept(".") {
			return parts, p.from(start), nil
		}
	}
}

// names reads (a, b, c), the opening parenthesis included.
func (p *parser) names() ([]ast.Name, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var all []ast.Name
	for {
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if !p.accept(",") {
			return all, p.expect(")")
		}
	}
}
