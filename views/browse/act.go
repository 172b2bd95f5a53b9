package browse

import (
	"context"
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/resource"
)

// targets are the marked items, or the one under the cursor.
func (v *View[T]) targets() []resource.Item[T] {
	keys := v.grid.Marked()
	if len(keys) == 0 {
		keys = []string{v.grid.Selected()}
	}
	var items []resource.Item[T]
	for _, k := range keys {
		if item, ok := v.list.item(k); ok {
			items = append(items, item)
		}
	}
	return items
}

// act asks about the targets. It is the one way from a key to a request that
// changes something: Act comes here too.
func (v *View[T]) act(a resource.Action[T], key string) tea.Cmd {
	items := v.targets()
	if len(items) == 0 {
		return nil
	}
	return v.ask(a, key, items)
}

// ask is the dialog about items; what can be done to none of them is said
// without one.
func (v *View[T]) ask(a resource.Action[T], key string, items []resource.Item[T]) tea.Cmd {
	return v.askBy(a, asking{key: key, token: resource.RandomToken()}, items)
}

func (v *View[T]) askBy(a resource.Action[T], by asking, items []resource.Item[T]) tea.Cmd {
	q := v.question(a, by, checked(items))
	if q.Plan != "" {
		return views.Send(views.ConfirmMsg{Confirmation: q})
	}
	label := a.Verb(items[0].Value).Do
	reason := q.Targets[0].Refused
	if len(items) == 1 {
		return refused(clean.Text(v.kind.NameOf(items[0].Value)), label, reason)
	}
	return views.Notice(themes.Warn, fmt.Sprintf(
		"none of %d can %s: %s: %s", len(items), label, q.Targets[0].Name, reason,
	))
}

// Preparing implements views.Preparer: keys that come before the dialog are for it.
func (v *View[T]) Preparing() string {
	if v.box.Waiting("act") {
		return v.preparing
	}
	return ""
}

// GiveUp implements views.Preparer.
func (v *View[T]) GiveUp() tea.Cmd {
	v.box.Cancel("act")
	return views.Notice(themes.Dim, "gave up "+v.preparing)
}

type actMsg[T any] struct {
	action resource.Action[T]
	by     asking
	items  []resource.Item[T]
	err    error
}

// Act asks about objects that another view names, by the action of this kind:
// they are looked at first, wherever they are.
func (v *View[T]) Act(msg views.ActMsg) tea.Cmd {
	if msg.Task != nil && (msg.Verb == views.VerbRetry || msg.Verb == views.VerbBack ||
		msg.Verb == views.VerbRecreate) {
		return v.actOnTask(msg)
	}
	by := asking{key: msg.Asked, token: resource.RandomToken(), way: msg.How, undoes: msg.Undoes}
	v.preparing = "looking at " + clean.Text(msg.Target.Name)
	return v.box.Ask("act", func(ctx context.Context) tea.Msg {
		what := msg.Verb + " " + msg.Target.Name
		first, err := v.named(ctx, msg.Target, msg.Made)
		if err != nil {
			return actMsg[T]{by: asking{key: what}, err: err}
		}
		a, ok := v.actionNow(first, msg.Verb)
		if own, has := v.ownUndo(); has && len(msg.Undoes) == 1 && (!ok || v.refusal(a, first) != nil) {
			a, ok, by.undoes = own, true, nil // it was taken back by somebody else
		}
		if !ok {
			return actMsg[T]{by: asking{key: what}, err: v.noAction(first, msg.Verb)}
		}
		items := []resource.Item[T]{first}
		for _, ref := range msg.Also {
			if item, err := v.named(ctx, ref, ""); err == nil {
				items = append(items, item) // one that is gone needs nothing
			}
		}
		return actMsg[T]{action: a, by: by, items: items}
	})
}

// noAction is why a verb is not done to an item as it is.
func (v *View[T]) noAction(item resource.Item[T], verb string) error {
	known := slices.ContainsFunc(v.kind.Actions, func(a resource.Action[T]) bool {
		return slices.ContainsFunc(a.Verbs, func(o views.Verb) bool { return o.Do == verb })
	})
	if known && v.kind.State != nil {
		word, _ := v.kind.State(item.Value)
		return fmt.Errorf("it is %s", word)
	}
	return fmt.Errorf("a %s has no such action", v.kind.Singular)
}

// named reads the object of an address.
func (v *View[T]) named(ctx context.Context, ref views.Ref, made string) (resource.Item[T], error) {
	item := resource.Item[T]{Location: &resource.Location{Scope: ref.Scope, Parent: ref.Parent}}
	var err error
	item.Value, err = v.kind.Read(ctx, ref)
	if err == nil && (ref.UID != "" && v.kind.Key(item) != ref.UID || v.remade(item, made)) {
		err = errReplaced
	}
	return item, err
}

// remade tells that the item is not the one that was created then: some servers
// give an object that is made again the UID of the one before.
func (v *View[T]) remade(item resource.Item[T], made string) bool {
	return made != "" && v.kind.Made != nil && v.kind.Made(item.Value) != made
}

func (v *View[T]) handleAct(msg actMsg[T]) tea.Cmd {
	if msg.err != nil {
		return views.Send(views.ErrorMsg{Doing: msg.by.key, Err: msg.err})
	}
	return v.askBy(msg.action, msg.by, msg.items)
}
