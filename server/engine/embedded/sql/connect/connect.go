package connect

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Column is a column that the connector reads or writes.
type Column struct {
	Name string
	Type types.Type
	// unused columns are NULL, whatever they hold: nobody reads them.
	unused bool
}

// Table is what a connector has to know of a table.
type Table struct {
	Name        string // catalog.database.name
	Columns     []Column
	PartitionBy []string
	Options     map[string]string
	Keyed       bool // it has a primary key
}

// Run is what a connector has to know of the statement.
type Run struct {
	Seed  uint64
	Zone  *time.Location
	Now   func() int64 // the time of the row being made, milliseconds
	Batch bool
	// Whole says that nothing of a sink is visible before its Commit; otherwise
	// a sink may commit by itself when much waits.
	Whole bool
	// Unused says of a column that no statement wants it: what is wrong with its
	// text is not told. nil: all are wanted.
	Unused func(column int) bool
}

// Reading is a table that can be read.
type Reading struct {
	Open     func(Run) stream.Source
	Bounded  bool
	Shuffled bool  // rows come in no certain order
	Bytes    int64 // of its files; 0: unknown
}

// Writing is a table that can be written.
type Writing struct {
	// Open begins to write for the statement with this id.
	Open func(run Run, id string) (Sink, error)
	// Updates says that it takes changes other than inserts.
	Updates bool
}

// Sink takes the rows of an INSERT.
type Sink interface {
	// Write takes a row. Rows come again after a restart, in the same order.
	Write(row value.Row) error
	// Commit makes what was written so far visible, and durable.
	Commit() error
	// Written is how many rows came, and Resume goes on behind so many: those
	// before them do not come again.
	Written() int64
	Resume(rows int64)
}

// Discarder is a Sink that can forget what it was not asked to commit.
type Discarder interface{ Discard() }

// options are those of a table with what was asked for.
type options struct {
	values map[string]string
	known  map[string]bool
}

func (o options) get(key string) (string, bool) {
	o.known[key] = true
	v, ok := o.values[key]
	return v, ok
}

// knowing has options be known that may not be read.
func (o options) knowing(keys []string) options {
	for _, key := range keys {
		o.known[key] = true
	}
	return o
}

func (o options) flag(key string) (bool, error) {
	text, ok := o.get(key)
	if !ok {
		return false, nil
	}
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid("Invalid value for option '%s'.", key)
}

func (o options) number(key string) (int64, bool, error) {
	text, ok := o.get(key)
	if !ok {
		return 0, false, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, true, invalid("Invalid value for option '%s'.", key)
	}
	return n, true, nil
}

// cause is why a source or a sink cannot be made.
type cause struct{ text string }

func (c *cause) Error() string { return c.text }

func invalid(format string, args ...any) error { return &cause{fmt.Sprintf(format, args...)} }

// Read prepares a table for reading.
func Read(f Files, t Table) (Reading, error) {
	r, err := read(f, t)
	return r, t.explained(err, "a source for reading")
}

func read(f Files, t Table) (Reading, error) {
	o := options{t.Options, map[string]bool{"connector": true}}
	switch name := t.Options["connector"]; name {
	case "filesystem":
		return readFiles(f, t, o)
	case "datagen":
		return readGenerated(t, o)
	case "blackhole", "print":
		return Reading{}, invalid("Connector '%s' can only be used as a sink. It cannot be used as a source.", name)
	default:
		return Reading{}, unknownConnector(t)
	}
}

// Write prepares a table for writing.
func Write(f Files, t Table) (Writing, error) {
	w, err := write(f, t)
	return w, t.explained(err, "a sink for writing")
}

func write(f Files, t Table) (Writing, error) {
	o := options{t.Options, map[string]bool{"connector": true}}
	switch name := t.Options["connector"]; name {
	case "filesystem":
		return writeFiles(f, t, o)
	case "blackhole":
		return Writing{Open: nowhere, Updates: true}, o.onlyKnown("blackhole")
	case "print":
		return Writing{Open: nowhere, Updates: true}, o.onlyKnown(
			"print", "print-identifier", "standard-error", "sink.parallelism",
		)
	case "datagen":
		return Writing{}, invalid("Connector 'datagen' can only be used as a source. It cannot be used as a sink.")
	default:
		return Writing{}, unknownConnector(t)
	}
}

func unknownConnector(t Table) error {
	name, ok := t.Options["connector"]
	switch {
	case !ok:
		return invalid("Table options do not contain an option key 'connector' for discovering a connector.")
	case name == "confluent":
		return &errOutside{"reading or writing a table of Kafka: that needs the Flink engine"}
	case name == "legacy-csv":
		return &errOutside{"the connector legacy-csv"}
	}
	text := "Could not find any factory for identifier '" + name + "' that implements " +
		"'org.apache.flink.table.factories.DynamicTableFactory' in the classpath." +
		"\n\nAvailable factory identifiers are:\n\nblackhole\ndatagen\nfilesystem\nlegacy-csv\nprint"
	if name == "kafka" || name == "upsert-kafka" {
		text += "\n\nReading from Kafka belongs to the Flink engine."
	}
	return invalid("%s", text)
}

// onlyKnown complains of options that the connector does not have.
func (o options) onlyKnown(connector string, more ...string) error {
	for _, k := range more {
		o.known[k] = true
	}
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(o.values)) {
		if !o.known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return invalid("Unsupported options found for '%s'.\n\nUnsupported options:\n\n%s\n\nSupported options:\n\n%s",
		connector, strings.Join(unknown, "\n"), strings.Join(slices.Sorted(maps.Keys(o.known)), "\n"))
}

// explained names the table and its options, as Flink does.
func (t Table) explained(err error, what string) error {
	var out *errOutside
	var c *cause
	switch {
	case err == nil:
		return nil
	case errors.As(err, &out):
		return &Refusal{out.reason}
	case !errors.As(err, &c):
		return err
	}
	verb := "table"
	if strings.HasPrefix(what, "a sink") {
		verb = "table"
	}
	text := "Unable to create " + what + " " + verb + " '" + t.Name + "'.\n\nTable options are:\n"
	for _, key := range slices.Sorted(maps.Keys(t.Options)) {
		v := t.Options[key]
		if strings.Contains(key, "password") || strings.Contains(key, "secret") {
			v = "******"
		}
		text += "\n'" + key + "'='" + v + "'"
	}
	return &sqlerr.Error{Class: sqlerr.ClassValidation, Message: text, Cause: c.text}
}

// Refusal is what drey does not do with a table, for lack of support or of leave.
type Refusal struct{ What string }

func (r *Refusal) Error() string { return r.What }

// nowhere is the sink of blackhole and print.
func nowhere(Run, string) (Sink, error) { return &nothing{}, nil }

type nothing struct{ rows int64 }

func (n *nothing) Write(value.Row) error { n.rows++; return nil }
func (n *nothing) Commit() error         { return nil }
func (n *nothing) Written() int64        { return n.rows }
func (n *nothing) Resume(rows int64)     { n.rows = rows }

// Discard is a sink that throws rows away.
func Discard() Writing { return Writing{Open: nowhere, Updates: true} }
