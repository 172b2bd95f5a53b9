package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/cmf"
)

// Engine runs what the API describes. There is one per server; it is called
// by the control loops and, for statements, by requests. Every method may be
// called concurrently, honours its context, and can be repeated: after a crash
// the same call comes again with the same ids and must not run anything twice.
//
// enginetest.Run is the suite that every engine passes.
type Engine interface {
	// Info says what the engine is; it never blocks on the network.
	Info() EngineInfo
	Applications() ApplicationEngine
	Savepoints() SavepointEngine
	Statements() StatementEngine
	// Close ends what lives in this process. Jobs that run elsewhere go on.
	Close() error
}

// EngineInfo is what a server says of its engine.
type EngineInfo struct {
	Name    string // "embedded", "flink"
	Version string // Flink's version, or what the engine stands in for
	Note    string // a sentence for people, such as "applications are stand-ins"
}

// ErrNotFound is returned for a job that the engine does not know (any more).
var ErrNotFound = errors.New("not found by the engine")

// ErrUnavailable is returned while what the engine runs on does not answer;
// its text says what. Nothing is wrong with the job: it is asked again soon.
var ErrUnavailable = errors.New("the engine does not answer")

// ErrResultsGone is returned for rows that are no longer held: 410 in the API.
var ErrResultsGone = errors.New("results are gone")

// Job is one Flink job of an application. All ids are chosen and stored by
// control before the first call.
type Job struct {
	ID          string // Flink's job id: 32 lower-case hex digits
	Environment string
	Application string
	Instance    string // UUID of the application instance
	Spec        cmf.Object
	// RestoreFrom is the path of a savepoint or checkpoint; empty means empty state.
	RestoreFrom      string
	AllowNonRestored bool
	SubmittedAt      time.Time
	// Stop is set once the job was told to end.
	Stop *StopRequest
	// Run is set where the job is a statement's (savepoints only).
	Run *StatementRun
}

// StopRequest says how a job ends.
type StopRequest struct {
	ID        string // 32 hex, also the trigger id of the savepoint
	At        time.Time
	Savepoint bool   // stop with a savepoint, else cancel
	Directory string // where the savepoint goes; empty: the engine's default
	Format    string // CANONICAL or NATIVE; empty: the engine's choice
}

// ApplicationEngine deploys jars as Flink jobs.
type ApplicationEngine interface {
	// Deploy submits the job. A spec that can never run is a *Rejection.
	Deploy(ctx context.Context, job Job) error
	// Observe tells where the job is now. ErrNotFound: never deployed or lost.
	Observe(ctx context.Context, job Job) (JobObservation, error)
	// Stop asks the job to end as job.Stop says; Observe tells when it has.
	Stop(ctx context.Context, job Job) error
	// Remove ends the job if it still runs and frees what is kept for it,
	// savepoints excepted.
	Remove(ctx context.Context, job Job) error
}

// Rejection is a specification that the engine refuses; its text goes to status.error.
type Rejection struct{ Reason string }

func (r *Rejection) Error() string { return r.Reason }

// JobObservation is what was seen of an application's job.
type JobObservation struct {
	State      string // Flink's JobStatus, cmf.JobRunning …
	Deployment string // JobManagerDeploymentStatus: MISSING, DEPLOYING, DEPLOYED_NOT_READY, READY, ERROR
	Name       string // the job's own name
	StartTime  time.Time
	UpdateTime time.Time // of the last change of State
	// Error is set when the deployment itself failed (not the job's code).
	Error      string
	Exceptions []JobException // newest first, at most 10
	Restarts   int
	Checkpoint *Checkpoint // newest completed one
	// Stopped is the savepoint of job.Stop, once known.
	Stopped *SavepointObservation
	// Resources is what the deployment takes.
	Resources cmf.ResourceUsageSummary
	// Next is when this may be different; the zero time means not before
	// something is asked of the job. Engines that must be polled return now
	// plus their interval.
	Next time.Time
}

// Checkpoint is a completed checkpoint.
type Checkpoint struct {
	Path string
	At   time.Time
	Size int64 // bytes
}

// JobException is one failure of a job, with Flink's full stack text.
type JobException struct {
	At   time.Time
	Name string // the exception's class name
	Text string // message and stack trace
	// Told is what a person should read of it; empty: the last cause in Text.
	Told string `json:",omitempty"`
}

