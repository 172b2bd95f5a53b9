package console

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// withJournal opens a console that writes down what it does in a folder; end is
// what the system does when its process is killed.
func withJournal(t *testing.T, c *cmfapi.Client, folder string) (d *uitest.Driver, end func()) {
	t.Helper()
	journal := disk.NewJournal(folder)
	theme, _ := themes.New(themes.Options{})
	opts := Options{
		Context: space.Context{Name: "demo", Session: sessionOf(c), Journal: journal}, Theme: theme, Keys: keymap.Default(),
		Now: time.Now, StateDir: t.TempDir(),
	}
	ctx, cancel := context.WithCancel(t.Context())
	end = func() { cancel(); _ = journal.Close() }
	t.Cleanup(end)
	d = uitest.New(t, New(ctx, opts, nil), 140, 40)
	d.WaitForText("20 applications")
	return d, end
}

// pressed counts keys as a person presses them.
type pressed struct {
	*uitest.Driver
	n int
}

func (p *pressed) press(keys ...string) {
	p.n += len(keys)
	p.Press(keys...)
}

func applicationNow(t *testing.T, c *cmfapi.Client, environment, name string) cmf.FlinkApplication {
	t.Helper()
	a, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), c, cmf.Applications, cmf.Scope{Environment: environment}, name,
	)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// startFresh answers the wizard so that shipping-eta starts without its state.
func startFresh(d *uitest.Driver) {
	filtered(d, "shipping-eta", "1 of 20")
	d.Press("s")
	d.WaitForText("Where should it start from?", "Fresh", "Detached savepoint")
	d.Press("G")
	d.WaitForText("Type shipping-eta to confirm", "/start", "POST …/environments/prod/applications")
	d.Press("enter")
	d.Type("shipping-eta")
	d.Press("enter")
}

// TestTheNextConsoleGoesOnWithWhatAKilledOneBegan kills a console while it starts
// an application without state; a console beside it leaves it alone, the next one
// goes on.
func TestTheNextConsoleGoesOnWithWhatAKilledOneBegan(t *testing.T) {
	t.Parallel()
	direct, folder := running(t), t.TempDir()
	proxy := faulty.Before(t, direct.URL())
	proxy.Set(faulty.Fault{Method: "POST", Path: "/start", Hang: true})
	d, kill := withJournal(t, connect(t, proxy.URL, client.Config{}), folder)
	startFresh(d)
	d.WaitForText("starting shipping-eta · 2 of 3 start")
	d.WaitFor(func(string) bool { return proxy.Count("/start") == 1 })

	beside, _ := withJournal(t, direct, folder)
	beside.WaitForText("process ", " is starting shipping-eta: it is left to that one")

	beside.Press("L")
	beside.WaitForText("RUNNING", "WHO", "by process ", "2 of 3 start")
	beside.Press("u", "r", "x")
	beside.WaitForText("nothing is done about it from here")

	kill()
	beside.WaitForText("a console that ended in the middle")
	next, _ := withJournal(t, direct, folder)
	next.WaitForText("going on with: starting shipping-eta")
	next.WaitForText("started shipping-eta")
	beside.WaitForText("✓ DONE", "by process ")
	a := applicationNow(t, direct, "prod", "shipping-eta")
	if a.UpgradeMode() != cmf.UpgradeModeSavepoint || a.JobState() != cmf.JobRunning {
		t.Errorf("it is %s with upgrade mode %s", a.JobState(), a.UpgradeMode())
	}
	next.Press("L")
	next.WaitForText("✓ DONE", "upgrade mode stateless", "upgrade mode savepoint", "RUNNING")
}

