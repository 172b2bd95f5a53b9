package console

import (
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// The other tasks whose keys are counted are played beside what they are about:
// TestParallelismIsChangedInEightKeys, TestRollBackTakesFiveKeysAtMost,
// TestSuspendFiveWithSavepointsTakesTwelveKeysAtMost.

// TestAFailureIsUnderstoodInThreeKeys goes from where the console begins to the root cause
// of the worst application.
func TestAFailureIsUnderstoodInThreeKeys(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, realTime)
	d.WaitForText("20 applications", "3 failing")
	p := &pressed{Driver: d}
	p.press("!", "w")
	d.WaitForText("FAILED", "cause", "Exception")
	if p.n > 3 {
		t.Errorf("%d keys", p.n)
	}
}

// TestAnotherEnvironmentIsComparedInFiveKeys compares an application with the one of its
// name elsewhere, which is the last one that is offered.
func TestAnotherEnvironmentIsComparedInFiveKeys(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, realTime)
	d.WaitForText("20 applications")
	filtered(d, "name:orders prod", "1 of 20")
	p := &pressed{Driver: d}
	p.press("=")
	d.WaitForText("Compare orders", "orders in staging")
	p.press("G", "y")
	d.WaitForText("orders in prod  ↔  orders in staging")
	if p.n > 5 {
		t.Errorf("%d keys", p.n)
	}
}

// TestAUsedPoolIsFreedInEightKeys goes from a pool to the statement that uses it, and
// deletes that; its name is typed beside the keys that are counted.
func TestAUsedPoolIsFreedInEightKeys(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	scope := cmf.Scope{Environment: "prod"}
	pool, err := cmfapi.Get[cmf.ComputePool](t.Context(), direct, cmf.ComputePools, scope, "pool")
	if err != nil {
		t.Fatal(err)
	}
	pool.Metadata, pool.Status = cmf.Metadata{Name: "spare"}, nil
	if _, err = cmfapi.Create(t.Context(), direct, cmf.ComputePools, scope, pool); err != nil {
		t.Fatal(err)
	}
	used, err := cmfapi.Get[cmf.Statement](t.Context(), direct, cmf.Statements, scope, "clicks-to-blackhole")
	if err != nil {
		t.Fatal(err)
	}
	used.Metadata, used.Status, used.Spec.ComputePoolName = cmf.Metadata{Name: "last-user"}, nil, "spare"
	if _, err = cmfapi.Create(t.Context(), direct, cmf.Statements, scope, used); err != nil {
		t.Fatal(err)
	}
	d.Press("4")
	filtered(d, "name:=spare", "1 of ")
	p := &pressed{Driver: d}
	p.press("b")
	d.WaitForText("what uses spare", "last-user")
	p.press("enter")
	d.WaitForText("prod › statements › last-user")
	p.press("D")
	d.WaitForText("Type last-user to confirm")
	d.Type("last-user")
	p.press("enter")
	d.WaitForText("deleted last-user")
	if p.n > 8 || proxy.Count("DELETE") != 1 || !strings.HasSuffix(proxy.Changes()[0], "/statements/last-user") {
		t.Errorf("%d keys, sent %v", p.n, proxy.Changes())
	}
	if err := cmfapi.Delete(t.Context(), direct, cmf.ComputePools, scope, "spare", false); err != nil {
		t.Errorf("the pool is not free: %v", err)
	}
}
