package demo

import (
	"context"
	"crypto/md5" //nolint:gosec // names, not secrets
	"fmt"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"

	"github.com/google/uuid"
)

// id is a UUID that is the same in every demo.
func id(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("drey demo/"+strings.Join(parts, "/"))).String()
}

// jobID is a job id that is the same in every demo.
func jobID(parts ...string) string {
	return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, "/")))) //nolint:gosec // as above
}

// spec is the application's specification.
func (a sample) spec() cmf.Object {
	conf := map[string]string{
		"execution.checkpointing.interval": "60 s",
		"state.backend.type":               "rocksdb",
		"state.checkpoints.dir":            "s3://flink-state/" + a.name + "/checkpoints",
		"state.savepoints.dir":             "s3://flink-state/" + a.name + "/savepoints",
		"taskmanager.numberOfTaskSlots":    "2",
	}
	for key, value := range a.conf {
		conf[key] = value
	}
	state := cmf.DesiredRunning
	if a.suspended {
		state = cmf.DesiredSuspended
	}
	return model.MustEncode(map[string]any{
		"image":              a.image(a.upgrades),
		"flinkVersion":       "v1_20",
		"flinkConfiguration": conf,
		"serviceAccount":     "flink",
		"jobManager":         map[string]any{"resource": map[string]any{"cpu": 1, "memory": "2048m"}},
		"taskManager":        map[string]any{"resource": map[string]any{"cpu": 2, "memory": "4096m"}},
		"job": map[string]any{
			"jarURI": "local:///opt/flink/usrlib/" + a.name + ".jar", "entryClass": a.class,
			"parallelism": a.parallelism, "upgradeMode": a.mode, "state": state,
		},
	})
}

// built is an application on its way into the store.
type built struct {
	sample
	app        model.Scope
	spec       cmf.Object
	status     model.ApplicationStatus
	controller model.ApplicationControllerState
	job        engine.Job
	now        time.Time
	lifecycle  string
	records    []model.Record
}

// samples writes the samples whose environment there is.
func (d *seeder) samples(ctx context.Context, samples []sample, environments []string) error {
	var records []model.Record
	for _, a := range samples {
		if !slices.Contains(environments, a.env) {
			a.env = environments[len(a.name)%len(environments)]
		}
		b, err := d.build(ctx, a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		records = append(records, b.records...)
	}
	return d.put(ctx, records)
}

func (d *seeder) build(ctx context.Context, a sample) (*built, error) {
	b := newBuilt(a, d.now)
	if a.waits > 0 {
		b.event(a.age, cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication created"}, "")
		b.finish(d.due(d.now.Add(a.waits)))
		return b, nil
	}
	b.upgradesBefore()
	b.deployed()
	seen, err := d.engine.Applications().Observe(ctx, b.job)
	if err != nil {
		return nil, err
	}
	if err := d.savepoints(ctx, b); err != nil {
		return nil, err
	}
	b.applyObservation(seen)
	if a.suspended {
		b.suspend()
	}
	due := seen.Next
	if a.suspended {
		due = time.Time{}
	}
	if d.still && b.controller.Job != nil {
		b.controller.Job.StillAt = d.now
	}
	b.finish(d.due(due))
	return b, nil
}

// due is when control looks at an application: never, where all is still.
func (d *seeder) due(at time.Time) time.Time {
	if d.still {
		return time.Time{}
	}
	return at
}

func newBuilt(a sample, now time.Time) *built {
	spec := a.spec()
	b := &built{
		sample: a, now: now, spec: spec, status: model.NewApplicationStatus(),
		app: model.Scope{Kind: model.KindApplication, Env: a.env}, lifecycle: cmf.LifecycleCreated,
	}
	b.controller.Instance = id(a.env, a.name, fmt.Sprint(a.upgrades))
	effective := model.Effective(spec, defaults(a.env))
	b.controller.Effective, b.controller.Nonces = model.Digest(effective), "/"
	b.job = engine.Job{
		ID: jobID(a.env, a.name, fmt.Sprint(a.upgrades)), Environment: a.env, Application: a.name,
		Instance: b.controller.Instance, Spec: effective, SubmittedAt: now.Add(-a.running),
	}
	return b
}

// defaults are what environment gives an environment of that name.
func defaults(env string) cmf.Object {
	return environment(env, time.Time{}).Doc.Object("flinkApplicationDefaults")
}

// deployed notes the current job and instance, as control would have.
func (b *built) deployed() {
	b.controller.Job = &model.JobControllerState{ID: b.job.ID, SubmittedAt: b.job.SubmittedAt, Deployed: true}
	b.controller.Deployed, b.controller.Stable = true, true
}

// finish adds the application itself, and its instance with what is observed last of
// its job.
func (b *built) finish(due time.Time) {
	if b.waits == 0 {
		b.instance(b.controller.Instance, b.job.ID, b.running, b.status.JobStatus.State, b.upgrades)
	}
	uid := id(b.env, b.name)
	created, updated := b.now.Add(-b.age), b.now.Add(-b.running)
	if b.running == 0 {
		updated = created
	}
	labels := map[string]string{"team": b.team, "tier": b.tier}
	b.status.LifecycleState = b.lifecycle
	b.status.Generation = int64(b.upgrades + 1)
	doc := cmf.FlinkApplication{
		APIVersion: cmf.APIVersion, Kind: cmf.Applications.Name, Spec: b.spec, Status: model.MustEncode(b.status),
		Metadata: model.MustEncode(map[string]any{
			"name": b.name, "uid": uid, "labels": labels,
			"creationTimestamp": cmf.Time(created), "updateTimestamp": cmf.Time(updated),
			"annotations": map[string]string{"acme.io/runbook": "https://runbooks.acme.io/" + b.name},
		}),
	}
	if b.waits > 0 {
		b.controller = model.ApplicationControllerState{}
	}
	b.records = append(b.records, model.Record{
		Scope: b.app, Name: b.name, UID: uid, State: b.status.JobStatus.State, Created: created, Updated: updated,
		Due: due, Labels: labels, Doc: model.MustEncode(doc), ControllerState: model.MustEncode(b.controller),
	})
}

// image is what the application ran after so many upgrades.
func (a sample) image(upgrades int) string {
	return fmt.Sprintf("registry.acme.io/flink/%s:1.%d.%d", a.name, upgrades+1, len(a.name)%7)
}

// instance is what the application was after so many upgrades: each brought another
// image.
func (b *built) instance(name, job string, ago time.Duration, state string, upgrades int) {
	at := b.now.Add(-ago)
	b.records = append(b.records, model.InstanceRecord(b.app.In(model.KindInstance, b.name), cmf.Instance{
		Metadata: cmf.Metadata{Name: name},
		Status: cmf.InstanceStatus{
			Spec:      b.job.Spec.With(b.image(upgrades), "image"),
			JobStatus: &cmf.InstanceJobStatus{JobID: job, State: state},
		},
	}, at))
}

func (b *built) event(ago time.Duration, status cmf.EventStatus, instance string) {
	b.eventAt(b.now.Add(-ago), status, instance)
}

func (b *built) eventAt(at time.Time, status cmf.EventStatus, instance string) {
	// One event a nanosecond: the order of writing is the order of time.
	at = at.Add(time.Duration(len(b.records)))
	b.records = append(b.records, model.EventRecord(b.app.In(model.KindEvent, b.name),
		model.NewEvent{Status: status, Instance: instance}, at))
}