// TestWhatFailedInTheMiddleIsTakenBackOrRetried fails the second of three steps.
func TestWhatFailedInTheMiddleIsTakenBackOrRetried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key, title, said string
		state            string
		sent             int // requests after the failure
	}{
		{"u", "Take back start shipping-eta", "took back: start shipping-eta", cmf.DesiredSuspended, 1},
		{"r", "Retry start shipping-eta", "started shipping-eta", cmf.DesiredRunning, 2},
	} {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			direct := running(t)
			proxy := faulty.Before(t, direct.URL())
			proxy.Set(faulty.Fault{
				Method: "POST", Path: "/start", Code: 409,
				Body: `{"errors":[{"message":"another operation is under way"}]}`,
			})
			d, _ := withJournal(t, connect(t, proxy.URL, client.Config{}), t.TempDir())
			startFresh(d)
			d.WaitForText("another operation is under way")
			if got := applicationNow(t, direct, "prod", "shipping-eta").UpgradeMode(); got != cmf.UpgradeModeStateless {
				t.Errorf("the upgrade mode is %s: the test fails too early", got)
			}
			proxy.Set()
			before := len(proxy.Changes())
			d.Press("L")
			d.WaitForText("✗ FAILED", "2 of 3 start", "another operation is under way")
			d.Press(c.key)
			d.WaitForText(c.title, "what took effect is not sent again")
			d.Press("y")
			d.WaitForText(c.said)
			a := applicationNow(t, direct, "prod", "shipping-eta")
			if a.UpgradeMode() != cmf.UpgradeModeSavepoint || a.DesiredState() != c.state {
				t.Errorf("it is to be %s with upgrade mode %s", a.DesiredState(), a.UpgradeMode())
			}
			if sent := proxy.Changes()[before:]; len(sent) != c.sent {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

// TestAServerThatIsAwayMeanwhileCostsNothing loses the answer to a suspend that
// took effect, and the server for a while after it.
func TestAServerThatIsAwayMeanwhileCostsNothing(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "orders prod state:run", "1 of 20")
	proxy.Set(faulty.Fault{
		Method: "POST", Path: "/suspend", Times: 1, Then: []faulty.Fault{{Path: "/applications", Cut: true}},
		Delay: time.Millisecond,
	})
	d.Press("s")
	d.WaitForText("Suspend orders", "savepoint is taken")
	d.Press("y")
	d.WaitForText("offline")
	proxy.Set()
	d.WaitForText("suspended orders")
	if n := proxy.Count("/suspend"); n != 1 {
		t.Errorf("%d requests to suspend", n)
	}
	if a := applicationNow(t, direct, "prod", "orders"); a.LifecycleState() != cmf.LifecycleSuspended {
		t.Errorf("it is %s", a.LifecycleState())
	}
}

// TestUndoStartsWhatWasSuspended takes a suspend back from its toast, and from its
// row once the toast is gone.
func TestUndoStartsWhatWasSuspended(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	filtered(d, "name:orders prod", "1 of 20")
	for _, toast := range []bool{true, false} {
		d.Press("s")
		d.WaitForText("Suspend orders")
		d.Press("y")
		d.WaitForText("suspended orders  u start")
		if !toast {
			d.Model().(*Root).status.toasts = toasts{}
		}
		d.Press("u")
		d.WaitForText("Start orders", "Where should it start from?")
		d.Press("y")
		d.WaitForText("started orders")
	}
	if n, m := proxy.Count("/suspend"), proxy.Count("/start"); n != 2 || m != 2 {
		t.Errorf("%d suspends and %d starts: %v", n, m, proxy.Changes())
	}
	d.Model().(*Root).status.toasts = toasts{}
	d.Press("u") // what takes back is not taken back itself
	d.WaitForText("Roll back orders")
}

// TestRollBackTakesFiveKeysAtMost rolls an application back to the instance before.
func TestRollBackTakesFiveKeysAtMost(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "name:payments staging", "1 of 20")
	before := applicationNow(t, direct, "staging", "payments")
	p := &pressed{Driver: d}
	p.press("u")
	d.WaitForText("Roll back payments", "1.8.1 →", "1.7.1", "POST …/environments/staging/applications")
	p.press("y")
	d.WaitForText("rolled back payments")
	if p.n > 5 {
		t.Errorf("%d keys", p.n)
	}
	want := before.Spec.With("registry.acme.io/flink/payments:1.7.1", "image")
	if now := applicationNow(t, direct, "staging", "payments"); string(now.Spec) != string(want) {
		t.Errorf("it is\n%s\nwant\n%s", now.Spec, want)
	}
	if sent := proxy.Changes(); !slices.Equal(sent, []string{"POST /cmf/api/v1/environments/staging/applications"}) {
		t.Errorf("sent %v", sent)
	}
}

// TestSuspendFiveWithSavepointsTakesTwelveKeysAtMost marks five and suspends them.
func TestSuspendFiveWithSavepointsTakesTwelveKeysAtMost(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	filtered(d, "state:running mode:savepoint", " of 20")
	d.Press("g")
	p := &pressed{Driver: d}
	p.press(" ", " ", " ", " ", " ", "s")
	d.WaitForText("Suspend 5 applications")
	p.press("y")
	d.WaitForText("suspended 5")
	if p.n > 12 || proxy.Count("/suspend") != 5 {
		t.Errorf("%d keys, %d suspends", p.n, proxy.Count("/suspend"))
	}
}

