package enginetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

func stopAndResume(t *testing.T, s *statements) {
	const sql = "SELECT COUNT(*) AS n FROM orders"
	run := s.run("a", sql)
	s.start(t, run)
	rows, _, _ := s.rows(t, run, 0, 9)
	run.Stop = &engine.StopRequest{ID: s.id("5"), At: s.now, Savepoint: true}
	for range 2 { // a repeated call changes nothing
		if err := s.engine.StopStatement(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	o := s.observe(t, run, cmf.JobFinished)
	if o.Stopped == nil || o.Stopped.State != cmf.SavepointCompleted || o.Stopped.Path == "" {
		t.Fatalf("got %+v, want a complete savepoint", o.Stopped)
	}
	stopped := lastText(t, s, run, len(rows))
	s.restart(t)
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if o := s.observe(t, run, cmf.JobFinished); o.Stopped == nil {
		t.Error("the savepoint was forgotten by a restart")
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = o.Stopped.Path
	if !s.resume(t, resumed) {
		return
	}
	next, _, _ := s.rows(t, resumed, 0, 1)
	if len(next) != 1 || next[0].Op != cmf.OpUpdateBefore || string(next[0].Row[0]) != stopped {
		o, err := s.engine.ObserveStatement(t.Context(), resumed)
		t.Errorf("got %q first after the resume, want -U %s; the job is %+v, %v", texts(next), stopped, o, err)
	}
}

func stopAfterRestart(t *testing.T, s *statements) {
	const sql = "SELECT COUNT(*) AS n FROM clicks"
	run := s.run("a", sql)
	s.start(t, run)
	_, next, _ := s.rows(t, run, 0, 41)
	s.pass(time.Minute)
	rows, _, _ := s.rows(t, run, next, 20)
	s.restart(t)
	run.Stop = &engine.StopRequest{ID: s.id("5"), At: s.now, Savepoint: true}
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = s.observe(t, run, cmf.JobFinished).Stopped.Path
	if !s.resume(t, resumed) {
		return
	}
	first, _, _ := s.rows(t, resumed, 0, 1)
	if last := string(rows[len(rows)-1].Row[0]); len(first) != 1 || first[0].Op != cmf.OpUpdateBefore ||
		string(first[0].Row[0]) < last && len(first[0].Row[0]) <= len(last) {
		t.Errorf("got %q first after restart, stop and resume, want -U %s or later", texts(first), last)
	}
}

// resume starts a query from its savepoint, or sees that it is refused where
// that cannot be.
func (s *statements) resume(t *testing.T, run engine.StatementRun) bool {
	t.Helper()
	if s.resumes {
		s.start(t, run)
		return true
	}
	if _, err := s.engine.Prepare(t.Context(), run); err != nil {
		t.Fatalf("prepare: %v", err)
	}
	var wrong *engine.SQLError
	if err := s.engine.Start(t.Context(), run); !errors.As(err, &wrong) ||
		!strings.Contains(wrong.Message, "cannot be resumed from a savepoint") {
		t.Errorf("got %v, want a refusal", err)
	}
	return false
}

// lastText is the count in the last row of a stopped statement.
func lastText(t *testing.T, s *statements, run engine.StatementRun, seen int) string {
	t.Helper()
	rows, _, done := s.rows(t, run, 0, 1000)
	if !done || len(rows) < seen {
		t.Fatalf("got %d rows, done %v after the stop, want all %d or more, and the end", len(rows), done, seen)
	}
	return string(rows[len(rows)-1].Row[0])
}

func cancelled(t *testing.T, s *statements) {
	run := s.run("a", "SELECT * FROM orders")
	s.start(t, run)
	run.Stop = &engine.StopRequest{ID: s.id("5"), At: s.now}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if o := s.observe(t, run, cmf.JobCanceled); o.Stopped != nil {
		t.Errorf("got %+v, want no savepoint", o.Stopped)
	}
}

func neverStarted(t *testing.T, s *statements) {
	if _, err := s.engine.ObserveStatement(t.Context(), s.run("f", "SELECT 1")); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func removed(t *testing.T, s *statements) {
	run := s.run("a", "SELECT * FROM orders")
	s.start(t, run)
	for range 2 {
		if err := s.engine.StopStatement(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.engine.ObserveStatement(t.Context(), run); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.start(t, run)
	if page, err := s.engine.Results(ctx, run, 0, 10); err == nil && len(page.Rows) == 0 {
		t.Error("a cancelled question was answered with nothing and without an error")
	}
}
