package sql

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views/sql/buffer"
)

// Drafts keeps texts beyond the end of the program, each replaced whole or not
// at all. Its methods are called off the loop, and Save once more when the view
// is closed.
type Drafts interface {
	// Load gives "" for a text that there is not.
	Load(name string) (text string, err error)
	Save(name, text string) error
	// List names the texts there are.
	List() ([]string, error)
	Remove(name string) error
	// Append adds a line to a text that others may append to as well; of one
	// that grows beyond limit bytes the oldest lines go.
	Append(name, line string, limit int) error
}

// sharer is told by drafts that several consoles keep side by side.
type sharer interface {
	Shared() (number int, dir string)
}

// What is kept: the order and the names, and a text for each buffer.
const (
	indexName  = "buffers.json"
	legacyName = "editor.sql" // of when there was one buffer
	textPrefix = "buffer-"
	textSuffix = ".sql"
)

func textName(id string) string { return textPrefix + id + textSuffix }

// index is the content of indexName.
type index struct {
	Buffers []indexEntry `json:"buffers"`
	Closed  []indexEntry `json:"closed,omitempty"`
	Active  string       `json:"active"`
	// Environments are where statements were run last, by server.
	Environments map[string]string `json:"environments,omitempty"`
}

type indexEntry struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Statement is what was run last from the buffer.
	Statement *attached `json:"statement,omitempty"`
	// Settings are what SET and USE said in it, but for secrets.
	Settings map[string]string `json:"settings,omitempty"`
	// Script is the one on the server that the text came from.
	Script *script `json:"script,omitempty"`
}

// attached names a statement of a server.
type attached struct {
	Server      string `json:"server"`
	Environment string `json:"environment"`
	Name        string `json:"name"`
	Handle      string `json:"handle,omitempty"`
	Own         bool   `json:"own,omitempty"` // it was run here
}

