//go:build flink

package flink_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/cmf"
)

// counter is an application that counts words of files that come into a folder.
type counter struct {
	*api
	name, in, out string
}

func newCounter(t *testing.T, a *api, name string) *counter {
	c := &counter{api: a, name: name, in: t.TempDir(), out: t.TempDir()}
	a.ask("POST", "/real/applications", c.spec("0"), nil)
	return c
}

func (c *counter) spec(version string) map[string]any {
	return application(c.name, "org.apache.flink.streaming.examples.wordcount.WordCount", map[string]string{
		"test.version": version,
	},
		"--input", c.in, "--output", c.out, "--discovery-interval", "500ms")
}

// feed lets a file come in.
func (c *counter) feed(name, words string) {
	c.Helper()
	file := filepath.Join(c.in, name)
	if err := os.WriteFile(filepath.Join(filepath.Dir(c.in), name), []byte(words), 0o600); err != nil {
		c.Fatal(err)
	}
	if err := os.Rename(filepath.Join(filepath.Dir(c.in), name), file); err != nil {
		c.Fatal(err)
	}
}

// counted waits until a count was written, and fails on a higher one.
func (c *counter) counted(word string, n int) {
	c.Helper()
	eventually(c.T, fmt.Sprintf("%s counted %d times", word, n), func() (bool, string) {
		var all strings.Builder
		_ = filepath.Walk(c.out, func(path string, info os.FileInfo, err error) error {
			if err == nil && !info.IsDir() {
				b, _ := os.ReadFile(path)
				all.Write(b)
			}
			return nil
		})
		if strings.Contains(all.String(), fmt.Sprintf("(%s,%d)", word, n+1)) {
			c.Fatalf("%s was counted more than %d times: %s", word, n, all.String())
		}
		return strings.Contains(all.String(), fmt.Sprintf("(%s,%d)", word, n)), all.String() +
			string(c.app(c.name).Status)
	})
}

// remove deletes an application and waits until it is gone with its job.
func (a *api) remove(name string) {
	a.Helper()
	a.ask("DELETE", "/real/applications/"+name, nil, nil)
	eventually(a.T, name+" gone", func() (bool, string) {
		code, body := a.code("GET", "/real/applications/"+name)
		return code == 404, body
	})
}

func TestACountGoesOnAfterSuspendAndUpgrade(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	c := newCounter(t, a, "counter")
	defer a.remove("counter")
	a.ready("counter")
	c.feed("one", "x x x")
	c.counted("x", 3)

	a.ask("POST", "/real/applications/counter/suspend", nil, nil)
	eventually(t, "suspended", func() (bool, string) {
		status := cmf.Object(a.app("counter").Status)
		return status.String("lifecycleState") == cmf.LifecycleSuspended, string(status)
	})
	c.feed("two", "x")
	a.ask("POST", "/real/applications/counter/start", nil, nil)
	before := a.ready("counter").String("jobStatus", "jobId")
	c.counted("x", 4)

	a.ask("POST", "/real/applications", c.spec("1"), nil) // upgrade
	eventually(t, "upgraded", func() (bool, string) {
		status := cmf.Object(a.app("counter").Status)
		return status.String("jobStatus", "jobId") != before &&
			status.String("jobStatus", "state") == cmf.JobRunning, string(status)
	})
	a.ready("counter")
	c.feed("three", "x x")
	c.counted("x", 6)
}

