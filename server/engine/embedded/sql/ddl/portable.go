package ddl

import (
	"encoding/json"
	"maps"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/tabledef"
)

// read reads what is kept of a table, in this package's form or, as an engine
// over Flink keeps it, as the statement that makes it.
func read(t engine.Table) (*Definition, error) {
	var made struct{ SQL, By string }
	d := &Definition{}
	if err := json.Unmarshal(t.Definition, &made); err != nil {
		return nil, err
	}
	if made.SQL == "" {
		return d, json.Unmarshal(t.Definition, d)
	}
	d.By, d.raw = made.By, t.Definition
	d.broken = d.parse(made.SQL)
	return d, nil
}

// parse reads the statement with which Flink shows a definition: nothing in it
// is left to be looked up.
func (d *Definition) parse(sql string) error {
	tree, err := parse.Parse(sql)
	if err != nil {
		return sqlerr.Refuse(ast.Pos{}, "a definition that was made on Flink (%s)", err.Error())
	}
	switch t := tree.(type) {
	case *ast.CreateTable:
		d.Comment, d.Options, d.PartitionBy = t.Comment, optionMap(t.Options), texts(t.PartitionedBy)
		if t.As != nil || t.Like != nil || t.Temporary {
			return sqlerr.Refuse(t.Pos, "a table that was made on Flink by LIKE or AS")
		}
		return d.add(t.Elements)
	case *ast.CreateView:
		d.Comment = t.Comment
		d.View = &tabledef.View{
			Query: t.Text, Columns: texts(t.Columns), Catalog: t.Name[0].Text,
			Database: t.Name[min(1, len(t.Name)-1)].Text,
		}
	case *ast.CreateObject:
		d.Comment, d.Options = t.Comment, optionMap(t.Options)
	default:
		return sqlerr.Refuse(tree.Span(), "a definition that was made on Flink by this statement")
	}
	return nil
}

// complete adds the databases that catalogs have of themselves.
func (s *Set) complete() {
	for key, d := range maps.Clone(s.defs) {
		database := [3]string{key[0], d.Options["default-database"]}
		if database[1] == "" {
			database[1] = InMemoryDatabase
		}
		if _, there := s.defs[database]; key[1] == "" && !there {
			s.defs[database] = &Definition{}
		}
	}
}
