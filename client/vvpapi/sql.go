package vvpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinksql"
	"drey/client/statement"
	"drey/client/vvp"
)

// SQL runs what the platform can run: DDL, SHOW and DESCRIBE at once; an INSERT
// becomes a deployment; a SELECT cannot be run by its API (platforms.md B3).
func SQL(c *Client) statement.Engine {
	return &sqlEngine{api: c, done: map[statement.Ref]statement.Status{}}
}

type sqlEngine struct {
	api *Client

	mu    sync.Mutex
	done  map[statement.Ref]statement.Status // what was executed: the platform does not list it
	order []statement.Ref
}

// remembered is how many answers of executed statements are held.
const remembered = 100

// handleDeployment marks a statement that is a deployment.
const handleDeployment = "deployment"

const (
	sqlPath = "/sql/v1beta1/namespaces/"
	valid   = "VALIDATION_RESULT_VALID_"
)

// Plan implements statement.Planner: what would be made of an INSERT.
func (e *sqlEngine) Plan(ctx context.Context, r statement.Request) (statement.Plan, error) {
	kind, err := e.validate(ctx, r)
	if err != nil || kind != "INSERT_QUERY" {
		return statement.Plan{}, err
	}
	defaults, err := e.api.Defaults(ctx, r.Target.Scope)
	if err != nil {
		return statement.Plan{}, err
	}
	name, err := e.target(ctx, r, defaults)
	if err != nil {
		return statement.Plan{}, err
	}
	parallelism := "the platform's own"
	if n := defaults.Spec.Template.Spec.Parallelism; n > 0 {
		parallelism = strconv.Itoa(n) + ", the namespace's default"
	}
	if r.Parallelism > 0 {
		parallelism = strconv.Itoa(r.Parallelism)
	}
	return statement.Plan{Title: "Make a deployment of it", Button: "Deploy", Facts: [][2]string{
		{"name", deploymentName(r.Name)},
		{"namespace", r.Target.Scope},
		{"target", name},
		{"parallelism", parallelism},
		{"what happens", "it runs until it is suspended or cancelled in the Deployments tab"},
	}}, nil
}

// target is where a new deployment runs: the pool that was chosen, the default, or
// the only one.
func (e *sqlEngine) target(ctx context.Context, r statement.Request, defaults vvp.Defaults) (string, error) {
	switch {
	case r.Target.Pool != "" && r.Target.Pool != defaultTarget:
		return r.Target.Pool, nil
	case defaults.Spec.DeploymentTargetName != "":
		return defaults.Spec.DeploymentTargetName, nil
	}
	l, _, err := List[vvp.Object](e.api, vvp.Targets, r.Target.Scope, nil)(ctx)
	switch {
	case err != nil:
		return "", err
	case len(l.Items) == 1:
		return l.Items[0].Name, nil
	}
	return "", errors.New("which deployment target should it run on? ctrl-o chooses one of them")
}

// deploymentName makes a name of a statement's that the platform takes: lower-case
// letters, digits and hyphens, 63 at most.
func deploymentName(name string) string {
	name = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.Trim(name[:min(len(name), 63)], "-")
}

var notInNames = regexp.MustCompile(`[^a-z0-9-]+`)

// Submit runs a statement, or makes a deployment of it.
func (e *sqlEngine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	kind, err := e.validate(ctx, r)
	switch {
	case err != nil:
		return statement.Status{}, err
	case kind == "SELECT_QUERY":
		return statement.Status{}, errors.New("the API of Ververica Platform runs no SELECT: only its own web editor shows previews; INSERT INTO a table makes a deployment")
	case kind == "INSERT_QUERY":
		return e.deploy(ctx, r)
	}
	return e.execute(ctx, r)
}

// validate asks the platform what a statement is.
// Validate implements statement.Validator.
func (e *sqlEngine) Validate(ctx context.Context, r statement.Request) error {
	_, err := e.validate(ctx, r)
	return err
}

func (e *sqlEngine) validate(ctx context.Context, r statement.Request) (kind string, err error) {
	path := sqlPath + url.PathEscape(r.Target.Scope) + "/sqlscripts:validate"
	v, err := ask[vvp.Validation](ctx, e.api.in(r.Target.Scope), "validate", http.MethodPost, path, names(r.Target), map[string]string{"statement": r.SQL})
	if err != nil {
		return "", err
	}
	if kind, ok := strings.CutPrefix(v.Result, valid); ok {
		return kind, nil
	}
	if v.Error != nil && v.Error.Message != "" {
		if v.Error.Line > 0 {
			return "", fmt.Errorf("%s at line %d, column %d", v.Error.Message, v.Error.Line, v.Error.Column)
		}
		return "", errors.New(v.Error.Message)
	}
	return "", errors.New("the platform says " + strings.TrimPrefix(v.Result, "VALIDATION_RESULT_"))
}

