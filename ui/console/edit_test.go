package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
	"drey/views"
)

// withDrafts keeps drafts in a folder.
func withDrafts(dir string) func(*Options) {
	return func(o *Options) {
		realTime(o)
		drafts := disk.NewDrafts(dir)
		o.Drafts = func() views.Drafts { return drafts }
		o.ReadFile = func(path string) (string, error) { return disk.ReadFile("", path) }
	}
}

func prodApplication(t *testing.T, c *cmfapi.Client, name string) cmf.FlinkApplication {
	t.Helper()
	a, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// setParallelism edits the parallelism of the selected application and stops
// where it is reviewed. It gives how many keys that took beside what was typed.
func setParallelism(d *uitest.Driver, to string) int {
	d.Press("e")
	d.WaitForText("apiVersion: cmf.confluent.io/v1", "check and compare")
	d.Press("alt+/")
	d.Type("paral")
	d.Press("enter", "backspace")
	d.Type(to)
	d.Press("esc")
	return 5
}

func TestParallelismIsChangedInEightKeys(t *testing.T) {
	t.Parallel()
	direct := running(t)
	c, seen := watched(t, direct)
	dir := t.TempDir()
	d := open(t, c, 140, 40, withDrafts(dir))
	d.WaitForText("20 applications")
	filtered(d, "orders prod state:run", "1 of 20")
	keys := setParallelism(d, "6")
	d.WaitForText(
		"nothing wrong was found", "YOUR CHANGES", "spec.job.parallelism",
		"a savepoint is taken, and the job starts again from it", "POST …/environments/prod/applications",
	)
	if !d.Within(uitest.Deadline, func() bool {
		list, _ := disk.NewDrafts(dir).List()
		return len(list) == 1 && strings.Contains(list[0].Text, "parallelism: 6")
	}) {
		t.Error("the draft is not kept while it is reviewed")
	}
	d.Press("enter")
	d.WaitForText("Apply orders", "spec.job.parallelism  8 → 6")
	d.Press("enter") // it asked, and focus is on Cancel
	d.WaitForText("enter asked; y confirms")
	d.Press("y")
	if keys += 2; keys > 8 {
		t.Errorf("it took %d keys", keys)
	}
	d.WaitForText("applied orders · RUNNING", "✓ done")
	if got := prodApplication(t, direct, "orders").Parallelism(); got != 6 {
		t.Errorf("the parallelism is %d", got)
	}
	changes := seen.all()
	if len(changes) != 1 || !strings.HasPrefix(changes[0], "POST /cmf/api/v1/environments/prod/applications {") {
		t.Errorf("what was sent is not what was shown: %v", changes)
	}
	if list, _ := disk.NewDrafts(dir).List(); len(list) != 0 {
		t.Errorf("an applied draft is kept: %v", list)
	}
	d.Press("esc", "e")
	d.WaitForText("parallelism: 6")
	d.Press("esc") // nothing was written
	d.WaitForText("nothing changed", "1 of 20")
	if n := len(seen.all()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
}

// all are the requests that were written down.
func (w *witness) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// meanwhile changes an application as another person would.
func meanwhile(t *testing.T, c *cmfapi.Client, name string, value any, path ...string) {
	t.Helper()
	a := prodApplication(t, c, name)
	a.Spec, a.Status = a.Spec.With(value, path...), nil
	if _, err := cmfapi.Update(t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, name, a); err != nil {
		t.Fatal(err)
	}
}

func TestWhatOthersChangedMeanwhileIsMergedAndNeverOverwritten(t *testing.T) {
	t.Parallel()
	direct := running(t)
	d := open(t, direct, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "orders prod state:run", "1 of 20")
	setParallelism(d, "6")
	d.WaitForText("YOUR CHANGES")
	meanwhile(t, direct, "orders", "registry.acme.io/flink/orders:9", "image") // where the change does not touch
	d.Press("R")
	d.WaitForText("CHANGED MEANWHILE BY OTHERS, KEPT", "flink/orders:9")
	d.Press("enter")
	d.WaitForText("What will be sent", "8 → 6")
	meanwhile(t, direct, "orders", 3, "job", "parallelism") // where it does, behind the dialog
	d.Press("y")
	d.WaitForText("nothing can be done any more", "changed meanwhile, too")
	d.Press("esc", "R")
	d.WaitForText("CHANGED BY BOTH", "1 conflict", "M keeps yours, T takes the live one")
	d.Press("enter")
	d.WaitForText("cannot apply: spec.job.parallelism was changed meanwhile, too")
	d.Press("M")
	d.WaitForText("yours stays")
	d.Press("enter")
	d.WaitForText("3 → 6")
	d.Press("y")
	d.WaitForText("applied orders · RUNNING")
	a := prodApplication(t, direct, "orders")
	if a.Parallelism() != 6 || !strings.HasSuffix(a.Spec.String("image"), "orders:9") {
		t.Errorf("the server has %s", a.Spec)
	}
}

// TestARefusedChangeIsEditedAgainAtItsLine has the server refuse in several ways,
// and lose its answer.
func TestWhatTheServerAnswersIsSaidAndTheDraftStays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault faulty.Fault
		want  []string
		done  bool
	}{
		{"a refusal that names a field", faulty.Fault{Code: http.StatusUnprocessableEntity, Kind: "application/json", Body: `{"errors":[{"message":"Job parallelism must be odd"}]}`}, []string{": not applied: Job parallelism must be odd (422)", "parallelism: 6"}, false},
		{"409", faulty.Fault{Code: http.StatusConflict, Kind: "application/json", Body: `{"errors":[{"message":"it is being deleted"}]}`}, []string{"Not applied", "it is being deleted (409)"}, false},
		{"500", faulty.Fault{Code: http.StatusInternalServerError, Body: "boom"}, []string{"Not applied", "boom (500)"}, false},
		{"lost after the effect", faulty.Fault{After: true, Cut: true}, []string{"applied orders"}, true},
		{"lost before the effect", faulty.Fault{Code: http.StatusBadGateway}, []string{"Not applied", "not done: the answer was lost, and it is as it was"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			direct := running(t)
			proxy := faulty.Before(t, direct.URL())
			dir := t.TempDir()
			d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, withDrafts(dir))
			d.WaitForText("20 applications")
			filtered(d, "orders prod state:run", "1 of 20")
			setParallelism(d, "6")
			d.WaitForText("YOUR CHANGES")
			c.fault.Method, c.fault.Path, c.fault.Times = "POST", "/applications", 1
			proxy.Set(c.fault)
			d.Press("enter")
			d.WaitForText("Apply orders", "8 → 6")
			d.Press("y")
			d.WaitForText(c.want...)
			if n := proxy.Count("POST"); n != 1 {
				t.Errorf("%d requests were sent: %v", n, proxy.Changes())
			}
			list, _ := disk.NewDrafts(dir).List()
			if want := map[bool]int{true: 0, false: 1}[c.done]; len(list) != want {
				t.Errorf("the drafts are %v", list)
			}
			if got := prodApplication(t, direct, "orders").Parallelism(); (got == 6) != c.done {
				t.Errorf("the parallelism is %d", got)
			}
		})
	}
}

