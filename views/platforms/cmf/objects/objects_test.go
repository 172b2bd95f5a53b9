package objects

import (
	"encoding/json"
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/resource"
)

// read gives an object of its JSON.
func read[T any](t *testing.T, text string) (o T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func application(t *testing.T, desired, life, job string) cmf.FlinkApplication {
	t.Helper()
	return read[cmf.FlinkApplication](t, `{"metadata":{"name":"orders"},"spec":{"job":{"state":"`+desired+
		`"}},"status":{"lifecycleState":"`+life+`","jobStatus":{"state":"`+job+`"}}}`)
}

func TestAnApplicationHasOneWordForItsLifeAndItsJob(t *testing.T) {
	for _, c := range []struct {
		desired, life, job, word string
		tone                     themes.Tone
	}{
		{"running", "STABLE", "RUNNING", "RUNNING", themes.Good},
		{"running", "DEPLOYED", "RESTARTING", "RESTARTING", themes.Warn},
		{"running", "STABLE", "FINISHED", "FINISHED", themes.Done},
		{"running", "DEPLOYED", "RECONCILING", "DEPLOYING", themes.Busy},
		{"running", "UPGRADING", "RUNNING", "UPGRADING", themes.Busy},
		{"suspended", "UPGRADING", "RUNNING", "SUSPENDING", themes.Busy},
		{"suspended", "SUSPENDED", "FINISHED", "SUSPENDED", themes.Idle},
		{"running", "FAILED", "RUNNING", "FAILED", themes.Bad},
		{"running", "ROLLED_BACK", "RUNNING", "ROLLED_BACK", themes.Bad},
		{"running", "DELETING", "RUNNING", "DELETING", themes.Busy},
		{"running", "CREATED", "", "CREATED", themes.Busy},
		{"running", "", "", "", themes.Unknown},
		{"running", "STABLE", "NOVEL", "NOVEL", themes.Unknown},
	} {
		word, tone := ApplicationState(application(t, c.desired, c.life, c.job))
		if word != c.word || tone != c.tone {
			t.Errorf("%s, %s, %s: got %s %v, want %s %v", c.desired, c.life, c.job, word, tone, c.word, c.tone)
		}
	}
}

// progress writes how far something is: done, overtaken, failed or under way.
func progress(p resource.Progress, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case p.Overtaken != "":
		return "overtaken: " + p.Overtaken
	case p.Done:
		return "done"
	}
	return "under way"
}

func TestAnApplicationOnItsWayIsToldHowFar(t *testing.T) {
	for _, c := range []struct{ desired, life, job, want, message string }{
		{"running", "STABLE", "RUNNING", "running", "done"},
		{"running", "STABLE", "FINISHED", "running", "done"},
		{"running", "UPGRADING", "RUNNING", "running", "under way"},
		{"running", "SUSPENDED", "RUNNING", "running", "under way"},
		{"running", "DEPLOYED", "FAILED", "running", "its job is FAILED: the server does not say why"},
		{"running", "FAILED", "", "running", "it is FAILED: the server does not say why"},
		{"suspended", "STABLE", "RUNNING", "suspended", "under way"},
		{"suspended", "SUSPENDED", "", "suspended", "done"},
		{"suspended", "SUSPENDED", "", "running", "overtaken: it was asked to be suspended again meanwhile"},
	} {
		if message := progress(ReachedState(application(t, c.desired, c.life, c.job), c.want)); message != c.message {
			t.Errorf("%s, %s, %s on its way to %s: got %q, want %q", c.desired, c.life, c.job, c.want, message, c.message)
		}
	}
}

