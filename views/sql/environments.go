package sql

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
)

// chooser asks in which environment statements are to run. What is typed leaves
// those whose names hold it.
type chooser struct {
	view    *View
	line    input.Line
	names   []string
	shown   []string // of names
	err     error
	loaded  bool
	entered bool // before the names came
	cursor  int
	running bool // the statement under the cursor is to be run then
}

type environmentsMsg struct {
	names []string
	err   error
}

// askEnvironment lays the chooser over the editor; run says that a statement
// waits for the answer.
func (v *View) askEnvironment(run bool) tea.Cmd {
	scoper, ok := v.engine.(statement.Scoper)
	if !ok {
		return nil
	}
	v.over = &chooser{view: v, running: run}
	return v.mail.Ask("environments", func(ctx context.Context) tea.Msg {
		names, err := scoper.Scopes(ctx)
		return environmentsMsg{names: names, err: err}
	})
}

// takeEnvironments fills the chooser that waits. A single environment needs no
// choice.
func (v *View) takeEnvironments(msg environmentsMsg) tea.Cmd {
	c, waits := v.over.(*chooser)
	if !waits {
		return nil
	}
	c.loaded, c.names, c.err = true, msg.names, msg.err
	c.find()
	if len(c.names) == 1 && c.running || c.entered && c.line.Value() != "" && len(c.shown) == 1 {
		return c.take()
	}
	return nil
}

// find leaves the names that hold what was typed, one that is the same first; the
// cursor is on the environment that is chosen already, where that is among them.
func (c *chooser) find() {
	typed := strings.ToLower(c.line.Value())
	c.shown = c.shown[:0]
	for _, name := range c.names {
		if lower := strings.ToLower(name); lower == typed {
			c.shown = slices.Insert(c.shown, 0, name)
		} else if strings.Contains(lower, typed) {
			c.shown = append(c.shown, name)
		}
	}
	c.cursor = 0
	if typed == "" {
		c.cursor = max(slices.Index(c.shown, c.view.target.environment), 0)
	}
}

// take runs statements in the environment under the cursor from now on.
func (c *chooser) take() tea.Cmd {
	v := c.view
	v.over = nil
	v.say("", false)
	v.buffers.Version++
	cmd := tea.Batch(v.runIn(c.shown[c.cursor]), v.saveSoon())
	if !c.running {
		return cmd
	}
	return tea.Batch(cmd, v.runUnderCursor())
}

func (c *chooser) Update(msg tea.KeyMsg) (cmd tea.Cmd, done bool) {
	keys := c.view.env.Keys
	switch last := max(len(c.shown)-1, 0); {
	case keymap.Matches(msg, keys.Line.Cancel):
		return nil, true
	case keymap.Matches(msg, keys.Line.Accept):
		c.entered = true
		if len(c.shown) > 0 {
			return c.take(), false // it has laid itself aside
		}
	case keymap.Matches(msg, keys.Line.Up):
		c.cursor = max(c.cursor-1, 0)
	case keymap.Matches(msg, keys.Line.Down):
		c.cursor = min(c.cursor+1, last)
	case keymap.Matches(msg, keys.SQL.PageUp):
		c.cursor = max(c.cursor-10, 0)
	case keymap.Matches(msg, keys.SQL.PageDown):
		c.cursor = min(c.cursor+10, last)
	default:
		if c.line.Update(msg, keys.Line) {
			c.entered = false
			c.find()
		}
	}
	return nil, false
}

func (c *chooser) Hints() []views.Hint {
	k := c.view.env.Keys.Line
	if c.loaded && len(c.names) == 0 {
		return []views.Hint{{Binding: k.Cancel, Label: "close"}}
	}
	label := "take it"
	if c.running {
		label = "run there"
	}
	return []views.Hint{{Binding: k.Accept, Label: label}, {Binding: k.Down}, {Binding: k.Cancel, Label: "close"}}
}

func (c *chooser) Box(width, height int) []string {
	t := c.view.env.Theme
	width = min(width, 48)
	var lines []string
	switch {
	case c.err != nil:
		for _, line := range clean.Wrap(clean.Text(c.err.Error()), width-4) {
			lines = append(lines, " "+t.Tone(themes.Bad).Render(line))
		}
	case !c.loaded:
		lines = []string{" " + t.Dim.Render("asking the server"+t.Glyphs.Ellipsis)}
	case len(c.names) == 0:
		lines = []string{" " + t.Dim.Render("there is no "+c.view.scopeWord()+" on this server yet")}
	case len(c.shown) == 0:
		lines = []string{" " + t.Dim.Render("no "+c.view.scopeWord()+" has that in its name")}
	}
	if c.line.Value() != "" && len(c.names) > 0 {
		lines = slices.Insert(lines, 0, " "+t.Accent.Render("/")+c.line.View(t, width-5))
	}
	page := max(min(len(c.shown), height-2-len(lines)), 0)
	top := max(min(c.cursor-page/2, len(c.shown)-page), 0)
	for i := top; i < top+page; i++ {
		line := clean.Fit("  "+clean.Text(c.shown[i]), width-2, t.Glyphs.Ellipsis)
		if i == c.cursor {
			line = t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+t.Strong.Render(line[1:]))
		}
		lines = append(lines, line)
	}
	return frame.Box(
		t, true, width, min(len(lines)+2, height), t.Strong.Render("Run in which "+c.view.scopeWord()+"?"), "", lines,
	)
}
