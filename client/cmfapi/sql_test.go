package cmfapi_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/client/statement"
)

func TestPhasesOfStatements(t *testing.T) {
	for _, c := range []struct {
		phase   string
		stopped bool
		word    string
		want    statement.Phase
	}{
		{"PENDING", false, "PENDING", statement.Pending},
		{"RUNNING", false, "RUNNING", statement.Running},
		{"RUNNING", true, "STOPPING", statement.Stopping},
		{"FAILING", false, "FAILING", statement.Degraded},
		{"STOPPED", true, "STOPPED", statement.Stopped},
		{"COMPLETED", false, "COMPLETED", statement.Completed},
		{"FAILED", false, "FAILED", statement.Failed},
		{"DELETING", false, "DELETING", statement.Deleting},
		{"SCALING", false, "SCALING", statement.Unknown},
		{"", false, "", statement.Unknown},
	} {
		s := cmf.Statement{Status: &cmf.StatementStatus{Phase: c.phase}}
		s.Spec.Stopped = c.stopped
		if word, got := cmfapi.StatementPhase(s); word != c.word || got != c.want {
			t.Errorf("%q stopped=%v: %q %s, want %q %s", c.phase, c.stopped, word, got, c.word, c.want)
		}
	}
}

// sqlServer answers with what handle gives and an engine on it.
func sqlServer(t *testing.T, handle http.HandlerFunc) statement.Engine {
	t.Helper()
	srv := httptest.NewServer(handle)
	t.Cleanup(srv.Close)
	c, err := cmfapi.New(client.Config{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return cmfapi.SQL(c)
}

func TestSettingsOfARequestAreSplit(t *testing.T) {
	var sent cmf.Statement
	engine := sqlServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"metadata":{"name":"s1"},"spec":{"statement":"SELECT 1","computePoolName":"p"},
			"status":{"phase":"COMPLETED","traits":{"sqlKind":"SHOW","isBounded":true,"isAppendOnly":true,
			"schema":{"columns":[{"name":"a","type":{"type":"ARRAY","nullable":true,"elementType":{"type":"INTEGER"}}}]}}},
			"result":{"results":{"data":[{"op":0,"row":[["1","2"]]}]}}}`))
	})
	status, err := engine.Submit(t.Context(), statement.Request{
		Name: "s1", SQL: "SELECT 1", Target: statement.Target{Scope: "prod", Pool: "p", Catalog: "c", Database: "d"},
		Settings: map[string]string{"sql.local-time-zone": "UTC", "parallelism.default": "2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := sent.Spec.Properties; len(p) != 3 || p["sql.current-catalog"] != "c" || p["sql.current-database"] != "d" ||
		p["sql.local-time-zone"] != "UTC" {
		t.Errorf("properties: %v", p)
	}
	if c := sent.Spec.FlinkConfiguration; len(c) != 1 || c["parallelism.default"] != "2" {
		t.Errorf("configuration: %v", c)
	}
	if status.Phase != statement.Completed || status.Results != statement.Inline || len(status.Rows) != 1 ||
		string(status.Rows[0].Cells[0]) != `["1","2"]` {
		t.Errorf("status: %+v", status)
	}
	if c := status.Traits.Columns; len(c) != 1 || c[0].Type.ElementType == nil ||
		c[0].Type.ElementType.Type != "INTEGER" {
		t.Errorf("columns: %+v", c)
	}
}

func TestErrorsOfStatementsSayWhatTheyMean(t *testing.T) {
	for status, want := range map[int]error{
		400: statement.ErrNoResults, 404: statement.ErrNoResults, 410: statement.ErrGone,
	} {
		engine := sqlServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"errors":[{"message":"no"}]}`))
		})
		if _, _, err := engine.Rows(statement.Ref{Scope: "e", Name: "s"}).Next(t.Context()); !errors.Is(err, want) {
			t.Errorf("rows, %d: %v", status, err)
		}
		if status != http.StatusNotFound {
			continue
		}
		if _, err := engine.Observe(t.Context(), statement.Ref{Scope: "e", Name: "s"}); !errors.Is(
			err, statement.ErrGone,
		) || !fault.Is(err, fault.NotFound) {
			t.Errorf("observe, %d: %v", status, err)
		}
		if err := engine.Delete(t.Context(), statement.Ref{Scope: "e", Name: "s"}); err != nil {
			t.Errorf("delete, %d: %v", status, err)
		}
	}
}
