package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/ask"
	"drey/views/edit"
	"drey/views/grid"
	"drey/views/perform"
	"drey/views/platform"
	"drey/views/resource"
)

// Untyped is a kind without its T, for whatever has no screen.
func Untyped[T any](k resource.Kind[T]) platform.Kind { return untyped{resource.Untyped(k)} }

type untyped struct{ kind resource.Kind[any] }

// Info implements platform.Kind.
func (u untyped) Info() platform.Info {
	k := u.kind
	info := platform.Info{
		Name: k.Name, Singular: k.Singular, Title: k.Title, Short: k.Short, Aliases: k.Aliases, Scoped: k.Scoped,
	}
	for _, a := range k.Actions {
		for _, verb := range a.Verbs {
			if !slices.Contains(info.Verbs, verb) {
				info.Verbs = append(info.Verbs, verb)
			}
		}
	}
	return info
}

// List implements platform.Kind: it asks until every scope has answered.
func (u untyped) List(ctx context.Context, scope string) (platform.Table, error) {
	k := u.kind
	batch, err := u.whole(ctx, scope)
	if err != nil {
		return platform.Table{}, err
	}
	now := platform.Now(ctx)
	columns := resource.ShownColumns(k.Columns, scope)
	table := platform.Table{}
	for _, c := range columns {
		table.Columns = append(table.Columns, c.Title)
	}
	for _, item := range batch.Items {
		if k.Only != nil && !k.Only(item) {
			continue
		}
		raw, err := json.Marshal(item.Value)
		if err != nil {
			return platform.Table{}, fmt.Errorf("%s %s: %w", k.Singular, k.NameOf(item.Value), err)
		}
		row := platform.Row{Ref: k.Ref(item), Raw: raw}
		if k.State != nil {
			row.State, row.Tone = k.State(item.Value)
		}
		for _, c := range columns {
			row.Cells = append(row.Cells, grid.CellText(c.Cell(item), now))
		}
		table.Rows = append(table.Rows, row)
	}
	for _, unread := range batch.Unread {
		table.Notes = append(table.Notes, unread.Name+" "+unread.Text())
	}
	if batch.Missing != "" {
		table.Notes = append(table.Notes, strings.Split(batch.Missing, "; ")...)
	}
	return table, nil
}

// whole asks once for everything in a scope.
func (u untyped) whole(ctx context.Context, scope string) (resource.Batch[any], error) {
	source := u.kind.Source
	if u.kind.Whole != nil {
		source = u.kind.Whole
	}
	asked := source(resource.Location{Scope: scope})
	if c, ok := resource.As[interface{ Close() }](asked); ok {
		defer c.Close()
	}
	if all, ok := resource.As[interface{ AskAll() }](asked); ok {
		all.AskAll()
	}
	var batch resource.Batch[any]
	for {
		next, changed, err := asked.Next(ctx)
		if err != nil {
			return batch, err
		}
		if changed {
			batch = next
		}
		if !batch.Partial {
			return batch, nil
		}
	}
}

// Get implements platform.Kind. What has no address of its own is looked for in
// the list.
func (u untyped) Get(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
	if u.kind.Raw != nil {
		return u.kind.Raw(ctx, ref)
	}
	table, err := u.List(ctx, ref.Scope)
	if err != nil {
		return nil, err
	}
	for _, row := range table.Rows {
		if row.Ref.Name == ref.Name && (ref.UID == "" || row.Ref.UID == ref.UID) {
			return row.Raw, nil
		}
	}
	return nil, errNoSuch
}

// Plan implements platform.Kind.
func (u untyped) Plan(ctx context.Context, verb views.Verb, ref views.Ref, how string) ([]views.Step, error) {
	item, action, err := u.find(ctx, verb, ref)
	if err != nil {
		return nil, err
	}
	return action.Plan(item, how), nil
}

// Do implements platform.Kind: it is done, and waited for, as in the list.
func (u untyped) Do(ctx context.Context, verb views.Verb, ref views.Ref, how string, step func(views.Step)) error {
	item, action, err := u.find(ctx, verb, ref)
	if err != nil {
		return err
	}
	if how == "" {
		how = strings.ReplaceAll(action.Plain, resource.NewToken, resource.RandomToken())
	}
	job := perform.Job{Kind: &u.kind, Action: action, Now: time.Now, Step: step}
	r := job.Do(ctx, []resource.Item[any]{item}, []string{how})[0]
	switch {
	case r.Err != nil:
		return r.Err
	case ctx.Err() != nil:
		return ctx.Err()
	case !r.Ended:
		return fmt.Errorf("still %s %s", verb.Doing, ref.Name)
	}
	return nil
}

