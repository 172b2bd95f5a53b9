package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// plannedStatement is what the engine found out before a statement is stored.
type plannedStatement struct {
	runID      string
	status     *cmf.StatementStatus
	result     *cmf.StatementResult
	exceptions []engine.JobException
	immediate  bool
}

// planStatement has the engine plan, and execute what is executed at once. What
// is wrong with the SQL is no refusal but a FAILED statement.
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
	prepared, err := s.engine.Statements().Prepare(ctx, run)
	var wrong *engine.SQLError
	if errors.As(err, &wrong) {
		return s.failedPlan(run, wrong), nil
	}
	if errors.Is(err, engine.ErrUnavailable) {
		return nil, model.Refuse(model.CodeUnavailable, "%v", err)
	}
	if err != nil {
		return nil, fmt.Errorf("plan statement: %w", err)
	}
	return s.goodPlan(run, prepared), nil
}

func poolOf(r model.Reader, env, pool string) (model.Record, error) {
	record, err := r.Get(model.Scope{Kind: model.KindComputePool, Env: env}, pool)
	if errors.Is(err, model.ErrMissing) {
		return record, model.Unprocessable("spec.computePoolName: Compute pool '%s' not found", clip(pool))
	}
	return record, err
}

func poolExists(r model.Reader, env, pool string) error {
	_, err := poolOf(r, env, pool)
	return err
}

func (s *Service) failedPlan(run engine.StatementRun, wrong *engine.SQLError) *plannedStatement {
	class := wrong.Class
	if class == "" {
		class = "ValidationException"
	}
	if !strings.Contains(class, ".") {
		class = "org.apache.flink.table.api." + class
	}
	status := &cmf.StatementStatus{Phase: cmf.PhaseFailed, Detail: located(wrong)}
	if wrong.Line > 0 {
		position := map[string]int{"line": wrong.Line, "column": wrong.Column}
		if wrong.EndLine > 0 {
			position["endLine"], position["endColumn"] = wrong.EndLine, wrong.EndColumn
		}
		status.Extra = cmf.Extra{"errorPosition": json.RawMessage(model.MustEncode(position))}
	}
	return &plannedStatement{
		runID: run.ID, status: status,
		exceptions: []engine.JobException{{At: run.SubmittedAt, Name: class, Text: status.Detail}},
	}
}

// located is the message with its place: "… line 1, column 8" is findable.
func located(wrong *engine.SQLError) string {
	place := fmt.Sprintf("line %d, column %d", wrong.Line, wrong.Column)
	if wrong.Line == 0 || strings.Contains(wrong.Message, place) {
		return wrong.Message
	}
	return wrong.Message + " (at " + place + ")"
}

func (s *Service) goodPlan(run engine.StatementRun, prepared engine.Prepared) *plannedStatement {
	status := &cmf.StatementStatus{
		Phase: cmf.PhasePending, Detail: model.DetailPending,
		Traits: &cmf.StatementTraits{
			SQLKind: prepared.Kind, IsBounded: prepared.Bounded, IsAppendOnly: prepared.AppendOnly,
			UpsertColumns: prepared.UpsertColumns,
		},
	}
	if prepared.Columns != nil {
		status.Traits.Schema = &cmf.ResultSchema{Columns: prepared.Columns}
	}
	plan := &plannedStatement{runID: run.ID, status: status, immediate: prepared.Immediate}
	if prepared.Immediate {
		status.Phase, status.Detail = cmf.PhaseCompleted, model.DetailCompleted
		plan.result = newResult(cmf.Time(run.SubmittedAt), prepared.Result, "")
	}
	return plan
}

func newResult(at string, rows []cmf.ResultRow, token string) *cmf.StatementResult {
	if rows == nil {
		rows = []cmf.ResultRow{}
	}
	result := &cmf.StatementResult{
		APIVersion: cmf.APIVersion, Kind: "StatementResult",
		Metadata: cmf.ResultMetadata{CreationTimestamp: at, Annotations: map[string]string{}},
		Results:  cmf.ResultData{Data: rows},
	}
	if token != "" {
		result.Metadata.Annotations[cmf.AnnotationNextPage] = token
	}
	return result
}
