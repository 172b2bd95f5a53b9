package sql

import (
	"context"
	"maps"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
	"drey/views/sql/queries"
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
	if v.mail.Waiting("typed") && !v.buffers.Failed {
		return nil
	}
	return v.mail.After("typed", saveAfter, saveMsg{})
}

// save keeps what changed, one save at a time.
func (v *View) save() tea.Cmd {
	if v.buffers.Saving {
		return nil
	}
	jobs := v.buffers.Unsaved()
	if len(jobs) == 0 {
		return nil
	}
	v.buffers.Saving = true
	store := v.buffers.Store
	return v.mail.Ask("save", func(context.Context) tea.Msg { return savedMsg{jobs, store.Save(jobs)} })
}

func (v *View) handleSaved(msg savedMsg) tea.Cmd {
	v.buffers.Saving, v.buffers.Failed = false, msg.err != nil
	if msg.err != nil {
		for _, j := range msg.jobs {
			if j.Deleted {
				v.buffers.Unwanted = append(v.buffers.Unwanted, j.Name)
			}
		}
		v.buffer().Complain(queries.OfSave, "what you typed could not be saved: "+msg.err.Error())
		return v.mail.After("typed", 10*time.Second, saveMsg{})
	}
	for _, s := range v.buffers.Open {
		s.Resolve(queries.OfSave)
	}
	return v.save()
}

// askBuffers reads what was kept.
func (v *View) askBuffers() tea.Cmd {
	drafts := v.buffers.Store.Drafts
	if drafts == nil {
		return v.restoreBuffers(draftstore.LoadedMsg{})
	}
	return v.mail.Ask("buffers", func(context.Context) tea.Msg { return draftstore.Load(drafts) })
}

// restoreBuffers lays out what was kept, and does what was asked before it came.
func (v *View) restoreBuffers(msg draftstore.LoadedMsg) tea.Cmd {
	d := &v.buffers
	first := d.Open[0]
	d.Open, d.At = nil, 0
	for _, e := range msg.Index.Buffers {
		d.BringBack(e, msg)
	}
	for _, e := range msg.Index.Closed {
		d.Closed = append(d.Closed, queries.ClosedBuffer{ID: e.ID, Name: e.Name, Text: msg.Texts[e.ID], Version: 1})
		d.Store.SetWritten(draftstore.TextName(e.ID), 1)
		d.NoteID(e.ID)
	}
	if len(d.Open) == 0 {
		d.Open = []*queries.Buffer{d.NewBuffer(d.NewID(), first.Name, "")}
	}
	first.Close()
	d.Loaded = true
	here := v.target.environment
	d.Environments = maps.Clone(msg.Index.Environments)
	var placed tea.Cmd
	if before := d.Environments[d.Env.Server.Address]; here == "" && before != "" {
		placed = v.runIn(before)
	} else if here != "" {
		d.RememberEnvironment(here)
	}
	s := v.buffer()
	if len(d.Open) == 1 && s.Blank() {
		s.Editor.Text = buffer.New(s.Welcome())
		s.Editor.Text.MoveTo(buffer.Position{Row: 1})
		d.Store.SetWritten(draftstore.TextName(s.ID), s.Editor.Text.Version())
	}
	s.Visible = v.layout.visible
	v.showNames()
	if msg.Notice != "" {
		s.Say(msg.Notice, false)
	}
	if msg.Err != nil {
		s.Say("not all that was typed before could be read: "+msg.Err.Error(), true)
	}
	v.refocus()
	var names tea.Cmd
	if s.Session() != "" {
		names = v.updateNames()
	}
	return tea.Batch(placed, s.Observe(), v.watchOthers(), names, v.catchUp())
}
