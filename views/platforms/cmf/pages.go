package cmf

import (
	"context"
	"encoding/json"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/views"
	"drey/views/browse"
	"drey/views/detail"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

func openDescribe[T any](
	describe func(*views.Env, resource.Item[T]) (string, detail.Loader),
) func(*views.Env, resource.Item[T]) tea.Cmd {
	return func(env *views.Env, i resource.Item[T]) tea.Cmd {
		title, load := describe(env, i)
		return detail.Open(title, load)
	}
}

// openOf opens what an application has of a kind.
func openOf[T any](title string, kind resource.Kind[T]) func(*views.Env, objects.App) tea.Cmd {
	return func(_ *views.Env, i objects.App) tea.Cmd {
		return browse.Open(i.Value.Name()+title, kind, resource.Location{Scope: i.Scope, Parent: i.Value.Name()})
	}
}

func openYAML[T any](api *cmfapi.Client, address objects.Address, name func(T) string) func(
	*views.Env, resource.Item[T],
) tea.Cmd {
	return func(_ *views.Env, i resource.Item[T]) tea.Cmd {
		n := name(i.Value)
		title := n + ".yaml"
		kind, scope := address(*i.Location)
		load := detail.YAML(func(ctx context.Context) (json.RawMessage, error) {
			return cmfapi.GetRaw(ctx, api, kind, scope, n)
		})
		return detail.Open(title, load)
	}
}

func yamlPage[T any](api *cmfapi.Client, kind cmf.Kind, name func(T) string) resource.Page[T] {
	return resource.Page[T]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
		Open: openYAML(api, objects.In(kind), name),
	}
}

// specDetail is a specification for the preview.
func specDetail(spec any) (resource.Detail, error) {
	raw, err := cmf.NewObject(map[string]any{"spec": spec})
	return resource.Detail{Source: []byte(raw)}, err
}
