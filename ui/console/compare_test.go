package console

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest"
	"drey/views/platform"
)

// twoOrders is a server with an application of one name in two environments, one
// of which was changed.
func twoOrders(t *testing.T) *cmfapi.Client {
	t.Helper()
	c := running(t)
	var orders cmf.FlinkApplication
	var err error
	if orders, err = cmfapi.Get[cmf.FlinkApplication](
		t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, "orders",
	); err != nil {
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
	t.Parallel()
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
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		name := fmt.Sprintf("diff-choose-%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
			d.WaitForText("20 applications", "3 failing", "live")
			waitForCauses(d, size[0])
			d.Press("/")
			d.Type("clicks-enrich")
			d.Press("enter")
			d.WaitForText("of 20")
			d.Press("=")
			d.WaitForText("With what?")
			d.WaitIdle()
			d.Golden(name)
		})
	}
}

// TestWhatDiffersFromAFile compares an application with one in a file of its own YAML in
// which the parallelism is another, and says why another file is compared with nothing.
func TestWhatDiffersFromAFile(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"orders.yaml": "# of Git\nenvironment: prod\nmetadata: {name: orders}\nspec:\n  job: {parallelism: 3}\n  flinkConfiguration: {s3.secret-key: hunter2}\n",
		"list.yaml":   "- a\n",
		"bad.yaml":    "a: [\n",
	}
	for _, c := range []struct {
		path  string
		shows []string
	}{
		{"orders.yaml", []string{"orders in prod  ↔  orders.yaml", "parallelism                                8", "│ 3 "}},
		{"list.yaml", []string{"list.yaml: it is no object"}},
		{"bad.yaml", []string{"bad.yaml: "}},
		{"absent.yaml", []string{"absent.yaml: no such file"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			t.Parallel()
			d, proxy, _ := behind(t, client.Config{}, func(o *Options) {
				o.ReadFile = func(path string) (string, error) {
					if text, ok := files[path]; ok {
						return text, nil
					}
					return "", errors.New("no such file")
				}
			})
			filtered(d, "name:orders prod", "1 of 20")
			d.Press("=")
			d.WaitForText("Compare orders", "A file")
			d.Press("G", "y")
			d.WaitForText("with a file", "path")
			d.Type(c.path)
			d.Press("enter")
			d.WaitForText(c.shows...)
			if strings.Contains(d.Screen(), "hunter2") || len(proxy.Changes()) > 0 {
				t.Errorf("a secret is shown, or %v was sent:\n%s", proxy.Changes(), d.Screen())
			}
		})
	}
}

// TestWhatDiffersFromAnotherContext compares an application with the one of the same
// address in another context, which is opened for that and not before; where it is not
// there, that is said.
func TestWhatDiffersFromAnotherContext(t *testing.T) {
	t.Parallel()
	other := running(t)
	orders := applicationNow(t, other, "prod", "orders")
	orders.Spec, orders.Status = orders.Spec.With(3, "job", "parallelism"), nil
	if _, err := cmfapi.Create(
		t.Context(), other, cmf.Applications, cmf.Scope{Environment: "prod"}, orders,
	); err != nil {
		t.Fatal(err)
	}
	if err := cmfapi.Delete(
		t.Context(), other, cmf.Applications, cmf.Scope{Environment: "prod"}, "shipping-eta", false,
	); err != nil {
		t.Fatal(err)
	}
	two := contextOf(t, "two", other)
	var opened atomic.Int32
	open := two.Open
	two.Open = func() (*platform.Session, error) { opened.Add(1); return open() }
	d := openContexts(t, 140, 40, realTime, contextOf(t, "one", still(t)), two)
	compared := func(name string, shows ...string) {
		filtered(d, "name:"+name+" prod", "1 of 20")
		d.Press("=")
		d.WaitForText("Compare "+name, name+" in prod of two", "the same in another context")
		d.Press("G", "y")
		d.WaitForText(shows...)
		d.Press("esc")
		d.WaitForText("of 20")
	}
	d.WaitForText("20 applications")
	if n := opened.Load(); n != 0 {
		t.Errorf("the other context was opened %d times before", n)
	}
	compared("orders", "orders in prod  ↔  orders in prod of two", "spec.job.parallelism", "│ 3 ")
	compared("shipping-eta", "shipping-eta in prod of two: ")
	if n := opened.Load(); n != 1 {
		t.Errorf("the other context was opened %d times", n)
	}
}
