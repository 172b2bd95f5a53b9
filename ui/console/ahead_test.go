package console

import (
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
)

// TestKeysThatComeBeforeWhatTheyAreForWaitForIt presses all keys of a task at once,
// on a server whose answers are late: each key does what it would have done had
// everything been there.
func TestKeysThatComeBeforeWhatTheyAreForWaitForIt(t *testing.T) {
	t.Parallel()
	late := faulty.Fault{Method: "GET", Path: "/applications/", Delay: 700 * time.Millisecond}
	for _, c := range []struct {
		name   string
		before func(*uitest.Driver)
		keys   string
		typed  string
		after  []string
		shows  string
		sent   string
	}{
		{name: "dialog", keys: "s y", shows: "suspended orders", sent: "/orders/suspend"},
		{name: "palette", keys: ":", typed: "suspend", after: []string{"enter", "y"}, shows: "suspended orders", sent: "/orders/suspend"},
		{name: "page and back", keys: "d esc s y", shows: "suspended orders", sent: "/orders/suspend"},
		{name: "page", keys: "w s y", shows: "orders"},
		{name: "given up", before: suspended, keys: "u y esc esc", shows: "gave up looking at orders"},
		{name: "toast", before: suspended, keys: "u y", shows: "started orders", sent: "/orders/start"},
		{name: "list of actions", before: suspended, keys: "L u y", shows: "started orders", sent: "/orders/start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, proxy, _ := behind(t, client.Config{Timeout: 20 * time.Second})
			filtered(d, "name:orders prod", "1 of 20")
			if c.before != nil {
				c.before(d)
			}
			sent := len(proxy.Changes())
			proxy.Set(late)
			d.Press(strings.Fields(c.keys)...)
			d.Type(c.typed)
			d.Press(c.after...)
			d.WaitForText(c.shows)
			now := proxy.Changes()[sent:]
			if c.sent == "" && len(now) > 0 || c.sent != "" && (len(now) != 1 || !strings.HasSuffix(now[0], c.sent)) {
				t.Errorf("sent %q, want %q", now, c.sent)
			}
		})
	}
}

func suspended(d *uitest.Driver) {
	d.Press("s")
	d.WaitForText("With a savepoint", "Suspend (y)")
	d.Press("y")
	d.WaitForText("suspended orders")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line(" orders "), "SUSPENDED") })
}

// TestATextTypedBeforeTheEditorIsThereIsInIt changes the parallelism without waiting for
// anything: the text that is searched for and typed, and the review that is confirmed.
func TestATextTypedBeforeTheEditorIsThereIsInIt(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{Timeout: 20 * time.Second}, func(o *Options) {
		drafts := disk.NewDrafts(t.TempDir())
		o.Drafts = func() views.Drafts { return drafts }
	})
	filtered(d, "name:orders prod", "1 of 20")
	proxy.Set(faulty.Fault{Method: "GET", Path: "/applications/orders", Delay: 700 * time.Millisecond})
	d.Press("e", "alt+/")
	d.Type("paral")
	d.Press("enter", "backspace", "6", "esc", "enter", "y")
	d.WaitForText("applied orders")
	if got := applicationNow(t, direct, "prod", "orders").Parallelism(); got != 6 {
		t.Errorf("parallelism is %d", got)
	}
	if a := applicationNow(t, direct, "prod", "orders"); a.DesiredState() != cmf.DesiredRunning {
		t.Error("a key was taken for another")
	}
}

// TestEarlyKeysChooseButConfirmNothingUnseen answers the wizard before its ways are
// known: the way is chosen, and its requests are shown before they are confirmed.
func TestEarlyKeysChooseButConfirmNothingUnseen(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{Timeout: 20 * time.Second})
	filtered(d, "shipping-eta", "1 of 20")
	proxy.Set(faulty.Fault{Method: "GET", Path: "savepoints", Delay: 700 * time.Millisecond})
	d.Press("s", "G", "enter")
	d.Type("shipping-eta")
	d.Press("enter")
	d.WaitForText("Fresh", "POST …/environments/prod/applications")
	d.WaitForText("it has changed meanwhile: look again")
	if n := len(proxy.Changes()); n != 0 {
		t.Errorf("sent %q", proxy.Changes())
	}
	d.Press("y")
	d.WaitFor(func(s string) bool { return strings.Contains(s, "shipping-eta") && proxy.Count("/start") == 1 })
}

// TestKeysForARowWaitForTheRows that are pressed on a list whose rows are late; where no
// rows come, it is said why nothing is done.
func TestKeysForARowWaitForTheRows(t *testing.T) {
	t.Parallel()
	direct := running(t)
	proxy := faulty.Before(t, direct.URL())
	proxy.Set(faulty.Fault{Method: "GET", Path: "/applications", Delay: 700 * time.Millisecond})
	start := func() *uitest.Driver {
		return open(t, connect(t, proxy.URL, client.Config{Timeout: 20 * time.Second}), 140, 40, realTime)
	}
	d := start()
	d.WaitForText("1 Environments")
	d.Press("G", "k", "k", "d")
	d.WaitForText("reading applications", "gives up")
	d.WaitForText("state-machine", "life cycle")
	d.Press("esc")
	d.WaitForText("20 applications")

	d = start()
	d.WaitForText("1 Environments")
	d.Press("d", "esc")
	d.WaitForText("gave up waiting for applications")
	d.WaitForText("20 applications")
	if d.Press("/"); strings.Contains(d.Screen(), "life cycle") {
		t.Error("a key that was given up was pressed")
	}
	d.Type("nothing like it")
	d.Press("enter", "d")
	d.WaitForText("no row matches the filter: esc clears it")

	proxy.Set(faulty.Fault{Method: "GET", Path: "/applications", Delay: 300 * time.Millisecond, Code: 500})
	d = start()
	d.WaitForText("1 Environments")
	d.Press("s")
	d.WaitForText("no applications could be read: ")
}
