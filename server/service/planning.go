package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
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
func planStatement(ctx context.Context, s *Service, scope Scope, object *cmf.Statement) (any, error) {
	if err := checkStatementSpec(object); err != nil {
		return nil, err
	}
	if object.Spec.StartFromSavepoint != nil { // before anything is executed
		return nil, Unprocessable("spec.startFromSavepoint: only an update can set it")
	}
	run := engine.StatementRun{ID: RandomHex(32), SubmittedAt: s.now().UTC()}
	err := s.store.View(ctx, func(r Reader) error {
		pool, err := poolOf(r, scope.Env, object.Spec.ComputePoolName)
		if err != nil {
			return err
		}
		env, err := r.Get(Scope{Kind: KindEnvironment}, scope.Env)
		if err != nil {
			return err
		}
		return fillRun(&run, scope.Env, object, env.Doc, pool.Doc)
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
		return nil, refuse(CodeUnavailable, "%v", err)
	}
	if err != nil {
		return nil, fmt.Errorf("plan statement: %w", err)
	}
	return s.goodPlan(run, prepared), nil
}

func poolOf(r Reader, env, pool string) (Record, error) {
	record, err := r.Get(Scope{Kind: KindComputePool, Env: env}, pool)
	if errors.Is(err, ErrMissing) {
		return record, Unprocessable("spec.computePoolName: Compute pool '%s' not found", clip(pool))
	}
	return record, err
}

func poolExists(r Reader, env, pool string) error {
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
		status.Extra = cmf.Extra{"errorPosition": json.RawMessage(MustEncode(position))}
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
		Phase: cmf.PhasePending, Detail: DetailPending,
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
		status.Phase, status.Detail = cmf.PhaseCompleted, DetailCompleted
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

// poolCluster is the clusterSpec of a pool with the defaults of its
// environment, which win; they are {clusterSpec} or {spec:{clusterSpec}}.
func poolCluster(pool, defaults cmf.Object) cmf.Object {
	cluster := pool.Object("spec", "clusterSpec")
	for _, over := range []cmf.Object{defaults.Object("clusterSpec"), defaults.Object("spec", "clusterSpec")} {
		if !over.IsZero() {
			cluster = MustEncode(merge(cluster.Map(), over.Map()))
		}
	}
	return cluster
}

// jobKeys begin those keys of a pool's flinkConfiguration that a job reads;
// the others are of the pool's processes.
var jobKeys = []string{"table.", "execution.checkpointing.", "execution.runtime-mode", "parallelism.default", "pipeline.", "restart-strategy", "state."}

// fillRun copies a statement into a run. What the pool is configured with is
// below the statement's own; the environment's defaults win: detached for
// INSERT INTO, interactive for all else (cmf-behaviour.md §5).
func fillRun(run *engine.StatementRun, env string, s *cmf.Statement, environment, pool cmf.Object) error {
	run.Environment, run.Name, run.SQL = env, s.Metadata.Name, s.Spec.Statement
	run.Properties, run.Parallelism = s.Spec.Properties, s.Spec.Parallelism
	run.Catalog, run.Database = s.Spec.Properties[cmf.PropertyCatalog], s.Spec.Properties[cmf.PropertyDatabase]
	run.Configuration = map[string]string{}
	for key, value := range configuration(poolCluster(pool, environment.Object("computePoolDefaults")).Object("flinkConfiguration")) {
		if slices.ContainsFunc(jobKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			run.Configuration[key] = value
		}
	}
	maps.Copy(run.Configuration, s.Spec.FlinkConfiguration)
	family := "interactive"
	if words := strings.Fields(s.Spec.Statement); len(words) > 0 && strings.EqualFold(words[0], "INSERT") {
		family = "detached"
	}
	maps.Copy(run.Configuration, configuration(environment.Object("statementDefaults", family, "flinkConfiguration")))
	return nil
}

// configuration reads a flinkConfiguration as Flink does: numbers and booleans
// as they are written, and maps within as keys with dots.
func configuration(o cmf.Object) map[string]string {
	flat := map[string]string{}
	flatten(flat, "", o.Map())
	return flat
}

func flatten(flat map[string]string, prefix string, members map[string]any) {
	for name, value := range members {
		switch value := value.(type) {
		case map[string]any:
			flatten(flat, prefix+name+".", value)
		case string:
			flat[prefix+name] = value
		case json.Number, bool:
			flat[prefix+name] = fmt.Sprint(value)
		}
	}
}

// LoadRun puts together the run of a statement as the engine wants it.
func LoadRun(r Reader, record Record, note StatementNote) (engine.StatementRun, error) {
	run := engine.StatementRun{
		ID: note.Run.ID, SubmittedAt: note.Run.SubmittedAt, RestoreFrom: note.Run.RestoreFrom, Stop: note.Run.Stop,
	}
	s, err := decodeStored[cmf.Statement](record.Doc)
	if err != nil {
		return run, err
	}
	env, err := r.Get(Scope{Kind: KindEnvironment}, record.Env)
	if err != nil {
		return run, err
	}
	pool, err := r.Get(Scope{Kind: KindComputePool, Env: record.Env}, s.Spec.ComputePoolName)
	if err != nil && !errors.Is(err, ErrMissing) {
		return run, err
	}
	return run, fillRun(&run, record.Env, s, env.Doc, pool.Doc)
}
