package console

import (
	"context"
	"testing"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
	cloudplatform "drey/views/platforms/ccloud"
)

// cloudConsole is a console on the cloud behind url, whose tasks and drafts are in a
// folder; end is how it is killed.
func cloudConsole(t *testing.T, s *ccloudtest.Server, url, folder string) (d *uitest.Driver, end func()) {
	t.Helper()
	settings := cloudSettings(s)
	settings.Values["endpoint"] = url
	session, err := cloudplatform.Platform.Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	journal, drafts := disk.NewJournal(folder), disk.NewDrafts(folder)
	theme, _ := themes.New(themes.Options{})
	opts := Options{Theme: theme, Keys: keymap.Default(), Now: time.Now, StateDir: t.TempDir()}
	opts.Context = space.Context{Name: "cloud", Session: session, Journal: journal, Drafts: func() views.Drafts {
		return drafts
	}}
	ctx, cancel := context.WithCancel(t.Context())
	end = func() { cancel(); session.Close(); _ = journal.Close(); drafts.CloseAll() }
	t.Cleanup(end)
	return uitest.New(t, New(ctx, opts, nil), 140, 40), end
}

// TestAnEvolutionIsGoneOnWithByTheNextConsole kills the console while each of the two
// requests of an evolution is under way, before it reached the server and after it took
// effect. The next console does the rest, and nothing twice: the new statement runs and
// the former one has stopped, or nothing was made and the draft is there.
func TestAnEvolutionIsGoneOnWithByTheNextConsole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		method, path string
		after        bool
		made         bool
		puts         int // of all consoles
	}{
		{"create, before", "POST", "/statements", false, false, 0},
		{"create, after", "POST", "/statements", true, true, 1},
		{"stop, before", "PUT", "/statements/orders-enriched", false, true, 2},
		{"stop, after", "PUT", "/statements/orders-enriched", true, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, folder := cloud(t, ccloudtest.Quirks{StoppingPolls: 1}), t.TempDir()
			proxy := faulty.Before(t, s.URL)
			d, kill := cloudConsole(t, s, proxy.URL, folder)
			d.WaitForText("fraud-scores")
			onlyStatement(d, "orders-enriched")
			d.Press("V")
			d.WaitForText("name: orders-enriched-v2", "check and compare")
			d.Press("alt+/")
			d.Type("INSERT")
			d.Press("enter", "end")
			d.Type(" WHERE o.id > 1")
			d.Press("esc")
			d.WaitForText("nothing wrong was found", "WILL BE SENT")
			proxy.Set(faulty.Fault{Method: c.method, Path: c.path, Hang: true, After: c.after})
			d.Press("enter")
			d.WaitForText("Create orders-enriched-v2", "Create (y)")
			d.Press("y")
			d.WaitFor(func(string) bool { return proxy.Count(c.method) == 1 })
			if c.after { // its effect is there
				d.WaitFor(func(string) bool {
					return c.method == "POST" && s.Phase("orders-enriched-v2") != "" || s.Spec("orders-enriched")["stopped"] == true
				})
			}
			kill()

			proxy.Set()
			next, _ := cloudConsole(t, s, proxy.URL, folder)
			if c.made {
				next.WaitForText("created orders-enriched-v2")
			} else {
				next.WaitForText("it was not done: the console ended before; your draft is kept")
			}
			if posts, puts := proxy.Count("POST"), proxy.Count("PUT"); posts != 1 || puts != c.puts {
				t.Errorf("%d were created and %d stops asked for: %v", posts, puts, proxy.Changes())
			}
			if former, made := s.Phase("orders-enriched"), s.Phase("orders-enriched-v2"); c.made &&
				(former != ccloud.PhaseStopped || made != ccloud.PhaseRunning) ||
				!c.made && (former != ccloud.PhaseRunning || made != "") {
				t.Errorf("the former one is %s, the new one %q", former, made)
			}
		})
	}
}
