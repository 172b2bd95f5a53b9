package sql

import (
	"sort"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/types"
)

const null = "\x00"

// show executes SHOW at once.
func (s *Statements) show(c *compiled, t *parse.Show, set settings) error {
	c.kind = flinksql.Kind("SHOW_" + strings.ReplaceAll(t.What, " ", "_"))
	var names []string
	switch t.What {
	case "CURRENT CATALOG":
		return c.list("current catalog name", []string{set.catalog})
	case "CURRENT DATABASE":
		return c.list("current database name", []string{set.database})
	case "CATALOGS":
		if t.Of != nil {
			return expr.Refuse(t.Pos, "SHOW CATALOGS FROM")
		}
		names = s.opts.Catalog.Catalogs()
		return c.list("catalog name", matching(names, t))
	case "DATABASES":
		name := set.catalog
		if len(t.Of) == 1 {
			name = t.Of[0].Text
		} else if len(t.Of) > 1 {
			return expr.Refuse(t.Pos, "SHOW DATABASES FROM a name of several parts")
		}
		names, ok := s.opts.Catalog.Databases(name)
		if !ok {
			return &expr.Error{Pos: t.Pos, Class: expr.ClassValidation, Message: "Catalog " + name + " does not exist"}
		}
		return c.list("database name", matching(names, t))
	case "TABLES", "VIEWS":
		return s.showTables(c, t, set)
	case "FUNCTIONS":
		if t.Of != nil {
			return expr.Refuse(t.Pos, "SHOW FUNCTIONS FROM")
		}
		return c.list("function name", matching(functions(), t))
	}
	return expr.Refuse(t.Pos, "SHOW %s", t.What)
}

func (s *Statements) showTables(c *compiled, t *parse.Show, set settings) error {
	cat, db := set.catalog, set.database
	switch len(t.Of) {
	case 0:
	case 1:
		db = t.Of[0].Text
	case 2:
		cat, db = t.Of[0].Text, t.Of[1].Text
	default:
		return expr.Refuse(t.Pos, "SHOW %s FROM a name of %d parts", t.What, len(t.Of))
	}
	all, ok := s.opts.Catalog.Tables(cat, db)
	if !ok {
		return &expr.Error{Pos: t.Pos, Class: expr.ClassValidation, Message: "Database `" + cat + "`.`" + db + "` does not exist"}
	}
	var names []string
	for _, name := range all {
		if table, ok := s.opts.Catalog.Table(cat, db, name); ok && (t.What == "TABLES" || table.View != "") {
			names = append(names, name)
		}
	}
	column := "table name"
	if t.What == "VIEWS" {
		column = "view name"
	}
	return c.list(column, matching(names, t))
}

func functions() []string {
	var names []string
	for _, f := range flinksql.Functions {
		if expr.Implemented(f.Name) {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	sort.Strings(names)
	return names
}

// matching keeps the names that LIKE asks for.
func matching(names []string, t *parse.Show) []string {
	if t.Like == nil {
		return names
	}
	var out []string
	for _, name := range names {
		if yes, err := expr.MatchLike(name, t.Like.Text); err == nil && yes != t.Not {
			out = append(out, name)
		}
	}
	return out
}

// list is a result of one column.
func (c *compiled) list(column string, names []string) error {
	c.columns = []expr.Column{stringColumn(column)}
	for _, n := range names {
		c.rows = append(c.rows, []string{n})
	}
	return nil
}

// describe executes DESCRIBE at once.
func (s *Statements) describe(c *compiled, t *parse.Describe, p *plan.Planner) error {
	c.kind = flinksql.Describe
	pos := t.Table[0].Pos.To(t.Table[len(t.Table)-1].Pos)
	found, err := p.Lookup(t.Table, pos)
	if err != nil {
		return &expr.Error{Pos: pos, Class: expr.ClassValidation, Message: "Tables or views with the identifier '" + p.FullName(t.Table) + "' doesn't exist."}
	}
	if found.View != "" {
		return expr.Refuse(t.Pos, "DESCRIBE of a view")
	}
	c.columns = []expr.Column{
		stringColumn("name"), stringColumn("type"),
		{Name: "null", Type: types.Of(types.Boolean).Null(true)},
		stringColumn("key"), stringColumn("extras"), stringColumn("watermark"),
	}
	for _, col := range found.Columns {
		nullable := "false"
		if col.Type.Nullable {
			nullable = "true"
		}
		c.rows = append(c.rows, []string{col.Name, col.Type.Summary(), nullable, null, null, null})
	}
	return nil
}
