//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drey/client/vvpapi/vvptest"
)

// ververicaHome is the home of a person with a context of a platform.
func ververicaHome(t *testing.T, s *vvptest.Server) string {
	t.Helper()
	home := configured(t, fmt.Sprintf(
		"contexts:\n  vvp: {platform: vvp, url: %q, namespaces: {default: {token: {file: token}}}}\n", s.URL,
	))
	if err := os.WriteFile(filepath.Join(home, "drey", "token"), []byte("t0ken"), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// TestJourneyOnVerverica finds the failing deployment, says why, and starts it again;
// suspends another with a savepoint, starts it from that one, edits it, makes a
// deployment of an INSERT, and deletes it, in a terminal over the strict platform.
func TestJourneyOnVerverica(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{Polls: 1, Token: "t0ken"})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	s.AddDeployment("default", "fraud", "FAILED", "LATEST_STATE")
	home := ververicaHome(t, s)
	j := travelFrom(t, home, 140, 40)
	j.see("fraud", "orders", "Ververica Platform 2.12.1")
	j.press("w")
	j.see("why fraud", "the topic is gone")
	j.press("\x1b")
	j.waitUnseen("why fraud") // an esc that something follows at once is alt
	j.press("s")
	j.see("Restart fraud", "spec.state CANCELLED", "spec.state RUNNING")
	j.press("y")
	j.see("restarted fraud")

	j.press("/", "orders", "\r")
	j.see("1 of 2", "deployments › orders")
	j.press("s")
	j.see("Suspend orders", "a savepoint is taken, then its job stops")
	j.press("y")
	j.see("suspended orders")
	j.press("s")
	j.see("Where should it start from?", "SUSPEND · FULL")
	j.press("\x1b[B")
	j.see("POST …/default/savepoints", "PATCH …/default/deployments/orders")
	j.press("y")
	j.see("started orders")

	j.press("e")
	j.see("kind: Deployment", "check and compare")
	j.press("\x1b/")
	j.press("paral", "\r", "\x7f", "6")
	j.see("parallelism: 6")
	j.press("\x1b")
	j.see("spec.template.spec.parallelism", "the job starts again from it", "no lock")
	j.press("\r")
	j.see("Apply orders", "2 → 6")
	j.press("y")
	j.see("applied orders")
	j.press("\x1b")
	j.waitUnseen("STEPS")

	j.pressUntil("}", "F5 or alt-enter runs")
	j.press("\x1bn")
	j.see("query 2")
	j.press("INSERT INTO a SELECT * FROM b")
	j.press("\x1b[15~")
	j.see("Make a deployment of it", "kubernetes")
	j.press("y")
	j.see("INSERT INTO a", "RUNNING")
	j.press("\x1b")
	j.pressUntil("2", "1 of 3")
	j.press("/", "\x15", "SQLSCRIPT")
	j.see("/SQLSCRIPT", "1 of 3", "drey-")
	j.press("\r")
	j.see("1 of 3")
	name := s.Names("default", "deployments")[2]
	j.press("D")
	j.see("it is cancelled first", "to confirm")
	j.press(name, "\r")
	j.see("deleted " + name)
	j.press("q")

	item := "/api/v1/namespaces/default/deployments/"
	want := []string{
		"PATCH " + item + "fraud", "PATCH " + item + "fraud", "PATCH " + item + "orders",
		"POST /api/v1/namespaces/default/savepoints", "PATCH " + item + "orders",
		"PUT " + item + "orders", "POST " + strings.TrimSuffix(item, "/"), "PATCH " + item + name, "DELETE " + item + name,
	}
	got := slices.DeleteFunc(s.Changes(), func(c string) bool { return strings.Contains(c, "/sqlscripts:") })
	if !slices.Equal(got, want) {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if unknown := s.Unknown(); len(unknown) > 0 {
		t.Errorf("asked for what there is not: %q", unknown)
	}
}

// TestGetOnVerverica lists each kind by a command, without a terminal.
func TestGetOnVerverica(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{Token: "t0ken"})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	s.AddDeployment("default", "fraud", "FAILED", "LATEST_STATE")
	s.AddCluster("default", "shared", "RUNNING")
	s.AddSavepoint("default", "orders")
	home := ververicaHome(t, s)
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	get := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"get"}, args...)...)
		cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("get %q: %v\n%s", args, err, out)
		}
		if strings.Contains(string(out), "t0ken") {
			t.Errorf("get %q shows the token", args)
		}
		return string(out)
	}
	for kind, wants := range map[string][]string{
		"deployments": {"orders", "fraud", "FAILED", "RUNNING"},
		"savepoints":  {"COMPLETED", "s3://savepoints/"}, "sc": {"shared", "RUNNING"},
		"jobs": {"STARTED", "the topic is gone"}, "events": {"too many failed job creation attempts"},
		"scripts": {"hourly"}, "targets": {"kubernetes"},
		"secrets": {"DB_PASSWORD"}, "tokens": {"ci"}, "artifacts": {"orders.jar"},
		"defaults": {"defaults", "kubernetes"}, "udfs": nil, "connectors": nil, "formats": nil,
	} {
		out := get(kind)
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("get %s lacks %q:\n%s", kind, want, out)
			}
		}
	}
	if out := get("deployment", "orders", "-o", "yaml"); !strings.Contains(out, "kind: Deployment") ||
		!strings.Contains(out, "name: orders") {
		t.Errorf("get deployment orders:\n%s", out)
	}
}
