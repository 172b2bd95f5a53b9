package browse

import (
	"context"
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/edit"
)

// EditorOf are the rules by which objects of a kind without its T are edited, nil
// where they are not.
func EditorOf(kind any) *edit.Rules {
	if e, ok := kind.(interface{ Editor() *edit.Rules }); ok {
		return e.Editor()
	}
	return nil
}

// Editor gives the rules for whatever has no screen.
func (u untyped[T]) Editor() *edit.Rules { return u.kind.Rules() }

// edit opens the selected object as a text.
func (v *View[T]) edit() tea.Cmd {
	item, ok := v.selected()
	if !ok {
		return nil
	}
	name := clean.Text(v.kind.NameOf(item.Value))
	if err := v.editRefusal(item.Value); err != nil {
		return refused(name, "edit", err.Error())
	}
	return v.openEdit("edit "+name, edit.Start{Target: v.kind.Ref(item)})
}

// editRefusal is why an object is not edited, nil when it is.
func (v *View[T]) editRefusal(value T) error {
	switch e := v.kind.Editor; {
	case e == nil:
		return fmt.Errorf("a %s has nothing that can be edited", v.kind.Singular)
	case v.env.Server.ReadOnly != views.Writable:
		return errReadOnly
	case e.CreateOnly != "":
		return errors.New(e.CreateOnly)
	case e.Refuse != nil:
		return e.Refuse(value)
	}
	return nil
}

func (v *View[T]) openEdit(title string, start edit.Start) tea.Cmd {
	rules := v.kind.Rules()
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return edit.New(env, rules, start)
	}})
}

// createRefusal is why nothing is created here, nil when it can be.
func (v *View[T]) createRefusal() error {
	switch e := v.kind.Editor; {
	case e == nil || e.Template == nil:
		return fmt.Errorf("no %s is created from here", v.kind.Singular)
	case v.env.Server.ReadOnly != views.Writable:
		return errReadOnly
	}
	return nil
}

// The ways to begin a new object, beside the drafts.
const (
	fromTemplate = ""
	fromCopy     = "copy"
	fromFile     = "file"
)

// create asks what a new object begins with.
func (v *View[T]) create(asked string) tea.Cmd {
	if err := v.createRefusal(); err != nil {
		return views.Notice(themes.Warn, "cannot create: "+err.Error())
	}
	here := views.Ref{Kind: v.kind.Name, Scope: v.at.Scope, Parent: v.at.Parent}
	from := here
	item, selected := v.selected()
	ask := views.Confirmation{
		Title: "New " + v.kind.Singular, Button: "Begin", Asked: asked, Plan: "create",
		Which:   "What should it begin with?",
		Choices: []views.Choice{{How: fromTemplate, Label: "A template", Detail: "what is usual, with comments"}},
	}
	if selected {
		from = v.kind.Ref(item)
		ask.Choices = append(ask.Choices, views.Choice{
			How: fromCopy, Label: "A copy of " + from.Name, Detail: copyDetail(v.kind.Editor.Within),
		})
	}
	if v.env.Editing.ReadFile != nil {
		ask.Choices = append(ask.Choices, views.Choice{
			How: fromFile, Label: "A file", Detail: "YAML or JSON, such as was kept in Git",
		})
	}
	title := "new " + v.kind.Singular
	ask.Run = func(how string) tea.Cmd {
		switch how {
		case fromTemplate:
			return v.openEdit(title, edit.Start{New: true, Target: here})
		case fromCopy:
			return v.openEdit(title, edit.Start{New: true, Copy: true, Target: from})
		case fromFile:
			return v.openEdit(title, edit.Start{New: true, File: true, Target: here})
		}
		return v.openEdit(title, edit.Start{New: true, Draft: how, Target: here})
	}
	if len(ask.Choices) == 1 && v.env.Editing.Drafts == nil {
		return ask.Run(fromTemplate)
	}
	ask.Load = v.withDrafts(ask)
	return views.Send(views.ConfirmMsg{Confirmation: ask})
}

func copyDetail(within string) string {
	if within == "" {
		return "under another name"
	}
	return "under another name, or for another " + within
}

// withDrafts adds new objects that were begun, once they are known.
func (v *View[T]) withDrafts(ask views.Confirmation) func(context.Context) views.Confirmation {
	drafts, kind, server := v.env.Editing.Drafts, v.kind.Name, v.env.Server.Name
	if drafts == nil {
		return func(context.Context) views.Confirmation { return ask }
	}
	return func(context.Context) views.Confirmation {
		list, err := drafts.List()
		if err != nil {
			ask.Facts = []views.Fact{{Label: "drafts", Text: "could not be read: " + err.Error(), Tone: themes.Warn}}
		}
		more := ask
		more.Choices = append([]views.Choice(nil), ask.Choices...)
		for _, d := range list {
			if d.New && d.Target.Kind == kind && d.Target.Context == server && len(more.Choices) < maxCreateChoices {
				more.Choices = append(more.Choices, views.Choice{
					How: d.ID, Label: "The draft of " + d.Changed.Local().Format("2 January 15:04"),
					Detail: draftDetail(d),
				})
			}
		}
		return more
	}
}

// maxCreateChoices is how many ways to begin a dialog shows; all drafts are in the
// page of them.
const maxCreateChoices = 6

func draftDetail(d views.Draft) string {
	if d.Problem != "" {
		return "not created: " + d.Problem
	}
	return "not created yet"
}

// editHints are the keys of the editor.
func (v *View[T]) editHints() []views.Hint {
	if v.kind.Editor == nil {
		return nil
	}
	change, create := views.Hint{Binding: v.env.Keys.Table.Edit}, views.Hint{Binding: v.env.Keys.Table.Create}
	var hints []views.Hint
	if item, ok := v.selected(); ok && v.kind.Editor.CreateOnly == "" {
		if err := v.editRefusal(item.Value); err != nil {
			change.Refused = err.Error()
		}
		hints = append(hints, change)
	}
	if v.kind.Editor.Template != nil {
		if err := v.createRefusal(); err != nil {
			create.Refused = err.Error()
		}
		hints = append(hints, create)
	}
	return hints
}
