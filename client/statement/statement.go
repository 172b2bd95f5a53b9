// Package statement is a SQL statement on any platform: what a workbench sends,
// what it hears of it, the rows that it reads, and the Engine that a platform
// brings. It imports nothing of ours.
package statement

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Ref is the address of a statement. It is comparable and stored as JSON, so
// that a statement is found again after a restart.
type Ref struct {
	Scope string `json:"scope,omitempty"` // environment, namespace; "" where there are none
	Name  string `json:"name"`
	// Handle is what a platform needs beside the name, such as a gateway's
	// session and operation; its engine alone reads it.
	Handle string `json:"handle,omitempty"`
}

// Target is where a statement runs, and what its names are looked up in.
type Target struct {
	Scope, Pool       string
	Catalog, Database string // "" is the platform's own default
	// Session is whose temporary objects a statement sees: statements of one session
	// share them. It means something to a Sessioner only.
	Session string
}

// Request is a statement to run. Its name is made, and stored, before it is
// sent: after a lost answer it can be looked for.
type Request struct {
	Name        string
	Target      Target
	SQL         string
	Settings    map[string]string // what SET said, by Flink's keys
	Parallelism int               // 0 leaves it to the platform
	// Helper tells that the console asks for itself, as for the names of tables:
	// the statement reads only, is deleted at once, and need not be seen.
	Helper bool
}

// Status is what a platform says of a statement.
type Status struct {
	Ref
	Phase Phase
	// Raw is the platform's own word for the phase. It is shown; Phase decides.
	Raw string
	// Detail says why it failed or what it waits for, Warning what a person
	// should know of one that runs.
	Detail, Warning string
	SQL             string
	Target          Target
	Parallelism     int
	Settings        map[string]string
	Created         time.Time
	// UID and Made tell this statement from another that is made later under its
	// name: its identity, and its creation as the server writes it. "" where the
	// platform does not say.
	UID, Made string
	Traits    *Traits // nil until it is planned
	Results   Results
	// Rows are all rows of a statement whose results are Inline.
	Rows []Row
}

// Phase is how far a statement has come, on any platform.
type Phase uint8

// The phases. Unknown is one that drey has no word for: it is shown as the
// platform writes it, has not ended, and is observed on.
const (
	Unknown   Phase = iota
	Pending         // taken, not running yet
	Running         //
	Degraded        // it runs, or tries to, and something is wrong
	Stopping        // it was asked to stop, and still runs
	Stopped         // it holds nothing any more, and may be resumed
	Completed       // it came to its end
	Failed          //
	Deleting        //
)

var phaseNames = [...]string{
	"UNKNOWN", "PENDING", "RUNNING", "DEGRADED", "STOPPING", "STOPPED", "COMPLETED", "FAILED", "DELETING",
}

// String is the phase in drey's own word, the same on every platform.
func (p Phase) String() string { return phaseNames[p] }

// ParsePhase reads what String gives; what is none is Unknown.
func ParsePhase(text string) Phase { return Phase(max(slices.Index(phaseNames[:], text), 0)) }

// Ended says whether nothing runs, or will by itself.
func (p Phase) Ended() bool { return p == Stopped || p == Completed || p == Failed }

// Final says whether it can never run again.
func (p Phase) Final() bool { return p == Completed || p == Failed }

// Active says whether it runs or will by itself: only then there is something
// to stop. One that is stopping already is not, nor one that is being deleted.
func (p Phase) Active() bool { return p == Pending || p == Running || p == Degraded }

// Readable says whether rows can be asked for.
func (p Phase) Readable() bool {
	return p == Running || p == Degraded || p == Stopping || p == Stopped || p == Completed
}

// Results is how a statement's rows are read.
type Results uint8

// The ways. Inline: they came with the status. Paged: by Engine.Rows.
const (
	None Results = iota
	Inline
	Paged
)

// Traits are what the planner says of a statement.
type Traits struct {
	Kind       string // as Flink names it: SELECT, INSERT_INTO
	Bounded    bool
	AppendOnly bool
	Key        []int // of an updating result: indices into Columns
	Columns    []Column
}

