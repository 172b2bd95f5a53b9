package sql

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/clean"
	"drey/views/results"
	"drey/views/sql/draftstore"
)

// buffers is the buffers that are open, and those that were closed.
type buffers struct {
	env      *views.Env
	engine   statement.Engine
	disk     results.Disk
	store    *draftstore.Store
	open     []*queryBuffer
	at       int
	closed   []closedBuffer // newest last
	unwanted []string       // names of texts that are not wanted any more

	loaded  bool
	saving  bool   // a save is under way
	failed  bool   // the last one did; it is tried again
	version uint64 // of everything but the texts
	lastID  int
	// environments are where statements were run last, by server.
	environments map[string]string
}

// closedBuffer is what brings a buffer back.
type closedBuffer struct {
	id, name, text string
	version        uint64 // of the text
}

// maxClosed is how many closed buffers are kept.
const maxClosed = 20

func (d *buffers) init(env *views.Env, engine statement.Engine, drafts draftstore.Drafts, disk results.Disk) {
	d.env, d.engine, d.disk, d.store = env, engine, disk, &draftstore.Store{Drafts: drafts}
	d.open = []*queryBuffer{d.newBuffer(d.newID(), "query 1", "")}
}

func (d *buffers) newID() string {
	d.lastID++
	return fmt.Sprintf("b%d", d.lastID)
}

// freeName is the first "query N" that no buffer has.
func (d *buffers) freeName() string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("query %d", n)
		if !slices.ContainsFunc(d.open, func(s *queryBuffer) bool { return s.name == name }) {
			return name
		}
	}
}

// find is the buffer with a name, -1 without.
func (d *buffers) find(name string) int {
	return slices.IndexFunc(d.open, func(s *queryBuffer) bool { return s.name == name })
}

// add puts a buffer behind the one that is seen.
func (d *buffers) add(s *queryBuffer) {
	d.open = slices.Insert(d.open, min(d.at+1, len(d.open)), s)
	d.version++
}

// remove takes the buffer at i off the buffers and keeps its text for bringing it
// back; there is always one buffer.
func (d *buffers) remove(i int) {
	s := d.open[i]
	if b := s.editor.Text; !s.blank() {
		d.closed = append(d.closed, closedBuffer{s.id, s.name, b.Text(), b.Version()})
	} else {
		d.unwanted = append(d.unwanted, draftstore.TextName(s.id))
	}
	for len(d.closed) > maxClosed {
		d.unwanted = append(d.unwanted, draftstore.TextName(d.closed[0].id))
		d.closed = d.closed[1:]
	}
	s.close()
	d.open = slices.Delete(d.open, i, i+1)
	if len(d.open) == 0 {
		d.open = append(d.open, d.newBuffer(d.newID(), d.freeName(), ""))
	}
	if d.at > i || d.at == len(d.open) {
		d.at--
	}
	d.version++
}

// show brings another buffer to the front.
func (v *View) show(i int) tea.Cmd {
	d := &v.buffers
	v.buffer().completion = completion{}
	v.buffer().visible = false
	n := len(d.open)
	d.at = (i%n + n) % n
	d.version++
	s := v.buffer()
	s.visible = v.layout.visible
	v.refocus()
	var names tea.Cmd
	if s.session() != "" {
		v.showNames()
		names = v.updateNames()
	}
	return tea.Batch(s.observe(), s.fetch(), v.watchOthers(), names, v.saveSoon())
}

func (v *View) newBuffer() tea.Cmd {
	d := &v.buffers
	d.add(d.newBuffer(d.newID(), d.freeName(), ""))
	v.enter(inEditor)
	return v.show(d.at + 1)
}

// closeBuffer takes the buffer away; what was typed in it can be got back.
func (v *View) closeBuffer() tea.Cmd {
	s, d := v.buffer(), &v.buffers
	blank := s.blank()
	d.remove(d.at)
	cmd := tea.Batch(v.show(d.at), v.endSession(s))
	switch {
	case !blank:
		key := v.env.Keys.SQL.Reopen.Help().Key
		text := "closed " + s.name + ": " + key + " brings it back"
		if s.run != nil && s.run.active() {
			text += "; its statement runs on"
		}
		v.say(text, false)
	case len(d.open) == 1 && v.buffer().blank():
		v.say("this is the last buffer", false)
	}
	return cmd
}

// reopenBuffer brings the buffer back that was closed last.
func (v *View) reopenBuffer() tea.Cmd {
	d := &v.buffers
	if len(d.closed) == 0 {
		v.say("no buffer was closed", false)
		return nil
	}
	last := d.closed[len(d.closed)-1]
	d.closed = d.closed[:len(d.closed)-1]
	name := last.name
	if d.find(name) >= 0 {
		name = d.freeName()
	}
	s := d.newBuffer(last.id, name, last.text)
	s.editor.Text.AddVersion(last.version)
	d.add(s)
	v.enter(inEditor)
	return v.show(d.at + 1)
}

// rename gives the buffer a name that no other has.
func (v *View) rename(name string) error {
	name = strings.TrimSpace(name)
	switch i := v.buffers.find(name); {
	case name == "":
		return fmt.Errorf("a buffer has a name")
	case clean.Width(name) > maxName:
		return fmt.Errorf("a name has at most %d signs", maxName)
	case i >= 0 && i != v.buffers.at:
		return fmt.Errorf("another buffer is called %s", name)
	}
	v.buffer().name = name
	v.buffers.version++
	return nil
}

const maxName = 60
