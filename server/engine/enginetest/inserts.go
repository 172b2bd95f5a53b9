package enginetest

import (
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

func boundedInsert(t *testing.T, s *statements) {
	run := s.run("a", "INSERT INTO blackhole VALUES ('a'), ('b')")
	p, err := s.engine.Prepare(t.Context(), run)
	if err != nil || p.Kind != "INSERT_INTO" || !p.Bounded {
		t.Fatalf("got %+v, %v", p, err)
	}
	s.start(t, run)
	s.observe(t, run, cmf.JobFinished)
}

func endlessInsert(t *testing.T, s *statements) {
	run := s.run("a", "INSERT INTO blackhole SELECT click_id AS data FROM clicks")
	s.start(t, run)
	s.pass(time.Hour)
	if o := s.observe(t, run, cmf.JobRunning); o.Next.IsZero() {
		t.Error("a running INSERT does not say when to look again")
	}
	bad := s.run("b", "INSERT INTO blackhole SELECT CAST(CAST(click_id AS INT) AS STRING) FROM clicks")
	s.start(t, bad)
	if o := s.observe(t, bad, cmf.JobFailed); len(o.Exceptions) == 0 {
		t.Error("got no exception of an INSERT that fails")
	}
}

func resumedInsert(t *testing.T, s *statements) {
	const sql = "INSERT INTO blackhole SELECT click_id AS data FROM clicks"
	run := s.run("a", sql)
	s.start(t, run)
	s.observe(t, run, cmf.JobRunning)
	s.pass(time.Minute)
	run.Stop = &engine.StopRequest{ID: s.id("5"), At: s.now, Savepoint: true}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	o := s.observe(t, run, cmf.JobFinished)
	if o.Stopped == nil || o.Stopped.Path == "" {
		t.Fatalf("got %+v, want a savepoint", o)
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = o.Stopped.Path
	s.start(t, resumed)
	s.observe(t, resumed, cmf.JobRunning)
}
