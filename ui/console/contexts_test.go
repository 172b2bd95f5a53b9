package console

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmfapi"
	"drey/ui/console/space"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
	"drey/views/platform"
	cmfplatform "drey/views/platforms/cmf"
	"drey/views/sql"
)

// contextOf is a context on a server, with a SQL tab that keeps its texts.
func contextOf(t *testing.T, name string, c *cmfapi.Client) space.Context {
	t.Helper()
	texts := disk.NewTexts(t.TempDir())
	t.Cleanup(func() { _ = texts.Close() })
	return space.Context{
		Name: name, Platform: "CMF", Address: "http://" + name + ".example:8080",
		Open: func() (*platform.Session, error) { return sessionOf(c), nil },
		SQL: func(env *views.Env, s *platform.Session) views.View {
			return sql.New(env, s.SQL, texts, nil)
		},
	}
}

// openContexts opens a console with several contexts.
func openContexts(t *testing.T, width, height int, change func(*Options), contexts ...space.Context) *uitest.Driver {
	t.Helper()
	return open(t, nil, width, height, func(o *Options) {
		o.Context, o.Others = contexts[0], contexts[1:]
		if change != nil {
			change(o)
		}
	})
}

func TestContextScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	prod := contextOf(t, "prod", c)
	prod.Colour, prod.Label, prod.ConfirmTyped, prod.Who, prod.Environment = "red", "PRODUCTION", true, "token from "+
		"~/t", "prod"
	lost := space.Context{
		Name: "lost", Platform: "CMF", Address: "https://cmf.example",
		Open: func() (*platform.Session, error) {
			return nil, errors.New("context lost: token file: open t: no such file or directory")
		},
	}
	for _, size := range sizes {
		for _, scene := range []struct {
			name string
			keys []string
			wait []string
		}{
			{"contexts", []string{"`"}, []string{"3 contexts", "cannot be opened", "failing"}},
			{"contexts-dialog", []string{"D"}, []string{"Type prod/clicks-enrich to confirm"}},
			{"contexts-suspend", []string{"s"}, []string{"Type prod to confirm"}},
			{"contexts-lost", []string{":"}, []string{"ctx dev"}},
		} {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := openContexts(t, size[0], size[1], nil, prod, contextOf(t, "dev", c), lost)
				d.WaitForText("clicks-enrich", "RUNNING", "9 applications")
				waitForCauses(d, size[0])
				d.WaitIdle()
				d.Press(scene.keys...)
				if scene.name == "contexts-lost" {
					d.Type("ctx lost")
					d.Press("enter")
					d.WaitForText("no such file or directory")
				} else {
					d.WaitForText(scene.wait...)
				}
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}

// TestEachContextKeepsItsPlaces filters in one context, types in the SQL tab of
// another, and finds both again.
func TestEachContextKeepsItsPlaces(t *testing.T) {
	t.Parallel()
	d := openContexts(t, 140, 40, nil, contextOf(t, "one", still(t)), contextOf(t, "two", bare(t)))
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("orders")
	d.Press("enter")
	d.WaitForText("3 of 20")
	switchTo(d, "two")
	d.WaitForText("no applications")
	d.Press("9")
	d.WaitForText("F5 or alt-enter")
	d.Press("ctrl+u")
	d.Type("SELECT 'typed in two'")
	d.WaitForText("typed in two")
	d.Press("esc")
	switchTo(d, "one")
	d.WaitForText("/orders", "3 of 20", "one › all › applications")
	switchTo(d, "two")
	d.WaitForText("typed in two", "two › ")
}

// TestThePaletteSaysWhichContextThereIsNot names a context that there is not, and
// the one in front.
func TestThePaletteSaysWhichContextThereIsNot(t *testing.T) {
	t.Parallel()
	d := openContexts(t, 140, 40, nil, contextOf(t, "one", still(t)), contextOf(t, "two", bare(t)))
	d.WaitForText("20 applications")
	switchTo(d, "nope")
	d.WaitForText("there is no context nope")
	switchTo(d, "one")
	d.WaitForText("this is one")
}

func switchTo(d *uitest.Driver, name string) {
	d.Press(":")
	d.Type("ctx " + name)
	d.Press("enter")
}

// TestAContextThatHangsHoldsNothingUp starts on a server that never answers, opens
// the chooser, switches away and quits.
func TestAContextThatHangsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	c := still(t)
	proxy := faulty.Before(t, c.URL())
	proxy.Set(faulty.Fault{Hang: true})
	d := openContexts(
		t, 140, 40, realTime, contextOf(t, "hangs", connect(t, proxy.URL, client.Config{})), contextOf(t, "well", c),
	)
	d.WaitForText("waiting for the applications")
	d.Press("`")
	d.WaitFor(func(screen string) bool { // it is asked for 3 s, which may be over when the other one has answered
		return strings.Contains(screen, "1 failing") &&
			(strings.Contains(screen, "asking") || strings.Contains(screen, "no answer within"))
	})
	d.Press("j", "enter")
	d.WaitForText("20 applications", "well › all")
	d.Press("`")
	d.WaitForText("no answer for")
	d.Press("esc", "q")
	d.WaitForQuit()
}

