// Package actions does things to CMF's objects, each in stages of one request: start,
// suspend, upgrade, roll back, take a savepoint, delete.
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
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// The verbs of applications.
var (
	VerbUpgrade = views.Verb{Do: "upgrade", Doing: "upgrading", Done: "upgraded"}
)

// ApplicationActions are what can be done to an application.
func ApplicationActions(api *cmfapi.Client) []resource.Action[cmf.FlinkApplication] {
	stages := ApplicationStages(api)
	toggle := resource.InStages(resource.Action[cmf.FlinkApplication]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: toggleVerb, Verbs: []views.Verb{resource.VerbSuspend, resource.VerbStart}, Refuse: refuseToggle,
		Will: toggleFact,
		Ways: func(ctx context.Context, i objects.App, now time.Time) ([]views.Choice, error) {
			if toggleVerb(i.Value) == resource.VerbStart {
				return startWays(ctx, api, i, now)
			}
			return append(suspendWays(i, now), upgradeWays(i)...), nil
		},
		Edited: editedWay, EditedBy: []views.Verb{VerbUpgrade}, WhichOf: whichToggle, Stages: stages,
		About: aboutUpgrade, Undo: undoToggle,
		Loses: func(a cmf.FlinkApplication) bool {
			return toggleVerb(a) == resource.VerbSuspend && a.UpgradeMode() == cmf.UpgradeModeStateless
		},
	})
	suspend := toggle
	suspend.Edited, suspend.Ways = nil, func(_ context.Context, i objects.App, now time.Time) ([]views.Choice, error) {
		return suspendWays(i, now), nil
	}
	suspend.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	suspend.Verb, suspend.Verbs = func(cmf.FlinkApplication) views.Verb {
		return resource.VerbSuspend
	}, []views.Verb{resource.VerbSuspend}
	suspend.Refuse = func(a cmf.FlinkApplication) error {
		if a.DesiredState() == cmf.DesiredSuspended {
			return errors.New("it is suspended already: s starts it")
		}
		return refuseToggle(a)
	}
	suspend = resource.InStages(suspend)
	savepoint := resource.InStages(resource.Action[cmf.FlinkApplication]{
		Key:    func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb:   func(cmf.FlinkApplication) views.Verb { return resource.VerbSavepoint },
		Verbs:  []views.Verb{resource.VerbSavepoint},
		Refuse: refuseSavepoint, Will: savepointFact, Stages: stages,
		Plain: OneHow(howNew, resource.NewToken), Inputs: savepointInputs[cmf.FlinkApplication](cmf.Applications),
	})
	return []resource.Action[cmf.FlinkApplication]{
		toggle, suspend, savepoint, rollBack(api, stages), deleteApplication(stages),
	}
}

func deleteApplication(
	stages func(views.Verb, objects.App, string) []resource.Stage[cmf.FlinkApplication],
) resource.Action[cmf.FlinkApplication] {
	return resource.InStages(resource.Action[cmf.FlinkApplication]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(cmf.FlinkApplication) views.Verb { return resource.VerbDelete },
		Verbs: []views.Verb{resource.VerbDelete},
		Loses: func(cmf.FlinkApplication) bool { return true },
		Will: func(objects.App, time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: deleteLoses, Tone: themes.Warn}
		},
		Refuse: func(a cmf.FlinkApplication) error {
			if a.LifecycleState() == cmf.LifecycleDeleting {
				return objects.ErrDeleting
			}
			return nil
		},
		Ways: func(_ context.Context, i objects.App, now time.Time) ([]views.Choice, error) {
			return deleteWays(i, now), nil
		},
		Which: "What becomes of its state?", Stages: stages, Removes: true,
	})
}

func whichToggle(v views.Verb) string {
	if v == resource.VerbStart {
		return "Where should it start from?"
	}
	return "What becomes of its state?"
}

const deleteLoses = "the application, its history and its attached savepoints are lost"

