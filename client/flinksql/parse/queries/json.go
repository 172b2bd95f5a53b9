package queries

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// jsonCalls read what stands in the parentheses of JSON functions.
var jsonCalls map[string]func(*Parser, *ast.Call) error

func init() { // its functions read expressions, which refer to it
	jsonCalls = map[string]func(*Parser, *ast.Call) error{
		"JSON_EXISTS": (*Parser).jsonPath, "JSON_VALUE": (*Parser).jsonPath, "JSON_QUERY": (*Parser).jsonPath,
		"JSON_OBJECT": (*Parser).jsonObject, "JSON_OBJECTAGG": (*Parser).jsonObject,
		"JSON_ARRAY": (*Parser).jsonArray, "JSON_ARRAYAGG": (*Parser).jsonArray,
	}
}

func (p *Parser) jsonCall(read func(*Parser, *ast.Call) error) (ast.Expr, error) {
	start := p.Pos()
	c := &ast.Call{Name: p.Tokens[p.At].Text, JSON: &ast.JSON{}}
	p.At += 2
	if err := read(p, c); err != nil {
		return nil, err
	}
	if err := p.ExpectOr(")"); err != nil {
		return nil, err
	}
	c.Pos = p.From(start)
	return p.callSuffix(c)
}

// jsonPath reads input, path and the clauses behind them.
func (p *Parser) jsonPath(c *ast.Call) error {
	for i := range 2 {
		if i > 0 && !p.Accept(",") {
			return p.Unexpected(true)
		}
		e, err := p.Expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, e)
	}
	if p.Accept("RETURNING") {
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
		case p.Accept("ON", "EMPTY"):
			c.JSON.OnEmpty = b
		case p.Accept("ON", "ERROR"):
			c.JSON.OnError = b
		default:
			return p.Unexpected(false)
		}
	}
}

func (p *Parser) wrapper(j *ast.JSON) {
	switch {
	case p.Accept("WITHOUT"):
		j.Wrapper = "WITHOUT"
	case p.Accept("WITH", "CONDITIONAL"):
		j.Wrapper = "CONDITIONAL"
	case p.Accept("WITH"):
		p.Accept("UNCONDITIONAL")
		j.Wrapper = "WITH"
	default:
		return
	}
	p.Accept("ARRAY")
	p.Accept("WRAPPER")
}

func (p *Parser) behaviour() (ast.Behaviour, error) {
	switch w := p.AcceptAny("NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN", "DEFAULT", "EMPTY"); w {
	case "DEFAULT":
		e, err := p.Expr()
		return ast.Behaviour{What: w, X: e}, err
	case "EMPTY":
		kind := p.AcceptAny("ARRAY", "OBJECT")
		if kind == "" {
			return ast.Behaviour{}, p.Unexpected(false)
		}
		return ast.Behaviour{What: w + " " + kind}, nil
	default:
		return ast.Behaviour{What: w}, nil
	}
}

// onNull reads NULL ON NULL or ABSENT ON NULL.
func (p *Parser) onNull(c *ast.Call) {
	for _, w := range []string{"NULL", "ABSENT"} {
		if p.Accept(w, "ON", "NULL") {
			c.JSON.OnNull = w
		}
	}
}

// jsonObject reads KEY k VALUE v, k VALUE v, or k : v.
func (p *Parser) jsonObject(c *ast.Call) error {
	for !p.Is(")") && !(p.IsAny("NULL", "ABSENT") != "" && p.PeekIs(1, "ON")) {
		if len(c.Args) > 0 && !p.Accept(",") {
			break
		}
		p.Accept("KEY")
		first := p.At
		k, err := p.Expr()
		if err != nil {
			return err
		}
		if !p.Accept("VALUE") && !p.Accept(":") {
			return p.noValue(first)
		}
		v, err := p.Expr()
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
func (p *Parser) noValue(first int) error {
	if p.Kind() == EOF || p.Tokens[first].Kind != flinksql.String || p.At != first+1 {
		return p.Unexpected(true)
	}
	pos := tokenPos(p.Tokens[first])
	text := strings.ReplaceAll(p.Tokens[first].Text, "'", `\'`) + " " + p.Tokens[p.At].Text
	return &ast.Error{
		Pos: pos,
		Message: "SQL parse failed. Encountered \"" + text + "\" at line " + itoa(pos.Line) + ", column " +
			itoa(pos.Col) + ".",
	}
}

func (p *Parser) jsonArray(c *ast.Call) error {
	for !p.Is(")") && !(p.IsAny("NULL", "ABSENT") != "" && p.PeekIs(1, "ON")) {
		if len(c.Args) > 0 && !p.Accept(",") {
			break
		}
		v, err := p.Expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, v)
	}
	p.onNull(c)
	return nil
}
