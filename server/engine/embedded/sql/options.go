// Package sql is the embedded engine's own SQL: it plans statements with
// Flink's types and runs them as a changelog in this process. What it cannot
// do as Flink does, it refuses.
package sql

import (
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/memory"
)

// Options are what Statements needs.
type Options struct {
	// Dir is a private folder for savepoints and for what must outlive the process.
	Dir string
	// Now is the clock; nil is the real one.
	Now func() time.Time
	// Catalog finds tables; nil has the catalog examples only.
	Catalog catalog.Catalog
	// Tables keep what DDL makes; nil: it lasts as long as this value.
	Tables engine.Tables
	// Files are the folders that tables with the connector filesystem may read
	// and write; none: such tables are refused.
	Files []string
	// Log tells which statements went on from a snapshot; nil: nothing does.
	Log *slog.Logger
	// Hold is how many rows of a changelog are kept for reading again; 0: as
	// many as Memory lets.
	Hold int
	// State is how many rows and groups a statement may remember; 0: as many
	// as Memory lets.
	State int
	// Memory is how many bytes statements may hold; what is zero is as
	// memory.Defaults have it.
	Memory memory.Limits
	// Time is for how long a bounded statement may compute; 0: one hour.
	Time time.Duration
}

// Statements runs SQL. It implements service.Statements.
type Statements struct {
	opts Options
	mu   sync.Mutex
	jobs map[string]*job
	pool *memory.Pool
	// returning says that memory is being given back to the system.
	returning atomic.Bool
	// working bounds how many statements compute at once: one processor is
	// left for those who ask.
	working chan struct{}
}

var _ engine.Statements = (*Statements)(nil)

// New gives an engine for statements. It starts no goroutines: a statement
// goes on when it is observed or read.
func New(opts Options) *Statements {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Catalog == nil {
		opts.Catalog = catalog.Examples()
	}
	if opts.Tables == nil {
		opts.Tables = &engine.MemoryTables{}
	}
	opts.Memory = opts.Memory.Or(memory.Defaults)
	if opts.Time <= 0 {
		opts.Time = time.Hour
	}
	return &Statements{
		opts: opts, jobs: map[string]*job{}, pool: memory.NewPool(opts.Memory),
		working: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
	}
}

// settings are what a run's properties and configuration say.
type settings struct {
	batch             bool
	zone              *time.Location
	catalog, database string
	ttl               int64 // table.exec.state.ttl, milliseconds
	dropNulls         bool  // table.exec.sink.not-null-enforcer
	legacyCast        bool  // table.exec.legacy-cast-behaviour
}

func settingsOf(run engine.StatementRun) (settings, error) {
	s := settings{zone: time.UTC, catalog: run.Catalog, database: run.Database}
	s.dropNulls = strings.EqualFold(run.Configuration["table.exec.sink.not-null-enforcer"], "DROP")
	s.legacyCast = strings.EqualFold(run.Configuration["table.exec.legacy-cast-behaviour"], "ENABLED")
	switch mode := run.Configuration["execution.runtime-mode"]; strings.ToUpper(mode) {
	case "", "STREAMING":
	case "BATCH":
		s.batch = true
	case "AUTOMATIC":
		return s, unsupported("the runtime mode AUTOMATIC")
	default:
		return s, &engine.SQLError{Class: "IllegalArgumentException", Message: fmt.Sprintf(
			"Could not parse value '%s' for key 'execution.runtime-mode'.", mode,
		)}
	}
	if text, ok := run.Configuration["table.exec.state.ttl"]; ok {
		if s.ttl, ok = connect.Millis(text); !ok {
			return s, &engine.SQLError{Class: "IllegalArgumentException", Message: fmt.Sprintf(
				"Could not parse value '%s' for key 'table.exec.state.ttl'.", text,
			)}
		}
	}
	if text, ok := run.Configuration["parallelism.default"]; ok {
		if _, err := strconv.ParseInt(text, 10, 32); err != nil {
			return s, &engine.SQLError{Class: "IllegalArgumentException", Message: fmt.Sprintf(
				"Could not parse value '%s' for key 'parallelism.default'.", text,
			)}
		}
	}
	name := run.Properties[cmf.PropertyTimeZone]
	if name == "" {
		name = run.Configuration["table.local-time-zone"]
	}
	if name != "" && name != "default" {
		zone, ok := zoneOf(name)
		if !ok {
			return s, &engine.SQLError{Class: "IllegalArgumentException", Message: "Unknown time-zone ID: " + name}
		}
		s.zone = zone
	}
	if s.catalog == "" {
		s.catalog = run.Properties[cmf.PropertyCatalog]
	}
	if s.database == "" {
		s.database = run.Properties[cmf.PropertyDatabase]
	}
	if s.catalog == "" {
		s.catalog = catalog.DefaultCatalog
	}
	switch {
	case s.database != "":
	case s.catalog == catalog.DefaultCatalog:
		s.database = catalog.DefaultDatabase
	case s.catalog != "examples":
		s.database = ddl.InMemoryDatabase
	}
	return s, nil
}

// zoneOf reads Java's names of zones: UTC, Asia/Tokyo, GMT+05:30.
func zoneOf(name string) (*time.Location, bool) {
	if name == "Local" {
		return nil, false
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone, true
	}
	for _, prefix := range []string{"GMT", "UTC"} {
		if t, err := time.Parse("-07:00", strings.TrimPrefix(name, prefix)); err == nil {
			_, offset := t.Zone()
			return time.FixedZone(name, offset), true
		}
	}
	return nil, false
}

func unsupported(what string) *engine.SQLError {
	return &engine.SQLError{
		Class: "UnsupportedOperationException", Message: "not supported by the embedded engine: " + what,
	}
}
