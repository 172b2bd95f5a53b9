package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/enginetest"
)

func TestApplications(t *testing.T) {
	job := map[string]any{"jarURI": "local:///x.jar", "entryClass": "a.B", "parallelism": 1}
	enginetest.Applications(t, enginetest.Jobs{
		Job: job,
		Failing: func(*testing.T) (map[string]any, map[string]string, func()) {
			return job, map[string]string{
				"drey.stand-in.fail-after": "10 s", "drey.stand-in.exception": "java.lang.RuntimeException: boom",
			}, func() {}
		},
	}, func(t *testing.T, dir string, now func() time.Time) engine.Engine {
		engine, err := New(Options{Dir: dir, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return engine
	})
}

func TestAYearOfFailuresIsSeenAtOnce(t *testing.T) {
	b := behaviour{deploy: 3 * time.Second, failAfter: time.Millisecond, checkpoints: time.Second, parallelism: 1}
	for _, restart := range []restartStrategy{
		{kind: "fixed-delay", attempts: 1 << 30, delay: time.Millisecond},
		{kind: "failure-rate", attempts: 1 << 30, delay: time.Millisecond, interval: time.Minute},
		{kind: "exponential-delay", initial: time.Second, most: time.Minute, multiplier: 1.5, reset: time.Hour},
	} {
		b.restart = restart
		submitted := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		begun := time.Now()
		m := b.at(submitted, submitted.AddDate(0, 0, 300))
		if took := time.Since(begun); took > 100*time.Millisecond {
			t.Errorf("%s: took %v", restart.kind, took)
		}
		if len(m.failures) != maxFailures || m.restarts < 100000 {
			t.Errorf("%s: got %d failures, %d restarts", restart.kind, len(m.failures), m.restarts)
		}
	}
}

// TestSkippingChangesNothing compares the walk with the leap.
func TestSkippingChangesNothing(t *testing.T) {
	b := behaviour{deploy: 3 * time.Second, failAfter: 40 * time.Second, checkpoints: 7 * time.Second, parallelism: 1}
	b.restart = restartStrategy{kind: "fixed-delay", attempts: 1000, delay: 8 * time.Second}
	submitted := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	walked := b
	walked.failTimes, walked.finishAfter = 0, 0
	for _, after := range []time.Duration{
		0, time.Minute, 20 * time.Minute, 20*time.Minute + 41*time.Second, 20 * time.Hour,
	} {
		now := submitted.Add(after)
		got := b.at(submitted, now)
		want := walk(walked, submitted.Add(b.deploy), now)
		if after > 3*time.Second && (got.state != want.state || !got.since.Equal(want.since) ||
			got.restarts != want.restarts || got.running != want.running) {
			t.Errorf("after %v: got %+v, want %+v", after, got, want)
		}
	}
}

// walk is behaviour.run without skip, for a job that only fails.
func walk(b behaviour, start, now time.Time) jobState {
	var progress time.Duration
	for k := 0; ; k++ {
		end := start.Add(b.failAfter)
		if now.Before(end) {
			return jobState{state: cmf.JobRunning, since: start, restarts: k, running: progress + now.Sub(start)}
		}
		progress += b.failAfter - b.failAfter%b.checkpoints
		delay, again := b.restart.next(k, b.failAfter)
		if !again {
			return jobState{state: cmf.JobFailed, since: end, restarts: k, running: progress}
		}
		start = end.Add(delay)
		if now.Before(start) {
			return jobState{state: cmf.JobRestarting, since: end, restarts: k + 1, running: progress}
		}
	}
}

func TestADamagedSavepointIsNotRestored(t *testing.T) {
	f := files{dir: t.TempDir()}
	path := f.savepointPath("", strings.Repeat("a", 32), strings.Repeat("b", 32))
	if err := f.write(path, snapshot{Kind: "savepoint", Records: 7}); err != nil {
		t.Fatal(err)
	}
	if got, err := f.read(path); err != nil || got.Records != 7 {
		t.Fatalf("got %+v, %v", got, err)
	}
	file := filepath.Join(f.local(path), "_metadata")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(
		file, []byte(strings.Replace(string(raw), `"records": 7`, `"records": 8`, 1)), 0o600,
	); err != nil {
		t.Fatal(err)
	}
	if _, err := f.read(path); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v, want it damaged", err)
	}
}

func TestPathsOfTheAPIStayInTheEnginesFolder(t *testing.T) {
	f := files{dir: t.TempDir()}
	for _, path := range []string{
		"s3://b/x", "/etc/passwd", "../../x", "file:///root", "a/../../../../b", "\x00", strings.Repeat("x/", 4000), "",
	} {
		rel, err := filepath.Rel(f.dir, f.local(path))
		if err != nil || !filepath.IsLocal(rel) {
			t.Errorf("%.40q is kept at %q, outside of the folder", path, f.local(path))
		}
	}
}
