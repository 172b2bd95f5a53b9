package lifecycle

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// modelled is what the model knows of an application.
type modelled struct {
	exists, running bool
	image           string
	messages        int // CMF_STATUS events since it was created
}

// lifecycle is a random course of some applications beside a model of it.
type lifecycle struct {
	*servertest.World
	rng      *rand.Rand
	apps     map[string]*modelled
	replicas int // in the environment's defaults, 0 for none
}

var lifecycleNames = []string{"aa", "bb", "cc"}

// TestARandomCourseEndsAsItsModel does what clients do in any order, with
// restarts of the server between, and compares what it all comes to.
func TestARandomCourseEndsAsItsModel(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			l := &lifecycle{World: servertest.NewWorld(t), rng: rand.New(rand.NewPCG(seed, 7)), apps: map[string]*modelled{}}
			l.World.Environment("prod")
			for _, name := range lifecycleNames {
				l.apps[name] = &modelled{}
			}
			for range 120 {
				l.step()
			}
			l.Advance(time.Hour)
			for _, name := range lifecycleNames {
				l.check(name, l.apps[name])
			}
		})
	}
}

func (l *lifecycle) step() {
	name := servertest.Pick(l.rng, lifecycleNames...)
	one, target := l.apps[name], servertest.ProdApps+"/"+name
	switch l.rng.IntN(14) {
	case 0, 1, 2:
		l.write(name, one)
	case 3, 4:
		l.desire(one, target+"/start", true)
	case 5, 6:
		l.desire(one, target+"/suspend", false)
	case 7, 8:
		l.Call(
			"POST", target+"/savepoints",
			`{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"`+servertest.Pick(l.rng, "x", "y")+
				`"},"spec":{"backoffLimit":1}}`,
		)
	case 9:
		l.Call("DELETE", target+"/savepoints/"+servertest.Pick(l.rng, "x", "y")+servertest.Pick(l.rng, "", "?force=true"), "")
	case 10:
		if rec := l.Call("DELETE", target+servertest.Pick(l.rng, "", "?force=true"), ""); one.exists != (rec.Code == 204) {
			l.T.Errorf("delete %s: got %d, the model has it: %v", name, rec.Code, one.exists)
		}
		l.WaitIdle()
		*one = modelled{}
	case 11:
		l.replicas = l.rng.IntN(3)
		defaults := "null"
		if l.replicas > 0 {
			defaults = fmt.Sprintf(`{"spec":{"taskManager":{"replicas":%d}}}`, l.replicas)
		}
		l.Must("POST", "environments", `{"name":"prod","flinkApplicationDefaults":`+defaults+`}`)
	case 12:
		l.Reopen()
	case 13:
		l.Advance(time.Duration(l.rng.IntN(20)) * time.Second)
	}
	if servertest.OneIn(l.rng, 3) {
		l.Advance(time.Duration(l.rng.IntN(1500)) * time.Millisecond)
	}
}

// write creates or updates.
func (l *lifecycle) write(name string, one *modelled) {
	image, running := servertest.Pick(l.rng, "i1", "i2"), !servertest.OneIn(l.rng, 3)
	state := map[bool]string{true: cmf.DesiredRunning, false: cmf.DesiredSuspended}[running]
	doc := cmf.Object(servertest.Application(
		name, `"state":"`+state+`","upgradeMode":"`+servertest.Pick(l.rng, "stateless", "savepoint", "last-state")+`"`, "",
	)).With(image, "spec", "image")
	before := l.Call("GET", servertest.ProdApps+"/"+name, "").Body.Bytes()
	after := l.Must("POST", servertest.ProdApps, string(doc))
	if !one.exists || !reflect.DeepEqual(cmf.Object(before).Object("spec").Map(), after.Object("spec").Map()) {
		one.messages++
	}
	one.exists, one.running, one.image = true, running, image
}

// desire starts or suspends.
func (l *lifecycle) desire(one *modelled, target string, running bool) {
	rec := l.Call("POST", target, "")
	want := 200
	switch {
	case !one.exists:
		want = 404
	case one.running == running:
		want = 304
	default:
		one.messages++
	}
	if rec.Code != want {
		l.T.Errorf("%s: got %d %s, want %d", target, rec.Code, rec.Body, want)
	}
	one.running = running
}

