//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"drey/client/vvpapi/vvptest"
)

// TestJourneyOnVerverica finds the failing deployment, says why, starts it again,
// and makes a deployment of an INSERT, in a terminal.
func TestJourneyOnVerverica(t *testing.T) {
	s := vvptest.New(t, vvptest.Quirks{Polls: 1, Token: "t0ken"})
	s.AddDeployment("default", "orders", "RUNNING", "LATEST_STATE")
	s.AddDeployment("default", "fraud", "FAILED", "LATEST_STATE")
	home := configured(t, fmt.Sprintf("contexts:\n  vvp: {platform: vvp, url: %q, namespaces: {default: {token: {file: token}}}}\n", s.URL))
	if err := os.WriteFile(filepath.Join(home, "drey", "token"), []byte("t0ken"), 0o600); err != nil {
		t.Fatal(err)
	}
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
	j.pressUntil("}", "F5 or alt-enter runs")
	j.press("\x1bn")
	j.see("query 2")
	j.press("INSERT INTO a SELECT * FROM b")
	j.press("\x1b[15~")
	j.see("Make a deployment of it", "kubernetes")
	j.press("y")
	j.see("INSERT INTO a", "RUNNING")
}
