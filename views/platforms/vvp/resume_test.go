package vvp

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/client/vvpapi/vvptest"
	"drey/ui/disk"
	"drey/ui/uitest/faulty"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/resource"
	"drey/views/tasks"
)

// interrupted is something that is done in steps, each of which is cut off once.
var interrupted = []struct {
	name  string
	of    string // the deployment
	verb  views.Verb
	how   string
	steps []string // what its requests hold, in their order
	state string   // how it is afterwards, "" where it is deleted
}{
	{"suspend", "orders", resource.VerbSuspend, "", []string{"PATCH /orders"}, vvp.Suspended},
	{"cancel", "orders", resource.VerbStop, howCancel + "=true", []string{"PATCH /orders"}, vvp.Cancelled},
	{"restart from a savepoint", "fraud", verbRestart, "", []string{"PATCH /fraud", "POST /savepoints", "PATCH /fraud"}, vvp.Running},
	{"savepoint", "orders", resource.VerbSavepoint, "", []string{"POST /savepoints"}, vvp.Running},
	{"roll back", "orders", resource.VerbRollBack, "", []string{"PATCH /orders"}, vvp.Running},
	{"delete", "orders", resource.VerbDelete, "", []string{"PATCH /orders", "DELETE /orders"}, ""},
}

// TestAKilledConsoleIsGoneOnWithAtEveryStep ends the console that does something
// while each of its requests is under way, before it reached the server and after it
// took effect. The next console does the rest, and nothing twice.
func TestAKilledConsoleIsGoneOnWithAtEveryStep(t *testing.T) {
	for c, of := range interrupted {
		for at := range of.steps {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/after=%v", of.name, at+1, after), func(t *testing.T) {
					t.Parallel()
					killAt(t, c, at, after)
				})
			}
		}
	}
}

func killAt(t *testing.T, c, at int, after bool) {
	of := interrupted[c]
	s := vvptest.New(t, vvptest.Quirks{Polls: 1})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	s.AddDeployment("default", "fraud", "FAILED", "LATEST_SAVEPOINT")
	proxy := faulty.Before(t, s.URL)
	api := clientOf(t, proxy.URL)
	item := deployment{Location: &resource.Location{Scope: "default"}}
	d, err := vvpapi.Get[vvp.Deployment](t.Context(), clientOf(t, s.URL), vvp.Deployments, "default", of.of)
	if err != nil {
		t.Fatal(err)
	}
	item.Value = Deployment{Deployment: d}
	how := of.how
	if of.verb == verbRestart { // from one that was taken before
		how = url.Values{howSavepoint: {s.AddSavepoint("default", of.of)}}.Encode()
	}
	if of.verb == resource.VerbRollBack {
		then, now := s.Upgrade("default", of.of, 4)
		how = url.Values{howThen: {then}, howNow: {now}}.Encode()
	}
	kind := browse.Untyped(Deployments(api)).(platform.Resumer)
	folder := t.TempDir()

	// The first console: what it sends at this step never gets an answer.
	journal := disk.NewJournal(folder)
	ctx, kill := context.WithCancel(t.Context())
	task := taskFor(api, item, of.verb, how)
	proxy.Set(faultAt(of.steps, at, after))
	ended := make(chan views.DoneMsg, 1)
	go func() { ended <- kind.Resume(ctx, tasks.NewStore(journal), time.Now, task) }()
	waitFor(t, func() bool { return len(proxy.Changes()) > at })
	if after {
		waitFor(t, func() bool { return len(s.Changes()) > at })
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
	if msg := kind.Resume(t.Context(), store, time.Now, &mine[0]); msg.Err != nil {
		t.Fatalf("%v\n%v", msg.Err, proxy.Changes())
	}
	if got := s.Changes(); len(got) != len(of.steps) || !slices.EqualFunc(got, of.steps, sameRequest) {
		t.Errorf("the server got %q, want %q", got, of.steps)
	}
	now, err := vvpapi.Get[vvp.Deployment](t.Context(), clientOf(t, s.URL), vvp.Deployments, "default", of.of)
	if deleted := err != nil; deleted != (of.state == "") || !deleted && now.State() != of.state {
		t.Errorf("it is %s, %v, want %s", now.State(), err, of.state)
	}
	if again, _, err := tasks.NewStore(next).Adopt(); err != nil || len(again) != 0 {
		t.Errorf("it is gone on with once more: %+v %v", again, err)
	}
}

func sameRequest(got, want string) bool {
	method, path, _ := strings.Cut(want, " ")
	return strings.HasPrefix(got, method+" ") && strings.HasSuffix(got, path)
}

func clientOf(t *testing.T, address string) *vvpapi.Client {
	t.Helper()
	api, err := vvpapi.New(vvpapi.Config{Server: client.Config{URL: address}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

// faultAt hangs the request of one step: those before it pass.
func faultAt(steps []string, at int, after bool) faulty.Fault {
	method, path, _ := strings.Cut(steps[at], " ")
	f := faulty.Fault{Method: method, Path: path, Hang: true, After: after}
	if at == 2 && steps[0] == steps[2] { // the second of its kind: the first passes
		between, of, _ := strings.Cut(steps[1], " ")
		return faulty.Fault{
			Method: method, Path: path, Times: 1, Delay: time.Millisecond,
			Then: []faulty.Fault{{Method: between, Path: of, Delay: time.Millisecond}, f},
		}
	}
	return f
}

func taskFor(api *vvpapi.Client, item deployment, verb views.Verb, how string) *views.Task {
	t := &views.Task{
		Target: views.Ref{
			Kind: vvp.Deployments.Plural, Scope: item.Scope, Name: deploymentName(item.Value),
			UID: item.Value.Metadata.ID,
		},
		Made: item.Value.Metadata.CreatedAt, Verb: verb, How: how, Began: time.Now(), Resumable: true,
	}
	for _, s := range stagesOf(api, verb, item, how) {
		t.Steps = append(t.Steps, views.TaskStep{Label: s.Label, Method: s.Step.Method, Path: s.Step.Path})
	}
	return t
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

// TestAnObjectIsAddressedByItsNameWhereAPathCanHaveIt has names of old clients.
func TestAnObjectIsAddressedByItsNameWhereAPathCanHaveIt(t *testing.T) {
	const id = "00000000-0000-0000-0000-000000000001"
	for name, want := range map[string]string{
		"orders": "orders", "MY_SECRET-1": "MY_SECRET-1", "INSERT INTO a SELECT * FROM b": id, "a/b": id,
		"": id, strings.Repeat("a", 251): id, "..": id, "a.b": id,
	} {
		if got := handle(name, id); got != want {
			t.Errorf("%q is addressed by %q, want %q", name, got, want)
		}
	}
	if got := handle("a b", "default/a b"); got != "a b" { // a key that is no ID
		t.Errorf("addressed by %q", got)
	}
}

// TestADeploymentIsFoundByANameThatNoPathCanHave has no ID, as a command line.
func TestADeploymentIsFoundByANameThatNoPathCanHave(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{})
	s.AddDeployment("default", "INSERT INTO a/b SELECT 1", "RUNNING", "LATEST_STATE")
	d, err := getDeployment(t.Context(), clientOf(t, s.URL), views.Ref{
		Scope: "default", Name: "INSERT INTO a/b SELECT 1",
	})
	if err != nil || d.State() != vvp.Running {
		t.Errorf("%+v, %v", d.Status, err)
	}
}
