package space

import "drey/views"

// rect is a part of the screen.
type rect struct{ X, Y, Width, Height int }

func (a rect) holds(x, y int) bool {
	return x >= a.X && x < a.X+a.Width && y >= a.Y && y < a.Y+a.Height
}

// Rects are where everything is, computed once a resize.
type Rects struct {
	Width, Height int
	Tabs          rect
	Scopes        rect // no width where it is folded away
	Main          rect
	Page          rect
}

// The smallest room that everything has its place in.
const (
	MinWidth    = 60
	MinHeight   = 16
	ScopesFrom  = 100 // cells; below, the environments fold away
	airyFrom    = 32  // lines; below, there are no empty ones
	scopesWidth = 28
)

// Resize computes the rectangles and tells the views.
func (s *Space) Resize(width, height int) {
	width, height = max(width, 1), max(height, 1)
	top, bottom := 1, 2
	if height >= airyFrom {
		top, bottom = 2, 3
	}
	f := 0
	if s.HasScopes() && width >= ScopesFrom && !s.Nav.zoomed && s.Tabs[s.Nav.Tab].Name != SQLTab {
		f = scopesWidth
		if width >= 180 {
			f += 6
		}
	}
	body := max(height-top-bottom, 0)
	s.Rects = Rects{
		Width: width, Height: height,
		Scopes: rect{0, top, f, body},
		Tabs:   rect{f + 1, top, max(width-f-1, 0), 2},
		Main:   rect{f + 1, top + 2, max(width-f-1, 0), max(body-2, 0)},
		Page:   rect{0, top + 2, width, max(body-2, 0)},
	}
	if f == 0 {
		s.Rects.Tabs.X, s.Rects.Tabs.Width = 0, width
		s.Rects.Main.X, s.Rects.Main.Width = 0, width
		s.ScopesPane.SetSize(width, s.Rects.Main.Height)
	} else {
		s.ScopesPane.SetSize(f, body)
	}
	for _, t := range s.Tabs {
		if t.View != nil {
			t.View.SetSize(s.Rects.Main.Width, s.Rects.Main.Height)
		}
	}
	for _, p := range s.Nav.Pages {
		p.view.SetSize(s.Rects.Page.Width, s.Rects.Page.Height)
	}
}

// Folded tells that the environments have no pane of their own.
func (s *Space) Folded() bool { return s.Rects.Scopes.Width == 0 }

// Under is the view at a point of the screen and where it is.
func (s *Space) Under(x, y int) (views.View, rect) {
	switch {
	case len(s.Nav.Pages) > 0:
		if s.Rects.Page.holds(x, y) {
			return s.Front(), s.Rects.Page
		}
	case !s.Folded() && s.Rects.Scopes.holds(x, y):
		return s.ScopesPane, s.Rects.Scopes
	case s.Rects.Main.holds(x, y):
		return s.FocusedIn(), s.Rects.Main
	}
	return nil, rect{}
}

// FocusedIn is what is drawn in the main rectangle.
func (s *Space) FocusedIn() views.View {
	if s.Folded() {
		return s.Focused()
	}
	return s.Front()
}

// Zoom gives the focused pane the room of the others.
func (s *Space) Zoom() {
	z, ok := s.Front().(interface{ Zoom() })
	if ok {
		z.Zoom()
	}
	if len(s.Nav.Pages) > 0 {
		return // a page has the whole screen
	}
	s.Nav.zoomed = !s.Nav.zoomed
	s.Resize(s.Rects.Width, s.Rects.Height)
}
