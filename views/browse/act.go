package browse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
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

// act asks about the targets that can be acted on; those that cannot are named
// with the reason.
func (v *View[T]) act(a Action[T], key string) tea.Cmd {
	all := v.targets()
	if len(all) == 0 {
		return nil
	}
	label := a.Label(all[0].Value)
	var can []Item[T]
	var skipped []views.Fact
	for _, item := range all {
		// Marked rows are acted on together: those for which the key means
		// another thing (start instead of suspend) stay as they are.
		err := v.refusal(a, item.Value)
		if err == nil && a.Label(item.Value) != label {
			err = fmt.Errorf("would %s", a.Label(item.Value))
		}
		if err != nil {
			if len(all) == 1 {
				return refused(clean.Text(v.kind.Name(item.Value)), label, err)
			}
			skipped = append(skipped, views.Fact{Label: "will not", Text: v.kind.Name(item.Value) + ": " + err.Error(), Tone: themes.Warn})
			continue
		}
		can = append(can, item)
	}
	if len(can) == 0 {
		return views.Notice(themes.Warn, fmt.Sprintf("none of %d can %s: %s", len(all), label, skipped[0].Text))
	}
	return v.question(a, key, label, can, skipped)
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
	c, api := v.env.Client, v.kind.API
	item := Item[T]{Origin: &Origin{Environment: msg.Target.Scope, Parent: msg.Target.Parent, API: api}}
	return v.box.Ask("act", func(ctx context.Context) tea.Msg {
		var err error
		item.Value, err = client.Get[T](ctx, c, api, item.Scope(), msg.Target.Name)
		if err == nil && msg.Target.UID != "" && v.kind.Key(item) != msg.Target.UID {
			err = fmt.Errorf("%s was replaced meanwhile: it is another %s", msg.Target.Name, api.Singular)
		}
		if err != nil {
			return actMsg[T]{err: fmt.Errorf("%s %s: %w", msg.Verb, msg.Target.Name, err)}
		}
		for _, a := range v.kind.Actions {
			if a.Label(item.Value) == msg.Verb {
				return actMsg[T]{action: a, asked: msg.Asked, item: item}
			}
		}
		return actMsg[T]{err: fmt.Errorf("%s cannot be done to %s", msg.Verb, msg.Target.Name)}
	})
}

func (v *View[T]) handleAct(msg actMsg[T]) tea.Cmd {
	if msg.err != nil {
		return views.Send(views.ErrorMsg{Doing: "ask", Err: msg.err})
	}
	label := msg.action.Label(msg.item.Value)
	if err := v.refusal(msg.action, msg.item.Value); err != nil {
		return refused(clean.Text(v.kind.Name(msg.item.Value)), label, err)
	}
	return v.question(msg.action, msg.asked, label, []Item[T]{msg.item}, nil)
}

// question is the dialog about the items that can be acted on.
func (v *View[T]) question(a Action[T], key, label string, can []Item[T], skipped []views.Fact) tea.Cmd {
	c := a.Ask(Asking[T]{Items: can, Now: v.env.Now(), Client: v.env.Client, Run: func(how string) tea.Cmd { return v.run(a, label, can, how) }})
	c.Asked = key
	c.Facts = append(c.Facts, skipped...)
	for _, item := range can {
		c.Targets = append(c.Targets, v.kind.Name(item.Value))
	}
	if c.Where == "" {
		c.Where = where(can)
	}
	if c.Run == nil {
		c.Run = v.run(a, label, can, "")
	}
	return views.Send(views.ConfirmMsg{Confirmation: c})
}

func where[T any](items []Item[T]) string {
	var envs []string
	for _, item := range items {
		if item.Environment != "" && !slices.Contains(envs, item.Environment) {
			envs = append(envs, item.Environment)
		}
	}
	switch len(envs) {
	case 0:
		return ""
	case 1:
		return "in " + envs[0]
	}
	return fmt.Sprintf("in %d environments", len(envs))
}

// run is the command that acts on every item, a few at a time, and says what
// came of it.
func (v *View[T]) run(a Action[T], label string, items []Item[T], how string) tea.Cmd {
	c, name := v.env.Client, v.kind.Name
	doing := label + " " + name(items[0].Value)
	if len(items) > 1 {
		doing = fmt.Sprintf("%s %s", label, grid.Thousands(len(items)))
	}
	return v.box.Do(doing, func(ctx context.Context) (string, error) {
		results := make([]result, len(items))
		var wg sync.WaitGroup
		slots := make(chan struct{}, atOnce)
		for i, item := range items {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				results[i] = one(ctx, c, a, item, how)
			})
		}
		wg.Wait()
		return summary(results, func(i int) string { return name(items[i].Value) })
	})
}

type result struct {
	text string
	err  error
}

// one runs an action on one item; "not modified" is said, not treated as a failure.
func one[T any](ctx context.Context, c *client.Client, a Action[T], item Item[T], how string) result {
	text, err := a.Run(ctx, c, item, how)
	if client.NotModified(err) {
		return result{text: text + " (it was already so)"}
	}
	return result{text, err}
}

func summary(results []result, name func(int) string) (string, error) {
	var done, failed []string
	var errs []error
	for i, r := range results {
		if r.err != nil {
			failed = append(failed, name(i))
			errs = append(errs, fmt.Errorf("%s: %w", name(i), r.err))
			continue
		}
		done = append(done, r.text)
	}
	if len(results) == 1 {
		return strings.Join(done, ""), errors.Join(firstCause(results)...)
	}
	if len(errs) > 0 {
		return "", fmt.Errorf("%d of %d done, not %s: %w", len(done), len(results), strings.Join(failed, ", "), errors.Join(errs...))
	}
	verb, _, _ := strings.Cut(done[0], " ")
	return fmt.Sprintf("%s %d", verb, len(done)), nil
}

func firstCause(results []result) []error { return []error{results[0].err} }
