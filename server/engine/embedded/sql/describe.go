package sql

import (
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// describe executes DESCRIBE at once.
func (c *compiled) describe(t *ast.Describe, p *plan.Planner) error {
	c.kind = flinksql.Describe
	return c.columnsOf(t.Table, t.Pos, p)
}

// showColumns is DESCRIBE with a choice of columns.
func (c *compiled) showColumns(t *ast.Show, p *plan.Planner) error {
	if len(t.Of) == 0 {
		return sqlerr.Refuse(t.Pos, "SHOW COLUMNS without a table")
	}
	if err := c.columnsOf(t.Of, t.Pos, p); err != nil || t.Like == nil {
		return err
	}
	var rows []value.Row
	for _, row := range c.rows {
		if len(matching([]string{row[0].S}, t)) > 0 {
			rows = append(rows, row)
		}
	}
	c.rows = rows
	return nil
}

func (c *compiled) columnsOf(name []ast.Name, _ ast.Pos, p *plan.Planner) error {
	pos := name[0].Pos.To(name[len(name)-1].Pos)
	found, err := p.Lookup(name, pos)
	if err != nil {
		return &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassValidation,
			Message: "Tables or views with the identifier '" + p.FullName(name) + "' doesn't exist.",
		}
	}
	columns, err := declared(found, name, pos, p)
	if err != nil {
		return err
	}
	c.columns = []expr.Column{
		stringColumn("name"), stringColumn("type"),
		{Name: "null", Type: types.Of(types.Boolean).Null(true)},
		stringColumn("key"), stringColumn("extras"), stringColumn("watermark"),
	}
	commented := slices.ContainsFunc(found.Columns, func(c catalog.Column) bool { return c.Comment != "" })
	if commented {
		c.columns = append(c.columns, stringColumn("comment"))
	}
	for i, col := range columns {
		row, err := described(found, i, col, pos)
		if err != nil {
			return err
		}
		if commented {
			row = append(row, orNull(found.Columns[i].Comment))
		}
		c.rows = append(c.rows, row)
	}
	return nil
}

// declared are the columns of a table, or those of a view's query.
func declared(t *catalog.Table, name []ast.Name, pos ast.Pos, p *plan.Planner) ([]expr.Column, error) {
	if t.View == "" {
		return p.Declared(t)
	}
	n, err := p.Query(&ast.Query{Pos: pos, Body: &ast.Select{
		Pos: pos, Items: []ast.Item{{Expr: &ast.Star{Pos: pos}}}, From: &ast.Table{Pos: pos, Whole: pos, Parts: name},
	}})
	if err != nil {
		return nil, err
	}
	return n.Schema(), nil
}

func orNull(text string) value.Value {
	if text == "" {
		return value.NULL
	}
	return value.Text(text)
}

func described(t *catalog.Table, i int, col expr.Column, pos ast.Pos) (value.Row, error) {
	row := value.Row{
		value.Text(col.Name), value.Text(col.Type.Summary()), value.Text("false"), value.NULL, value.NULL, value.NULL,
	}
	if col.Type.Nullable {
		row[2] = value.Text("true")
	}
	if slices.Contains(t.Keys, col.Name) {
		row[3] = value.Text("PRI(" + strings.Join(t.Keys, ", ") + ")")
	}
	if t.View != "" || t.Options == nil {
		return row, nil
	}
	declared := t.Columns[i]
	switch {
	case declared.Computed != "":
		text, err := written(declared.Computed, pos)
		if err != nil {
			return nil, err
		}
		row[4] = value.Text("AS " + text)
	case declared.Metadata:
		row[4] = value.Text(metadata(declared))
	}
	if t.Watermark != nil && t.Watermark.Column == col.Name {
		text, err := written(t.Watermark.Expr, pos)
		if err != nil {
			return nil, err
		}
		row[5] = value.Text(text)
	}
	return row, nil
}

func metadata(c catalog.Column) string {
	text := "METADATA"
	if c.Key != "" {
		text += " FROM '" + c.Key + "'"
	}
	if c.Virtual {
		text += " VIRTUAL"
	}
	return text
}

