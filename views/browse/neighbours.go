package browse

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/resource"
)

// neighbours opens a page of an item from which the same page of the next or the
// previous row can be shown: the cursor of this list goes with it.
func (v *View) neighbours(open func(resource.Item[any]) tea.Cmd, item resource.Item[any]) tea.Cmd {
	cmd := open(item)
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return v.withStep(open, item.Location, cmd()) }
}

// withStep gives a page its neighbours, and the scope of its object, which its title has and
// the path to it, too, where the list is of all scopes.
func (v *View) withStep(open func(resource.Item[any]) tea.Cmd, at *resource.Location, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case views.Later:
		return views.Later(func() tea.Msg { return v.withStep(open, at, msg()) })
	case views.OpenMsg:
		msg.Step = func(by int) tea.Cmd { return v.stepTo(open, by) }
		if at == nil || at.Scope == "" {
			return msg
		}
		if v.at.Scope == "" {
			msg.Title += " in " + at.Scope
		}
		bare := msg.Make
		msg.Make = func(env *views.Env) views.View {
			page := bare(env)
			if p, ok := page.(views.ScopeNamed); ok {
				p.SetScope(at.Scope)
			}
			return page
		}
		return msg
	}
	return msg
}

// stepTo opens the page of the row that is by further on; nil at the end.
func (v *View) stepTo(open func(resource.Item[any]) tea.Cmd, by int) tea.Cmd {
	before := v.grid.Selected()
	v.grid.Move(by)
	v.frame.dirty = true
	item, ok := v.selected()
	if !ok || v.grid.Selected() == before {
		return nil
	}
	return v.neighbours(open, item)
}
