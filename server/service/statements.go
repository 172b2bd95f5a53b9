package service

import (
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

var statementRules = Rules[cmf.Statement]{
	ID: model.KindStatement, Kind: cmf.Statements, Naming: body.DeploymentName,
	Replies: Replies{EmptyUpdate: true},
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName, "phase": fieldState},
		Sorts:   sorts(map[string]model.Field{"phase": fieldState, "computePoolName": {Column: model.ColumnLink}}),
		Search: map[string]model.Field{"name": fieldName, "statement": {
			Column: model.ColumnPath, Path: "$.spec.statement",
		}},
		Fields: true,
		Extras: map[string]func(string) (model.Term, error){
			"compute-pool": func(v string) (model.Term, error) {
				return model.Term{Fields: []model.Field{{Column: model.ColumnLink}}, Values: []string{v}}, nil
			},
			"phase": inPhase,
			"name": func(v string) (model.Term, error) {
				return model.Term{Fields: []model.Field{fieldName}, Values: []string{v}}, nil
			},
		},
	},
	Access: typedAccess[cmf.Statement](cmf.Statements),
	Sent:   sentStatement,
	Plan:   planStatement,
	Check:  checkStatement,
	Delete: deleteStatement,
	Show:   showStatement,
}

// phases are those of the phase parameter; filter= takes any word.
var phases = []string{
	cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseCompleted, cmf.PhaseDeleting,
	cmf.PhaseFailing, cmf.PhaseFailed, cmf.PhaseStopped,
}

func inPhase(value string) (model.Term, error) {
	phase := strings.ToUpper(value)
	if !slices.Contains(phases, phase) {
		return model.Term{}, model.Invalid(
			"phase: must be one of %s, got %q", strings.ToLower(strings.Join(phases, ", ")), body.Clip(value),
		)
	}
	return model.Term{Fields: []model.Field{fieldState}, Values: []string{phase}}, nil
}

func checkStatement(op *WriteOp[cmf.Statement]) error {
	if err := checkStatementSpec(op.New); err != nil {
		return err
	}
	op.Record.Link = op.New.Spec.ComputePoolName
	op.Record.Due = op.Now
	if op.Old == nil {
		return newStatement(op)
	}
	return changedStatement(op)
}

// sentStatement refuses a parallelism of 0: left out it is 1.
func sentStatement(sent cmf.Object) error {
	if raw := sent.Get("spec", "parallelism"); string(raw) == "0" || string(raw) == "-0" {
		return model.Unprocessable("spec.parallelism: must be larger than 0")
	}
	return nil
}

func checkStatementSpec(s *cmf.Statement) error {
	if strings.TrimSpace(s.Spec.Statement) == "" {
		return model.Invalid("spec.statement: must not be empty")
	}
	if s.Spec.ComputePoolName == "" {
		return model.Invalid("spec.computePoolName: must not be empty")
	}
	if s.Spec.Parallelism < 0 {
		return model.Unprocessable("spec.parallelism: must be larger than 0")
	}
	if s.Spec.Parallelism == 0 {
		s.Spec.Parallelism = 1
	}
	return nil
}

// newStatement stores what planning found out, or that control has it planned.
func newStatement(op *WriteOp[cmf.Statement]) error {
	if err := poolExists(op.Tx, op.Scope.Env, op.New.Spec.ComputePoolName); err != nil {
		return err
	}
	plan := op.Planned.(*plannedStatement)
	controller := model.StatementControllerState{
		Immediate: plan.Immediate, Exceptions: plan.Exceptions, Unplanned: plan.byControl,
	}
	op.New.Status, op.New.Result = plan.Status, plan.Result
	switch {
	case plan.Status.Phase != cmf.PhasePending:
		op.Record.Due, controller.Ended = time.Time{}, op.Now
	case op.New.Spec.Stopped && !plan.byControl:
		plan.Status.Phase, plan.Status.Detail = cmf.PhaseStopped, model.DetailStopped
		op.Record.Due = time.Time{}
	default:
		controller.Run = &model.JobControllerState{ID: plan.runID, SubmittedAt: op.Now}
		controller.Started = model.RunDigest(op.New.Spec)
	}
	op.Record.ControllerState, op.Record.State = model.MustEncode(controller), plan.Status.Phase
	return nil
}