// written is an expression as Flink shows it.
func written(text string, pos ast.Pos) (string, error) {
	e, err := parse.ParseExpr(text)
	if err != nil {
		return "", err
	}
	out, ok := ast.Written(e)
	if !ok {
		return "", sqlerr.Refuse(pos, "showing the expression %s", text)
	}
	return out, nil
}

// showCreate executes SHOW CREATE TABLE at once.
func (c *compiled) showCreate(t *ast.Show, p *plan.Planner, tables *ddl.Set) error {
	name := strings.Split(p.FullName(t.Of), ".")
	var parts []string
	for _, n := range name {
		parts = append(parts, ast.Quoted(n))
	}
	full, pos := strings.Join(parts, "."), t.Of[0].Pos.To(t.Of[len(t.Of)-1].Pos)
	found, err := p.Lookup(t.Of, pos)
	if err != nil || len(name) != 3 {
		return &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassValidation,
			Message: "Could not execute SHOW " + t.What + ". Table with identifier " + full + " does not exist.",
		}
	}
	def, ok := tables.Definition(name[0], name[1], name[2])
	if !ok || t.What == "CREATE VIEW" || def.View != nil {
		return sqlerr.Refuse(t.Pos, "SHOW %s of this", t.What)
	}
	text, err := createText(full, found, def, p, pos)
	if err != nil {
		return err
	}
	return c.list("result", []string{text})
}

func createText(name string, t *catalog.Table, d *ddl.Definition, p *plan.Planner, pos ast.Pos) (string, error) {
	if t.Broken != nil {
		return "", t.Broken
	}
	var lines []string
	for i, c := range t.Columns {
		line, err := columnLine(c, pos)
		if err != nil {
			return "", err
		}
		if d.Columns[i].Comment != "" {
			line += " COMMENT '" + strings.ReplaceAll(c.Comment, "'", "''") + "'"
		}
		lines = append(lines, "  "+line)
	}
	if w := t.Watermark; w != nil {
		text, err := written(w.Expr, pos)
		if err != nil {
			return "", err
		}
		lines = append(lines, "  WATERMARK FOR "+ast.Quoted(w.Column)+" AS "+text)
	}
	if d.Key != nil {
		if d.KeyName == "" {
			return "", sqlerr.Refuse(pos, "SHOW CREATE TABLE of a primary key without a name")
		}
		lines = append(lines, "  CONSTRAINT "+ast.Quoted(d.KeyName)+" PRIMARY KEY ("+quotedList(d.Key)+") NOT ENFORCED")
	}
	b := &strings.Builder{}
	b.WriteString("CREATE TABLE " + name + " (\n" + strings.Join(lines, ",\n") + "\n)\n")
	if d.Comment != "" {
		b.WriteString("COMMENT '" + strings.ReplaceAll(d.Comment, "'", "''") + "'\n")
	}
	if len(d.PartitionBy) > 0 {
		b.WriteString("PARTITIONED BY (" + quotedList(d.PartitionBy) + ")\n")
	}
	if len(d.Options) > 0 {
		var options []string
		for _, k := range slices.Sorted(maps.Keys(d.Options)) {
			options = append(options, "  '"+k+"' = '"+strings.ReplaceAll(d.Options[k], "'", "''")+"'")
		}
		b.WriteString("WITH (\n" + strings.Join(options, ",\n") + "\n)\n")
	}
	return b.String(), nil
}

func quotedList(names []string) string {
	var parts []string
	for _, n := range names {
		parts = append(parts, ast.Quoted(n))
	}
	return strings.Join(parts, ", ")
}

func columnLine(c catalog.Column, pos ast.Pos) (string, error) {
	name := ast.Quoted(c.Name) + " "
	if c.Computed == "" && !c.Metadata {
		return name + c.Type.Serial(), nil
	}
	if c.Metadata {
		return name + c.Type.Serial() + " " + metadata(c), nil
	}
	text, err := written(c.Computed, pos)
	return name + "AS " + text, err
}
