package flinkapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/client/statement"
)

// Engine runs statements by a SQL Gateway. All statements of a context are of one
// session: what one buffer creates, another sees. It is safe for concurrent use.
type Engine struct {
	gateway flinkrest.Gateway
	jobs    flinkrest.JobManager // to look at jobs; without a transport nothing is looked at
	now     func() time.Time

	submit sync.Mutex // one statement after another changes the session and is sent
	mu     sync.Mutex // of what follows
	// session is the one that statements are sent to, "" for none; current is what
	// its names are looked up in.
	session string
	current statement.Target
	// usual is what names are looked up in where a statement does not say.
	usual statement.Target
	// made are statements that changed the session, which a new one is told again.
	made []madeIn
	ops  map[flinkrest.Operation]*operation
	beat *time.Timer
	done bool
}

// madeIn is a statement that changed the session, and what it was looked up in.
type madeIn struct {
	target statement.Target
	text   string
}

// operation is what is known of a statement beside the gateway: it tells columns
// once and forgets what was closed.
type operation struct {
	request statement.Request
	kind    flinksql.Kind
	job     string
	page    *flinkrest.Page // the first one that was ready
	columns []statement.Column
	query   bool
	ended   statement.Phase
	detail  string
}

// beatEvery is how often a session is told that it is wanted: it ends after ten
// minutes without a call (flink-engine.md §3.4).
const beatEvery = 2 * time.Minute

// maxMade is how many statements a new session is told.
const maxMade = 500

// SQL runs statements by the gateway behind c and looks at their jobs by jobs.
func SQL(c *client.Client, jobs flinkrest.JobManager) *Engine {
	return &Engine{gateway: flinkrest.Gateway{Transport: Transport{Client: c}}, jobs: jobs, now: time.Now, ops: map[flinkrest.Operation]*operation{}}
}

