package sql

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
)

type (
	saveMsg  struct{} // it is time to save
	savedMsg struct {
		jobs []draftstore.Write
		err  error
	}
)

// saveAfter is how long a change may be on the screen only, however long the
// typing goes on.
const saveAfter = 300 * time.Millisecond

func (v *View) saveSoon() tea.Cmd {
	if v.mail.Waiting("typed") && !v.buffers.failed {
		return nil
	}
	return v.mail.After("typed", saveAfter, saveMsg{})
}

// unsaved are the texts that changed, the index last: a text without a name is
// found again, a name without a text is nothing.
func (d *buffers) unsaved() []draftstore.Write {
	if !d.loaded || d.store.Drafts == nil {
		return nil
	}
	var jobs []draftstore.Write
	for _, s := range d.open {
		if b := s.editor.Text; d.store.Unwritten(draftstore.TextName(s.id), b.Version()) {
			jobs = append(jobs, draftstore.Write{Name: draftstore.TextName(s.id), Version: b.Version(), Text: b.Snapshot()})
		}
	}
	for _, c := range d.closed {
		if d.store.Unwritten(draftstore.TextName(c.id), c.version) {
			jobs = append(jobs, draftstore.Write{Name: draftstore.TextName(c.id), Version: c.version, Text: draftstore.Words(c.text)})
		}
	}
	if d.store.Unwritten(draftstore.IndexName, d.version) {
		text, _ := json.MarshalIndent(d.index(), "", "  ") // strings only
		jobs = append(jobs, draftstore.Write{Name: draftstore.IndexName, Version: d.version, Text: draftstore.Words(string(text) + "\n")})
	}
	for _, name := range d.unwanted {
		jobs = append(jobs, draftstore.Write{Name: name, Deleted: true})
	}
	d.unwanted = nil
	return jobs
}

func (d *buffers) index() draftstore.Index {
	x := draftstore.Index{Active: d.open[d.at].id, Environments: d.environments}
	for _, s := range d.open {
		e := draftstore.Entry{ID: s.id, Name: s.name, Settings: s.settings.Public()}
		if s.script.Name != "" {
			e.Script = &s.script
		}
		if r := s.run; r != nil && r.sent {
			e.Statement = &draftstore.Attached{
				Server: d.env.Server.Address, Environment: r.ref.Scope, Name: r.ref.Name, Handle: r.ref.Handle, Own: r.own,
			}
		}
		x.Buffers = append(x.Buffers, e)
	}
	for _, c := range d.closed {
		x.Closed = append(x.Closed, draftstore.Entry{ID: c.id, Name: c.name})
	}
	return x
}

// save keeps what changed, one save at a time.
func (v *View) save() tea.Cmd {
	if v.buffers.saving {
		return nil
	}
	jobs := v.buffers.unsaved()
	if len(jobs) == 0 {
		return nil
	}
	v.buffers.saving = true
	store := v.buffers.store
	return v.mail.Ask("save", func(context.Context) tea.Msg { return savedMsg{jobs, store.Save(jobs)} })
}

func (v *View) handleSaved(msg savedMsg) tea.Cmd {
	v.buffers.saving, v.buffers.failed = false, msg.err != nil
	if msg.err != nil {
		for _, j := range msg.jobs {
			if j.Deleted {
				v.buffers.unwanted = append(v.buffers.unwanted, j.Name)
			}
		}
		v.buffer().complain(ofSave, "what you typed could not be saved: "+msg.err.Error())
		return v.mail.After("typed", 10*time.Second, saveMsg{})
	}
	for _, s := range v.buffers.open {
		s.resolve(ofSave)
	}
	return v.save()
}

// saveNow is for the end: what cannot be saved then is lost.
func (d *buffers) saveNow() {
	if jobs := d.unsaved(); len(jobs) > 0 {
		_ = d.store.Save(jobs)
	}
}

// askBuffers reads what was kept.
func (v *View) askBuffers() tea.Cmd {
	drafts := v.buffers.store.Drafts
	if drafts == nil {
		return v.restoreBuffers(draftstore.LoadedMsg{})
	}
	return v.mail.Ask("buffers", func(context.Context) tea.Msg { return draftstore.Load(drafts) })
}

// restoreBuffers lays out what was kept, and does what was asked before it came.
func (v *View) restoreBuffers(msg draftstore.LoadedMsg) tea.Cmd {
	d := &v.buffers
	first := d.open[0]
	d.open, d.at = nil, 0
	for _, e := range msg.Index.Buffers {
		d.bringBack(e, msg)
	}
	for _, e := range msg.Index.Closed {
		d.closed = append(d.closed, closedBuffer{e.ID, e.Name, msg.Texts[e.ID], 1})
		d.store.SetWritten(draftstore.TextName(e.ID), 1)
		d.noteID(e.ID)
	}
	if len(d.open) == 0 {
		d.open = []*queryBuffer{d.newBuffer(d.newID(), first.name, "")}
	}
	first.close()
	d.loaded = true
	here := v.target.environment
	d.environments = maps.Clone(msg.Index.Environments)
	var placed tea.Cmd
	if before := d.environments[d.env.Server.Address]; here == "" && before != "" {
		placed = v.runIn(before)
	} else if here != "" {
		d.rememberEnvironment(here)
	}
	s := v.buffer()
	if len(d.open) == 1 && s.blank() {
		s.editor.Text = buffer.New(s.welcome())
		s.editor.Text.MoveTo(buffer.Position{Row: 1})
		d.store.SetWritten(draftstore.TextName(s.id), s.editor.Text.Version())
	}
	s.visible = v.layout.visible
	v.showNames()
	if msg.Notice != "" {
		s.say(msg.Notice, false)
	}
	if msg.Err != nil {
		s.say("not all that was typed before could be read: "+msg.Err.Error(), true)
	}
	v.refocus()
	var names tea.Cmd
	if s.session() != "" {
		names = v.updateNames()
	}
	return tea.Batch(placed, s.observe(), v.watchOthers(), names, v.catchUp())
}

// bringBack makes the buffer of an entry; one whose text could not be read is
// left where it is on the disk.
func (d *buffers) bringBack(e draftstore.Entry, msg draftstore.LoadedMsg) {
	d.noteID(e.ID)
	text, ok := msg.Texts[e.ID]
	if !ok {
		return
	}
	s := d.newBuffer(e.ID, e.Name, text)
	s.settings.BringBack(e.Settings)
	if e.Script != nil {
		s.script = *e.Script
	}
	if !msg.Fresh {
		d.store.SetWritten(draftstore.TextName(e.ID), s.editor.Text.Version())
	}
	if a := e.Statement; a != nil && a.Server == d.env.Server.Address {
		s.attach(a.Ref())
		s.run.own = a.Own
		if engine, ok := d.engine.(statement.Sessioner); ok && a.Own {
			engine.ResumeSession(s.session(), a.Ref())
		}
	}
	if e.ID == msg.Index.Active {
		d.at = len(d.open)
	}
	d.open = append(d.open, s)
}

// noteID makes new buffers have other ids.
func (d *buffers) noteID(id string) {
	var n int
	if _, err := fmt.Sscanf(id, "b%d", &n); err == nil {
		d.lastID = max(d.lastID, n)
	}
}
