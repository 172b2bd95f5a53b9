package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service"
)

// aged is an object written through the API and then given an age.
type aged struct {
	kind model.KindID
	env  string
	name string
	age  time.Duration
	body map[string]any
}

// sql writes pools and statements as a client would, so that the engine plans
// and runs them.
func (d *seeder) sql(ctx context.Context, environments []string) error {
	for _, env := range environments[:min(len(environments), 3)] {
		for _, pool := range pools(env) {
			if err := d.write(ctx, pool); err != nil {
				return err
			}
		}
	}
	for _, s := range statements() {
		if !slices.Contains(environments, s.env) {
			continue
		}
		if err := d.write(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func pools(env string) []aged {
	cluster := func(memory string) map[string]any {
		resource := map[string]any{"resource": map[string]any{"cpu": 1, "memory": memory}}
		return map[string]any{
			"image": "confluentinc/cp-flink-sql:1.19-cp3", "flinkVersion": "v1_19",
			"flinkConfiguration": map[string]string{"pipeline.operator-chaining.enabled": "true"},
			"jobManager":         resource, "taskManager": resource,
		}
	}
	return []aged{
		{model.KindComputePool, env, "pool", 100 * day, map[string]any{"type": "DEDICATED", "clusterSpec": cluster("1024m")}},
		{model.KindComputePool, env, "shared", 40 * day, map[string]any{"type": "SHARED", "clusterSpec": cluster("4096m")}},
	}
}

func statements() []aged {
	on := func(env, name string, age time.Duration, sql string, more ...string) aged {
		spec := map[string]any{
			"statement": sql, "computePoolName": "pool", "parallelism": 1, "stopped": slices.Contains(more, "stopped"),
			"properties": map[string]string{cmf.PropertyCatalog: "examples", cmf.PropertyDatabase: "marketplace"},
		}
		return aged{model.KindStatement, env, name, age, spec}
	}
	return []aged{
		on(
			"prod", "orders-by-customer", 26*hour,
			"SELECT customer_id, COUNT(*) AS orders, SUM(price) AS revenue\nFROM orders\nGROUP BY customer_id",
		),
		on("prod", "clicks-to-blackhole", 9*day, "INSERT INTO blackhole\nSELECT click_id AS data FROM clicks"),
		on(
			"prod", "expensive-orders", 3*day, "SELECT order_id, product_id, price\nFROM orders\nWHERE price > 90",
			"stopped",
		),
		on("prod", "show-tables", 2*hour, "SHOW TABLES"),
		on(
			"staging", "revenue-typo", 50*time.Minute,
			"SELECT customer_id, SUM(prize) AS revenue\nFROM orders\nGROUP BY customer_id",
		),
		on(
			"staging", "sizes", 4*hour,
			"SELECT * FROM (VALUES (1, 'small'), (2, 'medium'), (3, 'large')) AS sizes (id, label)",
		),
		on("development", "clicks-peek", 20*time.Minute, "SELECT url, user_id, view_time FROM clicks"),
		on("development", "describe-orders", 6*day, "DESCRIBE orders"),
	}
}

func (d *seeder) write(ctx context.Context, a aged) error {
	scope := model.Scope{Kind: a.kind, Env: a.env}
	for _, resource := range d.service.Resources() {
		if resource.ID() != a.kind {
			continue
		}
		body := model.MustEncode(map[string]any{
			"apiVersion": cmf.APIVersion, "kind": resource.Kind().Name,
			"metadata": map[string]any{"name": a.name, "labels": map[string]string{"team": "platform"}}, "spec": a.body,
		})
		if _, err := resource.Write(ctx, scope, service.Write{Body: body}); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return d.store.Update(ctx, func(tx model.Tx) error {
		record, err := tx.Get(scope, a.name)
		if err != nil {
			return err
		}
		record = d.backdate(record, a.age)
		if d.still && record.Kind == model.KindStatement {
			if record, err = d.stilled(record); err != nil {
				return err
			}
		}
		return tx.Put(record)
	})
}

// backdate gives a record an age. Labels are written with it: Get has none.
func (d *seeder) backdate(record model.Record, age time.Duration) model.Record {
	at := d.now.Add(-age)
	record.Created, record.Updated = at, at
	record.Labels = map[string]string{"team": "platform"}
	record.Doc = record.Doc.With(cmf.Time(at), "metadata", "creationTimestamp").With(
		cmf.Time(at), "metadata", "updateTimestamp",
	)
	if record.Kind == model.KindComputePool && record.State == cmf.PoolPending {
		record.State, record.Due = cmf.PoolRunning, time.Time{}
		record.Doc = record.Doc.With(record.State, "status", "phase")
	}
	return record
}

// stilled is a statement in the phase that it would come to. Control leaves it
// alone until it is stopped or changed; its results can be read.
func (d *seeder) stilled(record model.Record) (model.Record, error) {
	var s cmf.Statement
	if err := json.Unmarshal(record.Doc, &s); err != nil {
		return record, err
	}
	controller, err := model.ReadControllerState[model.StatementControllerState](record)
	if err != nil {
		return record, err
	}
	if controller.Run != nil {
		controller.Still, controller.Run.Deployed = true, true
		s.Status.Phase, s.Status.Detail = cmf.PhaseRunning, model.DetailRunning
		if s.Status.Traits.IsBounded {
			controller.Ended = d.now
			s.Status.Phase, s.Status.Detail = cmf.PhaseCompleted, model.DetailCompleted
		}
	}
	record.State, record.Due = s.Status.Phase, time.Time{}
	record.Doc, record.ControllerState = model.MustEncode(s), model.MustEncode(controller) // as control writes them
	return record, nil
}

// detached registers savepoints that outlived their applications.
func (d *seeder) detached(ctx context.Context) error {
	var records []model.Record
	for i, name := range []string{"orders-before-migration", "clicks-2025-archive"} {
		a := sample{env: "prod", name: name, class: "io.acme.orders.OrdersJob", parallelism: 4, mode: "savepoint"}
		a.running = time.Duration(60+80*i) * day
		b := newBuilt(a, d.now)
		at := b.job.SubmittedAt.Add(20 * day)
		seen, err := d.engine.Savepoints().ObserveSavepoint(ctx, b.job.ID, b.job, engine.SavepointTrigger{
			ID: jobID(name), Format: cmf.FormatCanonical, At: at,
		})
		if err != nil {
			return err
		}
		records = append(records, savepoint(model.Scope{Kind: model.KindDetachedSavepoint}, name, at, seen))
	}
	return d.put(ctx, records)
}