// TestEachRowKeepsItsOwnChoice starts two applications, one from its last state and
// one from a savepoint.
func TestEachRowKeepsItsOwnChoice(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	scope := cmf.Scope{Environment: "prod"}
	if _, err := direct.SuspendApplication(t.Context(), scope, "orders"); err != nil {
		t.Fatal(err)
	}
	filtered(d, "name:orders|shipping-eta prod state:suspended", "2 of 20")
	d.Press("ctrl+a", "s")
	d.WaitForText("Start 2 applications", "‹ Last state ›")
	d.Press("j", "right")
	d.WaitForText("‹ Savepoint shipping-eta-", "startFromSavepointUid=", "applications/orders/start")
	d.Press("y")
	d.WaitForText("started 2")
	var starts []string
	for _, call := range proxy.Changes() {
		if strings.HasSuffix(call, "/start") {
			starts = append(starts, call)
		}
	}
	if len(starts) != 2 {
		t.Errorf("sent %v", starts)
	}
}

// TestADeletedApplicationIsMadeAgain takes a delete back from its toast.
func TestADeletedApplicationIsMadeAgain(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	before := applicationNow(t, direct, "development", "word-count")
	filtered(d, "word-count", "1 of 20")
	d.Press("D")
	d.WaitForText("Type word-count to confirm")
	d.Type("word-count")
	d.Press("enter")
	d.WaitForText("deleted word-count  u recreate")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/applications", Times: 1, After: true, Cut: true})
	d.Press("u")
	d.WaitForText("Recreate word-count", "not restored", "POST …/environments/development/applications")
	d.Press("y")
	d.WaitForText("recreated word-count")
	now := applicationNow(t, direct, "development", "word-count")
	if string(now.Spec) != string(before.Spec) || now.UID() == "" {
		t.Errorf("it is\n%s\nwant\n%s", now.Spec, before.Spec)
	}
	if n := proxy.Count("POST"); n != 1 {
		t.Errorf("made %d times: %v", n, proxy.Changes())
	}
}

// TestADeletedApplicationIsMadeAgainFromItsDetachedSavepoint that was taken when it was
// deleted, unless it is asked for without state.
func TestADeletedApplicationIsMadeAgainFromItsDetachedSavepoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keys []string
		done string
		from bool
	}{
		{"the first way", []string{"y"}, "recreated orders from detached savepoint orders-", true},
		{"without state", []string{"down", "y"}, "it starts without state", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, _, direct := behind(t, client.Config{})
			filtered(d, "name:orders prod", "1 of 20")
			d.Press("D")
			d.WaitForText("Savepoint and detach first, then delete")
			d.Press("down", "enter")
			d.Type("orders")
			d.Press("enter")
			d.WaitForText("state in detached savepoint orders-", "u recreate")
			d.Press("u")
			d.WaitForText("Recreate orders", "●  Detached savepoint orders-", "Without state")
			if screen := d.Screen(); strings.Contains(screen, "it starts without state") {
				t.Errorf("of the way from the savepoint is said:\n%s", screen)
			}
			d.Press(c.keys...)
			d.WaitForText(c.done)
			uid := applicationNow(t, direct, "prod", "orders").Spec.String("job", "startFromSavepoint", "uid")
			detached, err := cmfapi.List[cmf.Savepoint](
				t.Context(), direct, cmf.DetachedSavepoints, cmf.Scope{}, cmfapi.Query{},
			)
			taken := slices.ContainsFunc(detached.Items, func(s cmf.Savepoint) bool {
				return s.Metadata.UID == uid && strings.HasPrefix(s.Metadata.Name, "orders-")
			})
			if err != nil || taken != c.from {
				t.Errorf("it starts from %q of %v, %v; want one that was taken: %v", uid, detached.Items, err, c.from)
			}
		})
	}
}

