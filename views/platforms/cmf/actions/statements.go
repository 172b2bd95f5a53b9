package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinksql"
	"drey/keymap"
	"drey/views"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// StatementActions are what can be done to a statement.
func StatementActions(api *cmfapi.Client) []resource.Action[cmf.Statement] {
	toggle := resource.InStages(resource.Action[cmf.Statement]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: func(s cmf.Statement) views.Verb {
			if s.Spec.Stopped {
				return resource.VerbResume
			}
			return resource.VerbStop
		},
		Refuse: refuseStopResume, Will: stopResumeFact, Stages: statementStages(api),
		Verbs: []views.Verb{resource.VerbStop, resource.VerbResume},
		Ways: func(ctx context.Context, i objects.Statement, now time.Time) ([]views.Choice, error) {
			if !i.Value.Spec.Stopped {
				return nil, nil
			}
			return ResumeWays(ctx, api, i, now)
		},
		Which: "Where should it go on from?",
		Undo: func(v views.Verb) string {
			if v == resource.VerbStop {
				return resource.VerbResume.Do
			}
			return resource.VerbStop.Do
		},
	})
	stop := toggle
	stop.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	stop.Verb, stop.Verbs = func(cmf.Statement) views.Verb { return resource.VerbStop }, []views.Verb{resource.VerbStop}
	stop.Refuse = func(s cmf.Statement) error {
		if s.Spec.Stopped {
			return errors.New("it is stopped already: s resumes it")
		}
		return refuseStopResume(s)
	}
	stop.Ways = nil
	stop = resource.InStages(stop)
	savepoint := resource.InStages(resource.Action[cmf.Statement]{
		Key:    func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb:   func(cmf.Statement) views.Verb { return resource.VerbSavepoint },
		Verbs:  []views.Verb{resource.VerbSavepoint},
		Refuse: refuseStatementSavepoint, Stages: statementStages(api),
		Will: func(objects.Statement, time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: "a savepoint is written; the statement runs on"}
		},
		Plain: OneHow(howNew, resource.NewToken), Inputs: savepointInputs[cmf.Statement](cmf.Statements),
	})
	remove := Deletion(
		api, objects.In(cmf.Statements), objects.StatementName,
		"the statement, its results and its savepoints are lost",
		func(s cmf.Statement) bool {
			return s.Phase() == cmf.PhaseDeleting
		},
	)
	reads := func(s cmf.Statement) bool { return flinksql.OnlyReads(s.Spec.Statement) }
	stop.Reads, toggle.Reads, remove.Reads = reads, reads, reads
	return []resource.Action[cmf.Statement]{stop, toggle, savepoint, remove}
}

func refuseStatementSavepoint(s cmf.Statement) error {
	switch phase := s.Phase(); {
	case phase == cmf.PhaseRunning:
		return nil
	case cmf.PhaseFinal(phase):
		return errEnded(phase)
	case s.Spec.Stopped:
		return fmt.Errorf("it is not running but %s: s resumes it", cmp.Or(phase, "unknown"))
	default:
		return fmt.Errorf("it is not running but %s: S takes one once it runs", cmp.Or(phase, "unknown"))
	}
}

// errEnded refuses to go on with a statement that is in a final phase.
func errEnded(phase string) error {
	if phase == cmf.PhaseFailed {
		return fmt.Errorf("it has ended as %s: w says why, a runs a copy of it", phase)
	}
	return fmt.Errorf("it has ended as %s: a runs a copy of it", phase)
}

func refuseStopResume(s cmf.Statement) error {
	switch p := s.Phase(); p {
	case cmf.PhaseCompleted, cmf.PhaseFailed:
		return errEnded(p)
	case cmf.PhaseDeleting:
		return objects.ErrDeleting
	}
	if s.Spec.Stopped && s.Phase() != cmf.PhaseStopped {
		return errors.New("it is still being stopped: s resumes it once it is")
	}
	return nil
}

func stopResumeFact(i objects.Statement, _ time.Time) views.Fact {
	text := "a savepoint is taken and its resources are given up; it can be resumed"
	if i.Value.Spec.Stopped {
		text = "it goes on from the savepoint that stopping took"
	}
	return views.Fact{Label: "what happens", Text: text}
}

// statementStages are the requests of stopping and of resuming a statement: its
// specification is read as it is just before, and put back with one member changed.
func statementStages(api *cmfapi.Client) func(views.Verb, objects.Statement, string) []resource.Stage[cmf.Statement] {
	return func(verb views.Verb, i objects.Statement, how string) []resource.Stage[cmf.Statement] {
		said := ReadHow(how)
		if verb == resource.VerbSavepoint {
			scope := cmf.Scope{Environment: i.Scope, Parent: objects.StatementName(i.Value)}
			return []resource.Stage[cmf.Statement]{askedSavepoint[cmf.Statement](
				api, cmf.StatementSavepoints, scope, said,
			)}
		}
		stop := verb == resource.VerbStop
		stage := stopResumeStage(api, i, verb, stop, said.Get(HowFrom))
		back := stopResumeStage(api, i, resource.VerbResume, false, "")
		if !stop {
			back = stopResumeStage(api, i, resource.VerbStop, true, "")
		}
		stage.Back = &back
		return []resource.Stage[cmf.Statement]{stage}
	}
}

// stopResumeStage stops a statement or lets it go on; from is the UID of the savepoint
// that it goes on from, "" for that of its stop.
func stopResumeStage(
	api *cmfapi.Client, i objects.Statement, verb views.Verb, stop bool, from string,
) resource.Stage[cmf.Statement] {
	path := cmf.Statements.ItemPath(objects.ScopeOf(i.Location), i.Value.Metadata.Name)
	changed := "spec.stopped"
	if from != "" {
		changed = "spec.stopped and spec.startFromSavepoint"
	}
	return resource.Stage[cmf.Statement]{
		Step: views.Step{Method: "PUT", Path: path, Remark: "the same, with " + changed + " changed"}, Label: verb.Do,
		Send: func(ctx context.Context, i objects.Statement) (string, error) {
			now, err := cmfapi.Get[cmf.Statement](ctx, api, cmf.Statements, objects.ScopeOf(i.Location), i.Value.Metadata.Name)
			if err != nil {
				return "", err
			}
			if from != "" {
				now.Spec.StartFromSavepoint = startPoint(now.Spec.StartFromSavepoint, from)
			}
			if err = api.PutStopped(ctx, objects.ScopeOf(i.Location), now, stop); err != nil || from == "" {
				return "", err
			}
			scope := cmf.Scope{Environment: i.Scope, Parent: objects.StatementName(i.Value)}
			return "from savepoint " + lists.SavepointTitle(ctx, api, cmf.StatementSavepoints, scope, from), nil
		},
		Took: func(_ context.Context, now objects.Statement) (bool, error) {
			return now.Value.Spec.Stopped == stop, nil
		},
		Reached: func(_ context.Context, now objects.Statement) (resource.Progress, error) {
			return objects.ReachedStopped(now.Value, stop)
		},
	}
}

// startPoint names a savepoint to start from. Its number has to be another one than
// before, or the server takes it as done (cmf-behaviour.md §2.6).
func startPoint(before *cmf.StartFromSavepoint, uid string) *cmf.StartFromSavepoint {
	number := int64(1)
	if before != nil && before.SavepointRedeployNonce != nil {
		number = *before.SavepointRedeployNonce + 1
	}
	return &cmf.StartFromSavepoint{UID: uid, SavepointRedeployNonce: &number}
}
