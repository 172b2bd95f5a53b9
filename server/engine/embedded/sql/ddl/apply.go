package ddl

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/tabledef"
)

// Context is what a statement knows besides its text.
type Context struct {
	Catalog, Database string
	Run               string // the id of the run, to tell a repeated call
	// View plans the query of a view and gives its columns.
	View func(q *ast.Query, set *Set) ([]string, error)
	// Table checks the columns of a table: expressions and the watermark.
	Table func(t *catalog.Table, set *Set) error
}

// Defines says whether a statement is one that Apply carries out.
func Defines(s ast.Statement) bool {
	switch s.(type) {
	case *ast.CreateTable, *ast.CreateView, *ast.CreateObject, *ast.Drop, *ast.Alter:
		return true
	}
	return false
}

// Apply carries out a statement that defines something.
func (s *Set) Apply(statement ast.Statement, c Context) error {
	switch t := statement.(type) {
	case *ast.CreateTable:
		return s.createTable(t, c)
	case *ast.CreateView:
		return s.createView(t, c)
	case *ast.CreateObject:
		if t.What == "CATALOG" {
			return s.createCatalog(t, c)
		}
		return s.createDatabase(t, c)
	case *ast.Drop:
		return s.drop(t, c)
	case *ast.Alter:
		return s.alter(t, c)
	}
	return sqlerr.Refuse(statement.Span(), "this statement")
}

func validation(pos ast.Pos, message, cause string) error {
	return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassValidation, Message: message, Cause: cause}
}

// key is the full name of a table.
func (c Context) key(parts []ast.Name) ([3]string, error) {
	key := [3]string{c.Catalog, c.Database}
	switch len(parts) {
	case 1:
	case 2:
		key[1] = parts[0].Text
	case 3:
		key[0], key[1] = parts[0].Text, parts[1].Text
	default:
		return key, sqlerr.Refuse(pos(parts), "a table name of %d parts", len(parts))
	}
	key[2] = parts[len(parts)-1].Text
	return key, nil
}

func pos(parts []ast.Name) ast.Pos { return parts[0].Pos.To(parts[len(parts)-1].Pos) }

func dotted(key [3]string) string { return strings.Join(key[:], ".") }

func quoted(key [3]string) string {
	return ast.Quoted(key[0]) + "." + ast.Quoted(key[1]) + "." + ast.Quoted(key[2])
}

// room says whether a table of this name can be made: ok is false when it is
// there already and the statement allows that.
func (s *Set) unused(parts []ast.Name, c Context, lenient bool) (key [3]string, ok bool, err error) {
	if key, err = c.key(parts); err != nil {
		return key, false, err
	}
	if err := s.tables(key, pos(parts)); err != nil {
		return key, false, err
	}
	failed := "Could not execute CreateTable in path " + quoted(key)
	if _, ok := s.Databases(key[0]); !ok {
		return key, false, validation(pos(parts), "Catalog "+key[0]+" does not exist.", "")
	}
	if _, ok := s.Tables(key[0], key[1]); !ok {
		return key, false, validation(pos(parts), failed, "Database "+key[1]+" does not exist in Catalog "+key[0]+".")
	}
	if _, there := s.Table(key[0], key[1], key[2]); !there {
		return key, true, nil
	}
	if d, ok := s.defs[key]; lenient || ok && d.By == c.Run && c.Run != "" {
		return key, false, nil
	}
	return key, false, validation(
		pos(parts), failed, "Table (or view) "+key[1]+"."+key[2]+" already exists in Catalog "+key[0]+".",
	)
}

func (s *Set) put(key [3]string, d *Definition, c Context) {
	d.By, d.raw = c.Run, nil
	s.defs[key] = d
	delete(s.built, key)
}

func (s *Set) createView(v *ast.CreateView, c Context) error {
	if v.Temporary {
		return sqlerr.Refuse(v.Pos, "a TEMPORARY view, as statements share no session")
	}
	if v.Alter {
		return s.alterView(v, c)
	}
	key, ok, err := s.unused(v.Name, c, v.IfNotExists)
	if err != nil || !ok {
		return err
	}
	return s.putView(key, v, c)
}

