package ddl

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/sqlerr"
)

func (s *Set) drop(d *ast.Drop, c Context) error {
	switch d.What {
	case "DATABASE":
		return s.dropDatabase(d, c)
	case "CATALOG":
		return s.dropCatalog(d)
	case "FUNCTION":
		return dropFunction(d, c)
	}
	key, err := c.key(d.Name)
	if err != nil {
		return err
	}
	kind := "Table"
	if d.What == "VIEW" {
		kind = "View"
	}
	if d.Temporary {
		if d.IfExists {
			return nil
		}
		return validation(
			d.Pos, "Temporary "+strings.ToLower(kind)+or(d.What)+" with identifier '"+dotted(key)+"' does not exist.",
			"",
		)
	}
	def, ok := s.defs[key]
	if ok && (def.View != nil) == (d.What == "VIEW") {
		delete(s.defs, key)
		delete(s.built, key)
		return nil
	}
	if _, shared := s.base.Table(key[0], key[1], key[2]); shared && d.What == "TABLE" {
		return s.tables(key, d.Pos)
	}
	if d.IfExists {
		return nil
	}
	return validation(d.Pos, kind+" with identifier '"+dotted(key)+"' does not exist.", "")
}

func or(what string) string {
	if what == "TABLE" {
		return " or view"
	}
	return ""
}

func (s *Set) dropDatabase(d *ast.Drop, c Context) error {
	key := [3]string{c.Catalog, d.Name[len(d.Name)-1].Text}
	if len(d.Name) == 2 {
		key[0] = d.Name[0].Text
	}
	if err := s.writable(key[0], d.Pos); err != nil {
		return err
	}
	how := "RESTRICT"
	if d.Cascade {
		how = "CASCADE"
	}
	message := "Could not execute DROP DATABASE " + key[0] + "." + key[1] + " " + how
	names, there := s.Tables(key[0], key[1])
	switch {
	case !there && d.IfExists:
		return nil
	case !there:
		return validation(d.Pos, message, "Database "+key[1]+" does not exist in Catalog "+key[0]+".")
	case key[0] == c.Catalog && key[1] == c.Database:
		return validation(d.Pos, message, "Cannot drop a database which is currently in use.")
	case len(names) > 0 && !d.Cascade:
		return validation(d.Pos, message, "Database "+key[1]+" in catalog "+key[0]+" is not empty.")
	}
	if _, defined := s.defs[key]; !defined {
		return sqlerr.Refuse(d.Pos, "dropping the database %s, which every environment has", key[1])
	}
	for other := range s.defs {
		if other[0] == key[0] && other[1] == key[1] {
			delete(s.defs, other)
			delete(s.built, other)
		}
	}
	return nil
}

func (s *Set) dropCatalog(d *ast.Drop) error {
	name := d.Name[0].Text
	if len(d.Name) != 1 {
		return sqlerr.Refuse(d.Pos, "a catalog name of %d parts", len(d.Name))
	}
	if _, defined := s.defs[[3]string{name}]; !defined {
		if s.isKafka(name) {
			return s.writable(name, d.Pos)
		}
		if _, shared := s.base.Databases(name); shared || name == catalog.DefaultCatalog {
			return sqlerr.Refuse(d.Pos, "dropping the catalog %s, which every environment has", name)
		}
		if d.IfExists {
			return nil
		}
		return validation(
			d.Pos, "Could not execute DROP CATALOG: (catalogName: ["+name+"])", "Catalog "+name+" does not exist.",
		)
	}
	for other := range s.defs {
		if other[0] == name {
			delete(s.defs, other)
			delete(s.built, other)
		}
	}
	return nil
}

// dropFunction knows that nobody has made a function.
func dropFunction(d *ast.Drop, c Context) error {
	if d.IfExists {
		return nil
	}
	key, err := c.key(d.Name)
	if err != nil {
		return err
	}
	return validation(d.Pos, "Function "+key[1]+"."+key[2]+" does not exist in Catalog "+key[0]+".", "")
}
