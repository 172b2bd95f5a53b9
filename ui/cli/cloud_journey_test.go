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
	"drey/ui/uitest/terminal"
)

// TestJourneyOnTheCloud finds a failing statement and says why, runs one, and stops
// another, in a terminal; no secret is on the screen or in a file.
func TestJourneyOnTheCloud(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{PendingPolls: 1, StoppingPolls: 1})
	s.Add(ccloudtest.Environment, "orders-enriched", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	s.Add(ccloudtest.Environment, "fraud-scores", "INSERT INTO scores SELECT * FROM no_such_table", ccloud.PhaseFailed)
	home := t.TempDir()
	file, secret := filepath.Join(home, "drey", "config.yaml"), filepath.Join(t.TempDir(), "secret")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`contexts:
  cloud:
    {platform: ccloud, organization: %s, cloud: aws, region: us-east-1, endpoint: %q, control-url: %q, environment: %s,
    auth: {flink-key: {key: %s, secret: {file: %q}}, cloud-key: {key: %s, secret: {file: %q}}}}
`, ccloudtest.Organization, s.URL, s.URL, ccloudtest.Environment, ccloudtest.DataKey, secret, ccloudtest.ControlKey, secret)
	for path, text := range map[string]string{file: config, secret: ccloudtest.Secret} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p, err := terminal.Start(t.Context(), home, 140, 40, binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	j := &traveller{t, p}
	j.see("fraud-scores", "orders-enriched", "Confluent Cloud us-east-1")
	j.press("w")
	j.see("why fraud-scores", "Object 'no_such_table' not found")
	j.press("\x1b")
	j.see("2 statements")
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
	err = filepath.WalkDir(home, func(path string, entry os.DirEntry, err error) error {
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
