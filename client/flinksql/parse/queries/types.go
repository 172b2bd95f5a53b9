package queries

import (
	"strconv"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

var typeNames = map[string]string{
	"BOOLEAN": "BOOLEAN", "TINYINT": "TINYINT", "SMALLINT": "SMALLINT", "INT": "INTEGER", "INTEGER": "INTEGER",
	"BIGINT": "BIGINT",
	"FLOAT":  "FLOAT", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL", "DEC": "DECIMAL", "NUMERIC": "DECIMAL",
	"CHAR": "CHAR", "CHARACTER": "CHAR", "VARCHAR": "VARCHAR", "STRING": "STRING", "BINARY": "BINARY",
	"VARBINARY": "VARBINARY",
	"BYTES":     "BYTES", "DATE": "DATE", "TIME": "TIME", "TIMESTAMP": "TIMESTAMP", "TIMESTAMP_LTZ": "TIMESTAMP_LTZ",
	"ARRAY": "ARRAY", "MULTISET": "MULTISET", "MAP": "MAP", "ROW": "ROW", "INTERVAL": "INTERVAL",
}

// dataType reads a type with its suffixes: NOT NULL, ARRAY, MULTISET.
func (p *Parser) dataType() (*ast.Type, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.Pos()
	t, err := p.plainType(start)
	if err != nil {
		return nil, err
	}
	for count := 0; count < MaxDepth; count++ {
		switch {
		case p.Accept("NOT", "NULL"):
			t.NotNull = true
		case p.Is("NULL") && !p.PeekIs(1, "ON") && p.Accept("NULL"): // NULL ON ERROR is what follows RETURNING
		case p.IsAny("ARRAY", "MULTISET") != "":
			t = &ast.Type{Name: p.AcceptAny("ARRAY", "MULTISET"), Elem: t, Precision: -1, Scale: -1}
		default:
			t.Pos = p.From(start)
			return t, nil
		}
	}
	return nil, p.Unsupported("a type that deep")
}

// ColumnType is the type of a column of a table, of which none is an interval.
func (p *Parser) ColumnType() (*ast.Type, error) {
	p.ofColumn = true
	defer func() { p.ofColumn = false }()
	return p.dataType()
}

func (p *Parser) plainType(start ast.Pos) (*ast.Type, error) {
	t := &ast.Type{Precision: -1, Scale: -1}
	if p.At < len(p.Tokens) && (p.Kind() == flinksql.Identifier || p.Kind() == flinksql.Keyword) {
		t.Name = typeNames[strings.ToUpper(p.Tokens[p.At].Text)]
	}
	if t.Name == "" {
		return nil, p.unknownType(start)
	}
	if t.Name == "INTERVAL" && p.ofColumn {
		return nil, p.Unexpected(true)
	}
	p.At++
	switch t.Name {
	case "ARRAY", "MULTISET":
		return t, p.typeArguments(t, &t.Elem)
	case "MAP":
		return t, p.typeArguments(t, &t.Key, &t.Elem)
	case "ROW":
		return t, p.rowFields(t)
	case "INTERVAL":
		return t, p.intervalUnits(t)
	case "DOUBLE":
		p.Accept("PRECISION")
	case "CHAR":
		if p.Accept("VARYING") {
			t.Name = "VARCHAR"
		}
	}
	if err := p.typeNumbers(t); err != nil {
		return nil, err
	}
	return t, p.timeZone(t)
}

func (p *Parser) unknownType(start ast.Pos) error {
	if p.Kind() != flinksql.Identifier && p.Kind() != flinksql.Quoted {
		return p.Unexpected(true)
	}
	text := p.Tokens[p.At].Text
	switch strings.ToUpper(text) {
	case "VARIANT", "RAW", "BITMAP", "GEOMETRY", "DESCRIPTOR":
		return p.Unsupported("the type " + strings.ToUpper(text))
	}
	if p.PeekIs(1, ".") || p.PeekIs(1, "(") || p.PeekIs(1, "<") {
		return p.Unsupported("the type " + text)
	}
	return Validation(start, "Unknown identifier '"+strings.Trim(text, "`")+"'")
}

func (p *Parser) number() (int, error) {
	if p.Kind() != flinksql.Number {
		return 0, p.Unexpected(false)
	}
	n, err := strconv.Atoi(p.Tokens[p.At].Text)
	if err != nil {
		return 0, p.Unexpected(false)
	}
	p.At++
	return n, nil
}

// typeNumbers reads (p) or (p, s).
func (p *Parser) typeNumbers(t *ast.Type) error {
	switch t.Name {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "STRING", "BYTES", "DATE":
		return nil
	}
	if !p.Accept("(") {
		return nil
	}
	var err error
	if t.Precision, err = p.number(); err != nil {
		return err
	}
	if t.Name == "DECIMAL" && p.Accept(",") {
		if t.Scale, err = p.number(); err != nil {
			return err
		}
	}
	return p.Expect(")")
}

// timeZone reads WITHOUT TIME ZONE and WITH [LOCAL] TIME ZONE.
func (p *Parser) timeZone(t *ast.Type) error {
	if t.Name != "TIMESTAMP" && t.Name != "TIME" {
		return nil
	}
	if p.Accept("WITHOUT", "TIME", "ZONE") || t.Name == "TIME" {
		return nil
	}
	if p.Accept("WITH", "LOCAL", "TIME", "ZONE") {
		t.Name = "TIMESTAMP_LTZ"
		return nil
	}
	if p.Is("WITH") {
		return p.Unsupported("TIMESTAMP WITH TIME ZONE")
	}
	return nil
}

// typeArguments reads <a, b>.
func (p *Parser) typeArguments(t *ast.Type, into ...**ast.Type) error {
	if err := p.Expect("<"); err != nil {
		return err
	}
	for i, at := range into {
		if i > 0 {
			if err := p.Expect(","); err != nil {
				return err
			}
		}
		e, err := p.dataType()
		if err != nil {
			return err
		}
		*at = e
	}
	return p.Expect(">")
}

// rowFields reads <name type, …> or the same in parentheses.
func (p *Parser) rowFields(t *ast.Type) error {
	end := ">"
	if p.Accept("(") {
		end = ")"
	} else if err := p.Expect("<"); err != nil {
		return err
	}
	for {
		n, err := p.Name()
		if err != nil {
			return err
		}
		ft, err := p.dataType()
		if err != nil {
			return err
		}
		if p.Kind() == flinksql.String {
			p.At++
		}
		t.Fields = append(t.Fields, ast.TypeField{Name: n, Type: ft})
		if !p.Accept(",") {
			return p.Expect(end)
		}
	}
}

func (p *Parser) intervalUnits(t *ast.Type) error {
	var err error
	if t.Units[0], err = p.unit(); err != nil {
		return err
	}
	if p.Is("(") {
		return p.Unsupported("an interval with a precision")
	}
	if p.Accept("TO") {
		if t.Units[1], err = p.unit(); err == nil && p.Is("(") {
			return p.Unsupported("an interval with a precision")
		}
	}
	return err
}
