package browse

import (
	"context"
	"encoding/json"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/urgency"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/platform"
)

// VerbDelete is what deleting is called on every platform.
var VerbDelete = views.Verb{Do: "delete", Doing: "deleting", Done: "deleted"}

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

// NewCounter counts the problems of a kind while its list is not in front.
func NewCounter[T any](k Kind[T]) platform.Counter {
	source := k.Source(Location{})
	return CounterOf(k, source, func(ctx context.Context) context.Context {
		return urgency.With(ctx, urgency.Background)
	})
}

// CounterOf counts the problems of what a source lists. Each answer has all counts,
// also when nothing changed: the one before may have come to nobody.
func CounterOf[T any](k Kind[T], source Source[T], with func(context.Context) context.Context) platform.Counter {
	c := platform.Counter{Kind: k.Name, Close: func() {}}
	if closer, ok := source.(interface{ Close() }); ok {
		c.Close = closer.Close
	}
	var given views.Given[platform.Counted]
	c.Next = func(ctx context.Context) (platform.Counted, error) {
		last, _, err := given.Next(func() (platform.Counted, bool, error) {
			batch, changed, err := source.Next(with(ctx))
			if err != nil || !changed {
				return platform.Counted{}, false, err
			}
			return platform.Counted{
				Tallies: TallyOf(k, batch.Items), Partial: batch.Partial || batch.Missing != "",
			}, true, nil
		})
		return last, err
	}
	return c
}