func (s *Set) putView(key [3]string, v *ast.CreateView, c Context) error {
	columns, err := c.View(v.Query, s)
	if err != nil {
		return err
	}
	if v.Columns != nil {
		if len(v.Columns) != len(columns) {
			return validation(
				v.Pos,
				"VIEW definition and input fields not match:\n\tDef fields: "+fields(texts(v.Columns))+
					".\n\tInput fields: "+fields(columns)+".",
				"",
			)
		}
		columns = texts(v.Columns)
	}
	if err := once(v, columns); err != nil {
		return err
	}
	d := defined(tabledef.Definition{Comment: v.Comment, View: &tabledef.View{
		Query: v.Text, Columns: columns, Catalog: c.Catalog, Database: c.Database,
	}})
	if err := s.topic(key, d, v.Pos); err != nil {
		return err
	}
	s.put(key, d, c)
	return nil
}

func fields(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

func texts(names []ast.Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.Text
	}
	return out
}

func (s *Set) alterView(v *ast.CreateView, c Context) error {
	key, err := c.key(v.Name)
	if err != nil {
		return err
	}
	d, ok := s.defs[key]
	if !ok || d.View == nil {
		return validation(pos(v.Name), "View "+quoted(key)+" doesn't exist or is a temporary view.", "")
	}
	v.Comment = d.Comment
	return s.putView(key, v, c)
}

func (s *Set) createDatabase(o *ast.CreateObject, c Context) error {
	key := [3]string{c.Catalog, o.Name[len(o.Name)-1].Text}
	if len(o.Name) == 2 {
		key[0] = o.Name[0].Text
	} else if len(o.Name) > 2 {
		return sqlerr.Refuse(o.Pos, "a database name of %d parts", len(o.Name))
	}
	if err := s.writable(key[0], o.Pos); err != nil {
		return err
	}
	message := "Could not execute CREATE DATABASE: (catalogDatabase: [{}], catalogName: [" + key[0] +
		"], databaseName: [" + key[1] + "], ignoreIfExists: [false])"
	if _, ok := s.Databases(key[0]); !ok {
		return validation(o.Pos, message, "Catalog "+key[0]+" does not exist")
	}
	if _, there := s.Tables(key[0], key[1]); there {
		if d, ok := s.defs[key]; o.IfNotExists || ok && d.By == c.Run && c.Run != "" {
			return nil
		}
		return validation(o.Pos, message, "Database "+key[1]+" already exists in Catalog "+key[0]+".")
	}
	s.put(key, defined(tabledef.Definition{Comment: o.Comment, Options: optionMap(o.Options)}), c)
	return nil
}

// createCatalog makes the one kind of catalog that needs no other service.
func (s *Set) createCatalog(o *ast.CreateObject, c Context) error {
	options := optionMap(o.Options)
	if len(o.Name) != 1 {
		return sqlerr.Refuse(o.Pos, "a catalog name of %d parts", len(o.Name))
	}
	if options["type"] != "generic_in_memory" {
		return sqlerr.Refuse(
			o.Pos, "CREATE CATALOG of other types than generic_in_memory; Kafka catalogs are made through the API",
		)
	}
	name := o.Name[0].Text
	if _, there := s.Databases(name); there {
		if d, ok := s.defs[[3]string{name}]; o.IfNotExists || ok && d.By == c.Run && c.Run != "" {
			return nil
		}
		return validation(
			o.Pos,
			"Could not execute CREATE CATALOG: (catalogName: ["+name+
				"], properties: [{type=generic_in_memory}], ignoreIfExists: [false])",
			"Catalog "+name+" already exists.",
		)
	}
	database := options["default-database"]
	if database == "" {
		database = InMemoryDatabase
	}
	s.put([3]string{name}, defined(tabledef.Definition{Comment: o.Comment, Options: options}), c)
	s.put([3]string{name, database}, &Definition{}, c)
	return nil
}

// InMemoryDatabase is the database that a catalog of type generic_in_memory has.
const InMemoryDatabase = "default"

func optionMap(list []ast.Option) map[string]string {
	out := map[string]string{}
	for _, o := range list {
		out[o.Key] = o.Value
	}
	return out
}
