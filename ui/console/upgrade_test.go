package console

import (
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
)

// upgradeTo opens the wizard at one of the ways to upgrade, and edits the parallelism.
func upgradeTo(d *uitest.Driver, way, parallelism string) {
	filtered(d, "name:orders prod", "1 of 20")
	d.Press("s")
	d.WaitForText("With a savepoint", "Upgrade: edit, then apply", "Upgrade: edit, then suspend")
	for range 4 {
		if strings.Contains(d.Screen(), "●  "+way) {
			break
		}
		d.Press("j")
	}
	d.Press("y")
	d.WaitForText("apiVersion: cmf.confluent.io/v1", "check and compare")
	d.Press("alt+/")
	d.Type("paral")
	d.Press("enter", "backspace")
	d.Type(parallelism)
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "WILL BE SENT")
}

func drafting(t *testing.T) func(*Options) {
	return func(o *Options) {
		drafts := disk.NewDrafts(t.TempDir())
		o.Drafts = func() views.Drafts { return drafts }
	}
}

// TestAnUpgradeAppliesWhatWasEdited takes the plain way: the operator takes the savepoint.
func TestAnUpgradeAppliesWhatWasEdited(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{}, drafting(t))
	upgradeTo(d, "Upgrade: edit, then apply", "6")
	d.Press("enter")
	d.WaitForText("Apply orders", "Apply (y)")
	d.Press("y")
	d.WaitForText("applied orders")
	if got := applicationNow(t, direct, "prod", "orders").Parallelism(); got != 6 || len(proxy.Changes()) != 1 {
		t.Errorf("parallelism %d after %v", got, proxy.Changes())
	}
}

// TestAnUpgradeSuspendsChangesAndStarts takes the other way as one task: its plan is what
// is sent, and a failure in the middle is taken back or tried again.
func TestAnUpgradeSuspendsChangesAndStarts(t *testing.T) {
	t.Parallel()
	plan := []string{"/orders/suspend", "/prod/applications", "/orders/start"}
	shown := []string{
		"POST …/environments/prod/applications/orders/suspend", "POST …/environments/prod/applications",
		"POST …/environments/prod/applications/orders/start",
	}
	for _, c := range []struct {
		name  string
		fault faulty.Fault
		then  func(*uitest.Driver)
		sent  []string
		to    int
	}{
		{name: "done", sent: plan, to: 6},
		{
			name: "retried",
			fault: faulty.Fault{Method: "POST", Path: "/suspend", Times: 1, Then: []faulty.Fault{{
				Method: "POST", Path: "/applications", Code: 500, Times: 1,
				Body: `{"errors":[{"message":"the database is away"}]}`,
			}}},
			then: func(d *uitest.Driver) {
				d.WaitForText("the database is away")
				d.Press("L")
				d.WaitForText("upgrade", "FAILED")
				d.Press("r")
				d.WaitForText("Retry upgrade orders", "what took effect is not sent again")
				d.Press("y")
			},
			sent: []string{plan[0], plan[1], plan[1], plan[2]}, to: 6,
		},
		{
			name: "taken back",
			fault: faulty.Fault{Method: "POST", Path: "/suspend", Times: 1, Then: []faulty.Fault{{
				Method: "POST", Path: "/applications", Code: 409, Times: 1,
				Body: `{"errors":[{"message":"another operation is under way"}]}`,
			}}},
			then: func(d *uitest.Driver) {
				d.WaitForText("another operation is under way")
				d.Press("u")
				d.WaitForText("POST …/environments/prod/applications/orders/start", "(y)")
				d.Press("y")
			},
			sent: []string{plan[0], plan[1], plan[2]}, to: 8,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, proxy, direct := behind(t, client.Config{}, drafting(t))
			if c.fault.Path != "" {
				proxy.Set(c.fault)
			}
			upgradeTo(d, "Upgrade: edit, then suspend", "6")
			d.WaitForText(shown...)
			d.Press("enter")
			d.WaitForText(append(shown, "Upgrade orders", "Upgrade (y)")...)
			d.Press("y")
			if c.then != nil {
				c.then(d)
			}
			d.WaitFor(func(string) bool {
				a := applicationNow(t, direct, "prod", "orders")
				return len(proxy.Changes()) >= len(c.sent) && a.JobState() == cmf.JobRunning &&
					a.DesiredState() == cmf.DesiredRunning
			})
			sent := proxy.Changes()
			for i := range sent {
				if len(sent) != len(c.sent) || !strings.HasSuffix(sent[i], c.sent[i]) {
					t.Fatalf("sent %q, want %q", sent, c.sent)
				}
			}
			if got := applicationNow(t, direct, "prod", "orders").Parallelism(); got != c.to {
				t.Errorf("its parallelism is %d, want %d", got, c.to)
			}
		})
	}
}
