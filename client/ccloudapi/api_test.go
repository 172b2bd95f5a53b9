package ccloudapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
	"drey/client/statement"
)

func secret(value string) client.Secret {
	return func(context.Context, bool) (string, error) { return value, nil }
}

// open is a client with both keys.
func open(t *testing.T, s *ccloudtest.Server, change ...func(*ccloudapi.Config)) *ccloudapi.Client {
	t.Helper()
	cfg := ccloudapi.Config{
		Organization: ccloudtest.Organization, Cloud: "aws", Regions: []string{ccloudtest.Region}, Endpoint: s.URL,
		ControlURL:  s.URL,
		Environment: ccloudtest.Environment, Database: "orders-cluster",
		DataKey:    client.Basic(ccloudtest.DataKey, secret(ccloudtest.Secret)),
		ControlKey: client.Basic(ccloudtest.ControlKey, secret(ccloudtest.Secret)),
		DataNeeds:  "auth.flink-key", ControlNeeds: "auth.cloud-key",
	}
	for _, c := range change {
		c(&cfg)
	}
	api, err := ccloudapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

func request(name, sql string) statement.Request {
	return statement.Request{Name: name, SQL: sql, Target: statement.Target{
		Scope: ccloudtest.Environment, Pool: ccloudtest.Pool,
	}}
}

// changelog reads rows until n came or they end, a line each.
func changelog(t *testing.T, rows statement.Rows, n int) (lines []string, pages [][]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for len(lines) < n {
		page, done, err := rows.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var these []string
		for _, r := range page {
			these = append(these, r.Op.String()+" "+string(r.Cells[0])+" "+string(r.Cells[1]))
		}
		lines = append(lines, these...)
		pages = append(pages, these)
		if done {
			break
		}
	}
	return lines, pages
}

func TestAStatementIsRunAndItsRowsAreRead(t *testing.T) {
	for name, quirks := range map[string]ccloudtest.Quirks{
		"plain":              {},
		"not ready at first": {NotReady: 2, PendingPolls: 2},
		"no op, no next":     {MissingOp: true, NoNext: true},
		"older schema":       {OldSchema: true, NullProperties: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ccloudtest.New(t, quirks)
			engine := ccloudapi.SQL(open(t, s))
			status, err := engine.Submit(t.Context(), request("bounded-1", "SELECT id, name FROM bounded"))
			if err != nil {
				t.Fatal(err)
			}
			if status, err = statement.Ended(t.Context(), engine, status); err != nil ||
				status.Phase != statement.Completed || status.Results != statement.Paged {
				t.Fatalf("%+v, %v", status, err)
			}
			lines, pages := changelog(t, engine.Rows(status.Ref), 99)
			want := []string{`+I "1" "one"`, `+I "2" "two"`, `-U "1" "one"`, `+U "1" "uno"`, `+I "3" "three"`}
			if !slices.Equal(lines, want) {
				t.Errorf("got %v, want %v", lines, want)
			}
			for _, p := range pages {
				if len(p) > 0 && strings.HasPrefix(p[len(p)-1], "-U") {
					t.Errorf("the halves of an update are given apart: %v", pages)
				}
			}
		})
	}
}