func TestWhatFlinkRefusesIsTold(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	noJar := application("no-jar", stateMachine, nil)
	noJar["spec"].(map[string]any)["job"].(map[string]any)["jarURI"] = "local:///opt/none.jar"
	a.ask("POST", "/real/applications", noJar, nil)
	a.ask("POST", "/real/applications", application("no-class", "no.such.Clazz", nil), nil)
	for name, want := range map[string]string{
		"no-jar": "no such jar below --flink-jars", "no-class": "'no.such.Clazz' was not found",
	} {
		eventually(t, name+" refused", func() (bool, string) {
			status := cmf.Object(a.app(name).Status)
			return status.String("lifecycleState") == cmf.LifecycleFailed &&
				strings.Contains(status.String("error"), want), string(status)
		})
	}
	var st cmf.Statement
	a.ask("POST", "/real/statements", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "Statement", "metadata": map[string]any{"name": "wrong"},
		"spec": map[string]any{
			"statement":       "SELECT order_id,\n  nope FROM examples.marketplace.orders",
			"computePoolName": "pool",
		},
	}, &st)
	position := cmf.Object(st.Status.Extra["errorPosition"])
	line, _ := position.Int("line")
	column, _ := position.Int("column")
	if st.Phase() != cmf.PhaseFailed || !strings.Contains(st.Status.Detail, "Column 'nope' not found") || line != 2 ||
		column != 3 {
		t.Errorf("got %s %s at %d:%d", st.Phase(), st.Status.Detail, line, column)
	}
}

func TestASavepointThatFailsLeavesTheJobRunning(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	a.ask("POST", "/real/applications", application("machine", stateMachine, nil, "--rps", "5"), nil)
	defer a.remove("machine")
	id := a.ready("machine").String("jobStatus", "jobId")
	a.ask("POST", "/real/applications/machine/savepoints", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "Savepoint", "metadata": map[string]any{"name": "nowhere"},
		"spec": map[string]any{"formatType": "NATIVE", "path": "file:///proc/nowhere", "backoffLimit": 0},
	}, nil)
	var s cmf.Savepoint
	eventually(t, "failed", func() (bool, string) {
		a.ask("GET", "/real/applications/machine/savepoints/nowhere", nil, &s)
		return s.Status.State == cmf.SavepointFailed, fmt.Sprintf("%+v", s.Status)
	})
	if s.Status.Error == "" {
		t.Error("got no reason")
	}
	if status := a.ready("machine"); status.String("jobStatus", "jobId") != id {
		t.Errorf("got %s, want the same job", status)
	}
}

// TestACanonicalSavepointOfAsynchronousState breaks the job once, and no more.
func TestACanonicalSavepointOfAsynchronousState(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	a.ask("POST", "/real/applications", application("machine", stateMachine, nil, "--rps", "5"), nil)
	defer a.remove("machine")
	a.ready("machine")
	ends := func(name, format, state string) (s cmf.Savepoint) {
		a.ask("POST", "/real/applications/machine/savepoints", map[string]any{
			"apiVersion": cmf.APIVersion, "kind": "Savepoint", "metadata": map[string]any{"name": name},
			"spec": map[string]any{"formatType": format},
		}, nil)
		eventually(t, state, func() (bool, string) {
			a.ask("GET", "/real/applications/machine/savepoints/"+name, nil, &s)
			return s.Status.State == state, fmt.Sprintf("%+v", s.Status)
		})
		return s
	}
	if s := ends("canonical", cmf.FormatCanonical, cmf.SavepointFailed); *s.Status.Failures != 1 ||
		!strings.Contains(s.Status.Error, "Take a NATIVE one") {
		t.Errorf("got %+v, want one attempt and what to do", s.Status)
	}
	a.ready("machine")
	if s := ends("native", cmf.FormatNative, cmf.SavepointCompleted); s.Spec.FormatType != cmf.FormatNative {
		t.Errorf("got %+v, want it to say that it is native", s.Spec)
	}
}

