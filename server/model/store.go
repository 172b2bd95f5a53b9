package model

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
)

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

// Updater does what Store.Update does.
type Updater func(ctx context.Context, fn func(Tx) error) error

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
