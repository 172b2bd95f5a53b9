package actions

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// Deletion is a delete that asks for the name; consequence says what comes of it. It is
// done once the object is gone; deleting tells that it is on its way, nil: no object
// of the kind ever is.
func Deletion[T any](
	api *cmfapi.Client, address objects.Address, name func(T) string, consequence string, deleting func(T) bool,
) resource.Action[T] {
	return resource.InStages(resource.Action[T]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(T) views.Verb { return resource.VerbDelete },
		Loses: func(T) bool { return true },
		Will: func(resource.Item[T], time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: consequence, Tone: themes.Warn}
		},
		Refuse: func(v T) error {
			if deleting != nil && deleting(v) {
				return objects.ErrDeleting
			}
			return nil
		},
		Verbs:   []views.Verb{resource.VerbDelete},
		Removes: true,
		Stages: func(_ views.Verb, i resource.Item[T], how string) []resource.Stage[T] {
			kind, scope := address(*i.Location)
			if how == howForce {
				return []resource.Stage[T]{forceStage[T](api, kind, scope, name(i.Value))}
			}
			return []resource.Stage[T]{deleteStage(api, kind, scope, name(i.Value), deleting)}
		},
	})
}

func deleteStage[T any](
	api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, name string, deleting func(T) bool,
) resource.Stage[T] {
	return resource.Stage[T]{
		Step: views.Step{Method: "DELETE", Path: kind.ItemPath(scope, name)}, Label: resource.VerbDelete.Do, Removes: true,
		Send: func(ctx context.Context, _ resource.Item[T]) (string, error) {
			err := cmfapi.Delete(ctx, api, kind, scope, name, false)
			if fault.Is(err, fault.NotFound) {
				err = nil // somebody else was quicker
			}
			return "", err
		},
		Took: func(_ context.Context, now resource.Item[T]) (bool, error) {
			return deleting != nil && deleting(now.Value), nil
		},
	}
}

// forceStage drops a record without asking the cluster. One that is being deleted
// has not been dropped yet.
func forceStage[T any](api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, name string) resource.Stage[T] {
	stage := deleteStage[T](api, kind, scope, name, nil)
	stage.Step.Path += "?force=true"
	stage.Send = func(ctx context.Context, _ resource.Item[T]) (string, error) {
		err := cmfapi.Delete(ctx, api, kind, scope, name, true)
		if fault.Is(err, fault.NotFound) {
			err = nil // somebody else was quicker
		}
		return "by force", err
	}
	return stage
}

// Recreation makes a deleted object of a kind again; lost says what does not come
// back with it.
func Recreation(api *cmfapi.Client, kind cmf.Kind, lost string) *resource.Recreate {
	at := func(ref views.Ref) cmf.Scope { return cmf.Scope{Environment: ref.Scope, Parent: ref.Parent} }
	return &resource.Recreate{
		Step: func(ref views.Ref) views.Step {
			return views.Step{Method: "POST", Path: kind.Path(at(ref))}
		},
		Send: func(ctx context.Context, ref views.Ref, document json.RawMessage) error {
			_, err := cmfapi.Create(ctx, api, kind, at(ref), objects.OwnDocument(document))
			return err
		},
		Lost: lost,
	}
}

// ApplicationRecreation makes a deleted application again: from a detached savepoint, the
// one that was detached for it first, or without state.
func ApplicationRecreation(api *cmfapi.Client) *resource.Recreate {
	again := Recreation(
		api, cmf.Applications,
		"its state, its history and its attached savepoints do not come back; it starts without state",
	)
	again.LostFrom = "its history and its attached savepoints do not come back"
	again.Ways = func(ctx context.Context, deleted views.Task, now time.Time) ([]views.Choice, error) {
		return recreateWays(ctx, api, deleted, now)
	}
	again.From = func(document json.RawMessage, how string) json.RawMessage {
		from := map[string]any{"uid": ReadHow(how).Get(HowFrom)}
		o := cmf.Object(document).With(nil, "spec", "job", "initialSavepointPath")
		return json.RawMessage(o.With(from, "spec", "job", "startFromSavepoint"))
	}
	return again
}

// recreateWays are the states that a deleted application can begin with: the detached
// savepoints, after the plain way but for the one that was taken when it was deleted.
func recreateWays(
	ctx context.Context, api *cmfapi.Client, deleted views.Task, now time.Time,
) ([]views.Choice, error) {
	detached, err := completed(ctx, api, cmf.DetachedSavepoints, cmf.Scope{})
	if fault.Is(err, fault.NotFound, fault.Unsupported) {
		return nil, nil // an older server has none
	}
	ways := []views.Choice{{Label: "Without state", Detail: "as it is specified", Tone: themes.Warn}}
	for _, s := range detached {
		way := startFrom(s, "Detached savepoint ", now)
		if deleted.Makes.Name == s.Metadata.Name {
			ways = slices.Insert(ways, 0, way)
			continue
		}
		ways = append(ways, way)
	}
	return ways, err
}
