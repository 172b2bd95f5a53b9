package vvpapi_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"drey/client"
	"drey/client/fault"
	"drey/client/statement"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/client/vvpapi/vvptest"
)

func bearer(token string) client.Auth {
	return client.Bearer(func(context.Context, bool) (string, error) { return token, nil })
}

func open(t *testing.T, s *vvptest.Server, change ...func(*vvpapi.Config)) *vvpapi.Client {
	t.Helper()
	cfg := vvpapi.Config{Server: client.Config{URL: s.URL}}
	for _, c := range change {
		c(&cfg)
	}
	api, err := vvpapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

func TestListsOfBothAPIsAreRead(t *testing.T) {
	for name, quirks := range map[string]vvptest.Quirks{"plain": {}, "in data": {Wrapped: true}} {
		t.Run(name, func(t *testing.T) {
			s := vvptest.New(t, quirks)
			s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
			api := open(t, s)
			l, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, "default", nil)(t.Context())
			if err != nil || len(l.Items) != 1 || l.Items[0].State() != vvp.Running {
				t.Errorf("%+v, %v", l.Items, err)
			}
			scripts, _, err := vvpapi.List[vvp.Object](api, vvp.Scripts, "default", nil)(t.Context())
			if err != nil || len(scripts.Items) != 1 || scripts.Items[0].Name != "hourly" ||
				scripts.Items[0].Member("script") != "SELECT * FROM orders" {
				t.Errorf("%+v, %v", scripts.Items, err)
			}
			names, _, err := api.Namespaces()(t.Context())
			if err != nil || strings.Join(names, " ") != "default team" {
				t.Errorf("%v, %v", names, err)
			}
		})
	}
}

func TestATokenBelongsToItsNamespace(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{Token: "of-default", NoNamespaces: true})
	api := open(t, s, func(c *vvpapi.Config) {
		c.Namespaces = map[string]client.Auth{"default": bearer("of-default"), "team": bearer("of-team")}
	})
	if names, _, err := api.Namespaces()(t.Context()); err != nil || strings.Join(names, " ") != "default team" {
		t.Errorf("%v, %v", names, err)
	}
	if _, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, "default", nil)(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, "team", nil)(t.Context()); !fault.Is(
		err, fault.SignedOut,
	) {
		t.Errorf("another's token opens: %v", err)
	}
}

func TestNamespacesThatMayNotBeListedAreToBeNamed(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{NoNamespaces: true})
	_, _, err := open(t, s).Namespaces()(t.Context())
	if err == nil || !strings.Contains(err.Error(), "name them under namespaces in the configuration") {
		t.Errorf("got %v", err)
	}
}

// TestErrorsOfEveryShapeAreRead has the platform's three, and Spring's.
func TestErrorsOfEveryShapeAreRead(t *testing.T) {
	message := vvpapi.Dialect().Message
	for body, want := range map[string]string{
		`{"kind":"ApiException","message":"only a CANCELLED one","reason":"Conflict","statusCode":409}`:                             "Conflict: only a CANCELLED one",
		`{"kind":"ApiValidationException","message":"m","statusCode":400,"errors":[{"attribute":"metadata.name","message":"bad"}]}`: "metadata.name: bad",
		`{"code":"NOT_FOUND","description":"no such catalog","cause":null,"ok":false}`:                                              "no such catalog",
		`{"timestamp":1,"status":403,"error":"Forbidden","path":"/x"}`:                                                              "Forbidden",
		`<html>`: "",
		`{}`:     "",
	} {
		if got, own := message([]byte(body)); got != want || own != (want != "") {
			t.Errorf("%s: %q, %v", body, got, own)
		}
	}
}

func request(name, sql string) statement.Request {
	return statement.Request{Name: name, SQL: sql, Target: statement.Target{Scope: "default", Pool: "(default)"}}
}

