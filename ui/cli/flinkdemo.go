package cli

import (
	"context"
	"errors"
	"fmt"

	"drey/client"
	"drey/client/cmf"
	"drey/server"
	"drey/server/flinkup"
)

// flinkForDemo starts a Flink where none was named; down ends it again, unless
// it ran before.
func flinkForDemo(ctx context.Context, p Process, config *server.Config) (down func() error, err error) {
	none := func() error { return nil }
	if config.Engine != server.EngineFlink || config.Flink.REST != "" {
		return none, checkEngine(config, p.Getenv)
	}
	o := flinkOptions(p)
	before, err := flinkup.Status(o)
	s, upErr := flinkup.Up(ctx, o)
	if upErr != nil {
		return none, upErr
	}
	config.Flink.REST, config.Flink.SQLGateway, config.Flink.Savepoints = s.REST, s.SQLGateway, s.Savepoints
	if err == nil && before.Started.Equal(s.Started) {
		return none, checkEngine(config, p.Getenv)
	}
	return func() error { return flinkup.Down(context.WithoutCancel(ctx), o) }, checkEngine(config, p.Getenv)
}

// flinkSamples are statements that run on the real Flink.
var flinkSamples = []struct{ name, sql string }{
	{"orders-by-customer", "SELECT customer_id, COUNT(*) AS orders, MAX(price) AS dearest FROM examples.marketplace.orders GROUP BY customer_id"},
	{"clicks-to-nowhere", "INSERT INTO examples.marketplace.blackhole SELECT url FROM examples.marketplace.clicks"},
	{"with-a-mistake", "SELECT custmer_id FROM examples.marketplace.orders"},
}

// seedFlink fills a demo on the real Flink, through its API.
func seedFlink(ctx context.Context, url string) error {
	c, err := client.New(client.Config{URL: url})
	if err != nil {
		return err
	}
	defer c.Close()
	const env, pool = "demo", "shared-pool"
	scope := cmf.Scope{Environment: env}
	_, err = client.Create(ctx, c, cmf.Environments, cmf.Scope{}, cmf.Environment{Name: env, KubernetesNamespace: "demo"})
	if err != nil {
		return fmt.Errorf("sample data: %w", err)
	}
	_, err = client.Create(ctx, c, cmf.ComputePools, scope, cmf.ComputePool{
		APIVersion: cmf.APIVersion, Kind: "ComputePool", Metadata: cmf.Metadata{Name: pool},
		Spec: cmf.ComputePoolSpec{Type: "SHARED", ClusterSpec: cmf.Object("{}")},
	})
	for _, sample := range flinkSamples {
		_, failed := client.Create(ctx, c, cmf.Statements, scope, cmf.Statement{
			APIVersion: cmf.APIVersion, Kind: "Statement", Metadata: cmf.Metadata{Name: sample.name},
			Spec: cmf.StatementSpec{Statement: sample.sql, ComputePoolName: pool},
		})
		err = errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("sample data: %w", err)
	}
	return nil
}

// endFlinkSamples ends the sample jobs, so that nothing of a demo stays in a
// Flink that goes on, and waits until the server has done so.
func endFlinkSamples(ctx context.Context, url string) error {
	c, err := client.New(client.Config{URL: url})
	if err != nil {
		return err
	}
	defer c.Close()
	scope := cmf.Scope{Environment: "demo"}
	var all []cmf.Statement
	for s, err := range client.All[cmf.Statement](ctx, c, cmf.Statements, scope, client.ListOptions{}) {
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	for _, s := range all {
		if err := client.Delete(ctx, c, cmf.Statements, scope, s.Metadata.Name); err != nil {
			return err
		}
	}
	return nil
}
