//go:build flink

package flink

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/flinkrest"
	"drey/client/statement"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/platforms/flink/history"
	"drey/views/resource"
)

// real is the Flink that .ci/flink has started.
func real(t *testing.T) (*fleet, *platform.Session, flinkrest.JobManager) {
	t.Helper()
	rest, gateway := os.Getenv("DREY_TEST_FLINK_REST"), os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY")
	if rest == "" || gateway == "" {
		t.Fatal("DREY_TEST_FLINK_REST and DREY_TEST_FLINK_SQL_GATEWAY name the Flink to test on: .ci/flink starts one")
	}
	settings := platform.Settings{
		Context: "real", Server: client.Config{URL: rest}, Values: map[string]string{"gateway-url": gateway},
	}
	f := fleetOf(t, &texts{}, rest)
	return f, session(t, settings), f.Clusters[0].JobManager
}

// until waits for what happens in another process.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(90 * time.Second)
	for !is() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("never came about: %s", what)
		}
	}
}

// uploaded sends Flink's examples.
func uploaded(t *testing.T, c *cluster) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(os.Getenv("DREY_TEST_FLINK_JARS"), "flink-examples-streaming*.jar"))
	if len(found) == 0 {
		t.Fatal("DREY_TEST_FLINK_JARS has no flink-examples-streaming jar")
	}
	file, err := os.Open(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.UploadJar(t.Context(), filepath.Base(found[0]), file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.DeleteJar(context.Background(), id) })
	return id
}

// TestRealAJobsLife uploads a jar, runs it, takes a savepoint and a checkpoint, stops
// it with a savepoint, starts it from there, and cancels it.
func TestRealAJobsLife(t *testing.T) {
	f, s, m := real(t)
	c := f.Clusters[0]
	if about, err := s.Probe(t.Context()); err != nil || about.Wrong != "" || about.Version == "" {
		t.Fatalf("got %+v, %v", about, err)
	}
	jar := uploaded(t, c)
	id, err := f.runJar(t.Context(), c, jar, "examples.jar", history.RunRequest{
		EntryClass: "org.apache.flink.streaming.examples.windowing.TopSpeedWindowing", Parallelism: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Cancel(context.Background(), id) })
	runs := func(id string) func() bool {
		return func() bool { j, err := m.Job(t.Context(), id); return err == nil && j.AllRunning() }
	}
	until(t, "the job runs", runs(id))
	kind, ref := browse.Untyped(jobs(f)), views.Ref{Kind: jobsName, UID: id}
	for _, how := range []string{"", wayCheckpoint} {
		if err := kind.Do(t.Context(), resource.VerbSavepoint, ref, how, func(views.Step) {}); err != nil &&
			!strings.Contains(err.Error(), "not been enabled") {
			t.Errorf("savepoint %q: %v", how, err)
		}
	}
	if err := kind.Do(
		t.Context(), verbRescale, ref, "2", func(views.Step) { t.Error("a rescale was sent") },
	); err == nil || !strings.Contains(err.Error(), "adaptive") {
		t.Errorf("rescale: %v", err)
	}
	if err := kind.Do(t.Context(), resource.VerbStop, ref, "", func(views.Step) {}); err != nil {
		t.Fatal(err)
	}
	newest, known := f.newestSavepoint(Job{JobSummary: flinkrest.JobSummary{ID: id}})
	if !known || !strings.Contains(newest.Location, "savepoint-") {
		t.Fatalf("got %+v", newest)
	}
	if err := kind.Do(t.Context(), resource.VerbStart, ref, "", func(views.Step) {}); err != nil {
		t.Fatal(err)
	}
	all := f.store.Read().Runs
	next := all[len(all)-1].Job
	t.Cleanup(func() { _ = m.Cancel(context.Background(), next) })
	until(t, "the job runs again", runs(next))
	if taken, err := m.Checkpoints(t.Context(), next); err != nil || taken.Latest.Restored == nil ||
		!strings.HasSuffix(newest.Location, filepath.Base(taken.Latest.Restored.Path)) {
		t.Errorf("it did not start from %s: %+v, %v", newest.Location, taken.Latest.Restored, err)
	}
	if err := kind.Do(
		t.Context(), resource.VerbStop, views.Ref{Kind: jobsName, UID: next}, wayCancel, func(views.Step) {},
	); err != nil {
		t.Errorf("cancel: %v", err)
	}
}

