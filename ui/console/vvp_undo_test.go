package console

import (
	"slices"
	"strings"
	"testing"

	"drey/client/vvpapi/vvptest"
	"drey/ui/uitest"
	"drey/views"
)

// TestADeletedDeploymentIsMadeAgain takes a delete back from its toast, saying what
// does not come back; nothing that belongs to the platform is sent.
func TestADeletedDeploymentIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	s.Edit("default", "deployments", "clicks", func(o map[string]any) {
		m := o["metadata"].(map[string]any)
		m["labels"] = map[string]any{"team": "web"}
		m["annotations"] = map[string]any{
			"owner": "ann", "com.dataartisans.appmanager.controller.deployment.spec.version": "7",
		}
	})
	before := s.Spec("default", "deployments", "clicks")
	d := openVVP(t, s, 140, 40)
	d.WaitForText("clicks", "1 failing")
	filtered(d, "clicks", "1 of 5")
	d.Press("D")
	d.WaitForText("Type clicks to confirm")
	d.Type("clicks")
	d.Press("enter")
	d.WaitForText("deleted clicks  u recreate")
	d.Press("u")
	d.WaitForText(
		"Recreate clicks", "not restored", "its savepoints do not come back", "it starts without state",
		"POST …/default/deployments",
	)
	d.Press("y")
	d.WaitForText("recreated clicks")
	if now := s.Spec("default", "deployments", "clicks"); now != before {
		t.Errorf("it is\n%s\nwant\n%s", now, before)
	}
	s.Edit("default", "deployments", "clicks", func(o map[string]any) {
		m := o["metadata"].(map[string]any)
		if labels := m["labels"].(map[string]any); labels["team"] != "web" {
			t.Errorf("labels %v", labels)
		}
		if own := m["annotations"].(map[string]any); own["owner"] != "ann" || len(own) != 1 {
			t.Errorf("annotations %v", own)
		}
	})
}

// TestWhatWasDeletedIsMadeAgain has the other kinds that can be made as they were.
func TestWhatWasDeletedIsMadeAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ list, title, collection, name, lost string }{
		{"sc", "session clusters", "sessionclusters", "an-idle", "nothing runs in it yet"},
		{"targets", "targets", "deployment-targets", "kubernetes", "nothing else is lost"},
		{"scripts", "scripts", "sqlscripts", "hourly", "nothing else is lost"},
	} {
		t.Run(c.list, func(t *testing.T) {
			t.Parallel()
			s := ververica(t, vvptest.Quirks{})
			s.AddCluster("default", "an-idle", "STOPPED") // it comes first
			before := s.Spec("default", c.collection, c.name)
			d := openVVP(t, s, 140, 40)
			d.WaitForText("fraud", "1 failing")
			goToList(d, c.list+" -e default")
			d.WaitForText("default › " + c.title + " › " + c.name)
			d.Press("D")
			d.WaitForText("Type " + c.name + " to confirm")
			d.Type(c.name)
			d.Press("enter")
			d.WaitForText("deleted " + c.name + "  u recreate")
			d.Press("u")
			d.WaitForText("Recreate "+c.name, c.lost)
			d.Press("y")
			d.WaitForText("recreated " + c.name)
			if now := s.Spec("default", c.collection, c.name); now != before || now == "" {
				t.Errorf("it is\n%s\nwant\n%s", now, before)
			}
		})
	}
}

// TestADeletedSecretIsNotOffered to be made again: nobody knows its value.
func TestADeletedSecretIsNotOffered(t *testing.T) {
	t.Parallel()
	d := openVVP(t, ververica(t, vvptest.Quirks{}), 140, 40)
	d.WaitForText("fraud", "1 failing")
	goToList(d, "secrets -e default")
	d.WaitForText("DB_PASSWORD")
	d.Press("D")
	d.WaitForText("Type DB_PASSWORD to confirm")
	d.Type("DB_PASSWORD")
	d.Press("enter")
	d.WaitForText("deleted DB_PASSWORD")
	d.Press("u")
	d.WaitForText("that could be taken back: L lists what was done") // of it, or with its row gone of nothing
}