func TestAStatementOnItsWayIsToldHowFar(t *testing.T) {
	for _, c := range []struct {
		phase, detail string
		stopped, stop bool
		message       string
	}{
		{"RUNNING", "", true, true, "under way"},
		{"STOPPED", "", true, true, "done"},
		{"STOPPED", "", false, false, "under way"},
		{"RUNNING", "", false, false, "done"},
		{"COMPLETED", "", true, true, "done"},
		{"RUNNING", "", false, true, "overtaken: the opposite was asked for meanwhile"},
		{"FAILED", "no such table", false, false, "it is FAILED: no such table"},
		{"FAILED", "", false, false, "it is FAILED: the server does not say why"},
	} {
		s := cmf.Statement{Spec: cmf.StatementSpec{Stopped: c.stopped}}
		s.Status = &cmf.StatementStatus{Phase: c.phase, Detail: c.detail}
		if message := progress(ReachedStopped(s, c.stop)); message != c.message {
			t.Errorf("%s, stopped %v, asked %v: got %q, want %q", c.phase, c.stopped, c.stop, message, c.message)
		}
	}
}

func TestASavepointSaysHowItIs(t *testing.T) {
	for _, c := range []struct {
		status, word   string
		tone           themes.Tone
		tries, message string
	}{
		{`null`, "", themes.Unknown, "", "under way"},
		{`{"state":"TRIGGER_PENDING"}`, "PENDING", themes.Busy, "", "under way"},
		{`{"state":"IN_PROGRESS","failures":0}`, "IN_PROGRESS", themes.Busy, "", "under way"},
		{`{"state":"IN_PROGRESS","failures":1}`, "IN_PROGRESS", themes.Busy, "1 failed of 3", "under way"},
		{`{"state":"COMPLETED","failures":2}`, "COMPLETED", themes.Done, "2 failed of 3", "done"},
		{`{"state":"COMPLETED","pendingDeletion":true}`, "DELETING", themes.Busy, "", "done"},
		{`{"state":"FAILED","error":"disk full"}`, "FAILED", themes.Bad, "", "savepoint sp FAILED: disk full"},
		{`{"state":"ABANDONED"}`, "ABANDONED", themes.Warn, "", "savepoint sp ABANDONED: the server does not say why"},
		{`{"state":"NOVEL"}`, "NOVEL", themes.Unknown, "", "under way"},
	} {
		s := read[cmf.Savepoint](t, `{"metadata":{"name":"sp"},"spec":{"backoffLimit":2},"status":`+c.status+`}`)
		word, tone := SavepointState(s)
		if word != c.word || tone != c.tone {
			t.Errorf("%s: got %s %v, want %s %v", c.status, word, tone, c.word, c.tone)
		}
		if tries := SavepointTries(s); tries != c.tries {
			t.Errorf("%s: %q, want %q", c.status, tries, c.tries)
		}
		if message := progress(ReachedSavepoint(s)); message != c.message {
			t.Errorf("%s: it is %q, want %q", c.status, message, c.message)
		}
	}
	endless := read[cmf.Savepoint](t, `{"spec":{"backoffLimit":-1},"status":{"failures":7}}`)
	if tries := SavepointTries(endless); tries != "7 failed" {
		t.Errorf("one that is tried for ever: %q", tries)
	}
}

func TestASavepointIsFoundWhereItWasTaken(t *testing.T) {
	for _, c := range []struct {
		at          resource.Location
		path, owner string
	}{
		{resource.Location{}, "/detached-savepoints", "detached"},
		{resource.Location{Scope: "prod", Parent: "orders"}, "/environments/prod/applications/orders/savepoints", "orders"},
		{
			resource.Location{Scope: "prod", Parent: OfStatement + "a/b"},
			"/environments/prod/statements/a%2Fb/savepoints", "sql a/b",
		},
	} {
		kind, scope := SavepointAddress(c.at)
		if path := strings.TrimPrefix(kind.Path(scope), cmf.BasePath); path != c.path {
			t.Errorf("%+v: %s, want %s", c.at, path, c.path)
		}
		if owner := OwnerCell(Savepoint{Location: &c.at}).Text; owner != c.owner {
			t.Errorf("%+v: of %q, want %q", c.at, owner, c.owner)
		}
	}
}
