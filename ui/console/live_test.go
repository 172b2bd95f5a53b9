package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest/faulty"
)

// TestAFailingSavepointSaysItsStateItsTriesAndWhy takes a savepoint of an
// application whose savepoints fail.
func TestAFailingSavepointSaysItsStateItsTriesAndWhy(t *testing.T) {
	t.Parallel()
	c := running(t)
	scope := cmf.Scope{Environment: "development"}
	old, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), c, cmf.Applications, scope, "word-count")
	if err != nil {
		t.Fatal(err)
	}
	broken := cmf.FlinkApplication{
		APIVersion: old.APIVersion, Kind: old.Kind, Metadata: cmf.Object(`{"name":"unsaved"}`),
		Spec: old.Spec.With("true", "flinkConfiguration", "drey.stand-in.savepoint-fails"),
	}
	if _, err := cmfapi.Create(t.Context(), c, cmf.Applications, scope, broken); err != nil {
		t.Fatal(err)
	}
	d := open(t, c, 140, 40, realTime)
	d.WaitForText("21 applications")
	filtered(d, "unsaved", "1 of 21")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ unsaved"), "RUNNING") })
	d.Press("S")
	d.WaitForText("Savepoint unsaved", "a savepoint is written")
	d.Press("y")
	d.WaitForText("taking a savepoint of unsaved")
	d.Press("5")
	d.WaitForText("savepoints", "CANONICAL")
	d.Press("/")
	d.Type("unsaved")
	d.WaitFor(func(string) bool {
		line := d.Line("▌ unsaved")
		return strings.Contains(line, "PENDING") && strings.Contains(line, " failed")
	})
	d.WaitForText("tries ", "error ")
	d.Press("enter", "2", "d")
	d.WaitForText("SAVEPOINTS", "PENDING", " failed")
}

// TestPagesAboutAnObjectAreAsLiveAsTheList suspends an application whose
// description and YAML are in front, by another way.
func TestPagesAboutAnObjectAreAsLiveAsTheList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, before, after string }{
		{"d", "RUNNING", "SUSPENDED"},
		{"y", "state: running", "state: suspended"},
	} {
		t.Run(c.key, func(t *testing.T) {
			t.Parallel()
			server := running(t)
			d := open(t, server, 140, 50, realTime)
			d.WaitForText("20 applications")
			filtered(d, "orders prod state:run", "1 of 20")
			d.Press(c.key)
			d.WaitForText(c.before)
			if _, err := server.SuspendApplication(t.Context(), cmf.Scope{Environment: "prod"}, "orders"); err != nil {
				t.Fatal(err)
			}
			d.WaitForText(c.after)
		})
	}
}

// TestStoppingIsStoppingInEveryTab has a statement that was asked to stop and
// still runs: a server that takes its time.
func TestStoppingIsStoppingInEveryTab(t *testing.T) {
	t.Parallel()
	const stopping = `{"metadata":{"name":"slow-to-stop","uid":"7","creationTimestamp":"2026-03-04T11:00:00Z"},` +
		`"spec":{"statement":"SELECT 1 AS a_column","computePoolName":"pool","stopped":true},` +
		`"status":{"phase":"RUNNING","traits":{"sqlKind":"SELECT","schema":{"columns":[]}}}}`
	c, handler := badServer(t)
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/statements/slow-to-stop"):
			_, _ = fmt.Fprint(w, stopping)
		case strings.HasSuffix(r.URL.Path, "/statements"), strings.HasSuffix(r.URL.Path, "/environments"):
			listOf(stopping)(w, r)
		default:
			listOf()(w, r)
		}
	})
	handler.Store(&answers)
	d := openSQLUnseen(t, c, newShelf(t, ""))
	d.WaitForText("prod")
	d.Press("3")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ slow-to-stop"), "STOPPING") })
	d.Press("enter")
	d.WaitForText("SELECT 1 AS a_column", "STOPPING")
	if screen := d.Screen(); strings.Contains(screen, "RUNNING") {
		t.Errorf("it runs in one tab and stops in another:\n%s", screen)
	}
}