// TestAStopAndAStartAreTakenBack undoes both of a deployment and of a session cluster.
func TestAStopAndAStartAreTakenBack(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("x")
	d.WaitForText("What becomes of its state?", "Suspend")
	d.Press("y")
	d.WaitForText("stopped orders  u start")
	d.Press("u")
	d.WaitForText("Where should it start from?", "SUSPEND · FULL")
	d.Press("y")
	d.WaitForText("started orders", "RUNNING")
	goToList(d, "sc -e default")
	d.WaitForText("shared", "RUNNING")
	d.Press("s")
	d.WaitForText("Stop shared", "its Flink cluster is given up")
	d.Press("y")
	d.WaitForText("stopped shared  u start")
	d.Press("u")
	d.WaitForText("Start shared")
	d.Press("y")
	d.WaitForText("started shared")
	want := []string{
		"PATCH " + ordersPath, "PATCH " + ordersPath, "PATCH /api/v1/namespaces/default/sessionclusters/shared",
		"PATCH /api/v1/namespaces/default/sessionclusters/shared",
	}
	if got := s.Changes(); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// TestPagesForABrowserAreShownAndCopied has the platform's own page of a deployment,
// and Flink's of its job below the address that the context names.
func TestPagesForABrowserAreShownAndCopied(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVPWith(t, s, 200, 50, map[string]string{
		"flink-ui": "https://vvp.example/ui/{namespace}/{deployment}/{job}/",
	})
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	id, job := s.IDs("default", "orders")
	page := s.URL + "/app/#/namespaces/default/deployments/" + id + "/detail/overview"
	flink := "https://vvp.example/ui/default/orders/" + job + "/"
	d.WaitForText("Flink page")
	d.Press("C")
	d.WaitForText("web page", "Flink page", "https://vvp.example/ui/default/")
	d.Press("esc")
	copies(t, d, "web page", page)
	copies(t, d, "Flink page", flink)
	d.Press("enter")
	d.WaitForText(job, "STARTED")
	copies(t, d, "Flink page", flink+"#/job/running/0123456789abcdef0123456789abcdef/overview")
}

// copies checks what an entry of the copy menu copies.
func copies(t *testing.T, d *uitest.Driver, entry, want string) {
	t.Helper()
	for _, c := range d.Model().(*Root).Front().(views.Copier).Copies() {
		if c.Text != entry {
			continue
		}
		if msg, ok := c.Msg.(views.CopyMsg); !ok || msg.Text != want {
			t.Errorf("%s copies %+v, want %s", entry, c.Msg, want)
		}
		return
	}
	t.Errorf("there is no %s to copy", entry)
}

// goToList opens a list by what it is called.
func goToList(d *uitest.Driver, line string) {
	d.Press(":")
	d.Type(line)
	d.Press("enter")
}

// TestAllJobsAndEventsAreListedOnlyWhenAsked opens both by name: nothing asks for all
// of them before.
func TestAllJobsAndEventsAreListedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("esc", "]", "]", "[")
	d.Drain(0)
	if n := s.Unfiltered("jobs") + s.Unfiltered("events"); n != 0 {
		t.Errorf("all jobs or events were asked for %d times unasked", n)
	}
	goToList(d, "jobs")
	d.WaitForText("Jobs", "STARTED", "FAILED", "the topic is gone")
	if s.Unfiltered("jobs") == 0 {
		t.Error("all jobs were not asked for")
	}
	d.Press("esc")
	goToList(d, "events")
	d.WaitForText("too many failed job creation attempts", "The job failed 4 times")
	d.Press("enter")
	d.WaitForText("TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS")
	d.Press("esc", "esc")
	d.WaitForText("fraud")
	filtered(d, "fraud", "1 of 5")
	d.Press("l")
	d.WaitForText("fraud events", "The job failed 4 times")
	if strings.Contains(d.Screen(), "spinning up") {
		t.Error("events of others are among them")
	}
}

// TestADeploymentIsRolledBackToAFormerJob puts back what differs between what two jobs
// ran, and nothing that the platform filled in.
func TestADeploymentIsRolledBackToAFormerJob(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	before := s.Spec("default", "deployments", "orders")
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("u")
	d.WaitForText("no former job ran with another template")
	d.Press("esc")
	d.Press("e")
	d.WaitForText("kind: Deployment", "check and compare")
	d.Press("alt+/")
	d.Type("paral")
	d.Press("enter", "backspace")
	d.Type("6")
	d.Press("esc")
	d.WaitForText("spec.template.spec.parallelism")
	d.Press("enter")
	d.WaitForText("Apply orders")
	d.Press("y")
	d.WaitForText("applied orders")
	d.Press("esc")
	d.WaitForText("deployments › orders")
	d.WaitFor(func(string) bool { return s.JobsOf("default", "orders") == 2 })
	d.Press("u")
	d.WaitForText(
		"Back to which job?", "parallelism 6 → 2", "a savepoint is taken", "PATCH …/default/deployments/orders",
	)
	d.Press("y")
	d.WaitForText("rolled back orders")
	if now := s.Spec("default", "deployments", "orders"); now != before {
		t.Errorf("it is\n%s\nwant\n%s", now, before)
	}
	if got := s.Changes(); !slices.Equal(got, []string{"PUT " + ordersPath, "PATCH " + ordersPath}) {
		t.Errorf("sent %q", got)
	}
}
