package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"drey/client/cmf"
)

// savepointRules are the rules of attached savepoints, and of detached ones.
func savepointRules(id KindID) Rules[cmf.Savepoint] {
	rules := Rules[cmf.Savepoint]{
		ID: id, Naming: savepointName,
		Replies: Replies{Created: true, TakenCode: CodeUnprocessable},
		List: Listing{
			Filters: map[string]Field{"name": fieldName, "state": fieldState},
			Sorts:   sorts(map[string]Field{"state": fieldState}),
			Fields:  true,
		},
		Access: savepointAccess,
		Check:  checkSavepoint,
		Delete: deleteSavepoint,
	}
	switch id {
	case KindApplicationSavepoint:
		rules.Kind, rules.Owner = cmf.ApplicationSavepoints, KindApplication
	case KindStatementSavepoint:
		rules.Kind, rules.Owner = cmf.StatementSavepoints, KindStatement
	default:
		rules.Kind = cmf.DetachedSavepoints
		rules.Check, rules.Delete = checkDetached, nil
		rules.List.Extras = map[string]func(string) (Term, error){"name": namePrefix}
	}
	return rules
}

// namePrefix is the name parameter of detached savepoints.
func namePrefix(value string) (Term, error) {
	return Term{Fields: []Field{fieldName}, Test: TestPrefix, Values: []string{value}}, nil
}

// savepointAccess invents the name that a client left out; savepoints have no
// updateTimestamp (cmf-behaviour.md §2.6).
var savepointAccess = func() Access[cmf.Savepoint] {
	access := typedAccess(cmf.DetachedSavepoints,
		func(s *cmf.Savepoint) (apiVersion, kind *string) { return &s.APIVersion, &s.Kind },
		func(s *cmf.Savepoint) *cmf.Metadata { return &s.Metadata })
	stamp := access.Stamp
	access.Stamp = func(s *cmf.Savepoint, st Stamp) {
		stamp(s, st)
		s.Metadata.UpdateTimestamp = ""
		if s.Metadata.Labels == nil {
			s.Metadata.Labels = map[string]string{}
		}
	}
	access.Name = func(s *cmf.Savepoint) string {
		if s.Metadata.Name == "" {
			s.Metadata.Name = "savepoint-" + RandomHex(12)
		}
		return s.Metadata.Name
	}
	return access
}()

// RandomHex returns n random hex digits, as for Flink's job ids with 32.
func RandomHex(n int) string {
	raw := make([]byte, (n+1)/2)
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)[:n]
}

// checkSavepointSpec fills in what is missing.
func checkSavepointSpec(s *cmf.Savepoint) error {
	switch s.Spec.FormatType {
	case "":
		s.Spec.FormatType = AskedFormat("")
	case cmf.FormatCanonical, cmf.FormatNative, "UNKNOWN":
	default:
		return Invalid("spec.formatType: must be CANONICAL, NATIVE or UNKNOWN, got '%s'", clip(s.Spec.FormatType))
	}
	if s.Spec.BackoffLimit == nil {
		endless := -1
		s.Spec.BackoffLimit = &endless
	}
	if *s.Spec.BackoffLimit < -1 {
		return Unprocessable("spec.backoffLimit: must be -1 or more, got %d", *s.Spec.BackoffLimit)
	}
	return nil
}

// checkSavepoint asks for a savepoint of a job that runs or will.
func checkSavepoint(op *Op[cmf.Savepoint]) error {
	if err := checkSavepointSpec(op.New); err != nil {
		return err
	}
	op.New.Spec.FormatType = AskedFormat(op.New.Spec.FormatType)
	owner := KindApplication
	if op.Scope.Kind == KindStatementSavepoint {
		owner = KindStatement
	}
	parent, err := op.Tx.Get(op.Scope.In(owner, ""), op.Scope.Parent)
	if err != nil {
		return err
	}
	if err := canSave(parent); err != nil {
		return err
	}
	none := 0
	op.New.Status = &cmf.SavepointStatus{State: cmf.SavepointPending, Failures: &none}
	op.Record.State, op.Record.Due = cmf.SavepointPending, op.Now
	return nil
}

// canSave refuses what can have no savepoint any more.
func canSave(parent Record) error {
	if parent.Kind == KindStatement {
		switch parent.State {
		case cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseFailing:
			return nil
		}
		return Unprocessable("Statement '%s' is %s: only a running one can have a savepoint", parent.Name, parent.State)
	}
	if desired(parent.Doc.Object("spec")) != cmf.DesiredRunning {
		return Unprocessable("Application '%s' is suspended: only a running one can have a savepoint", parent.Name)
	}
	switch parent.State {
	case cmf.JobFinished, cmf.JobFailed, cmf.JobCanceled:
		return Unprocessable("Job of application '%s' is %s: only a running one can have a savepoint", parent.Name, parent.State)
	}
	return nil
}