func TestADraftGoesOnAfterTheConsoleEnded(t *testing.T) {
	t.Parallel()
	direct, dir := running(t), t.TempDir()
	d := open(t, direct, 140, 40, withDrafts(dir))
	d.WaitForText("20 applications")
	filtered(d, "orders prod state:run", "1 of 20")
	d.Press("e")
	d.WaitForText("apiVersion")
	d.Type("# keep me\n")
	d.WaitForText("kept as a draft") // it is killed here: nothing of it is closed

	again := open(t, direct, 140, 40, func(o *Options) {
		realTime(o)
		o.Drafts = func() views.Drafts { return disk.NewDrafts(dir) }
	})
	again.WaitForText("a draft of orders is not applied: :drafts goes on with it or drops it")
	again.WaitForText("20 applications")
	again.Press(":")
	again.Type("drafts")
	again.Press("enter")
	again.WaitForText("1 draft", "changed, not applied", "orders")
	again.Press("enter")
	again.WaitForText("another console has this draft open") // the first one still lives
	d.Press("esc")
	d.WaitForText("nothing differs from the application as it is")
	d.Press("esc")
	d.WaitForText("kept as a draft", "1 of 20")
	again.Press("esc", "enter")
	again.WaitForText("# keep me", "goes on")
	again.Press("esc")
	again.WaitForText("nothing differs")
	again.Press("X")
	again.WaitForText("Drop the draft of orders")
	again.Press("y")
	again.WaitForText("the draft was dropped", "0 drafts")
}

