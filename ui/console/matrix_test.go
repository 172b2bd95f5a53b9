package console

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// change is the main action of a numbered line of the operator's work, as a person does
// it in the list of applications.
type change struct {
	name   string
	tab    string // "" for the applications
	filter string // leaves one row, or those that are marked
	count  string // of rows that are left; "" for one application
	// several tells that it is done to several at once: with the server away it is not
	// known of any whether it was done, which TestWhatCannotBeLookedAtIsNotKnown shows.
	several bool
	method  string // of the request that the fault is for
	path    string
	ask     func(*uitest.Driver)
	done    string // what is said once it is done
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
		name: "start", filter: "shipping-eta", method: "POST", path: "/shipping-eta/start",
		done: "started shipping-eta",
		ask:  asked("s", "Where should it start from?", "Start (y)"),
		is:   desired("prod", "shipping-eta", cmf.DesiredRunning),
	},
	{
		name: "savepoint", filter: "name:orders prod", method: "POST", path: "/orders/savepoints",
		done: "took a savepoint of orders",
		ask:  asked("S", "a savepoint is written", "Savepoint (y)"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			l, err := cmfapi.List[cmf.Savepoint](
				t.Context(), c, cmf.ApplicationSavepoints, cmf.Scope{Environment: "prod", Parent: "orders"},
				cmfapi.Query{},
			)
			return err == nil && slices.ContainsFunc(l.Items, func(s cmf.Savepoint) bool {
				return len(s.Metadata.Name) == len("orders-01234567")
			})
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
		name: "roll back", filter: "name:payments staging", method: "POST", path: "/staging/applications",
		done: "rolled back payments",
		ask:  asked("u", "1.8.1 →", "Roll back (y)"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return strings.HasSuffix(applicationNow(t, c, "staging", "payments").Spec.String("image"), ":1.7.1")
		},
	},
	{
		name: "create", filter: "shipping-eta", method: "POST", path: "/staging/applications",
		done: "created shipping-eta",
		ask: func(d *uitest.Driver) {
			d.Press("a")
			d.WaitForText("A copy of shipping-eta")
			d.Press("j", "y")
			d.WaitForText("# A copy of shipping-eta", "environment: prod")
			d.Press("alt+/")
			d.Type("environment:")
			d.Press("enter", "ctrl+u")
			d.Type("environment: staging")
			d.Press("esc")
			d.WaitForText("nothing wrong was found", "NEW APPLICATION")
			d.Press("enter")
			d.WaitForText("Create (y)")
			d.Press("y")
		},
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return isThere(t, c, cmf.Applications, "staging", "shipping-eta")
		},
	},
	{
		name: "delete", filter: "word-count", method: "DELETE", path: "/word-count", done: "deleted word-count",
		ask: deleted("word-count"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return !isThere(t, c, cmf.Applications, "development", "word-count")
		},
	},
	{
		name: "stop a statement", tab: "3", filter: "clicks-to-blackhole", count: "1 of ", method: "PUT",
		path: "/clicks-to-blackhole", done: "stopped clicks-to-blackhole",
		ask: asked("s", "Stop (y)"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			s, err := cmfapi.Get[cmf.Statement](
				t.Context(), c, cmf.Statements, cmf.Scope{Environment: "prod"}, "clicks-to-blackhole",
			)
			return err == nil && s.Spec.Stopped
		},
	},
	{
		name: "delete a statement", tab: "3", filter: "clicks-to-blackhole", count: "1 of ", method: "DELETE",
		path: "/clicks-to-blackhole", done: "deleted clicks-to-blackhole",
		ask: deleted("clicks-to-blackhole"),
		is: func(t *testing.T, c *cmfapi.Client) bool {
			return !isThere(t, c, cmf.Statements, "prod", "clicks-to-blackhole")
		},
	},
	{
		name: "suspend four", several: true, filter: "orders|sessions-15m state:run !backfill", count: "4 of 20",
		method: "POST", path: "/prod/applications/orders/suspend", done: "suspended 4",
		ask: func(d *uitest.Driver) {
			d.Press("ctrl+a")
			d.WaitForText("4 marked")
			d.Press("s")
			d.WaitForText("Suspend 4 applications", "in 3 environments")
			d.Press("y")
		},
		is: desired("prod", "orders", cmf.DesiredSuspended),
	},
}

// deleted deletes the row that is left, by its name.
func deleted(name string) func(*uitest.Driver) {
	return func(d *uitest.Driver) {
		d.Press("D")
		d.WaitForText("Type " + name + " to confirm")
		d.Type(name)
		d.Press("enter")
	}
}

func isThere(t *testing.T, c *cmfapi.Client, kind cmf.Kind, environment, name string) bool {
	t.Helper()
	_, err := cmfapi.GetRaw(t.Context(), c, kind, cmf.Scope{Environment: environment}, name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	return err == nil
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
			if c.several && f.fault.Then != nil {
				continue
			}
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				t.Run(c.name+"/"+f.name, func(t *testing.T) {
					d, proxy, direct := behind(t, client.Config{Timeout: 20 * time.Second}, drafting(t))
					if c.tab != "" {
						d.Press(c.tab)
						d.WaitForText(c.filter)
					}
					filtered(d, c.filter, cmp.Or(c.count, "1 of 20"))
					if c.is(t, direct) {
						t.Fatal("it is so already: the test says nothing")
					}
					fault := f.fault
					fault.Method, fault.Path, fault.Times = c.method, c.path, 1
					proxy.Set(fault)
					c.ask(d)
					if f.fault.Then != nil { // the server is away until it is seen, and not for as long as it is looked for
						d.WaitFor(func(string) bool { return proxy.Count(c.path) > 0 })
						d.Within(2*time.Second, func() bool { return strings.Contains(d.Screen(), "offline") })
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
					sent := slices.DeleteFunc(proxy.Changes(), func(r string) bool {
						return !strings.HasSuffix(r, c.path)
					})
					if len(sent) != 1 {
						t.Errorf("sent %q", proxy.Changes())
					}
				})
			})
		}
	}
	all.Wait()
}
