//go:build unix

package cli_test

import (
	"fmt"
	"syscall"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/uitest/firstcmf"
)

// withEnvironment makes an environment on a server.
func withEnvironment(t *testing.T, url, name string) {
	t.Helper()
	c, err := cmfapi.New(client.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	env := cmf.Environment{Name: name, KubernetesNamespace: "default"}
	if _, err := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, env); err != nil {
		t.Fatal(err)
	}
}

// TestJourneyThroughContexts goes through two servers of their own processes and
// one of the first version, while one of them hangs, and comes back to the last.
func TestJourneyThroughContexts(t *testing.T) {
	one, two := serve(t, "127.0.0.1:0", t.TempDir()), serve(t, "127.0.0.1:0", t.TempDir())
	withEnvironment(t, one.url, "alpha-team")
	withEnvironment(t, two.url, "beta-team")
	home := configured(
		t,
		fmt.Sprintf(
			"contexts:\n  one: {platform: cmf, url: %q}\n  two: {platform: cmf, url: %q, colour: red, label: "+
				"PRODUCTION}\n  old: {platform: cmf, url: %q}\n",
			one.url, two.url, firstcmf.New(t).URL,
		),
	)
	start := func() *traveller { return travelFrom(t, home, 140, 40) }
	j := start()
	j.see("alpha-team")
	j.press("`")
	j.see("Contexts", "one", "two", "old", "answers")
	j.press("\x1b")
	j.waitUnseen("HEALTH")
	j.press(":")
	j.see("Command")
	j.press("ctx two\r")
	j.see("beta-team", "PRODUCTION")
	if err := two.cmd.Process.Signal(syscall.SIGSTOP); err != nil { // it hangs from now on
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = two.cmd.Process.Signal(syscall.SIGCONT) })
	j.press(":")
	j.see("Command")
	j.press("ctx old\r")
	j.see("orders", "payments", "3 applications")
	j.press("q")
	if err := j.p.Ended(); err != nil {
		t.Fatal(err)
	}
	j = start() // where it was left
	j.see("orders", "payments", "old")
	j.press("q")
}
