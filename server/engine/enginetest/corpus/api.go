package corpus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"drey/client/cmf"
)

// API runs statements through drey's API, in an environment of its own.
type API struct {
	// Call sends a request to a path below /cmf/api/v1/environments and gives the
	// answer.
	Call func(method, path string, body any) (code int, answer []byte)
	// Environment is its name; Open makes it.
	Environment string
	// Configuration is set for each statement besides its own.
	Configuration map[string]string
	// Wait is how long to wait between two looks at a statement.
	Wait time.Duration

	count int
}

// Open makes the environment and its compute pool.
func (a *API) Open(t testing.TB) {
	t.Helper()
	if code, answer := a.Call(http.MethodPost, "", map[string]any{
		"name": a.Environment, "kubernetesNamespace": "default",
	}); code != http.StatusOK {
		t.Errorf("environment %s: %d %s", a.Environment, code, answer)
	}
	if code, answer := a.Call(http.MethodPost, "/"+a.Environment+"/compute-pools", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "DEDICATED", "clusterSpec": map[string]any{}},
	}); code != http.StatusOK {
		t.Errorf("pool of %s: %d %s", a.Environment, code, answer)
	}
}

// Run posts a statement, reads its rows to their end, and deletes it.
func (a *API) Run(s Statement) Answer {
	a.count++
	path, name := "/"+a.Environment+"/statements", fmt.Sprintf("s-%d", a.count)
	spec := cmf.StatementSpec{
		Statement: s.SQL, ComputePoolName: "pool", Properties: map[string]string{},
		FlinkConfiguration: map[string]string{},
	}
	for _, set := range []map[string]string{a.Configuration, s.Configuration} {
		for key, value := range set {
			spec.FlinkConfiguration[key] = value
		}
	}
	for key, value := range s.Properties {
		spec.Properties[key] = value
	}
	if zone := s.Configuration["table.local-time-zone"]; zone != "" {
		spec.Properties[cmf.PropertyTimeZone] = zone
	}
	code, body := a.Call(http.MethodPost, path, cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: "Statement", Metadata: cmf.Metadata{Name: name}, Spec: spec,
	})
	var st cmf.Statement
	if err := decode(code, body, &st); err != nil {
		return Answer{Error: "POST: " + err.Error()}
	}
	if st.Result != nil {
		return answerOf(st, st.Result.Results.Data)
	}
	defer a.Call(http.MethodDelete, path+"/"+name, nil)
	return a.read(path+"/"+name, st)
}

// Close deletes the environment with all that is in it.
func (a *API) Close() { a.Call(http.MethodDelete, "/"+a.Environment+"?force=true", nil) }

// mostLooks is how often a statement is looked at before it is given up.
const mostLooks = 6000

// read follows a statement until it has ended, and its rows were read: those of a
// query that fails may end before it is said to have failed.
func (a *API) read(path string, st cmf.Statement) Answer {
	var rows []cmf.ResultRow
	token, done := "", st.Status.Traits == nil || st.Status.Traits.SQLKind != "SELECT"
	for range mostLooks {
		if !done {
			var page cmf.StatementResult
			code, body := a.Call(http.MethodGet, path+"/results?page-token="+token, nil)
			if decode(code, body, &page) == nil { // else it does not run yet, or has failed
				rows = append(rows, page.Results.Data...)
				token = page.NextPageToken()
				done = token == ""
			}
		}
		code, body := a.Call(http.MethodGet, path, nil)
		if err := decode(code, body, &st); err != nil {
			return Answer{Error: "GET: " + err.Error()}
		}
		if st.Phase() == cmf.PhaseFailed || done && cmf.PhaseEnded(st.Phase()) {
			return answerOf(st, rows)
		}
		time.Sleep(a.Wait)
	}
	return Answer{Error: fmt.Sprintf("it is %s still, after %d rows", st.Phase(), len(rows))}
}

func decode(code int, body []byte, into any) error {
	if code != http.StatusOK {
		return fmt.Errorf("%d %s", code, body)
	}
	return json.Unmarshal(body, into)
}

// answerOf gives a statement that has ended. The API has other names for types than
// the recordings: they are left out.
func answerOf(st cmf.Statement, rows []cmf.ResultRow) Answer {
	if st.Phase() == cmf.PhaseFailed {
		return Answer{Error: st.Status.Detail}
	}
	var a Answer
	if st.Status.Traits != nil && st.Status.Traits.Schema != nil {
		for _, c := range st.Status.Traits.Schema.Columns {
			a.Columns = append(a.Columns, Column{Name: c.Name})
		}
	}
	for _, row := range rows {
		r := Row{Op: row.Op.String()}
		for _, raw := range row.Row {
			r.Cells = append(r.Cells, cellOf(raw))
		}
		a.Rows = append(a.Rows, r)
	}
	return a
}

// cellOf gives a value that is text as it is, and one of another form as its JSON.
func cellOf(raw json.RawMessage) *string {
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		other := string(raw)
		return &other
	}
	return text
}
