package resource

import (
	"context"
	"encoding/json"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
)

// VerbDelete is what deleting is called on every platform.
var VerbDelete = views.Verb{Do: "delete", Doing: "deleting", Done: "deleted"}

// The verbs that several platforms have.
var (
	VerbStart     = views.Verb{Do: "start", Doing: "starting", Done: "started"}
	VerbSuspend   = views.Verb{Do: "suspend", Doing: "suspending", Done: "suspended"}
	VerbStop      = views.Verb{Do: "stop", Doing: "stopping", Done: "stopped"}
	VerbResume    = views.Verb{Do: "resume", Doing: "resuming", Done: "resumed"}
	VerbSavepoint = views.Verb{Do: "savepoint", Doing: "taking a savepoint of", Done: "took a savepoint of"}
	VerbRollBack  = views.Verb{Do: "roll back", Doing: "rolling back", Done: "rolled back"}
)

// Deletion is a delete by one request, which asks for the name; consequence says
// what is lost. It is done once the object is gone. path and run follow from the
// object's address alone.
func Deletion[T any](
	path func(Item[T]) string, consequence string, run func(context.Context, Item[T]) error,
) Action[T] {
	return InStages(Action[T]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(T) views.Verb { return VerbDelete },
		Verbs: []views.Verb{VerbDelete},
		Loses: func(T) bool { return true },
		Will: func(Item[T], time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: consequence, Tone: themes.Warn}
		},
		Stages: func(_ views.Verb, i Item[T], _ string) []Stage[T] {
			return []Stage[T]{{
				Step: views.Step{Method: "DELETE", Path: path(i)}, Label: VerbDelete.Do, Removes: true,
				Send: func(ctx context.Context, now Item[T]) (string, error) { return "", run(ctx, now) },
			}}
		},
		Removes: true,
	})
}

// YAMLPage shows an object as it is.
func YAMLPage[T any](name func(T) string, read func(context.Context, Item[T]) (json.RawMessage, error)) Page[T] {
	return Page[T]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
		Open: func(_ *views.Env, i Item[T]) tea.Cmd {
			title := name(i.Value) + ".yaml"
			load := detail.YAML(func(ctx context.Context) (json.RawMessage, error) { return read(ctx, i) })
			return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
				return detail.New(env, title, load)
			}})
		},
	}
}

// RawYAML shows an object as the list had it.
func RawYAML[T interface{ Raw() json.RawMessage }](name func(T) string) Page[T] {
	return YAMLPage(name, func(_ context.Context, i Item[T]) (json.RawMessage, error) { return i.Value.Raw(), nil })
}

// RawDetail is the specification of an object as the list had it.
func RawDetail[T interface{ Raw() json.RawMessage }](_ context.Context, i Item[T]) (Detail, error) {
	return Detail{Source: SpecOf(i.Value.Raw())}, nil
}

// SpecOf is the specification of an object alone, which is what a person wrote; the
// whole object where it has none.
func SpecOf(raw json.RawMessage) json.RawMessage {
	var object struct {
		Spec json.RawMessage `json:"spec"`
	}
	if json.Unmarshal(raw, &object) != nil || object.Spec == nil {
		return raw
	}
	spec, err := json.Marshal(map[string]json.RawMessage{"spec": object.Spec})
	if err != nil {
		return raw
	}
	return spec
}

// CompareSpec compares specifications alone.
func CompareSpec(doc any) any {
	if m, ok := doc.(map[string]any); ok {
		return m["spec"]
	}
	return doc
}
