package browse

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/resource"
)

// neighbours opens a page of an item from which the same page of the next or the
// previous row can be shown: the cursor of this list goes with it.
func (v *View[T]) neighbours(open func(resource.Item[T]) tea.Cmd, item resource.Item[T]) tea.Cmd {
	cmd := open(item)
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return v.withStep(open, cmd()) }
}

func (v *View[T]) withStep(open func(resource.Item[T]) tea.Cmd, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case views.Later:
		return views.Later(func() tea.Msg { return v.withStep(open, msg()) })
	case views.OpenMsg:
		msg.Step = func(by int) tea.Cmd { return v.stepTo(open, by) }
		return msg
	}
	return msg
}

// stepTo opens the page of the row that is by further on; nil at the end.
func (v *View[T]) stepTo(open func(resource.Item[T]) tea.Cmd, by int) tea.Cmd {
	before := v.grid.Selected()
	v.grid.Move(by)
	v.frame.dirty = true
	item, ok := v.selected()
	if !ok || v.grid.Selected() == before {
		return nil
	}
	return v.neighbours(open, item)
}