func TestWhatFindsNoSlotsWaitsForThem(t *testing.T) {
	c := ownFlink(t)
	d := c.serve(t.TempDir())
	a := newAPI(t, d.url)
	wide := application("wide", stateMachine, nil, "--rps", "5")
	wide["spec"].(map[string]any)["job"].(map[string]any)["parallelism"] = c.Slots
	a.ask("POST", "/real/applications", wide, nil)
	a.ready("wide")
	path := a.post(endlessCount)
	a.ask("POST", "/real/applications", application("narrow", stateMachine, nil, "--rps", "5"), nil)
	var st cmf.Statement
	eventually(t, "told why", func() (bool, string) {
		a.ask("GET", path, nil, &st)
		status := cmf.Object(a.app("narrow").Status)
		return st.Phase() == cmf.PhasePending && strings.Contains(st.Status.Detail, "waits for slots") &&
			strings.Contains(status.String("error"), "waits for slots"), st.Status.Detail + string(status)
	})
	a.ask("DELETE", "/real/applications/wide", nil, nil)
	a.phase(path, cmf.PhaseRunning)
	a.ready("narrow")
	c.has(2)
}

// TestCatalogsOfTheAPIAreFlinks makes one and uses it.
func TestCatalogsOfTheAPIAreFlinks(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	catalogs := &web{T: t, base: strings.TrimSuffix(a.base, "/environments") + "/catalogs/kafka"}
	catalogs.ask("POST", "", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "KafkaCatalog", "metadata": map[string]any{"name": "kafka-1"},
		"spec": map[string]any{
			"srInstance": map[string]any{"connectionConfig": map[string]any{"schema.registry.url": "http://127.0.0.1:1"}},
			"kafkaClusters": []any{map[string]any{
				"databaseName": "cluster-1", "connectionConfig": map[string]any{"bootstrap.servers": "127.0.0.1:1"},
			}},
		},
	}, nil)
	for sql, want := range map[string]string{
		"SHOW CATALOGS": `"kafka-1"`, "SHOW DATABASES IN `kafka-1`": `"cluster-1"`,
	} {
		var st cmf.Statement
		a.n++
		a.ask("POST", "/real/statements", map[string]any{
			"apiVersion": cmf.APIVersion, "kind": "Statement", "metadata": map[string]any{"name": fmt.Sprintf("s-%d", a.n)},
			"spec": map[string]any{"statement": sql, "computePoolName": "pool"},
		}, &st)
		if st.Result == nil || !strings.Contains(fmt.Sprintf("%s", st.Result.Results.Data), want) {
			t.Errorf("%s: got %+v %s, want %s", sql, st.Result, st.Status.Detail, want)
		}
	}
}

// TestPeriodicSavepointsComeAndGo keeps two: the files of older ones go.
func TestPeriodicSavepointsComeAndGo(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	a.ask("POST", "/real/applications", application("machine", stateMachine, map[string]string{
		"kubernetes.operator.periodic.savepoint.interval": "0/2 * * * * ?",
		"kubernetes.operator.savepoint.history.max.count": "2",
	}, "--rps", "5"), nil)
	defer a.remove("machine")
	a.ready("machine")
	completed := func() (paths []string) {
		var list struct{ Items []cmf.Savepoint }
		a.ask("GET", "/real/applications/machine/savepoints?size=100", nil, &list)
		for _, s := range list.Items {
			if s.Status.State == cmf.SavepointCompleted {
				paths = append(paths, strings.TrimPrefix(s.Status.Path, "file:"))
			}
		}
		return paths
	}
	var first string
	eventually(t, "one taken", func() (bool, string) {
		if all := completed(); len(all) > 0 {
			first = all[0]
		}
		return first != "", "no savepoint"
	})
	if _, err := os.Stat(first); err != nil {
		t.Errorf("got %v, want files of a savepoint", err)
	}
	eventually(t, "the first gone and others there", func() (bool, string) {
		all := completed()
		_, err := os.Stat(first)
		return os.IsNotExist(err) && len(all) == 2, fmt.Sprint(all, err)
	})
	if info := cmf.Object(a.app("machine").Status).String(
		"jobStatus", "savepointInfo", "lastSavepoint", "triggerType",
	); info != "PERIODIC" {
		t.Errorf("got a last savepoint of type %q", info)
	}
}
