package console

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// change is the main action of a numbered line of the operator's work, as a person does
// it in the list of applications.
type change struct {
	name   string
	filter string // leaves one application
	method string // of the request that the fault is for
	path   string
	ask    func(*uitest.Driver)
	done   string // what is said once it is done
	// was and is tell from the server alone whether it is undone or done.
	is func(*testing.T, *cmfapi.Client) bool
}

var changes = []change{
	{
		name: "suspend", filter: "name:orders prod", method: "POST", path: "/orders/suspend", done: "suspended orders",
		ask: asked("s", "With a savepoint", "Suspend (y)"),
		is:  desired("prod", "orders", cmf.DesiredSuspended),
	},
	{
		name: "start", filter: "shipping-eta", method: "POST", path: "/shipping-eta/start", done: "started shipping-eta",
		ask: asked("s", "Where should it start from?", "Start (y)"),
		is:  desired("prod", "shipping-eta", cmf.DesiredRunning),
	},
	{
		name: "savepoint", filter: "name:orders prod", method: "POST", path: "/orders/savepoints", done: "took a savepoint of orders",
		ask: asked("S", "a savepoint is written", "Savepoint (y)"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			l, err := cmfapi.List[cmf.Savepoint](t.Context(), c, cmf.ApplicationSavepoints, cmf.Scope{Environment: "prod", Parent: "orders"}, cmfapi.Query{})
			return err == nil && slices.ContainsFunc(l.Items, func(s cmf.Savepoint) bool { return len(s.Metadata.Name) == len("orders-01234567") })
		},
	},
	{
		name: "edit", filter: "name:orders prod", method: "POST", path: "/prod/applications", done: "applied orders",
		ask: func(d *uitest.Driver) {
			setParallelism(d, "6")
			d.WaitForText("nothing wrong was found", "WILL BE SENT")
			d.Press("enter")
			d.WaitForText("Apply (y)")
			d.Press("y")
		},
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return applicationNow(t, c, "prod", "orders").Parallelism() == 6
		},
	},
	{
		name: "roll back", filter: "name:payments staging", method: "POST", path: "/staging/applications", done: "rolled back payments",
		ask: asked("u", "1.8.1 →", "Roll back (y)"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return strings.HasSuffix(applicationNow(t, c, "staging", "payments").Spec.String("image"), ":1.7.1")
		},
	},
}

// asked presses the key of an action, waits until its dialog knows all, and says yes.
func asked(key string, known ...string) func(*uitest.Driver) {
	return func(d *uitest.Driver) {
		d.Press(key)
		d.WaitForText(known...)
		d.Press("y")
	}
}

func desired(environment, name, state string) func(*testing.T, *cmfapi.Client) bool {
	return func(t *testing.T, c *cmfapi.Client) bool {
		return applicationNow(t, c, environment, name).DesiredState() == state
	}
}

// faults are what goes wrong with the request that changes something; done tells that
// it is done all the same, and said is what is said where it is not.
var faults = []struct {
	name  string
	fault faulty.Fault
	done  bool
	said  string
}{
	{"late", faulty.Fault{Delay: 1500 * time.Millisecond}, true, ""},
	{"500", faulty.Fault{Code: 500, Body: `{"errors":[{"message":"the database is away"}]}`}, false, "the database is away"},
	{"409", faulty.Fault{Code: 409, Body: `{"errors":[{"message":"another operation is under way"}]}`}, false, "another operation is under way"},
	{"answer lost", faulty.Fault{After: true, Cut: true}, true, ""},
	{"request lost", faulty.Fault{Code: 502, Kind: "text/html", Body: "<html>bad gateway"}, false, "not done: the answer was lost"},
	{"server away", faulty.Fault{After: true, Cut: true, Then: []faulty.Fault{{Cut: true}}}, true, ""},
}

// TestEveryChangeUnderEveryFault does each main action with each fault: what is said is
// how it is on the server, and nothing is sent twice.
func TestEveryChangeUnderEveryFault(t *testing.T) {
	t.Parallel()
	slots := make(chan struct{}, 4) // consoles at a time: each draws
	var all sync.WaitGroup
	for _, c := range changes {
		for _, f := range faults {
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				t.Run(c.name+"/"+f.name, func(t *testing.T) {
					d, proxy, direct := behind(t, client.Config{Timeout: 20 * time.Second})
					filtered(d, c.filter, "1 of 20")
					if c.is(t, direct) {
						t.Fatal("it is so already: the test says nothing")
					}
					fault := f.fault
					fault.Method, fault.Path, fault.Times = c.method, c.path, 1
					proxy.Set(fault)
					c.ask(d)
					if f.fault.Then != nil { // the server is away until it is seen
						d.WaitForText("offline")
						proxy.Set()
					}
					if f.done {
						d.WaitForText(c.done)
					} else {
						d.WaitForText(f.said)
					}
					if c.is(t, direct) != f.done {
						t.Errorf("said done=%v, and the server says otherwise", f.done)
					}
					sent := slices.DeleteFunc(proxy.Changes(), func(r string) bool { return !strings.HasSuffix(r, c.path) })
					if len(sent) != 1 {
						t.Errorf("sent %q", proxy.Changes())
					}
				})
			})
		}
	}
	all.Wait()
}
