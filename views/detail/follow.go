package detail

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
)

// toggleFollow begins to keep the newest entry in sight while others come, or ends it.
// What is followed is loaded as often as what changes.
func (v *View) toggleFollow() tea.Cmd {
	v.follows, v.dirty = !v.follows, true
	if !v.follows {
		return nil
	}
	v.showNewest()
	return v.Refresh()
}

// showNewest scrolls to the newest entry: with all that is above it, where that leaves
// half of the page for entries.
func (v *View) showNewest() {
	v.scroll.top = 0
	if e := v.doc.Entries; len(e) > 0 && e[0] > v.page()/2 {
		v.scroll.top = e[0]
	}
	v.clamp()
}

// following says that the newest entry is followed, "" where it is not.
func (v *View) following() string {
	if !v.follows {
		return ""
	}
	return "  " + v.env.Theme.Accent.Render("follows")
}

func (v *View) followHint() views.Hint {
	label := "follow"
	if v.follows {
		label = "stop following"
	}
	return views.Hint{Binding: v.env.Keys.Text.Follow, Label: label}
}
