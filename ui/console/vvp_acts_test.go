package console

import (
	"strings"
	"testing"

	"drey/client/vvpapi/vvptest"
)

// TestASavepointIsFollowedUntilItIsThere takes one of a deployment that runs, and one
// that fails: the platform's reason is said.
func TestASavepointIsFollowedUntilItIsThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		quirks vvptest.Quirks
		says   []string
	}{
		"completed": {vvptest.Quirks{}, []string{"took a savepoint of orders", "COMPLETED", "s3://savepoints/"}},
		"failed":    {vvptest.Quirks{FailSavepoint: true}, []string{"the savepoint FAILED: no space left"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ververica(t, c.quirks)
			d := openVVP(t, s, 140, 40)
			d.WaitForText("fraud", "1 failing")
			filtered(d, "orders", "1 of 5")
			d.Press("S")
			d.WaitForText("a savepoint is written; the job goes on", "POST …/default/savepoints")
			d.Press("y")
			d.WaitForText(c.says...)
			if got := s.Changes(); len(got) != 1 {
				t.Errorf("sent %q", got)
			}
		})
	}
}

// TestASavepointThatCannotBeDeletedSaysWhy follows both: one that is deleted, and one
// whose files stay.
func TestASavepointThatCannotBeDeletedSaysWhy(t *testing.T) {
	t.Parallel()
	for says, quirks := range map[string]vvptest.Quirks{
		"deleted ": {},
		"it is FAILED_DELETION · IO · access to s3://savepoints is denied": {FailDeletion: true},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			s := ververica(t, quirks)
			id := s.AddSavepoint("default", "orders")
			d := openVVP(t, s, 160, 40)
			d.WaitForText("fraud", "1 failing")
			goToList(d, "sp -e default")
			d.WaitForText("savepoints › "+id, "COMPLETED")
			d.Press("D")
			d.WaitForText("the savepoint and its files are lost", "Type "+id)
			d.Type(id)
			d.Press("enter")
			d.WaitForText(says)
		})
	}
}

// TestCancellingWantsTheName says that the state is lost, and sends nothing before the
// name is typed.
func TestCancellingWantsTheName(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("x")
	d.WaitForText("What becomes of its state?", "Suspend", "Cancel")
	d.Press("down")
	d.WaitForText("its state is lost", "Type orders to confirm")
	d.Press("enter")
	if got := s.Changes(); len(got) > 0 {
		t.Errorf("sent %q before the name was typed", got)
	}
	d.Type("orders")
	d.Press("enter")
	d.WaitForText("stopped orders", "CANCELLED")
	if got := s.Spec("default", "deployments", "orders"); !strings.Contains(got, `"state":"CANCELLED"`) {
		t.Errorf("it is %s", got)
	}
}

// TestAFailedDeploymentThatRestoresNothingWantsTheName is the only restart that does.
func TestAFailedDeploymentThatRestoresNothingWantsTheName(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	s.AddDeployment("default", "scores", "FAILED", "NONE")
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "2 failing")
	filtered(d, "scores", "1 of 6")
	d.Press("s")
	d.WaitForText("Restart scores", "it starts empty: its restore strategy is NONE", "Type scores to confirm")
	d.Type("scores")
	d.Press("enter")
	d.WaitForText("restarted scores")
}

// TestALostAnswerIsLookedInto has a PATCH whose answer never came: it took effect, and
// is not sent again.
func TestALostAnswerIsLookedInto(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{LosePatch: true, Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("s")
	d.WaitForText("Suspend orders", "a savepoint is taken")
	d.Press("y")
	d.WaitForText("suspended orders", "SUSPENDED")
	if got := s.Changes(); len(got) != 1 {
		t.Errorf("sent %q", got)
	}
}

// TestWhatADeploymentWaitsForIsSaid has one that is on its way: its newest event.
func TestWhatADeploymentWaitsForIsSaid(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1 << 20})
	d := openVVP(t, s, 160, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("s")
	d.WaitForText("Suspend orders")
	d.Press("y")
	d.WaitForText("TRANSITIONING", "awaiting savepoint completion to transition")
}

// TestMarkedDeploymentsAreSuspendedTogether asks once about both.
func TestMarkedDeploymentsAreSuspendedTogether(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	s.AddDeployment("default", "orders-late", "RUNNING", "LATEST_STATE")
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "2 of 6")
	d.Press("ctrl+a", "s")
	d.WaitForText("Suspend 2", "orders-late", "What will be sent")
	d.Press("y")
	d.WaitForText("suspended 2")
	if got := s.Changes(); len(got) != 2 {
		t.Errorf("sent %q", got)
	}
}

// TestTheCatalogTreeIsThePlatforms opens a catalog, a database and a table: names come
// by SHOW and DESCRIBE, each within what is open, and a SELECT is not tried for them.
func TestTheCatalogTreeIsThePlatforms(t *testing.T) {
	t.Parallel()
	s, d := emptyBuffer(t)
	d.Press("ctrl+t")
	d.WaitForText("▸ vvp")
	for _, level := range []struct{ key, below string }{
		{"enter", "sales"}, {"j", "sales"}, {"enter", "clicks"}, {"j", "clicks"}, {"enter", "BIGINT"},
	} {
		d.Press(level.key)
		d.WaitForText(level.below)
	}
	d.WaitForText("DECIMAL(10, 2)")
	for _, c := range s.Changes() {
		if !strings.HasSuffix(c, "/sqlscripts:validate") && !strings.HasSuffix(c, "/sqlscripts:execute") {
			t.Errorf("sent %s", c)
		}
	}
}

// TestASecretIsMadeRotatedAndNeverShown sends a value once each, by POST and by a PATCH
// of the value alone.
func TestASecretIsMadeRotatedAndNeverShown(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	goToList(d, "secrets -e default")
	d.WaitForText("secrets › DB_PASSWORD")
	d.Press("e")
	d.WaitForText("kind: SecretValue", "The value of a secret cannot be read", "check and compare")
	d.Press("alt+/")
	d.Type("value:")
	d.Press("enter", "end")
	d.Type(" hunter2")
	d.Press("esc")
	d.WaitForText("PATCH", "the former value cannot be brought back")
	d.Press("enter")
	d.WaitForText("Apply DB_PASSWORD")
	d.Press("y")
	d.WaitFor(func(string) bool { return len(s.Changes()) == 1 })
	if got := s.Changes()[0]; got != "PATCH /api/v1/namespaces/default/secret-values/DB_PASSWORD" {
		t.Errorf("sent %s", got)
	}
	if got := s.Spec("default", "secret-values", "DB_PASSWORD"); !strings.Contains(got, "hunter2") {
		t.Errorf("it is %s", got)
	}
	d.WaitForText("done")
	d.Press("@")
	d.WaitForText("API calls")
	d.Press("/")
	d.Type("PATCH")
	d.WaitForText("1 of")
	d.Press("enter", "enter")
	d.WaitForText("/secret-values/DB_PASSWORD")
	if strings.Contains(d.Screen(), "hunter2") {
		t.Errorf("the log shows it:\n%s", d.Screen())
	}
}
