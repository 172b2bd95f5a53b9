package scopes

import (
	"context"
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/edit"
	"drey/views/platform"
	"drey/views/resource"
)

// kind is that of the scopes, nil where they are no objects.
func (p *Pane) kind() platform.Kind {
	if p.session.Scopes == nil {
		return nil
	}
	for _, k := range p.session.Kinds {
		if k.Info().Name == p.session.Scopes.Plural {
			return k
		}
	}
	return nil
}

// page opens what a key opens of the scope that is chosen.
func (p *Pane) page(msg tea.KeyMsg) tea.Cmd {
	if p.wanted == "" || p.kind() == nil {
		return nil
	}
	load := p.load(msg, p.wanted)
	if load == nil {
		return nil
	}
	return p.box.Ask("page", func(ctx context.Context) tea.Msg { return pageMsg{load(ctx)} })
}

// load is what opens the page of a key about a scope, nil where the key opens none.
// From the page that of the next scope can be shown; the list stays where it is.
func (p *Pane) load(key tea.KeyMsg, name string) func(context.Context) tea.Msg {
	load := browse.PageOf(p.kind(), p.env, key, views.Ref{Kind: p.session.Scopes.Plural, Name: name})
	if load == nil {
		return nil
	}
	return func(ctx context.Context) tea.Msg {
		msg := load(ctx)
		if open, ok := msg.(views.OpenMsg); ok {
			open.Step = func(by int) tea.Cmd { return p.step(key, name, by) }
			return open
		}
		return msg
	}
}

// step opens the page of the scope that is by rows further on; nil at the end.
func (p *Pane) step(key tea.KeyMsg, name string, by int) tea.Cmd {
	to := slices.IndexFunc(p.rows, func(r Row) bool { return r.Name == name }) + by
	if to < 1 || to >= len(p.rows) { // the first is all of them
		return nil
	}
	load, ctx := p.load(key, p.rows[to].Name), p.env.Context
	return views.Slow(func() tea.Msg { return load(ctx) })
}

// pageMsg is the message that opens a page, or says why none is opened.
type pageMsg struct{ msg tea.Msg }

// Preparing implements views.Preparer.
func (p *Pane) Preparing() string {
	switch {
	case p.box.Waiting("page"):
		return "opening " + p.wanted
	case p.asking != nil:
		return p.asking.Preparing()
	}
	return ""
}

// GiveUp implements views.Preparer.
func (p *Pane) GiveUp() tea.Cmd {
	if p.box.Waiting("page") || p.asking == nil {
		p.box.Cancel("page")
		return nil
	}
	return p.asking.GiveUp()
}

// deletes tells that scopes are deleted here.
func (p *Pane) deletes() bool {
	kind := p.kind()
	return kind != nil && slices.Contains(kind.Info().Verbs, resource.VerbDelete)
}

// delete asks before the scope that is chosen goes, as its list does.
func (p *Pane) delete(key string) tea.Cmd {
	if p.wanted == "" {
		return views.Notice(themes.Warn, "choose one "+p.session.Scopes.Singular+" to delete it")
	}
	if p.asking == nil {
		p.asking = browse.AskingOf(p.kind(), p.env, &p.box)
	}
	return p.asking.Act(views.ActMsg{
		Target: views.Ref{Kind: p.session.Scopes.Plural, Name: p.wanted}, Verb: resource.VerbDelete.Do, Asked: key,
	})
}

// rules are those by which scopes are edited, nil where they are not.
func (p *Pane) rules() *edit.Rules {
	return browse.EditorOf(p.kind())
}

// editRefusal is why no scope is edited or created, nil when they are.
func (p *Pane) editRefusal() error {
	switch {
	case p.rules() == nil:
		return fmt.Errorf("this server changes no %s", p.Title())
	case p.env.Server.ReadOnly != views.Writable:
		return fmt.Errorf("read-only: nothing is changed from here")
	}
	return nil
}

func (p *Pane) edit() tea.Cmd {
	if err := p.editRefusal(); err != nil {
		return views.Notice(themes.Warn, "cannot edit: "+err.Error())
	}
	if p.wanted == "" {
		return views.Notice(themes.Warn, "choose one "+p.session.Scopes.Singular+" to edit it")
	}
	return p.openEdit("edit "+p.wanted, edit.Start{Target: views.Ref{Kind: p.session.Scopes.Plural, Name: p.wanted}})
}

// create makes a new scope: from a template, as a copy of the one that is chosen, or from
// a file.
func (p *Pane) create() tea.Cmd {
	if err := p.editRefusal(); err != nil {
		return views.Notice(themes.Warn, "cannot create: "+err.Error())
	}
	p.creates = true
	start := edit.Start{New: true, Target: views.Ref{Kind: p.session.Scopes.Plural, Name: p.wanted}}
	title := "new " + p.session.Scopes.Singular
	choices := []views.Choice{{Label: "A template", Detail: "what is usual, with comments"}}
	if p.wanted != "" {
		choices = append(choices, views.Choice{How: "copy", Label: "A copy of " + p.wanted, Detail: "under another name"})
	}
	if p.env.Editing.ReadFile != nil {
		choices = append(choices, views.Choice{
			How: "file", Label: "A file", Detail: "YAML or JSON, such as was kept in Git",
		})
	}
	if len(choices) == 1 {
		return p.openEdit(title, start)
	}
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Title: "New " + p.session.Scopes.Singular, Button: "Begin", Plan: "create", Which: "What should it begin with?",
		Asked: p.env.Keys.Table.Create.Keys()[0], Choices: choices,
		Run: func(how string) tea.Cmd {
			start.Copy, start.File = how == "copy", how == "file"
			return p.openEdit(title, start)
		},
	}})
}

// Made implements views.MadeTaker: the scope that was made from here is chosen when it is
// listed, unless a key was pressed here since.
func (p *Pane) Made(msg views.MadeMsg) tea.Cmd {
	if !p.creates || msg.Target.Kind != p.session.Scopes.Plural {
		return nil
	}
	p.creates, p.awaited = false, msg.Target.Name
	return p.list()
}

// chooseMade chooses the scope that was made, where it is listed by now.
func (p *Pane) chooseMade() tea.Cmd {
	name := p.awaited
	if name == "" || !slices.ContainsFunc(p.rows, func(r Row) bool { return r.Name == name }) {
		return nil
	}
	p.awaited = ""
	p.Choose(name)
	return p.choose()
}

func (p *Pane) openEdit(title string, start edit.Start) tea.Cmd {
	rules := p.rules()
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return edit.New(env, rules, start)
	}})
}
