package server

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheEmbeddedEngineSaysThatItHasNoWebUI(t *testing.T) {
	c := &sqlClient{t: t, url: sqlServer(t)}
	c.environment("real")
	code, body := c.call("POST", "environments/real/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": "clicks"},
		"spec": map[string]any{"statement": "SELECT * FROM examples.marketplace.clicks", "computePoolName": "pool"},
	})
	if code != http.StatusOK {
		t.Fatalf("got %d: %s", code, body)
	}
	for path, want := range map[string]int{
		"environments/real/statements/clicks/flink-web-ui/":      http.StatusNotImplemented,
		"environments/real/statements/none/flink-web-ui/":        http.StatusNotFound,
		"environments/real/applications/none/flink-web-ui/jobs":  http.StatusNotFound,
		"environments/none/statements/clicks/flink-web-ui/":      http.StatusNotFound,
		"environments/real/statements/clicks/flink-web-ui/../..": http.StatusNotFound,
	} {
		if code, body := c.call("GET", path, nil); code != want || !strings.HasPrefix(string(body), `{"errors":[{"message":`) {
			t.Errorf("%s: got %d %s, want %d in the API's shape", path, code, body, want)
		}
	}
}