// TestRowsGoOnWhereAnAnswerWasLost has the server at another address break off in
// the middle: the same page is asked for again, and no other one twice.
func TestRowsGoOnWhereAnAnswerWasLost(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		if strings.HasSuffix(r.URL.Path, "/results") {
			if asked.Add(1) == 2 {
				panic(http.ErrAbortHandler)
			}
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(proxy.Close)
	engine := ccloudapi.SQL(open(t, s, func(c *ccloudapi.Config) { c.Endpoint = proxy.URL }))
	status, err := engine.Submit(t.Context(), request("running-1", "SELECT id, name FROM orders"))
	if err != nil {
		t.Fatal(err)
	}
	rows := engine.Rows(status.Ref)
	var all []statement.Row
	for len(all) < 5 {
		page, _, err := rows.Next(t.Context())
		if err != nil && !fault.Is(err, fault.Offline) {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	if n := asked.Load(); n < 3 || len(all) != 5 {
		t.Errorf("%d rows, asked for %d times", len(all), n)
	}
}

// TestTwoReadersDoNotShareRows has a second view begin to read.
func TestTwoReadersDoNotShareRows(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	engine := ccloudapi.SQL(open(t, s))
	status, err := engine.Submit(t.Context(), request("running-1", "SELECT id, name FROM orders"))
	if err != nil {
		t.Fatal(err)
	}
	first, second := engine.Rows(status.Ref), engine.Rows(status.Ref)
	if _, _, err := second.Next(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := first.Next(t.Context()); !errors.Is(err, statement.ErrGone) {
		t.Errorf("the first reader reads on: %v", err)
	}
}

func TestALostCreationIsLookedForByName(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{LosePost: true})
	status, err := ccloudapi.SQL(open(t, s)).Submit(t.Context(), request("insert-1", "INSERT INTO a SELECT 1"))
	if err != nil || status.UID == "" {
		t.Errorf("%+v, %v", status, err)
	}
	if posts := len(s.Changes()); posts != 1 {
		t.Errorf("%d requests that change something, want one", posts)
	}
}

func TestSubmitSendsWhatTheShellSends(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s)
	engine := ccloudapi.SQL(api)
	r := request("insert-1", "INSERT INTO a SELECT 1")
	r.Settings = map[string]string{"sql.state-ttl": "1 h", "client.results-timeout": "5"}
	status, err := engine.Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	p := status.Settings
	if p["sql.state-ttl"] != "1 h" || p["client.results-timeout"] != "" ||
		p[ccloud.PropertyCatalog] != ccloudtest.Environment || p[ccloud.PropertyDatabase] != "orders-cluster" ||
		p[ccloud.PropertyZone] == "" {
		t.Errorf("properties %v", p)
	}
	rows, err := statement.Run(t.Context(), engine, request("names-1", "SHOW TABLES"))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v, %v", rows, err)
	}
	made := s.Changes()
	if want := "DELETE /sql/v1/organizations/" + ccloudtest.Organization + "/environments/" + ccloudtest.Environment +
		"/statements/names-1"; made[len(made)-1] != want {
		t.Errorf("a helper is not deleted: %v", made)
	}
}

// TestHelpersAreMarkedAsHidden reads what a helper is while it is there.
func TestHelpersAreMarkedAsHidden(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s)
	r := request("names-1", "SHOW TABLES")
	r.Helper = true
	if _, err := ccloudapi.SQL(api).Submit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	made, err := api.Statement(t.Context(), ccloudtest.Environment, "names-1", "", "")
	if err != nil || !made.Hidden() || made.Spec.Properties[ccloud.PropertySnapshot] != "now" {
		t.Errorf("%+v, %v", made.Statement, err)
	}
}

// TestAChangeIsTriedAgainWhereSomebodyElseWasQuicker meets other changes.
func TestAChangeIsTriedAgainWhereSomebodyElseWasQuicker(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{Conflicts: 3, TwoHundred: true})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	engine := ccloudapi.SQL(open(t, s))
	ref := statement.Ref{Scope: ccloudtest.Environment, Name: "orders", Handle: ccloudtest.Region}
	if err := engine.Stop(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	now, err := engine.Observe(t.Context(), ref)
	if err != nil || now.Phase != statement.Stopped {
		t.Errorf("%s, %v", now.Raw, err)
	}
	if puts := len(s.Changes()); puts != 4 {
		t.Errorf("%d PUTs, want 4", puts)
	}
}

func TestAChangeKeepsWhatItDoesNotKnow(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseStopped)
	s.Edit("orders", func(o map[string]any) {
		o["spec"].(map[string]any)["properties"] = map[string]any{"sql.state-ttl": "1 h"}
		o["metadata"].(map[string]any)["labels"] = map[string]any{"user.confluent.io/team": "a"}
		o["status"].(map[string]any)["latest_offsets"] = map[string]any{"t": "partition:0,offset:9223372036854775808"}
	})
	api := open(t, s)
	of, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
	if err != nil {
		t.Fatal(err)
	}
	stopped, principal := false, "sa-2"
	if err := api.Update(
		t.Context(), ccloudtest.Environment, of, ccloudapi.Change{Stopped: &stopped, Principal: &principal},
		func(string) {},
	); err != nil {
		t.Fatal(err)
	}
	now, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
	if err != nil || now.Spec.Properties["sql.state-ttl"] != "1 h" || now.Spec.Principal != "sa-2" ||
		now.Metadata.Labels["user.confluent.io/team"] != "a" {
		t.Errorf("%s, %v", now.Raw(), err)
	}
	if !strings.Contains(string(now.Raw()), "9223372036854775808") {
		t.Errorf("a number lost digits: %s", now.Raw())
	}
}

