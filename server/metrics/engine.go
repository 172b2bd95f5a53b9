package metrics

import (
	"context"
	"time"

	"drey/server/engine"
)

// Engine counts the calls of an engine.
func Engine(inner engine.Engine, registry *Registry) engine.Engine {
	return &counted{Engine: inner, registry: registry}
}

type counted struct {
	engine.Engine
	registry *Registry
}

func (e *counted) Applications() engine.Applications {
	return &applications{e.Engine.Applications(), e.registry}
}

func (e *counted) Savepoints() engine.Savepoints {
	return &savepoints{e.Engine.Savepoints(), e.registry}
}

func (e *counted) Statements() engine.Statements {
	return &statements{e.Engine.Statements(), e.registry}
}

// call runs a call that returns nothing else.
func (r *Registry) call(name string, fn func() error) error {
	_, err := value(r, name, func() (struct{}, error) { return struct{}{}, fn() })
	return err
}

func value[T any](r *Registry, name string, fn func() (T, error)) (T, error) {
	start := time.Now()
	got, err := fn()
	r.Call(name, err, time.Since(start))
	return got, err
}

type applications struct {
	inner    engine.Applications
	registry *Registry
}

func (a *applications) Deploy(ctx context.Context, job engine.Job) error {
	return a.registry.call("deploy", func() error { return a.inner.Deploy(ctx, job) })
}

func (a *applications) Observe(ctx context.Context, job engine.Job) (engine.JobObservation, error) {
	return value(a.registry, "observe", func() (engine.JobObservation, error) { return a.inner.Observe(ctx, job) })
}

func (a *applications) Stop(ctx context.Context, job engine.Job) error {
	return a.registry.call("stop", func() error { return a.inner.Stop(ctx, job) })
}

func (a *applications) Remove(ctx context.Context, job engine.Job) error {
	return a.registry.call("remove", func() error { return a.inner.Remove(ctx, job) })
}

// PeekCheckpoint passes on what an engine may offer; nil where it does not.
func (a *applications) PeekCheckpoint(job engine.Job) *engine.Checkpoint {
	if inner, ok := a.inner.(engine.CheckpointPeeker); ok {
		return inner.PeekCheckpoint(job)
	}
	return nil
}

type savepoints struct {
	inner    engine.Savepoints
	registry *Registry
}

func (s *savepoints) Format() string { return s.inner.Format() }

func (s *savepoints) Trigger(ctx context.Context, id string, job engine.Job, trigger engine.SavepointTrigger) error {
	return s.registry.call("trigger savepoint", func() error { return s.inner.Trigger(ctx, id, job, trigger) })
}

func (s *savepoints) ObserveSavepoint(
	ctx context.Context, id string, job engine.Job, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	return value(s.registry, "observe savepoint", func() (engine.SavepointObservation, error) {
		return s.inner.ObserveSavepoint(ctx, id, job, trigger)
	})
}

func (s *savepoints) Dispose(ctx context.Context, path string) error {
	return s.registry.call("dispose savepoint", func() error { return s.inner.Dispose(ctx, path) })
}

type statements struct {
	inner    engine.Statements
	registry *Registry
}

func (s *statements) Prepare(ctx context.Context, run engine.StatementRun) (engine.Prepared, error) {
	return value(s.registry, "prepare statement", func() (engine.Prepared, error) { return s.inner.Prepare(ctx, run) })
}

func (s *statements) Start(ctx context.Context, run engine.StatementRun) error {
	return s.registry.call("start statement", func() error { return s.inner.Start(ctx, run) })
}

func (s *statements) ObserveStatement(
	ctx context.Context, run engine.StatementRun,
) (engine.StatementObservation, error) {
	return value(s.registry, "observe statement", func() (engine.StatementObservation, error) {
		return s.inner.ObserveStatement(ctx, run)
	})
}

func (s *statements) StopStatement(ctx context.Context, run engine.StatementRun) error {
	return s.registry.call("stop statement", func() error { return s.inner.StopStatement(ctx, run) })
}

func (s *statements) Results(
	ctx context.Context, run engine.StatementRun, offset int64, limit int,
) (engine.ResultPage, error) {
	return value(s.registry, "results", func() (engine.ResultPage, error) {
		return s.inner.Results(ctx, run, offset, limit)
	})
}
