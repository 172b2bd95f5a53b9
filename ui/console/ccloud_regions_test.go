package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/ui/uitest"
	"drey/views/platform"
)

// twoRegions is a world with one statement of its own in each region, and one of the
// same name in both.
func twoRegions(t *testing.T, quirks ccloudtest.Quirks) *ccloudtest.World {
	t.Helper()
	w := ccloudtest.NewWorld(t, quirks, ccloudtest.Region, ccloudtest.OtherRegion)
	for region, s := range w.Regions {
		s.Add(
			ccloudtest.Environment, "same-name",
			"INSERT INTO s SELECT * FROM "+strings.ReplaceAll(region, "-", "_"), ccloud.PhaseRunning,
		)
		s.Add(ccloudtest.Environment, "only-"+region, "INSERT INTO o SELECT 1", ccloud.PhaseRunning)
	}
	for _, name := range []string{"same-name", "only-eu-west-1"} {
		w.Regions[ccloudtest.OtherRegion].Edit(name, func(o map[string]any) {
			o["spec"].(map[string]any)["compute_pool_id"] = ccloudtest.OtherPool
		})
	}
	return w
}

// worldSettings are those of a context of a world, with the keys of both planes: the
// hosts are those that follow from cloud and region.
func worldSettings(w *ccloudtest.World, regions ...string) platform.Settings {
	settings := cloudSettings(w.Control)
	settings.Values["region"] = strings.Join(regions, "\n")
	for _, name := range []string{"endpoint", "control-url", "metrics-url"} {
		delete(settings.Values, name)
	}
	settings.Server.CAPath, settings.Server.Proxy = w.CA, w.Proxy
	return settings
}

func openWorld(t *testing.T, w *ccloudtest.World) *uitest.Driver {
	t.Helper()
	return openCloudWith(t, worldSettings(w, ccloudtest.Region, ccloudtest.OtherRegion), 180, 40)
}

// rowOf chooses a row by what is in it.
func rowOf(d *uitest.Driver, texts ...string) {
	d.Press("/")
	d.Type(strings.Join(texts, " "))
	d.Press("enter")
	d.WaitForText(append([]string{"1 of "}, texts...)...)
}

// TestStatementsOfTwoRegionsAreOneList acts on the rows of one name, each in its own
// region, and asks no host but those of the context.
func TestStatementsOfTwoRegionsAreOneList(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{StoppingPolls: 1, PendingPolls: 1, DeletingPolls: 1})
	us, eu := w.Regions[ccloudtest.Region], w.Regions[ccloudtest.OtherRegion]
	d := openWorld(t, w)
	d.WaitForText("4 statements", "only-us-east-1", "only-eu-west-1", "REGION")
	rowOf(d, "same-name", "eu-west-1")
	d.Press("x")
	d.WaitForText("Stop same-name", "in eu-west-1 it stops")
	d.Press("y")
	d.WaitForText("stopped same-name", "STOPPED")
	path := cloudPath("same-name")
	if !slices.Equal(eu.Changes(), []string{"PUT " + path}) || len(us.Changes()) > 0 {
		t.Errorf("sent %q to the one, %q to the other", eu.Changes(), us.Changes())
	}
	d.Press("s")
	d.WaitForText("Resume same-name", "in eu-west-1 it goes on")
	if strings.Contains(d.Screen(), "In which pool") { // the others are of the other region
		t.Errorf("a pool of another region is offered:\n%s", d.Screen())
	}
	d.Press("y")
	d.WaitForText("resumed same-name", "RUNNING")
	d.Press("D")
	d.WaitForText("Type same-name to confirm", "in eu-west-1 it is stopped")
	d.Type("same-name")
	d.Press("enter")
	d.WaitForText("deleted same-name")
	if want := []string{"PUT " + path, "PUT " + path, "DELETE " + path}; !slices.Equal(eu.Changes(), want) {
		t.Errorf("sent %q, want %q", eu.Changes(), want)
	}
	if us.Phase("same-name") != ccloud.PhaseRunning || len(us.Changes()) > 0 {
		t.Errorf("the other one is %s, and was sent %q", us.Phase("same-name"), us.Changes())
	}
	if want := []string{
		"api.confluent.cloud:443", "api.telemetry.confluent.cloud:443",
		"flink.eu-west-1.aws.confluent.cloud:443", "flink.us-east-1.aws.confluent.cloud:443",
	}; !slices.Equal(w.Asked(), want) {
		t.Errorf("asked %q, want %q", w.Asked(), want)
	}
}

// TestARegionThatFailsIsNamed has the rows of the other one stay, and its own come back.
func TestARegionThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	eu := w.Regions[ccloudtest.OtherRegion]
	eu.Set(func(q *ccloudtest.Quirks) { q.HTML = true })
	d := openWorld(t, w)
	d.WaitForText("only-us-east-1", "eu-west-1", "cannot be read", "502 Bad Gateway")
	eu.Set(func(q *ccloudtest.Quirks) { q.HTML = false })
	d.WaitForText("4 statements", "only-us-east-1", "only-eu-west-1")
	eu.Set(func(q *ccloudtest.Quirks) { q.HTML = true })
	d.WaitForText("only-us-east-1", "only-eu-west-1", "502 Bad Gateway")
	w.Regions[ccloudtest.Region].Set(func(q *ccloudtest.Quirks) { q.HTML = true })
	d.WaitForText("failing (502)")
}

