package console

import (
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// cloudPath is a statement's.
func cloudPath(name string) string {
	return "/sql/v1/organizations/" + ccloudtest.Organization + "/environments/" + ccloudtest.Environment +
		"/statements/" + name
}

// onlyStatement filters the statements down to one.
func onlyStatement(d *uitest.Driver, name string) {
	d.Press("/")
	d.Type(name)
	d.Press("enter")
	d.WaitForText("1 of ", name)
}

// TestACloudStatementsStopIsTakenBack undoes it on a key, and makes one again that
// was deleted.
func TestACloudStatementsStopIsTakenBack(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{StoppingPolls: 1, PendingPolls: 1, DeletingPolls: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "orders-enriched")
	d.Press("x")
	d.WaitForText("Stop orders-enriched")
	d.Press("y")
	d.WaitForText("stopped orders-enriched", "STOPPED")
	d.Press("u")
	d.WaitForText("Resume orders-enriched")
	d.Press("y")
	d.WaitForText("resumed orders-enriched", "RUNNING")
	if want := []string{
		"PUT " + cloudPath("orders-enriched"), "PUT " + cloudPath("orders-enriched"),
	}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}

// TestWhatMetAStopEachTimeIsSaid has somebody change the statement all the time.
func TestWhatMetAStopEachTimeIsSaid(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "orders-enriched")
	s.Set(func(q *ccloudtest.Quirks) { q.Conflicts, q.ConflictLabel = 8, "user.confluent.io/team" })
	d.Press("x")
	d.WaitForText("Stop orders-enriched")
	d.Press("y")
	d.WaitForText("changed by somebody else 8 times")
	d.Press("E")
	d.WaitForText("changed meanwhile:", "user.confluent.io/team")
}

// TestACloudStatementsLabelsAreEdited sends the whole object; what is fixed says why.
func TestACloudStatementsLabelsAreEdited(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{Conflicts: 1})
	s.Edit("orders-enriched", func(o map[string]any) {
		o["metadata"].(map[string]any)["labels"] = map[string]any{"user.confluent.io/team": "orders"}
	})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "orders-enriched")
	d.Press("e")
	d.WaitForText("user.confluent.io/team: orders", "check and compare")
	d.Press("alt+/")
	d.Type("team")
	d.Press("enter", "end")
	d.Type("-and-sales")
	d.Press("alt+/")
	d.Type("INSERT")
	d.Press("enter", "end")
	d.Type("X")
	d.Press("esc")
	d.WaitForText("the text of a statement cannot be changed", "V evolves it")
	d.Press("e", "alt+/")
	d.Type("INSERT")
	d.Press("enter", "end", "backspace", "esc")
	d.WaitForText("nothing wrong was found", "labels alone change", "PUT")
	d.Press("enter")
	d.WaitForText("Apply orders-enriched", "orders → orders-", "What will be sent")
	d.Press("y")
	d.WaitForText("applied orders-enriched")
	if want := []string{
		"PUT " + cloudPath("orders-enriched"), "PUT " + cloudPath("orders-enriched"),
	}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q: one met another change", s.Changes(), want)
	}
	if got := s.Labels("orders-enriched")["user.confluent.io/team"]; got != "orders-and-sales" {
		t.Errorf("the label is %v", got)
	}
}

