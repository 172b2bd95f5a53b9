package console

import (
	"fmt"
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest"
)

// twoOrders is a server with an application of one name in two environments, one
// of which was changed.
func twoOrders(t *testing.T) *cmfapi.Client {
	t.Helper()
	c := running(t)
	var orders cmf.FlinkApplication
	var err error
	if orders, err = cmfapi.Get[cmf.FlinkApplication](t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, "orders"); err != nil {
		t.Fatal(err)
	}
	orders.Spec = orders.Spec.With(2, "job", "parallelism").With("hunter2", "flinkConfiguration", "s3.secret-key")
	orders.Status = nil
	if _, err := cmfapi.Create(t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, orders); err != nil {
		t.Fatal(err)
	}
	scope := cmf.Scope{Environment: "prod", Parent: "orders"}
	for changed := false; !changed; { // its instance is made by the server's loop
		list, err := cmfapi.List[cmf.Instance](t.Context(), c, cmf.Instances, scope, cmfapi.Query{})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list.Items {
			changed = changed || i.Status.Spec.String("job", "parallelism") == "2"
		}
	}
	return c
}

// TestWhatDiffersIsAFewKeysAway compares two rows, one with another environment,
// and the last two instances; each takes no more than the keys that are promised.
func TestWhatDiffersIsAFewKeysAway(t *testing.T) {
	c := twoOrders(t)
	opened := func(t *testing.T) *uitest.Driver {
		t.Helper()
		d := open(t, c, 140, 40, realTime)
		d.WaitForText("20 applications")
		d.Press("/")
		d.Type("orders env:prod")
		d.Press("enter")
		d.WaitForText("orders")
		return d
	}
	t.Run("two rows", func(t *testing.T) {
		d := open(t, c, 140, 40, realTime)
		d.WaitForText("20 applications")
		d.Press("/")
		d.Type("orders")
		d.Press("enter")
		d.WaitForText("3 of 20")
		d.Press(" ", " ")
		d.WaitForText("2 marked")
		d.Press("=")
		d.WaitForText("↔", "differ")
	})
	t.Run("the instance before", func(t *testing.T) {
		d := opened(t)
		d.Press("=")
		d.WaitForText("Compare orders", "what changed with the last one")
		d.Press("y")
		d.WaitForText("instance of", "spec.job.parallelism", "8", "2", "s3.secret-key")
		if screen := d.Screen(); strings.Contains(screen, "hunter2") {
			t.Errorf("a secret is shown:\n%s", screen)
		}
		d.Press("z")
		d.WaitForText("same", "registry.acme.io")
		d.Press("esc")
		d.WaitForText("demo › all › applications › orders")
	})
}

// TestDiffScreens are the two ways of a diff at three sizes.
func TestDiffScreens(t *testing.T) {
	c := still(t)
	for _, size := range sizes {
		name := fmt.Sprintf("diff-choose-%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, c, size[0], size[1], nil)
			d.WaitForText("20 applications", "3 failing", "live")
			d.Press("/")
			d.Type("clicks-enrich")
			d.Press("enter")
			d.WaitForText("of 20")
			d.Press("=")
			d.WaitForText("With what?")
			waitIdle(d)
			d.Golden(name)
		})
	}
}
