package console

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmfapi"
	"drey/ui/console/address"
	"drey/ui/uitest/crowd"
)

// crowded is a client of a server of many environments.
func crowded(t testing.TB, environments, applications int) (*crowd.Server, *cmfapi.Client) {
	t.Helper()
	server := crowd.New(environments, applications)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	c, err := cmfapi.New(client.Config{URL: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return server, c
}

// TestAnAddressOfAnEnvironmentThatIsNotThere is opened at the start and from the
// palette: all environments are shown, and it is said why.
func TestAnAddressOfAnEnvironmentThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, c := crowded(t, 2, 1)
	const said = "there is no environment nowhere in demo: all are shown, choose one with 1"
	d := open(t, c, 160, 40, func(o *Options) {
		o.Start = address.Address{Context: "demo", Scopes: "environments", Scope: "nowhere", Tab: "applications"}
	})
	d.WaitForText(said, "2 applications", "team-001")
	d = open(t, c, 160, 40, nil)
	d.WaitForText("2 applications")
	openAt := func(address string) {
		d.Press(":")
		d.Type(address)
		d.WaitForText("open drey://")
		d.Press("enter")
	}
	openAt("drey://demo/environments/nowhere/applications")
	d.WaitForText(said, "2 applications", "team-001")
	openAt("drey://demo/environments/team-001/applications")
	d.WaitForText("1 application", "demo › team-001")
	if strings.Contains(d.Screen(), "there is no environment team-001") {
		t.Errorf("an environment that is there is told to be missing:\n%s", d.Screen())
	}
}

// TestRowsOfManyEnvironmentsKeepToTheBudget opens a console on 400 environments:
// the rows of the first are there before the last was asked, those in trouble among
// them, and no list is asked for twice meanwhile.
func TestRowsOfManyEnvironmentsKeepToTheBudget(t *testing.T) {
	t.Parallel()
	server, c := crowded(t, 400, 1)
	server.Fail("team-399", crowd.ApplicationName(0), true)
	d := open(t, c, 160, 40, nil)
	d.WaitForText("team-399", "FAILED", "still waiting for")
	lists, environments := crowd.Lists(server.Requests())
	if lists != environments || environments > 100 {
		t.Errorf("%d lists of %d environments were asked for until the first rows", lists, environments)
	}
}

// TestTheChooserCountsAsTheHeaderDoes compares the two for the context in front,
// and for one that was left: a statement that failed is among the problems of both.
func TestTheChooserCountsAsTheHeaderDoes(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := openContexts(t, 140, 40, nil, contextOf(t, "one", c), contextOf(t, "two", c))
	d.WaitForText("20 applications", "3 failing") // two of them, and a statement that is counted later
	d.WaitIdle()
	failing := regexp.MustCompile(`(\d+) failing`)
	header := failing.FindString(strings.SplitN(d.Screen(), "\n", 2)[0])
	if header == "" {
		t.Fatalf("nothing fails:\n%s", d.Screen())
	}
	chosen := func(name string) string {
		d.Press("`")
		d.WaitForText("2 contexts")
		defer d.Press("esc")
		for _, line := range strings.Split(d.Screen(), "\n") {
			if strings.Contains(line, name+".example") {
				return failing.FindString(line)
			}
		}
		return ""
	}
	if got := chosen("one"); got != header {
		t.Errorf("the chooser says %q of the context in front, the header %q", got, header)
	}
	switchTo(d, "two")
	d.WaitForText("two › all", "20 applications")
	d.WaitIdle()
	if got := chosen("one"); got != header {
		t.Errorf("the chooser says %q of a context that was left, its header %q", got, header)
	}
}

// TestAPageOpenedFromTheEnvironmentsIsSeen at a size where their pane takes the whole screen.
func TestAPageOpenedFromTheEnvironmentsIsSeen(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 80, 24, func(o *Options) { o.Editor = "builtin" })
	d.WaitForText("20 applications")
	d.Press("1", "j")
	for _, key := range []string{"d", "e", "b", "@", "K", "L"} {
		d.WaitForText("1 Environments", "its objects")
		d.Press(key)
		d.WaitFor(func(screen string) bool { return !strings.Contains(screen, "1 Environments") })
		d.Press("esc")
	}
}

// TestARefusalStaysInItsContext and says nothing of the one that is shown then.
func TestARefusalStaysInItsContext(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := openContexts(t, 140, 40, nil, contextOf(t, "one", c), contextOf(t, "two", c))
	d.WaitForText("20 applications")
	d.Press("4")
	d.WaitForText("› pools ›")
	d.Press("u")
	d.WaitForText("nothing was done")
	switchTo(d, "two")
	d.WaitForText("two › all", "20 applications")
	if strings.Contains(d.Screen(), "nothing was done") {
		t.Errorf("it was in the other context:\n%s", d.Screen())
	}
}