// TestACloudStatementIsEvolvedAndBack goes over to a new text, back, and over again.
func TestACloudStatementIsEvolvedAndBack(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{StoppingPolls: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "orders-enriched")
	d.Press("V")
	d.WaitForText(
		"name: orders-enriched-v2", "sql.tables.initial-offset-from: orders-enriched", "no state", "6 hours",
		"check and compare",
	)
	d.Press("alt+/")
	d.Type("INSERT")
	d.Press("enter", "end")
	d.Type(" WHERE o.id > 1")
	d.Press("esc")
	d.WaitForText("orders-enriched is stopped, unless it is", "begin empty", "POST", "PUT")
	d.Press("enter")
	d.WaitForText("Create orders-enriched-v2", "What will be sent")
	d.Press("y")
	d.WaitForText("RUNNING", "✓ done")
	path, next := cloudPath("orders-enriched"), cloudPath("orders-enriched-v2")
	list := strings.TrimSuffix(path, "/orders-enriched")
	want := []string{"POST " + list, "PUT " + path}
	if !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
	d.Press("esc")
	d.WaitForText("2 of ", "orders-enriched-v2")
	d.Press("esc")
	onlyStatement(d, "orders-enriched-v2")
	for _, way := range []struct{ pick, stops, runs string }{
		{"this one is stopped; orders-enriched goes on", next, path},
		{"orders-enriched is stopped; this one goes on", path, next},
	} {
		d.Press("u")
		d.WaitForText("Which one should run?", way.pick, "What will be sent")
		d.Press("y")
		d.WaitForText("changed over orders-enriched-v2")
		want = append(want, "PUT "+way.stops, "PUT "+way.runs)
		if !slices.Equal(s.Changes(), want) {
			t.Errorf("sent %q, want %q", s.Changes(), want)
		}
		d.Press("esc")
		onlyStatement(d, "orders-enriched-v2")
	}
	if got := s.Phase("orders-enriched-v2"); got != ccloud.PhaseRunning {
		t.Errorf("it is %s", got)
	}
}

// TestALostAnswerToTheStopOfAnEvolutionIsLookedFor cuts the connection instead of answering,
// before the statement that is evolved was stopped and after: it says that it could not be
// stopped only where it runs on.
func TestALostAnswerToTheStopOfAnEvolutionIsLookedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		after bool
		says  []string
	}{
		{"before", false, []string{"orders-enriched-v2 was created and waits for orders-enriched, which could not be stopped"}},
		{"after", true, []string{"RUNNING", "✓ done"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := cloud(t, ccloudtest.Quirks{StoppingPolls: 1})
			proxy := faulty.Before(t, s.URL)
			d, _ := cloudConsole(t, s, proxy.URL, t.TempDir())
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
			proxy.Set(faulty.Fault{Method: "PUT", Cut: true, After: c.after})
			d.Press("enter")
			d.WaitForText("Create orders-enriched-v2", "Create (y)")
			d.Press("y")
			d.WaitForText(c.says...)
			if stopped := s.Spec("orders-enriched")["stopped"]; stopped != c.after || proxy.Count("PUT") != 1 {
				t.Errorf("stopped is %v after %d requests", stopped, proxy.Count("PUT"))
			}
		})
	}
}

// TestASelectIsNotEvolved says why.
func TestASelectIsNotEvolved(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "dev-select")
	d.Press("V")
	d.WaitForText("cannot evolve dev-select", "writes to no table")
}

