package sqlapi

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
)

// sqlServer is a server with the its data in a new folder.
func sqlServer(tb testing.TB) (url string) {
	tb.Helper()
	s, err := server.Open(tb.Context(), server.Config{Listen: "127.0.0.1:0", Data: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	return s.URL()
}

func (c *sqlClient) environment(name string) {
	c.call("POST", "environments", map[string]any{"name": name, "kubernetesNamespace": "default"})
	c.call("POST", "environments/"+name+"/compute-pools", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "DEDICATED", "clusterSpec": map[string]any{}},
	})
}

// firstRow is how long it takes from the POST to the first row, over HTTP.
func (c *sqlClient) firstRow(env, text string) (time.Duration, error) {
	c.n++
	name := fmt.Sprintf("s-%d", c.n)
	began := time.Now()
	code, body := c.call("POST", "environments/"+env+"/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"statement": text, "computePoolName": "pool"},
	})
	if code != 200 {
		return 0, fmt.Errorf("%s: got %d: %s", text, code, body)
	}
	path := "environments/" + env + "/statements/" + name + "/results"
	for until := began.Add(20 * time.Second); time.Now().Before(until); {
		code, body := c.call("GET", path, nil)
		var page cmf.StatementResult
		if code == 200 {
			if err := json.Unmarshal(body, &page); err != nil {
				return 0, err
			}
		}
		if len(page.Results.Data) > 0 {
			return time.Since(began), nil
		}
	}
	return 0, fmt.Errorf("%s: no row", text)
}

const trivial = "SELECT a + 1 AS b FROM (VALUES (1), (2), (3)) AS t(a)"

// TestTheFirstRowOfATrivialQueryIsThereSoon prints what it measures against
// the budget of 30 ms; it fails only far beyond it, as machines are shared.
func TestTheFirstRowOfATrivialQueryIsThereSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	c := &sqlClient{t: t, url: sqlServer(t)}
	c.environment("quick")
	var all []time.Duration
	for range 20 {
		took, err := c.firstRow("quick", trivial)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, took)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	t.Logf("POST to first row: median %s, slowest %s; the budget is 30ms", all[len(all)/2], all[len(all)-1])
	if all[len(all)/2] > 500*time.Millisecond {
		t.Errorf("got %s from the POST to the first row, want 30ms", all[len(all)/2])
	}
}

// TestWhatIsRefusedWasNotExecuted sends DDL with what only an update may have.
func TestWhatIsRefusedWasNotExecuted(t *testing.T) {
	c := &sqlClient{t: t, url: sqlServer(t)}
	c.environment("quick")
	code, body := c.call("POST", "environments/quick/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": "ddl"},
		"spec": map[string]any{
			"statement": "CREATE TABLE refused (a INT) WITH ('connector'='blackhole')", "computePoolName": "pool",
			"startFromSavepoint": map[string]any{"initialSavepointPath": "s3://b/savepoint-1"},
		},
	})
	if code != 422 {
		t.Errorf("got %d: %s, want 422", code, body)
	}
	if s := c.statement("quick", "SHOW TABLES", nil, map[string]string{
		cmf.PropertyCatalog: "default_catalog", cmf.PropertyDatabase: "default_database",
	}); strings.Contains(string(mustJSON(t, s)), "refused\"]") {
		t.Error("the table of a refused statement is there")
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// BenchmarkFirstRow is the time from the POST of a trivial bounded query to
// its first row, over HTTP.
func BenchmarkFirstRow(b *testing.B) {
	c := &sqlClient{t: b, url: sqlServer(b)}
	c.environment("quick")
	var total time.Duration
	for b.Loop() {
		took, err := c.firstRow("quick", trivial)
		if err != nil {
			b.Fatal(err)
		}
		total += took
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms/row")
}
