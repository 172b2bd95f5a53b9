package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// jsonCalls read what stands in the parentheses of JSON functions.
var jsonCalls map[string]func(*parser, *ast.Call) error

func init() { // its functions read expressions, which refer to it
	jsonCalls = map[string]func(*parser, *ast.Call) error{
		"JSON_EXISTS": (*parser).jsonPath, "JSON_VALUE": (*parser).jsonPath, "JSON_QUERY": (*parser).jsonPath,
		"JSON_OBJECT": (*parser).jsonObject, "JSON_OBJECTAGG": (*parser).jsonObject,
		"JSON_ARRAY": (*parser).jsonArray, "JSON_ARRAYAGG": (*parser).jsonArray,
	}
}

func (p *parser) jsonCall(read func(*parser, *ast.Call) error) (ast.Expr, error) {
	start := p.pos()
	c := &ast.Call{Name: p.tokens[p.at].Text, JSON: &ast.JSON{}}
	p.at += 2
	if err := read(p, c); err != nil {
		return nil, err
	}
	if err := p.expectOr(")"); err != nil {
		return nil, err
	}
	c.Pos = p.from(start)
	return p.callSuffix(c)
}

// jsonPath reads input, path and the clauses behind them.
func (p *parser) jsonPath(c *ast.Call) error {
	for i := range 2 {
		if i > 0 && !p.accept(",") {
			return p.unexpected(true)
		}
		e, err := p.expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, e)
	}
	if p.accept("RETURNING") {
		t, err := p.dataType()
		if err != nil {
			return err
		}
		c.JSON.Returning = t
	}
	if strings.EqualFold(c.Name, "JSON_QUERY") {
		p.wrapper(c.JSON)
	}
	for {
		b, err := p.behaviour()
		if err != nil || b.What == "" {
			return err
		}
		switch {
		case p.accept("ON", "EMPTY"):
			c.JSON.OnEmpty = b
		case p.accept("ON", "ERROR"):
			c.JSON.OnError = b
		default:
			return p.unexpected(false)
		}
	}
}

func (p *parser) wrapper(j *ast.JSON) {
	switch {
	case p.accept("WITHOUT"):
		j.Wrapper = "WITHOUT"
	case p.accept("WITH", "CONDITIONAL"):
		j.Wrapper = "CONDITIONAL"
	case p.accept("WITH"):
		p.accept("UNCONDITIONAL")
		j.Wrapper = "WITH"
	default:
		return
	}
	p.accept("ARRAY")
	p.accept("WRAPPER")
}

func (p *parser) behaviour() (ast.Behaviour, error) {
	switch w := p.acceptAny("NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN", "DEFAULT", "EMPTY"); w {
	case "DEFAULT":
		e, err := p.expr()
		return ast.Behaviour{What: w, X: e}, err
	case "EMPTY":
		kind := p.acceptAny("ARRAY", "OBJECT")
		if kind == "" {
			return ast.Behaviour{}, p.unexpected(false)
		}
		return ast.Behaviour{What: w + " " + kind}, nil
	default:
		return ast.Behaviour{What: w}, nil
	}
}

// onNull reads NULL ON NULL or ABSENT ON NULL.
func (p *parser) onNull(c *ast.Call) {
	for _, w := range []string{"NULL", "ABSENT"} {
		if p.accept(w, "ON", "NULL") {
			c.JSON.OnNull = w
		}
	}
}

// jsonObject reads KEY k VALUE v, k VALUE v, or k : v.
func (p *parser) jsonObject(c *ast.Call) error {
	for !p.is(")") && !(p.isAny("NULL", "ABSENT") != "" && p.peekIs(1, "ON")) {
		if len(c.Args) > 0 && !p.accept(",") {
			break
		}
		p.accept("KEY")
		first := p.at
		k, err := p.expr()
		if err != nil {
			return err
		}
		if !p.accept("VALUE") && !p.accept(":") {
			return p.noValue(first)
		}
		v, err := p.expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, k, v)
	}
	p.onNull(c)
	return nil
}

// noValue is Flink's complaint of a key without a value: it names the key and
// what follows.
func (p *parser) noValue(first int) error {
	if p.kind() == eof || p.tokens[first].Kind != flinksql.String || p.at != first+1 {
		return p.unexpected(true)
	}
	pos := tokenPos(p.tokens[first])
	text := strings.ReplaceAll(p.tokens[first].Text, "'", `\'`) + " " + p.tokens[p.at].Text
	return &ast.Error{Pos: pos, Message: "SQL parse failed. Encountered \"" + text + "\" at line " + itoa(pos.Line) + ", column " + itoa(pos.Col) + "."}
}

func (p *parser) jsonArray(c *ast.Call) error {
	for !p.is(")") && !(p.isAny("NULL", "ABSENT") != "" && p.peekIs(1, "ON")) {
		if len(c.Args) > 0 && !p.accept(",") {
			break
		}
		v, err := p.expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, v)
	}
	p.onNull(c)
	return nil
}