// TestASavepointIsNamedFormattedAndPlaced fills the inputs of the dialog.
func TestASavepointIsNamedFormattedAndPlaced(t *testing.T) {
	t.Parallel()
	d, _, direct := behind(t, client.Config{})
	filtered(d, "name:orders prod", "1 of 20")
	d.Press("S")
	d.WaitForText("Savepoint orders", "format", "path")
	d.Press("tab", "tab")
	d.Type("before-it-all")
	d.Press("enter", "right", "enter")
	d.Type("s3://elsewhere")
	d.Press("enter", "y")
	d.WaitForText("took a savepoint of orders · before-it-all · COMPLETED")
	sp, err := cmfapi.Get[cmf.Savepoint](
		t.Context(), direct, cmf.ApplicationSavepoints, cmf.Scope{Environment: "prod", Parent: "orders"},
		"before-it-all",
	)
	if err != nil || sp.Spec.FormatType != cmf.FormatCanonical || sp.Spec.Path != "s3://elsewhere" {
		t.Errorf("got %+v, %v", sp.Spec, err)
	}
}

// TestWizardScreens draws the wizard for one application and for several, and what
// was done.
func TestWizardScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		for _, scene := range []struct {
			name string
			keys []string
			wait []string
		}{
			{"wizard-fresh", []string{"/", "s", "h", "i", "p", "enter", "s", "~Detached", "G", "enter"}, []string{"Type shipping-eta to confirm"}},
			{"wizard-several", []string{"/", "s", "h", "i", "p", "|", "e", "n", "r", "i", "c", "h", "enter", "ctrl+a", "s", "~‹ ", "right"}, []string{"‹ Sav"}},
			{"wizard-back", []string{"/", "p", "a", "y", "enter", "u"}, []string{"Back to which instance?"}},
			{"wizard-savepoint", []string{"/", "o", "r", "d", "enter", "S", "~Savepoint orders", "tab", "tab", "x"}, []string{"format"}},
			{"actions-empty", []string{"L"}, []string{"nothing was done from here yet"}},
		} {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own := connect(t, c.URL(), client.Config{}) // with a budget of its own
				d := open(t, own, size[0], size[1], nil)
				d.WaitForText("20 applications", "3 failing", "live")
				waitForCauses(d, size[0])
				for _, key := range scene.keys {
					if text, ok := strings.CutPrefix(key, "~"); ok {
						d.WaitForText(text)
						continue
					}
					d.Press(key)
				}
				d.WaitForText(scene.wait...)
				d.WaitFor(func(s string) bool { return !strings.Contains(s, "still waiting for") })
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}

// TestRollBackToTheInstanceUnderTheCursor rolls back from the list of instances: the
// one under the cursor is chosen already.
func TestRollBackToTheInstanceUnderTheCursor(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "name:payments staging", "1 of 20")
	before := applicationNow(t, direct, "staging", "payments")
	d.Press("i")
	d.WaitForText("INSTANCE", "8 instances", "FINISHED")
	d.Press("u")
	// It is the one that is deployed.
	d.WaitForText("no former instance differs", "what its environment sets is", "changed there")
	d.Press("esc", "j", "j", "u")
	d.WaitForText("Roll back payments", "●  Instance of", "payments:1.6.1")
	d.Press("y")
	d.WaitForText("rolled back payments")
	want := before.Spec.With("registry.acme.io/flink/payments:1.6.1", "image")
	if now := applicationNow(t, direct, "staging", "payments"); string(now.Spec) != string(want) {
		t.Errorf("it is\n%s\nwant\n%s", now.Spec, want)
	}
	if sent := proxy.Changes(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
}

// TestAnApplicationStartsFromTheSavepointUnderTheCursor starts from the list of
// savepoints.
func TestAnApplicationStartsFromTheSavepointUnderTheCursor(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	d.Press("5")
	d.WaitForText("12 savepoints")
	filtered(d, "sessions-15m prod", "2 of 12")
	d.Press("s")
	d.WaitForText("could not start sessions-15m: it is") // it runs
	filtered(d, "shipping-eta prod", "1 of 12")
	d.Press("s")
	d.WaitForText("Start shipping-eta", "●  Savepoint shipping-eta-upgrade", "startFromSavepointUid=")
	d.Press("y")
	d.WaitForText("started shipping-eta · from savepoint shipping-eta-upgrade", "of shipping-eta")
	if a := applicationNow(t, direct, "prod", "shipping-eta"); a.DesiredState() != cmf.DesiredRunning {
		t.Errorf("it is to be %s", a.DesiredState())
	}
	if n := proxy.Count("/start"); n != 1 {
		t.Errorf("sent %v", proxy.Changes())
	}
}

