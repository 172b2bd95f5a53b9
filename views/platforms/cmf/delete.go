package cmf

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
)

// deletion is a delete that asks for the name; consequence says what comes of it. It is
// done once the object is gone.
func deletion[T any](api *cmfapi.Client, address address, name func(T) string, consequence string) browse.Action[T] {
	plan := func(i browse.Item[T], _ string) []views.Step {
		kind, scope := address(*i.Location)
		return []views.Step{{Method: "DELETE", Path: kind.ItemPath(scope, name(i.Value))}}
	}
	return browse.Action[T]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(T) views.Verb { return verbDelete },
		Loses: func(T) bool { return true },
		Will: func(browse.Item[T], time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: consequence, Tone: themes.Warn}
		},
		Verbs: []views.Verb{verbDelete},
		Plan:  plan,
		Run: func(ctx context.Context, i browse.Item[T], _ string, step func(views.Step)) (string, error) {
			step(plan(i, "")[0])
			kind, scope := address(*i.Location)
			err := cmfapi.Delete(ctx, api, kind, scope, name(i.Value), false)
			if fault.Is(err, fault.NotFound) {
				err = nil // somebody else was quicker
			}
			return "", err
		},
		Removes: true,
		Reached: func(T) (bool, error) { return false, nil },
	}
}
