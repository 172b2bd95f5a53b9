package console

import (
	"strings"
	"testing"

	"drey/client/vvpapi/vvptest"
)

// TestWhatNoDocumentHasIsARow changes a deployment to what the product's document does
// not have: it has one row all the same, and nothing of it ends the list.
func TestWhatNoDocumentHasIsARow(t *testing.T) {
	t.Parallel()
	artifact := func(o map[string]any) map[string]any {
		return o["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["artifact"].(map[string]any)
	}
	for name, c := range map[string]struct {
		change func(o map[string]any)
		row    []string // what the line of the deployment says
	}{
		"a state that is not known":      {func(o map[string]any) { o["status"] = map[string]any{"state": "HIBERNATING"} }, []string{"HIBERNATING", "RUNNING"}},
		"a state in lower case":          {func(o map[string]any) { o["status"] = map[string]any{"state": "running"} }, []string{"● RUNNING"}},
		"a state that is a number":       {func(o map[string]any) { o["status"] = map[string]any{"state": 7} }, []string{"cannot be read"}},
		"no status":                      {func(o map[string]any) { delete(o, "status") }, []string{"RUNNING"}},
		"a status that is null":          {func(o map[string]any) { o["status"] = nil }, []string{"RUNNING"}},
		"a kind that is not known":       {func(o map[string]any) { artifact(o)["kind"] = "PYTHON" }, []string{"PYTHON", "RUNNING"}},
		"a condition without words":      {func(o map[string]any) { runningOf(o)["conditions"] = []any{map[string]any{"status": "True"}, nil} }, []string{"RUNNING"}},
		"conditions that are null":       {func(o map[string]any) { runningOf(o)["conditions"] = nil }, []string{"RUNNING"}},
		"a specification that is a text": {func(o map[string]any) { o["spec"] = "none" }, []string{"cannot be read"}},
		"no specification":               {func(o map[string]any) { delete(o, "spec") }, []string{"RUNNING"}},
		"times that are none":            {func(o map[string]any) { o["metadata"].(map[string]any)["createdAt"] = "yesterday" }, []string{"RUNNING", "—"}},
		"a name with control bytes":      {func(o map[string]any) { o["metadata"].(map[string]any)["name"] = "or\x1b[2Jders" }, []string{"RUNNING"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ververica(t, vvptest.Quirks{})
			s.Edit("default", "deployments", "orders", c.change)
			d := openVVP(t, s, 160, 40)
			d.WaitForText("fraud", "clicks", "empty-start")
			d.Press("/")
			d.Type("ders")
			d.WaitForText("1 of 5")
			d.Press("enter")
			line := d.Line("ders")
			for _, want := range c.row {
				if !strings.Contains(line, want) {
					t.Errorf("the row says %q, want %q\n%s", line, want, d.Screen())
				}
			}
			if strings.Contains(d.Coloured(), "\x1b[2J") {
				t.Error("a byte of the server's reached the terminal")
			}
		})
	}
}

func runningOf(o map[string]any) map[string]any {
	return o["status"].(map[string]any)["running"].(map[string]any)
}

// TestADeploymentNamedByAWholeSQLTextIsARow shows its name in one line, and acts on it
// by the name as it is.
func TestADeploymentNamedByAWholeSQLTextIsARow(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	text := "INSERT INTO sink\nSELECT a/b, 'ü%' FROM source\nWHERE " + strings.Repeat("x > 1 AND ", 200) + "TRUE"
	s.AddDeployment("default", text, "RUNNING", "LATEST_STATE")
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "INSERT INTO sink SELECT a/b")
	filtered(d, "sink", "1 of 6")
	d.CheckSize(140, 40)
	d.Press("s")
	d.WaitForText("a savepoint is taken, then its job stops")
	d.CheckSize(140, 40)
	d.Press("y")
	d.WaitForText("suspended INSERT INTO sink")
	if got := s.Spec("default", "deployments", text); !strings.Contains(got, `"state":"SUSPENDED"`) {
		t.Errorf("it is %s", got)
	}
	d.Press("D")
	d.WaitForText("Type delete 1 to confirm") // nobody types 2,000 characters
	d.Type("delete 1")
	d.Press("enter")
	d.WaitForText("deleted INSERT INTO sink")
	if got := s.Spec("default", "deployments", text); got != "" {
		t.Errorf("it is there: %s", got)
	}
}

// TestWhatAProxySaysIsOneMessage has a proxy's page for everything, and its 403 for one
// collection: what was listed stays, and the other lists go on.
func TestWhatAProxySaysIsOneMessage(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Forbids: "/sessionclusters"})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press("4")
	d.WaitForText("403")
	if strings.Contains(d.Screen(), "<html") {
		t.Errorf("a proxy's page is on the screen:\n%s", d.Screen())
	}
	d.Press("2")
	d.WaitForText("5 deployments", "The job failed 4 times", "kind: JAR") // nothing is left to read
	s.Set(func(q *vvptest.Quirks) { q.HTML = true })
	d.Press("ctrl+r")
	d.WaitForText("next try in", "old, failing (502): the server answered with a web page: proxy", "orders")
	screen := d.Screen()
	list := screen[strings.Index(screen, "\n"):] // the header says it, too
	if strings.Contains(screen, "<html") || strings.Count(list, "a web page") != 1 {
		t.Errorf("want one message:\n%s", screen)
	}
	s.Set(func(q *vvptest.Quirks) { q.HTML = false })
	d.WaitForText("live")
	d.WaitFor(func(screen string) bool { return !strings.Contains(screen, "a web page") })
}

// TestANamespaceThatIsGoneIsOneMessage lists the others.
func TestANamespaceThatIsGoneIsOneMessage(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Deleted: "team"})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "orders", "team")
	d.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "namespace not found") || strings.Contains(screen, "without team")
	})
}

// TestWhatThePlatformRefusesIsSaidInItsWords has a 409 and a 501.
func TestWhatThePlatformRefusesIsSaidInItsWords(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Unlicensed: "sessionclusters"})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press("4")
	d.WaitForText("session clusters › shared")
	d.Press("s")
	d.WaitForText("Stop shared")
	d.Press("y")
	d.WaitForText("sessionclusters are not part of your licence")
	d.Press("2")
	d.WaitForText("deployments › ")
	filtered(d, "orders", "1 of 5")
	d.Press("S")
	d.WaitForText("a savepoint is written; the job goes on")
	s.Set(func(q *vvptest.Quirks) { q.Conflict = "/savepoints" })
	d.Press("y")
	d.WaitForText("another change of it is under way")
}

// TestFiveThousandJobsAreListed asks for the jobs of one deployment in one request, for
// the platform has no pages.
func TestFiveThousandJobsAreListed(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	s.AddJobs("default", "orders", 5000)
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("enter")
	d.WaitForText("5,001 jobs", "TERMINATED")
	d.Press("G")
	d.WaitForText("5,001 jobs")
	if n := s.Unfiltered("jobs"); n != 0 {
		t.Errorf("the jobs of all deployments were asked for %d times", n)
	}
}
