package browse

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/resource"
)

// awaited is an object that was made from here and is not in the list yet.
type awaited struct {
	made  views.MadeMsg
	until time.Time
}

// Made implements views.MadeTaker: the list is asked again at once, and the cursor goes to
// the object when it comes, unless a key was pressed in the list since.
func (v *View) Made(msg views.MadeMsg) tea.Cmd {
	if msg.Target.Kind != v.kind.Name || v.frame.keyAt.After(msg.Began) || msg == v.shownMade {
		return nil
	}
	v.awaited = awaited{msg, v.env.Now().Add(hurryFor)}
	return v.Hurry()
}

// findMade puts the cursor on the object that was made; where it is not shown it says why.
func (v *View) findMade() tea.Cmd {
	a := v.awaited
	target := a.made.Target
	switch {
	case target.Kind == "":
		return nil
	case v.frame.keyAt.After(a.made.Began), v.env.Now().After(a.until):
		v.awaited = awaited{}
		return nil
	case v.at.Scope != "" && target.Scope != "" && v.at.Scope != target.Scope:
		v.awaited = awaited{}
		return views.Notice(themes.Warn, clean.Text(target.Name+" is in "+target.Scope+", this is the list of "+v.at.Scope))
	}
	for i, item := range v.list.items {
		if !isOf(item.Location, target) || !v.isMade(item, target) {
			continue
		}
		v.awaited, v.shownMade, v.frame.dirty = awaited{}, a.made, true
		if key := v.list.rows[i].Key; !v.grid.Select(key) {
			v.hiddenMade = key
			return views.Notice(themes.Warn, clean.Text(target.Name)+" is there, and the filter hides it: "+
				v.env.Keys.Move.Escape.Help().Key+" lifts it")
		}
		return nil
	}
	return nil
}

// isMade tells whether an item is what was made, by its key where that is known, else by
// its name or by what it was called before its server named it.
func (v *View) isMade(item resource.Item[any], target views.Ref) bool {
	if target.UID != "" {
		return v.kind.Key(item) == target.UID
	}
	return v.kind.NameOf(item.Value) == target.Name || v.kind.MadeAs != nil && v.kind.MadeAs(item.Value, target.Name)
}

// selectHidden puts the cursor on what was made once the filter no longer hides it.
func (v *View) selectHidden() {
	if v.hiddenMade == "" || !slices.Contains(v.grid.ShownKeys(), v.hiddenMade) {
		return
	}
	v.grid.Select(v.hiddenMade)
	v.hiddenMade = ""
}

// isOf tells whether an object of this address is at a location.
func isOf(at *resource.Location, ref views.Ref) bool {
	if at == nil {
		return ref.Scope == ""
	}
	return at.Scope == ref.Scope && (at.Parent == "" || ref.Parent == "" || at.Parent == ref.Parent)
}
