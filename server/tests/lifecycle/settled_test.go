package lifecycle

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/servertest"
)

func TestParametersThatAreNoBooleanAreNamed(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	servertest.Play(w, []scenario{
		{"of a list", "GET", "environments?include-resource-information=yes", "", nil, 400, `include-resource-information: want true or false, got \"yes\"`},
		{"of one", "GET", "environments/prod?include-resource-information=1", "", nil, 400, "include-resource-information"},
		{"of a delete", "DELETE", "environments/prod?force=maybe", "", nil, 400, "force: want true or false"},
		{"in capitals", "GET", "environments?include-resource-information=TRUE", "", nil, 200, `"resources"`},
		{"still there", "GET", "environments/prod", "", nil, 200, ""},
	})
}

func TestResourceSummariesAreOfWhatRuns(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	sized := `"spec":{"jobManager":{"resource":{"cpu":1,"memory":"1024m"}},` +
		`"taskManager":{"resource":{"cpu":2,"memory":"2048m"}},`
	w.Must("POST", servertest.ProdApps, strings.Replace(servertest.Application("orders", "", ""), `"spec":{`, sized, 1))
	w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"))
	w.Advance(10 * time.Second)
	one := w.Must("GET", servertest.ProdApps+"/orders?include-resource-information=true", "").Object(
		"status", "resourceSummary",
	)
	statement := w.Must(
		"GET", servertest.ProdStatements+"/clicks?include-resource-information=true", "",
	).Object("status", "resourceSummary")
	pool := w.Must(
		"GET", "environments/prod/compute-pools/pool?include-resource-information=true", "",
	).Object("status", "resourceSummary")
	env := w.Must("GET", "environments/prod?include-resource-information=true", "").Object("status", "resourceSummary")
	all := w.Must("GET", "resource-information", "").Object("status", "resourceSummary")
	if one.String("taskManager", "cpu") != "2" {
		t.Errorf("application: got %s, want 2 CPUs of task managers", one)
	}
	memory := func(o cmf.Object) int64 {
		jm, _ := o.Int("jobManager", "memory")
		tm, _ := o.Int("taskManager", "memory")
		return jm + tm
	}
	if memory(pool) != memory(statement) {
		t.Errorf("pool: got %s, want what its statement takes, %s", pool, statement)
	}
	if got, want := memory(env), memory(one)+memory(statement); got != want {
		t.Errorf("environment: got %d, want %d", got, want)
	}
	if got, _ := all.Int("memory"); got != memory(env) {
		t.Errorf("all: got %s, want %d", all, memory(env))
	}
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(10 * time.Second)
	env = w.Must("GET", "environments/prod?include-resource-information=true", "").Object("status", "resourceSummary")
	if memory(env) != memory(statement) {
		t.Errorf("suspended: got %s, want %d", env, memory(statement))
	}
}

func TestWhatIsSettledOfStatementsAndPools(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	stopped := func(name, text string) string {
		return string(cmf.Object(servertest.SelectFrom(name, text)).With(true, "spec", "stopped"))
	}
	servertest.Play(w, []scenario{
		{"stopped on create", "POST", servertest.ProdStatements, stopped("still", "SELECT click_id FROM clicks"), nil, 200, ""},
		{"a bounded one", "POST", servertest.ProdStatements, servertest.SelectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)"), nil, 200, ""},
		{"an insert", "POST", servertest.ProdStatements, servertest.SelectFrom("insert", "INSERT INTO blackhole SELECT click_id AS data FROM clicks"), nil, 200, ""},
		{"a long name", "POST", servertest.ProdStatements, servertest.Statement(strings.Repeat("a", 46), "SELECT 1"), nil, 400, "between 1 and 45"},
		{"a name that starts with a digit", "POST", servertest.ProdStatements, servertest.Statement("1a", "SELECT 1"), nil, 400, "start with a letter"},
	})
	w.Advance(20 * time.Second)
	servertest.Play(w, []scenario{
		{"it is", "GET", servertest.ProdStatements + "/still", "", nil, 200, `"phase":"STOPPED"`},
		{"by phase", "GET", servertest.ProdStatements + "?phase=stopped", "", nil, 200, `"metadata":{"size":1}`},
		{"stop of the completed", "PUT", servertest.ProdStatements + "/values", stopped("values", "SELECT * FROM (VALUES (1)) AS t (n)"), nil, 422, ""},
		{"another text", "PUT", servertest.ProdStatements + "/still", stopped("still", "SELECT 1"), nil, 422, ""},
		{"results of an insert", "GET", servertest.ProdStatements + "/insert/results", "", nil, 400, ""},
		{"a pool whose statements run is not changed", "PUT", "environments/prod/compute-pools/pool", strings.Replace(servertest.Pool("pool", "DEDICATED"), "v1_19", "v1_20", 1), nil, 409, "running"},
		{"but may be written as it is", "PUT", "environments/prod/compute-pools/pool", servertest.Pool("pool", "DEDICATED"), nil, 200, ""},
		{"nor deleted", "DELETE", "environments/prod/compute-pools/pool", "", nil, 409, "2 statements (insert, still)"},
		{"but by force", "DELETE", "environments/prod/compute-pools/pool?force=true", "", nil, 204, ""},
		{"with its statements", "GET", servertest.ProdStatements, "", nil, 200, `"items":[]`},
	})
}