func toggleVerb(a cmf.FlinkApplication) views.Verb {
	if a.DesiredState() == cmf.DesiredSuspended {
		return resource.VerbStart
	}
	return resource.VerbSuspend
}

func refuseToggle(a cmf.FlinkApplication) error {
	if a.LifecycleState() == cmf.LifecycleDeleting {
		return objects.ErrDeleting
	}
	if a.DesiredState() == cmf.DesiredSuspended && a.LifecycleState() == cmf.LifecycleUpgrading {
		return errors.New("it is still being suspended: s starts it once it is")
	}
	if a.DesiredState() == cmf.DesiredRunning && a.JobState() == cmf.JobFinished {
		return errors.New("its job has finished: e with another restartNonce runs it again, D deletes it")
	}
	return nil
}

// toggleFact says what happens to the application and its state.
func toggleFact(i objects.App, now time.Time) views.Fact {
	if toggleVerb(i.Value) == resource.VerbStart {
		return startFact(i, now)
	}
	return suspendFact(i, now)
}

// suspendFact says what becomes of the state, by the upgrade mode
// (cmf-behaviour.md §2.2).
func suspendFact(i objects.App, now time.Time) views.Fact {
	f := views.Fact{Label: "what happens"}
	sp, has := objects.LastSavepoint(i.Value)
	last := "the first one"
	if has {
		last = "the last one: " + cells.Join(cells.Ago(sp.At, now), cells.Size(sp.Size), sp.Name)
	}
	switch mode := i.Value.UpgradeMode(); {
	case objects.NoSavepointOf(mode, i.Value.JobState()) != "":
		f.Text = objects.NoSavepointOf(mode, i.Value.JobState()) + "; it would start again from " +
			objects.StateWithoutSavepoint
		f.Tone = themes.Warn
	case mode == cmf.UpgradeModeSavepoint:
		f.Text = "a savepoint is taken, then the job stops (" + last + ")"
	case mode == cmf.UpgradeModeLastState:
		f.Text = "the job stops and keeps its last checkpoint; no savepoint is taken"
	default:
		f.Text, f.Tone = "the job is cancelled and its state is lost (upgrade mode stateless)", themes.Warn
	}
	return f
}

func startFact(i objects.App, now time.Time) views.Fact {
	f := views.Fact{Label: "starts from"}
	sp, has := objects.LastSavepoint(i.Value)
	switch {
	case i.Value.UpgradeMode() == cmf.UpgradeModeStateless:
		f.Text, f.Tone = "nothing: upgrade mode is stateless", themes.Warn
	case i.Value.UpgradeMode() == cmf.UpgradeModeLastState:
		f.Text = "its last checkpoint"
	case has:
		f.Text = "its last savepoint · " + cells.Join(sp.Name, cells.Ago(sp.At, now), cells.Size(sp.Size), sp.Kind)
	default:
		f.Text, f.Tone = "nothing: there is no savepoint", themes.Warn
	}
	return f
}

func refuseSavepoint(a cmf.FlinkApplication) error {
	if a.LifecycleState() == cmf.LifecycleDeleting {
		return objects.ErrDeleting
	}
	switch s := a.JobState(); {
	case s == cmf.JobRunning:
		return nil
	case a.DesiredState() == cmf.DesiredSuspended:
		return fmt.Errorf("its job is not running but %s: s starts it", cmp.Or(s, "unknown"))
	case s == cmf.JobFailed:
		return fmt.Errorf("its job is not running but %s: w says why", s)
	default:
		return fmt.Errorf("its job is not running but %s: S takes one once it runs", cmp.Or(s, "unknown"))
	}
}

func savepointFact(i objects.App, now time.Time) views.Fact {
	text := "a savepoint is written; the job goes on"
	if sp, has := objects.LastSavepoint(i.Value); has {
		text += " (the last one: " + cells.Join(cells.Ago(sp.At, now), cells.Size(sp.Size), sp.Name) + ")"
	}
	return views.Fact{Label: "what happens", Text: text}
}
