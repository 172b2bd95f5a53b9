package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/client/vvpapi"
	"drey/client/vvpapi/vvptest"
	"drey/ui/uitest"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/platform"
	vvpplatform "drey/views/platforms/vvp"
)

// ververica is a strict platform with a deployment of each state.
func ververica(t *testing.T, quirks vvptest.Quirks) *vvptest.Server {
	t.Helper()
	s := vvptest.New(t, quirks)
	s.AddDeployment("default", "clicks", "SUSPENDED", "LATEST_STATE")
	s.AddDeployment("default", "fraud", "FAILED", "LATEST_SAVEPOINT")
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	s.AddDeployment("default", "empty-start", "CANCELLED", "NONE")
	s.AddDeployment("team", "INSERT INTO a SELECT * FROM b", "RUNNING", "LATEST_STATE")
	s.AddCluster("default", "shared", "RUNNING")
	return s
}

func openVVP(t *testing.T, s *vvptest.Server, width, height int) *uitest.Driver {
	t.Helper()
	return openVVPWith(t, s, width, height, nil)
}

// openVVPWith has further settings in its context.
func openVVPWith(t *testing.T, s *vvptest.Server, width, height int, settings map[string]string) *uitest.Driver {
	t.Helper()
	values := map[string]string{"namespaces.default": "", "namespaces.team": ""}
	maps.Copy(values, settings)
	session, err := vvpplatform.Platform.Open(platform.Settings{
		Context: "vvp", Server: client.Config{URL: s.URL},
		Values: values,
		Secrets: map[string]client.Secret{"namespaces.default.token": func(context.Context, bool) (string, error) {
			return "t", nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return open(t, nil, width, height, withSQL(t, shelf(t.TempDir()), func(o *Options) {
		o.Session, o.Name = session, "vvp"
	}))
}

func TestVVPScreens(t *testing.T) {
	t.Parallel()
	for _, scene := range []struct {
		name string
		keys []string
		wait []string
	}{
		{"deployments", nil, []string{"5 deployments", "FAILURE"}},
		{"why", []string{"w"}, []string{"too many failed job creation attempts"}},
		{"restart", []string{"s"}, []string{"Restart fraud", "What will be sent"}},
		{"stop", []string{"/", "o", "r", "d", "e", "r", "s", "enter", "x"}, []string{"What becomes of its state?"}},
		{"delete", []string{"D"}, []string{"Type fraud to confirm"}},
		{"sessions", []string{"4"}, []string{"1 session cluster", "shared"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				d := openVVP(t, ververica(t, vvptest.Quirks{}), size[0], size[1])
				d.WaitForText("fraud", "1 failing")
				waitForCauseOfFraud(d)
				d.Press(scene.keys...)
				if size[0] > 100 || scene.name != "deployments" {
					d.WaitForText(scene.wait...)
				}
				d.Drain(200 * time.Millisecond)
				d.Golden(fmt.Sprintf("vvp-%s-%dx%d", scene.name, size[0], size[1]))
				d.CheckSize(size[0], size[1])
			}
		})
	}
}

// whyFailed is a row of the list, without what is beside it.
var whyFailed = regexp.MustCompile(`FAILED +RUNNING +IOException: t`)

// waitForCauseOfFraud waits until the list says why fraud has failed, where it has the
// column: the list of the platform does not tell it.
func waitForCauseOfFraud(d *uitest.Driver) {
	d.WaitFor(func(string) bool {
		return d.Line(" WHY") == "" || whyFailed.MatchString(d.Line("▌ fraud"))
	})
}

// TestTheListSaysWhyADeploymentFailed is of a list that has conditions of what runs and
// nothing of what failed.
func TestTheListSaysWhyADeploymentFailed(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 220, 50)
	d.WaitForText("5 deployments", "1 failing")
	d.WaitFor(func(string) bool { return whyFailed.MatchString(d.Line("▌ fraud")) })
	for _, name := range []string{"orders", "clicks"} {
		if row := d.Line(name); strings.Contains(row, "gone") {
			t.Errorf("a cause of what has not failed: %q", row)
		}
	}
}

const ordersPath = "/api/v1/namespaces/default/deployments/orders"

// TestADeploymentIsSuspendedStartedFromASavepointAndDeleted follows what is sent.
func TestADeploymentIsSuspendedStartedFromASavepointAndDeleted(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("orders", "fraud")
	d.Press("/")
	d.Type("orders")
	d.Press("enter", "s")
	d.WaitForText("Suspend orders", "a savepoint is taken", "PATCH")
	d.Press("y")
	d.WaitForText("suspended orders")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line(" orders "), "○ SUSPENDED") }) // the list says so, too
	d.Press("s")
	d.WaitForText("Where should it start from?", "SUSPEND · FULL")
	d.Press("down", "y")
	d.WaitForText("started orders", "RUNNING")
	d.Press("D")
	d.WaitForText("it is cancelled first", "Type orders")
	d.Type("orders")
	d.Press("enter")
	d.WaitForText("deleted orders")
	want := []string{
		"PATCH " + ordersPath, "POST /api/v1/namespaces/default/savepoints", "PATCH " + ordersPath,
		"PATCH " + ordersPath, "DELETE " + ordersPath,
	}
	if got := s.Changes(); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// TestAFailedDeploymentGoesThroughCancelled says so in its plan.
