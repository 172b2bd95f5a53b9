package parse

import (
	"strconv"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

var typeNames = map[string]string{
	"BOOLEAN": "BOOLEAN", "TINYINT": "TINYINT", "SMALLINT": "SMALLINT", "INT": "INTEGER", "INTEGER": "INTEGER", "BIGINT": "BIGINT",
	"FLOAT": "FLOAT", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL", "DEC": "DECIMAL", "NUMERIC": "DECIMAL",
	"CHAR": "CHAR", "CHARACTER": "CHAR", "VARCHAR": "VARCHAR", "STRING": "STRING", "BINARY": "BINARY", "VARBINARY": "VARBINARY",
	"BYTES": "BYTES", "DATE": "DATE", "TIME": "TIME", "TIMESTAMP": "TIMESTAMP", "TIMESTAMP_LTZ": "TIMESTAMP_LTZ",
	"ARRAY": "ARRAY", "MULTISET": "MULTISET", "MAP": "MAP", "ROW": "ROW", "INTERVAL": "INTERVAL",
}

// dataType reads a type with its suffixes: NOT NULL, ARRAY, MULTISET.
func (p *parser) dataType() (*ast.Type, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.pos()
	t, err := p.plainType(start)
	if err != nil {
		return nil, err
	}
	for count := 0; count < MaxDepth; count++ {
		switch {
		case p.accept("NOT", "NULL"):
			t.NotNull = true
		case p.is("NULL") && !p.peekIs(1, "ON") && p.accept("NULL"): // NULL ON ERROR is what follows RETURNING
		case p.isAny("ARRAY", "MULTISET") != "":
			t = &ast.Type{Name: p.acceptAny("ARRAY", "MULTISET"), Elem: t, Precision: -1, Scale: -1}
		default:
			t.Pos = p.from(start)
			return t, nil
		}
	}
	return nil, p.unsupported("a type that deep")
}

// columnType is the type of a column of a table, of which none is an interval.
func (p *parser) columnType() (*ast.Type, error) {
	p.ofColumn = true
	defer func() { p.ofColumn = false }()
	return p.dataType()
}

func (p *parser) plainType(start ast.Pos) (*ast.Type, error) {
	t := &ast.Type{Precision: -1, Scale: -1}
	if p.at < len(p.tokens) && (p.kind() == flinksql.Identifier || p.kind() == flinksql.Keyword) {
		t.Name = typeNames[strings.ToUpper(p.tokens[p.at].Text)]
	}
	if t.Name == "" {
		return nil, p.unknownType(start)
	}
	if t.Name == "INTERVAL" && p.ofColumn {
		return nil, p.unexpected(true)
	}
	p.at++
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
		p.accept("PRECISION")
	case "CHAR":
		if p.accept("VARYING") {
			t.Name = "VARCHAR"
		}
	}
	if err := p.typeNumbers(t); err != nil {
		return nil, err
	}
	return t, p.timeZone(t)
}

func (p *parser) unknownType(start ast.Pos) error {
	if p.kind() != flinksql.Identifier && p.kind() != flinksql.Quoted {
		return p.unexpected(true)
	}
	text := p.tokens[p.at].Text
	switch strings.ToUpper(text) {
	case "VARIANT", "RAW", "BITMAP", "GEOMETRY", "DESCRIPTOR":
		return p.unsupported("the type " + strings.ToUpper(text))
	}
	if p.peekIs(1, ".") || p.peekIs(1, "(") || p.peekIs(1, "<") {
		return p.unsupported("the type " + text)
	}
	return validation(start, "Unknown identifier '"+strings.Trim(text, "`")+"'")
}

func (p *parser) number() (int, error) {
	if p.kind() != flinksql.Number {
		return 0, p.unexpected(false)
	}
	n, err := strconv.Atoi(p.tokens[p.at].Text)
	if err != nil {
		return 0, p.unexpected(false)
	}
	p.at++
	return n, nil
}

// typeNumbers reads (p) or (p, s).
func (p *parser) typeNumbers(t *ast.Type) error {
	switch t.Name {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "STRING", "BYTES", "DATE":
		return nil
	}
	if !p.accept("(") {
		return nil
	}
	var err error
	if t.Precision, err = p.number(); err != nil {
		return err
	}
	if t.Name == "DECIMAL" && p.accept(",") {
		if t.Scale, err = p.number(); err != nil {
			return err
		}
	}
	return p.expect(")")
}

// timeZone reads WITHOUT TIME ZONE and WITH [LOCAL] TIME ZONE.
func (p *parser) timeZone(t *ast.Type) error {
	if t.Name != "TIMESTAMP" && t.Name != "TIME" {
		return nil
	}
	if p.accept("WITHOUT", "TIME", "ZONE") || t.Name == "TIME" {
		return nil
	}
	if p.accept("WITH", "LOCAL", "TIME", "ZONE") {
		t.Name = "TIMESTAMP_LTZ"
		return nil
	}
	if p.is("WITH") {
		return p.unsupported("TIMESTAMP WITH TIME ZONE")
	}
	return nil
}

// typeArguments reads <a, b>.
func (p *parser) typeArguments(t *ast.Type, into ...**ast.Type) error {
	if err := p.expect("<"); err != nil {
		return err
	}
	for i, at := range into {
		if i > 0 {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		e, err := p.dataType()
		if err != nil {
			return err
		}
		*at = e
	}
	return p.expect(">")
}

// rowFields reads <name type, …> or the same in parentheses.
func (p *parser) rowFields(t *ast.Type) error {
	end := ">"
	if p.accept("(") {
		end = ")"
	} else if err := p.expect("<"); err != nil {
		return err
	}
	for {
		n, err := p.name()
		if err != nil {
			return err
		}
		ft, err := p.dataType()
		if err != nil {
			return err
		}
		if p.kind() == flinksql.String {
			p.at++
		}
		t.Fields = append(t.Fields, ast.TypeField{Name: n, Type: ft})
		if !p.accept(",") {
			return p.expect(end)
		}
	}
}

func (p *parser) intervalUnits(t *ast.Type) error {
	var err error
	if t.Units[0], err = p.unit(); err != nil {
		return err
	}
	if p.is("(") {
		return p.unsupported("an interval with a precision")
	}
	if p.accept("TO") {
		if t.Units[1], err = p.unit(); err == nil && p.is("(") {
			return p.unsupported("an interval with a precision")
		}
	}
	return err
}