// TestASecondRunWhileTheFirstIsSentSaysSo holds a statement's POST back.
func TestASecondRunWhileTheFirstIsSentSaysSo(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	d := openSQL(
		t, connect(t, proxy.URL, client.Config{}), 140, 40,
		newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime,
	)
	d.WaitForText("SELECT order_id", "prod · pool")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/statements", Hang: true})
	d.Press("f5")
	d.WaitForText("SENDING")
	name := statementName.FindString(d.Screen())
	d.Press("f5")
	d.WaitForText(name + " is still being sent")
	d.Press("f5", "f5")
	if screen := d.Screen(); !strings.Contains(screen, name+" is still being sent") {
		t.Errorf("another statement than %s is sent:\n%s", name, screen)
	}
}

// TestStackTracesSayTheirRootCauseFirst opens the exceptions of a statement.
func TestStackTracesSayTheirRootCauseFirst(t *testing.T) {
	t.Parallel()
	trace := "org.apache.flink.runtime.JobException: Recovery is suppressed\\n\\tat org.apache.Foo.bar(Foo.java:1)\\n" +
		"Caused by: java.net.ConnectException: the broker is away\\n\\tat org.apache.Baz.qux(Baz.java:2)"
	c, handler := badServer(t)
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const failed = `{"metadata":{"name":"failed-one","uid":"7"},"spec":{"statement":"SELECT ` +
			`1","computePoolName":"pool"},"status":{"phase":"FAILED","detail":"%s"}}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/exceptions"):
			_, _ = fmt.Fprintf(
				w, `{"data":[{"name":"JobException","message":"%s","timestamp":"2026-03-04T11:00:00Z"}]}`, trace,
			)
		case strings.HasSuffix(r.URL.Path, "/statements"), strings.HasSuffix(r.URL.Path, "/environments"):
			listOf(fmt.Sprintf(failed, trace))(w, r)
		default:
			listOf()(w, r)
		}
	})
	handler.Store(&answers)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("prod")
	d.Press("3")
	d.WaitForText("failed-one")
	d.Press("l")
	d.WaitFor(func(screen string) bool {
		cause, first := strings.Index(
			screen, "root cause: ConnectException: the broker is away",
		), strings.Index(screen, "Recovery is suppressed")
		frame := strings.Index(d.Line("at org.apache.Foo"), "Recovery")
		return cause > 0 && first > cause && frame < 0 && strings.Contains(screen, "at org.apache.Foo")
	})
}

// TestTheLastErrorIsNeverCut asks with E for an error that is longer than the
// screen is wide, on the smallest one.
func TestTheLastErrorIsNeverCut(t *testing.T) {
	t.Parallel()
	c, handler := badServer(t)
	words := make([]string, 400)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i)
	}
	answers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprintf(w, `{"errors":[{"message":"%s"}]}`, strings.Join(words, " "))
	})
	handler.Store(&answers)
	d := open(t, c, 80, 24, nil)
	d.WaitForText("failing (500)")
	d.Press("E")
	d.WaitForText("last error", "word0 ", " word30 ")
	seen := map[string]bool{}
	for range 200 {
		for _, word := range strings.Fields(strings.ReplaceAll(d.Screen(), "│", " ")) {
			seen[word] = true
		}
		d.Press("j")
	}
	for _, word := range words {
		if !seen[word] {
			t.Fatalf("%s is never shown:\n%s", word, d.Screen())
		}
	}
}

// TestAStatementThatHasEndedHasNoJobToLookInto says so, and leaves the header.
func TestAStatementThatHasEndedHasNoJobToLookInto(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("3")
	d.WaitForText("revenue-typo")
	filtered(d, "revenue-typo", "1 of 8")
	d.Press("J")
	d.WaitForText("revenue-typo is FAILED and has no job now", "live")
}
