package kinds

import (
	"context"

	"github.com/charmbracelet/bubbles/key"

	"drey/client"
	"drey/client/cmf"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/grid"
)

// Parts that kinds are put together from.

func ageColumn[T any](stamp func(browse.Item[T]) string) browse.Column[T] {
	return browse.Column[T]{
		Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3},
		Cell:   func(i browse.Item[T]) grid.Cell { return since(stamp(i), themes.Dim) },
	}
}

func yamlPage[T any](name func(T) string) browse.Page[T] {
	return browse.Page[T]{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML[T](name)}
}

// specDetail is a specification for the preview.
func specDetail(spec any) (browse.Detail, error) {
	raw, err := cmf.NewObject(map[string]any{"spec": spec})
	return browse.Detail{Source: []byte(raw)}, err
}

// deletion is a delete that asks for the name; note says what comes of it.
func deletion[T any](api cmf.Kind, name func(T) string, note string) browse.Action[T] {
	return browse.Action[T]{
		Key:    func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Label:  func(T) string { return "delete" },
		Refuse: func(T) error { return nil },
		Ask: func(a browse.Asking[T]) views.Confirmation {
			var names, requests []string
			for _, i := range a.Items {
				names = append(names, name(i.Value))
				requests = append(requests, "DELETE "+api.ItemPath(i.Scope(), name(i.Value)))
			}
			return views.Confirmation{Verb: "Delete", TypeName: typed("Delete", names), Requests: requests, Facts: []views.Fact{
				{Label: "what happens", Text: note, Tone: themes.Plain},
			}}
		},
		Run: func(ctx context.Context, c *client.Client, i browse.Item[T], _ string) (string, error) {
			return "deleted " + name(i.Value), client.Delete(ctx, c, api, i.Scope(), name(i.Value), false)
		},
	}
}