// check compares an application that has come to rest with its model.
func (l *lifecycle) check(name string, one *modelled) {
	target := servertest.ProdApps + "/" + name
	rec := l.Call("GET", target, "")
	if one.exists != (rec.Code == 200) {
		l.T.Errorf("%s: got %d, the model has it: %v", name, rec.Code, one.exists)
	}
	if rec.Code != 200 {
		return
	}
	status := cmf.Object(rec.Body.Bytes()).Object("status")
	job := status.String("jobStatus", "state")
	if one.running {
		l.WantStates(name, cmf.LifecycleStable, cmf.JobRunning)
	} else if got := status.String("lifecycleState"); got != cmf.LifecycleSuspended ||
		job != "" && job != cmf.JobFinished {
		l.T.Errorf("%s: got %s and %s, want it suspended", name, got, job)
	}
	l.checkInstances(name, one, status)
	l.checkEvents(name, one, map[string]string{
		cmf.EventClusterStatus: status.String("lifecycleState"), cmf.EventJobStatus: job,
	})
	for _, sp := range items[cmf.Savepoint](l.World, target+"/savepoints?size=2000") {
		switch {
		case sp.Status.State == cmf.SavepointPending, sp.Status.State == cmf.SavepointInProgress:
			l.T.Errorf("%s: savepoint %s is still %s", name, sp.Metadata.Name, sp.Status.State)
		case sp.Status.PendingDeletion && one.running:
			l.T.Errorf("%s: savepoint %s is still there", name, sp.Metadata.Name)
		}
	}
}

func (l *lifecycle) checkInstances(name string, one *modelled, status cmf.Object) {
	found := items[cmf.Instance](l.World, servertest.ProdApps+"/"+name+"/instances?size=2000&sort=creationTimestamp")
	for i, instance := range found {
		last := i == len(found)-1
		if last != (instance.Metadata.Name == status.String("currentDeployedInstanceName")) {
			l.T.Errorf("%s: instance %d of %d is current: %v", name, i+1, len(found), !last)
		}
		if running := instance.Status.JobStatus.State == cmf.JobRunning; running != (last && one.running) {
			l.T.Errorf("%s: the job of instance %d of %d is %s", name, i+1, len(found), instance.Status.JobStatus.State)
		}
		if last && one.running {
			replicas, _ := instance.Status.Spec.Int("taskManager", "replicas")
			if image := instance.Status.Spec.String("image"); image != one.image || replicas != int64(l.replicas) {
				l.T.Errorf(
					"%s: runs %s with %d replicas, want %s with %d", name, image, replicas, one.image, l.replicas,
				)
			}
		}
	}
}

func (l *lifecycle) checkEvents(name string, one *modelled, want map[string]string) {
	events := items[cmf.Event](
		l.World, "/cmf/api/v1alpha1/"+servertest.ProdApps+"/"+name+"/events?size=2000&sort=creationTimestamp,desc",
	)
	answers, newest := 0, map[string]string{}
	for _, event := range events {
		if event.Status.Type == cmf.EventCMFStatus {
			answers++
		}
		if _, there := newest[event.Status.Type]; !there && event.Status.Data != nil {
			newest[event.Status.Type] = event.Status.Data.NewStatus
		}
	}
	if len(events) < 100 && answers != one.messages {
		l.T.Errorf("%s: %d CMF_STATUS events, want %d", name, answers, one.messages)
	}
	for kind, state := range want {
		if newest[kind] != state {
			l.T.Errorf("%s: the newest %s tells of %q, the status is %q", name, kind, newest[kind], state)
		}
	}
}

// items is a list's page.
func items[T any](w *servertest.World, target string) []T {
	w.T.Helper()
	var page cmf.Page[T]
	if err := json.Unmarshal(w.Must("GET", target, ""), &page); err != nil {
		w.T.Fatal(err)
	}
	return page.Items
}