// TestACloudStatementIsCreated checks its name and pool before anything is sent.
func TestACloudStatementIsCreated(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{PendingPolls: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("a")
	d.WaitForText("What should it begin with?", "A template")
	d.Press("y")
	d.WaitForText("name: my-statement", "check and compare")
	d.Press("alt+/")
	d.Type("environment:")
	d.Press("enter", "end")
	for range len(" # where it runs; this line is not sent") {
		d.Press("backspace")
	}
	d.Type(" " + ccloudtest.Environment)
	d.Press("alt+/")
	d.Type("name: my")
	d.Press("enter", "home")
	for range len("name: ") {
		d.Press("right")
	}
	d.Type("My_")
	d.Press("esc")
	d.WaitForText("want at most 100 lower-case letters")
	d.Press("e", "alt+/")
	d.Type("name: My")
	d.Press("enter", "home")
	for range len("name: ") {
		d.Press("right")
	}
	d.Press("delete", "delete", "delete", "esc")
	d.WaitForText("nothing wrong was found", "POST")
	d.Press("enter")
	d.WaitForText("Create my-statement", "What will be sent")
	d.Press("y")
	d.WaitForText("RUNNING", "✓ done")
	if got := s.Changes(); len(got) != 1 || !strings.HasPrefix(got[0], "POST") {
		t.Errorf("sent %q", got)
	}
}

// TestAStatementIsCheckedWithoutBeingRun marks the place that the dry run names, and
// leaves no helper behind.
func TestAStatementIsCheckedWithoutBeingRun(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{PendingPolls: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("7")
	d.WaitForText("Orders by hour")
	d.Press("enter")
	d.WaitForText("FROM orders;", "F6 check")
	d.Press("f6")
	d.WaitForText("nothing wrong was found; it was not run")
	d.Press("alt+>")
	d.Type("\nINSERT INTO a SELECT *\nFROM no_such_table;")
	d.Press("left", "f6")
	d.WaitForText("SQL validation failed", "✗")
	// The statement's second line is a later one of the buffer.
	if strings.Contains(d.Screen(), "Error from line 2,") {
		t.Errorf("the place is not that of the buffer:\n%s", d.Screen())
	}
	d.WaitFor(func(string) bool {
		var posts, deletes int
		for _, c := range s.Changes() {
			switch {
			case strings.HasPrefix(c, "POST"):
				posts++
			case strings.HasPrefix(c, "DELETE"):
				deletes++
			}
		}
		return posts >= 2 && posts == deletes
	})
}

// TestAComputePoolIsMadeAndRenamed refuses a size that it cannot shrink to.
func TestAComputePoolIsMadeAndRenamed(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("3")
	d.WaitForText("2 compute pools", "reports")
	d.Press("/")
	d.Type("reports")
	d.Press("enter")
	d.WaitForText("1 of 2")
	d.Press("e")
	d.WaitForText("display_name: reports", "check and compare")
	d.Press("alt+/")
	d.Type("max_cfu")
	d.Press("enter", "backspace", "backspace")
	d.Type("40")
	d.Press("esc")
	d.WaitForText("it has 50, and a pool cannot shrink")
	d.Press("e", "alt+/")
	d.Type("max_cfu")
	d.Press("enter", "backspace", "backspace")
	d.Type("50")
	d.Press("alt+/")
	d.Type("display_name")
	d.Press("enter", "end")
	d.Type("-eu")
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "its name alone changes", "PATCH")
	d.Press("enter")
	d.WaitForText("reports → reports-eu", "What will be sent")
	d.Press("y")
	d.WaitForText("PROVISIONED", "✓ done")
	d.Press("esc", "esc")
	d.WaitForText("reports-eu", "2 compute pools")
	d.Press("a")
	d.WaitForText("A template")
	d.Press("y")
	d.WaitForText("display_name: my-pool", "check and compare")
	d.Press("alt+/")
	d.Type("environment:")
	d.Press("enter", "home")
	for range len("environment:") {
		d.Press("right")
	}
	d.Press("ctrl+k")
	d.Type(" " + ccloudtest.Environment)
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "POST")
	d.Press("enter")
	d.WaitForText("Create my-pool", "What will be sent")
	d.Press("y")
	d.WaitForText("PROVISIONED", "✓ done")
	d.Press("esc")
	d.WaitForText("my-pool", "3 compute pools")
	if want := []string{
		"PATCH /fcpm/v2/compute-pools/" + ccloudtest.BigPool, "POST /fcpm/v2/compute-pools",
	}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}

// TestMetricsOfACloudStatementAreDrawn asks once a minute for each; what may not be
// read is one line.
func TestMetricsOfACloudStatementAreDrawn(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	onlyStatement(d, "orders-enriched")
	const own = "sql.current-catalog: prod" // the details of the row before stay until those of this one are there
	d.WaitForText(own, "records in", "▁▂▂▂▃", "██ 2,000", "pending", "CFU", "watermark", "30s behind")
	before := metricsAsked(t, s, "orders-enriched")
	d.Press("esc")
	onlyStatement(d, "orders-enriched")
	d.WaitForText(own, "█ 2,000")
	if after := metricsAsked(t, s, "orders-enriched"); before < 5 || after != before {
		t.Errorf("metrics of one statement were asked for %d times, then %d times: want each, and not again", before, after)
	}
	s.Set(func(q *ccloudtest.Quirks) { q.NoMetrics = true })
	d = openCloud(t, s, 140, 40) // it has read none of another statement while a filter was typed
	d.WaitForText("fraud-scores")
	onlyStatement(d, "dev-select")
	d.WaitForText("metrics", "not read:", "MetricsViewer")
}

