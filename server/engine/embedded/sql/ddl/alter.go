package ddl

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
)

func itoa(i int) string { return strconv.Itoa(i) }

func (s *Set) alter(a *ast.Alter, c Context) error {
	switch a.What {
	case "DATABASE":
		return s.alterDatabase(a, c)
	case "CATALOG":
		return sqlerr.Refuse(a.Pos, "ALTER CATALOG")
	}
	key, err := c.key(a.Name)
	if err != nil {
		return err
	}
	if err := s.tables(key, a.Pos); err != nil {
		return err
	}
	d, ok := s.defs[key]
	if ok && d.broken != nil {
		return d.broken
	}
	if !ok || (d.View != nil) != (a.What == "VIEW") {
		if a.IfExists && !ok {
			return nil
		}
		return validation(a.Pos, "Table "+quoted(key)+" doesn't exist or is a temporary table.", "")
	}
	if a.Action == "RENAME" {
		return s.rename(key, a, c)
	}
	if a.What == "VIEW" {
		return sqlerr.Refuse(a.Pos, "ALTER VIEW %s", a.Action)
	}
	changed, err := d.clone()
	if err != nil {
		return err
	}
	if err := changed.alter(a); err != nil {
		return err
	}
	if err := s.topic(key, changed, a.Pos); err != nil {
		return err
	}
	if err := c.Table(changed.table(), s); err != nil {
		return err
	}
	s.put(key, changed, c)
	return nil
}

func (d *Definition) clone() (*Definition, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("copy a table: %w", err)
	}
	out := &Definition{}
	return out, json.Unmarshal(b, out)
}

func (s *Set) rename(key [3]string, a *ast.Alter, c Context) error {
	if s.inKafka(key) {
		return sqlerr.Refuse(a.Pos, "renaming a table of a Kafka database: a topic keeps its name")
	}
	to, err := c.key(a.To)
	if err != nil {
		return err
	}
	if len(a.To) == 1 {
		to[0], to[1] = key[0], key[1]
	}
	if to[0] != key[0] || to[1] != key[1] {
		return sqlerr.Refuse(a.Pos, "renaming into another database")
	}
	if _, there := s.Table(to[0], to[1], to[2]); there {
		return validation(
			a.Pos, "Could not execute ALTER "+a.What+" "+dotted(key)+" RENAME TO "+dotted(to),
			"Table (or view) "+to[1]+"."+to[2]+" already exists in Catalog "+to[0]+".",
		)
	}
	d := s.defs[key]
	delete(s.defs, key)
	delete(s.built, key)
	s.put(to, d, c)
	return nil
}

// failed is how Flink complains of ALTER TABLE.
func failed(at ast.Pos, text string) error {
	return validation(at, "Failed to execute ALTER TABLE statement.\n"+text, "")
}

func (d *Definition) alter(a *ast.Alter) error {
	switch a.Action {
	case "SET":
		for _, o := range a.Options {
			if d.Options == nil {
				d.Options = map[string]string{}
			}
			d.Options[o.Key] = o.Value
		}
	case "RESET":
		for _, k := range a.Keys {
			if k == "connector" {
				return validation(a.Pos, "ALTER TABLE RESET does not support changing 'connector'", "")
			}
			delete(d.Options, k)
		}
	case "ADD":
		return d.addColumns(a.Elements)
	case "MODIFY":
		return d.modify(a.Elements)
	case "DROP":
		return d.dropColumns(a.Columns)
	case "DROP KEY", "DROP CONSTRAINT":
		if d.Key == nil || a.Action == "DROP CONSTRAINT" && d.KeyName != a.Columns[0].Text {
			return failed(a.Pos, "The base table does not define any primary key.")
		}
		d.Key, d.KeyName = nil, ""
	case "DROP WATERMARK":
		if d.Watermark == nil {
			return failed(a.Pos, "The base table does not define any watermark strategy.")
		}
		d.Watermark = nil
	case "RENAME COLUMN":
		return d.renameColumn(a)
	default:
		return sqlerr.Refuse(a.Pos, "ALTER TABLE %s", a.Action)
	}
	return nil
}

