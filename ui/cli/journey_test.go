//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest/terminal"
)

// build makes the program once for all journeys.
var build = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	binary := filepath.Join(root, "drey")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", &buildError{text}
	}
	return binary, nil
})

type buildError struct{ output []byte }

func (e *buildError) Error() string { return "go build:\n" + string(bytes.TrimSpace(e.output)) }

// traveller presses keys and reads the screen; what does not come ends the test.
type traveller struct {
	t *testing.T
	p *terminal.Program
}

func travel(t *testing.T, columns, rows int, args ...string) *traveller {
	t.Helper()
	return travelFrom(t, t.TempDir(), columns, rows, args...)
}

// configured is a home with a configuration.
func configured(t *testing.T, config string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "drey"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "drey", "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// travelFrom begins in a home of its own.
func travelFrom(t *testing.T, home string, columns, rows int, args ...string) *traveller {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p, err := terminal.Start(t.Context(), home, columns, rows, binary, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &traveller{t, p}
}

func (j *traveller) press(keys ...string) {
	j.t.Helper()
	for _, key := range keys {
		if err := j.p.Send(key); err != nil {
			j.t.Fatal(err)
		}
	}
}

func (j *traveller) see(texts ...string) {
	j.t.Helper()
	if err := j.p.WaitFor(texts...); err != nil {
		j.t.Fatal(err)
	}
}

// pressUntil presses a key now and then until the text is seen.
func (j *traveller) pressUntil(key, text string) {
	j.t.Helper()
	for range 50 {
		j.press(key)
		j.p.Quiet(200 * time.Millisecond)
		if strings.Contains(j.p.Screen(), text) {
			return
		}
	}
	j.see(text)
}

// confirm says yes to a dialog once it knows what it asks.
func (j *traveller) confirm() {
	j.t.Helper()
	j.see("Cancel")
	j.waitUnseen("looking for savepoints")
	j.press("y")
	j.waitUnseen("Cancel")
}

func (j *traveller) waitUnseen(text string) {
	j.t.Helper()
	if err := j.p.WaitGone(text); err != nil {
		j.t.Fatal(err)
	}
}

// daemon is a drey serve of its own process.
type daemon struct {
	cmd *exec.Cmd
	url string
}

var served = regexp.MustCompile(`^drey serving (http://127\.0\.0\.1:\d+)/cmf/api/v1 \(engine embedded, data .+\)$`)

func serve(t *testing.T, listen, data string) *daemon {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", listen, "--data", data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	m := served.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		t.Fatalf("first line of stdout: %q, %v", line, err)
	}
	d := &daemon{cmd, m[1]}
	t.Cleanup(func() { d.end(syscall.SIGKILL) })
	return d
}

// end sends a signal and gives what the process ended with.
func (d *daemon) end(sig syscall.Signal) error {
	_ = d.cmd.Process.Signal(sig)
	return d.cmd.Wait()
}

// TestJourneyThroughTheDemo is what a person does in the first minutes: open,
// filter, suspend, start, run SQL, page, quit.
func TestJourneyThroughTheDemo(t *testing.T) {
	t.Parallel()
	j := travel(t, 140, 40, "demo")
	j.see("Applications", "20 applications", "RUNNING")

	j.press("/", "orders", "\r")
	j.see("of 20", "orders")
	j.press("\x1b")
	j.waitUnseen("of 20")

	j.inEnvironment("prod")
	j.press("/", "sessions", "\r")
	j.see("1 of ")
	j.press("s")
	j.see("Suspend", "sessions-15m", "suspend")
	j.confirm()
	j.see("SUSPENDED")
	j.press("s")
	j.see("Start", "savepoint")
	j.confirm()
	j.see("● RUNNING")
	j.press("\x1b")
	j.waitUnseen("1 of ")
	j.press("@", "/", "suspend", "\r")
	j.see("POST", "/suspend")
	j.press("q")
	j.see("CHANGED")

	j.press("9")
	j.see("SELECT customer_id", "prod")
	j.press("\x1b[15~") // F5
	j.see("customer_id", "changes")
	j.see("RUNNING", "table · changelog")
	j.press("\x1b")
	j.see("stop the statement")
	j.press("M")
	j.see("op  customer_id", "+I")
	j.press("\x06", "\x06")
	j.pressUntil("G", "+U")
	j.press("g")
	j.press("3")
	j.see("Statements", "drey-", "RUNNING")
	j.press("9", "x")
	j.see("Stop drey-", "savepoint is taken")
	j.confirm()
	j.see("STOPPED")

	j.press("q")
	j.quit()
}

// inEnvironment goes to the applications of the environment named.
func (j *traveller) inEnvironment(name string) {
	j.t.Helper()
	j.press(":")
	j.press("app -e "+name, "\r")
	j.see("› " + name + " › applications")
}

// quit presses q until the program has ended and wants the terminal restored.
func (j *traveller) quit() {
	j.t.Helper()
	for range 4 {
		j.press("q")
	}
	if err := j.p.Ended(); err != nil {
		j.t.Fatalf("ended with %v", err)
	}
	if raw := j.p.Raw(); !strings.Contains(raw[max(0, len(raw)-200):], "\x1b[?1049l") {
		j.t.Error("the terminal was not given back")
	}
}

// TestJourneySurvivesTheServersDeath runs the console on a server of its own,
// kills that, and starts it again.
func TestJourneySurvivesTheServersDeath(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, "127.0.0.1:0", data)
	fill(t, d.url)
	j := travel(t, 140, 40, "--url", d.url)
	j.see("keeper", "RUNNING")

	if err := d.end(syscall.SIGKILL); err == nil {
		t.Fatal("the server was not killed")
	}
	j.see("offline")
	j.see("keeper", "RUNNING") // the last data stay

	serve(t, strings.TrimPrefix(d.url, "http://"), data)
	j.see("live")
	j.see("keeper", "RUNNING")
	j.press("s")
	j.see("Suspend")
	j.confirm()
	j.see("SUSPENDED")
	j.quit()
}

