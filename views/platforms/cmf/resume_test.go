package cmf

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/disk"
	"drey/ui/uitest/faulty"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/tasks"
)

// interrupted is something that is done in steps, each of which is cut off once.
var interrupted = []struct {
	name  string
	verb  views.Verb
	how   string
	state string   // of the application before
	steps []string // what its requests hold, in their order
	check func(*testing.T, *cmfapi.Client, objects.App)
}{
	{"fresh start", resource.VerbStart, actions.OneHow(actions.HowFresh, cmf.UpgradeModeSavepoint), cmf.DesiredSuspended, []string{"POST /applications", "POST /start", "POST /applications"}, isRunningWithSavepoints},
	{"suspend without a savepoint", resource.VerbSuspend, actions.OneHow(actions.HowPlain, cmf.UpgradeModeSavepoint), cmf.DesiredRunning, []string{"POST /applications", "POST /suspend", "POST /applications"}, isSuspendedWithoutSavepoint},
	{"savepoint and suspend", resource.VerbSuspend, actions.OneHow(actions.HowSavepoint, "first"), cmf.DesiredRunning, []string{"POST /savepoints", "POST /suspend"}, isSuspendedWithOneSavepoint},
	{"upgrade", actions.VerbUpgrade, editedParallelism, cmf.DesiredRunning, []string{"POST /suspend", "POST /applications", "POST /start"}, isRunningAtSix},
	{"savepoint, detach and delete", resource.VerbDelete, actions.OneHow(actions.HowSavepoint, ""), cmf.DesiredRunning, []string{"POST /savepoints", "POST /detach", "DELETE "}, isDeletedButForItsState},
}

// TestAKilledConsoleIsGoneOnWithAtEveryStep ends the console that does something
// while each of its requests is under way, before it reached the server and after
// it took effect. The next console does the rest, and nothing twice.
func TestAKilledConsoleIsGoneOnWithAtEveryStep(t *testing.T) {
	t.Parallel()
	direct := running(t)
	var all sync.WaitGroup // each waits most of the time: they need no processor of their own
	for c, of := range interrupted {
		for at := range of.steps {
			for _, after := range []bool{false, true} {
				all.Go(func() {
					t.Run(fmt.Sprintf("%s/%d/after=%v", of.name, at+1, after), func(t *testing.T) {
						killAt(t, direct, c, at, after)
					})
				})
			}
		}
	}
	all.Wait()
}

