// Package demo fills a server with sample data worth looking at: applications
// in every state with histories, savepoints that are real files, pools and
// statements. Some of it goes on living while the server runs.
package demo

import (
	"context"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service"
)

// Options say how much there is. Zero values are the usual three environments
// and about twenty applications.
type Options struct {
	Environments int
	Applications int
	// Still lets nothing change by itself, for measuring and for pictures: the
	// control loop has nothing to look at until something is asked for.
	Still bool
}

// seeder is one run of Seed.
type seeder struct {
	store   model.Store
	update  model.Updater
	engine  engine.Engine
	service *service.Service
	now     time.Time
	still   bool
}

// Seed fills an open server before it runs: Samples, then Crowd.
func Seed(ctx context.Context, s *server.Server, options Options) error {
	if err := Samples(ctx, s, options); err != nil {
		return err
	}
	return Crowd(ctx, s, options)
}

func newSeeder(s *server.Server, options Options) *seeder {
	store, engine := s.Parts()
	return &seeder{
		store: store, update: store.Update, engine: engine, service: s.Service(), now: s.Now().UTC(),
		still: options.Still,
	}
}

// samples are the applications with a history of their own.
func (o Options) samples() []sample {
	samples := applications()
	if o.Applications > 0 && o.Applications < len(samples) {
		return samples[:o.Applications]
	}
	return samples
}

// Crowd writes the applications that Samples leaves to Options.Applications. The
// server may run meanwhile: nothing of them is due.
func Crowd(ctx context.Context, s *server.Server, options Options) error {
	more := options.Applications - len(options.samples())
	fill := func(update model.Updater) error {
		d := newSeeder(s, options)
		d.update = update
		return d.crowd(ctx, environmentNames(options.Environments), more)
	}
	if err := s.Fill(ctx, fill); err != nil {
		return fmt.Errorf("demo applications: %w", err)
	}
	return nil
}

// Samples writes the environments, a sample of each kind and their connections
// before the server runs. The data folder must be new.
func Samples(ctx context.Context, s *server.Server, options Options) error {
	d, environments := newSeeder(s, options), environmentNames(options.Environments)
	if err := d.environments(ctx, environments); err != nil {
		return fmt.Errorf("demo environments: %w", err)
	}
	if err := d.samples(ctx, options.samples(), environments); err != nil {
		return fmt.Errorf("demo applications: %w", err)
	}
	if err := d.sql(ctx, environments); err != nil {
		return fmt.Errorf("demo statements: %w", err)
	}
	if err := d.connections(ctx, environments); err != nil {
		return fmt.Errorf("demo connections: %w", err)
	}
	if err := d.detached(ctx); err != nil {
		return fmt.Errorf("demo savepoints: %w", err)
	}
	return nil
}

func environmentNames(n int) []string {
	names := []string{"prod", "staging", "development"}
	if n <= 0 {
		return names
	}
	for i := len(names); i < n; i++ {
		names = append(names, fmt.Sprintf("team-%04d", i+1))
	}
	return names[:n]
}

func (d *seeder) environments(ctx context.Context, names []string) error {
	return d.store.Update(ctx, func(tx model.Tx) error {
		for i, name := range names {
			created := d.now.Add(-time.Duration(300-i%200) * 24 * time.Hour)
			if err := tx.Put(environment(name, created)); err != nil {
				return err
			}
		}
		return nil
	})
}

func environment(name string, created time.Time) model.Record {
	uid := id("environment", name)
	e := cmf.Environment{
		Name: name, CreatedTime: cmf.Time(created), UpdatedTime: cmf.Time(created.Add(72 * time.Hour)),
		KubernetesNamespace: "flink-" + name,
		Metadata: &cmf.Metadata{
			Name: name, UID: uid, CreationTimestamp: cmf.Time(created),
			UpdateTimestamp: cmf.Time(created.Add(72 * time.Hour)),
			Labels:          map[string]string{"stage": name},
		},
	}
	if name == "prod" {
		e.FlinkApplicationDefaults = cmf.MustObject(map[string]any{"spec": map[string]any{
			"flinkConfiguration": map[string]string{"metrics.reporters": "prom"},
		}})
		e.StatementDefaults = &cmf.StatementDefaults{Detached: &cmf.StatementDefault{
			FlinkConfiguration: map[string]string{"execution.checkpointing.interval": "60 s"},
		}}
	}
	return model.Record{
		Scope: model.Scope{Kind: model.KindEnvironment}, Name: name, UID: uid,
		Created: created, Updated: created.Add(72 * time.Hour), Labels: e.Metadata.Labels, Doc: model.MustEncode(e),
	}
}

// put writes records in one transaction.
func (d *seeder) put(ctx context.Context, records []model.Record) error {
	return d.update(ctx, func(tx model.Tx) error {
		for _, record := range records {
			if err := tx.Put(record); err != nil {
				return err
			}
		}
		return nil
	})
}