func TestShowIsExecutedAtOnce(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{})
	engine := vvpapi.SQL(open(t, s))
	status, err := engine.Submit(t.Context(), request("a-1", "SHOW TABLES"))
	if err != nil || status.Phase != statement.Completed || status.Results != statement.Inline ||
		len(status.Rows) != 2 || string(status.Rows[0].Cells[0]) != `"orders"` {
		t.Fatalf("%+v, %v", status, err)
	}
	if again, err := engine.Observe(t.Context(), status.Ref); err != nil || len(again.Rows) != 2 {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestASelectIsRefusedWithTheReason(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{})
	_, err := vvpapi.SQL(open(t, s)).Submit(t.Context(), request("a-1", "SELECT 1"))
	if err == nil || !strings.Contains(err.Error(), "runs no SELECT") {
		t.Errorf("got %v", err)
	}
	for _, c := range s.Changes() {
		if strings.HasSuffix(c, ":execute") {
			t.Error("it was sent all the same")
		}
	}
}

func TestWhatIsWrongIsSaidByLineAndColumn(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{})
	_, err := vvpapi.SQL(open(t, s)).Submit(t.Context(), request("a-1", "SELEC 1"))
	if err == nil || !strings.Contains(err.Error(), "at line 1, column 7") {
		t.Errorf("got %v", err)
	}
}

func TestAnInsertBecomesADeployment(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{Polls: 1})
	engine := vvpapi.SQL(open(t, s))
	r := request("drey-20260304-110000-ABC_def", "INSERT INTO a SELECT * FROM b")
	plan, err := engine.(statement.Planner).Plan(t.Context(), r)
	if err != nil || plan.Title == "" || plan.Facts[0] != [2]string{"name", "drey-20260304-110000-abc-def"} ||
		plan.Facts[2][1] != "kubernetes" {
		t.Fatalf("%+v, %v", plan, err)
	}
	for _, c := range s.Changes() {
		if !strings.HasSuffix(c, ":validate") {
			t.Errorf("%s was sent before the yes", c)
		}
	}
	status, err := engine.Submit(t.Context(), r)
	if err != nil || status.Phase != statement.Pending {
		t.Fatalf("%+v, %v", status, err)
	}
	if status, err = statement.Ended(t.Context(), stopping{engine, t}, status); err != nil ||
		status.Phase != statement.Stopped {
		t.Errorf("%+v, %v", status, err)
	}
}

// stopping stops a statement once it runs.
type stopping struct {
	statement.Engine
	t *testing.T
}

func (s stopping) Observe(ctx context.Context, ref statement.Ref) (statement.Status, error) {
	status, err := s.Engine.Observe(ctx, ref)
	if status.Phase == statement.Running {
		if err := s.Stop(ctx, ref); err != nil {
			s.t.Error(err)
		}
	}
	return status, err
}

// TestOnlyQueriesAreLetThrough has a context that may only read.
func TestOnlyQueriesAreLetThrough(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	api := open(t, s, func(c *vvpapi.Config) { c.Queries = true })
	if _, err := vvpapi.SQL(api).Submit(t.Context(), request("a-1", "SHOW TABLES")); err != nil {
		t.Error(err)
	}
	if _, err := vvpapi.SQL(api).Submit(t.Context(), request("a-1", "DROP TABLE a")); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("a DROP is sent: %v", err)
	}
	if err := vvpapi.Patch(
		t.Context(), api, vvp.Deployments, "default", "orders", vvpapi.StateChange(vvp.Cancelled),
	); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("a PATCH is sent: %v", err)
	}
}

func TestValuesOfSecretsAreNotHeld(t *testing.T) {
	var o vvp.Object
	if err := json.Unmarshal(
		[]byte(`{"metadata":{"name":"DB"},"spec":{"kind":"PLAIN","value":"hunter2"},"secret":"hunter2"}`), &o,
	); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(o); err != nil || strings.Contains(string(text), "hunter2") ||
		!strings.Contains(string(text), "PLAIN") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestStatesMeanTheSameInAnyCase has a server that writes them in lower case.
func TestStatesMeanTheSameInAnyCase(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{LowerCase: true})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	d, err := vvpapi.Get[vvp.Deployment](t.Context(), open(t, s), vvp.Deployments, "default", "orders")
	if err != nil || vvpapi.PhaseOf(d) != statement.Running {
		t.Errorf("%+v, %v", d.Status, err)
	}
}