type (
	saveMsg  struct{} // it is time to save
	savedMsg struct {
		jobs []job
		err  error
	}
	buffersMsg struct {
		index  index
		texts  map[string]string
		fresh  bool // the texts are not in files of their own yet
		notice string
		err    error
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
func (d *buffers) unsaved() []job {
	if !d.loaded || d.store.drafts == nil {
		return nil
	}
	var jobs []job
	for _, s := range d.open {
		if b := s.editor.Text; d.store.unwritten(textName(s.id), b.Version()) {
			jobs = append(jobs, job{name: textName(s.id), version: b.Version(), text: b.Snapshot()})
		}
	}
	for _, c := range d.closed {
		if d.store.unwritten(textName(c.id), c.version) {
			jobs = append(jobs, job{name: textName(c.id), version: c.version, text: words(c.text)})
		}
	}
	if d.store.unwritten(indexName, d.version) {
		text, _ := json.MarshalIndent(d.index(), "", "  ") // strings only
		jobs = append(jobs, job{name: indexName, version: d.version, text: words(string(text) + "\n")})
	}
	for _, name := range d.unwanted {
		jobs = append(jobs, job{name: name, deleted: true})
	}
	d.unwanted = nil
	return jobs
}

func (d *buffers) index() index {
	x := index{Active: d.open[d.at].id, Environments: d.environments}
	for _, s := range d.open {
		e := indexEntry{ID: s.id, Name: s.name, Settings: s.settings.Public()}
		if s.script.Name != "" {
			e.Script = &s.script
		}
		if r := s.run; r != nil && r.sent {
			e.Statement = &attached{d.env.Server.Address, r.ref.Scope, r.ref.Name, r.ref.Handle, r.own}
		}
		x.Buffers = append(x.Buffers, e)
	}
	for _, c := range d.closed {
		x.Closed = append(x.Closed, indexEntry{ID: c.id, Name: c.name})
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
	return v.mail.Ask("save", func(context.Context) tea.Msg { return savedMsg{jobs, store.save(jobs)} })
}

func (v *View) handleSaved(msg savedMsg) tea.Cmd {
	v.buffers.saving, v.buffers.failed = false, msg.err != nil
	if msg.err != nil {
		for _, j := range msg.jobs {
			if j.deleted {
				v.buffers.unwanted = append(v.buffers.unwanted, j.name)
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
		_ = d.store.save(jobs)
	}
}

// askBuffers reads what was kept.
func (v *View) askBuffers() tea.Cmd {
	drafts := v.buffers.store.drafts
	if drafts == nil {
		return v.restoreBuffers(buffersMsg{})
	}
	return v.mail.Ask("buffers", func(context.Context) tea.Msg { return loadBuffers(drafts) })
}

func loadBuffers(drafts Drafts) buffersMsg {
	msg := buffersMsg{texts: map[string]string{}}
	if s, ok := drafts.(sharer); ok {
		if n, dir := s.Shared(); n > 1 {
			msg.notice = fmt.Sprintf("this is console %d on this state folder: its buffers are in %s", n, dir)
		}
	}
	text, err := drafts.Load(indexName)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &msg.index)
	}
	msg.err = err
	names, err := drafts.List()
	if msg.err == nil {
		msg.err = err
	}
	for _, e := range slices.Concat(msg.index.Buffers, msg.index.Closed) {
		msg.load(drafts, e.ID, textName(e.ID))
	}
	for _, name := range names {
		id, ok := strings.CutPrefix(name, textPrefix)
		id, isText := strings.CutSuffix(id, textSuffix)
		if _, known := msg.texts[id]; ok && isText && !known {
			if msg.load(drafts, id, name) && strings.TrimSpace(msg.texts[id]) != "" {
				msg.index.Buffers = append(msg.index.Buffers, indexEntry{ID: id, Name: "found " + id})
			}
		}
	}
	if len(msg.index.Buffers) == 0 && msg.load(drafts, "b1", legacyName) {
		msg.index.Buffers = []indexEntry{{ID: "b1", Name: "query 1"}}
		msg.fresh = true
	}
	return msg
}

func (m *buffersMsg) load(drafts Drafts, id, name string) bool {
	text, err := drafts.Load(name)
	if err != nil && m.err == nil {
		m.err = err
	}
	if err == nil {
		m.texts[id] = text
	}
	return err == nil
}

// restoreBuffers lays out what was kept, and does what was asked before it came.
func (v *View) restoreBuffers(msg buffersMsg) tea.Cmd {
	d := &v.buffers
	first := d.open[0]
	d.open, d.at = nil, 0
	for _, e := range msg.index.Buffers {
		d.bringBack(e, msg)
	}
	for _, e := range msg.index.Closed {
		d.closed = append(d.closed, closedBuffer{e.ID, e.Name, msg.texts[e.ID], 1})
		d.store.setWritten(textName(e.ID), 1)
		d.noteID(e.ID)
	}
	if len(d.open) == 0 {
		d.open = []*queryBuffer{d.newBuffer(d.newID(), first.name, "")}
	}
	first.close()
	d.loaded = true
	here := v.target.environment
	d.environments = maps.Clone(msg.index.Environments)
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
		d.store.setWritten(textName(s.id), s.editor.Text.Version())
	}
	s.visible = v.layout.visible
	v.showNames()
	if msg.notice != "" {
		s.say(msg.notice, false)
	}
	if msg.err != nil {
		s.say("not all that was typed before could be read: "+msg.err.Error(), true)
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
func (d *buffers) bringBack(e indexEntry, msg buffersMsg) {
	d.noteID(e.ID)
	text, ok := msg.texts[e.ID]
	if !ok {
		return
	}
	s := d.newBuffer(e.ID, e.Name, text)
	s.settings.BringBack(e.Settings)
	if e.Script != nil {
		s.script = *e.Script
	}
	if !msg.fresh {
		d.store.setWritten(textName(e.ID), s.editor.Text.Version())
	}
	if a := e.Statement; a != nil && a.Server == d.env.Server.Address {
		s.attach(a.ref())
		s.run.own = a.Own
		if engine, ok := d.engine.(statement.Sessioner); ok && a.Own {
			engine.ResumeSession(s.session(), a.ref())
		}
	}
	if e.ID == msg.index.Active {
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