// TestAContextThatCouldNotBeOpenedIsTriedAgain opens one whose token file comes
// later: with R where it is in front, and from the chooser.
func TestAContextThatCouldNotBeOpenedIsTriedAgain(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, keys := range [][]string{{"R"}, {"`"}} {
		var missing atomic.Bool
		missing.Store(true)
		late := contextOf(t, "late", c)
		late.Open = func() (*platform.Session, error) {
			if missing.Load() {
				return nil, errors.New("token file: no such file")
			}
			return sessionOf(c), nil
		}
		d := openContexts(t, 140, 40, nil, late, contextOf(t, "well", c))
		d.WaitForText("token file: no such file", "R tries again")
		d.Press(keys...)
		d.WaitForText("token file: no such file")
		d.Press("esc")
		missing.Store(false)
		d.Press(keys...)
		d.WaitForText("20 applications")
	}
}

// TestAnActionEndsInItsOwnContext suspends in one context while another is seen.
func TestAnActionEndsInItsOwnContext(t *testing.T) {
	t.Parallel()
	one := running(t)
	proxy := faulty.Before(t, one.URL())
	d := openContexts(
		t, 140, 40, realTime, contextOf(t, "one", connect(t, proxy.URL, client.Config{})),
		contextOf(t, "two", still(t)),
	)
	d.WaitForText("clicks-enrich")
	d.Press("/")
	d.Type("clicks-enrich")
	d.Press("enter", "s")
	d.WaitForText("Suspend clicks-enrich", "one")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/suspend", Delay: 300 * time.Millisecond})
	d.Press("y")
	d.WaitForText("suspending clicks-enrich …")
	switchTo(d, "two")
	d.WaitForText("two › all")
	d.WaitFor(func(screen string) bool { return strings.Contains(screen, "one: suspended clicks-enrich") })
	if n := proxy.Count("/suspend"); n != 1 {
		t.Errorf("%d suspends were sent, want 1", n)
	}
}

// TestNothingIsAskedOfAContextOutOfSight counts what a context is asked after it
// was left.
func TestNothingIsAskedOfAContextOutOfSight(t *testing.T) {
	t.Parallel()
	one, two := still(t), still(t)
	calls := func(c *cmfapi.Client) int { return len(c.Calls().Snapshot()) }
	d := openContexts(t, 140, 40, realTime, contextOf(t, "one", one), contextOf(t, "two", two))
	d.WaitForText("20 applications", "live 2s")
	switchTo(d, "two")
	d.WaitForText("two › all", "20 applications")
	before, first := calls(one), calls(two)
	d.WaitFor(func(string) bool { // what was on its way comes, then nothing
		if calls(one) != before {
			before, first = calls(one), calls(two)
		}
		return calls(two) >= first+6
	})
}

