package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
)

// TestAStatementIsResumedAsAnotherPrincipal types who it goes on as, or takes one who is
// known, with its own pool or another one: all of it is one request.
func TestAStatementIsResumedAsAnotherPrincipal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, pool  string
		give      []string // the keys in the line of the principal
		principal string
	}{
		{"clicks-sessions", ccloudtest.Pool, []string{"s", "a", "-", "2"}, "sa-2"},
		{"clicks-sessions", ccloudtest.BigPool, []string{"right"}, "sa-of-reports"},
		{"fraud-scores", ccloudtest.BigPool, []string{"s", "a", "-", "o", "right"}, "sa-of-reports"},
		{"clicks-sessions", ccloudtest.BigPool, nil, "sa-1"},
	} {
		t.Run(c.of+" "+c.principal, func(t *testing.T) {
			t.Parallel()
			s := cloud(t, ccloudtest.Quirks{PendingPolls: 1})
			s.Edit(c.of, func(o map[string]any) { // it would fail again
				o["spec"].(map[string]any)["statement"] = "INSERT INTO a SELECT * FROM b"
			})
			s.Edit("degraded-one", func(o map[string]any) { o["spec"].(map[string]any)["principal"] = "sa-of-reports" })
			d := openCloud(t, s, 140, 40)
			d.WaitForText("fraud-scores")
			onlyStatement(d, c.of)
			d.Press("s")
			d.WaitForText("In which pool should it go on?", "principal", "as now: sa-1; or another one")
			if c.pool != ccloudtest.Pool {
				d.Press("down")
			}
			d.Press("tab")
			d.WaitForText("→ sa-of-reports")
			d.Press(c.give...)
			d.Press("enter", "y")
			d.WaitForText("resumed "+c.of, "RUNNING")
			if want := []string{"PUT " + cloudPath(c.of)}; !slices.Equal(s.Changes(), want) {
				t.Errorf("sent %q, want %q", s.Changes(), want)
			}
			spec := s.Spec(c.of)
			if spec["principal"] != c.principal || spec["compute_pool_id"] != c.pool || spec["stopped"] != false {
				t.Errorf("it is %v", spec)
			}
		})
	}
}

// TestAPrincipalThatIsNoneIsRefused says so before anything is sent, and what the server
// says of one that there is not.
func TestAPrincipalThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "clicks-sessions")
	for principal, says := range map[string]string{
		"somebody":        "resuming clicks-sessions: principal somebody: want the id of a service account",
		ccloudtest.NoUser: "principal u-nobody does not exist",
	} {
		d.Press("s")
		d.WaitForText("In which pool should it go on?", "principal")
		d.Press("tab")
		d.Type(principal)
		d.Press("enter", "y")
		d.WaitForText("not done", says)
	}
	if want := []string{"PUT " + cloudPath("clicks-sessions")}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
	if s.Phase("clicks-sessions") != ccloud.PhaseStopped {
		t.Errorf("it is %s", s.Phase("clicks-sessions"))
	}
}

// TestSeveralAreResumedAsOnePrincipal has each go on in its own pool.
func TestSeveralAreResumedAsOnePrincipal(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	names := []string{"again-1", "again-2"}
	for n, name := range names {
		s.Add(ccloudtest.Environment, name, "INSERT INTO a SELECT * FROM b", ccloud.PhaseStopped)
		s.Edit(name, func(o map[string]any) { o["spec"].(map[string]any)["principal"] = fmt.Sprint("sa-", 3+n) })
	}
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("/")
	d.Type("again")
	d.Press("enter")
	d.WaitForText("2 of 8", "again-1", "again-2")
	d.Press(" ", "down", " ")
	d.WaitForText("2 marked")
	d.Press("s")
	d.WaitForText("Resume 2 statements", "principal", "each as its own; or another one", "4 of 10 CFU")
	d.Press("tab")
	d.Type("sa-2")
	d.Press("enter", "y")
	d.WaitFor(func(screen string) bool { return strings.Count(screen, "● RUNNING") >= len(names) })
	for _, name := range names {
		spec := s.Spec(name)
		if spec["principal"] != "sa-2" || spec["compute_pool_id"] != ccloudtest.Pool {
			t.Errorf("%s is %v", name, spec)
		}
	}
}