func TestTwoConsolesStopOneStatement(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{StoppingPolls: 1})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	failed := make(chan error, 2)
	for range 2 {
		engine := ccloudapi.SQL(open(t, s))
		go func() {
			failed <- engine.Stop(context.Background(), statement.Ref{Scope: ccloudtest.Environment, Name: "orders"})
		}()
	}
	for range 2 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// TestCredentialsGoToTheirPlane counts the keys that each plane saw.
func TestCredentialsGoToTheirPlane(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s)
	if err := api.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Seen() {
		if data := strings.HasPrefix(r.Path, "/sql/"); data != (r.User == ccloudtest.DataKey) {
			t.Errorf("%s %s came with %s", r.Method, r.Path, r.User)
		}
	}
}

// TestWithOneKeyTheOtherPlaneSaysWhatItNeeds asks for what there is no key for.
func TestWithOneKeyTheOtherPlaneSaysWhatItNeeds(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	data := open(t, s, func(c *ccloudapi.Config) { c.ControlKey = nil })
	if _, _, err := data.Pools(ccloudtest.Environment)(t.Context()); err == nil ||
		err.Error() != "needs auth.cloud-key" || !fault.Is(err, fault.Unsupported) {
		t.Errorf("got %v", err)
	}
	if l, _, err := data.Environments()(t.Context()); err != nil || len(l.Items) != 1 {
		t.Errorf("%v, %v", l.Items, err)
	}
	pools, err := ccloudapi.SQL(data).(statement.Pooler).Pools(t.Context(), ccloudtest.Environment)
	if err != nil || len(pools) != 1 {
		t.Errorf("%v, %v", pools, err)
	}
	control := open(t, s, func(c *ccloudapi.Config) { c.DataKey = nil })
	if _, _, err := control.Statements(ccloudtest.Environment)(t.Context()); err == nil ||
		err.Error() != "needs auth.flink-key" {
		t.Errorf("got %v", err)
	}
	if n := len(s.Seen()); n != 0 {
		t.Errorf("%d requests left", n)
	}
}

func TestListsComeInPages(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	for i := range 250 {
		s.Add(
			ccloudtest.Environment, "s-"+string(rune('a'+i/26))+string(rune('a'+i%26)), "INSERT INTO a SELECT 1",
			ccloud.PhaseRunning,
		)
	}
	l, _, err := open(t, s).Statements(ccloudtest.Environment)(t.Context())
	if err != nil || len(l.Items) != 250 || l.Items[0].Region != ccloudtest.Region {
		t.Fatalf("%d, %v", len(l.Items), err)
	}
	if n := len(s.Seen()); n != 3 {
		t.Errorf("%d requests for 250 statements, want 3", n)
	}
}

// TestErrorsSayWhatTheServerSays has hosts that answer differently.
func TestErrorsSayWhatTheServerSays(t *testing.T) {
	message := ccloudapi.Dialect().Message
	for body, want := range map[string]string{
		`{"errors":[{"status":"409","detail":"Results not ready","source":{}}]}`:                    "Results not ready",
		`{"errors":[{"title":"Bad","source":{"pointer":"/spec/statement"}},{"detail":"and more"}]}`: "Bad (/spec/statement)\nand more",
		`{"message":"no such key"}`:           "no such key",
		`{"error":{"message":"forbidden"}}`:   "forbidden",
		`{"timestamp":1}`:                     "",
		`<html>`:                              "",
		`{"errors":[],"error":"a text only"}`: "",
	} {
		if got, own := message([]byte(body)); got != want || own != (want != "") {
			t.Errorf("%s: %q, %v", body, got, own)
		}
	}
}

func TestAProxysPageIsNoAnswer(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{HTML: true})
	_, err := open(t, s).Statement(t.Context(), ccloudtest.Environment, "x", "", "")
	if err == nil || !fault.Is(err, fault.Failing) || strings.Contains(err.Error(), "<html>") {
		t.Errorf("got %v", err)
	}
}

// TestResultsThatHaveExpired has the rows deleted while the statement is there.
func TestResultsThatHaveExpired(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	s.Add(ccloudtest.Environment, "old", "INSERT INTO a SELECT 1", ccloud.PhaseCompleted)
	_, _, err := ccloudapi.SQL(open(t, s)).Rows(statement.Ref{
		Scope: ccloudtest.Environment, Name: "old",
	}).Next(t.Context())
	if !errors.Is(err, statement.ErrGone) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("got %v", err)
	}
}

