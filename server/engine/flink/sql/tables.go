package sql

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/tabledef"
)

// definition is what is kept of a table: the statement that makes it, as Flink
// itself shows it. Order is that of making; a view comes after its tables.
type definition struct {
	SQL   string `json:"sql"`
	Order int    `json:"order"`
	By    string `json:"by,omitempty"` // the run that made it
}

func read(t engine.Table) definition {
	var d definition
	_ = json.Unmarshal(t.Definition, &d)
	return d
}

// statements make a table; the embedded engine keeps no text of them.
func statements(t engine.Table) []string {
	if sql := read(t).SQL; sql != "" {
		return []string{sql}
	}
	made, err := tabledef.Statements(t)
	if err != nil {
		return nil
	}
	return made
}

// replay are the statements that make the tables again, in their order.
func replay(tables []engine.Table) []string {
	all := make([]storedTable, len(tables))
	for i, t := range tables {
		all[i] = storedTable{t.Key(), statements(t), read(t).Order}
	}
	slices.SortStableFunc(all, func(a, b storedTable) int {
		return cmp.Or(cmp.Compare(a.level(), b.level()), cmp.Compare(a.order, b.order))
	})
	var out []string
	for _, k := range viewsAfterTheirs(all) {
		out = append(out, k.statements...)
	}
	if slices.ContainsFunc(out, func(s string) bool { return strings.HasPrefix(s, "USE ") }) {
		out = append(out, "USE `default_catalog`.`default_database`")
	}
	return out
}

// storedTable is a table with what makes it.
type storedTable struct {
	key        [3]string
	statements []string
	order      int
}

// level puts catalogs before databases before tables before views.
func (k storedTable) level() int {
	switch {
	case k.key[1] == "":
		return 0
	case k.key[2] == "":
		return 1
	case !k.isView():
		return 2
	}
	return 3
}

func (k storedTable) isView() bool {
	return len(k.statements) > 0 && flinksql.KindOf(k.statements[len(k.statements)-1]) == flinksql.CreateView
}

// names reports whether a view may be over another.
func (k storedTable) names(other storedTable) bool {
	return slices.ContainsFunc(flinksql.Lex(k.statements[len(k.statements)-1]), func(t flinksql.Token) bool {
		return strings.EqualFold(strings.Trim(t.Text, "`"), other.key[2])
	})
}

// viewsAfterTheirs puts a view behind those it may be over.
func viewsAfterTheirs(all []storedTable) []storedTable {
	var out []storedTable
	placed := make([]bool, len(all))
	var page func(int)
	page = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		for j, other := range all {
			if all[i].isView() && other.isView() && all[i].names(other) {
				page(j)
			}
		}
		out = append(out, all[i])
	}
	for i := range all {
		page(i)
	}
	return out
}

// defines says whether a kind of statement changes the tables.
func defines(kind flinksql.Kind) bool {
	verb, _, _ := strings.Cut(string(kind), "_")
	return verb == "CREATE" || verb == "DROP" || verb == "ALTER"
}

// target is what a statement defines: a table or a view, or without a name a
// database, and without a database a catalog.
type target struct {
	what  string // TABLE, VIEW, DATABASE, CATALOG
	key   [3]string
	old   [3]string // what it was called before
	drops bool
	pos   ast.Pos
	// refused is why the statement is not taken.
	refused string
}

// targetOf finds what a statement defines, seen from a catalog and a database.
func targetOf(sql, catalog, database string) (target, bool) {
	tree, err := parse.Parse(sql)
	if err != nil {
		return target{}, false
	}
	full := func(names []ast.Name) [3]string { return fullName(names, catalog, database) }
	switch t := tree.(type) {
	case *ast.CreateTable:
		return target{what: "TABLE", key: full(t.Name), pos: t.Pos, refused: reasons(t.Temporary, t.As != nil)}, true
	case *ast.CreateView:
		return target{what: "VIEW", key: full(t.Name), pos: t.Pos, refused: reasons(t.Temporary, false)}, true
	case *ast.CreateObject:
		return target{what: t.What, key: container(t.What, t.Name, catalog), pos: t.Pos}, true
	case *ast.Drop:
		if t.What == "TABLE" || t.What == "VIEW" {
			return target{
				what: t.What, key: full(t.Name), drops: true, pos: t.Pos, refused: reasons(t.Temporary, false),
			}, true
		}
		return target{what: t.What, key: container(t.What, t.Name, catalog), drops: true, pos: t.Pos}, true
	case *ast.Alter:
		if t.What != "TABLE" && t.What != "VIEW" {
			return target{what: t.What, key: container(t.What, t.Name, catalog), pos: t.Pos}, true
		}
		at := target{what: t.What, key: full(t.Name), pos: t.Pos}
		if t.Action == "RENAME" {
			at.old = at.key
			at.key = fullName(t.To, at.key[0], at.key[1])
		}
		return at, true
	}
	return target{}, false
}

func reasons(temporary, as bool) string {
	switch {
	case temporary:
		return "TEMPORARY is not taken: statements share no session"
	case as:
		return "CREATE TABLE … AS is not taken: create the table, then INSERT INTO it"
	}
	return ""
}

func fullName(names []ast.Name, catalog, database string) [3]string {
	key := [3]string{catalog, database}
	for i, name := range names {
		key[max(0, 3-len(names)+i)] = name.Text
	}
	return key
}

func container(what string, names []ast.Name, catalog string) [3]string {
	last := names[len(names)-1].Text
	switch {
	case what == "CATALOG":
		return [3]string{last}
	case len(names) > 1:
		catalog = names[0].Text
	}
	return [3]string{catalog, last}
}