// names are the catalog and the database that names are looked up in.
func names(t statement.Target) url.Values {
	q := url.Values{}
	if t.Catalog != "" {
		q.Set("catalog", t.Catalog)
	}
	if t.Database != "" {
		q.Set("database", t.Database)
	}
	return q
}

// execute runs a statement whose answer comes at once.
func (e *sqlEngine) execute(ctx context.Context, r statement.Request) (statement.Status, error) {
	path := sqlPath + url.PathEscape(r.Target.Scope) + "/sqlscripts:execute"
	answer, err := ask[vvp.SQLResult](ctx, e.api.in(r.Target.Scope), "execute", http.MethodPost, path, names(r.Target), map[string]string{"statement": r.SQL})
	if err != nil {
		return statement.Status{}, err
	}
	status := statement.Status{
		Ref: statement.Ref{Scope: r.Target.Scope, Name: r.Name}, SQL: r.SQL, Target: r.Target, Settings: r.Settings,
		Phase: statement.Completed, Raw: strings.TrimPrefix(answer.Result, "RESULT_"), UID: newID(),
	}
	if strings.Contains(answer.Result, "ERROR") {
		status.Phase, status.Detail = statement.Failed, textOf(answer.Error)
	}
	if len(answer.Table.Headers) > 0 {
		status.Results, status.Rows = statement.Inline, rowsOf(answer)
		status.Traits = &statement.Traits{Kind: "SHOW", Bounded: true, AppendOnly: true}
		for _, h := range answer.Table.Headers {
			status.Traits.Columns = append(status.Traits.Columns, statement.Column{Name: h.Name, Type: statement.DataType{Type: "VARCHAR", Nullable: true, Length: &stringLength}})
		}
	}
	e.remember(status)
	return status, nil
}

var stringLength = 2147483647

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// textOf is an error of an executed statement: a text, or an object with one.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var details struct{ Message, Cause string }
	_ = json.Unmarshal(raw, &details) // what is neither has no words
	return strings.TrimSpace(details.Message + " " + details.Cause)
}

// rowsOf are the rows of an answer. Cells come in quotation marks
// (platforms.md B).
func rowsOf(answer vvp.SQLResult) []statement.Row {
	var rows []statement.Row
	for _, r := range answer.Table.Rows {
		var row statement.Row
		for _, cell := range r.Cells {
			text := cell.Value
			if unquoted, err := strconv.Unquote(text); err == nil {
				text = unquoted
			}
			raw, _ := json.Marshal(text) // of a text it does not fail
			row.Cells = append(row.Cells, raw)
		}
		rows = append(rows, row)
	}
	return rows
}

func (e *sqlEngine) remember(s statement.Status) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done[s.Ref] = s
	if e.order = append(e.order, s.Ref); len(e.order) > remembered {
		delete(e.done, e.order[0])
		e.order = e.order[1:]
	}
}

// deploy makes a deployment of an INSERT. Its name is of the statement's, so one
// whose answer was lost is found.
func (e *sqlEngine) deploy(ctx context.Context, r statement.Request) (statement.Status, error) {
	defaults, err := e.api.Defaults(ctx, r.Target.Scope)
	if err != nil {
		return statement.Status{}, err
	}
	target, err := e.target(ctx, r, defaults)
	if err != nil {
		return statement.Status{}, err
	}
	name := deploymentName(r.Name)
	template := map[string]any{"artifact": map[string]any{"kind": vvp.SQLArtifact, "sqlScript": r.SQL}}
	if r.Parallelism > 0 {
		template["parallelism"] = r.Parallelism
	}
	if len(r.Settings) > 0 {
		template["flinkConfiguration"] = r.Settings
	}
	made, err := Create[vvp.Deployment](ctx, e.api, vvp.Deployments, r.Target.Scope, map[string]any{
		"kind": "Deployment", "apiVersion": "v1", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"state": vvp.Running, "deploymentTargetName": target, "template": map[string]any{"spec": template}},
	})
	if fault.Of(err).Lost {
		made, err = client.FindMade(ctx, "deployment "+name, err, func(ctx context.Context) (vvp.Deployment, error) {
			return Get[vvp.Deployment](ctx, e.api, vvp.Deployments, r.Target.Scope, name)
		})
	}
	if err != nil {
		return statement.Status{}, err
	}
	return statusOf(r.Target.Scope, made), nil
}

// statusOf is what a deployment is as a statement.
func statusOf(namespace string, d vvp.Deployment) statement.Status {
	return statement.Status{
		Ref:   statement.Ref{Scope: namespace, Name: d.Metadata.Name, Handle: handleDeployment},
		Phase: PhaseOf(d), Raw: d.Status.State, SQL: d.Spec.Template.Spec.Artifact.SQLScript,
		Target:  statement.Target{Scope: namespace, Pool: d.Spec.DeploymentTargetName},
		Created: d.Metadata.Made(), UID: d.Metadata.ID, Made: d.Metadata.CreatedAt,
		Traits: &statement.Traits{Kind: "INSERT_INTO"}, Parallelism: d.Spec.Template.Spec.Parallelism,
	}
}