// metricsAsked is how many metrics of a statement were asked for, all with the key of the
// control plane. A filter that is typed slowly selects other statements meanwhile, whose
// metrics may be asked for, too.
func metricsAsked(t *testing.T, s *ccloudtest.Server, name string) (n int) {
	t.Helper()
	for _, r := range s.Seen() {
		if !strings.HasPrefix(r.Path, "/v2/metrics/") {
			continue
		}
		if r.User != ccloudtest.ControlKey {
			t.Errorf("metrics were asked for with %s", r.User)
		}
		if strings.Contains(r.Body, `"`+name+`"`) {
			n++
		}
	}
	return n
}

// TestAHelperThatWasLeftOverIsOfferedForRemoval needs no name to be typed.
func TestAHelperThatWasLeftOverIsOfferedForRemoval(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("1 hidden")
	d.Press("H")
	d.WaitForText("names-of-drey", "left over")
	onlyStatement(d, "names-of-drey")
	d.WaitForText("counts against the quota")
	d.Press("D")
	d.WaitForText("Delete names-of-drey", "What will be sent")
	d.Press("y")
	d.WaitForText("deleted names-of-drey")
	if want := []string{"DELETE " + cloudPath("names-of-drey")}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q", s.Changes())
	}
}

// TestAStatementIsEditedToRunAsAnotherPrincipal changes who it runs as and lets it go on,
// with one request: one that is stopped, and one that has failed.
func TestAStatementIsEditedToRunAsAnotherPrincipal(t *testing.T) {
	t.Parallel()
	for name, stopped := range map[string]bool{"clicks-sessions": true, "fraud-scores": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := cloud(t, ccloudtest.Quirks{PendingPolls: 1})
			s.Edit(name, func(o map[string]any) { // it would fail again
				o["spec"].(map[string]any)["statement"] = "INSERT INTO a SELECT * FROM b"
			})
			d := openCloud(t, s, 140, 40)
			d.WaitForText("fraud-scores")
			onlyStatement(d, name)
			d.Press("s")
			d.WaitForText("Resume "+name, "as sa-1")
			d.Press("esc")
			d.Press("e")
			d.WaitForText("principal: sa-1", "check and compare")
			d.Press("alt+/")
			d.Type("principal")
			d.Press("enter", "end", "backspace")
			d.Type("2")
			if stopped {
				d.Press("alt+/")
				d.Type("stopped: true")
				d.Press("enter", "end", "backspace", "backspace", "backspace", "backspace")
				d.Type("false")
			}
			d.Press("esc")
			d.WaitForText("nothing wrong was found", "it goes on from where it was, with this", "PUT")
			d.Press("enter")
			d.WaitForText("Apply "+name, "sa-1 → sa-2")
			d.Press("y")
			d.WaitForText("RUNNING", "✓ done")
			if want := []string{"PUT " + cloudPath(name)}; !slices.Equal(s.Changes(), want) {
				t.Errorf("sent %q, want %q", s.Changes(), want)
			}
			if spec := s.Spec(name); spec["principal"] != "sa-2" || spec["stopped"] != false {
				t.Errorf("it is %v", spec)
			}
		})
	}
}

// TestSmallLettersAreReadAsCapitals has a server that writes the names of values small:
// the rows are what they would be.
func TestSmallLettersAreReadAsCapitals(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{SmallLetters: true})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores", "FAILED", "POOL_EXHAUSTED: its", "1 failing")
	onlyStatement(d, "orders-enriched")
	d.Press("x")
	d.WaitForText("Stop orders-enriched", "it can be resumed")
	d.Press("y")
	d.WaitForText("stopped orders-enriched", "STOPPED")
	d.Press("esc", "3")
	d.WaitForText("2 compute pools", "PROVISIONED")
}
