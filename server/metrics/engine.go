package metrics

import (
	"context"
	"time"

	"drey/server/service"
)

// Engine counts the calls of an engine.
func Engine(inner service.Engine, registry *Registry) service.Engine {
	return &engine{Engine: inner, registry: registry}
}

type engine struct {
	service.Engine
	registry *Registry
}

func (e *engine) Applications() service.ApplicationEngine {
	return &applications{e.Engine.Applications(), e.registry}
}

func (e *engine) Savepoints() service.SavepointEngine {
	return &savepoints{e.Engine.Savepoints(), e.registry}
}

func (e *engine) Statements() service.StatementEngine {
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
	inner    service.ApplicationEngine
	registry *Registry
}

func (a *applications) Deploy(ctx context.Context, job service.Job) error {
	return a.registry.call("deploy", func() error { return a.inner.Deploy(ctx, job) })
}

func (a *applications) Observe(ctx context.Context, job service.Job) (service.JobObservation, error) {
	return value(a.registry, "observe", func() (service.JobObservation, error) { return a.inner.Observe(ctx, job) })
}

func (a *applications) Stop(ctx context.Context, job service.Job) error {
	return a.registry.call("stop", func() error { return a.inner.Stop(ctx, job) })
}

func (a *applications) Remove(ctx context.Context, job service.Job) error {
	return a.registry.call("remove", func() error { return a.inner.Remove(ctx, job) })
}

// Glimpse passes on what an engine may offer; nil where it does not.
func (a *applications) Glimpse(job service.Job) *service.Checkpoint {
	if inner, ok := a.inner.(service.Glimpser); ok {
		return inner.Glimpse(job)
	}
	return nil
}

type savepoints struct {
	inner    service.SavepointEngine
	registry *Registry
}

func (s *savepoints) Format() string { return s.inner.Format() }

func (s *savepoints) Trigger(ctx context.Context, id string, job service.Job, trigger service.SavepointTrigger) error {
	return s.registry.call("trigger savepoint", func() error { return s.inner.Trigger(ctx, id, job, trigger) })
}

func (s *savepoints) ObserveSavepoint(ctx context.Context, id string, job service.Job, trigger service.SavepointTrigger) (service.SavepointObservation, error) {
	return value(s.registry, "observe savepoint", func() (service.SavepointObservation, error) {
		return s.inner.ObserveSavepoint(ctx, id, job, trigger)
	})
}

func (s *savepoints) Dispose(ctx context.Context, path string) error {
	return s.registry.call("dispose savepoint", func() error { return s.inner.Dispose(ctx, path) })
}

type statements struct {
	inner    service.StatementEngine
	registry *Registry
}

func (s *statements) Prepare(ctx context.Context, run service.StatementRun) (service.Prepared, error) {
	return value(s.registry, "prepare statement", func() (service.Prepared, error) { return s.inner.Prepare(ctx, run) })
}

func (s *statements) Start(ctx context.Context, run service.StatementRun) error {
	return s.registry.call("start statement", func() error { return s.inner.Start(ctx, run) })
}

func (s *statements) ObserveStatement(ctx context.Context, run service.StatementRun) (service.StatementObservation, error) {
	return value(s.registry, "observe statement", func() (service.StatementObservation, error) {
		return s.inner.ObserveStatement(ctx, run)
	})
}

func (s *statements) StopStatement(ctx context.Context, run service.StatementRun) error {
	return s.registry.call("stop statement", func() error { return s.inner.StopStatement(ctx, run) })
}

func (s *statements) Results(ctx context.Context, run service.StatementRun, offset int64, limit int) (service.ResultPage, error) {
	return value(s.registry, "results", func() (service.ResultPage, error) { return s.inner.Results(ctx, run, offset, limit) })
}
