// Package engine is what a server asks of an engine that runs Flink's jobs:
// applications, statements and savepoints. Package control and the API's rules
// call it; the packages below are its engines, and enginetest.Run is the suite
// that each of them passes. It knows no store and no request.
package engine

import "errors"

// Engine runs what the API describes. There is one per server; it is called
// by the control loops and, for statements, by requests. Every method may be
// called concurrently, honours its context, and can be repeated: after a crash
// the same call comes again with the same ids and must not run anything twice.
type Engine interface {
	// Info says what the engine is; it never blocks on the network.
	Info() Info
	Applications() Applications
	Savepoints() Savepoints
	Statements() Statements
	// Close ends what lives in this process. Jobs that run elsewhere go on.
	Close() error
}

// Info is what a server says of its engine.
type Info struct {
	Name        string // "embedded", "flink"
	Version     string // Flink's version, or what the engine stands in for
	Description string // a sentence for people, such as "applications are stand-ins"
}

// ErrNotFound is returned for a job that the engine does not know (any more).
var ErrNotFound = errors.New("not found by the engine")

// ErrUnavailable is returned while what the engine runs on does not answer;
// its text says what. Nothing is wrong with the job: it is asked again soon.
var ErrUnavailable = errors.New("the engine does not answer")

// ErrResultsGone is returned for rows that are no longer held: 410 in the API.
var ErrResultsGone = errors.New("results are gone")