// TestWhatIsUnderWayIsInThePreview suspends an application on a server that takes its
// time: the preview shows the step and for how long it has been going on, and nothing of
// it once it is done.
func TestWhatIsUnderWayIsInThePreview(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{Timeout: 20 * time.Second})
	filtered(d, "name:orders prod", "1 of 20")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/suspend", Delay: 4 * time.Second})
	d.Press("s")
	d.WaitForText("With a savepoint", "Suspend (y)")
	d.Press("y")
	step := regexp.MustCompile(`│ +suspending +[\d.]+ s.*\n.*│ +\S suspend +[1-9][\d.]* s`)
	d.WaitFor(step.MatchString)
	d.WaitForText("suspended orders")
	d.WaitFor(func(s string) bool { return !step.MatchString(s) && !strings.Contains(s, "│  suspending") })
}

// TestARollBackThatLosesStateWantsTheName starts a job again that keeps none: that is
// said, and the name is typed, as where its specification is edited.
func TestARollBackThatLosesStateWantsTheName(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "name:orders prod state:run", "1 of 20")
	meanwhile(t, direct, "orders", "stateless", "job", "upgradeMode")
	d.WaitForText("stateless")
	d.Press("u")
	d.WaitForText("Roll back orders", "starts again without its state", "Type orders to confirm")
	d.Press("y", "enter")
	d.WaitForText("type orders to confirm")
	if sent := proxy.Changes(); len(sent) != 0 {
		t.Errorf("it was rolled back without its name: %v", sent)
	}
}

// TestAKeyGoesToTheSavepointThatWasTaken from its toast, and from the list of actions; in
// its list it is there at once, under the cursor.
func TestAKeyGoesToTheSavepointThatWasTaken(t *testing.T) {
	t.Parallel()
	d, _, _ := behind(t, client.Config{})
	d.Press("5")
	d.WaitForText("12 savepoints")
	d.Press("2")
	for i, name := range []string{"before-it-all", "after-it-all"} {
		filtered(d, "name:orders prod", "1 of 20")
		d.Press("S")
		d.WaitForText("Savepoint orders", "format", "path")
		d.Press("tab", "tab")
		d.Type(name)
		d.Press("enter", "y")
		d.WaitForText("took a savepoint of orders · "+name+" · COMPLETED", "F to it")
		if i == 1 {
			d.Press("L")
			d.WaitForText("DONE", "to what it made")
		}
		d.Press("F")
		d.WaitForText(fmt.Sprintf("%d savepoints", 13+i), "savepoints › "+name, "COMPLETED")
		d.Press("esc")
		d.WaitForText([]string{"applications › orders", "› Actions"}[i])
	}
}

// TestAnEditIsTakenBackFromTheListOfActions, from the log of calls and from its toast: the
// way back is to roll back to a former instance, which puts the object back as it was. What
// nothing takes back says what can be done instead.
func TestAnEditIsTakenBackFromTheListOfActions(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"", "L", "@"} {
		t.Run("page "+page, func(t *testing.T) {
			t.Parallel()
			d, _, direct := behind(t, client.Config{})
			filtered(d, "name:orders prod state:run", "1 of 20")
			before := applicationNow(t, direct, "prod", "orders").Spec
			setParallelism(d, "6")
			d.WaitForText("nothing wrong was found")
			d.Press("enter")
			d.WaitForText("Apply orders", "job.parallelism")
			d.Press("y")
			d.WaitForText("applied orders · RUNNING", "u roll back")
			if page != "" {
				d.Press(page)
				if page == "@" {
					filtered(d, "POST", "1 of ")
				}
				d.WaitForText("orders", "undo: roll back")
			}
			d.Press("u")
			d.WaitForText("Roll back orders", "6 → 8")
			d.Press("y")
			d.WaitForText("rolled back orders")
			if now := applicationNow(t, direct, "prod", "orders").Spec; !sameSpec(before, now) {
				t.Errorf("it is\n%s\nwant\n%s", now, before)
			}
			if page != "L" {
				return
			}
			d.WaitForText("UNDONE")
			d.Press("g", "u") // what takes back is not taken back itself
			d.WaitForText("roll back orders: what roll back does is not taken back: enter goes to it")
		})
	}
}

func sameSpec(a, b cmf.Object) bool {
	return string(a.With(nil, "restartNonce")) == string(b.With(nil, "restartNonce"))
}
