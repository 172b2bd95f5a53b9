package flinkapi

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/client/statement"
)

func (op *operation) end(phase statement.Phase, detail string) {
	op.ended, op.detail = phase, detail
}

// handleOf reads a statement's handle.
func handleOf(ref statement.Ref) (flinkrest.Operation, error) {
	session, handle, ok := strings.Cut(ref.Handle, "/")
	if !ok || session == "" || handle == "" {
		return flinkrest.Operation{}, fmt.Errorf(
			"%w: the gateway knows statements by a handle, and there is none", statement.ErrGone,
		)
	}
	return flinkrest.Operation{Session: session, Handle: handle}, nil
}

// find is what is known of a statement; of one of an earlier console nothing is.
func (e *Engine) find(ref statement.Ref) (flinkrest.Operation, *operation, error) {
	handle, err := handleOf(ref)
	if err != nil {
		return handle, nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	op := e.ops[handle]
	if op == nil {
		op = &operation{request: statement.Request{Name: ref.Name, Target: statement.Target{Scope: ref.Scope}}}
		e.ops[handle] = op
		e.schedule()
	}
	return handle, op, nil
}

// Observe asks how a statement is.
func (e *Engine) Observe(ctx context.Context, ref statement.Ref) (statement.Status, error) {
	handle, op, err := e.find(ref)
	if err != nil {
		return statement.Status{}, err
	}
	e.mu.Lock()
	ended, detail, page := op.ended, op.detail, op.page
	e.mu.Unlock()
	if ended != statement.Unknown {
		s := e.status(op, ref, ended, ended.String())
		s.Detail = detail
		return s, nil
	}
	if page == nil {
		if page, err = e.first(ctx, handle, op); err != nil {
			return e.failed(ref, handle, op, err)
		}
	}
	if page == nil {
		return e.status(op, ref, statement.Pending, "PENDING"), nil
	}
	return e.running(ctx, ref, op)
}

// first asks for the first page of a statement until it is ready: what kind of
// statement it is, its columns and its job. Nothing is taken from the gateway by
// that: the page behind it was not asked for.
func (e *Engine) first(ctx context.Context, handle flinkrest.Operation, op *operation) (*flinkrest.Page, error) {
	page, err := e.gateway.Fetch(ctx, handle.First(), flinkrest.PlainText)
	if passedToken(err) { // an earlier console has read on
		e.mu.Lock()
		defer e.mu.Unlock()
		op.query, op.kind, op.page = true, flinksql.Select, &flinkrest.Page{}
		return op.page, nil
	}
	if err != nil || page.Type == "NOT_READY" {
		return nil, err
	}
	columns, err := columnsOf(page)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	op.page, op.columns, op.query, op.job = page, columns, page.IsQuery, page.JobID
	if op.kind == "" && page.IsQuery {
		op.kind = flinksql.Select
	}
	if in := e.sessions[op.request.Target.Session]; in != nil && !page.IsQuery && page.JobID == "" &&
		op.request.SQL != "" {
		in.remember(op.kind, op.request)
	}
	return page, nil
}

// tokens are what the gateway says of a page that was passed (flink-engine.md §3.3).
var tokens = regexp.MustCompile(`Expecting token to be \d+ or \d+, but found`)

func passedToken(err error) bool {
	e := Refused(err)
	return e != nil && tokens.MatchString(e.Stack())
}

// failed is what a refusal says of a statement.
func (e *Engine) failed(
	ref statement.Ref, handle flinkrest.Operation, op *operation, err error,
) (statement.Status, error) {
	refused := Refused(err)
	switch {
	case flinkrest.SessionGone(err):
		e.lost(handle.Session)
		return statement.Status{}, fmt.Errorf("%w: the gateway's session has ended: %w", statement.ErrGone, err)
	case flinkrest.Says(err, "Can not find the submitted operation"):
		return statement.Status{}, fmt.Errorf("%w: %w", statement.ErrGone, err)
	case refused == nil || refused.Status != http.StatusInternalServerError || len(refused.Texts) == 0:
		return statement.Status{}, err
	}
	e.mu.Lock()
	op.end(statement.Failed, Text(refused))
	e.mu.Unlock()
	s := e.status(op, ref, statement.Failed, "ERROR")
	s.Detail = Text(refused)
	return s, nil
}

// running tells how a statement is whose first page is known: what is no query and
// no job is complete, what has a job is as its job.
func (e *Engine) running(ctx context.Context, ref statement.Ref, op *operation) (statement.Status, error) {
	e.mu.Lock()
	job, query := op.job, op.query
	e.mu.Unlock()
	if !query && job == "" {
		s := e.status(op, ref, statement.Completed, "FINISHED")
		return s, nil
	}
	if job == "" || e.jobs.Transport == nil {
		return e.status(op, ref, statement.Running, "RUNNING"), nil
	}
	state, err := e.jobs.Status(ctx, job)
	if flinkrest.NotFound(err) {
		s := e.status(op, ref, statement.Running, "RUNNING")
		s.Warning = "the JobManager of this context does not know its job " + job +
			": the gateway may run jobs elsewhere"
		return s, nil
	}
	if err != nil {
		return e.status(op, ref, statement.Running, "RUNNING"), nil // the gateway has it
	}
	s := e.status(op, ref, phaseOf(state), state)
	if s.Phase == statement.Failed {
		s.Detail = e.causeOf(ctx, job)
	}
	return s, nil
}

// causeOf is the root cause of a job's failure.
func (e *Engine) causeOf(ctx context.Context, job string) string {
	list, err := e.jobs.Exceptions(ctx, job)
	if err != nil || len(list) == 0 {
		return "its job " + job + " failed"
	}
	stack := list[0].Stack
	if len(list[0].Concurrent) > 0 && strings.Contains(stack, "Recovery is suppressed") &&
		!strings.Contains(stack, "Caused by: ") {
		stack = list[0].Concurrent[0].Stack
	}
	causes := flinkrest.Causes(stack)
	if len(causes) == 0 {
		return list[0].Name
	}
	return causes[len(causes)-1].String()
}

// phaseOf is what a job's state means for its statement.
func phaseOf(state string) statement.Phase {
	switch state {
	case "RUNNING":
		return statement.Running
	case "FINISHED":
		return statement.Completed
	case "FAILED":
		return statement.Failed
	case "CANCELED", "SUSPENDED":
		return statement.Stopped
	case "CANCELLING":
		return statement.Stopping
	case "RESTARTING", "FAILING":
		return statement.Degraded
	case "CREATED", "INITIALIZING", "RECONCILING":
		return statement.Pending
	}
	return statement.Unknown
}

// status is a statement in a phase.
func (e *Engine) status(op *operation, ref statement.Ref, phase statement.Phase, raw string) statement.Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := statement.Status{
		Ref: ref, Phase: phase, Raw: raw, SQL: op.request.SQL, Target: op.request.Target,
		Parallelism: op.request.Parallelism,
		Settings:    op.request.Settings,
	}
	if op.page == nil {
		return s
	}
	s.Traits = &statement.Traits{
		Kind: string(op.kind), Columns: op.columns,
		Bounded: strings.EqualFold(op.request.Settings["execution.runtime-mode"], "batch"),
	}
	switch {
	case op.query:
		s.Results = statement.Paged
	case op.page.Type != "":
		s.Results = statement.Inline
		s.Rows, _ = rowsOf(op.page.Rows) // they were read before
	}
	return s
}

// failedError is a statement that failed while its rows were read: asking again
// changes nothing.
type failedError struct {
	text string
	err  error
}

func (e *failedError) Error() string { return e.text }

func (e *failedError) Unwrap() error { return e.err }

// Fault says what the error means.
func (*failedError) Fault() fault.Fault { return fault.Fault{Kind: fault.Other} }

// Exceptions are those of a statement's job, newest first.
func (e *Engine) Exceptions(ctx context.Context, ref statement.Ref) ([]statement.Exception, error) {
	_, op, err := e.find(ref)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	job := op.job
	e.mu.Unlock()
	if job == "" || e.jobs.Transport == nil {
		return nil, nil
	}
	list, err := e.jobs.Exceptions(ctx, job)
	var out []statement.Exception
	for _, x := range list {
		out = append(out, statement.Exception{At: flinkrest.Millis(x.Timestamp), Text: x.Stack})
	}
	return out, err
}