// PhaseOf is what a deployment's state means.
func PhaseOf(d vvp.Deployment) statement.Phase {
	switch d.State() {
	case vvp.Running:
		for _, c := range troubles(d) {
			if c != "" {
				return statement.Degraded
			}
		}
		return statement.Running
	case vvp.Suspended, vvp.Cancelled:
		return statement.Stopped
	case vvp.Finished:
		return statement.Completed
	case vvp.Failed:
		return statement.Failed
	case vvp.Transitioning, "":
		if d.Desired() == vvp.Running {
			return statement.Pending
		}
		return statement.Stopping
	}
	return statement.Unknown
}

// troubles are the conditions that are true of a running deployment.
func troubles(d vvp.Deployment) []string {
	var all []string
	if d.Status.Running == nil {
		return nil
	}
	for _, c := range d.Status.Running.Conditions {
		if strings.EqualFold(c.Status, "True") {
			all = append(all, strings.TrimSuffix(c.Type+": "+c.Message, ": "))
		}
	}
	return all
}

// Reason says what is wrong with a running deployment, "" for nothing.
func Reason(d vvp.Deployment) string { return strings.Join(troubles(d), " · ") }

// Observe reads a statement that is a deployment, or gives the answer of one that
// was executed.
func (e *sqlEngine) Observe(ctx context.Context, ref statement.Ref) (statement.Status, error) {
	e.mu.Lock()
	done, ok := e.done[ref]
	e.mu.Unlock()
	if ok {
		return done, nil
	}
	if ref.Handle != handleDeployment {
		ref.Name = deploymentName(ref.Name)
	}
	d, err := Get[vvp.Deployment](ctx, e.api, vvp.Deployments, ref.Scope, ref.Name)
	if fault.Is(err, fault.NotFound) {
		return statement.Status{}, fmt.Errorf("%w: %w", statement.ErrGone, err)
	}
	if err != nil {
		return statement.Status{}, err
	}
	return statusOf(ref.Scope, d), nil
}

// Rows has none: what was executed came with its rows, and a deployment has none.
func (e *sqlEngine) Rows(statement.Ref) statement.Rows { return noRows{} }

type noRows struct{}

// Next implements statement.Rows.
func (noRows) Next(context.Context) ([]statement.Row, bool, error) {
	return nil, false, statement.ErrNoResults
}

// Stop suspends a deployment: its state is kept in a savepoint.
func (e *sqlEngine) Stop(ctx context.Context, ref statement.Ref) error {
	if ref.Handle != handleDeployment {
		return nil
	}
	return Patch(ctx, e.api, vvp.Deployments, ref.Scope, ref.Name, StateChange(vvp.Suspended))
}

// StateChange is the merge patch that wants a deployment in a state.
func StateChange(state string) any {
	return map[string]any{"spec": map[string]any{"state": state}}
}

// Delete forgets an executed statement. A deployment is deleted in its list, for it
// has to be cancelled first.
func (e *sqlEngine) Delete(_ context.Context, ref statement.Ref) error {
	if ref.Handle == handleDeployment {
		return errors.New("delete it in the Deployments tab: it is cancelled first")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.done, ref)
	return nil
}

// ScopeWord implements statement.Scoper.
func (*sqlEngine) ScopeWord() string { return "namespace" }

// Scopes are the namespaces.
func (e *sqlEngine) Scopes(ctx context.Context) ([]string, error) {
	names, _, err := e.api.Namespaces()(ctx)
	return names, err
}

// PoolWord implements statement.Pooler: a deployment runs on a target.
func (*sqlEngine) PoolWord() string { return "deployment target" }

// defaultTarget stands for the target that a namespace's defaults name.
const defaultTarget = "(default)"

// Pools are the deployment targets of a namespace, its default first.
func (e *sqlEngine) Pools(ctx context.Context, namespace string) ([]string, error) {
	l, _, err := List[vvp.Object](e.api, vvp.Targets, namespace, nil)(ctx)
	all := []string{defaultTarget}
	for _, t := range l.Items {
		all = append(all, t.Name)
	}
	return all, err
}

// permitQueries lets through statements that only read: the platform is asked what
// they are before they are run, so nothing else is.
func permitQueries(_ context.Context, r client.Request, body []byte) bool {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, sqlPath) {
		return false
	}
	var in struct {
		Statement string `json:"statement"`
	}
	switch {
	case strings.HasSuffix(r.Path, "/sqlscripts:validate"):
		return true
	case strings.HasSuffix(r.Path, "/sqlscripts:execute"):
		return json.Unmarshal(body, &in) == nil && flinksql.OnlyReads(in.Statement)
	}
	return false
}

// Welcome implements statement.Welcomer.
func (*sqlEngine) Welcome() string {
	return "-- F5 or alt-enter runs the statement under the cursor, esc leaves the editor.\n" +
		"-- DDL, SHOW and DESCRIBE are run at once; an INSERT becomes a deployment.\n\nSHOW TABLES;\n"
}