func TestWhatMayNotBeChangedIsNotEdited(t *testing.T) {
	t.Parallel()
	c := still(t)
	ro := connect(t, c.URL(), client.Config{ReadOnly: true})
	d := open(t, ro, 140, 40, nil)
	d.WaitForText("20 applications", "READ-ONLY")
	d.Press("e")
	d.WaitForText("cannot edit payments: read-only")
	d.Press("a")
	d.WaitForText("cannot create: read-only")
}

func TestAnApplicationIsCopiedToAnotherEnvironment(t *testing.T) {
	t.Parallel()
	direct := running(t)
	c, seen := watched(t, direct)
	d := open(t, c, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "shipping-eta", "1 of 20")
	d.Press("a")
	d.WaitForText("What should it begin with?", "A template", "A copy of shipping-eta")
	d.Press("j", "y")
	d.WaitForText("# A copy of shipping-eta", "environment: prod")
	d.Type("# mine\n")
	d.Press("esc")
	d.WaitForText("shipping-eta in prod is there already")
	d.Press("e")
	d.WaitForText("check and compare")
	d.Press("alt+/")
	d.Type("environment:")
	d.Press("enter", "ctrl+u")
	d.Type("environment: stagin")
	d.WaitForText("no such value stagin (staging?)")
	d.Type("g")
	d.Press("esc")
	d.WaitForText(
		"nothing wrong was found", "NEW APPLICATION", "shipping-eta in staging",
		"POST …/environments/staging/applications",
	)
	d.Press("enter")
	d.WaitForText("Create shipping-eta")
	d.Press("y")
	d.WaitForText("created shipping-eta")
	changes := seen.all()
	if len(changes) != 1 || !strings.HasPrefix(changes[0], "POST /cmf/api/v1/environments/staging/applications {") ||
		strings.Contains(changes[0], `"environment":`) {
		t.Errorf("sent: %v", changes)
	}
	a, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), direct, cmf.Applications, cmf.Scope{Environment: "staging"}, "shipping-eta",
	)
	want := prodApplication(t, direct, "shipping-eta")
	if err != nil || string(a.Spec) != string(want.Spec) {
		t.Errorf("the copy is %s, %v; want %s", a.Spec, err, want.Spec)
	}
}

func TestASecretIsNeverShownNorStored(t *testing.T) {
	t.Parallel()
	direct := running(t)
	c, seen := watched(t, direct)
	dir := t.TempDir()
	d := open(t, c, 140, 40, withDrafts(dir))
	d.WaitForText("20 applications")
	d.Press("7", "a")
	d.WaitForText("What should it begin with?")
	d.Press("y")
	d.WaitForText("kind: Secret", "sasl.jaas.config:")
	d.Press("alt+/")
	d.Type("sasl")
	d.Press("enter")
	d.Type(" hunter2")
	d.WaitForText("sasl.jaas.config:••••••••")
	never := func() {
		t.Helper()
		if strings.Contains(d.Screen(), "hunter2") {
			t.Fatalf("the secret is shown:\n%s", d.Screen())
		}
	}
	never()
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "NEW SECRET", "••••••")
	never()
	d.Press("enter")
	d.WaitForText("Create my-secret")
	never()
	d.Press("y")
	d.WaitForText("created my-secret", "✓ done")
	never()
	if sent := seen.all(); len(sent) != 1 || !strings.Contains(sent[0], "hunter2") {
		t.Errorf("sent: %v", sent)
	}
	d.Press("esc", "@")
	d.WaitForText("API calls", "POST")
	d.Press("enter")
	d.WaitForText("AS CURL")
	never()
	d.Press("esc", "esc")
	d.WaitForText("my-secret")
	d.Press("/")
	d.Type("my-secret")
	d.Press("enter", "e")
	d.WaitForText("all of them are wanted, anew", "sasl.jaas.config:")
	d.Type("# changed\n")
	d.Press("esc")
	d.WaitForText("spec.data.sasl.jaas.config: its value is wanted: an update replaces all of them")
	d.Press("enter")
	d.WaitForText("cannot apply")
	if n := len(seen.all()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
	d.WaitForText("esc leave, keeping nothing") // and no key that drops a draft
	for _, key := range []string{"esc", "q"} {
		d.Press(key)
		d.WaitForText("Leave my-secret", "what you wrote is lost, for no draft of a secret is kept")
		d.Press("esc") // nothing is lost by one key too many
		d.WaitForText("its value is wanted: an update replaces all of them")
	}
	d.Press("esc", "y")
	d.WaitForText("nothing was sent, and nothing is kept", "1 of 3")
	if list, _ := disk.NewDrafts(dir).List(); len(list) != 0 {
		t.Errorf("a draft of a secret is kept: %v", list)
	}
}

