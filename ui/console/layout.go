package console

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/clean"
)

// rect is a part of the screen.
type rect struct{ x, y, width, height int }

func (a rect) holds(x, y int) bool {
	return x >= a.x && x < a.x+a.width && y >= a.y && y < a.y+a.height
}

// rects are where everything is, computed once a resize.
type rects struct {
	width, height int
	tabs          rect
	fleet         rect // no width where it is folded away
	main          rect
	page          rect
}

// The smallest room that everything has its place in.
const (
	minWidth   = 60
	minHeight  = 16
	fleetFrom  = 100 // cells; below, the environments fold away
	airyFrom   = 32  // lines; below, there are no empty ones
	fleetWidth = 28
)

// resize computes the rectangles and tells the views.
func (r *Root) resize(width, height int) {
	width, height = max(width, 1), max(height, 1)
	top, bottom := 1, 2
	if height >= airyFrom {
		top, bottom = 2, 3
	}
	f := 0
	if r.hasScopes() && width >= fleetFrom && !r.nav.zoomed && r.tabs[r.nav.tab].Name != sqlTab {
		f = fleetWidth
		if width >= 180 {
			f += 6
		}
	}
	body := max(height-top-bottom, 0)
	r.rects = rects{
		width: width, height: height,
		fleet: rect{0, top, f, body},
		tabs:  rect{f + 1, top, max(width-f-1, 0), 2},
		main:  rect{f + 1, top + 2, max(width-f-1, 0), max(body-2, 0)},
		page:  rect{0, top + 2, width, max(body-2, 0)},
	}
	if f == 0 {
		r.rects.tabs.x, r.rects.tabs.width = 0, width
		r.rects.main.x, r.rects.main.width = 0, width
		r.fleet.SetSize(width, r.rects.main.height)
	} else {
		r.fleet.SetSize(f, body)
	}
	for _, t := range r.tabs {
		if t.view != nil {
			t.view.SetSize(r.rects.main.width, r.rects.main.height)
		}
	}
	for _, p := range r.nav.pages {
		p.view.SetSize(r.rects.page.width, r.rects.page.height)
	}
	if r.over != nil {
		r.over.SetSize(width, height)
	}
	r.dirty = true
}

// folded tells that the environments have no pane of their own.
func (r *Root) folded() bool { return r.rects.fleet.width == 0 }

// under is the view at a point of the screen and where it is.
func (r *Root) under(x, y int) (views.View, rect) {
	switch {
	case len(r.nav.pages) > 0:
		if r.rects.page.holds(x, y) {
			return r.front(), r.rects.page
		}
	case !r.folded() && r.rects.fleet.holds(x, y):
		return r.fleet, r.rects.fleet
	case r.rects.main.holds(x, y):
		return r.focusedIn(), r.rects.main
	}
	return nil, rect{}
}

// focusedIn is what is drawn in the main rectangle.
func (r *Root) focusedIn() views.View {
	if r.folded() && r.nav.focus == onFleet {
		return r.fleet
	}
	return r.front()
}

func (r *Root) clickTab(x, y int) tea.Cmd {
	if y != r.rects.tabs.y {
		return nil
	}
	at := r.rects.tabs.x
	for _, label := range r.tabLabels() {
		if w := clean.Width(label.text()); x >= at && x < at+w {
			if label.tab < 0 {
				return r.pane("1")
			}
			return r.switchTo(label.tab)
		}
		at += clean.Width(label.text()) + r.tabGap()
	}
	return nil
}