// TestRealWhatAKilledConsoleBegan: a savepoint that a console asked for and saw no end
// of is found by the next one, its files are disposed of, and what they were is
// forgotten; a vertex tells its subtasks, watermarks and accumulators meanwhile.
func TestRealWhatAKilledConsoleBegan(t *testing.T) {
	f, _, m := real(t)
	c := f.Clusters[0]
	jar := uploaded(t, c)
	id, err := f.runJar(t.Context(), c, jar, "examples.jar", history.RunRequest{
		EntryClass: "org.apache.flink.streaming.examples.windowing.TopSpeedWindowing", Parallelism: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Cancel(context.Background(), id) })
	var job flinkrest.Job
	until(t, "the job runs", func() bool { job, err = m.Job(t.Context(), id); return err == nil && job.AllRunning() })
	trigger := history.Trigger{ID: history.NewID(), Kind: "savepoint", Cluster: c.Name, Job: id, At: time.Now()}
	if err := f.store.Begin(trigger); err != nil {
		t.Fatal(err)
	}
	if err := c.Savepoint(t.Context(), id, trigger.ID, "", native); err != nil {
		t.Fatal(err)
	}
	next := fleetOf(t, f.store.Texts, os.Getenv("DREY_TEST_FLINK_REST")) // another console
	var seen []history.Trigger
	until(t, "the savepoint is found", func() bool {
		seen = next.store.LookAgain(t.Context(), c.Name, c.JobManager, id)
		return len(seen) == 1 && seen[0].Done
	})
	if seen[0].Failure != "" || !strings.Contains(seen[0].Location, "savepoint-"+id[:6]) {
		t.Fatalf("got %+v", seen)
	}
	ends := endsOf(job)
	if len(ends) != 1 {
		t.Fatalf("the ends of %+v are %q", job.Plan, ends)
	}
	until(t, "the lag is known", func() bool {
		d := jobDetail{numbers: noNumbers()}
		d.takeVertices(job, time.Now())
		d.askLag(t.Context(), c.JobManager, id)
		return d.numbers.Lag.Known() && d.numbers.Lag < 600
	})
	if v, err := m.Vertex(t.Context(), id, ends[0]); err != nil || len(v.Subtasks) != 2 {
		t.Errorf("got %+v, %v", v, err)
	}
	if _, err := m.Accumulators(t.Context(), id, ends[0]); err != nil {
		t.Errorf("accumulators: %v", err)
	}
	points := browse.Untyped(restorePoints(next, Job{JobSummary: flinkrest.JobSummary{ID: id}}))
	if err := points.Do(
		t.Context(), verbDispose, views.Ref{UID: seen[0].Location}, "", func(views.Step) {},
	); err != nil {
		t.Errorf("dispose: %v", err)
	}
	if left := next.store.TriggersOf(c.Name, id); len(left) != 0 {
		t.Errorf("still remembered: %+v", left)
	}
	again := history.Operation{Kind: "disposal", Look: func(ctx context.Context, id string) (flinkrest.Async, error) {
		return c.Disposed(ctx, id)
	}}
	if request, err := c.Dispose(t.Context(), seen[0].Location); err != nil {
		t.Error(err)
	} else if _, err := next.store.Await(t.Context(), request, again); err == nil {
		t.Error("its files are still there")
	}
}

// TestRealFailuresAreSaid: what Flink answers with 202 and COMPLETED, and with 500.
func TestRealFailuresAreSaid(t *testing.T) {
	f, _, _ := real(t)
	c := f.Clusters[0]
	jar := uploaded(t, c)
	if _, err := f.runJar(
		t.Context(), c, jar, "examples.jar", history.RunRequest{EntryClass: "no.such.Clazz"},
	); err == nil || !strings.Contains(err.Error(), "no.such.Clazz") {
		t.Errorf("an unknown class: %v", err)
	}
	op := history.SavepointOf(c.JobManager, strings.Repeat("0", 32), func(ctx context.Context, id string) error {
		return c.Savepoint(ctx, strings.Repeat("0", 32), id, "", native)
	}, "savepoint")
	if _, err := f.store.CarryOut(t.Context(), c.Name, strings.Repeat("0", 32), op); err == nil {
		t.Error("a savepoint of no job was taken")
	}
	if _, err := c.TaskManager(t.Context(), "nope"); !flinkrest.NotFound(err) {
		t.Errorf("an unknown task manager: %v", err)
	}
}

// TestRealSQL runs a query, reads it, stops it, and finds its tables in the catalog.
func TestRealSQL(t *testing.T) {
	_, s, m := real(t)
	run := func(sql string) statement.Status {
		status, err := s.SQL.Submit(t.Context(), statement.Request{Name: "drey-real", SQL: sql})
		until(t, sql, func() bool {
			if err == nil {
				status, err = s.SQL.Observe(t.Context(), status.Ref)
			}
			return err != nil || status.Phase.Ended() || status.Phase == statement.Running
		})
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	if made := run(
		"CREATE TABLE real_orders (id INT, price DECIMAL(10, 2)) WITH ('connector' = 'datagen', " +
			"'rows-per-second' = '50', 'fields.id.min' = '1', 'fields.id.max' = '3')",
	); made.Phase != statement.Completed {
		t.Fatalf("got %+v", made)
	}
	if rows, err := statement.Run(t.Context(), s.SQL, statement.Request{
		Name: "drey-names", SQL: "SHOW TABLES",
	}); err != nil || len(rows) != 1 || string(rows[0].Cells[0]) != `"real_orders"` {
		t.Errorf("got %s, %v", rows, err)
	}
	query := run("SELECT id, COUNT(*) AS n, SUM(price) AS spent FROM real_orders GROUP BY id")
	if query.Phase != statement.Running || query.Results != statement.Paged || len(query.Traits.Columns) != 3 {
		t.Fatalf("got %+v", query)
	}
	rows := s.SQL.Rows(query.Ref)
	updates := 0
	until(t, "rows", func() bool {
		page, _, err := rows.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			if r.Op == statement.UpdateAfter {
				updates++
			}
		}
		return updates > 2
	})
	if err := s.SQL.Stop(t.Context(), query.Ref); err != nil {
		t.Error(err)
	}
	until(t, "its job ends", func() bool {
		all, err := m.Jobs(t.Context())
		for _, j := range all {
			if j.Name == "drey-real" && j.End <= 0 {
				return false
			}
		}
		return err == nil
	})
	if failed := run("SELECT nope FROM real_orders"); failed.Phase != statement.Failed ||
		!strings.Contains(failed.Detail, "Column 'nope' not found") {
		t.Errorf("got %+v", failed)
	}
}
