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
)

// Definition is what is kept of a catalog, a database, a table or a view.
// Types and expressions are texts, read again at every use.
type Definition struct {
	Columns     []Column          `json:"columns,omitempty"`
	Watermark   *Watermark        `json:"watermark,omitempty"`
	Key         []string          `json:"key,omitempty"`
	KeyName     string            `json:"keyName,omitempty"`
	PartitionBy []string          `json:"partitionBy,omitempty"`
	Options     map[string]string `json:"options,omitempty"`
	Comment     string            `json:"comment,omitempty"`
	View        *View             `json:"view,omitempty"`
	By          string            `json:"by,omitempty"` // the run that made it
	raw         []byte            // as an engine over Flink keeps it, until it is changed
	broken      error             // why it cannot be read
}

// Column is one column of a table.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	Computed string `json:"computed,omitempty"`
	Metadata bool   `json:"metadata,omitempty"`
	Key      string `json:"key,omitempty"`
	Virtual  bool   `json:"virtual,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

// Watermark is WATERMARK FOR a column AS an expression.
type Watermark struct {
	Column string `json:"column"`
	Expr   string `json:"expr"`
}

// View is a query and where its names are looked up.
type View struct {
	Query    string   `json:"query"`
	Columns  []string `json:"columns,omitempty"`
	Catalog  string   `json:"catalog"`
	Database string   `json:"database"`
}

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
			return nil, fmt.Errorf("read the definition of %s: %w", strings.Join([]string{t.Catalog, t.Database, t.Name}, "."), err)
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
	return s.merged(names, func(k [3]string) (string, bool) { return k[1], k[0] == name && k[1] != "" && k[2] == "" }), ok || defined
}

// Tables implements catalog.Catalog.
func (s *Set) Tables(cat, database string) ([]string, bool) {
	names, ok := s.base.Tables(cat, database)
	ok = ok || slices.Contains(s.kafka[cat], database)
	_, defined := s.defs[[3]string{cat, database}]
	return s.merged(names, func(k [3]string) (string, bool) { return k[2], k[0] == cat && k[1] == database && k[2] != "" }), ok || defined && database != ""
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
	env := &expr.Env{}
	for _, c := range d.Columns {
		out := catalog.Column{Name: c.Name, Computed: c.Computed, Metadata: c.Metadata, Key: c.Key, Virtual: c.Virtual, Comment: c.Comment}
		if c.Type != "" {
			written, err := parse.ParseType(c.Type)
			if err == nil {
				out.Type, err = env.TypeOf(written)
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