// checkDetached registers a savepoint that exists outside.
func checkDetached(op *Op[cmf.Savepoint]) error {
	if err := checkSavepointSpec(op.New); err != nil {
		return err
	}
	if op.New.Spec.Path == "" {
		return Unprocessable("spec.path: must not be empty")
	}
	op.New.Status = &cmf.SavepointStatus{State: cmf.SavepointCompleted, Path: op.New.Spec.Path}
	op.Record.State = cmf.SavepointCompleted
	return nil
}

// LinkDeleting is Record.Link of savepoints that are pending deletion.
const LinkDeleting = "deleting"

// deleteSavepoint has control delete the files first, through a cluster that is
// up; by force the record goes at once (cmf-behaviour.md §2.6).
func deleteSavepoint(op *Op[cmf.Savepoint]) (Outcome, error) {
	record := op.Record
	if op.Force || op.Old.Status == nil || op.Old.Status.Path == "" {
		return OutcomeNoContent, op.Tx.Delete(record.Scope, record.Name)
	}
	note, err := ReadNote[SavepointNote](*record)
	if err != nil {
		return 0, err
	}
	note.Deleting = true
	op.Old.Status.PendingDeletion = true
	record.Doc, err = encode(op.Old)
	if err != nil {
		return 0, err
	}
	record.Note, record.Due, record.Link = MustEncode(note), op.Now, LinkDeleting
	return OutcomeNoContent, op.Tx.Put(*record)
}

// DetachSavepoint moves a savepoint of an application to the detached ones,
// where it outlives the application.
func (s *Service) DetachSavepoint(ctx context.Context, env, app, name string) (Answer, error) {
	var answer Answer
	err := s.store.Update(ctx, func(tx Tx) error {
		if _, _, err := application(tx, env, app); err != nil {
			return err
		}
		record, err := tx.Get(Scope{Kind: KindApplicationSavepoint, Env: env, Parent: app}, name)
		if errors.Is(err, ErrMissing) {
			return NotFound("Savepoint '%s' not found", name)
		}
		if err != nil {
			return err
		}
		if record.State != cmf.SavepointCompleted || record.Doc.String("status", "pendingDeletion") == "true" {
			return Unprocessable("Savepoint '%s' is %s: only a completed one can be detached", name, record.State)
		}
		detached := Scope{Kind: KindDetachedSavepoint}
		if _, err := tx.Get(detached, name); !errors.Is(err, ErrMissing) {
			return Unprocessable("Detached savepoint '%s' already exists", name)
		}
		if err := tx.Delete(record.Scope, name); err != nil {
			return err
		}
		record.Scope, record.Due, record.Note = detached, time.Time{}, nil
		answer.Body = record.Doc
		return tx.Put(record)
	})
	return answer, err
}

// StartFrom names a savepoint in one of the ways of the API.
type StartFrom struct{ Name, UID, Path string }

// startPath resolves a savepoint to its path: attached in scope, or detached.
func startPath(r Reader, scope Scope, from StartFrom) (string, error) {
	named := 0
	for _, way := range []string{from.Name, from.UID, from.Path} {
		if way != "" {
			named++
		}
	}
	if named != 1 {
		return "", Unprocessable("startFromSavepoint: want one of savepointName, uid and initialSavepointPath")
	}
	if from.Path != "" {
		return from.Path, nil
	}
	record, err := findSavepoint(r, scope, from)
	if errors.Is(err, ErrMissing) {
		return "", NotFound("Savepoint '%s' not found", from.Name+from.UID)
	}
	if err != nil {
		return "", err
	}
	if record.State != cmf.SavepointCompleted {
		return "", Unprocessable("Savepoint '%s' is %s, not COMPLETED", record.Name, record.State)
	}
	return record.Doc.String("status", "path"), nil
}

func findSavepoint(r Reader, scope Scope, from StartFrom) (Record, error) {
	detached := Scope{Kind: KindDetachedSavepoint}
	if from.Name != "" {
		record, err := r.Get(scope, from.Name)
		if errors.Is(err, ErrMissing) {
			return r.Get(detached, from.Name)
		}
		return record, err
	}
	record, err := r.ByUID(scope.Kind, from.UID)
	if err == nil && record.Scope == scope {
		return record, nil
	}
	if err != nil && !errors.Is(err, ErrMissing) {
		return record, err
	}
	return r.ByUID(KindDetachedSavepoint, from.UID)
}

// StartPath is startPath for control.
func StartPath(r Reader, scope Scope, from StartFrom) (string, error) {
	return startPath(r, scope, from)
}
