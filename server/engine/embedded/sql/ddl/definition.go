// Package ddl keeps the tables, views, databases and catalogs that statements
// define in an environment, and carries out the statements that change them.
package ddl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/tabledef"
)

// Definition is a definition as it is stored, while this package has it.
type Definition struct {
	tabledef.Definition
	raw    []byte // as an engine over Flink stored it, until it is changed
	broken error  // why it cannot be read
}

func defined(d tabledef.Definition) *Definition { return &Definition{Definition: d} }

// Set is what an environment has: a catalog.Catalog over what every
// environment has and what was defined.
type Set struct {
	base  catalog.Catalog
	defs  map[[3]string]*Definition
	built map[[3]string]*catalog.Table
	kafka map[string][]string // see WithKafka
}

// Load reads the definitions of an environment.
func Load(base catalog.Catalog, tables []engine.Table) (*Set, error) {
	s := &Set{base: base, defs: map[[3]string]*Definition{}, built: map[[3]string]*catalog.Table{}}
	for _, t := range tables {
		d, err := read(t)
		if err != nil {
			return nil, fmt.Errorf(
				"read the definition of %s: %w", strings.Join([]string{t.Catalog, t.Database, t.Name}, "."), err,
			)
		}
		s.defs[t.Key()] = d
	}
	s.complete()
	return s, nil
}

// Save gives the definitions as they are kept.
func (s *Set) Save() ([]engine.Table, error) {
	var out []engine.Table
	for key, d := range s.defs {
		b, err := json.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("keep a table: %w", err)
		}
		if d.raw != nil {
			b = d.raw
		}
		out = append(out, engine.Table{Catalog: key[0], Database: key[1], Name: key[2], Definition: b})
	}
	return out, nil
}

// merged adds to sorted names those of the definitions that fit.
func (s *Set) merged(names []string, pick func(key [3]string) (string, bool)) []string {
	all := map[string]bool{}
	for _, n := range names {
		all[n] = true
	}
	for key := range s.defs {
		if n, ok := pick(key); ok {
			all[n] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Catalogs implements catalog.Catalog.
func (s *Set) Catalogs() []string {
	names := slices.AppendSeq(s.base.Catalogs(), maps.Keys(s.kafka))
	return s.merged(names, func(k [3]string) (string, bool) { return k[0], k[1] == "" })
}

// Databases implements catalog.Catalog.
func (s *Set) Databases(name string) ([]string, bool) {
	names, ok := s.base.Databases(name)
	if s.isKafka(name) {
		names, ok = append(slices.Clone(names), s.kafka[name]...), true
	}
	_, defined := s.defs[[3]string{name}]
	return s.merged(names, func(k [3]string) (string, bool) {
		return k[1], k[0] == name && k[1] != "" && k[2] == ""
	}), ok || defined
}

// Tables implements catalog.Catalog.
func (s *Set) Tables(cat, database string) ([]string, bool) {
	names, ok := s.base.Tables(cat, database)
	ok = ok || slices.Contains(s.kafka[cat], database)
	_, defined := s.defs[[3]string{cat, database}]
	return s.merged(names, func(k [3]string) (string, bool) {
		return k[2], k[0] == cat && k[1] == database && k[2] != ""
	}), ok || defined && database != ""
}

// Definition finds what was defined under a name.
func (s *Set) Definition(cat, database, name string) (*Definition, bool) {
	d, ok := s.defs[[3]string{cat, database, name}]
	return d, ok
}

// Table implements catalog.Catalog.
func (s *Set) Table(cat, database, name string) (*catalog.Table, bool) {
	key := [3]string{cat, database, name}
	d, ok := s.defs[key]
	if !ok || name == "" {
		return s.base.Table(cat, database, name)
	}
	t, ok := s.built[key]
	if !ok {
		t = d.table()
		s.built[key] = t
	}
	return t, true
}

func (d *Definition) table() *catalog.Table {
	if d.View != nil {
		t := &catalog.Table{View: d.View.Query, Catalog: d.View.Catalog, Database: d.View.Database}
		for _, name := range d.View.Columns {
			t.Columns = append(t.Columns, catalog.Column{Name: name})
		}
		return t
	}
	t := &catalog.Table{Options: d.Options, Broken: d.broken, Keys: d.Key, PartitionBy: d.PartitionBy}
	if t.Options == nil {
		t.Options = map[string]string{}
	}
	if d.Watermark != nil {
		t.Watermark = &catalog.Watermark{Column: d.Watermark.Column, Expr: d.Watermark.Expr}
	}
	for _, c := range d.Columns {
		out := catalog.Column{
			Name: c.Name, Computed: c.Computed, Metadata: c.Metadata, Key: c.Key, Virtual: c.Virtual,
			Comment: c.Comment,
		}
		if c.Type != "" {
			written, err := parse.ParseType(c.Type)
			if err == nil {
				out.Type, err = expr.TypeOf(written)
			}
			if err != nil && t.Broken == nil {
				t.Broken = err
			}
		}
		if slices.Contains(d.Key, c.Name) {
			out.Type.Nullable = false
		}
		t.Columns = append(t.Columns, out)
	}
	return t
}
