package console

import (
	"strings"
	"testing"

	"drey/client"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// inScope shows the environment that begins so, "all" for all.
func inScope(d *uitest.Driver, name string) {
	d.Press(":")
	d.Type("app -e " + name)
	d.Press("enter")
	d.WaitForText("demo › " + name + " › applications")
}

// TestRowsStayWhileTheServerIsAway goes through environments of a server that does not
// answer any more, one that was looked at before and one whose rows were seen among all.
func TestRowsStayWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	inScope(d, "prod")
	d.WaitForText("9 applications")
	inScope(d, "all")
	d.WaitForText("20 applications")
	proxy.Set(faulty.Fault{Cut: true})
	d.WaitForText("✗ offline")
	for _, c := range []struct{ name, rows string }{
		{"prod", "9 applications"}, {"all", "20 applications"}, {"staging", "6 applications"}, {"all", "20 applications"},
	} {
		inScope(d, c.name)
		d.WaitForText("✗ offline", c.rows, " old, ")
		if strings.Contains(d.Screen(), "asking again by itself") {
			t.Errorf("%s: the rows that were there are taken away:\n%s", c.name, d.Screen())
		}
	}
	d.Press("3")
	d.WaitForText("offline: http") // never seen: nothing is known
	proxy.Set()
	d.Press("2", "R")
	d.WaitForText("20 applications", "● live")
	inScope(d, "staging")
	d.WaitForText("6 applications", "● live")
}
