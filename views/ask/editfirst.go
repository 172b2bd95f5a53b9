package ask

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/clean"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/perform"
	"drey/views/resource"
)

// editedOf is what a change of an editor changes.
func editedOf(c edit.Change) resource.Edited {
	base, mine := differing(c.Live, c.Merged)
	return resource.Edited{Base: base, Mine: mine}
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
func (s *Asker) editFirst(a resource.Action[any], items []resource.Item[any], how string) (tea.Cmd, bool) {
	if a.Edited == nil || len(items) != 1 {
		return nil, false
	}
	verb, edited := a.Edited(how)
	if !edited {
		return nil, false
	}
	item := items[0]
	name := clean.Text(s.Kind.NameOf(item.Value))
	if err := s.editRefusal(item.Value); err != nil {
		return refused(name, "edit", err.Error()), true
	}
	start := edit.Start{Target: s.Kind.Ref(item)}
	if verb != (views.Verb{}) {
		start.Through = s.through(a, verb, item)
	}
	return s.openEdit("edit "+name, start), true
}

// through sends a change in the stages of a verb.
func (s *Asker) through(a resource.Action[any], verb views.Verb, item resource.Item[any]) *edit.Through {
	stages := func(c edit.Change) ([]resource.Stage[any], string, error) {
		how, err := editedOf(c).How()
		if err != nil {
			return nil, "", err
		}
		return a.Stages(verb, item, how), how, nil
	}
	return &edit.Through{
		Verb: verb,
		Plan: func(c edit.Change) []views.Step {
			all, _, _ := stages(c) // Refuse says why there are none
			return resource.StepsOf(all)
		},
		Refuse: func(c edit.Change) error {
			e := editedOf(c)
			if diff.HasSecret(e.Base) || diff.HasSecret(e.Mine) {
				return errSecretChanged
			}
			_, _, err := stages(c)
			return err
		},
		Run: func(c edit.Change, doing, draft string, done func()) tea.Cmd {
			_, how, err := stages(c)
			if err != nil {
				return views.Send(views.ErrorMsg{Doing: doing, Err: err})
			}
			return s.Mail.Report(doing, func(ctx context.Context) views.DoneMsg {
				job := perform.Job{Kind: s.Kind, Action: a, Tasks: s.Env.Tasks, Now: s.Env.Now}
				r := job.DoVerb(ctx, item, verb, how, draft)
				if r.Err == nil {
					done()
				}
				return perform.Summary([]perform.Result{r}, []views.Ref{s.Kind.Ref(item)}, []views.Verb{verb})
			})
		},
	}
}

// oneAtATime leaves out the ways that open a text: there is one of it.
func oneAtATime(a resource.Action[any], ways []views.Choice, several bool) []views.Choice {
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
