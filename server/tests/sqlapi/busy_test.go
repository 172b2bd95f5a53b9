package sqlapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/server"
)

// TestListsAreAnsweredBesideBusyStatements holds that ten statements that
// compute all the time keep nobody from the API; how quick it is beside them is
// BenchmarkListBesideBusyStatements'.
func TestListsAreAnsweredBesideBusyStatements(t *testing.T) {
	c := busyServer(t)
	c.startBusy()
	c.listTimes()
	for i := range busyStatements {
		if _, body := c.call(
			"GET", fmt.Sprintf("environments/busy/statements/busy-%d", i), nil,
		); !strings.Contains(string(body), `"phase":"RUNNING"`) {
			t.Errorf("busy-%d does not run any more: %s", i, body)
		}
	}
}

// BenchmarkListBesideBusyStatements gives the 95th percentile of a list's time
// on an idle server and beside ten busy statements.
func BenchmarkListBesideBusyStatements(b *testing.B) {
	c := busyServer(b)
	idle := c.listTimes()
	c.startBusy()
	var busy time.Duration
	for b.Loop() {
		busy = c.listTimes()
	}
	b.ReportMetric(float64(idle.Microseconds())/1000, "idle-p95-ms")
	b.ReportMetric(float64(busy.Microseconds())/1000, "busy-p95-ms")
}

const busyStatements = 10

// busyServer runs a server with a table that gives as many rows as it is asked
// for, and as many ended statements as there will be busy ones.
func busyServer(t testing.TB) *sqlClient {
	t.Helper()
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	c := &sqlClient{t: t, url: s.URL()}
	c.call("POST", "environments", map[string]any{"name": "busy", "kubernetesNamespace": "default"})
	c.call("POST", "environments/busy/compute-pools", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "DEDICATED", "clusterSpec": map[string]any{}},
	})
	c.statement(
		"busy",
		"CREATE TABLE g (k BIGINT, v STRING) WITH ('connector'='datagen', 'rows-per-second'='100000000', "+
			"'fields.k.min'='0', 'fields.k.max'='1000')",
		nil, nil,
	)
	c.statement(
		"busy", "CREATE TABLE bh (k BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='blackhole')",
		nil, nil,
	)
	for range busyStatements { // so that the lists are equally long
		c.statement("busy", "INSERT INTO bh VALUES (1, 1)", nil, nil)
	}
	return c
}

// startBusy starts the statements and waits until each of them runs.
func (c *sqlClient) startBusy() {
	c.t.Helper()
	for i := range busyStatements {
		code, body := c.call("POST", "environments/busy/statements", map[string]any{
			"apiVersion": "cmf.confluent.io/v1", "kind": "Statement",
			"metadata": map[string]any{"name": fmt.Sprintf("busy-%d", i)},
			"spec": map[string]any{
				"statement": "INSERT INTO bh SELECT k, COUNT(*) FROM g GROUP BY k", "computePoolName": "pool",
			},
		})
		if code != 200 {
			c.t.Fatalf("%d %s", code, body)
		}
	}
	for i := range busyStatements {
		for {
			_, body := c.call("GET", fmt.Sprintf("environments/busy/statements/busy-%d", i), nil)
			if strings.Contains(string(body), `"phase":"RUNNING"`) {
				break
			}
			if strings.Contains(string(body), `"phase":"FAILED"`) || c.t.Context().Err() != nil {
				c.t.Fatalf("does not run: %s", body)
			}
		}
	}
}

// listTimes is the 95th percentile of two hundred lists.
func (c *sqlClient) listTimes() time.Duration {
	var all []time.Duration
	for range 200 {
		began := time.Now()
		c.call("GET", "environments/busy/statements?size=10", nil)
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)*95/100]
}
