package browse

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/detail"
	"drey/views/resource"
	"drey/views/usedby"
)

// openUsedBy shows what depends on the selected object.
func (v *View) openUsedBy() tea.Cmd {
	item, ok := v.selected()
	if !ok {
		return nil
	}
	return v.neighbours(func(item resource.Item[any]) tea.Cmd { return usedByPage(&v.kind, item) }, item)
}

func usedByPage(k *resource.Kind[any], item resource.Item[any]) tea.Cmd {
	title, users := "what uses "+k.NameOf(item.Value), k.UsedBy
	load := func(ctx context.Context) usedby.Tree { return users(ctx, item) }
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return usedby.New(env, title, load)
	}})
}

// ViewOf is the list of a kind without its T, nil where it has none.
func ViewOf(kind any, env *views.Env) views.View {
	if k, ok := kind.(interface {
		View(env *views.Env) views.View
	}); ok {
		return k.View(env)
	}
	return nil
}

// View is the list of all objects of the kind.
func (u untyped) View(env *views.Env) views.View { return newView(env, u.kind, resource.Location{}) }

// ViewIn is the list of the objects of a kind without its T in one scope, in all where
// it is ""; nil where the kind has no list.
func ViewIn(kind any, env *views.Env, scope string) views.View {
	if k, ok := kind.(interface {
		ViewIn(env *views.Env, scope string) views.View
	}); ok {
		return k.ViewIn(env, scope)
	}
	return nil
}

// ViewIn is the list of the objects of the kind in one scope.
func (u untyped) ViewIn(env *views.Env, scope string) views.View {
	return New(env, u.kind, resource.Location{Scope: scope})
}

// PageOf is what a key opens about an object of a kind without its T, nil where it
// opens nothing.
func PageOf(kind any, env *views.Env, msg tea.KeyMsg, ref views.Ref) func(context.Context) tea.Msg {
	if k, ok := kind.(interface {
		Page(env *views.Env, msg tea.KeyMsg, ref views.Ref) func(context.Context) tea.Msg
	}); ok {
		return k.Page(env, msg, ref)
	}
	return nil
}

// Page reads the object, off the loop, and gives the message that opens the page.
func (u untyped) Page(env *views.Env, msg tea.KeyMsg, ref views.Ref) func(context.Context) tea.Msg {
	var open func(resource.Item[any]) tea.Cmd
	switch {
	case u.kind.UsedBy != nil && keymap.Matches(msg, env.Keys.Table.UsedBy):
		open = func(item resource.Item[any]) tea.Cmd { return usedByPage(&u.kind, item) }
	case u.kind.Describe != nil && keymap.Matches(msg, env.Keys.Table.Describe):
		open = func(item resource.Item[any]) tea.Cmd { return describePage(&u.kind, item) }
	default:
		i := slices.IndexFunc(u.kind.Pages, func(p resource.Page[any]) bool { return keymap.Matches(msg, p.Key(env.Keys)) })
		if i < 0 {
			return nil
		}
		open = func(item resource.Item[any]) tea.Cmd { return u.kind.Pages[i].Open(env, item) }
	}
	return func(ctx context.Context) tea.Msg {
		value, err := u.kind.Read(ctx, ref)
		if err != nil {
			return views.ErrorMsg{Doing: "open " + ref.Name, Err: err}
		}
		return views.Run(
			open(resource.Item[any]{Location: &resource.Location{Scope: ref.Scope, Parent: ref.Parent}, Value: value}),
		)
	}
}

func describePage(k *resource.Kind[any], item resource.Item[any]) tea.Cmd {
	title, describe := k.NameOf(item.Value), k.Describe
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return detail.New(env, title, describe(item, env.ServerNow))
	}})
}