// SavepointTrigger is one attempt at a savepoint.
type SavepointTrigger struct {
	ID        string // 32 hex, chosen and stored before the call
	Directory string // target directory; empty: the engine's default
	Format    string // CANONICAL, NATIVE
	At        time.Time
}

// SavepointObservation tells how far a savepoint is.
type SavepointObservation struct {
	State string // cmf.SavepointInProgress, Completed, Failed, Abandoned
	Path  string
	Size  int64 // bytes; 0 when unknown
	Error string
	Ended time.Time
	Next  time.Time // as in JobObservation
	Final bool      // of a failure that another attempt would meet as well
}

// SavepointEngine takes and deletes savepoints of applications and statements.
type SavepointEngine interface {
	// Format is that of savepoints that are taken by themselves, as at a stop.
	Format() string
	Trigger(ctx context.Context, jobID string, job Job, trigger SavepointTrigger) error
	ObserveSavepoint(ctx context.Context, jobID string, job Job, trigger SavepointTrigger) (SavepointObservation, error)
	// Dispose deletes the files. A savepoint that is not there is no error.
	Dispose(ctx context.Context, path string) error
}

// StatementRun is one statement as the engine sees it.
type StatementRun struct {
	ID          string // Flink's job id: 32 lower-case hex digits
	Environment string
	Name        string
	SQL         string
	Catalog     string // current catalog, may be empty
	Database    string // current database, may be empty
	// Properties are the statement's own; Configuration is its
	// flinkConfiguration merged with the environment's defaults.
	Properties    map[string]string
	Configuration map[string]string
	Parallelism   int
	RestoreFrom   string // path of a savepoint, or empty
	SubmittedAt   time.Time
	Stop          *StopRequest
}

// StatementEngine plans and runs SQL.
type StatementEngine interface {
	// Prepare parses, resolves and plans, without running a job. Metadata
	// statements and DDL are executed here and carry their Result. What is
	// wrong with the SQL is a *SQLError.
	Prepare(ctx context.Context, run StatementRun) (Prepared, error)
	// Start begins (or, after a restart of the server, takes up) the job.
	Start(ctx context.Context, run StatementRun) error
	ObserveStatement(ctx context.Context, run StatementRun) (StatementObservation, error)
	// StopStatement ends the job as run.Stop says; nil Stop removes it with its results.
	StopStatement(ctx context.Context, run StatementRun) error
	// Results gives at most limit rows of the changelog from offset on.
	// Offsets can be asked again while they are held; ErrResultsGone after.
	// OldestRow asks for the oldest rows that are held.
	Results(ctx context.Context, run StatementRun, offset int64, limit int) (ResultPage, error)
}

// OldestRow is the offset of the oldest row that is held, whichever it is.
const OldestRow int64 = -1

// Prepared is what planning found out.
type Prepared struct {
	Kind       string // CMF's sqlKind: SELECT, INSERT_INTO, SHOW_TABLES, …
	Bounded    bool
	AppendOnly bool
	// UpsertColumns are the indices of the key of an upsert stream, or nil.
	UpsertColumns []int
	Columns       []cmf.ResultColumn
	// Result is set for statements that were executed at once.
	Result []cmf.ResultRow
	// Immediate is true when no job follows: the statement is complete.
	Immediate bool
}

// StatementObservation is what was seen of a statement's job.
type StatementObservation struct {
	State      string // Flink's JobStatus
	Exceptions []JobException
	Stopped    *SavepointObservation
	Resources  cmf.ResourceUsageSummary
	Next       time.Time // as in JobObservation
	// Detail is what a person reads of a job that runs but waits; mostly empty.
	Detail string
}

// ResultPage is a piece of a changelog.
type ResultPage struct {
	Rows []cmf.ResultRow
	Next int64 // offset after the last row
	Done bool  // no row will ever follow
}

// SQLError is a statement that cannot be planned. Line and Column count from
// 1 in characters; 0 means unknown. EndLine and EndColumn are inclusive.
type SQLError struct {
	Line, Column       int
	EndLine, EndColumn int
	Class              string // Flink's exception class: SqlParserException, ValidationException, TableException
	Message            string
}

func (e *SQLError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}
