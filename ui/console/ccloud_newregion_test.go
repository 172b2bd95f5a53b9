package console

import (
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/views/platform"
)

// TestSQLSaysInWhichRegionItRuns has a key of the data plane alone: the pool's name says the
// region, and a key takes the other one. Nothing goes to the first.
func TestSQLSaysInWhichRegionItRuns(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	us, eu := w.Regions[ccloudtest.Region], w.Regions[ccloudtest.OtherRegion]
	d := openWorldWith(t, w, 180, 40, func(s *platform.Settings) {
		delete(s.Secrets, "auth.cloud-key.secret")
	})
	d.WaitForText("4 statements")
	d.Press("9")
	d.WaitForText("F5")
	d.Press("alt+>")
	d.Type("\n;SELECT id, name FROM orders")
	d.Press("f5")
	d.WaitForText("(default) in us-east-1", "uno", "three")
	posts := func(s *ccloudtest.Server) (n int) {
		for _, c := range s.Changes() {
			if strings.HasPrefix(c, "POST") {
				n++
			}
		}
		return n
	}
	if posts(us) == 0 || posts(eu) > 0 {
		t.Errorf("%d statements came to the first region, %d to the other one", posts(us), posts(eu))
	}
	d.Press("ctrl+o")
	d.WaitForText("(default) in eu-west-1")
	before := posts(us)
	d.Press("f5")
	d.WaitFor(func(string) bool { return posts(eu) > 0 })
	d.WaitForText("uno", "three")
	if n := posts(us) - before; n > 0 {
		t.Errorf("%d more came to the first region", n)
	}
}

// TestTheTextOfAStatementSaysItsRegion creates one in the second region, with no pool and no
// key that could tell; a text that does not say where is not sent.
func TestTheTextOfAStatementSaysItsRegion(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	us, eu := w.Regions[ccloudtest.Region], w.Regions[ccloudtest.OtherRegion]
	d := openWorldWith(t, w, 180, 40, func(s *platform.Settings) {
		delete(s.Secrets, "auth.cloud-key.secret")
	})
	d.WaitForText("4 statements")
	d.Press("a")
	d.WaitForText("What should it begin with?", "A template")
	d.Press("y")
	d.WaitForText("region: us-east-1 # or eu-west-1", "check and compare")
	replace := func(find, with string) {
		d.Press("alt+/")
		d.Type(find)
		d.Press("enter", "home", "ctrl+k")
		d.Type(with)
	}
	replace("environment:", "environment: "+ccloudtest.Environment)
	replace("region:", "# nobody says where")
	d.Press("esc")
	d.WaitForText("region is wanted: us-east-1 or eu-west-1")
	d.Press("e")
	replace("nobody says", "region: eu-central-7")
	d.Press("esc")
	d.WaitForText("eu-central-7", "us-east-1, eu-west-1")
	d.Press("e")
	replace("eu-central-7", "region: eu-west-1")
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "runs in eu-west-1", "POST")
	d.Press("enter")
	d.WaitForText("Create my-statement", "runs in eu-west-1")
	d.Press("y")
	d.WaitForText("RUNNING", "✓ done")
	if want := []string{"POST " +
		strings.TrimSuffix(cloudPath(""), "/")}; !slices.Equal(eu.Changes(), want) || len(us.Changes()) > 0 {
		t.Errorf("sent %q to eu-west-1 and %q to us-east-1", eu.Changes(), us.Changes())
	}
}

// TestACopyIsMadeWhereItsTextSays has the copied one's region in it, and a pool of another
// region refused.
func TestACopyIsMadeWhereItsTextSays(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	us, eu := w.Regions[ccloudtest.Region], w.Regions[ccloudtest.OtherRegion]
	d := openWorld(t, w)
	d.WaitForText("4 statements")
	rowOf(d, "only-eu-west-1")
	d.Press("a")
	d.WaitForText("What should it begin with?", "only-eu-west-1")
	d.Press("down", "y")
	d.WaitForText("region: eu-west-1", "compute_pool_id: "+ccloudtest.OtherPool, "check and compare")
	d.Press("alt+/")
	d.Type("name: only")
	d.Press("enter", "end")
	d.Type("-too")
	d.Press("alt+/")
	d.Type("region:")
	d.Press("enter", "home", "ctrl+k")
	d.Type("region: us-east-1")
	d.Press("esc")
	d.WaitForText(ccloudtest.OtherPool + " is in eu-west-1, and the statement in us-east-1")
	d.Press("e", "alt+/")
	d.Type("region:")
	d.Press("enter", "home", "ctrl+k")
	d.Type("region: eu-west-1")
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "runs in eu-west-1")
	d.Press("enter")
	d.WaitForText("Create only-eu-west-1-too")
	d.Press("y")
	d.WaitForText("✓ done")
	if len(eu.Changes()) != 1 || len(us.Changes()) > 0 || eu.Phase("only-eu-west-1-too") != ccloud.PhaseRunning {
		t.Errorf("sent %q to eu-west-1 and %q to us-east-1", eu.Changes(), us.Changes())
	}
}
