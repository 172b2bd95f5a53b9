// Package catalog names the tables that statements can use.
package catalog

import (
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// Column is a column of a table.
type Column struct {
	Name string
	Type types.Type
	// Computed is the expression of a computed column, as written; its type
	// follows from it.
	Computed string
	// Metadata columns are no part of the stored row. Key names the metadata.
	Metadata bool
	Key      string
	Virtual  bool
	Comment  string
}

// Table is a table or a view.
type Table struct {
	Columns []Column
	// Open gives the rows of a table that can be read; nil for a sink.
	Open func(seed uint64) stream.Source
	// Bounded says that the rows end.
	Bounded bool
	// Sink says that rows can be written; they are thrown away.
	Sink bool
	// View is the query of a view, and Catalog and Database where its names
	// are looked up.
	View              string
	Catalog, Database string
	// Watermark is how far time has come, by a column and an expression.
	Watermark *Watermark
	// Keys are the columns of the primary key.
	Keys        []string
	PartitionBy []string
	// Options are those of a table with a connector; nil without one.
	Options map[string]string
	// Broken is why the table cannot be used.
	Broken error
}

// Watermark is WATERMARK FOR Column AS Expr.
type Watermark struct{ Column, Expr string }

// Catalog finds tables. A set of tables for each environment can be put
// before the one that all share.
type Catalog interface {
	Catalogs() []string
	// Databases are those of a catalog; ok is false when there is none such.
	Databases(catalog string) (names []string, ok bool)
	// Tables are those of a database.
	Tables(catalog, database string) (names []string, ok bool)
	// Table finds one table.
	Table(catalog, database, name string) (*Table, bool)
}

// The names that a statement starts with when it gives none.
const (
	DefaultCatalog  = "default_catalog"
	DefaultDatabase = "default_database"
)

// Static is a catalog that does not change: catalog, database, table.
type Static map[string]map[string]map[string]*Table

// Catalogs implements Catalog.
func (s Static) Catalogs() []string { return sortedKeys(s) }

// Databases implements Catalog.
func (s Static) Databases(catalog string) ([]string, bool) {
	c, ok := s[catalog]
	return sortedKeys(c), ok
}

// Tables implements Catalog.
func (s Static) Tables(catalog, database string) ([]string, bool) {
	d, ok := s[catalog][database]
	return sortedKeys(d), ok
}

// Table implements Catalog.
func (s Static) Table(catalog, database, name string) (*Table, bool) {
	t, ok := s[catalog][database][name]
	return t, ok
}