// changedStatement is stop, resume, rescale, or a start from a savepoint;
// control does what the new specification asks for.
func changedStatement(op *WriteOp[cmf.Statement]) error {
	old, s := op.Old, op.New
	if strings.TrimSpace(old.Spec.Statement) != strings.TrimSpace(s.Spec.Statement) {
		return model.Unprocessable("spec.statement: cannot be changed; delete the statement and create another")
	}
	if old.Spec.ComputePoolName != s.Spec.ComputePoolName {
		return model.Unprocessable("spec.computePoolName: cannot be changed from %s to %s",
			old.Spec.ComputePoolName, body.Clip(s.Spec.ComputePoolName))
	}
	s.Status, s.Result = old.Status, old.Result
	runs := model.RunDigest(old.Spec) != model.RunDigest(s.Spec) || old.Spec.Stopped != s.Spec.Stopped ||
		!sameStart(old.Spec.StartFromSavepoint, s.Spec.StartFromSavepoint)
	if !runs {
		return nil
	}
	if phase := old.Phase(); cmf.PhaseFinal(phase) || phase == cmf.PhaseDeleting {
		return model.Unprocessable(
			"Statement '%s' is %s: it cannot be stopped, resumed or rescaled", op.Record.Name, phase,
		)
	}
	if from := s.Spec.StartFromSavepoint; from != nil && !sameStart(old.Spec.StartFromSavepoint, from) {
		_, err := model.StartPath(op.Tx, op.Scope.In(model.KindStatementSavepoint, op.Record.Name), model.StartOf(from))
		return err
	}
	return nil
}

func sameStart(a, b *cmf.StartFromSavepoint) bool {
	if a == nil || b == nil {
		return a == b
	}
	return string(model.MustEncode(a)) == string(model.MustEncode(b))
}

// deleteStatement removes what is at rest; a run is torn down first.
func deleteStatement(op *WriteOp[cmf.Statement]) (Outcome, error) {
	record := op.Record
	controller, err := model.ReadControllerState[model.StatementControllerState](*record)
	if err != nil {
		return 0, err
	}
	switch record.State {
	case cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseFailing:
		if op.Force {
			break
		}
		controller.Deleting = true
		op.Old.Status.Phase, op.Old.Status.Detail = cmf.PhaseDeleting, ""
		record.State = cmf.PhaseDeleting
		if record.Doc, err = model.Encode(op.Old); err != nil {
			return 0, err
		}
		record.ControllerState, record.Due = model.MustEncode(controller), op.Now
		return OutcomeAccepted, op.Tx.Save(*record)
	case cmf.PhaseDeleting:
		if !op.Force {
			return OutcomeAccepted, nil
		}
	}
	return OutcomeNoContent, forceDeleteStatement(op.Tx, *record, op.Now)
}

func forceDeleteStatement(tx model.Tx, record model.Record, now time.Time) error {
	controller, err := model.ReadControllerState[model.StatementControllerState](record)
	if err != nil {
		return err
	}
	if err := model.OrphanStatement(tx, record, controller, now); err != nil {
		return err
	}
	return model.RemoveStatement(tx, record.Scope, record.Name)
}

func showStatement(show *ShowOp) (cmf.Object, error) {
	if !show.Resources {
		return show.Record.Doc, nil
	}
	controller, err := model.ReadControllerState[model.StatementControllerState](show.Record)
	if err != nil || controller.Resources == nil {
		return show.Record.Doc, err
	}
	return show.Record.Doc.With(controller.Resources, "status", "resourceSummary"), nil
}
