package model

// Found is a page of records.
type Found struct {
	Records []Record
	Total   int64
}

// Query selects, orders and cuts.
type Query struct {
	Where  []Term // all of them
	Order  []Order
	Offset int
	Limit  int // 0 is no limit
	// Everywhere takes the kind's objects of all environments and parents.
	Everywhere bool
	// Brief reads no more of a record than its scope, name, state, document and
	// note.
	Brief bool
}

// Order is one property to sort by. Ties are ordered by creation, then name.
type Order struct {
	Field Field
	Desc  bool
}

// Field is a property that lists know: a column, or a path in the document.
type Field struct {
	Column Column
	Path   string // as in $.spec.statement, for ColumnPath
	Exact  bool   // a search of it is for the whole value
}

// Column names what is kept beside the document.
type Column string

// The columns.
const (
	ColumnName    Column = "name"
	ColumnUID     Column = "uid"
	ColumnState   Column = "state"
	ColumnLink    Column = "link"
	ColumnCreated Column = "created"
	ColumnUpdated Column = "updated"
	ColumnPath    Column = "doc"
)

// Test is how a term compares.
type Test int

// The tests. Glob takes * for any text; Contains and EqualFold ignore case.
const (
	TestIn Test = iota
	TestNotIn
	TestGlob
	TestContains
	TestEqualFold
	TestExists
	TestMissing
	TestPrefix
)

// Term is one condition: a field or a label against values. Search terms have
// several fields, one of which must match.
type Term struct {
	Fields []Field
	Label  string // instead of Fields
	Test   Test
	Values []string
}