func TestAFailedDeploymentGoesThroughCancelled(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press("s")
	d.WaitForText("Restart fraud", "it starts from its latest savepoint")
	d.Press("y")
	d.WaitForText("restarted fraud")
	path := "PATCH /api/v1/namespaces/default/deployments/fraud"
	if got := s.Changes(); !slices.Equal(got, []string{path, path}) {
		t.Errorf("sent %q", got)
	}
}

// TestADeploymentIsEdited changes its parallelism, with the upgrade's consequence.
func TestADeploymentIsEdited(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{Polls: 1})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("orders", "fraud")
	d.Press("/")
	d.Type("orders")
	d.Press("enter", "e")
	d.WaitForText("kind: Deployment", "check and compare")
	d.Press("alt+/")
	d.Type("paral")
	d.Press("enter", "backspace")
	d.Type("6")
	d.Press("esc")
	d.WaitForText(
		"spec.template.spec.parallelism", "a savepoint is taken, and the job starts again from it", "PUT",
		"no lock: what others write",
	)
	d.Press("enter")
	d.WaitForText("Apply orders", "parallelism  2 → 6")
	d.Press("y")
	d.WaitForText("applied orders")
	if got := s.Changes(); !slices.Equal(got, []string{"PUT " + ordersPath}) {
		t.Errorf("sent %q", got)
	}
}

// TestASessionClusterInUseIsNotStopped names who uses it.
func TestASessionClusterInUseIsNotStopped(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	s.Edit("default", "deployments", "orders", func(o map[string]any) {
		o["spec"].(map[string]any)["sessionClusterName"] = "shared"
	})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud")
	d.Press("4")
	d.WaitForText("shared")
	d.Press("s")
	d.WaitForText("deployments run in it: suspend or cancel orders first")
	if got := s.Changes(); len(got) > 0 {
		t.Errorf("sent %q", got)
	}
}

// TestAnInsertIsAskedAboutBeforeItIsADeployment runs one in the SQL tab.
func TestAnInsertIsAskedAboutBeforeItIsADeployment(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud")
	d.Press("5")
	d.WaitForText("hourly")
	d.Press("enter")
	d.WaitForText("SELECT * FROM orders", "F5")
	d.Press("f5")
	d.WaitForText("runs no SELECT")
	d.Press("home")
	d.Type("INSERT INTO a ")
	d.Press("f5")
	d.WaitForText("Make a deployment of it", "kubernetes", "parallelism")
	if got := s.Changes(); slices.ContainsFunc(got, func(c string) bool {
		return !strings.HasSuffix(c, ":validate") && !strings.HasSuffix(c, ":execute")
	}) {
		t.Errorf("sent %q before the yes", got)
	}
	d.Press("y")
	d.WaitFor(func(string) bool {
		return slices.Contains(s.Changes(), "POST /api/v1/namespaces/default/deployments")
	})
}

// TestTheFlinkJobOfADeploymentIsLookedInto goes from a deployment into its Flink job
// below the address that the context names: with the namespace's token, and not
// without an address.
func TestTheFlinkJobOfADeploymentIsLookedInto(t *testing.T) {
	t.Parallel()
	s, jm := ververica(t, vvptest.Quirks{}), flinktest.New(t)
	jm.Change(func(f *flinktest.Server) {
		f.Jobs = []flinktest.Job{{
			ID: "0123456789abcdef0123456789abcdef", Name: "orders", State: "RUNNING",
			Vertices: []flinktest.Vertex{{ID: "v1", Name: "Source: orders", Parallelism: 2}},
		}}
	})
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		mu.Unlock()
		parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/ui/"), "/", 4)
		if len(parts) < 4 || parts[0] != "default" || parts[1] != "orders" {
			http.NotFound(w, r)
			return
		}
		r.URL.Path = "/" + parts[3]
		jm.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	d := openVVPWith(t, s, 140, 40, map[string]string{"flink-ui": proxy.URL + "/ui/{namespace}/{deployment}/{job}/"})
	d.WaitForText("fraud", "1 failing")
	filtered(d, "orders", "1 of 5")
	d.Press("J")
	d.WaitForText("1 graph", "Source: orders")
	mu.Lock()
	defer mu.Unlock()
	for _, line := range asked {
		if !strings.HasSuffix(line, " Bearer t") {
			t.Errorf("asked without the namespace's token: %s", line)
		}
	}
}

