package sqlapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"drey/client/cmf"
)

// sqlClient speaks to a server that runs.
type sqlClient struct {
	t   testing.TB
	url string
	n   int
}

func (c *sqlClient) call(method, path string, body any) (int, []byte) {
	c.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			c.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/cmf/api/v1/"+path, &b)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, out
}

// statement posts a statement and waits for its end.
func (c *sqlClient) statement(env, text string, conf, props map[string]string) cmf.Statement {
	c.t.Helper()
	c.n++
	name := fmt.Sprintf("s-%d", c.n)
	var s cmf.Statement
	code, body := c.call("POST", "environments/"+env+"/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"statement": text, "computePoolName": "pool", "flinkConfiguration": conf, "properties": props},
	})
	for until := time.Now().Add(20 * time.Second); ; {
		if code != 200 {
			c.t.Fatalf("%s: got %d: %s", text, code, body)
		}
		if err := json.Unmarshal(body, &s); err != nil {
			c.t.Fatal(err)
		}
		phase := s.Phase()
		if phase == cmf.PhaseCompleted || phase == cmf.PhaseFailed ||
			phase == cmf.PhaseRunning && s.Status.Traits.SQLKind == "SELECT" {
			return s
		}
		if time.Now().After(until) {
			c.t.Fatalf("%s: still %s", text, phase)
		}
		code, body = c.call("GET", "environments/"+env+"/statements/"+name, nil)
	}
}
