package actions

import (
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
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// verbDetach makes a savepoint outlive its application.
var verbDetach = views.Verb{Do: "detach", Doing: "detaching", Done: "detached"}

// DetachSavepoint makes an application's savepoint one that outlives it.
func DetachSavepoint(api *cmfapi.Client) resource.Action[cmf.Savepoint] {
	request := func(i objects.Savepoint) views.Step {
		kind, scope := objects.SavepointAddress(*i.Location)
		return views.Step{Method: "POST", Path: kind.ItemPath(scope, i.Value.Metadata.Name) + "/detach"}
	}
	return resource.Action[cmf.Savepoint]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Detach },
		Verb:  func(cmf.Savepoint) views.Verb { return verbDetach },
		Verbs: []views.Verb{verbDetach},
		RefuseItem: func(i objects.Savepoint) error {
			switch kind, _ := objects.SavepointAddress(*i.Location); {
			case kind.Collection == cmf.DetachedSavepoints.Collection:
				return errors.New("it is detached already: s on what is to start offers it")
			case kind.Collection == cmf.StatementSavepoints.Collection:
				return errors.New("those of statements cannot be detached: s resumes its statement from it")
			case i.Value.State() != cmf.SavepointCompleted:
				return fmt.Errorf("it is %s and only a COMPLETED one is detached: S on %s takes another", i.Value.State(), i.Parent)
			}
			return nil
		},
		Will: func(objects.Savepoint, time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text:  "it outlives the application, and can start another one; deleting it will never delete its data",
			}
		},
		Plan: func(i objects.Savepoint, _ string) []views.Step { return []views.Step{request(i)} },
		Run: func(ctx context.Context, i objects.Savepoint, _ string, step func(views.Step)) (string, error) {
			step(request(i))
			_, scope := objects.SavepointAddress(*i.Location)
			_, err := api.DetachSavepoint(ctx, scope, i.Value.Metadata.Name)
			return "", err
		},
		Removes: true, // it is no more where it was
	}
}

// howForce deletes a record without asking the cluster.
const howForce = "force"

// withForce adds the way by force to a deletion: plain and forced say what each
// comes to.
func withForce[T any](
	a resource.Action[T], plain func(resource.Item[T]) (label, detail string), forced string,
) resource.Action[T] {
	a.Ways = func(_ context.Context, i resource.Item[T], _ time.Time) ([]views.Choice, error) {
		label, detail := plain(i)
		return []views.Choice{
			{Label: label, Detail: detail, Tone: themes.Warn, Loses: true},
			{How: howForce, Label: "Force: forget it without asking the cluster", Detail: forced, Tone: themes.Warn, Loses: true},
		}, nil
	}
	a.Which = "How?"
	return a
}

// DeleteSavepoint deletes a savepoint, or forgets it without asking the cluster.
func DeleteSavepoint(api *cmfapi.Client) resource.Action[cmf.Savepoint] {
	action := Deletion(api, objects.SavepointAddress, objects.SavepointName, "", objects.PendingDeletion)
	action.Will = func(i objects.Savepoint, _ time.Time) views.Fact {
		return views.Fact{Label: "what happens", Text: deletedSavepoint(i), Tone: themes.Warn}
	}
	action.Refuse = nil // one that waits for its cluster to be deleted may be forgotten (cmf-behaviour.md §2.6)
	return withForce(
		action,
		func(i objects.Savepoint) (label, detail string) {
			if objects.PendingDeletion(i.Value) {
				return "Wait until it is deleted",
					"it is marked for that already, and its cluster has to run; it is asked for again"
			}
			return "Delete", deletedSavepoint(i)
		},
		"the record is lost at once; its data may stay where they are, and nothing points to them any more",
	)
}

// deletedSavepoint says what is lost with a savepoint: the data of a detached one stay
// (cmf-behaviour.md §2.6).
func deletedSavepoint(i objects.Savepoint) string {
	if kind, _ := objects.SavepointAddress(*i.Location); kind.Collection == cmf.DetachedSavepoints.Collection {
		return "the record is lost; the data stay where they are"
	}
	return "the savepoint and its data are lost"
}
