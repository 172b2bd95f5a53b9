//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
)

// TestJourneyOnTheCloud finds a failing statement and says why, runs one, and stops
// another, in a terminal; no secret is on the screen or in a file.
func TestJourneyOnTheCloud(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{PendingPolls: 1, StoppingPolls: 1})
	s.Add(ccloudtest.Environment, "orders-enriched", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	s.Add(ccloudtest.Environment, "fraud-scores", "INSERT INTO scores SELECT * FROM no_such_table", ccloud.PhaseFailed)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(ccloudtest.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	home := configured(t, fmt.Sprintf(`contexts:
  cloud:
    {platform: ccloud, organization: %s, cloud: aws, region: us-east-1, endpoint: %q, control-url: %q, environment: %s,
    auth: {flink-key: {key: %s, secret: {file: %q}}, cloud-key: {key: %s, secret: {file: %q}}}}
`, ccloudtest.Organization, s.URL, s.URL, ccloudtest.Environment, ccloudtest.DataKey, secret, ccloudtest.ControlKey, secret))
	j := travelFrom(t, home, 140, 40)
	j.see("fraud-scores", "orders-enriched", "Confluent Cloud us-east-1")
	j.press("w")
	j.see("why fraud-scores", "Object 'no_such_table' not found")
	j.press("\x1b")
	j.waitUnseen("why fraud-scores") // an esc that something follows at once is alt
	j.press("/", "orders", "\r", "x")
	j.see("Stop orders-enriched")
	j.press("y")
	j.see("stopped orders-enriched")
	j.press("9")
	j.see("F5")
	j.press("\x1bn") // a buffer of its own
	j.see("query 2")
	j.press("SELECT id, name FROM orders")
	j.press("\x1b[15~") // F5
	j.see("uno", "three")
	j.press("\x1b", "q")
	err := filepath.WalkDir(home, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), ccloudtest.Secret) {
			t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
