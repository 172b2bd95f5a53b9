package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/clean"
	"drey/views/diff"
	"drey/views/edit"
)

// howEdited is the member of a how that has what was changed in a text.
const howEdited = "edited"

// Edited is what a person changed in an object's text, as the how of a verb that sends
// it: the members that differ, as they were and as they are to be.
type Edited struct {
	Base any `json:"base"`
	Mine any `json:"mine"`
}

// how is a how with what was changed.
func (e Edited) how() (string, error) {
	text, err := json.Marshal(e)
	return url.Values{howEdited: {string(text)}}.Encode(), err
}

// ReadEdited is what was changed, of a how that says so.
func ReadEdited(how url.Values) (e Edited, err error) {
	var raw struct{ Base, Mine json.RawMessage }
	if err = json.Unmarshal([]byte(how.Get(howEdited)), &raw); err != nil {
		return e, fmt.Errorf("what was changed cannot be read: %w", err)
	}
	if e.Base, err = diff.Parse(raw.Base); err == nil {
		e.Mine, err = diff.Parse(raw.Mine)
	}
	return e, err
}

// Back is what takes it back.
func (e Edited) Back() Edited { return Edited{e.Mine, e.Base} }

// Into puts the change into a document as it is by now. What others changed meanwhile
// stays; where they changed the same it is an error.
func (e Edited) Into(doc any) (any, error) {
	merged, conflicts := diff.Merge(e.Base, e.Mine, doc)
	if len(conflicts) > 0 {
		return nil, fmt.Errorf("%s was changed meanwhile, too: nothing of the change was sent", conflicts[0].Path)
	}
	return merged, nil
}

// editedOf is what a change of an editor changes.
func editedOf(c edit.Change) Edited {
	base, mine := differing(c.Live, c.Merged)
	return Edited{base, mine}
}

// differing are the members of two documents that differ.
func differing(a, b any) (any, any) {
	x, okX := a.(map[string]any)
	y, okY := b.(map[string]any)
	if !okX || !okY {
		return a, b
	}
	left, right := map[string]any{}, map[string]any{}
	for name, value := range x {
		other, there := y[name]
		switch {
		case !there:
			left[name] = value
		case !diff.Equal(value, other):
			left[name], right[name] = differing(value, other)
		}
	}
	for name, value := range y {
		if _, there := x[name]; !there {
			right[name] = value
		}
	}
	return left, right
}

// errSecretChanged tells that a change cannot be sent in steps.
var errSecretChanged = errors.New("the change has a secret in it, and its steps are written down: apply it instead")

// editFirst opens the text of an item whose way wants that; false: it does not.
func (v *View[T]) editFirst(a Action[T], items []Item[T], how string) (tea.Cmd, bool) {
	if a.Edited == nil || len(items) != 1 {
		return nil, false
	}
	verb, edited := a.Edited(how)
	if !edited {
		return nil, false
	}
	item := items[0]
	name := clean.Text(v.kind.NameOf(item.Value))
	if err := v.editRefusal(item.Value); err != nil {
		return refused(name, "edit", err.Error()), true
	}
	start := edit.Start{Target: v.kind.ref(item)}
	if verb != (views.Verb{}) {
		start.Through = v.through(a, verb, item)
	}
	return v.openEdit("edit "+name, start), true
}

// through sends a change in the stages of a verb.
func (v *View[T]) through(a Action[T], verb views.Verb, item Item[T]) *edit.Through {
	stages := func(c edit.Change) ([]Stage[T], string, error) {
		how, err := editedOf(c).how()
		if err != nil {
			return nil, "", err
		}
		return a.Stages(verb, item, how), how, nil
	}
	return &edit.Through{
		Verb: verb,
		Plan: func(c edit.Change) []views.Step {
			all, _, _ := stages(c) // Refuse says why there are none
			return stepsOf(all)
		},
		Refuse: func(c edit.Change) error {
			e := editedOf(c)
			if hasSecret(nil, e.Base) || hasSecret(nil, e.Mine) {
				return errSecretChanged
			}
			_, _, err := stages(c)
			return err
		},
		Run: func(c edit.Change, doing, draft string, done func()) tea.Cmd {
			all, how, err := stages(c)
			if err != nil {
				return views.Send(views.ErrorMsg{Doing: doing, Err: err})
			}
			return v.box.Report(doing, func(ctx context.Context) views.DoneMsg {
				p := newPerformer(&v.kind, a, 1)
				p.tasks, p.now = v.env.Tasks, v.env.Now
				t := &views.Task{
					Target: v.kind.ref(item), Verb: verb, How: how, Began: p.now(), Resumable: true,
					Steps: taskSteps(all), Draft: draft,
				}
				if v.kind.Made != nil {
					t.Made = v.kind.Made(item.Value)
				}
				if a.Undo != nil {
					t.Undo = a.Undo(verb)
				}
				r := p.perform(ctx, item, t, all)
				if r.err == nil {
					done()
				}
				return summary([]result{r}, []views.Ref{t.Target}, []views.Verb{verb})
			})
		},
	}
}

// oneAtATime leaves out the ways that open a text: there is one of it.
func oneAtATime[T any](a Action[T], ways []views.Choice, several bool) []views.Choice {
	if a.Edited == nil {
		return ways
	}
	var out []views.Choice
	for _, c := range ways {
		if _, c.Opens = a.Edited(c.How); c.Opens && several {
			continue
		}
		out = append(out, c)
	}
	return out
}
