package console

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/ui/console/contexts"
	"drey/ui/console/space"
	"drey/views"
)

// contexts are all that can be shown, the one that was shown first among them.
func (r *Root) contexts() []space.Context {
	return slices.Concat([]space.Context{r.opts.Context}, r.opts.Others)
}

// settings are what contexts are opened with now.
func (r *Root) settings() space.Settings {
	o := &r.opts
	return space.Settings{
		Theme: r.theme, Keys: o.Keys, Now: o.Now, ReadFile: o.ReadFile, External: o.Editor != "" && o.Out != nil,
		Contexts: r.contexts(),
	}
}

// contextNamed is the place of a context among contexts, -1 for none.
func (r *Root) contextNamed(name string) int {
	return slices.IndexFunc(r.contexts(), func(c space.Context) bool { return c.Name == name })
}

// spaceOf is what is shown of a context, nil before it was looked at.
func (r *Root) spaceOf(name string) *space.Space {
	i := slices.IndexFunc(r.spaces, func(s *space.Space) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return r.spaces[i]
}

// openSpace opens a context unless it is open. One that could not be opened is
// tried again: the file that was missing may be there now.
func (r *Root) openSpace(c space.Context) (*space.Space, tea.Cmd) {
	s := r.spaceOf(c.Name)
	switch {
	case s == nil:
		s = space.New(r.box.Context, c, r.settings())
		r.spaces = append(r.spaces, s)
	case s.Err != nil:
		for _, v := range s.Views() {
			v.Close()
		}
		s.Reopen(r.box.Context, r.settings())
		if s == r.Space {
			return s, tea.Batch(r.restoreSpace(), r.showSpace())
		}
	}
	return s, nil
}

// switchMsg asks for a context by its name.
type switchMsg struct{ name string }

// switchContext shows another context as it was left, and waits for nothing of its server.
func (r *Root) switchContext(name string) tea.Cmd {
	all, i := r.contexts(), r.contextNamed(name)
	switch {
	case i < 0:
		return views.Notice(warnTone, "there is no context "+name)
	case name == r.Space.Name:
		return views.Notice(dimTone, "this is "+name)
	}
	s, _ := r.openSpace(all[i]) // it is not the one in front, which is shown below
	r.closeOverlay()
	r.Hide()
	_ = r.ScopesPane.SetVisible(false) // hiding asks nothing
	width, height := r.Rects.Width, r.Rects.Height
	r.Space = s
	r.resize(width, height)
	if t := &r.status.toasts; t.now.Tone == warnTone && !t.until.IsZero() {
		t.until = r.Env.Now() // it was about the other one
	}
	r.expire()
	var cmds []tea.Cmd
	if !s.Begun {
		cmds = append(cmds, r.restoreSpace(), r.watchServer())
	}
	if r.stored.texts != nil {
		cmds = append(cmds, r.saveListsSoon())
	}
	return tea.Batch(append(cmds, r.showSpace())...)
}

// New lists the contexts, with how each of them is.
func (r *Root) newContextChooser() *contexts.Chooser {
	return contexts.New(contexts.Source{
		Context: r.box.Context, All: r.contexts(), Named: r.spaceOf, Open: r.openSpace, Closed: r.closeOverlay,
		Front:  func() *space.Space { return r.Space },
		Theme:  func() *themes.Theme { return r.theme },
		Switch: func(name string) tea.Msg { return switchMsg{name} },
	})
}
