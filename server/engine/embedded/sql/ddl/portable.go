package ddl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/expr"
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
		return expr.Refuse(parse.Pos{}, "a definition that was made on Flink (%s)", err.Error())
	}
	switch t := tree.(type) {
	case *parse.CreateTable:
		d.Comment, d.Options, d.PartitionBy = t.Comment, optionMap(t.Options), texts(t.PartitionedBy)
		if t.As != nil || t.Like != nil || t.Temporary {
			return expr.Refuse(t.Pos, "a table that was made on Flink by LIKE or AS")
		}
		return d.add(t.Elements)
	case *parse.CreateView:
		d.Comment = t.Comment
		d.View = &View{Query: t.Text, Columns: texts(t.Columns), Catalog: t.Name[0].Text, Database: t.Name[min(1, len(t.Name)-1)].Text}
	case *parse.CreateObject:
		d.Comment, d.Options = t.Comment, optionMap(t.Options)
	default:
		return expr.Refuse(tree.Span(), "a definition that was made on Flink by this statement")
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

// Statements are what makes a kept table on Flink. A view's names are looked up
// where it was made: USE comes before it.
func Statements(t engine.Table) ([]string, error) {
	d := &Definition{}
	if err := json.Unmarshal(t.Definition, d); err != nil {
		return nil, fmt.Errorf("read the definition of %s: %w", dotted(t.Key()), err)
	}
	switch {
	case t.Database == "":
		return []string{"CREATE CATALOG " + parse.Quoted(t.Catalog) + d.tail()}, nil
	case t.Name == "":
		return []string{"CREATE DATABASE IF NOT EXISTS " + parse.Quoted(t.Catalog) + "." + parse.Quoted(t.Database) + d.tail()}, nil
	case d.View == nil:
		return []string{"CREATE TABLE " + quoted(t.Key()) + d.elements() + d.tail()}, nil
	}
	create := "CREATE VIEW " + quoted(t.Key())
	if len(d.View.Columns) > 0 {
		create += " (" + quotedNames(d.View.Columns) + ")"
	}
	return []string{"USE " + parse.Quoted(d.View.Catalog) + "." + parse.Quoted(d.View.Database), create + d.tail() + " AS " + d.View.Query}, nil
}

func (d *Definition) elements() string {
	var lines []string
	for _, c := range d.Columns {
		lines = append(lines, c.sql())
	}
	if w := d.Watermark; w != nil {
		lines = append(lines, "WATERMARK FOR "+parse.Quoted(w.Column)+" AS "+w.Expr)
	}
	if len(d.Key) > 0 {
		name := ""
		if d.KeyName != "" {
			name = "CONSTRAINT " + parse.Quoted(d.KeyName) + " "
		}
		lines = append(lines, name+"PRIMARY KEY ("+quotedNames(d.Key)+") NOT ENFORCED")
	}
	return " (\n" + strings.Join(lines, ",\n") + "\n)"
}

func (c Column) sql() string {
	text := parse.Quoted(c.Name) + " " + c.Type
	switch {
	case c.Computed != "":
		text = parse.Quoted(c.Name) + " AS " + c.Computed
	case c.Metadata:
		text += " METADATA"
		if c.Key != "" {
			text += " FROM " + literal(c.Key)
		}
		if c.Virtual {
			text += " VIRTUAL"
		}
	}
	return text + comment(c.Comment)
}

// tail is what follows the name and the columns.
func (d *Definition) tail() string {
	text := comment(d.Comment)
	if len(d.PartitionBy) > 0 {
		text += " PARTITIONED BY (" + quotedNames(d.PartitionBy) + ")"
	}
	var options []string
	for _, key := range slices.Sorted(maps.Keys(d.Options)) {
		options = append(options, literal(key)+" = "+literal(d.Options[key]))
	}
	if len(options) > 0 {
		text += " WITH (" + strings.Join(options, ", ") + ")"
	}
	return text
}

func comment(text string) string {
	if text == "" {
		return ""
	}
	return " COMMENT " + literal(text)
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quotedNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = parse.Quoted(name)
	}
	return strings.Join(quoted, ", ")
}
