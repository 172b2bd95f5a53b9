package browse

import (
	"context"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// targets are the marked items, or the one under the cursor.
func (v *View[T]) targets() []Item[T] {
	keys := v.grid.Marked()
	if len(keys) == 0 {
		keys = []string{v.grid.Selected()}
	}
	var items []Item[T]
	for _, k := range keys {
		if item, ok := v.list.item(k); ok {
			items = append(items, item)
		}
	}
	return items
}

// act asks about the targets. It is the one way from a key to a request that
// changes something: Act comes here too.
func (v *View[T]) act(a Action[T], key string) tea.Cmd {
	items := v.targets()
	if len(items) == 0 {
		return nil
	}
	return v.ask(a, key, items)
}

// ask is the dialog about items; what can be done to none of them is said
// without one.
func (v *View[T]) ask(a Action[T], key string, items []Item[T]) tea.Cmd {
	q := v.question(a, asking{key, newToken()}, checked(items))
	if q.Plan != "" {
		return views.Send(views.ConfirmMsg{Confirmation: q})
	}
	label := a.Verb(items[0].Value).Do
	reason := q.Targets[0].Refused
	if len(items) == 1 {
		return refused(clean.Text(v.kind.NameOf(items[0].Value)), label, reason)
	}
	return views.Notice(themes.Warn, fmt.Sprintf("none of %d can %s: %s: %s", len(items), label, q.Targets[0].Name, reason))
}

type actMsg[T any] struct {
	action Action[T]
	asked  string
	item   Item[T]
	err    error
}

// Act asks about an object that another view names, by the action of this kind:
// it is looked at first, wherever it is.
func (v *View[T]) Act(msg views.ActMsg) tea.Cmd {
	item := Item[T]{Location: &Location{Scope: msg.Target.Scope, Parent: msg.Target.Parent}}
	return v.box.Ask("act", func(ctx context.Context) tea.Msg {
		var err error
		item.Value, err = v.kind.Read(ctx, msg.Target)
		if err == nil && (msg.Target.UID != "" && v.kind.Key(item) != msg.Target.UID || v.remade(item, msg.Made)) {
			err = errReplaced
		}
		if err != nil {
			return actMsg[T]{asked: msg.Verb + " " + msg.Target.Name, err: err}
		}
		for _, a := range v.kind.Actions {
			if a.Verb(item.Value).Do == msg.Verb {
				return actMsg[T]{action: a, asked: msg.Asked, item: item}
			}
		}
		return actMsg[T]{asked: msg.Verb + " " + msg.Target.Name, err: fmt.Errorf("a %s has no such action", v.kind.Singular)}
	})
}

// remade tells that the item is not the one that was created then: some servers
// give an object that is made again the UID of the one before.
func (v *View[T]) remade(item Item[T], made string) bool {
	return made != "" && v.kind.Made != nil && v.kind.Made(item.Value) != made
}

func (v *View[T]) handleAct(msg actMsg[T]) tea.Cmd {
	if msg.err != nil {
		return views.Send(views.ErrorMsg{Doing: msg.asked, Err: msg.err})
	}
	return v.ask(msg.action, msg.asked, []Item[T]{msg.item})
}
