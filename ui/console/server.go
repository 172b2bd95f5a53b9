package console

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/space"
	"drey/views"
	"drey/views/detail"
)

// openServer shows what is known of the server in front: what it is, how it is
// reached, and what it tells of itself.
func (r *Root) openServer() tea.Cmd {
	s := r.Space
	return r.Push(space.Page{Title: "server", Make: func(env *views.Env) views.View {
		return detail.NewWrapped(env, "server", s.Describe)
	}})
}
