package sql

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/functions/operators"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// show executes SHOW at once.
func (c *compiled) show(t *ast.Show, p *plan.Planner, tables *ddl.Set) error {
	c.kind = flinksql.Kind("SHOW_" + strings.ReplaceAll(t.What, " ", "_"))
	switch t.What {
	case "CURRENT CATALOG":
		return c.list("current catalog name", []string{c.set.catalog})
	case "CURRENT DATABASE":
		return c.list("current database name", []string{c.set.database})
	case "CATALOGS":
		if t.Of != nil {
			return sqlerr.Refuse(t.Pos, "SHOW CATALOGS FROM")
		}
		return c.list("catalog name", matching(tables.Catalogs(), t))
	case "DATABASES":
		return c.showDatabases(t, tables)
	case "TABLES", "VIEWS":
		return c.showTables(t, tables)
	case "COLUMNS":
		return c.showColumns(t, p)
	case "CREATE TABLE", "CREATE VIEW":
		return c.showCreate(t, p, tables)
	case "CREATE CATALOG":
		return c.showCatalog(t, tables)
	case "FUNCTIONS":
		if t.Of != nil {
			return sqlerr.Refuse(t.Pos, "SHOW FUNCTIONS FROM")
		}
		return c.list("function name", matching(functions.Builtin.Names(), t))
	case "USER FUNCTIONS":
		return c.list("function name", nil)
	case "JARS":
		return c.list("jars", nil)
	case "MODELS":
		return c.list("model name", nil)
	case "MODULES":
		return c.list("module name", []string{"core"})
	case "FULL MODULES":
		c.columns = []expr.Column{stringColumn("module name"), {Name: "used", Type: types.Of(types.Boolean).Null(true)}}
		c.rows = []value.Row{{value.Text("core"), value.Text("true")}}
		return nil
	}
	return sqlerr.Refuse(t.Pos, "SHOW %s", t.What)
}

func (c *compiled) showDatabases(t *ast.Show, tables *ddl.Set) error {
	name := c.set.catalog
	if len(t.Of) == 1 {
		name = t.Of[0].Text
	} else if len(t.Of) > 1 {
		return sqlerr.Refuse(t.Pos, "SHOW DATABASES FROM a name of several parts")
	}
	names, ok := tables.Databases(name)
	if !ok {
		return &sqlerr.Error{Pos: t.Pos, Class: sqlerr.ClassValidation, Message: "Catalog " + name + " does not exist"}
	}
	return c.list("database name", matching(names, t))
}

func (c *compiled) showTables(t *ast.Show, tables *ddl.Set) error {
	cat, db := c.set.catalog, c.set.database
	switch len(t.Of) {
	case 0:
	case 1:
		db = t.Of[0].Text
	case 2:
		cat, db = t.Of[0].Text, t.Of[1].Text
	default:
		return sqlerr.Refuse(t.Pos, "SHOW %s FROM a name of %d parts", t.What, len(t.Of))
	}
	all, ok := tables.Tables(cat, db)
	if !ok {
		if t.What == "TABLES" {
			return &sqlerr.Error{
				Pos: t.Pos, Class: sqlerr.ClassValidation,
				Message: "Database '" + cat + "'.'" + db + "' doesn't exist.",
			}
		}
		return &sqlerr.Error{
			Pos: t.Pos, Class: sqlerr.ClassValidation, Message: "Database `" + cat + "`.`" + db + "` does not exist",
		}
	}
	var names []string
	for _, name := range all {
		if table, ok := tables.Table(cat, db, name); ok && (t.What == "TABLES" || table.View != "") {
			names = append(names, name)
		}
	}
	column := "table name"
	if t.What == "VIEWS" {
		column = "view name"
	}
	return c.list(column, matching(names, t))
}

// showCatalog has no answer for the catalog that Flink itself has none for.
func (c *compiled) showCatalog(t *ast.Show, tables *ddl.Set) error {
	name := t.Of[0].Text
	if _, ok := tables.Definition(name, "", ""); ok {
		return sqlerr.Refuse(t.Pos, "SHOW CREATE CATALOG and DESCRIBE CATALOG")
	}
	return &sqlerr.Error{
		Pos: t.Pos, Class: sqlerr.ClassValidation,
		Message: "Cannot obtain metadata information from Catalog " + name + ".",
	}
}

// matching keeps the names that LIKE asks for.
func matching(names []string, t *ast.Show) []string {
	if t.Like == nil {
		return names
	}
	var out []string
	for _, name := range names {
		if yes, err := operators.MatchLike(name, t.Like.Text); err == nil && yes != t.Not {
			out = append(out, name)
		}
	}
	return out
}

// list is a result of one column.
func (c *compiled) list(column string, names []string) error {
	c.columns = []expr.Column{stringColumn(column)}
	for _, n := range names {
		c.rows = append(c.rows, value.Row{value.Text(n)})
	}
	return nil
}
