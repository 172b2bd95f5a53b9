package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
)

// withJournalAndDrafts is withJournal with drafts in the same folder.
func withJournalAndDrafts(t *testing.T, c *cmfapi.Client, folder string) (d *uitest.Driver, end func()) {
	t.Helper()
	journal, drafts := disk.NewJournal(folder), disk.NewDrafts(folder)
	theme, _ := themes.New(themes.Options{})
	opts := Options{Theme: theme, Keys: keymap.Default(), Now: time.Now, StateDir: t.TempDir()}
	opts.Context = space.Context{Name: "demo", Session: sessionOf(c), Journal: journal, Drafts: func() views.Drafts {
		return drafts
	}}
	ctx, cancel := context.WithCancel(t.Context())
	end = func() { cancel(); _ = journal.Close(); drafts.CloseAll() }
	t.Cleanup(end)
	return uitest.New(t, New(ctx, opts, nil), 140, 40), end
}

// TestAnEditIsGoneOnWithByTheNextConsole ends a console while a change is under way:
// before it reached the server, after it took effect, and while what it asked for comes
// about. Nothing is sent twice; a change that was not taken stays a draft.
func TestAnEditIsGoneOnWithByTheNextConsole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault faulty.Fault
		done  bool
	}{
		{"before", faulty.Fault{Method: "POST", Path: "/applications", Hang: true}, false},
		{"after", faulty.Fault{Method: "POST", Path: "/applications", Hang: true, After: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			direct, folder := running(t), t.TempDir()
			proxy := faulty.Before(t, direct.URL())
			d, kill := withJournalAndDrafts(t, connect(t, proxy.URL, client.Config{}), folder)
			d.WaitForText("20 applications")
			proxy.Set(c.fault)
			filtered(d, "orders prod state:run", "1 of 20")
			setParallelism(d, "6")
			d.WaitForText("nothing wrong was found", "WILL BE SENT")
			d.Press("enter")
			d.WaitForText("Apply (y)")
			d.Press("y")
			d.WaitFor(func(string) bool { return proxy.Count("/applications") == 1 })
			if c.done { // its effect is there
				d.WaitFor(func(string) bool {
					return prodApplication(t, direct, "orders").Parallelism() == 6
				})
			}
			kill()

			proxy.Set()
			next, _ := withJournalAndDrafts(t, connect(t, proxy.URL, client.Config{}), folder)
			if c.done {
				next.WaitForText("applied orders · RUNNING")
			} else {
				next.WaitForText("it was not done: the console ended before; your draft is kept")
			}
			if n := proxy.Count("/applications"); n != 1 {
				t.Errorf("%d requests: %v", n, proxy.Changes())
			}
			next.Press("L")
			next.WaitForText("apply", "orders", map[bool]string{true: "✓ DONE", false: "✗ FAILED"}[c.done])
			next.Press("esc", ":")
			next.Type("drafts")
			next.Press("enter")
			next.WaitForText(map[bool]string{true: "0 drafts", false: "1 draft"}[c.done])
			if got := prodApplication(t, direct, "orders").Parallelism(); (got == 6) != c.done {
				t.Errorf("its parallelism is %d", got)
			}
		})
	}
}

// TestASecretThatIsSentIsNotWrittenDown looks through all that a console leaves on the
// disk while a secret is under way.
func TestASecretThatIsSentIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	direct, folder := running(t), t.TempDir()
	proxy := faulty.Before(t, direct.URL())
	d, kill := withJournalAndDrafts(t, connect(t, proxy.URL, client.Config{}), folder)
	d.WaitForText("20 applications")
	d.Press("7", "a")
	d.WaitForText("What should it begin with?")
	d.Press("y")
	d.WaitForText("kind: Secret")
	d.Press("alt+/")
	d.Type("sasl")
	d.Press("enter")
	d.Type(" hunter2")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/secrets", Hang: true})
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "NEW SECRET")
	d.Press("enter")
	d.WaitForText("Create (y)")
	d.Press("y")
	d.WaitFor(func(string) bool { return proxy.Count("/secrets") == 1 })
	kill()
	journal := disk.NewJournal(folder)
	t.Cleanup(func() { _ = journal.Close() })
	stored, err := journal.Load()
	if err != nil || len(stored) != 1 {
		t.Fatalf("%d tasks are stored, %v", len(stored), err)
	}
	for _, data := range stored {
		if strings.Contains(string(data), "hunter2") || strings.Contains(string(data), `"change"`) ||
			!strings.Contains(string(data), cmf.Secrets.Path(cmf.Scope{})) {
			t.Errorf("stored %s", data)
		}
	}
}
