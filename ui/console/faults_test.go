package console

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/ui/console/space"
	"drey/ui/uitest/faulty"
	"drey/views"
	"drey/views/platform"
)

// TestEveryFaultHasItsWord answers the list of applications with each status
// before any row came, and after.
func TestEveryFaultHasItsWord(t *testing.T) {
	t.Parallel()
	direct := running(t)
	for _, c := range []struct {
		fault  faulty.Fault
		header string
		text   []string
	}{
		{faulty.Fault{Code: 401}, "✗ signed out", []string{"signed out: http", "renew the token file"}},
		{faulty.Fault{Code: 403}, "▲ this list: not allowed", []string{"not allowed: http", "refused with 403"}},
		{faulty.Fault{Code: 429, Retry: "60"}, "◐ throttled until", []string{"throttled until", "refused with 429"}},
		{faulty.Fault{Code: 500}, "✗ failing (500)", []string{"failing (500): http", "refused with 500"}},
		{faulty.Fault{Code: 200, Kind: "text/html", Body: "<html><title>Sign in"}, "✗ failing (no answer of this API)", []string{"Sign in"}},
		{faulty.Fault{Cut: true}, "✗ offline", []string{"offline: http", "next try in"}},
	} {
		t.Run(strings.ReplaceAll(c.header, " ", "-"), func(t *testing.T) {
			t.Parallel()
			c.fault.Path = "/applications"
			proxy := faulty.Before(t, direct.URL())
			proxy.Set(c.fault)
			d := open(t, connect(t, proxy.URL, client.Config{}), 160, 40, func(o *Options) {
				o.Now, o.Environment = time.Now, "prod"
			})
			d.WaitForText(append(c.text, c.header)...)
			proxy.Set()
			d.Press("R")
			d.WaitForText("9 applications", "live")
			proxy.Set(c.fault)
			d.Press("R")
			d.WaitForText(c.header, "9 applications", " old, ")
		})
	}
}

// TestAQuestionToAServerThatIsAwaySaysSo asks about a row while the server does not tell how
// it is, in each way, and about two; once it does, it can be done.
func TestAQuestionToAServerThatIsAwaySaysSo(t *testing.T) {
	t.Parallel()
	direct := running(t)
	for _, c := range []struct {
		fault faulty.Fault
		word  string
		todo  string
	}{
		{faulty.Fault{Code: 401}, "signed out", "renew the token file"},
		{faulty.Fault{Code: 403}, "not allowed", "may not do this"},
		{faulty.Fault{Code: 429, Retry: "60"}, "throttled until", "asked again by itself"},
		{faulty.Fault{Code: 500}, "failing (500)", "asked again by itself"},
		{faulty.Fault{Cut: true}, "offline", "asked again by itself"},
	} {
		t.Run(c.word, func(t *testing.T) {
			t.Parallel()
			c.fault.Method, c.fault.Path = "GET", "/applications/"
			proxy := faulty.Before(t, direct.URL())
			d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, realTime)
			d.WaitForText("20 applications")
			filtered(d, "name:orders prod", "1 of 20")
			proxy.Set(c.fault)
			d.Press("S")
			d.WaitForText("Cannot savepoint orders: "+c.word, "could not be looked at", c.todo)
			d.Press("y")
			d.WaitForText(c.word, ": the server is asked again")
			if strings.Contains(d.Screen(), "othing can be done") {
				t.Errorf("it is not the matter of the application:\n%s", d.Screen())
			}
			if c.fault.Code == 429 {
				return // nothing is asked until then
			}
			proxy.Set()
			d.WaitForText("Savepoint orders", "What will be sent")
		})
	}
}

// TestWhatTheServerDoesNotHaveIsNotAnError has no secrets and no events.
func TestWhatTheServerDoesNotHaveIsNotAnError(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	proxy.Set(
		faulty.Fault{Path: "/secrets", Code: 404},
		faulty.Fault{Path: "/events", Code: 404, Body: `{"status":404,"error":"Not Found"}`},
		faulty.Fault{Path: "/statements", Code: 404},
	)
	c := connect(t, proxy.URL, client.Config{})
	d := open(t, c, 140, 40, realTime)
	d.WaitForText("20 applications", "registry.acme.io")
	if strings.Contains(d.Screen(), "details:") {
		t.Errorf("an application without events is in trouble:\n%s", d.Screen())
	}
	d.Press("7")
	d.WaitForText("this server has no secrets", "● live")
	d.Press("3")
	d.WaitForText("this server has no statements", "● live")
	asked := len(c.Calls().Snapshot())
	d.Press("7")
	d.Drain(100 * time.Millisecond)
	for _, call := range c.Calls().Snapshot()[:len(c.Calls().Snapshot())-asked] {
		if strings.HasSuffix(call.URL, "/secrets") {
			t.Errorf("asked again: %s", call.URL)
		}
	}
	proxy.Set()
	d.Press("R")
	d.WaitForText("MAPPED IN", "secrets")
}

