package browse

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/resource"
)

// targets are the marked items, or the one under the cursor.
func (v *View) targets() []resource.Item[any] {
	keys := v.grid.Marked()
	if len(keys) == 0 {
		keys = []string{v.grid.Selected()}
	}
	var items []resource.Item[any]
	for _, k := range keys {
		if item, ok := v.list.item(k); ok {
			items = append(items, item)
		}
	}
	return items
}

// act asks about the targets.
func (v *View) act(a resource.Action[any], key string) tea.Cmd {
	items := v.targets()
	if len(items) == 0 {
		return nil
	}
	return v.asker.Ask(a, key, items)
}

// begun takes the marks of objects away to which something is begun, so that no key does
// the same twice; Report gives those back that failed.
func (v *View) begun(refs []views.Ref) {
	for _, ref := range refs {
		v.grid.SetMark(ref.UID, false)
		v.grid.SetReason(ref.UID, "")
	}
	v.frame.dirty = true
}

// Report implements views.Reporter: what failed is marked again, with the reason
// in its row.
func (v *View) Report(msg views.DoneMsg) {
	for _, r := range msg.Results {
		if r.Target.Kind != v.kind.Name || r.Err == nil {
			continue
		}
		if len(msg.Results) > 1 {
			v.grid.SetMark(r.Target.UID, true)
		}
		v.grid.SetReason(r.Target.UID, r.Err.Error())
		v.frame.dirty = true
	}
}

// Act implements views.Actor.
func (v *View) Act(msg views.ActMsg) tea.Cmd { return v.asker.Act(msg) }