// TestADeploymentThatRunsNothingHasNoFlinkJob presses J on one that is suspended, and
// where no address of Flink's API is named.
func TestADeploymentThatRunsNothingHasNoFlinkJob(t *testing.T) {
	t.Parallel()
	d := openVVP(t, ververica(t, vvptest.Quirks{}), 140, 40)
	d.WaitForText("fraud", "1 failing")
	filtered(d, "clicks", "1 of 5")
	d.Press("J")
	d.WaitForText("clicks is SUSPENDED and has no job now")
	filtered(d, "orders", "1 of 5")
	d.Press("J")
	d.WaitForText("name flink-ui in the context")
}

func TestCredentialsGoToNoHostThatAPlaceholderNames(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://{deployment}.example/ui/", "ftp://vvp.example/{job}", "/ui/{job}"} {
		_, err := vvpapi.New(vvpapi.Config{Server: client.Config{URL: "http://127.0.0.1:1"}, FlinkUI: address})
		if err == nil || !strings.HasPrefix(err.Error(), "flink-ui: ") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

// TestDefaultsOfDeploymentsAreChangedByWhatDiffers edits the defaults of a namespace:
// one PATCH with what is other, null for what was taken out.
func TestDefaultsOfDeploymentsAreChangedByWhatDiffers(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press(":")
	d.Type("defaults")
	d.Press("enter")
	d.WaitForText("2 deployment defaults", "kubernetes")
	d.Press("e")
	d.WaitForText("kind: DeploymentDefaults", "check and compare")
	d.Press("alt+/")
	d.Type("paral")
	d.Press("enter", "backspace")
	d.Type("4")
	d.Press("esc")
	d.WaitForText("spec.template.spec.parallelism", "PATCH", "those that are there stay")
	d.Press("enter")
	d.WaitForText("Apply defaults", "parallelism  1 → 4")
	d.Press("y")
	d.WaitForText("applied defaults")
	if got := s.Changes(); !slices.Equal(got, []string{"PATCH /api/v1/namespaces/default/deployment-defaults"}) {
		t.Errorf("sent %q", got)
	}
}

// TestAnArtifactIsDeletedByItsName deletes an uploaded file after it was typed.
func TestAnArtifactIsDeletedByItsName(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press(":")
	d.Type("artifacts")
	d.Press("enter")
	d.WaitForText("1 artifact", "orders.jar", "s3://artifacts/namespaces/default/orders.jar")
	d.Press("D")
	d.WaitForText("Type orders.jar to confirm", "artifacts:delete?filename=orders.jar")
	d.Type("orders.jar")
	d.Press("enter")
	d.WaitForText("deleted orders.jar", "none is there")
	if got := s.Changes(); !slices.Equal(got, []string{"DELETE /artifacts/v1/namespaces/default/artifacts:delete"}) {
		t.Errorf("sent %q", got)
	}
}

// emptyBuffer opens the SQL tab in a namespace, in a buffer of its own.
func emptyBuffer(t *testing.T) (*vvptest.Server, *uitest.Driver) {
	t.Helper()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press(":")
	d.Type("dep -e default")
	d.Press("enter")
	d.WaitForText("vvp › default")
	d.Press(":")
	d.Type("sql")
	d.Press("enter")
	d.WaitForText("F5", "vvp › default › sql")
	d.Press("alt+n")
	d.WaitForText("query 2")
	return s, d
}

// TestWhatMayFollowIsAskedOfThePlatform completes a table that only the platform
// knows.
func TestWhatMayFollowIsAskedOfThePlatform(t *testing.T) {
	t.Parallel()
	_, d := emptyBuffer(t)
	d.Type("INSERT INTO ord")
	d.Press("tab")
	d.WaitForText("orders_by_hour", "orders_late", "table")
	d.Press("down", "enter")
	d.WaitForText("INSERT INTO orders_late")
}

// TestWhatIsWrongIsSaidWhenTypingStops types what is no statement, and mends it.
func TestWhatIsWrongIsSaidWhenTypingStops(t *testing.T) {
	t.Parallel()
	s, d := emptyBuffer(t)
	d.Type("SELEC 1")
	d.WaitForText("Non-query expression encountered in illegal context")
	for range 2 {
		d.Press("backspace")
	}
	d.WaitFor(func(screen string) bool { return !strings.Contains(screen, "Non-query expression") })
	for _, c := range s.Changes() {
		if !strings.HasSuffix(c, ":validate") && !strings.HasSuffix(c, ":execute") { // the tree's SHOW
			t.Errorf("typing sent %s", c)
		}
	}
}

// TestAScriptIsSavedBack opens one as a buffer, changes it and saves it, and does not
// when somebody else changed it meanwhile.
func TestAScriptIsSavedBack(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press("5")
	d.WaitForText("hourly")
	d.Press("enter")
	d.WaitForText("SELECT * FROM orders", "F5")
	save := func(text string) {
		d.Press("end")
		d.Type(text)
		d.Press(":")
		d.WaitForText(text + ":") // a colon is typed in the editor
		d.Press("backspace", "esc", ":")
		d.Type("buffer save")
		d.Press("enter")
		d.WaitForText("Save script hourly", "PUT", "/sqlscripts/hourly")
		d.Press("y")
	}
	save(" WHERE a = 1")
	d.WaitForText("saved script hourly")
	puts := func() (n int) {
		for _, c := range s.Changes() {
			if c == "PUT /sql/v1beta1/namespaces/default/sqlscripts/hourly" {
				n++
			}
		}
		return n
	}
	if puts() != 1 {
		t.Fatalf("sent %q", s.Changes())
	}
	s.EditScript("default", "hourly", "SELECT 7")
	d.Press("i")
	save(" AND b = 2")
	d.WaitForText("was changed by somebody else meanwhile")
	if puts() != 1 {
		t.Errorf("what somebody else wrote was replaced: %q", s.Changes())
	}
}

// TestAScriptIsDeleted reads it again by its own address, whose answer is inside the
// member of its kind.
func TestAScriptIsDeleted(t *testing.T) {
	t.Parallel()
	s := ververica(t, vvptest.Quirks{})
	d := openVVP(t, s, 140, 40)
	d.WaitForText("fraud", "1 failing")
	d.Press("5")
	d.WaitForText("hourly")
	d.Press("D")
	d.WaitForText("Type hourly to confirm")
	d.Type("hourly")
	d.Press("enter")
	d.WaitForText("deleted hourly", "none is there")
}

// wayBack is the key that leads back: yes where a private text that was changed would be
// lost.
func wayBack(d *uitest.Driver) string {
	if strings.Contains(d.Screen(), "Leave (y)") {
		return "y"
	}
	return "esc"
}

// TestWhatThePlatformLacksIsNeverSent presses every key in every list: nothing that the
// platform does not know is asked for, and nothing is changed without a yes.
func TestWhatThePlatformLacksIsNeverSent(t *testing.T) {
	t.Parallel()
	for tab, list := range []string{
		"deployments", "savepoints", "session clusters", "scripts", "targets", "secrets", "udfs", "connectors",
		"formats", "tokens", "artifacts", "defaults",
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			s := ververica(t, vvptest.Quirks{})
			d := openVVP(t, s, 140, 40)
			d.WaitForText("fraud", "1 failing")
			root := d.Model().(*Root)
			for _, key := range everyKey() {
				if goesElsewhere(key) {
					continue
				}
				for tries := 0; root.over != nil || len(root.Nav.Pages) > 0; tries++ { // back to the list
					if tries == 20 {
						t.Fatalf("%s: esc does not lead back:\n%s", key, d.Screen())
					}
					d.Press(wayBack(d))
					d.Drain(time.Millisecond)
				}
				if got := strings.ToLower(root.Tabs[tab].Title); got != list {
					t.Fatalf("tab %d is %s", tab, got)
				}
				d.Send(views.GoMsg{Tab: root.Tabs[tab].Name})
				d.Press("esc", "esc", "g", key)
				d.Drain(5 * time.Millisecond)
			}
			d.Drain(100 * time.Millisecond)
			if unknown := s.Unknown(); len(unknown) > 0 {
				t.Errorf("asked for what there is not: %q", unknown)
			}
			for _, c := range s.Changes() {
				if !strings.Contains(c, "/sqlscripts:") {
					t.Errorf("a key alone sent %s", c)
				}
			}
		})
	}
}
