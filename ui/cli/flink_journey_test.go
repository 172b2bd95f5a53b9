//go:build flink && linux

package cli_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"drey/server/flinkup"
)

// flinkOfOne is a Flink of a test's own, with a scheduler that is adaptive.
type flinkOfOne struct {
	flinkup.State
	t     *testing.T
	lines map[string][]string // the command of each process
	jar   string
}

// startFlink starts a Flink that ends with the test. DREY_TEST_FLINK_VERSION names
// another version than the pinned one.
func startFlink(t *testing.T) *flinkOfOne {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	o := flinkup.Options{
		Version: os.Getenv("DREY_TEST_FLINK_VERSION"), Cache: filepath.Join(cache, "drey", "flink"), State: t.TempDir(),
		Settings: map[string]string{
			"jobmanager.scheduler": "adaptive", "execution.checkpointing.interval": "2 s", "parallelism.default": "2",
		},
	}
	state, err := flinkup.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f := &flinkOfOne{State: state, t: t, lines: map[string][]string{}}
	t.Cleanup(func() { _ = flinkup.Down(context.Background(), o) })
	for _, p := range state.Processes {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID))
		if err != nil {
			t.Fatal(err)
		}
		f.lines[p.Name] = strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	}
	jars, err := flinkup.Examples(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f.jar = filepath.Join(jars, flinkup.ExamplesJar)
	return f
}

// kill ends a process as a power cut does.
func (f *flinkOfOne) kill(name string) {
	f.t.Helper()
	for _, p := range f.Processes {
		if p.Name == name {
			if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
				f.t.Fatal(err)
			}
		}
	}
}

