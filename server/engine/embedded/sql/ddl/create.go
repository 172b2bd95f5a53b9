package ddl

import (
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/tabledef"
)

func (s *Set) createTable(t *ast.CreateTable, c Context) error {
	switch {
	case t.Temporary:
		return sqlerr.Refuse(t.Pos, "a TEMPORARY table, as statements share no session")
	case t.As != nil:
		return sqlerr.Refuse(t.Pos, "CREATE TABLE … AS")
	}
	key, ok, err := s.unused(t.Name, c, t.IfNotExists)
	if err != nil || !ok {
		return err
	}
	if t.OrReplace {
		return sqlerr.Refuse(t.Pos, "CREATE OR REPLACE TABLE")
	}
	d := defined(tabledef.Definition{
		Comment: t.Comment, Options: optionMap(t.Options), PartitionBy: texts(t.PartitionedBy),
	})
	if t.Like != nil {
		if err := s.like(d, t.Like, c); err != nil {
			return err
		}
	}
	for i, col := range t.Elements.Columns {
		twice := slices.ContainsFunc(t.Elements.Columns[:i], func(c ast.ColumnDef) bool {
			return c.Name.Text == col.Name.Text
		})
		if twice && col.ExprText == "" && !col.Metadata {
			return validation(
				col.Name.Pos, "A regular Column named '"+col.Name.Text+"' already exists in the table.", "",
			)
		}
	}
	if err := d.add(t.Elements); err != nil {
		return err
	}
	if err := d.check(t); err != nil {
		return err
	}
	if err := s.topic(key, d, t.Pos); err != nil {
		return err
	}
	if err := c.Table(d.table(), s); err != nil {
		return err
	}
	s.put(key, d, c)
	return nil
}

// like takes over what another table has.
func (s *Set) like(d *Definition, l *ast.TableLike, c Context) error {
	key, err := c.key(l.Table)
	if err != nil {
		return err
	}
	from, ok := s.defs[key]
	if !ok || from.View != nil {
		if _, shared := s.base.Table(key[0], key[1], key[2]); shared || ok {
			return sqlerr.Refuse(l.Pos, "LIKE of what is no table with a connector")
		}
		return validation(
			l.Pos,
			"Source table '"+quoted(key)+"' of the LIKE clause not found in the catalog, at line "+
				itoa(l.Table[0].Line)+", column "+itoa(l.Table[0].Col),
			"",
		)
	}
	if len(l.Options) > 0 && (len(l.Options) != 1 || l.Options[0][0] == "OVERWRITING" ||
		l.Options[0][1] != "ALL" && l.Options[0][1] != "OPTIONS") {
		return sqlerr.Refuse(l.Pos, "LIKE with these options")
	}
	excluded := ""
	if len(l.Options) == 1 && l.Options[0][0] == "EXCLUDING" {
		excluded = l.Options[0][1]
	}
	for _, col := range from.Columns {
		if excluded != "ALL" || col.Computed == "" && !col.Metadata {
			d.Columns = append(d.Columns, col)
		}
	}
	if excluded == "" {
		options := maps.Clone(from.Options)
		maps.Copy(options, d.Options)
		d.Options = options
	}
	if excluded != "ALL" {
		d.Watermark, d.Key, d.KeyName = from.Watermark, from.Key, from.KeyName
		if len(d.PartitionBy) == 0 {
			d.PartitionBy = from.PartitionBy
		}
	}
	return nil
}

func columnOf(c ast.ColumnDef) tabledef.Column {
	return tabledef.Column{
		Name: c.Name.Text, Type: c.TypeText, Computed: c.ExprText, Metadata: c.Metadata, Key: c.Key, Virtual: c.Virtual,
		Comment: c.Comment,
	}
}

// add puts the elements of CREATE or ALTER TABLE to a definition.
func (d *Definition) add(e ast.Elements) error {
	for _, c := range e.Columns {
		if d.column(c.Name.Text) >= 0 {
			return validation(c.Name.Pos, "A column named '"+c.Name.Text+"' already exists in the table.", "")
		}
		d.Columns = append(d.Columns, columnOf(c))
	}
	if w := e.Watermark; w != nil {
		if d.Watermark != nil {
			return validation(w.Pos, "There already exists a watermark on column '"+d.Watermark.Column+"'.", "")
		}
		if len(w.Column) != 1 {
			return sqlerr.Refuse(w.Pos, "a watermark for a field of a column")
		}
		d.Watermark = &tabledef.Watermark{Column: w.Column[0].Text, Expr: w.ExprText}
	}
	if e.PrimaryKey == nil {
		return nil
	}
	if e.Enforced {
		return validation(
			e.PrimaryKey[0].Pos,
			"Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT ENFORCED controls "+
				"if the constraint checks are performed on the incoming/outgoing data. Flink does not own "+
				"the data therefore the only supported mode is the NOT ENFORCED mode",
			"",
		)
	}
	if d.Key != nil {
		return validation(e.PrimaryKey[0].Pos, "There already exists a primary key constraint in the table.", "")
	}
	d.Key, d.KeyName = texts(e.PrimaryKey), e.KeyName
	return nil
}

func (d *Definition) column(name string) int {
	return slices.IndexFunc(d.Columns, func(c tabledef.Column) bool { return c.Name == name })
}

// check looks whether names within the definition are there.
func (d *Definition) check(t *ast.CreateTable) error {
	for _, k := range t.Elements.PrimaryKey {
		if d.column(k.Text) < 0 {
			return validation(
				k.Pos,
				"Primary key column '"+k.Text+"' is not defined in the schema at line "+itoa(k.Line)+", column "+itoa(k.Col),
				"",
			)
		}
	}
	for _, k := range t.PartitionedBy {
		if d.column(k.Text) >= 0 {
			continue
		}
		var names []string
		for _, c := range d.Columns {
			names = append(names, "'"+c.Name+"'")
		}
		return validation(
			k.Pos,
			"Partition column '"+k.Text+"' not defined in the table schema. Available columns: ["+strings.Join(names, ", ")+"]",
			"",
		)
	}
	if w := t.Elements.Watermark; w != nil && d.column(d.Watermark.Column) < 0 {
		return validation(
			w.Pos,
			"The rowtime attribute field '"+d.Watermark.Column+"' is not defined in the table schema, at line "+
				itoa(w.Column[0].Line)+", column "+itoa(w.Column[0].Col)+"\nAvailable fields: ["+d.names()+"]",
			"",
		)
	}
	return nil
}

func (d *Definition) names() string {
	var names []string
	for _, c := range d.Columns {
		names = append(names, "'"+c.Name+"'")
	}
	return strings.Join(names, ", ")
}
