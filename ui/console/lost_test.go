package console

import (
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// behind opens a console on the demo behind a faulty proxy.
func behind(t *testing.T, cfg client.Config, more ...func(*Options)) (*uitest.Driver, *faulty.Proxy, *cmfapi.Client) {
	t.Helper()
	direct := running(t)
	proxy := faulty.Before(t, direct.URL())
	d := open(t, connect(t, proxy.URL, cfg), 140, 40, func(o *Options) {
		realTime(o)
		for _, change := range more {
			change(o)
		}
	})
	d.WaitForText("20 applications")
	return d, proxy, direct
}

// filtered leaves the applications that match.
func filtered(d *uitest.Driver, query, count string) {
	d.Press("/", "ctrl+u")
	d.Type(query)
	d.WaitForText(count)
	d.Press("enter")
}

// TestLostAnswersAreLookedInto cuts the answers of changes after, and before,
// they were carried out.
func TestLostAnswersAreLookedInto(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault faulty.Fault
		done  bool
	}{
		{"504 after the effect", faulty.Fault{After: true, Code: 504, Kind: "text/html", Body: "<html>gateway timeout"}, true},
		{"cut after the effect", faulty.Fault{After: true, Cut: true}, true},
		{"200 with a web page after the effect", faulty.Fault{After: true, Code: 200, Kind: "text/html", Body: "<html>sign in"}, true},
		{"no answer after the effect", faulty.Fault{After: true, Hang: true}, true},
		{"502 before the effect", faulty.Fault{Code: 502}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, proxy, direct := behind(t, client.Config{Timeout: 3 * time.Second})
			c.fault.Method, c.fault.Path, c.fault.Times = "DELETE", "word-count", 1
			proxy.Set(c.fault)
			filtered(d, "word-count", "1 of 20")
			d.Press("D")
			d.WaitForText("Type word-count to confirm")
			d.Type("word-count")
			d.Press("enter")
			if c.done {
				d.WaitForText("deleted word-count", "0 of 19")
			} else {
				d.WaitForText("not done: the answer was lost, and it is as it was")
			}
			if n := proxy.Count("DELETE"); n != 1 {
				t.Errorf("%d requests to delete were sent: %v", n, proxy.Changes())
			}
			_, err := cmfapi.Get[cmf.FlinkApplication](
				t.Context(), direct, cmf.Applications, cmf.Scope{Environment: "development"}, "word-count",
			)
			if client.IsNotFound(err) != c.done {
				t.Errorf("said done=%v, and the server says %v", c.done, err)
			}
		})
	}
}

// TestWhatCannotBeLookedAtIsNotKnown loses the answer and all that follow.
func TestWhatCannotBeLookedAtIsNotKnown(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	filtered(d, "orders prod state:run", "1 of 20")
	proxy.Set(
		faulty.Fault{Method: "POST", Path: "/suspend", Cut: true, Then: []faulty.Fault{{
			Method: "GET", Path: "/applications/orders", Code: 500,
		}}},
	)
	d.Press("s")
	d.WaitForText("Suspend orders", "savepoint is taken")
	d.Press("y")
	d.WaitForText("not known whether it was done")
}

// TestAPartlyFailedActionLeavesTheFailedMarked suspends three of which one fails.
func TestAPartlyFailedActionLeavesTheFailedMarked(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	proxy.Set(faulty.Fault{
		Method: "POST", Path: "/prod/applications/orders/suspend", Code: 409,
		Body: `{"errors":[{"message":"another operation is under way"}]}`,
	})
	filtered(d, "orders|sessions-15m state:run !backfill", "4 of 20")
	d.Press("ctrl+a")
	d.WaitForText("4 marked")
	d.Press("s")
	d.WaitForText("Suspend 4 applications", "orders", "prod", "staging", "development", "in 3 environments")
	d.Press("y")
	d.WaitForText("suspending 4")
	d.Press("/", "ctrl+u")
	d.Type("orders|sessions-15m !backfill")
	d.Press("enter")
	d.WaitForText(
		"suspended 3, not 1", "1 marked", "✗ suspend application orders: another operation is under way (409)",
	)
	proxy.Set()
	d.Press("s")
	d.WaitForText("Suspend orders", "in prod")
	d.Press("y")
	d.WaitForText("suspended orders")
	for _, path := range []string{
		"prod/applications/orders/suspend", "staging/applications/orders/suspend",
		"prod/applications/sessions-15m/suspend", "development/applications/sessions-15m/suspend",
	} {
		want := 1
		if strings.HasPrefix(path, "prod/applications/orders") {
			want = 2
		}
		if n := proxy.Count("/environments/" + path); n != want {
			t.Errorf("%s was sent %d times, want %d", path, n, want)
		}
	}
}

// TestAMixIsAskedAboutOnce presses s on running and suspended applications.
func TestAMixIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	filtered(d, "shipping-eta|sessions-15m|payments prod", "3 of 20")
	d.Press("ctrl+a", "s")
	d.WaitForText(
		"Suspend 2, start 1", "start: starts from its last savepoint", "suspend: a savepoint is taken",
		"suspend: its job is FAILED",
	)
	d.Press("y")
	d.WaitForText("suspending 2, starting shipping-eta")
	d.WaitFor(func(string) bool { return proxy.Count("/shipping-eta/start") > 0 && proxy.Count("/suspend") == 2 })
	if n := proxy.Count("/shipping-eta/start"); n != 1 {
		t.Errorf("%d starts: %v", n, proxy.Changes())
	}
}

// TestWhatWasReplacedMeanwhileIsNotActedUpon deletes and makes an application
// again while the dialog about it is open.
func TestWhatWasReplacedMeanwhileIsNotActedUpon(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "word-count", "1 of 20")
	d.Press("D")
	d.WaitForText("Type word-count to confirm")
	d.Type("word-count")
	scope := cmf.Scope{Environment: "development"}
	old, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), direct, cmf.Applications, scope, "word-count")
	if err != nil {
		t.Fatal(err)
	}
	if err := cmfapi.Delete(t.Context(), direct, cmf.Applications, scope, "word-count", false); err != nil {
		t.Fatal(err)
	}
	for {
		_, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), direct, cmf.Applications, scope, "word-count")
		if client.IsNotFound(err) {
			break
		}
	}
	fresh := cmf.FlinkApplication{
		APIVersion: old.APIVersion, Kind: old.Kind, Spec: old.Spec, Metadata: cmf.Object(`{"name":"word-count"}`),
	}
	if _, err := cmfapi.Create(t.Context(), direct, cmf.Applications, scope, fresh); err != nil {
		t.Fatal(err)
	}
	d.Press("enter")
	d.WaitForText("will not", "deleted and made again meanwhile", "nothing can be done")
	d.Press("enter", "enter", "esc")
	if n := proxy.Count("DELETE"); n != 0 {
		t.Errorf("what was not meant was deleted: %v", proxy.Changes())
	}
}
