package sql

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views/clean"
	"drey/views/sql/queries"
)

// show brings another buffer to the front.
func (v *View) show(i int) tea.Cmd {
	d := &v.buffers
	v.buffer().Completion = queries.Completion{}
	v.buffer().Visible = false
	n := len(d.Open)
	d.At = (i%n + n) % n
	d.Version++
	s := v.buffer()
	s.Visible = v.layout.visible
	v.refocus()
	var names tea.Cmd
	if s.Session() != "" {
		v.showNames()
		names = v.updateNames()
	}
	return tea.Batch(s.Observe(), s.Fetch(), v.watchOthers(), names, v.saveSoon())
}

func (v *View) newBuffer() tea.Cmd {
	d := &v.buffers
	d.Add(d.NewBuffer(d.NewID(), d.FreeName(), ""))
	v.enter(inEditor)
	return v.show(d.At + 1)
}

// closeBuffer takes the buffer away; what was typed in it can be got back.
func (v *View) closeBuffer() tea.Cmd {
	s, d := v.buffer(), &v.buffers
	blank := s.Blank()
	d.Remove(d.At)
	cmd := tea.Batch(v.show(d.At), v.endSession(s))
	switch {
	case !blank:
		key := v.env.Keys.SQL.Reopen.Help().Key
		text := "closed " + s.Name + ": " + key + " brings it back"
		if s.Run != nil && s.Run.Active() {
			text += "; its statement runs on"
		}
		v.say(text, false)
	case len(d.Open) == 1 && v.buffer().Blank():
		v.say("this is the last buffer", false)
	}
	return cmd
}

// reopenBuffer brings the buffer back that was closed last.
func (v *View) reopenBuffer() tea.Cmd {
	d := &v.buffers
	if len(d.Closed) == 0 {
		v.say("no buffer was closed", false)
		return nil
	}
	last := d.Closed[len(d.Closed)-1]
	d.Closed = d.Closed[:len(d.Closed)-1]
	name := last.Name
	if d.Find(name) >= 0 {
		name = d.FreeName()
	}
	s := d.NewBuffer(last.ID, name, last.Text)
	s.Editor.Text.AddVersion(last.Version)
	d.Add(s)
	v.enter(inEditor)
	return v.show(d.At + 1)
}

// rename gives the buffer a name that no other has.
func (v *View) rename(name string) error {
	name = strings.TrimSpace(name)
	switch i := v.buffers.Find(name); {
	case name == "":
		return fmt.Errorf("a buffer has a name")
	case clean.Width(name) > queries.MaxName:
		return fmt.Errorf("a name has at most %d signs", queries.MaxName)
	case i >= 0 && i != v.buffers.At:
		return fmt.Errorf("another buffer is called %s", name)
	}
	v.buffer().Name = name
	v.buffers.Version++
	return nil
}
