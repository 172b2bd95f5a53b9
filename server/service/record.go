package service

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
)

// KindID names a kind in the store.
type KindID string

// The kinds that are stored. Orphans are no objects of the API: each is a job
// whose object was deleted by force and which control still has to end.
const (
	KindEnvironment          KindID = "environment"
	KindApplication          KindID = "application"
	KindInstance             KindID = "instance"
	KindEvent                KindID = "event"
	KindStatement            KindID = "statement"
	KindComputePool          KindID = "compute-pool"
	KindApplicationSavepoint KindID = "application-savepoint"
	KindStatementSavepoint   KindID = "statement-savepoint"
	KindDetachedSavepoint    KindID = "detached-savepoint"
	KindSecret               KindID = "secret"
	KindSecretMapping        KindID = "secret-mapping"
	KindCatalog              KindID = "catalog"
	KindDatabase             KindID = "database"
	KindCluster              KindID = "cluster"
	KindOrphan               KindID = "orphan"
)

// Scope says where objects live: Env is empty for global kinds, Parent names
// the application, statement or catalog of kinds that live in one.
type Scope struct {
	Kind   KindID
	Env    string
	Parent string
}

// In is the scope of another kind in the same environment.
func (s Scope) In(kind KindID, parent string) Scope {
	return Scope{Kind: kind, Env: s.Env, Parent: parent}
}

// Record is an object as it is stored: the wire document and, beside it, what
// lists select and sort by.
type Record struct {
	Scope
	Name    string
	UID     string
	State   string // what filter= selects by as state, phase or type
	Link    string // a name that is looked up: a statement's pool
	Created time.Time
	Updated time.Time // last change of the specification
	// Due is when control has to look at the object; the zero time is never.
	Due    time.Time
	Labels map[string]string
	Doc    cmf.Object
	Note   cmf.Object // what control must remember and clients never see
}

// ErrMissing is returned by a Reader for what is not stored.
var ErrMissing = errors.New("not stored")

// ErrStorageFull is returned by a Store that has no room for a write; nothing
// of the write is kept, and reads go on.
var ErrStorageFull = errors.New("the disk of the server is full")

// ErrStorageUnwritable is returned by a Store whose disk refuses a write for
// another reason; nothing of the write is kept, and reads go on.
var ErrStorageUnwritable = errors.New("the disk of the server cannot be written")

// ErrStorageDamaged is returned by a Store that cannot make sense of its file;
// its text says what to do.
var ErrStorageDamaged = errors.New("the database is damaged; put a copy of the data folder in its place, " +
	"or move the folder away and import what was exported")

// Topic is what changes are noted of. An empty Env stands for all environments.
type Topic struct {
	Kind KindID
	Env  string
}

// Store keeps records. It is safe for concurrent use.
type Store interface {
	// View reads a consistent state.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn alone; what it wrote is durable once Update returns nil,
	// and nothing of it is kept otherwise.
	Update(ctx context.Context, fn func(Tx) error) error
	// Sequence counts the writes since the process began.
	Sequence() uint64
	// Changed is the Sequence of a topic's last write; 0 for none.
	Changed(Topic) uint64
}

// Reader reads one state of the store.
type Reader interface {
	Get(scope Scope, name string) (Record, error)
	// ByUID finds an object of the kind anywhere.
	ByUID(kind KindID, uid string) (Record, error)
	// Find returns a page of the scope and the number of all matches.
	Find(scope Scope, query Query) (Found, error)
	// Count counts by state; an empty Env counts all environments.
	Count(scope Scope) (map[string]int, error)
	// Usage sums up what applications or statements take, in all environments
	// where Env is empty, of all links where link is.
	Usage(scope Scope, link string) (cmf.ResourceUsageSummary, error)
	// Overviews tells in one query what environments have of the kinds.
	Overviews(environments []string, kinds ...KindID) (map[string]Overview, error)
}

// Overview is what an environment has: numbers by kind and state, and what all
// of it takes.
type Overview struct {
	Counts map[KindID]map[string]int
	Usage  cmf.ResourceUsageSummary
}

// Tx reads and writes.
type Tx interface {
	Reader
	// Put inserts or replaces a record.
	Put(Record) error
	// Save replaces what control owns: state, document, note and due time.
	Save(Record) error
	Delete(scope Scope, name string) error
	// DeleteAll deletes a whole scope; an empty Parent stands for every one.
	DeleteAll(scope Scope) error
	// Touch makes the records of a scope due; no states stands for any.
	Touch(scope Scope, due time.Time, states ...string) error
}

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