// TestARegionThatHangsHoldsNoRowsUp has the rows of the other one at once.
func TestARegionThatHangsHoldsNoRowsUp(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	eu := w.Regions[ccloudtest.OtherRegion]
	eu.Set(func(q *ccloudtest.Quirks) { q.Hangs = true })
	d := openWorld(t, w)
	d.WaitForText("only-us-east-1", "eu-west-1", "it has not answered yet")
	rowOf(d, "only-us-east-1")
	d.Press("x")
	d.WaitForText("Stop only-us-east-1")
	d.Press("y")
	d.WaitForText("stopped only-us-east-1", "STOPPED")
	eu.Set(func(q *ccloudtest.Quirks) { q.Hangs = false })
	d.Press("esc")
	d.WaitForText("4 statements", "only-eu-west-1")
}

// TestEachRegionHasItsOwnOfEverything shows what has the same name in both.
func TestEachRegionHasItsOwnOfEverything(t *testing.T) {
	t.Parallel()
	d := openWorld(t, twoRegions(t, ccloudtest.Quirks{}))
	d.WaitForText("4 statements")
	for tab, want := range map[string][]string{
		"4": {"2 materialized tables", "lkc-01", "lkc-02"}, "5": {"4 connections", "eu-west-1", "us-east-1"},
		"7": {"4 workspaces", "eu-west-1", "us-east-1"}, "8": {"2 regions", "Ireland", "N. Virginia"},
		"3": {"3 compute pools", "orders-eu"},
	} {
		d.Press(tab)
		d.WaitForText(want...)
	}
}

// TestAStatementsResultsAreThoseOfItsRegion opens the row of the other one.
func TestAStatementsResultsAreThoseOfItsRegion(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{})
	for region, s := range w.Regions {
		s.Add(
			ccloudtest.Environment, "select-it", "SELECT id, name FROM "+strings.ReplaceAll(region, "-", "_"),
			ccloud.PhaseRunning,
		)
	}
	d := openWorld(t, w)
	d.WaitForText("6 statements")
	rowOf(d, "select-it", "us-east-1")
	d.Press("r")
	d.WaitForText("FROM us_east_1", "uno", "three")
	for _, r := range w.Regions[ccloudtest.OtherRegion].Seen() {
		if strings.HasSuffix(r.Path, "/results") {
			t.Errorf("the other one's results are read: %s", r.Path)
		}
	}
}

// TestAStatementIsEvolvedInItsRegion has neither a pool that says where it is.
func TestAStatementIsEvolvedInItsRegion(t *testing.T) {
	t.Parallel()
	w := twoRegions(t, ccloudtest.Quirks{StoppingPolls: 1})
	eu := w.Regions[ccloudtest.OtherRegion]
	eu.Edit("only-eu-west-1", func(o map[string]any) { delete(o["spec"].(map[string]any), "compute_pool_id") })
	d := openWorld(t, w)
	d.WaitForText("4 statements")
	rowOf(d, "only-eu-west-1")
	d.Press("V")
	d.WaitForText("name: only-eu-west-1-v2", "check and compare")
	d.Press("alt+/")
	d.Type("INSERT")
	d.Press("enter", "end")
	d.Type(" WHERE TRUE")
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "POST", "PUT")
	d.Press("enter")
	d.WaitForText("Create only-eu-west-1-v2", "What will be sent")
	d.Press("y")
	d.WaitForText("RUNNING", "✓ done")
	list := strings.TrimSuffix(cloudPath(""), "/")
	if want := []string{"POST " + list, "PUT " + cloudPath("only-eu-west-1")}; !slices.Equal(eu.Changes(), want) {
		t.Errorf("sent %q, want %q", eu.Changes(), want)
	}
	if us := w.Regions[ccloudtest.Region]; len(us.Changes()) > 0 {
		t.Errorf("the other region was sent %q", us.Changes())
	}
}

// TestFiveResultsAndFiveHundredStatementsOpenFewConnections counts at the server what a
// console with five buffers opens and asks.
func TestFiveResultsAndFiveHundredStatementsOpenFewConnections(t *testing.T) {
	t.Parallel()
	const allowed, most = 100, 32 // platforms.md A7; drey's own
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	for n := range 500 {
		s.Add(ccloudtest.Environment, fmt.Sprintf("s-%03d", n), "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	}
	d := openCloud(t, s, 140, 40)
	d.WaitForText("500 statements")
	d.Press("9")
	d.WaitForText("F5")
	for n := range 5 {
		if n > 0 {
			d.Press("alt+n")
			d.WaitForText(fmt.Sprintf("query %d", n+1))
		}
		d.Press("alt+>")
		d.Type(fmt.Sprintf("\n;SELECT id, name FROM orders WHERE id > %d", n))
		d.Press("f5")
		if n == 0 {
			d.WaitForText("Run in which environment?", ccloudtest.Environment)
			d.Press("enter")
		}
		d.WaitForText("uno", "three")
	}
	d.Press("esc", "2")
	d.WaitForText("505 statements")
	seen := s.Seen()
	if n := s.MostConnections(); n > most {
		t.Errorf("%d connections were open for %d requests: the address allows %d", n, len(seen), allowed)
	} else {
		t.Logf("%d connections at most for %d requests", n, len(seen))
	}
	slices.SortFunc(seen, func(a, b ccloudtest.Seen) int { return a.At.Compare(b.At) })
	const jitter = 3 // those that are late by a scheduler's turn
	for from := range seen {
		for to := from; to < len(seen); to++ {
			within := seen[to].At.Sub(seen[from].At)
			if n, allows := to-from+1, 50+5*within.Seconds()+jitter; float64(n) > allows {
				t.Fatalf("%d requests came within %s", n, within)
			}
		}
	}
}
