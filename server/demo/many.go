package demo

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded"
	"drey/server/model"
)

// crowdNames and crowdTeams make up applications for large demos.
var (
	crowdNames = []string{
		"orders", "clicks", "sessions", "payments", "refunds", "invoices", "carts", "searches", "reviews", "returns",
		"stock", "prices", "alerts", "metrics", "audit", "routes", "parcels", "profiles", "logins", "emails",
	}
	crowdTasks = []string{"enrich", "dedupe", "join", "window", "route", "mask", "index", "score", "archive", "export"}
	crowdTeams = []string{"checkout", "growth", "risk", "logistics", "catalog", "platform", "fleet"}
)

// CrowdBatch is how many applications are written at a time.
const CrowdBatch = 500

// crowd writes n more applications, nearly all running and unchanging.
func (d *seeder) crowd(ctx context.Context, environments []string, n int) error {
	made := make(chan []model.Record, 1)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { // the next ones are made while the last ones are written
		defer close(made)
		for from := 0; from < n; from += CrowdBatch {
			select {
			case made <- d.crowdRecords(environments, from, min(from+CrowdBatch, n)):
			case <-ctx.Done():
				return nil // whoever writes says why
			}
		}
		return nil
	})
	group.Go(func() error {
		for records := range made {
			if err := d.put(ctx, records); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return group.Wait()
}

func (d *seeder) crowdRecords(environments []string, from, to int) []model.Record {
	var records []model.Record
	for i := from; i < to; i++ {
		b := newBuilt(crowdSample(i, environments), d.now)
		b.deployed()
		b.applyObservation(d.glance(b, i))
		b.finish(time.Time{})
		records = append(records, b.records...)
	}
	return records
}

func crowdSample(i int, environments []string) sample {
	noun, task := crowdNames[i%len(crowdNames)], crowdTasks[i/len(crowdNames)%len(crowdTasks)]
	running := time.Duration(1+(i*7919)%9000) * time.Hour / 10
	a := sample{
		env: environments[i%len(environments)], name: fmt.Sprintf("%s-%s-%05d", noun, task, i+1),
		class: fmt.Sprintf("io.acme.%s.%sJob", noun, task), team: crowdTeams[i%len(crowdTeams)],
		tier: fmt.Sprint(1 + i%3), parallelism: 1 + i%8, mode: "last-state", running: running, age: running + 6*hour,
	}
	switch i % 50 {
	case 17:
		a.conf = map[string]string{embedded.KeyFinishAfter: "5 min"}
	case 33:
		a.conf = map[string]string{
			embedded.KeyFailAfter: "60 s", "restart-strategy.type": "none",
			embedded.KeyException: "java.lang.OutOfMemoryError: Java heap space",
		}
	}
	return a
}

// glance is what the engine would observe, without a checkpoint's file for
// every one of thousands.
func (d *seeder) glance(b *built, i int) engine.JobObservation {
	b.eventAt(b.job.SubmittedAt, jobEvent(cmf.JobReconciling), b.controller.Instance)
	seen := engine.JobObservation{
		State: cmf.JobRunning, Deployment: cmf.DeploymentReady, Name: b.class,
		StartTime: b.job.SubmittedAt.Add(2 * time.Second), UpdateTime: b.job.SubmittedAt.Add(3 * time.Second),
		Resources: cmf.ResourceUsageSummary{
			JobManager: &cmf.ResourceUsage{CPU: 1, Memory: 2 << 30, Count: 1},
			TaskManager: &cmf.ResourceUsage{
				CPU: 2 * float64((b.parallelism+1)/2), Memory: int64((b.parallelism+1)/2) * 4 << 30,
				Count: (b.parallelism + 1) / 2,
			},
		},
	}
	switch i % 50 {
	case 17:
		seen.State, seen.UpdateTime = cmf.JobFinished, b.job.SubmittedAt.Add(5*time.Minute)
	case 33:
		seen.State, seen.UpdateTime = cmf.JobFailed, b.job.SubmittedAt.Add(63*time.Second)
		seen.Exceptions = []engine.JobException{{
			At: seen.UpdateTime, Name: "java.lang.OutOfMemoryError",
			Text: "java.lang.OutOfMemoryError: Java heap space",
		}}
	}
	return seen
}