// again starts a process that was killed, as it was started.
func (f *flinkOfOne) again(name string) {
	f.t.Helper()
	line := f.lines[name]
	cmd := exec.Command(line[0], line[1:]...)
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

const (
	down   = "\x1b[B"
	escape = "\x1b"
	f5     = "\x1b[15~"
)

// answer fills a form, a line a field, and presses what is below them.
func (j *traveller) answer(lines ...string) {
	j.t.Helper()
	for _, line := range lines {
		j.press(line, "\r")
	}
	j.press("\r")
}

// match waits until the screen has what a pattern describes, and gives its groups.
func (j *traveller) match(pattern string) []string {
	j.t.Helper()
	p := regexp.MustCompile(pattern)
	for range 600 {
		if found := p.FindStringSubmatch(j.p.Screen()); found != nil {
			return found
		}
		j.p.Quiet(100 * time.Millisecond)
	}
	j.t.Fatalf("nothing is like %s; the screen is:\n%s", pattern, j.p.Screen())
	return nil
}

// leave presses escape and waits until a text is gone; what follows an escape at
// once is another key.
func (j *traveller) leave(text string) {
	j.t.Helper()
	j.press(escape)
	j.waitUnseen(text)
}

// onFlink is a console on a Flink of its own.
func onFlink(t *testing.T, columns, rows int) (*flinkOfOne, *traveller, string) {
	t.Helper()
	f := startFlink(t)
	home := configured(t, fmt.Sprintf(
		"contexts:\n  dev: {platform: flink, url: %q, gateway-url: %q}\n", f.REST, f.SQLGateway,
	))
	return f, travelFrom(t, home, columns, rows), home
}

// upload sends the examples and comes back to the list of jars.
func (j *traveller) upload(f *flinkOfOne) {
	j.t.Helper()
	j.press("3", "a")
	j.see("upload a jar", "path of a jar")
	j.answer(f.jar)
	j.see("Upload "+flinkup.ExamplesJar, "POST /jars/upload")
	j.press("y")
	j.see("uploaded "+flinkup.ExamplesJar, "1 jar")
}

const (
	topSpeed = "org.apache.flink.streaming.examples.windowing.TopSpeedWindowing"
	words    = "org.apache.flink.streaming.examples.socket.SocketWindowWordCount"
)

// TestRealJourneyOfAJob runs a jar, takes a savepoint, stops the job with one, starts
// it from there, rescales it, sees its task manager killed and come back, and starts
// it from the savepoint on a JobManager that was killed and has forgotten it.
func TestRealJourneyOfAJob(t *testing.T) {
	f, j, _ := onFlink(t, 140, 40)
	j.see("Flink "+f.Version, "Task managers")
	j.upload(f)
	j.press("s")
	j.see("run "+flinkup.ExamplesJar, "entry class")
	j.answer(topSpeed, "", "2", "", "", "")
	j.see("starts from", "without state", topSpeed[:40])
	j.press("y")
	j.see("started " + flinkup.ExamplesJar + " as job")
	j.press("1")
	first := j.running("2")

	j.press("S")
	j.see("What should be taken?", "Canonical savepoint", "Checkpoint")
	j.press("y")
	j.see("took a savepoint of CarTop")
	j.press("i")
	j.match(`Savepoint \d+ .*NATIVE.*savepoint-` + first[:6])
	j.leave("restore points of")

	j.press("x")
	j.see("End CarTop", "How should it end?", "Drain, then stop", "Cancel without a savepoint")
	j.press("y")
	j.see("ended CarTop")
	j.match(`CarTop\S+\s+\S FINISHED`)
	j.press("g", "s")
	j.see("Newest savepoint", "savepoint-", first[:6], "Fresh")
	j.press("y")
	j.see("started CarTop")
	j.match(`CarTop\S+\s+\S RUNNING(.|\n)*CarTop\S+\s+\S FINISHED\s+` + first)
	second := j.running("2")
	if second == first {
		t.Fatal("it runs under the id that it had")
	}
	j.restoredFrom(first)

	j.press("P")
	j.see("At most how many subtasks", "2, as it is")
	j.press(down)
	j.match(`●\s+1\s`)
	j.press("y")
	j.see("rescaled CarTop")
	if j.running("1") != second {
		t.Fatal("another job was rescaled")
	}

	j.press("\r")
	j.see("1 graph", "HASH")
	f.kill("taskmanager")
	j.match(`┌─ CarTop\S+ ` + second[:8] + ` \S (RESTARTING|CREATED|FAILING|INITIALIZING)`)
	j.see("HASH") // the edges stay, of which Flink says nothing while a job waits
	j.press("4")
	j.see("TaskManager with id tm-1 is no longer reachable")
	f.again("taskmanager")
	j.match(`┌─ CarTop\S+ ` + second[:8] + ` \S RUNNING`)
	j.leave("1 graph")
	j.running("1")

	j.press("S")
	j.see("What should be taken?")
	j.press("y")
	j.see("took a savepoint of CarTop")
	f.kill("jobmanager")
	j.see("offline", "CarTop") // the last data stay
	f.again("jobmanager")
	j.see("live", "no job runs")
	j.press("3")
	j.see("1 jar")
	j.press("s")
	j.see("run "+flinkup.ExamplesJar, topSpeed[:40]) // as it was run last
	j.answer("", "", "", "", "", "")
	j.see("What should it start from?", "Nothing", "Savepoint of job "+second[:8])
	j.press(down)
	j.match(`●\s+Savepoint of job`)
	j.press("y")
	j.see("started " + flinkup.ExamplesJar + " as job")
	j.press("1")
	j.running("2")
	j.restoredFrom(second)
}

// running waits until the job under the cursor, the first of the list, runs with a
// parallelism, and gives the start of its id.
func (j *traveller) running(parallelism string) string {
	j.t.Helper()
	row := `CarTop\S+\s+\S RUNNING\s+(\w{8})\s+\d running\s+` + parallelism + ` `
	j.match(row)
	j.press("g")
	return j.match(`▌ ` + row)[1]
}

// restoredFrom looks into the job under the cursor: it was started from a savepoint
// of another one.
func (j *traveller) restoredFrom(job string) {
	j.t.Helper()
	j.press("\r")
	j.see("1 graph")
	j.press("3")
	j.match(`restored +from savepoint \d+, .*savepoint-` + job[:6])
	j.leave("1 graph")
}

// paste types text as a terminal pastes it: nothing completes it.
func (j *traveller) paste(text string) {
	j.t.Helper()
	j.press("\x1b[200~" + text + "\x1b[201~")
}

// TestRealJourneyToTheSlowSubtask runs SQL by the gateway that gives one of two
// subtasks everything to do, and a jar whose program finds nobody at its port: the
// slow subtask and the cause of the failure are found by looking.
func TestRealJourneyToTheSlowSubtask(t *testing.T) {
	f, j, _ := onFlink(t, 140, 40)
	j.see("Flink "+f.Version, "Task managers")
	j.press("5")
	j.see("F5 or alt-enter runs")
	j.press("\x1bn")
	j.see("query 2")
	j.paste("CREATE TABLE letters (k INT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '4000', " +
		"'fields.k.min' = '0', 'fields.k.max' = '0', 'fields.s.length' = '200')")
	j.press(f5)
	j.match(`─ CREATE TABLE letters .*FINISHED`)
	j.paste("; CREATE TABLE nowhere (k INT, s STRING) WITH ('connector' = 'blackhole')")
	j.press(f5)
	j.match(`─ CREATE TABLE nowhere .*FINISHED`)
	j.paste("; INSERT INTO nowhere SELECT k, LISTAGG(s) FROM letters GROUP BY k")
	j.press(f5)
	j.match(`─ INSERT INTO nowhere .*RUNNING`)
	j.press("\x1b1")
	j.match(`▌ \S+\s+\S RUNNING\s+\w{8}\s+4 running`)
	j.press("\r")
	j.see("1 graph", "GroupAggregate", "is the bottleneck")
	j.press("\x1b[C", "\r")
	j.match(`▌ +\d +\S RUNNING +(9\d|100)%(.|\n)*\d +\S RUNNING +\d%`)
	j.press(escape)
	j.see("HASH")
	j.press("2")
	j.match(`▌ +▇+░? +\d+% +(9\d|100)% .* GroupAggregate`)
	j.leave("1 graph")

	j.upload(f)
	j.press("s")
	j.see("run "+flinkup.ExamplesJar, "entry class")
	j.answer(words, "--hostname 127.0.0.1 --port 9", "", "", "", "")
	j.see("--port 9")
	j.press("y")
	j.see("started " + flinkup.ExamplesJar + " as job")
	j.press("1")
	j.match(`NAME .*\n. Socket.* FAILED(.|\n)* drey-`) // problems are first
	j.press("g")
	j.match(`▌ Socket.* FAILED`)
	j.press("\r")
	j.see("1 graph")
	j.press("4")
	j.see("ConnectException: Connection refused")
	j.press("\r")
	j.see("log")
	j.p.Quiet(2 * time.Second)
}

// TestRealJourneyOfTheDemo: drey demo --engine flink has its four stories, and the
// console shows them: one that runs, with savepoints, one suspended, one that fails and
// restarts, with why, and one that is skewed, down to the subtask.
func TestRealJourneyOfTheDemo(t *testing.T) {
	f := startFlink(t)
	j := travel(t, 140, 40, "demo", "--engine", "flink", "--flink-rest", f.REST, "--flink-sql-gateway", f.SQLGateway,
		"--flink-savepoints", f.Savepoints, "--flink-jars", filepath.Dir(f.jar))
	j.see("4 applications")
	j.match(`state-machine-night .*SUSPENDED`)
	j.match(`state-machine .*RUNNING`)
	j.match(`top-speed .*RUNNING`)
	j.match(`socket-words .*(RESTARTING|FAILING|RUNNING|CREATED)(.|\n)*ConnectException`) // the worst is first, with why
	j.press("/", "top-speed", "\r", "J")
	j.see("1 graph", "top-speed")
	j.match(`skew \d\d`)
	j.leave("1 graph")
	j.press(escape)
	j.see("4 applications")
	j.press(":", "savepoints", "\r")
	j.match(`state-machine-2 .*COMPLETED`)
	j.match(`state-machine-1 .*COMPLETED`)
}
