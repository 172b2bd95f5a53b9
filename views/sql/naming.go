package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
	"drey/views/sql/queries"
)

// naming asks for the name of the buffer.
type naming struct {
	view    *View
	line    input.Line
	problem string
}

// askName lays the question over the editor.
func (v *View) askName() tea.Cmd {
	v.over = newNaming(v)
	return nil
}

func newNaming(v *View) *naming {
	n := &naming{view: v}
	n.line.Set(v.buffer().Name)
	return n
}

func (n *naming) Update(msg tea.KeyMsg) (cmd tea.Cmd, done bool) {
	keys := n.view.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Cancel):
		return nil, true
	case keymap.Matches(msg, keys.Accept):
		if err := n.view.rename(n.line.Value()); err != nil {
			n.problem = err.Error()
			return nil, false
		}
		return n.view.saveSoon(), true
	}
	n.problem = ""
	n.line.Update(msg, keys)
	return nil, false
}

func (n *naming) Hints() []views.Hint {
	k := n.view.env.Keys.Line
	return []views.Hint{{Binding: k.Accept, Label: "rename"}, {Binding: k.Cancel, Label: "leave it"}}
}

func (n *naming) Box(width, height int) []string {
	t := n.view.env.Theme
	width = min(width, queries.MaxName+8)
	lines := []string{" " + n.line.View(t, width-4)}
	if n.problem != "" {
		lines = append(lines, " "+t.Tone(themes.Bad).Render(clean.Cut(
			clean.Text(n.problem), width-4, t.Glyphs.Ellipsis,
		)))
	}
	return frame.Box(t, true, width, min(len(lines)+2, height), t.Strong.Render("Name of the buffer"), "", lines)
}