// TestOnlyQueriesAreLetThrough has a context that may only read.
func TestOnlyQueriesAreLetThrough(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	s.Add(ccloudtest.Environment, "insert", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	s.Add(ccloudtest.Environment, "select", "SELECT 1", ccloud.PhaseRunning)
	engine := ccloudapi.SQL(open(t, s, func(c *ccloudapi.Config) { c.Queries = true }))
	if _, err := engine.Submit(t.Context(), request("new", "INSERT INTO a SELECT 1")); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("an INSERT is sent: %v", err)
	}
	if err := engine.Stop(t.Context(), statement.Ref{
		Scope: ccloudtest.Environment, Name: "insert",
	}); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("an INSERT is stopped: %v", err)
	}
	if err := engine.Delete(t.Context(), statement.Ref{
		Scope: ccloudtest.Environment, Name: "insert",
	}); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("an INSERT is deleted: %v", err)
	}
	for _, err := range []error{
		engine.Stop(t.Context(), statement.Ref{Scope: ccloudtest.Environment, Name: "select"}),
		engine.Delete(t.Context(), statement.Ref{Scope: ccloudtest.Environment, Name: "select"}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

// TestNoSecretIsInAnAnswer reads a connection whose server sends its secret back.
func TestNoSecretIsInAnAnswer(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s)
	l, _, err := api.Connections(ccloudtest.Environment)(t.Context())
	if err != nil || len(l.Items) != 1 {
		t.Fatalf("%v, %v", l.Items, err)
	}
	text, err := json.Marshal(l.Items[0])
	if err != nil || strings.Contains(string(text), ccloudtest.Secret) || !strings.Contains(string(text), "OPENAI") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestOrganizationIsLookedFor leaves it out.
func TestOrganizationIsLookedFor(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s, func(c *ccloudapi.Config) { c.Organization = "" })
	if _, _, err := api.Statements(ccloudtest.Environment)(t.Context()); err != nil {
		t.Error(err)
	}
	if scope := api.Known("e"); scope.Organization != ccloudtest.Organization {
		t.Errorf("found %+v", scope)
	}
}

// TestUnknownPhasesAreShown has a server that is newer.
func TestUnknownPhasesAreShown(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	s.Edit("orders", func(o map[string]any) { o["status"].(map[string]any)["phase"] = "HIBERNATING" })
	status, err := ccloudapi.SQL(open(t, s)).Observe(t.Context(), statement.Ref{
		Scope: ccloudtest.Environment, Name: "orders",
	})
	if err != nil || status.Raw != "HIBERNATING" || status.Phase != statement.Unknown || status.Phase.Ended() {
		t.Errorf("%+v, %v", status, err)
	}
}

// TestSecretsOfAStatementAreNotReadBack has a property that is one: it is sent, and is
// in nothing that people see, and a change sends it back as it was.
func TestSecretsOfAStatementAreNotReadBack(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s)
	const name = "sql.secrets.openai"
	r := request("insert-1", "INSERT INTO a SELECT 1")
	r.Settings = map[string]string{name: ccloudtest.Secret}
	status, err := ccloudapi.SQL(api).Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	of, err := api.Statement(t.Context(), ccloudtest.Environment, "insert-1", "", "")
	if err != nil {
		t.Fatal(err)
	}
	stopped := true
	if err := api.Update(
		t.Context(), ccloudtest.Environment, of, ccloudapi.Change{Stopped: &stopped}, func(string) {},
	); err != nil {
		t.Fatal(err)
	}
	all, _, err := api.Statements(ccloudtest.Environment)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	table, err := api.TableWhere(t.Context(), ccloudtest.Environment, "totals", nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]any{
		"answer": status, "statement": of, "raw": string(of.Raw()), "list": all, "table": string(table.Raw()),
	} {
		if got := fmt.Sprintf("%+v", text); strings.Contains(got, ccloudtest.Secret) {
			t.Errorf("the secret is in the %s: %s", what, got)
		}
	}
	for _, call := range api.Transport().Calls().All() {
		if strings.Contains(string(call.RequestBody), ccloudtest.Secret) {
			t.Errorf("the secret is in the log of calls: %s %s", call.Method, call.RequestBody)
		}
	}
	properties, _ := s.Spec("insert-1")["properties"].(map[string]any)
	if got := properties[name]; got != ccloudtest.Secret {
		t.Errorf("the server has %v", got)
	}
}