func TestAnEnvironmentIsEditedWithItsDefaults(t *testing.T) {
	t.Parallel()
	direct := running(t)
	d := open(t, direct, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications", "staging")
	d.Press("1", "j", "j", "j", "e")
	d.WaitForText("Edit staging", "kubernetesNamespace:")
	d.Type("computePoolDefaults:\n  spec: {}\n")
	d.Press("esc")
	d.WaitForText("YOUR CHANGES", "computePoolDefaults", "POST …/environments")
	d.Press("enter")
	d.WaitForText("Apply staging", "What will be sent")
	d.Press("y")
	d.WaitForText("applied staging")
	e, err := cmfapi.Get[cmf.Environment](t.Context(), direct, cmf.Environments, cmf.Scope{}, "staging")
	if err != nil || string(e.ComputePoolDefaults) != `{"spec":{}}` {
		t.Errorf("got %s, %v", e.ComputePoolDefaults, err)
	}
}

// editScenes are the screens of editing, how to get to them, and what comes last.
var editScenes = []struct {
	name string
	do   func(*uitest.Driver)
	wait []string
}{
	{"edit", func(*uitest.Driver) {}, []string{"check and compare"}},
	{"edit-checks", func(d *uitest.Driver) {
		d.Type("spec.typo: 1\n")
		d.Press("up")
	}, []string{"spec.typo: no such field is known"}},
	{"edit-diff", func(d *uitest.Driver) {
		d.Press("alt+/")
		d.Type("tier")
		d.Press("enter", "enter", "backspace", "backspace")
		d.Type("owner: ana")
		d.Press("alt+/")
		d.Type("parallelism")
		d.Press("enter", "backspace")
		d.Type("2")
		d.Press("enter")
		d.Type("paralelism: 4")
		d.Press("esc")
	}, []string{"YOUR CHANGES", "paralelism"}},
	{"edit-refused", func(d *uitest.Driver) {
		d.Press("alt+/")
		d.Type("state:")
		d.Press("enter", "backspace")
		d.Press("esc")
	}, []string{"CHECKS", "nothing is sent until"}},
}

func TestEditScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		for _, scene := range editScenes {
			name := scene.name + "-" + sizeName(size)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
				d.WaitForText("20 applications", "3 failing", "live")
				waitForCauses(d, size[0])
				d.Press("j", "j", "e")
				d.WaitForText("apiVersion:")
				scene.do(d)
				d.WaitForText(scene.wait...)
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}

func sizeName(size [2]int) string { return strconv.Itoa(size[0]) + "x" + strconv.Itoa(size[1]) }

// TestWhatCouldNotBeComparedIsNotApplied and says how to go on, where the server failed.
func TestWhatCouldNotBeComparedIsNotApplied(t *testing.T) {
	t.Parallel()
	proxy := faulty.Before(t, still(t).URL())
	drafts := withDrafts(t.TempDir())
	d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, func(o *Options) {
		drafts(o)
		realTime(o)
		o.Editor = "builtin"
	})
	d.WaitForText("20 applications")
	filtered(d, "name:orders prod", "1 of 20")
	d.Press("e")
	d.WaitForText("check and compare", "apiVersion")
	d.Type("#")
	proxy.Set(faulty.Fault{Method: "GET", Path: "/applications/", Code: 500})
	d.Press("esc")
	d.WaitForText("could not be compared")
	d.Press("enter")
	d.WaitForText("cannot apply: it could not be compared: R asks again")
}
