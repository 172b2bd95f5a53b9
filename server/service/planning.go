package service

import (
	"context"
	"errors"
	"fmt"

	"drey/client/cmf"
	"drey/client/flinksql"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service/body"
)

// plannedStatement is what a create knows before its statement is stored.
type plannedStatement struct {
	model.Planned
	runID     string
	byControl bool // control has it planned
}

const (
	// maxPlanning is how many creates have the engine plan at once, and as many
	// may have it execute metadata statements and DDL.
	maxPlanning = 16
	// A query or an INSERT with more literals, or more text than
	// model.LightText, is planned after its create was answered.
	lightLiterals = 1000
)

// planStatement has the engine plan, and execute what is executed at once. CMF
// answers a create with what is wrong with the SQL, with the traits and with the
// results of metadata statements (cmf-behaviour.md §2.5), so a create waits for
// them where that is short. It does not wait for a large query, nor for one
// behind which too many are planned: those are stored as PENDING.
func planStatement(ctx context.Context, s *Service, scope model.Scope, object *cmf.Statement) (any, error) {
	if err := checkStatementSpec(object); err != nil {
		return nil, err
	}
	if object.Spec.StartFromSavepoint != nil { // before anything is executed
		return nil, model.Unprocessable("spec.startFromSavepoint: only an update can set it")
	}
	run := engine.StatementRun{ID: model.RandomHex(32), SubmittedAt: s.now().UTC()}
	err := s.store.View(ctx, func(r model.Reader) error {
		pool, err := poolOf(r, scope.Env, object.Spec.ComputePoolName)
		if err != nil {
			return err
		}
		env, err := r.Get(model.Scope{Kind: model.KindEnvironment}, scope.Env)
		if err != nil {
			return err
		}
		return model.FillRun(&run, scope.Env, object, env.Doc, pool.Doc)
	})
	if err != nil {
		return nil, err
	}
	leave, err := s.enterPlanning(ctx, run.SQL)
	if err != nil {
		return nil, err
	}
	if leave == nil {
		status := &cmf.StatementStatus{Phase: cmf.PhasePending, Detail: model.DetailPending}
		return &plannedStatement{Planned: model.Planned{Status: status}, runID: run.ID, byControl: true}, nil
	}
	defer leave()
	planned, err := model.PlanRun(ctx, s.engine.Statements(), run)
	if errors.Is(err, engine.ErrUnavailable) {
		return nil, model.Refuse(model.CodeUnavailable, "%v", err)
	}
	if err != nil {
		return nil, fmt.Errorf("plan statement: %w", err)
	}
	return &plannedStatement{Planned: *planned, runID: run.ID}, nil
}

// enterPlanning takes a slot for a statement, which leave gives back; leave is
// nil where the statement is planned later. What is executed at once waits for
// its slot while the request lasts.
func (s *Service) enterPlanning(ctx context.Context, sql string) (leave func(), err error) {
	switch flinksql.KindOf(sql) {
	case flinksql.Select, flinksql.InsertInto, flinksql.StatementSet:
		if heavy(sql) {
			return nil, nil
		}
		select {
		case s.planning <- struct{}{}:
			return func() { <-s.planning }, nil
		default:
			return nil, nil
		}
	}
	select {
	case s.executing <- struct{}{}:
		return func() { <-s.executing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// heavy reports whether planning a text may take long.
func heavy(sql string) bool {
	if len(sql) > model.LightText {
		return true
	}
	literals := 0
	for _, token := range flinksql.Lex(sql) {
		if token.Kind == flinksql.String || token.Kind == flinksql.Number {
			literals++
		}
	}
	return literals > lightLiterals
}

func poolOf(r model.Reader, env, pool string) (model.Record, error) {
	record, err := r.Get(model.Scope{Kind: model.KindComputePool, Env: env}, pool)
	if errors.Is(err, model.ErrMissing) {
		return record, model.Unprocessable("spec.computePoolName: Compute pool '%s' not found", body.Clip(pool))
	}
	return record, err
}

func poolExists(r model.Reader, env, pool string) error {
	_, err := poolOf(r, env, pool)
	return err
}
