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
	"slices"
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

// Submit runs a statement, or makes a deployment of it.
func (e *sqlEngine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	kind, err := e.validate(ctx, r)
	switch {
	case err != nil:
		return statement.Status{}, err
	case kind == "SELECT_QUERY":
		return statement.Status{}, errors.New(
			"the API of Ververica Platform runs no SELECT: only its own web editor shows previews; INSERT INTO a table " +
				"makes a deployment",
		)
	case kind == "INSERT_QUERY":
		return e.deploy(ctx, r)
	}
	return e.execute(ctx, r)
}

// ValidatesTyping implements statement.TypedValidator.
func (e *sqlEngine) ValidatesTyping() {}

// Suggest implements statement.Suggester (platforms.md B3, sqlscripts:suggest).
func (e *sqlEngine) Suggest(
	ctx context.Context, in statement.Target, text string, offset int,
) ([]statement.Suggestion, error) {
	path := sqlPath + url.PathEscape(in.Scope) + "/sqlscripts:suggest"
	body := map[string]any{"sqlScript": text, "position": offset}
	answer, err := ask[vvp.Suggestions](ctx, e.api.in(in.Scope), "suggest", http.MethodPost, path, names(in), body)
	var list []statement.Suggestion
	for _, c := range answer.Completions {
		if c.Text != "" {
			list = append(list, statement.Suggestion{Text: c.Text, Kind: strings.ToLower(
				strings.ReplaceAll(strings.TrimPrefix(c.Type, "HINT_TYPE_"), "_", " "),
			)})
		}
	}
	return list, err
}

// ScriptRequest implements statement.Scripter.
func (e *sqlEngine) ScriptRequest(scope, name string) (method, path string) {
	return http.MethodPut, vvp.Scripts.ItemPath(scope, name)
}

// SaveScript implements statement.Scripter. The platform has no lock: the script is
// read just before it is replaced.
func (e *sqlEngine) SaveScript(ctx context.Context, scope, name, text string, was []string) error {
	now, err := Get[vvp.Object](ctx, e.api, vvp.Scripts, scope, name)
	if err != nil {
		return err
	}
	if there := now.Member("script"); there != text && !slices.Contains(was, there) {
		return fmt.Errorf(
			"SQL script %s was changed by somebody else meanwhile: copy your text, open the script again and put it in",
			name,
		)
	}
	var object map[string]any
	if err := json.Unmarshal(now.Raw(), &object); err != nil {
		return fmt.Errorf("read SQL script %s: %w", name, err)
	}
	object["script"] = text
	_, err = Put[json.RawMessage](ctx, e.api, vvp.Scripts, scope, name, object)
	return err
}

// Validate implements statement.Validator.
func (e *sqlEngine) Validate(ctx context.Context, r statement.Request) error {
	_, err := e.validate(ctx, r)
	return err
}

// validate asks the platform what a statement is.
func (e *sqlEngine) validate(ctx context.Context, r statement.Request) (kind string, err error) {
	path := sqlPath + url.PathEscape(r.Target.Scope) + "/sqlscripts:validate"
	v, err := ask[vvp.Validation](
		ctx, e.api.in(r.Target.Scope), "validate", http.MethodPost, path, names(r.Target),
		map[string]string{"statement": r.SQL},
	)
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
	answer, err := ask[vvp.SQLResult](
		ctx, e.api.in(r.Target.Scope), "execute", http.MethodPost, path, names(r.Target),
		map[string]string{"statement": r.SQL},
	)
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
			status.Traits.Columns = append(status.Traits.Columns, statement.Column{
				Name: h.Name, Type: statement.DataType{Type: "VARCHAR", Nullable: true, Length: &stringLength},
			})
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
	case strings.HasSuffix(r.Path, "/sqlscripts:validate"), strings.HasSuffix(r.Path, "/sqlscripts:suggest"):
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
