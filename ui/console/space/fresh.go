package space

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
)

// Freshness is of the view in front where it polls, else of the environments. A
// view of what this server does not have says nothing of the server.
func (s *Space) Freshness() views.Freshness {
	if a, ok := s.Front().(views.Absent); ok && a.Absent() {
		return s.ScopesPane.Freshness()
	}
	if f, ok := s.Front().(views.Fresher); ok {
		if fresh := f.Freshness(); !fresh.At.IsZero() || fresh.Err != nil {
			return fresh
		}
	}
	return s.freshBehind()
}

// freshBehind is of what is behind a view that asks nothing, such as a form: the
// environments. Where there are none it is the list in the tab, and the counts of it
// once that has rested too long.
func (s *Space) freshBehind() views.Freshness {
	fresh := s.ScopesPane.Freshness()
	if f, ok := s.view(s.Nav.Tab).(views.Fresher); ok && s.Session.Scopes == nil {
		list := f.Freshness()
		rested := s.Env.Now().Sub(list.At) > list.Stale()
		if !rested || fresh.At.IsZero() && fresh.Err == nil {
			return list
		}
	}
	return fresh
}

// hurrier polls quickly for a while.
type hurrier interface{ Hurry() tea.Cmd }

// Hurry asks quickly for a while: something was done, and its phases are wanted.
func (s *Space) Hurry() tea.Cmd {
	if v, ok := s.Front().(hurrier); ok {
		return v.Hurry()
	}
	return s.Refresh()
}

// Refresh asks at once for what is in front.
func (s *Space) Refresh() tea.Cmd {
	if v, ok := s.Front().(views.Refresher); ok {
		return v.Refresh()
	}
	return nil
}

// Correct tells the environments what the lists know better.
func (s *Space) Correct(v views.View) tea.Cmd {
	l, ok := v.(interface {
		Tallies() map[string]views.Tally
		ReadAt(scope string) time.Time
	})
	if !ok {
		return nil
	}
	for _, t := range s.Tabs {
		if t.View == v {
			return s.ScopesPane.Take(t.Name, l.Tallies(), l.ReadAt)
		}
	}
	return nil
}