// find reads an object and finds the action that does verb to it, if it may.
func (u untyped) find(
	ctx context.Context, verb views.Verb, ref views.Ref,
) (item resource.Item[any], action resource.Action[any], err error) {
	if u.kind.Read == nil {
		return item, action, fmt.Errorf("a %s has no such action", u.kind.Singular)
	}
	if item, err = perform.Read(ctx, &u.kind, ref, ""); err != nil {
		return item, action, err
	}
	other := "" // what the key would do instead
	for _, a := range u.kind.Actions {
		if !slices.Contains(a.Verbs, verb) {
			continue
		}
		if is := a.Verb(item.Value); is != verb {
			other = is.Do
			continue
		}
		err = a.Refusal(item)
		if err != nil {
			err = &RefusedError{Verb: verb, Name: ref.Name, Reason: err}
		}
		return item, a, err
	}
	if other != "" {
		return item, action, &RefusedError{Verb: verb, Name: ref.Name, Reason: fmt.Errorf(
			"what can be done to it now is %s", other,
		)}
	}
	return item, action, fmt.Errorf("a %s has no such action", u.kind.Singular)
}

var errNoSuch = errors.New("there is none of this name")

// RefusedError says why something is not done; nothing was sent.
type RefusedError struct {
	Verb   views.Verb
	Name   string
	Reason error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("cannot %s %s: %v", e.Verb.Do, e.Name, e.Reason)
}

func (e *RefusedError) Unwrap() error { return e.Reason }

// Asking asks about what is done to objects of a kind without its T; its answers go to
// the mailbox of the view that it is for.
type Asking interface {
	views.Actor
	views.Preparer
	// Handle takes an answer, and tells whether it was one for it.
	Handle(msg tea.Msg) (cmd tea.Cmd, took bool)
}

// AskingOf asks about objects of a kind without its T, nil where nothing is done to them.
func AskingOf(kind any, env *views.Env, mail *views.Mailbox) Asking {
	if k, ok := kind.(interface {
		Asking(env *views.Env, mail *views.Mailbox) Asking
	}); ok {
		return k.Asking(env, mail)
	}
	return nil
}

// Asking gives what asks for whatever has no screen.
func (u untyped) Asking(env *views.Env, mail *views.Mailbox) Asking {
	return asking{&ask.Asker{
		Env: env, Kind: &u.kind, Mail: mail, Begun: func([]views.Ref) {},
	}}
}

type asking struct{ *ask.Asker }

// Handle implements Asking.
func (a asking) Handle(msg tea.Msg) (tea.Cmd, bool) {
	prepared, ok := msg.(ask.PreparedMsg)
	if !ok {
		return nil, false
	}
	return a.HandlePrepared(prepared), true
}

// EditorOf are the rules by which objects of a kind without its T are edited, nil
// where they are not.
func EditorOf(kind any) *edit.Rules {
	if e, ok := kind.(interface{ Editor() *edit.Rules }); ok {
		return e.Editor()
	}
	return nil
}

// Editor gives the rules for whatever has no screen.
func (u untyped) Editor() *edit.Rules { return u.kind.Rules() }

// Resume implements platform.Resumer: it goes on with a task at the step that is
// due, once the server answers.
func (u untyped) Resume(ctx context.Context, tasks views.Tasks, now func() time.Time, t *views.Task) views.DoneMsg {
	return perform.Resume(ctx, &u.kind, tasks, now, t)
}

// AddTab adds the tab of a kind's list, at all of its locations, to those of a session,
// and gives the kind without its T.
func AddTab[T any](tabs *[]platform.Tab, k resource.Kind[T]) platform.Kind {
	kind := untyped{resource.Untyped(k)}
	*tabs = append(*tabs, platform.Tab{Name: k.Name, Title: k.Title, Short: k.Short, Aliases: k.Aliases, New: kind.View})
	return kind
}