func killAt(t *testing.T, direct *cmfapi.Client, c, at int, after bool) {
	of := interrupted[c]
	name := fmt.Sprintf("killed-%d-%d-%v", c, at, after)
	item := makeApplication(t, direct, name, of.state)
	how := of.how
	if of.verb == resource.VerbDelete {
		how = actions.OneHow(actions.HowSavepoint, name+"-last") // detached savepoints share their names
	}
	proxy := faulty.Before(t, direct.URL())
	api, err := cmfapi.New(client.Config{URL: proxy.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	kind := browse.Untyped(Applications(api)).(platform.Resumer)
	folder := t.TempDir()

	// The first console: what it sends at this step never gets an answer.
	journal := disk.NewJournal(folder)
	ctx, kill := context.WithCancel(t.Context())
	task := taskFor(api, item, of.verb, how)
	proxy.Set(faultAt(of.steps, at, after))
	ended := make(chan views.DoneMsg, 1)
	go func() { ended <- kind.Resume(ctx, tasks.NewStore(journal), time.Now, task) }()
	waitFor(t, func() bool { return proxy.Count("") > at })
	if after {
		waitFor(t, func() bool { return tookEffect(t, direct, of.steps[at], at > 0, item, how) })
	}
	kill()
	<-ended
	_ = journal.Close() // the system does so when a process is killed

	// The next one.
	proxy.Set()
	next := disk.NewJournal(folder)
	t.Cleanup(func() { _ = next.Close() })
	store := tasks.NewStore(next)
	mine, held, err := store.Adopt()
	if err != nil || len(mine) != 1 || len(held) != 0 {
		t.Fatalf("took over %d tasks, %d are held, %v", len(mine), len(held), err)
	}
	msg := kind.Resume(t.Context(), store, time.Now, &mine[0])
	if msg.Err != nil {
		t.Fatalf("%v\n%v", msg.Err, proxy.Changes())
	}
	want := len(of.steps)
	if !after {
		want++ // the one that never reached the server
	}
	if sent := proxy.Changes(); len(sent) != want {
		t.Errorf("%d requests were sent, want %d: %v", len(sent), want, sent)
	}
	of.check(t, direct, item)
	if again, _, err := tasks.NewStore(next).Adopt(); err != nil || len(again) != 0 {
		t.Errorf("it is gone on with once more: %+v %v", again, err)
	}
}

// faultAt hangs the request of one step: those before it pass.
func faultAt(steps []string, at int, after bool) faulty.Fault {
	method, path, _ := strings.Cut(steps[at], " ")
	f := faulty.Fault{Method: method, Path: path, Hang: true, After: after}
	if at == 1 && path == "/applications" { // the paths of all that comes before hold it, too
		_, before, _ := strings.Cut(steps[0], " ")
		return faulty.Fault{Method: "POST", Path: before, Times: 1, Delay: time.Millisecond, Then: []faulty.Fault{f}}
	}
	if at == 2 && steps[0] == steps[2] { // the second of its kind: the first passes
		_, between, _ := strings.Cut(steps[1], " ")
		return faulty.Fault{
			Method: method, Path: path, Times: 1, Delay: time.Millisecond,
			Then: []faulty.Fault{{Method: "POST", Path: between, Delay: time.Millisecond}, f},
		}
	}
	return f
}

func taskFor(api *cmfapi.Client, item objects.App, verb views.Verb, how string) *views.Task {
	t := &views.Task{
		Target: views.Ref{
			Kind: cmf.Applications.Plural, Scope: item.Scope, Name: item.Value.Name(), UID: item.Value.UID(),
		},
		Made: item.Value.Metadata.String("creationTimestamp"), Verb: verb, How: how, Began: time.Now(),
		Resumable: true,
	}
	for _, s := range actions.ApplicationStages(api)(verb, item, how) {
		t.Steps = append(t.Steps, views.TaskStep{Label: s.Label, Method: s.Step.Method, Path: s.Step.Path})
	}
	return t
}

// tookEffect looks for the effect of a step whose answer hangs; back tells that it
// brings the former mode back.
func tookEffect(t *testing.T, api *cmfapi.Client, step string, back bool, item objects.App, how string) bool {
	now, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name(),
	)
	switch {
	case strings.HasPrefix(step, "DELETE"):
		return err != nil || now.LifecycleState() == cmf.LifecycleDeleting
	case step == "POST /start":
		return now.DesiredState() == cmf.DesiredRunning
	case step == "POST /suspend":
		return now.DesiredState() == cmf.DesiredSuspended
	case step == "POST /detach":
		_, err := cmfapi.GetRaw(
			t.Context(), api, cmf.DetachedSavepoints, cmf.Scope{},
			actions.ReadHow(how).Get(actions.HowSavepoint),
		)
		return err == nil
	case step == "POST /savepoints":
		l, err := cmfapi.List[cmf.Savepoint](
			t.Context(), api, cmf.ApplicationSavepoints, objects.ChildScope(item), cmfapi.Query{},
		)
		return err == nil && len(l.Items) > 0
	}
	if how == editedParallelism {
		return err == nil && now.Parallelism() == 6
	}
	// The mode was posted: another one, and later the former one again.
	return err == nil && (now.Spec.String("job", "upgradeMode") == cmf.UpgradeModeSavepoint) == back
}

func makeApplication(t *testing.T, api *cmfapi.Client, name, state string) objects.App {
	t.Helper()
	scope := cmf.Scope{Environment: "prod"}
	like, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), api, cmf.Applications, scope, "orders")
	if err != nil {
		t.Fatal(err)
	}
	like = actions.Written(like)
	like.Metadata = cmf.MustObject(map[string]any{"name": name})
	like.Spec = like.Spec.With(state, "job", "state").With(cmf.UpgradeModeSavepoint, "job", "upgradeMode")
	if _, err := cmfapi.Create(t.Context(), api, cmf.Applications, scope, like); err != nil {
		t.Fatal(err)
	}
	item := objects.App{Location: &resource.Location{Scope: "prod"}}
	waitFor(t, func() bool {
		item.Value, err = cmfapi.Get[cmf.FlinkApplication](t.Context(), api, cmf.Applications, scope, name)
		return err == nil && (state == cmf.DesiredSuspended && item.Value.LifecycleState() == cmf.LifecycleSuspended ||
			item.Value.JobState() == cmf.JobRunning)
	})
	return item
}

// waitFor waits until something has come about.
func waitFor(t *testing.T, cond func() bool) {
	t.Helper()
	for began := time.Now(); !cond(); {
		if time.Since(began) > time.Minute {
			t.Fatal("what was waited for never came")
		}
		timer := time.NewTimer(20 * time.Millisecond)
		<-timer.C
	}
}

func isRunningWithSavepoints(t *testing.T, api *cmfapi.Client, item objects.App) {
	now, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name(),
	)
	if err != nil || now.UpgradeMode() != cmf.UpgradeModeSavepoint || now.JobState() != cmf.JobRunning {
		t.Errorf("it is %s with upgrade mode %s, %v", now.JobState(), now.UpgradeMode(), err)
	}
}

// editedParallelism is the how of a text in which the parallelism was changed to six.
var editedParallelism = url.Values{"edited": {
	`{"base":{"spec":{"job":{"parallelism":8}}},"mine":{"spec":{"job":{"parallelism":6}}}}`,
}}.Encode()

