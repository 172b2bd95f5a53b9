package service

import (
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
)

// Texts of status.detail (cmf-behaviour.md §2.5).
const (
	DetailPending   = "Statement execution pending."
	DetailRunning   = "Statement execution in progress."
	DetailCompleted = "Statement execution completed."
	DetailStopped   = "Statement execution stopped."
)

var statementRules = Rules[cmf.Statement]{
	ID: KindStatement, Kind: cmf.Statements, Naming: deploymentName,
	Replies: Replies{EmptyUpdate: true},
	List: Listing{
		Filters: map[string]Field{"name": fieldName, "phase": fieldState},
		Sorts:   sorts(map[string]Field{"phase": fieldState, "computePoolName": {Column: ColumnLink}}),
		Search:  map[string]Field{"name": fieldName, "statement": {Column: ColumnPath, Path: "$.spec.statement"}},
		Fields:  true,
		Extras: map[string]func(string) (Term, error){
			"compute-pool": func(v string) (Term, error) {
				return Term{Fields: []Field{{Column: ColumnLink}}, Values: []string{v}}, nil
			},
			"phase": inPhase,
			"name":  func(v string) (Term, error) { return Term{Fields: []Field{fieldName}, Values: []string{v}}, nil },
		},
	},
	Access: typedAccess(cmf.Statements,
		func(s *cmf.Statement) (apiVersion, kind *string) { return &s.APIVersion, &s.Kind },
		func(s *cmf.Statement) *cmf.Metadata { return &s.Metadata }),
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

func inPhase(value string) (Term, error) {
	phase := strings.ToUpper(value)
	if !slices.Contains(phases, phase) {
		return Term{}, Invalid("phase: must be one of %s, got %q", strings.ToLower(strings.Join(phases, ", ")), clip(value))
	}
	return Term{Fields: []Field{fieldState}, Values: []string{phase}}, nil
}

func checkStatement(op *Op[cmf.Statement]) error {
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
		return Unprocessable("spec.parallelism: must be larger than 0")
	}
	return nil
}

func checkStatementSpec(s *cmf.Statement) error {
	if strings.TrimSpace(s.Spec.Statement) == "" {
		return Invalid("spec.statement: must not be empty")
	}
	if s.Spec.ComputePoolName == "" {
		return Invalid("spec.computePoolName: must not be empty")
	}
	if s.Spec.Parallelism < 0 {
		return Unprocessable("spec.parallelism: must be larger than 0")
	}
	if s.Spec.Parallelism == 0 {
		s.Spec.Parallelism = 1
	}
	return nil
}

// newStatement stores what planning found out.
func newStatement(op *Op[cmf.Statement]) error {
	if err := poolExists(op.Tx, op.Scope.Env, op.New.Spec.ComputePoolName); err != nil {
		return err
	}
	plan := op.Planned.(*plannedStatement)
	note := StatementNote{Immediate: plan.immediate, Exceptions: plan.exceptions}
	op.New.Status, op.New.Result = plan.status, plan.result
	switch {
	case plan.status.Phase != cmf.PhasePending:
		op.Record.Due, note.Ended = time.Time{}, op.Now
	case op.New.Spec.Stopped:
		plan.status.Phase, plan.status.Detail = cmf.PhaseStopped, DetailStopped
		op.Record.Due = time.Time{}
	default:
		note.Run = &JobNote{ID: plan.runID, SubmittedAt: op.Now}
		note.Started = RunDigest(op.New.Spec)
	}
	op.Record.Note, op.Record.State = MustEncode(note), plan.status.Phase
	return nil
}

// changedStatement is stop, resume, rescale, or a start from a savepoint;
// control does what the new specification asks for.
func changedStatement(op *Op[cmf.Statement]) error {
	old, s := op.Old, op.New
	if strings.TrimSpace(old.Spec.Statement) != strings.TrimSpace(s.Spec.Statement) {
		return Unprocessable("spec.statement: cannot be changed; delete the statement and create another")
	}
	if old.Spec.ComputePoolName != s.Spec.ComputePoolName {
		return Unprocessable("spec.computePoolName: cannot be changed from %s to %s",
			old.Spec.ComputePoolName, clip(s.Spec.ComputePoolName))
	}
	s.Status, s.Result = old.Status, old.Result
	runs := RunDigest(old.Spec) != RunDigest(s.Spec) || old.Spec.Stopped != s.Spec.Stopped ||
		!sameStart(old.Spec.StartFromSavepoint, s.Spec.StartFromSavepoint)
	if !runs {
		return nil
	}
	switch phase := old.Phase(); phase {
	case cmf.PhaseCompleted, cmf.PhaseFailed, cmf.PhaseDeleting:
		return Unprocessable("Statement '%s' is %s: it cannot be stopped, resumed or rescaled", op.Record.Name, phase)
	}
	if from := s.Spec.StartFromSavepoint; from != nil && !sameStart(old.Spec.StartFromSavepoint, from) {
		_, err := startPath(op.Tx, op.Scope.In(KindStatementSavepoint, op.Record.Name), StartOf(from))
		return err
	}
	return nil
}

func sameStart(a, b *cmf.StartFromSavepoint) bool {
	if a == nil || b == nil {
		return a == b
	}
	return string(MustEncode(a)) == string(MustEncode(b))
}

// StartOf names the savepoint of a statement's startFromSavepoint.
func StartOf(from *cmf.StartFromSavepoint) StartFrom {
	return StartFrom{Name: from.SavepointName, UID: from.UID, Path: from.InitialSavepointPath}
}

// RunDigest tells specifications apart that need runs of their own.
func RunDigest(spec cmf.StatementSpec) string {
	return Digest(MustEncode(map[string]any{
		"p": spec.Parallelism, "c": spec.FlinkConfiguration, "o": spec.Properties,
	}))
}

// deleteStatement removes what is at rest; a run is torn down first.
func deleteStatement(op *Op[cmf.Statement]) (Outcome, error) {
	record := op.Record
	note, err := ReadNote[StatementNote](*record)
	if err != nil {
		return 0, err
	}
	switch record.State {
	case cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseFailing:
		if op.Force {
			break
		}
		note.Deleting = true
		op.Old.Status.Phase, op.Old.Status.Detail = cmf.PhaseDeleting, ""
		record.State = cmf.PhaseDeleting
		if record.Doc, err = encode(op.Old); err != nil {
			return 0, err
		}
		record.Note, record.Due = MustEncode(note), op.Now
		return OutcomeAccepted, op.Tx.Save(*record)
	case cmf.PhaseDeleting:
		if !op.Force {
			return OutcomeAccepted, nil
		}
	}
	return OutcomeNoContent, forceDeleteStatement(op.Tx, *record, op.Now)
}

func forceDeleteStatement(tx Tx, record Record, now time.Time) error {
	note, err := ReadNote[StatementNote](record)
	if err != nil {
		return err
	}
	if err := orphanStatement(tx, record, note, now); err != nil {
		return err
	}
	return RemoveStatement(tx, record.Scope, record.Name)
}

// RemoveStatement deletes a statement with its savepoints.
func RemoveStatement(tx Tx, scope Scope, name string) error {
	if err := tx.DeleteAll(scope.In(KindStatementSavepoint, name)); err != nil {
		return err
	}
	return tx.Delete(scope, name)
}

func showStatement(show *Showing) (cmf.Object, error) {
	if !show.Resources {
		return show.Record.Doc, nil
	}
	note, err := ReadNote[StatementNote](show.Record)
	if err != nil || note.Resources == nil {
		return show.Record.Doc, err
	}
	return show.Record.Doc.With(note.Resources, "status", "resourceSummary"), nil
}