func (d *Definition) addColumns(e ast.Elements) error {
	for _, c := range e.Columns {
		if d.column(c.Name.Text) >= 0 {
			return failed(c.Name.Pos, "Try to add a column `"+c.Name.Text+"` which already exists in the table.")
		}
		at := len(d.Columns)
		switch {
		case c.First:
			at = 0
		case c.After != nil:
			if at = d.column(c.After.Text) + 1; at == 0 {
				return failed(
					c.After.Pos, "Referenced column `"+c.After.Text+"` by 'AFTER' does not exist in the table.",
				)
			}
		}
		d.Columns = slices.Insert(d.Columns, at, columnOf(c))
	}
	if d.Key != nil && e.PrimaryKey != nil {
		return failed(
			e.PrimaryKey[0].Pos,
			"The base table has already defined the primary key constraint "+list(d.Key)+". You might want to drop it "+
				"before adding a new one.",
		)
	}
	if d.Watermark != nil && e.Watermark != nil {
		return failed(
			e.Watermark.Pos,
			"The base table has already defined the watermark strategy `"+d.Watermark.Column+"` AS "+
				d.Watermark.Expr+". You might want to drop it before adding a new one.",
		)
	}
	for _, k := range e.PrimaryKey {
		if d.column(k.Text) < 0 {
			return failed(k.Pos, "Invalid primary key 'PK_"+k.Text+"'. Column '"+k.Text+"' does not exist.")
		}
	}
	e.Columns = nil
	return d.add(e)
}

func list(names []string) string {
	out := "["
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += "`" + n + "`"
	}
	return out + "]"
}

func (d *Definition) modify(e ast.Elements) error {
	for _, c := range e.Columns {
		at := d.column(c.Name.Text)
		if at < 0 {
			return failed(c.Name.Pos, "Try to modify a column `"+c.Name.Text+"` which does not exist in the table.")
		}
		if c.First || c.After != nil {
			return sqlerr.Refuse(c.Pos, "moving a column")
		}
		changed := columnOf(c)
		if changed.Comment == "" {
			changed.Comment = d.Columns[at].Comment
		}
		d.Columns[at] = changed
	}
	if e.Watermark != nil {
		d.Watermark = nil
	}
	if e.PrimaryKey != nil {
		d.Key = nil
	}
	e.Columns = nil
	return d.add(e)
}

func (d *Definition) dropColumns(names []ast.Name) error {
	for _, n := range names {
		at := d.column(n.Text)
		if at < 0 {
			return failed(n.Pos, "The column `"+n.Text+"` does not exist in the base table.")
		}
		if err := d.used(n); err != nil {
			return err
		}
		d.Columns = slices.Delete(d.Columns, at, at+1)
	}
	return nil
}

// used complains when something depends on a column.
func (d *Definition) used(n ast.Name) error {
	if slices.Contains(d.Key, n.Text) {
		return failed(n.Pos, "The column `"+n.Text+"` is used as the primary key.")
	}
	if slices.Contains(d.PartitionBy, n.Text) {
		return failed(n.Pos, "The column `"+n.Text+"` is used as the partition keys.")
	}
	texts := []string{}
	for _, c := range d.Columns {
		texts = append(texts, c.Computed)
	}
	if d.Watermark != nil {
		texts = append(texts, d.Watermark.Expr, ast.Quoted(d.Watermark.Column))
	}
	for _, text := range texts {
		if e, err := parse.ParseExpr(text); text != "" && err == nil && mentions(e, n.Text) {
			return sqlerr.Refuse(n.Pos, "changing the column %s, on which an expression of the table depends", n.Text)
		}
	}
	return nil
}

func mentions(e ast.Expr, name string) bool {
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if id, ok := x.(*ast.Ident); ok {
			found = found || id.Parts[0].Text == name
		}
		return !found
	})
	return found
}

func (d *Definition) renameColumn(a *ast.Alter) error {
	if len(a.Columns) != 1 || len(a.To) != 1 {
		return sqlerr.Refuse(a.Pos, "renaming a field of a column")
	}
	from, to := a.Columns[0], a.To[0].Text
	at := d.column(from.Text)
	switch {
	case at < 0:
		return failed(from.Pos, "The column `"+from.Text+"` does not exist in the base table.")
	case d.column(to) >= 0:
		return failed(from.Pos, "The column `"+to+"` already existed in table schema.")
	}
	if err := d.used(from); err != nil {
		return sqlerr.Refuse(from.Pos, "renaming the column %s, on which something of the table depends", from.Text)
	}
	d.Columns[at].Name = to
	return nil
}

func (s *Set) alterDatabase(a *ast.Alter, c Context) error {
	key := [3]string{c.Catalog, a.Name[len(a.Name)-1].Text}
	if len(a.Name) == 2 {
		key[0] = a.Name[0].Text
	}
	if err := s.writable(key[0], a.Pos); err != nil {
		return err
	}
	if _, there := s.Tables(key[0], key[1]); !there {
		return validation(a.Pos, "Database "+key[1]+" not exists", "")
	}
	if a.Action != "SET" {
		return sqlerr.Refuse(a.Pos, "ALTER DATABASE %s", a.Action)
	}
	d, ok := s.defs[key]
	if !ok {
		return sqlerr.Refuse(a.Pos, "ALTER DATABASE of the default database")
	}
	changed, err := d.clone()
	if err != nil {
		return err
	}
	if err := changed.alter(a); err != nil {
		return err
	}
	s.put(key, changed, c)
	return nil
}