func TestEnvironmentsTellOfTheirClusterAndAreCountedTogether(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"))
	w.Advance(10 * time.Second)
	servertest.Play(w, []scenario{
		{"one", "GET", "environments/prod", "", nil, 200, `"kubernetesCluster":{"state":"CONNECTED"`},
		{"a list", "GET", "environments", "", nil, 200, `"kubernetesCluster":{"state":"CONNECTED"`},
	})
	list := w.Must("GET", "environments?include-resource-information=true&sort=name", "")
	var items []cmf.Object
	if err := json.Unmarshal(list.Get("items"), &items); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"prod", "staging"} {
		one := w.Must("GET", "environments/"+name+"?include-resource-information=true", "")
		if got, want := string(items[i].Get("status")), string(one.Get("status")); got != want {
			t.Errorf("%s: got %s in the list, want %s", name, got, want)
		}
	}
	if got := items[0].String("status", "resources", "applications", "RUNNING"); got != "1" {
		t.Errorf("got %s, want one application", items[0])
	}
}

func TestASingleApplicationTellsWhatWasDeployedAndWhatRan(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	specs := func() (reconciled, stable string) {
		status := w.Must("GET", servertest.ProdApps+"/orders", "").Object("status", "reconciliationStatus")
		return status.String("lastReconciledSpec"), status.String("lastStableSpec")
	}
	reconciled, stable := specs()
	if reconciled == "" || reconciled != stable || cmf.Object(reconciled).Object("spec").IsZero() {
		t.Errorf("got %q and %q, want the same JSON", reconciled, stable)
	}
	if got := w.Call("GET", servertest.ProdApps, "").Body.String(); strings.Contains(got, "lastReconciledSpec") {
		t.Errorf("a list has it: %s", got)
	}
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"parallelism":7`, ""))
	w.Advance(0)
	for range 20 {
		if reconciled, _ = specs(); strings.Contains(reconciled, `"parallelism":7`) {
			break
		}
		w.Advance(500 * time.Millisecond)
	}
	if _, now := specs(); !strings.Contains(reconciled, `"parallelism":7`) || now != stable {
		t.Errorf("got %q, and what ran is %q, want the new one and %q", reconciled, now, stable)
	}
}

func TestResultsExpire(t *testing.T) {
	for _, expiry := range []time.Duration{0, 10 * time.Minute} {
		w := servertest.NewWorld(t)
		w.OpenWith(server.Config{ResultsExpiry: expiry})
		w.Environment("prod")
		w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)"))
		w.Advance(10 * time.Second)
		w.WantPhase("values", cmf.PhaseCompleted)
		last := cmp.Or(expiry, time.Hour)
		w.Advance(last - time.Minute)
		if got := w.Call("GET", servertest.ProdStatements+"/values/results", "").Code; got != 200 {
			t.Errorf("a minute before %s: got %d, want 200", last, got)
		}
		w.Advance(2 * time.Minute)
		if got := w.Call("GET", servertest.ProdStatements+"/values/results", "").Code; got != 410 {
			t.Errorf("a minute after %s: got %d, want 410", last, got)
		}
	}
}

func TestASecondStartOrSuspendChangesNothingWhileTheFirstIsUnderWay(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	for _, course := range []struct{ verb, lifecycle, job string }{
		{"suspend", cmf.LifecycleSuspended, cmf.JobFinished},
		{"start", cmf.LifecycleStable, cmf.JobRunning},
	} {
		w.Must("POST", servertest.ProdApps+"/orders/"+course.verb, "")
		for range 3 {
			if rec := w.Call("POST", servertest.ProdApps+"/orders/"+course.verb, ""); rec.Code != 304 {
				t.Errorf("%s again: got %d, want 304", course.verb, rec.Code)
			}
		}
		w.Advance(10 * time.Second)
		w.WantStates("orders", course.lifecycle, course.job)
	}
	answers := items[cmf.Event](w, "/cmf/api/v1alpha1/"+servertest.ProdApps+"/orders/events?filter=type=CMF_STATUS")
	if len(answers) != 3 { // created, suspended, started
		t.Errorf("got %d CMF_STATUS events, want 3", len(answers))
	}
}