// Engine runs statements on a platform. All methods are safe for concurrent
// use; errors carry their meaning for package fault.
type Engine interface {
	// Submit sends a statement. Where the answer was lost it looks for the
	// statement by its name: the error then says that it was not done, or, with
	// fault.Fault.Lost, that nobody knows.
	Submit(context.Context, Request) (Status, error)
	// Observe asks how a statement is. ErrGone: the platform has it no more.
	Observe(context.Context, Ref) (Status, error)
	// Rows begins to read a statement's rows at the first one; nothing is sent
	// before Next.
	Rows(Ref) Rows
	// Stop asks a statement to stop; it is carried out when Phase says so.
	Stop(context.Context, Ref) error
	// Delete removes a statement; one that is gone already is no error.
	Delete(context.Context, Ref) error
}

// Rows reads the rows of one statement.
type Rows interface {
	// Next gives the rows that follow, none when there are none yet. After an
	// error the same rows are asked for again; once done it must not be called.
	// ErrGone: the platform holds them no more. ErrNoResults: it has none.
	Next(context.Context) (rows []Row, done bool, err error)
}

// What errors of an Engine may wrap.
var (
	ErrGone      = errors.New("it is not there any more")
	ErrNoResults = errors.New("it has no results")
)

// Scoper is an engine whose statements live in scopes, of which a person chooses
// one.
type Scoper interface {
	// ScopeWord names a scope for people, in the singular: environment.
	ScopeWord() string
	Scopes(context.Context) ([]string, error)
}

// Sessioner is an engine whose statements run in sessions of a server, which hold
// what statements made: tables, views and functions of nobody else. A session is
// opened when the first statement of a Target's Session is sent.
type Sessioner interface {
	// ResumeSession takes the session in which a statement ran that an earlier console
	// sent; nothing is asked before it is used.
	ResumeSession(name string, ran Ref)
	// EndSession lets a session go, once no query of it runs any more. It may be used
	// again later: another one is opened then, in which is made what was made before.
	EndSession(ctx context.Context, name string) error
	// LeftRunning tells a person what becomes of a query that runs on without the console.
	LeftRunning() string
}

// Pooler is an engine whose statements run on pools.
type Pooler interface {
	// PoolWord names a pool for people, in the singular: compute pool.
	PoolWord() string
	// Pools are those of a scope that can run a statement.
	Pools(ctx context.Context, scope string) ([]string, error)
}

// Welcomer is an engine that has a text to begin with, whose statements run on it.
type Welcomer interface{ Welcome() string }

// Planner is an engine on which some statements become more than a statement, of
// which a person should know before.
type Planner interface {
	// Plan tells what would be made of a statement; its zero value is nothing but
	// the statement. What is wrong with the statement is the error.
	Plan(context.Context, Request) (Plan, error)
}

// Validator is an engine that can check a statement without running it. The error is
// what is wrong with it, or why it is not known; where a place in the text is known
// it has the words "line 1, column 2".
type Validator interface {
	Validate(context.Context, Request) error
}

// TypedValidator is a Validator that may be asked whenever typing stops: asking makes
// and runs nothing on the platform.
type TypedValidator interface {
	Validator
	ValidatesTyping()
}

// Suggester is an engine that knows what may stand at a place of a text.
type Suggester interface {
	// Suggest gives what the word at a place may become; offset counts runes of the
	// text before it.
	Suggest(ctx context.Context, in Target, text string, offset int) ([]Suggestion, error)
}

// Scripter is an engine whose platform keeps texts under names.
type Scripter interface {
	// ScriptRequest is the request that saves a script, for people: PUT and its path.
	ScriptRequest(scope, name string) (method, path string)
	// SaveScript saves a text unless the script is none of those that it was: somebody
	// else changed it then, and nothing is saved.
	SaveScript(ctx context.Context, scope, name, text string, was []string) error
}

// Suggestion is a word, and what it is.
type Suggestion struct{ Text, Kind string }

// Plan is what to say before a statement is run, and what the yes is called. Facts
// are labels with texts.
type Plan struct {
	Title, Button string
	Facts         [][2]string
}

// Explainer is an engine that knows more of a statement than its Status.
type Explainer interface {
	Exceptions(context.Context, Ref) ([]Exception, error)
}

// Exception is something that went wrong in a statement.
type Exception struct {
	At   time.Time
	Text string
}