// fill makes one application.
func fill(t *testing.T, url string) {
	t.Helper()
	c, err := cmfapi.New(client.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	env := cmf.Environment{Name: "prod", KubernetesNamespace: "default"}
	if _, err := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, env); err != nil {
		t.Fatal(err)
	}
	app := cmf.FlinkApplication{
		APIVersion: cmf.APIVersion, Kind: cmf.Applications.Name,
		Metadata: cmf.MustObject(map[string]any{"name": "keeper"}),
		Spec: cmf.MustObject(map[string]any{
			"image": "i", "flinkVersion": "v1_20",
			"job": map[string]any{"jarURI": "local:///x.jar", "upgradeMode": "savepoint"},
		}),
	}
	if _, err := cmfapi.Create(t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, app); err != nil {
		t.Fatal(err)
	}
}

// TestServeEndsCleanlyAndGoesOn ends a server by signal, starts it again on its
// folder, and refuses a second one there.
func TestServeEndsCleanlyAndGoesOn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := serve(t, "127.0.0.1:0", data)
	fill(t, first.url)
	binary, _ := build()
	out, err := exec.CommandContext(
		t.Context(), binary, "serve", "--listen", "127.0.0.1:0", "--data", data,
	).CombinedOutput()
	if err == nil || !strings.Contains(string(out), data) {
		t.Errorf("a second server on the folder: %v, %s", err, out)
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		if err := first.end(sig); err != nil {
			t.Fatalf("%v: ended with %v", sig, err)
		}
		first = serve(t, "127.0.0.1:0", data)
	}
	c, err := cmfapi.New(client.Config{URL: first.url})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, "keeper",
	); err != nil {
		t.Error(err)
	}
}
