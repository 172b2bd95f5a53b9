package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
)

// LightText is how many bytes of SQL are planned within a moment.
const LightText = 64 << 10

// Planned is what the engine found out about a statement: its status, and what
// follows from it. What is wrong with the SQL is a FAILED status.
type Planned struct {
	Status     *cmf.StatementStatus
	Result     *cmf.StatementResult
	Exceptions []engine.JobException
	Immediate  bool
}

// PlanRun has an engine plan a run, and execute what is executed at once. Its
// error says nothing of the SQL.
func PlanRun(ctx context.Context, with engine.Statements, run engine.StatementRun) (*Planned, error) {
	prepared, err := with.Prepare(ctx, run)
	var wrong *engine.SQLError
	if errors.As(err, &wrong) {
		return failedPlan(run, wrong), nil
	}
	if err != nil {
		return nil, err
	}
	return goodPlan(run, prepared), nil
}

func failedPlan(run engine.StatementRun, wrong *engine.SQLError) *Planned {
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
	return &Planned{
		Status:     status,
		Exceptions: []engine.JobException{{At: run.SubmittedAt, Name: class, Text: status.Detail}},
	}
}

// located is the message with its place: "… line 1, column 8" is findable.
func located(wrong *engine.SQLError) string {
	position := fmt.Sprintf("line %d, column %d", wrong.Line, wrong.Column)
	if wrong.Line == 0 || strings.Contains(wrong.Message, position) {
		return wrong.Message
	}
	return wrong.Message + " (at " + position + ")"
}

func goodPlan(run engine.StatementRun, prepared engine.Prepared) *Planned {
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
	plan := &Planned{Status: status, Immediate: prepared.Immediate}
	if prepared.Immediate {
		status.Phase, status.Detail = cmf.PhaseCompleted, DetailCompleted
		plan.Result = NewStatementResult(cmf.Time(run.SubmittedAt), prepared.Result, "")
	}
	return plan
}

// NewStatementResult are rows as the API has them, with the token of the page
// that follows, "" for none.
func NewStatementResult(at string, rows []cmf.ResultRow, token string) *cmf.StatementResult {
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
