//go:build unix

package cli_test

import (
	"errors"
	"fmt"
	"io/fs"
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
	home := cloudHome(t, s)
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
	j.press("\x1bn")
	j.see("query 3")
	j.press("SELECT id, name FROM readings")
	j.press("\x1b[15~")
	j.see("reading-0000", "1,200 rows") // from 12 pages of the server's
	j.press("\x1b")
	j.waitUnseen("esc to the results")
	j.pressUntil("\x1b[6~", "reading-0100") // a page of the screen
	j.pressUntil("G", "reading-1199")
	j.press("x")
	j.see("Stop drey-")
	j.press("y")
	j.see("STOPPED")
	j.press("@")
	j.see("API calls")
	j.press("/", "PUT 202")
	j.see("/PUT 202", "2 of ")
	j.press("\r")
	j.waitUnseen("enter keep filter")
	j.press("\r")
	j.see("resource_version") // the call whole
	j.press("\x1b")
	j.waitUnseen("resource_version")
	j.press("q")
	if strings.Contains(j.p.Raw(), ccloudtest.Secret) {
		t.Error("the secret was on the screen")
	}
	noSecretIn(t, home)
}

// cloudHome is the home of a person with a context of the cloud.
func cloudHome(t *testing.T, s *ccloudtest.Server) string {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(ccloudtest.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return configured(t, fmt.Sprintf(`contexts:
  cloud:
    {platform: ccloud, organization: %s, cloud: aws, region: us-east-1, endpoint: %q, control-url: %q, environment: %s,
    auth: {flink-key: {key: %s, secret: {file: %q}}, cloud-key: {key: %s, secret: {file: %q}}}}
`, ccloudtest.Organization, s.URL, s.URL, ccloudtest.Environment, ccloudtest.DataKey, secret, ccloudtest.ControlKey, secret))
}

// noSecretIn reads all files below a folder.
func noSecretIn(t *testing.T, home string) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a console that ends removes its lease
		}
		for _, secret := range []string{ccloudtest.Secret, ccloudtest.FormSignature} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestJourneyOfTwoConsolesOnTheCloud stops one statement in both, resumes it in another
// pool, evolves it, and deletes it.
func TestJourneyOfTwoConsolesOnTheCloud(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{PendingPolls: 1, StoppingPolls: 1, DeletingPolls: 1, Conflicts: 1})
	s.Add(ccloudtest.Environment, "orders-enriched", "INSERT INTO a SELECT * FROM b", ccloud.PhaseRunning)
	home, other := cloudHome(t, s), cloudHome(t, s)
	j, k := travelFrom(t, home, 140, 40), travelFrom(t, other, 140, 40)
	for _, console := range []*traveller{j, k} {
		console.see("orders-enriched", "Confluent Cloud us-east-1")
		console.press("x")
		console.see("Stop orders-enriched")
	}
	j.press("y")
	k.press("y")
	j.see("stopped orders-enriched", "STOPPED")
	k.see("orders-enriched", "STOPPED")
	k.press("q")
	j.press("s")
	j.see("In which pool should it go on?", "reports")
	j.press("\x1b[B", "y")
	j.see("resumed orders-enriched", ccloudtest.BigPool)
	j.press("V")
	j.see("orders-enriched-v2", ccloud.PropertyOffsetFrom)
	j.press("\x1b/")
	j.press("INSERT", "\r")
	j.press("\x1b[F")
	j.press(" WHERE x > 1")
	j.see("WHERE x > 1")
	j.press("\x1b")
	j.see("nothing wrong was found")
	j.press("\r")
	j.see("Create orders-enriched-v2", "What will be sent")
	j.press("y")
	j.see("RUNNING", "done")
	j.press("\x1b")
	j.waitUnseen("STEPS")
	j.see("2 statements")
	j.press("/", "enriched-v2", "\r")
	j.see("1 of 2")
	j.press("D")
	j.see("Type orders-enriched-v2")
	j.press("orders-enriched-v2", "\r")
	j.see("deleted orders-enriched-v2")
	j.press("q")
	if phase := s.Phase("orders-enriched"); phase != ccloud.PhaseStopped {
		t.Errorf("the statement that was evolved is %s", phase)
	}
	noSecretIn(t, home)
	noSecretIn(t, other)
}
