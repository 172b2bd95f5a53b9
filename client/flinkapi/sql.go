package flinkapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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

// Engine runs statements by a SQL Gateway. Each Target's Session is a session of the
// gateway: what is made in one is not seen in another. It is safe for concurrent use.
type Engine struct {
	gateway flinkrest.Gateway
	jobs    flinkrest.JobManager // to look at jobs; without a transport nothing is looked at
	now     func() time.Time

	mu       sync.Mutex          // of what follows, and of what sessions and operations hold
	sessions map[string]*session // by Target.Session
	ops      map[flinkrest.Operation]*operation
	beat     *time.Timer
	done     bool
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

// runs tells what ends with its session: a query that has not ended, and what is not
// known yet to be none.
func (op *operation) runs() bool {
	return op.ended == statement.Unknown && (op.query || op.page == nil)
}

// SQL runs statements by the gateway behind c and looks at their jobs by jobs.
func SQL(c *client.Client, jobs flinkrest.JobManager) *Engine {
	return &Engine{
		gateway: flinkrest.Gateway{Transport: Transport{Client: c}}, jobs: jobs, now: time.Now,
		sessions: map[string]*session{}, ops: map[flinkrest.Operation]*operation{},
	}
}

// Submit sends a statement. The gateway gives it a handle with its answer: one
// whose answer was lost cannot be looked for.
func (e *Engine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	s := e.session(r.Target.Session)
	s.submit.Lock()
	defer s.submit.Unlock()
	op := &operation{request: r, kind: flinksql.KindOf(r.SQL)}
	id, err := e.ready(ctx, s, r.Target)
	if err != nil {
		return statement.Status{}, err
	}
	handle, err := e.gateway.Execute(ctx, id, r.SQL, config(r, op.kind))
	if flinkrest.SessionGone(err) { // nothing was done: it is safe to send it again
		e.lost(id)
		if id, err = e.ready(ctx, s, r.Target); err == nil {
			handle, err = e.gateway.Execute(ctx, id, r.SQL, config(r, op.kind))
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
	if err := e.gateway.Close(ctx, handle); err != nil &&
		!flinkrest.Says(err, "Can not find the submitted operation") && !flinkrest.SessionGone(err) {
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
	if flinkrest.Says(err, "Can not find the submitted operation") || flinkrest.SessionGone(err) ||
		fault.Is(err, fault.NotFound) {
		err = nil
	}
	if err == nil {
		e.mu.Lock()
		delete(e.ops, handle)
		e.mu.Unlock()
	}
	return err
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
