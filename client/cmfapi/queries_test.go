package cmfapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
)

// TestOnlyQueriesAreSent tries every kind of change on a client for queries.
func TestOnlyQueriesAreSent(t *testing.T) {
	var sent []string
	texts := map[string]string{"a": "SELECT 1", "query": "SELECT 1", "insert": "INSERT INTO t SELECT 1"}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			sent = append(sent, r.Method+" "+r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
		}
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"metadata":{"name":"` + name + `"},"spec":{"statement":"` + texts[name] +
			`","computePoolName":"p"}}`))
	}))
	defer web.Close()
	c, err := cmfapi.NewForQueries(client.Config{URL: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	scope, ctx := cmf.Scope{Environment: "e"}, t.Context()
	make := func(name, text string) error {
		_, err := cmfapi.Create(ctx, c, cmf.Statements, scope, cmf.Statement{
			Metadata: cmf.Metadata{Name: name}, Spec: cmf.StatementSpec{Statement: text},
		})
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
		sent bool
	}{
		{"SELECT", func() error { return make("a", "SELECT 1") }, true},
		{"a comment first", func() error { return make("b", "-- INSERT\nSHOW TABLES") }, true},
		{"INSERT", func() error { return make("c", "INSERT INTO t SELECT 1") }, false},
		{"two statements", func() error { return make("d", "SELECT 1; DROP TABLE t") }, false},
		{"DDL", func() error { return make("e", "CREATE TABLE t (a INT)") }, false},
		{"delete of one's own", func() error { return cmfapi.Delete(ctx, c, cmf.Statements, scope, "a", false) }, true},
		{"delete of one that was never read", func() error { return cmfapi.Delete(ctx, c, cmf.Statements, scope, "query", false) }, true},
		{"stop of a query", func() error { return c.StopStatement(ctx, scope, "query") }, true},
		{"delete of a query that was read", func() error { return cmfapi.Delete(ctx, c, cmf.Statements, scope, "query", false) }, true},
		{"stop of an INSERT", func() error { return c.StopStatement(ctx, scope, "insert") }, false},
		{"delete of an INSERT", func() error { return cmfapi.Delete(ctx, c, cmf.Statements, scope, "insert", false) }, false},
		{"suspend", func() error { _, err := c.SuspendApplication(ctx, scope, "app"); return err }, false},
		{"another kind", func() error { return cmfapi.Delete(ctx, c, cmf.Applications, scope, "statements", false) }, false},
	} {
		sent = nil
		err := step.do()
		if step.sent != (len(sent) > 0) || step.sent != (err == nil) || !step.sent && !fault.Is(err, fault.ReadOnly) {
			t.Errorf("%s: sent %v, error %v", step.name, sent, err)
		}
	}
}
