package sqlapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTheEmbeddedEngineHasTheJSONOfAJob, and not the pages.
func TestTheEmbeddedEngineHasTheJSONOfAJob(t *testing.T) {
	c := &sqlClient{t: t, url: sqlServer(t)}
	c.environment("real")
	code, body := c.call("POST", "environments/real/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": "clicks"},
		"spec": map[string]any{"statement": "SELECT * FROM examples.marketplace.clicks", "computePoolName": "pool"},
	})
	if code != http.StatusOK {
		t.Fatalf("got %d: %s", code, body)
	}
	for until := time.Now().Add(20 * time.Second); ; {
		if _, body := c.call("GET", "environments/real/statements/clicks", nil); strings.Contains(
			string(body), `"phase":"RUNNING"`,
		) {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the statement does not run")
		}
		time.Sleep(20 * time.Millisecond)
	}
	code, body = c.call("GET", "environments/real/statements/clicks/flink-web-ui/jobs/overview", nil)
	var list struct {
		Jobs []struct{ JID, Name, State string }
	}
	if err := json.Unmarshal(body, &list); err != nil || code != http.StatusOK || len(list.Jobs) != 1 ||
		list.Jobs[0].Name != "clicks" || list.Jobs[0].State != "RUNNING" {
		t.Fatalf("got %d %s", code, body)
	}
	job := "environments/real/statements/clicks/flink-web-ui/jobs/" + list.Jobs[0].JID
	if code, body := c.call("GET", job, nil); code != http.StatusOK || !strings.Contains(string(body), `"vertices":[`) {
		t.Errorf("got %d %s", code, body)
	}
	if code, body := c.call("PATCH", job, nil); code != http.StatusForbidden {
		t.Errorf("a job is changed: %d %s", code, body)
	}
	for path, want := range map[string]int{
		"environments/real/statements/clicks/flink-web-ui/":      http.StatusNotImplemented,
		"environments/real/statements/none/flink-web-ui/":        http.StatusNotFound,
		"environments/real/applications/none/flink-web-ui/jobs":  http.StatusNotFound,
		"environments/none/statements/clicks/flink-web-ui/":      http.StatusNotFound,
		"environments/real/statements/clicks/flink-web-ui/../..": http.StatusNotFound,
	} {
		if code, body := c.call("GET", path, nil); code != want || !strings.HasPrefix(string(body), `{"errors":[`) {
			t.Errorf("%s: got %d %s, want %d and why", path, code, body, want)
		}
	}
}
