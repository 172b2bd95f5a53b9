package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListsAreQuickBesideBusyStatements(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	s, err := Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	c := &sqlClient{t: t, url: s.URL()}
	c.call("POST", "environments", map[string]any{"name": "busy", "kubernetesNamespace": "default"})
	c.call("POST", "environments/busy/compute-pools", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "DEDICATED", "clusterSpec": map[string]any{}},
	})
	c.statement("busy", "CREATE TABLE g (k BIGINT, v STRING) WITH ('connector'='datagen', 'rows-per-second'='100000000', 'fields.k.min'='0', 'fields.k.max'='1000')", nil, nil)
	c.statement("busy", "CREATE TABLE bh (k BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='blackhole')", nil, nil)
	for range 10 { // so that the lists are equally long
		c.statement("busy", "INSERT INTO bh VALUES (1, 1)", nil, nil)
	}
	idle := c.listTimes()
	for i := range 10 {
		code, body := c.call("POST", "environments/busy/statements", map[string]any{
			"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": fmt.Sprintf("busy-%d", i)},
			"spec": map[string]any{"statement": "INSERT INTO bh SELECT k, COUNT(*) FROM g GROUP BY k", "computePoolName": "pool"},
		})
		if code != 200 {
			t.Fatalf("%d %s", code, body)
		}
	}
	for i := range 10 {
		for until := time.Now().Add(10 * time.Second); ; {
			_, body := c.call("GET", fmt.Sprintf("environments/busy/statements/busy-%d", i), nil)
			if strings.Contains(string(body), `"phase":"RUNNING"`) {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("does not run: %s", body)
			}
		}
	}
	busy := c.listTimes()
	t.Logf("p95 of a list: idle %s, beside ten busy statements %s", idle, busy)
	if busy > max(3*idle, 30*time.Millisecond) {
		t.Errorf("p95 of a list: got %s beside ten busy statements, want at most three times %s, or what a loaded machine takes", busy, idle)
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