func isRunningAtSix(t *testing.T, api *cmfapi.Client, item objects.App) {
	t.Helper()
	isRunningWithSavepoints(t, api, item)
	now, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name(),
	)
	if err != nil || now.Parallelism() != 6 {
		t.Errorf("its parallelism is %d, %v", now.Parallelism(), err)
	}
}

func isSuspendedWithOneSavepoint(t *testing.T, api *cmfapi.Client, item objects.App) {
	now, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name(),
	)
	if err != nil || now.LifecycleState() != cmf.LifecycleSuspended {
		t.Errorf("it is %s, %v", now.LifecycleState(), err)
	}
	l, err := cmfapi.List[cmf.Savepoint](
		t.Context(), api, cmf.ApplicationSavepoints, objects.ChildScope(item), cmfapi.Query{},
	)
	n := 0
	for _, s := range l.Items {
		if s.Metadata.Name == "first" {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("%d savepoints were taken first, %v", n, err)
	}
}

// isSuspendedWithoutSavepoint wants the upgrade mode that it had, and no savepoint.
func isSuspendedWithoutSavepoint(t *testing.T, api *cmfapi.Client, item objects.App) {
	t.Helper()
	now, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name(),
	)
	if err != nil || now.LifecycleState() != cmf.LifecycleSuspended || now.UpgradeMode() != cmf.UpgradeModeSavepoint {
		t.Errorf("it is %s with mode %s, %v", now.LifecycleState(), now.UpgradeMode(), err)
	}
	l, err := cmfapi.List[cmf.Savepoint](
		t.Context(), api, cmf.ApplicationSavepoints, objects.ChildScope(item), cmfapi.Query{},
	)
	if err != nil || len(l.Items) != 0 {
		t.Errorf("%d savepoints were taken, %v", len(l.Items), err)
	}
}

// TestAStatementGoesOnFromAChosenSavepoint takes a savepoint of a statement, stops it,
// and lets it go on from that savepoint twice: the server takes it as another one each
// time.
func TestAStatementGoesOnFromAChosenSavepoint(t *testing.T) {
	t.Parallel()
	api := running(t)
	kind := browse.Untyped(Statements(api))
	var name string
	waitFor(t, func() bool {
		listed, err := cmfapi.List[cmf.Statement](
			t.Context(), api, cmf.Statements, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
		)
		at := slices.IndexFunc(listed.Items, func(s cmf.Statement) bool {
			return s.Phase() == cmf.PhaseRunning && !s.Spec.Stopped
		})
		if err == nil && at >= 0 {
			name = listed.Items[at].Metadata.Name
		}
		return name != ""
	})
	ref := views.Ref{Kind: cmf.Statements.Plural, Scope: "prod", Name: name}
	nobody := func(views.Step) {}
	how := actions.OneHow(actions.HowName, "chosen")
	if err := kind.Do(t.Context(), resource.VerbSavepoint, ref, how, nobody); err != nil {
		t.Fatal(err)
	}
	point, err := cmfapi.Get[cmf.Savepoint](
		t.Context(), api, cmf.StatementSavepoints, cmf.Scope{Environment: "prod", Parent: name}, "chosen",
	)
	if err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= 2; number++ {
		if err := kind.Do(t.Context(), resource.VerbStop, ref, "", nobody); err != nil {
			t.Fatal(err)
		}
		now, err := cmfapi.Get[cmf.Statement](t.Context(), api, cmf.Statements, cmf.Scope{Environment: "prod"}, name)
		if err != nil {
			t.Fatal(err)
		}
		ways, err := actions.ResumeWays(
			t.Context(), api, objects.Statement{Location: &resource.Location{Scope: "prod"}, Value: now}, time.Now(),
		)
		how := actions.OneHow(actions.HowFrom, point.Metadata.UID)
		if err != nil || !slices.ContainsFunc(ways, func(c views.Choice) bool { return c.How == how }) {
			t.Fatalf("it can go on from %+v, %v", ways, err)
		}
		if err := kind.Do(t.Context(), resource.VerbResume, ref, how, nobody); err != nil {
			t.Fatal(err)
		}
		now, err = cmfapi.Get[cmf.Statement](t.Context(), api, cmf.Statements, cmf.Scope{Environment: "prod"}, name)
		if from := now.Spec.StartFromSavepoint; err != nil || now.Phase() != cmf.PhaseRunning || from == nil ||
			from.UID != point.Metadata.UID || *from.SavepointRedeployNonce != number {
			t.Errorf("it is %s from %+v, %v", now.Phase(), from, err)
		}
	}
}

func isDeletedButForItsState(t *testing.T, api *cmfapi.Client, item objects.App) {
	_, err := cmfapi.GetRaw(t.Context(), api, cmf.Applications, objects.ScopeOf(item.Location), item.Value.Name())
	if !client.IsNotFound(err) {
		t.Errorf("it is there: %v", err)
	}
	if _, err := cmfapi.GetRaw(
		t.Context(), api, cmf.DetachedSavepoints, cmf.Scope{}, item.Value.Name()+"-last",
	); err != nil {
		t.Errorf("its state is gone: %v", err)
	}
}