// TestOnlyQueriesLeaveAContextThatIsReadOnlyButForThem runs a query, an INSERT and
// a delete where only queries may be changed.
func TestOnlyQueriesLeaveAContextThatIsReadOnlyButForThem(t *testing.T) {
	t.Parallel()
	target := bare(t)
	proxy := faulty.Before(t, target.URL())
	one := contextOf(t, "one", target)
	one.Open = func() (*platform.Session, error) {
		return cmfplatform.Platform.Open(platform.Settings{
			Context: "one", ReadOnly: views.QueriesOnly, Server: client.Config{URL: proxy.URL},
		})
	}
	one.Environment = "prod"
	d := openContexts(t, 140, 40, realTime, one)
	d.WaitForText("READ-ONLY queries")
	d.Press("9")
	d.WaitForText("prod · pool")
	d.Press("alt+n")
	d.Type("CREATE TABLE t (a INT)")
	d.Press("f5")
	d.WaitForText("and nothing else, so nothing was sent")
	d.Press("alt+n")
	d.Type("SELECT 41 + 1 AS answer")
	d.Press("f5")
	d.WaitForText("COMPLETED", "42")
	d.Press("esc", "3")
	d.WaitForText("1 statement", "COMPLETED")
	d.Press("D")
	d.WaitForText("to confirm")
	for name := range statementNames(t, target, "prod") {
		d.Type(name)
	}
	d.Press("enter")
	d.WaitForText("deleted drey-")
	for _, sent := range proxy.Changes() {
		if strings.Contains(sent, "POST") && !strings.HasSuffix(sent, "/statements") {
			t.Errorf("%s was sent", sent)
		}
	}
}

// TestAStatementThatChangesWantsTheNameOfItsContext runs a CREATE TABLE where
// changes are confirmed by the context's name.
func TestAStatementThatChangesWantsTheNameOfItsContext(t *testing.T) {
	t.Parallel()
	c := bare(t)
	one := contextOf(t, "main", c)
	one.Environment, one.ConfirmTyped = "prod", true
	d := openContexts(t, 140, 40, realTime, one)
	d.Press("9")
	d.WaitForText("prod · pool")
	d.Press("alt+n")
	d.Type("CREATE VIEW v AS SELECT 1 AS a")
	d.Press("f5")
	d.WaitForText("Run a statement", "Type main to confirm")
	d.Press("esc")
	if n := len(statementNames(t, c, "prod")); n != 0 {
		t.Errorf("%d statements were run without the name", n)
	}
	d.Press("f5")
	d.WaitForText("Type main to confirm")
	d.Type("main")
	d.Press("enter")
	d.WaitForText("CREATE VIEW v", "drey-")
	d.WaitFor(func(string) bool { return len(statementNames(t, c, "prod")) == 1 })
}

// TestConsoleBeginsWithTheContextSeenLast switches, ends the console and reads what it
// kept.
func TestConsoleBeginsWithTheContextSeenLast(t *testing.T) {
	t.Parallel()
	texts := disk.NewTexts(t.TempDir())
	t.Cleanup(func() { _ = texts.Close() })
	c := still(t)
	d := openContexts(t, 140, 40, func(o *Options) { o.Lists = texts }, contextOf(t, "one", c), contextOf(t, "two", c))
	d.WaitForText("20 applications")
	switchTo(d, "two")
	d.WaitForText("two › all")
	d.Model().(*Root).Close()
	text, err := texts.Load(ListsName)
	if err != nil {
		t.Fatal(err)
	}
	if got := LastContext(text); got != "two" {
		t.Errorf("the context that was seen last is %q:\n%s", got, text)
	}
	if got := LastContext("{"); got != "" {
		t.Errorf("a damaged text says %q", got)
	}
}

// BenchmarkSwitchToAWarmContext is from the key that switches to the drawn frame.
func BenchmarkSwitchToAWarmContext(b *testing.B) {
	c := still(b)
	open := func() (*platform.Session, error) { return sessionOf(c), nil }
	root := New(b.Context(), Options{
		Context: space.Context{Name: "one", Open: open}, Others: []space.Context{{Name: "two", Open: open}}, Now: fixedNow,
	}, nil)
	d := uitest.New(b, root, 220, 50)
	d.WaitForText("20 applications")
	d.Send(switchMsg{"two"})
	d.WaitForText("two › all", "20 applications")
	d.Send(switchMsg{"one"})
	d.WaitForText("one › all", "20 applications")
	i := 0
	for b.Loop() {
		name := "two"
		if i++; i%2 == 0 {
			name = "one"
		}
		_ = root.switchContext(name) // what is asked then comes later
		if root.dirty = true; root.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}
