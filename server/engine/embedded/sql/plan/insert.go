package plan

import (
	"strconv"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/types"
)

// FullName is a table's name with its catalog and database.
func (p *Planner) FullName(parts []parse.Name) string {
	names := make([]string, len(parts))
	for i, n := range parts {
		names[i] = n.Text
	}
	switch len(names) {
	case 1:
		names = append([]string{p.Env.Catalog, p.Env.Database}, names...)
	case 2:
		names = append([]string{p.Env.Catalog}, names...)
	}
	return strings.Join(names, ".")
}

// Insert plans INSERT INTO: the rows as the sink takes them.
func (p *Planner) Insert(s *parse.Insert) (*Node, error) {
	pos := s.Table[0].Pos.To(s.Table[len(s.Table)-1].Pos)
	if s.Overwrite {
		return nil, expr.Refuse(s.Pos, "INSERT OVERWRITE")
	}
	table, err := p.Lookup(s.Table, pos)
	if err != nil {
		return nil, err
	}
	if !table.Sink {
		return nil, expr.Refuse(pos, "writing to the table %s", p.FullName(s.Table))
	}
	if s.Columns != nil {
		return nil, expr.Refuse(s.Columns[0].Pos, "INSERT with a list of columns")
	}
	n, err := p.Query(s.Query)
	if err != nil {
		return nil, err
	}
	columns := make([]expr.Column, len(table.Columns))
	for i, c := range table.Columns {
		columns[i] = expr.Column{Name: c.Name, Type: c.Type}
	}
	if len(n.Columns) != len(columns) {
		return nil, mismatch(p.FullName(s.Table), "Different number of columns.", n, table, pos)
	}
	for i, c := range columns {
		from := n.Columns[i].Type
		if !from.Same(c.Type) {
			return nil, mismatch(p.FullName(s.Table), "Incompatible types for sink column '"+c.Name+"' at position "+itoa(i)+".", n, table, pos)
		}
		columns[i].Type.Nullable = c.Type.Nullable && from.Nullable
	}
	return p.converted(n, columns)
}

func itoa(i int) string { return strconv.Itoa(i) }

func mismatch(name, cause string, n *Node, t *catalog.Table, pos parse.Pos) error {
	schema := func(list []string) string { return "[" + strings.Join(list, ", ") + "]" }
	var query, sink []string
	for _, c := range n.Columns {
		query = append(query, c.Name+": "+summary(c.Type))
	}
	for _, c := range t.Columns {
		sink = append(sink, c.Name+": "+summary(c.Type))
	}
	return &expr.Error{Pos: pos, Class: expr.ClassValidation, Message: "Column types of query result and sink for '" + name + "' do not match.\nCause: " + cause +
		"\n\nQuery schema: " + schema(query) + "\nSink schema:  " + schema(sink)}
}

func summary(t types.Type) string {
	if t.Nullable {
		return t.Summary()
	}
	return t.Summary() + " NOT NULL"
}
