package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
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
	if config.Flink.Jars == "" {
		o.Version = s.Version
		if config.Flink.Jars, upErr = flinkup.Examples(ctx, o); upErr != nil {
			fmt.Fprintln(p.Err, "without example applications: "+upErr.Error()) // SQL runs without them
		}
	}
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

// seedFlink fills a demo on the real Flink, through its API; applications where
// there are jars for them.
func seedFlink(ctx context.Context, url string, applications bool) error {
	c, err := cmfapi.New(client.Config{URL: url})
	if err != nil {
		return err
	}
	defer c.Close()
	const env, pool = "demo", "shared-pool"
	scope := cmf.Scope{Environment: env}
	_, err = cmfapi.Create(ctx, c, cmf.Environments, cmf.Scope{}, cmf.Environment{
		Name: env, KubernetesNamespace: "demo",
	})
	if err != nil {
		return fmt.Errorf("sample data: %w", err)
	}
	_, err = cmfapi.Create(ctx, c, cmf.ComputePools, scope, cmf.ComputePool{
		APIVersion: cmf.APIVersion, Kind: "ComputePool", Metadata: cmf.Metadata{Name: pool},
		Spec: cmf.ComputePoolSpec{Type: "SHARED", ClusterSpec: cmf.Object("{}")},
	})
	if applications {
		err = errors.Join(err, seedApplications(ctx, c, scope))
	}
	for _, sample := range flinkSamples {
		_, failed := cmfapi.Create(ctx, c, cmf.Statements, scope, cmf.Statement{
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

// endFlinkSamples deletes the demo's statements and waits until the server has
// ended their jobs: nothing of a demo stays in a Flink that goes on.
func endFlinkSamples(ctx context.Context, url string) error {
	c, err := cmfapi.New(client.Config{URL: url})
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	scope := cmf.Scope{Environment: "demo"}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := cmfapi.List[cmf.Statement](ctx, c, cmf.Statements, scope, cmfapi.Query{})
		if err != nil {
			return err
		}
		applications, err := endApplications(ctx, c, scope)
		if err != nil || !applications && len(left.Items) == 0 {
			return err
		}
		for _, s := range left.Items {
			if s.Phase() == cmf.PhaseDeleting {
				continue
			}
			if err := cmfapi.Delete(ctx, c, cmf.Statements, scope, s.Metadata.Name, false); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("end the sample statements: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// demoOnFlink fills the server, shows the console, and ends what was started.
func demoOnFlink(ctx context.Context, p Process, of consoleFor, applications bool) error {
	if err := seedFlink(ctx, of.context.URL, applications); err != nil {
		return err
	}
	beside, cancel := context.WithCancel(ctx)
	var prepared sync.WaitGroup
	if applications {
		prepared.Go(func() { prepareFlink(beside, of.context.URL) })
	}
	err := openConsole(ctx, p, of)
	cancel()
	prepared.Wait()
	return errors.Join(err, endFlinkSamples(ctx, of.context.URL))
}

// prepareFlink brings the applications to the states that the demo shows, beside
// the console. One that does not come there is shown as it is.
func prepareFlink(ctx context.Context, url string) {
	c, err := cmfapi.New(client.Config{URL: url})
	if err != nil {
		return
	}
	defer c.Close()
	_ = prepareApplications(ctx, c, cmf.Scope{Environment: "demo"})
}
