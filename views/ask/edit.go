package ask

import (
	"context"
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/edit"
	"drey/views/resource"
)

// Edit opens an object as a text.
func (s *Asker) Edit(item resource.Item[any]) tea.Cmd { return s.EditChanged(item, nil) }

// EditChanged opens an object as a text after a change; nil: as it is.
func (s *Asker) EditChanged(item resource.Item[any], change func(doc any) any) tea.Cmd {
	name := clean.Text(s.Kind.NameOf(item.Value))
	if err := s.editRefusal(item.Value); err != nil {
		return refused(name, "edit", err.Error())
	}
	return s.openEdit("edit "+name, edit.Start{Target: s.Kind.Ref(item), Change: change})
}

// editRefusal is why an object is not edited, nil when it is.
func (s *Asker) editRefusal(value any) error {
	switch e := s.Kind.Editor; {
	case e == nil:
		return fmt.Errorf("a %s has nothing that can be edited", s.Kind.Singular)
	case s.Env.Server.ReadOnly != views.Writable:
		return errReadOnly
	case e.CreateOnly != "":
		return errors.New(e.CreateOnly)
	case e.Refuse != nil:
		return e.Refuse(value)
	}
	return nil
}

func (s *Asker) openEdit(title string, start edit.Start) tea.Cmd {
	rules := s.Kind.Rules()
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return edit.New(env, rules, start)
	}})
}

// createRefusal is why nothing is created here, nil when it can be.
func (s *Asker) createRefusal() error {
	switch e := s.Kind.Editor; {
	case e == nil || e.Template == nil:
		return fmt.Errorf("no %s is created from here", s.Kind.Singular)
	case s.Env.Server.ReadOnly != views.Writable:
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

// Create asks what a new object of a location begins with; by is the key that asked.
// selected is what it may be a copy of, nil for nothing.
func (s *Asker) Create(by string, at resource.Location, selected *resource.Item[any]) tea.Cmd {
	if err := s.createRefusal(); err != nil {
		return views.Notice(themes.Warn, "cannot create: "+err.Error())
	}
	here := views.Ref{Kind: s.Kind.Name, Scope: at.Scope, Parent: at.Parent}
	from := here
	ask := views.Confirmation{
		Title: "New " + s.Kind.Singular, Button: "Begin", Asked: by, Plan: "create",
		Which:   "What should it begin with?",
		Choices: []views.Choice{{How: fromTemplate, Label: "A template", Detail: "what is usual, with comments"}},
	}
	if selected != nil {
		from = s.Kind.Ref(*selected)
		ask.Choices = append(ask.Choices, views.Choice{
			How: fromCopy, Label: "A copy of " + from.Name, Detail: copyDetail(s.Kind.Editor.Within),
		})
	}
	if s.Env.Editing.ReadFile != nil {
		ask.Choices = append(ask.Choices, views.Choice{
			How: fromFile, Label: "A file", Detail: "YAML or JSON, such as was kept in Git",
		})
	}
	title := "new " + s.Kind.Singular
	ask.Run = func(how string) tea.Cmd {
		switch how {
		case fromTemplate:
			return s.openEdit(title, edit.Start{New: true, Target: here})
		case fromCopy:
			return s.openEdit(title, edit.Start{New: true, Copy: true, Target: from})
		case fromFile:
			return s.openEdit(title, edit.Start{New: true, File: true, Target: here})
		}
		return s.openEdit(title, edit.Start{New: true, Draft: how, Target: here})
	}
	if len(ask.Choices) == 1 && s.Env.Editing.Drafts == nil {
		return ask.Run(fromTemplate)
	}
	ask.Load = s.withDrafts(ask)
	return views.Send(views.ConfirmMsg{Confirmation: ask})
}

func copyDetail(within string) string {
	switch within {
	case "":
		return "under another name"
	case "of": // of a savepoint
		return "under another name, or of another job"
	}
	return "under another name, or for another " + within
}

// withDrafts adds new objects that were begun, once they are known.
func (s *Asker) withDrafts(ask views.Confirmation) func(context.Context) views.Confirmation {
	drafts, kind, server := s.Env.Editing.Drafts, s.Kind.Name, s.Env.Server.Name
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

// EditHints are the keys of the editor; selected is the object that they are about, nil for
// none.
func (s *Asker) EditHints(selected *resource.Item[any]) []views.Hint {
	if s.Kind.Editor == nil {
		return nil
	}
	change, create := views.Hint{Binding: s.Env.Keys.Table.Edit}, views.Hint{Binding: s.Env.Keys.Table.Create}
	var hints []views.Hint
	if selected != nil && s.Kind.Editor.CreateOnly == "" {
		if err := s.editRefusal(selected.Value); err != nil {
			change.Refused = err.Error()
		}
		hints = append(hints, change)
	}
	if s.Kind.Editor.Template != nil {
		if err := s.createRefusal(); err != nil {
			create.Refused = err.Error()
		}
		hints = append(hints, create)
	}
	return hints
}
