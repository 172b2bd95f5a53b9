package engine

import (
	"context"
	"fmt"
	"time"

	"drey/client/cmf"
)

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

// Statements plans and runs SQL.
type Statements interface {
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
