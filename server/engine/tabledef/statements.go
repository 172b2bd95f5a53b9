package tabledef

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine"
)

// Statements are what makes a kept table on Flink. A view's names are looked up
// where it was made: USE comes before it.
func Statements(t engine.Table) ([]string, error) {
	d := &Definition{}
	if err := json.Unmarshal(t.Definition, d); err != nil {
		return nil, fmt.Errorf(
			"read the definition of %s: %w", strings.Join([]string{t.Catalog, t.Database, t.Name}, "."), err,
		)
	}
	switch {
	case t.Database == "":
		return []string{"CREATE CATALOG " + ast.Quoted(t.Catalog) + d.tail()}, nil
	case t.Name == "":
		return []string{"CREATE DATABASE IF NOT EXISTS " + ast.Quoted(t.Catalog) + "." + ast.Quoted(t.Database) +
			d.tail()}, nil
	case d.View == nil:
		return []string{"CREATE TABLE " + ast.Quoted(t.Catalog) + "." + ast.Quoted(t.Database) + "." +
			ast.Quoted(t.Name) + d.elements() + d.tail()}, nil
	}
	create := "CREATE VIEW " + ast.Quoted(t.Catalog) + "." + ast.Quoted(t.Database) + "." + ast.Quoted(t.Name)
	if len(d.View.Columns) > 0 {
		create += " (" + quotedNames(d.View.Columns) + ")"
	}
	return []string{
		"USE " + ast.Quoted(d.View.Catalog) + "." + ast.Quoted(d.View.Database),
		create + d.tail() + " AS " + d.View.Query,
	}, nil
}

func (d *Definition) elements() string {
	var lines []string
	for _, c := range d.Columns {
		lines = append(lines, c.sql())
	}
	if w := d.Watermark; w != nil {
		lines = append(lines, "WATERMARK FOR "+ast.Quoted(w.Column)+" AS "+w.Expr)
	}
	if len(d.Key) > 0 {
		name := ""
		if d.KeyName != "" {
			name = "CONSTRAINT " + ast.Quoted(d.KeyName) + " "
		}
		lines = append(lines, name+"PRIMARY KEY ("+quotedNames(d.Key)+") NOT ENFORCED")
	}
	return " (\n" + strings.Join(lines, ",\n") + "\n)"
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
		quoted[i] = ast.Quoted(name)
	}
	return strings.Join(quoted, ", ")
}