// Close lets the session go. One with queries that run is left to the gateway,
// which ends it ten minutes later.
func (e *Engine) Close() {
	e.mu.Lock()
	session, busy := e.session, false
	e.done = true
	if e.beat != nil {
		e.beat.Stop()
	}
	for _, op := range e.ops {
		busy = busy || op.query && op.ended == statement.Unknown
	}
	e.mu.Unlock()
	if session == "" || busy {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = e.gateway.CloseSession(ctx, session) // the gateway ends it by itself, too
}

// Submit sends a statement. The gateway gives it a handle with its answer: one
// whose answer was lost cannot be looked for.
func (e *Engine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	e.submit.Lock()
	defer e.submit.Unlock()
	op := &operation{request: r, kind: flinksql.KindOf(r.SQL)}
	session, err := e.ready(ctx, r.Target)
	if err != nil {
		return statement.Status{}, err
	}
	handle, err := e.gateway.Execute(ctx, session, r.SQL, config(r, op.kind))
	if flinkrest.SessionGone(err) { // nothing was done: it is safe to send it again
		e.lost(session)
		if session, err = e.ready(ctx, r.Target); err == nil {
			handle, err = e.gateway.Execute(ctx, session, r.SQL, config(r, op.kind))
		}
	}
	if err != nil {
		return statement.Status{}, fmt.Errorf("run by the gateway: %w", err)
	}
	e.mu.Lock()
	e.ops[handle] = op
	e.mu.Unlock()
	ref := statement.Ref{Scope: r.Target.Scope, Name: r.Name, Handle: handle.Session + "/" + handle.Handle}
	return e.status(op, ref, statement.Pending, "PENDING"), nil
}

// config is what a statement is run with: a query that fails is not tried three
// times before it says so (flink-verified.md §4).
func config(r statement.Request, kind flinksql.Kind) map[string]string {
	c := map[string]string{"pipeline.name": r.Name}
	if kind == flinksql.Select {
		c["restart-strategy.type"] = "none"
	}
	if r.Parallelism > 0 {
		c["parallelism.default"] = strconv.Itoa(r.Parallelism)
	}
	maps.Copy(c, r.Settings)
	return c
}

// ready is a session whose names are looked up in a target.
func (e *Engine) ready(ctx context.Context, target statement.Target) (string, error) {
	e.mu.Lock()
	session := e.session
	e.mu.Unlock()
	if session == "" {
		var err error
		if session, err = e.open(ctx); err != nil {
			return "", err
		}
	}
	if err := e.use(ctx, session, target); err != nil {
		return e.again(ctx, session, target, err)
	}
	return session, nil
}

// open opens a session and tells it what was made in the one before.
func (e *Engine) open(ctx context.Context) (string, error) {
	session, err := e.gateway.NewSession(ctx, "drey", nil)
	if err != nil {
		return "", fmt.Errorf("open a session of the gateway: %w", err)
	}
	usual, err := e.currentIn(ctx, session)
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	made := append([]madeIn(nil), e.made...)
	e.session, e.current, e.usual = session, usual, usual
	e.schedule()
	e.mu.Unlock()
	for _, m := range made { // what one needed may be gone by now
		if e.use(ctx, session, m.target) == nil {
			_ = e.gateway.Configure(ctx, session, m.text)
		}
	}
	return session, nil
}

// use has names looked up in a target from now on: the session's own where a
// statement does not say.
func (e *Engine) use(ctx context.Context, session string, target statement.Target) error {
	e.mu.Lock()
	current, usual := e.current, e.usual
	e.mu.Unlock()
	if target.Catalog == "" {
		target.Catalog = usual.Catalog
		if target.Database == "" {
			target.Database = usual.Database
		}
	}
	if target.Catalog != "" && target.Catalog != current.Catalog {
		if err := e.gateway.Configure(ctx, session, "USE CATALOG "+quoted(target.Catalog)); err != nil {
			return err
		}
		current = statement.Target{Catalog: target.Catalog}
	}
	if target.Database != "" && target.Database != current.Database {
		if err := e.gateway.Configure(ctx, session, "USE "+quoted(target.Database)); err != nil {
			return err
		}
		current.Database = target.Database
	}
	e.mu.Lock()
	e.current = current
	e.mu.Unlock()
	return nil
}

// currentIn asks a session for what its names are looked up in.
func (e *Engine) currentIn(ctx context.Context, session string) (t statement.Target, err error) {
	if t.Catalog, err = e.word(ctx, session, "SHOW CURRENT CATALOG"); err == nil {
		t.Database, err = e.word(ctx, session, "SHOW CURRENT DATABASE")
	}
	return t, err
}

// wordEvery is how often an answer of one word is asked for.
const wordEvery = 20 * time.Millisecond

// word runs a statement that answers with one.
func (e *Engine) word(ctx context.Context, session, text string) (string, error) {
	op, err := e.gateway.Execute(ctx, session, text, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = e.gateway.Close(ctx, op) }() // the session ends it, too
	tick := time.NewTicker(wordEvery)
	defer tick.Stop()
	for {
		page, err := e.gateway.Fetch(ctx, op.First(), flinkrest.PlainText)
		if err != nil {
			return "", err
		}
		if page.Type != "NOT_READY" {
			var word string
			if rows, err := rowsOf(page.Rows); err == nil && len(rows) > 0 && len(rows[0].Cells) > 0 {
				err = json.Unmarshal(rows[0].Cells[0], &word)
				return word, err
			}
			return "", nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-tick.C:
		}
	}
}

// again opens another session where the one that was used is gone.
func (e *Engine) again(ctx context.Context, session string, target statement.Target, err error) (string, error) {
	if !flinkrest.SessionGone(err) {
		return "", err
	}
	e.lost(session)
	return e.ready(ctx, target)
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// schedule has the session told again that it is wanted.
func (e *Engine) schedule() {
	if e.done {
		return
	}
	if e.beat != nil {
		e.beat.Stop()
	}
	e.beat = time.AfterFunc(beatEvery, e.heartbeat)
}

// heartbeat keeps alive every session that has a statement of ours. The gateway's
// own answer to a session that is gone is found out by who uses it next.
func (e *Engine) heartbeat() {
	e.mu.Lock()
	sessions := map[string]bool{}
	if e.session != "" {
		sessions[e.session] = true
	}
	for op := range e.ops {
		sessions[op.Session] = true
	}
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for session := range sessions {
		if err := e.gateway.Heartbeat(ctx, session); flinkrest.SessionGone(err) {
			e.lost(session)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.schedule()
}

// lost forgets a session that is gone: its queries have ended with it.
func (e *Engine) lost(session string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.session == session {
		e.session, e.current = "", statement.Target{}
	}
	for handle, op := range e.ops {
		if handle.Session == session && op.ended == statement.Unknown {
			op.end(statement.Stopped, "the gateway's session has ended, and its queries with it")
		}
	}
}

func (op *operation) end(phase statement.Phase, detail string) {
	op.ended, op.detail = phase, detail
}

// handleOf reads a statement's handle.
func handleOf(ref statement.Ref) (flinkrest.Operation, error) {
	session, handle, ok := strings.Cut(ref.Handle, "/")
	if !ok || session == "" || handle == "" {
		return flinkrest.Operation{}, fmt.Errorf("%w: the gateway knows statements by a handle, and there is none", statement.ErrGone)
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
	if !page.IsQuery && changesSession(op.kind) && op.request.SQL != "" {
		e.made = append(e.made, madeIn{op.request.Target, op.request.SQL})
		e.made = e.made[max(len(e.made)-maxMade, 0):]
	}
	return page, nil
}

// changesSession tells a statement that a new session has to be told again.
func changesSession(kind flinksql.Kind) bool {
	for _, word := range []string{"CREATE_", "ALTER_", "DROP_", "LOAD_", "UNLOAD_", "ADD_"} {
		if strings.HasPrefix(string(kind), word) {
			return true
		}
	}
	return false
}

// tokens are what the gateway says of a page that was passed (flink-engine.md §3.3).
var tokens = regexp.MustCompile(`Expecting token to be \d+ or \d+, but found`)

func passedToken(err error) bool {
	e := Refused(err)
	return e != nil && tokens.MatchString(e.Stack())
}

// failed is what a refusal says of a statement.
func (e *Engine) failed(ref statement.Ref, handle flinkrest.Operation, op *operation, err error) (statement.Status, error) {
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
		s.Warning = "the JobManager of this context does not know its job " + job + ": the gateway may run jobs elsewhere"
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
	if len(list[0].Concurrent) > 0 && strings.Contains(stack, "Recovery is suppressed") && !strings.Contains(stack, "Caused by: ") {
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
		Ref: ref, Phase: phase, Raw: raw, SQL: op.request.SQL, Target: op.request.Target, Parallelism: op.request.Parallelism,
		Settings: op.request.Settings,
	}
	if op.page == nil {
		return s
	}
	s.Traits = &statement.Traits{Kind: string(op.kind), Columns: op.columns, Bounded: strings.EqualFold(op.request.Settings["execution.runtime-mode"], "batch")}
	switch {
	case op.query:
		s.Results = statement.Paged
	case op.page.Type != "":
		s.Results = statement.Inline
		s.Rows, _ = rowsOf(op.page.Rows) // they were read before
	}
	return s
}

// Stop asks a statement to stop. A query ends with its operation; a job that writes
// is stopped with a savepoint.
func (e *Engine) Stop(ctx context.Context, ref statement.Ref) error {
	handle, op, err := e.find(ref)
	if err != nil {
		return err
	}
	e.mu.Lock()
	job, query := op.job, op.query || op.page == nil
	e.mu.Unlock()
	if !query && job != "" && e.jobs.Transport != nil {
		return e.jobs.Stop(ctx, job, job, "", "NATIVE")
	}
	if err := e.gateway.Close(ctx, handle); err != nil && !flinkrest.Says(err, "Can not find the submitted operation") && !flinkrest.SessionGone(err) {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	op.end(statement.Stopped, "")
	return nil
}

// Delete closes a statement; a job that writes goes on.
func (e *Engine) Delete(ctx context.Context, ref statement.Ref) error {
	handle, err := handleOf(ref)
	if err != nil {
		return nil
	}
	err = e.gateway.Close(ctx, handle)
	if flinkrest.Says(err, "Can not find the submitted operation") || flinkrest.SessionGone(err) || fault.Is(err, fault.NotFound) {
		err = nil
	}
	if err == nil {
		e.mu.Lock()
		delete(e.ops, handle)
		e.mu.Unlock()
	}
	return err
}

// Rows reads a query's rows from its first page.
func (e *Engine) Rows(ref statement.Ref) statement.Rows { return &rows{engine: e, ref: ref} }

// rows walks from page to page. Each that was passed is gone for all readers.
type rows struct {
	engine *Engine
	ref    statement.Ref
	next   string // "" before the first
}

// Next reads the page that follows. Of a page that is asked for again the same
// rows come.
func (r *rows) Next(ctx context.Context) ([]statement.Row, bool, error) {
	handle, op, err := r.engine.find(r.ref)
	if err != nil {
		return nil, false, err
	}
	at := cmp.Or(r.next, handle.First())
	page := new(flinkrest.Page) // rows share its memory
	if err := r.engine.gateway.Read(ctx, at, flinkrest.PlainText, page); err != nil {
		return nil, false, r.explain(handle, op, err)
	}
	rows, err := rowsOf(page.Rows)
	if err != nil {
		return nil, false, err
	}
	if page.Type == "NOT_READY" {
		return nil, false, nil
	}
	r.next = page.Next
	done := page.Type == "EOS" || page.Next == ""
	if done {
		r.engine.complete(op)
	}
	return rows, done, nil
}

// complete: the last row was read, and nothing of the statement runs any more.
func (e *Engine) complete(op *operation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if op.query && op.ended == statement.Unknown {
		op.end(statement.Completed, "")
	}
}

// explain tells a page that was passed, and a job that failed, from a gateway that
// is away.
func (r *rows) explain(handle flinkrest.Operation, op *operation, err error) error {
	if passedToken(err) {
		return fmt.Errorf("%w: the gateway gives each row once, and they were read before: %w", statement.ErrGone, err)
	}
	if _, failed := r.engine.failed(r.ref, handle, op, err); failed != nil {
		return failed
	}
	e := Refused(err)
	return &failedError{Text(e), err}
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

var errCells = errors.New("the gateway sent a row that cannot be read")

// rowsOf cuts rows into their cells.
func rowsOf(rows []flinkrest.Row) ([]statement.Row, error) {
	out := make([]statement.Row, len(rows))
	for i, row := range rows {
		cells, ok := flinkrest.Elements(row.Fields)
		if !ok {
			return nil, errCells
		}
		out[i] = statement.Row{Op: statement.Op(row.Op), Cells: cells}
	}
	return out, nil
}

// wireType is a type as the gateway writes it, which is as CMF does
// (flink-engine.md §3.3).
type wireType struct {
	Type                     string
	Nullable                 bool
	Length, Precision, Scale *int
	KeyType, ValueType       *wireType
	ElementType              *wireType
	Resolution               string
	FractionalPrecision      *int
	Fields                   []struct {
		Name      string
		FieldType wireType
	}
}

func (w *wireType) dataType() *statement.DataType {
	if w == nil {
		return nil
	}
	t := &statement.DataType{
		Type: w.Type, Nullable: w.Nullable, Length: w.Length, Precision: w.Precision, Scale: w.Scale,
		KeyType: w.KeyType.dataType(), ValueType: w.ValueType.dataType(), ElementType: w.ElementType.dataType(),
		Resolution: w.Resolution, FractionalPrecision: w.FractionalPrecision,
	}
	for _, f := range w.Fields {
		t.Fields = append(t.Fields, statement.Field{Name: f.Name, Type: *f.FieldType.dataType()})
	}
	return t
}

// columnsOf reads the columns of a page.
func columnsOf(page *flinkrest.Page) ([]statement.Column, error) {
	columns := make([]statement.Column, 0, len(page.Columns))
	for _, c := range page.Columns {
		var w wireType
		if err := json.Unmarshal(c.Type, &w); err != nil {
			return nil, fmt.Errorf("column %s has a type that cannot be read: %w", c.Name, err)
		}
		columns = append(columns, statement.Column{Name: c.Name, Type: *w.dataType()})
	}
	return columns, nil
}

// Welcome is a text to begin with: a gateway has no tables by itself.
func (*Engine) Welcome() string {
	return `-- F5 or alt-enter runs the statement under the cursor, esc leaves the editor.
CREATE TABLE orders (
  customer_id INT,
  price DECIMAL(10, 2),
  ordered AS PROCTIME()
) WITH ('connector' = 'datagen', 'rows-per-second' = '20', 'fields.customer_id.min' = '1', 'fields.customer_id.max' = '9');

SELECT customer_id, COUNT(*) AS orders, SUM(price) AS spent
FROM orders
GROUP BY customer_id;

SHOW TABLES;
`
}

// PermitQueries lets statements that only read be run, and sessions be opened,
// used and closed; nothing else is changed.
func PermitQueries(_ context.Context, r client.Request, body []byte) bool {
	parts := strings.Split(strings.Trim(r.Path, "/"), "/") // v2 sessions S …
	if len(parts) < 2 || parts[1] != "sessions" {
		return false
	}
	if r.Method == http.MethodDelete {
		return true // a session or an operation of ours: a query ends, a job goes on
	}
	var sent struct {
		Statement string `json:"statement"`
	}
	last := parts[len(parts)-1]
	switch {
	case len(parts) == 2, last == "heartbeat", last == "cancel":
		return true
	case json.Unmarshal(body, &sent) != nil:
		return false
	case last == "configure-session":
		kind := flinksql.KindOf(sent.Statement)
		return kind == flinksql.Use || kind == flinksql.UseCatalog || kind == flinksql.Set || kind == flinksql.Reset
	}
	return last == "statements" && flinksql.OnlyReads(sent.Statement)
}