// environments is a server with environments as given and one application in each.
func environments(items ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		list := "[]"
		if r.URL.Query().Get("page") == "0" {
			switch {
			case strings.HasSuffix(r.URL.Path, "/environments"):
				list = "[" + strings.Join(items, ",") + "]"
			case strings.HasSuffix(r.URL.Path, "/applications"):
				env := strings.Split(r.URL.Path, "/")[5]
				list = fmt.Sprintf(
					`[{"metadata":{"name":"app-of-%s","uid":%q},"status":{"lifecycleState":"STABLE",`+
						`"jobStatus":{"state":"RUNNING"}}}]`,
					env, env,
				)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"metadata":{"size":1},"items":%s}`, list)
	}
}

func TestAMalformedEnvironmentIsARowAndKeepsItsApplications(t *testing.T) {
	t.Parallel()
	for name, items := range map[string][]string{
		"one": {`{"name":"good"}`, `{"name":"odd","metadata":{"name":"odd","labels":"x"}}`},
		"all": {`{"metadata":{"name":"good","labels":"x"}}`, `{"metadata":{"name":"odd","labels":7}}`},
	} {
		t.Run(name, func(t *testing.T) {
			c, handler := badServer(t)
			answers := environments(items...)
			handler.Store(&answers)
			d := open(t, c, 140, 40, nil)
			d.WaitForText("app-of-good", "app-of-odd", "2 applications")
			d.WaitFor(regexp.MustCompile(` odd +1 ✗`).MatchString) // in the pane of environments
		})
	}
}

// TestToastsGoWithTheirMatter holds the clock and lets time pass.
func TestToastsGoWithTheirMatter(t *testing.T) {
	t.Parallel()
	var late atomic.Int64
	d := open(t, still(t), 80, 24, func(o *Options) {
		o.Now = func() time.Time { return fixed.Add(time.Duration(late.Load())) }
	})
	d.WaitForText("20 applications")
	d.Press("S")
	d.WaitForText("cannot savepoint payments", "demo › all › applications › payments")
	root := d.Model().(*Root)
	late.Store(int64(7 * time.Second))
	root.Update(clockMsg{})
	d.WaitForText("cannot savepoint")
	late.Store(int64(8 * time.Second))
	root.Update(clockMsg{})
	if strings.Contains(d.Screen(), "cannot savepoint") {
		t.Error("the toast stays for ever")
	}
	root.begin("suspending 5")
	late.Store(int64(100 * time.Second))
	root.Update(clockMsg{})
	d.WaitForText("suspending 5")
	root.end("suspending 5")
}

func TestOneEnvironmentThatHangsHidesNoOther(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	proxy.Set(faulty.Fault{Path: "/environments/staging/applications", Hang: true})
	d := open(t, connect(t, proxy.URL, client.Config{Timeout: 5 * time.Second}), 140, 40, realTime)
	d.WaitForText("still waiting for staging", "fraud-scores", "14 applications", "live")
	proxy.Set()
	d.WaitForText("20 applications")
}

// TestSavepointsWhoseParentsAreNotListedYetAreMissed: the API has savepoints by
// parent only, so that a list of applications that hangs hides savepoints.
func TestSavepointsWhoseParentsAreNotListedYetAreMissed(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	proxy.Set(faulty.Fault{Path: "/environments/staging/applications", Hang: true})
	d := open(t, connect(t, proxy.URL, client.Config{Timeout: 5 * time.Second}), 140, 40, realTime)
	d.WaitForText("still waiting for staging", "fraud-scores", "14 applications", "live")
	d.Press("5")
	d.WaitForText("CANONICAL", "still waiting for staging")
	proxy.Set()
	d.WaitForText("12 savepoints")
	d.WaitFor(func(s string) bool { return !strings.Contains(s, "still waiting") })
}

// TestANoteGoesWithItsReason has the rows stay as they are while what is missing from
// them changes.
func TestANoteGoesWithItsReason(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, still(t).URL())
	d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, nil)
	d.WaitForText("20 applications", "3 failing", "live")
	d.WaitIdle()
	for range 2 {
		proxy.Set(faulty.Fault{Path: "/environments/staging/applications", Code: 403, Body: "{}"})
		d.WaitForText("staging: not allowed", "20 applications")
		proxy.Set()
		d.WaitFor(func(s string) bool { return !strings.Contains(s, "not allowed") })
	}
}

func TestAStatementWhoseAnswerIsLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	c := connect(t, proxy.URL, client.Config{})
	const text = "SELECT order_id FROM examples.marketplace.orders"
	d := openSQL(t, c, 140, 40, newShelf(t, text), realTime)
	d.WaitForText("SELECT order_id")
	d.WaitIdle() // the names are there, which are asked for by statements, too
	proxy.Set(faulty.Fault{Method: "POST", Path: "/statements", Times: 1, After: true, Code: 504})
	d.Press("f5")
	d.WaitForText("RUNNING", "row 1 of")
	sent := 0
	for _, environment := range []string{"prod", "staging", "development"} {
		for _, s := range statementNames(t, c, environment) {
			if s.Spec.Statement == text {
				sent++
			}
		}
	}
	if sent != 1 {
		t.Errorf("the server has the statement %d times", sent)
	}
}

func TestEveryTabCanBeSeen(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, func(o *Options) {
		o.SQL = func(*views.Env, *platform.Session) views.View { return &stubSQL{} }
	})
	d.WaitForText("20 applications")
	for width := space.MinWidth; width <= 150; width++ {
		d.Resize(width, 30)
		line := d.Line(" 8")
		for _, digit := range []string{"2", "3", "4", "5", "6", "7", "8", "9"} {
			if !strings.Contains(line, digit) {
				t.Fatalf("at %d the tab %s is out of sight: %q", width, digit, line)
			}
		}
	}
	d.Resize(100, 30)
	d.WaitForText("9 SQL")
}

func TestSortingByAColumnOutOfSightSaysSo(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("o")
	d.WaitForText("JOB ↑")
	d.Resize(80, 24)
	d.WaitForText("sorted by job ↑")
}

func TestProblemsAreAKeyAwayWorstFirst(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications", "3 failing") // a statement whose list was never seen, too
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ "), "✗ FAILED") })
	d.Press("o", "3", "/")
	d.Type("nothing like it")
	d.Press("enter", "!")
	d.WaitForText("STATE ↑", "20 applications")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ "), "✗ FAILED") })
	d.Press("!")
	d.WaitForText("› statements ›")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ "), "✗ FAILED") })
	d.Press("!")
	d.WaitForText("20 applications")
}

// TestTheHeaderSaysNothingByHalves is a server that does not answer any more, in the
// smallest of screens: how old the rows are stands beside what fails.
func TestTheHeaderSaysNothingByHalves(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, running(t).URL())
	d := open(t, connect(t, proxy.URL, client.Config{}), 80, 24, realTime)
	d.WaitForText("20 applications", "3 failing")
	proxy.Set(faulty.Fault{Path: "/", Cut: true})
	d.Press("R")
	d.WaitForText("✗ offline")
	line, _, _ := strings.Cut(d.Screen(), "\n")
	if !regexp.MustCompile(`✗ offline( \d+s)?( · next try in \d+s)? +✗ 3 failing`).MatchString(line) {
		t.Errorf("the header says %q", line)
	}
}

// TestTheSmallestScreenSaysHowOldItsRowsAre beside a name that gives way.
func TestTheSmallestScreenSaysHowOldItsRowsAre(t *testing.T) {
	t.Parallel()
	d := open(t, connect(t, running(t).URL(), client.Config{}), 60, 16, func(o *Options) {
		realTime(o)
		o.Name = "127.0.0.1:9292"
	})
	d.WaitForText("20 applications", "3 failing", "at risk")
	line, _, _ := strings.Cut(d.Screen(), "\n")
	for _, part := range []string{"● live ", "… › all ", " ✗ 3 failing"} {
		if !strings.Contains(line, part) {
			t.Errorf("the header says %q, without %q", line, part)
		}
	}
}

// TestAPageOfTheConsoleIsOpenedOnce by a key that is pressed again in it.
func TestAPageOfTheConsoleIsOpenedOnce(t *testing.T) {
	t.Parallel()
	d := open(t, connect(t, running(t).URL(), client.Config{}), 80, 24, realTime)
	d.WaitForText("20 applications")
	for key, title := range map[string]string{"L": "nothing was done from here yet", "@": "API calls"} {
		d.Press(key)
		d.WaitForText(title)
		d.Press(key)
		d.Press("esc")
		d.WaitForText("20 applications")
	}
}
