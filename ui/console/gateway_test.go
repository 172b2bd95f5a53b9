package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/ui/uitest"
	"drey/ui/uitest/flinktest"
	"drey/views/platform"
	"drey/views/platforms/flink"
)

// openGateway opens the SQL tab of a JobManager with a gateway beside it. The session lives as
// long as of: a console that is gone before has closed nothing.
func openGateway(t, of *testing.T, m *flinktest.Server, g *flinktest.Gateway, drafts shelf) *uitest.Driver {
	t.Helper()
	session, err := flink.Platform.Open(platform.Settings{
		Context: "dev", Server: client.Config{URL: m.URL}, Values: map[string]string{"gateway-url": g.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	of.Cleanup(session.Close)
	d := open(t, nil, 140, 40, withSQL(t, drafts, func(o *Options) { o.Session, o.Name = session, "dev"; realTime(o) }))
	d.Press("5")
	return d
}

// ran is the session of the gateway that a statement was sent to last, "" for none.
func ran(g *flinktest.Gateway, text string) string {
	all := g.Requests()
	slices.Reverse(all)
	for _, r := range all {
		if session, what, _ := strings.Cut(r, " "); what == "run "+text {
			return session
		}
	}
	return ""
}

// TestEachBufferHasASessionOfTheGateway, with tables that no other buffer sees, which
// is closed with the buffer.
func TestEachBufferHasASessionOfTheGateway(t *testing.T) {
	t.Parallel()
	g := flinktest.NewGateway(t)
	d := openGateway(t, t, flinktest.New(t), g, newShelf(t, "CREATE TEMPORARY TABLE mine (c INT)"))
	d.WaitForText("TEMPORARY TABLE mine", "default_catalog")
	d.Press("f5")
	d.WaitForText("FINISHED")
	d.Press("alt+n")
	d.WaitForText("query 2")
	d.Type("SHOW VIEWS")
	d.Press("f5")
	d.WaitForText("FINISHED", "OK")
	first, second := ran(g, "CREATE TEMPORARY TABLE mine (c INT)"), ran(g, "SHOW VIEWS")
	if first == "" || second == "" || first == second {
		t.Fatalf("sessions %q and %q: %q", first, second, g.Requests())
	}
	// A session in which names are still read is closed later.
	d.WaitFor(func(string) bool { return slices.Contains(g.Requests(), second+" run SHOW CATALOGS") })
	d.WaitIdle()
	d.Press("alt+w")
	d.WaitForText("closed query 2")
	if !d.Within(10*time.Second, func() bool { return slices.Contains(g.Requests(), second+" close") }) {
		t.Fatalf("got %q", g.Requests())
	}
	if slices.Contains(g.Requests(), first+" close") {
		t.Error("the session of the other buffer was closed")
	}
}

// TestABufferFindsItsSessionAfterARestart where the gateway has it; where it has not,
// another one is opened.
func TestABufferFindsItsSessionAfterARestart(t *testing.T) {
	t.Parallel()
	m, g, drafts := flinktest.New(t), flinktest.NewGateway(t), newShelf(t, "SHOW VIEWS")
	session := ""
	t.Run("run", func(tt *testing.T) {
		d := openGateway(tt, t, m, g, drafts)
		d.WaitForText("SHOW VIEWS")
		d.Press("f5")
		d.WaitForText("FINISHED", "OK")
		session = ran(g, "SHOW VIEWS")
	})
	t.Run("restarted", func(tt *testing.T) {
		d := openGateway(tt, t, m, g, drafts)
		d.WaitForText("FINISHED", "OK")
		g.Forget()
		d.Press("f5")
		if !d.Within(10*time.Second, func() bool { return ran(g, "SHOW VIEWS") != "" }) {
			t.Fatalf("got %q", g.Requests())
		}
		if got := ran(g, "SHOW VIEWS"); got != session {
			tt.Errorf("ran in session %s, want %s", got, session)
		}
	})
	t.Run("lost", func(tt *testing.T) {
		g.Lose(session)
		d := openGateway(tt, t, m, g, drafts)
		d.WaitForText("SHOW VIEWS")
		g.Forget()
		d.Press("f5")
		if !d.Within(10*time.Second, func() bool { return ran(g, "SHOW VIEWS") != "" }) {
			t.Fatalf("got %q", g.Requests())
		}
		d.WaitForText("FINISHED", "OK")
		if got := ran(g, "SHOW VIEWS"); got == session {
			tt.Errorf("ran in the session that has ended")
		}
	})
}

// TestLeavingSaysWhatBecomesOfAQueryOfTheGateway: its rows are read by the handle that
// the console keeps, while the session lives.
func TestLeavingSaysWhatBecomesOfAQueryOfTheGateway(t *testing.T) {
	t.Parallel()
	g := flinktest.NewGateway(t)
	g.Endless()
	d := openGateway(t, t, flinktest.New(t), g, newShelf(t, "SELECT c FROM t"))
	d.WaitForText("SELECT c")
	d.Press("f5")
	d.WaitForText("RUNNING", "NULL")
	d.Press("esc", "q")
	d.WaitForText("Leave drey", "let them run")
	d.Press("k")
	d.WaitForText("this console's stored handle")
}
