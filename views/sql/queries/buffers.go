package queries

import (
	"encoding/json"
	"fmt"
	"slices"

	"drey/client/statement"
	"drey/views"
	"drey/views/results"
	"drey/views/sql/draftstore"
)

// NameFor is a name for a buffer of a statement that no other buffer has.
func (d *Buffers) NameFor(name string, of *Buffer) string {
	if at := d.Find(name); at >= 0 && d.Open[at] != of || len(name) > MaxName {
		return d.FreeName()
	}
	return name
}

// Buffers is the buffers that are open, and those that were closed.
type Buffers struct {
	Env      *views.Env
	engine   statement.Engine
	disk     results.Disk
	Store    *draftstore.Store
	Open     []*Buffer
	At       int
	Closed   []ClosedBuffer // newest last
	Unwanted []string       // names of texts that are not wanted any more

	Loaded  bool
	Saving  bool   // a save is under way
	Failed  bool   // the last one did; it is tried again
	Version uint64 // of everything but the texts
	lastID  int
	// Environments are where statements were run last, by server.
	Environments map[string]string
}

// ClosedBuffer is what brings a buffer back.
type ClosedBuffer struct {
	ID, Name, Text string
	Version        uint64 // of the text
}

// maxClosed is how many closed buffers are kept.
const maxClosed = 20

// Init makes a first, empty buffer; drafts and disk may be nil.
func (d *Buffers) Init(env *views.Env, engine statement.Engine, drafts draftstore.Drafts, disk results.Disk) {
	d.Env, d.engine, d.disk, d.Store = env, engine, disk, &draftstore.Store{Drafts: drafts}
	d.Open = []*Buffer{d.NewBuffer(d.NewID(), "query 1", "")}
}

// NewID is an id that no buffer has had.
func (d *Buffers) NewID() string {
	d.lastID++
	return fmt.Sprintf("b%d", d.lastID)
}

// FreeName is the first "query N" that no buffer has.
func (d *Buffers) FreeName() string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("query %d", n)
		if !slices.ContainsFunc(d.Open, func(s *Buffer) bool { return s.Name == name }) {
			return name
		}
	}
}

// Find is the buffer with a name, -1 without.
func (d *Buffers) Find(name string) int {
	return slices.IndexFunc(d.Open, func(s *Buffer) bool { return s.Name == name })
}

// Add puts a buffer behind the one that is seen.
func (d *Buffers) Add(s *Buffer) {
	d.Open = slices.Insert(d.Open, min(d.At+1, len(d.Open)), s)
	d.Version++
}

// Remove takes the buffer at i off the buffers and keeps its text for bringing it
// back; there is always one buffer.
func (d *Buffers) Remove(i int) {
	s := d.Open[i]
	if b := s.Editor.Text; !s.Blank() {
		d.Closed = append(d.Closed, ClosedBuffer{s.ID, s.Name, b.Text(), b.Version()})
	} else {
		d.Unwanted = append(d.Unwanted, draftstore.TextName(s.ID))
	}
	for len(d.Closed) > maxClosed {
		d.Unwanted = append(d.Unwanted, draftstore.TextName(d.Closed[0].ID))
		d.Closed = d.Closed[1:]
	}
	s.Close()
	d.Open = slices.Delete(d.Open, i, i+1)
	if len(d.Open) == 0 {
		d.Open = append(d.Open, d.NewBuffer(d.NewID(), d.FreeName(), ""))
	}
	if d.At > i || d.At == len(d.Open) {
		d.At--
	}
	d.Version++
}

// MaxName is how many cells a buffer's name may take.
const MaxName = 60

// Unsaved are the texts that changed, the index last: a text without a name is
// found again, a name without a text is nothing.
func (d *Buffers) Unsaved() []draftstore.Write {
	if !d.Loaded || d.Store.Drafts == nil {
		return nil
	}
	var jobs []draftstore.Write
	for _, s := range d.Open {
		if b := s.Editor.Text; d.Store.Unwritten(draftstore.TextName(s.ID), b.Version()) {
			jobs = append(jobs, draftstore.Write{Name: draftstore.TextName(s.ID), Version: b.Version(), Text: b.Snapshot()})
		}
	}
	for _, c := range d.Closed {
		if d.Store.Unwritten(draftstore.TextName(c.ID), c.Version) {
			jobs = append(
				jobs, draftstore.Write{Name: draftstore.TextName(c.ID), Version: c.Version, Text: draftstore.Words(c.Text)},
			)
		}
	}
	if d.Store.Unwritten(draftstore.IndexName, d.Version) {
		text, _ := json.MarshalIndent(d.index(), "", "  ") // strings only
		jobs = append(
			jobs,
			draftstore.Write{Name: draftstore.IndexName, Version: d.Version, Text: draftstore.Words(string(text) + "\n")},
		)
	}
	for _, name := range d.Unwanted {
		jobs = append(jobs, draftstore.Write{Name: name, Deleted: true})
	}
	d.Unwanted = nil
	return jobs
}

func (d *Buffers) index() draftstore.Index {
	x := draftstore.Index{Active: d.Open[d.At].ID, Environments: d.Environments}
	for _, s := range d.Open {
		e := draftstore.Entry{ID: s.ID, Name: s.Name, Settings: s.Settings.Public()}
		if s.Script.Name != "" {
			e.Script = &s.Script
		}
		if r := s.Run; r != nil && r.Sent {
			e.Statement = &draftstore.Attached{
				Server: d.Env.Server.Address, Environment: r.Ref.Scope, Name: r.Ref.Name, Handle: r.Ref.Handle, Own: r.Own,
			}
		}
		x.Buffers = append(x.Buffers, e)
	}
	for _, c := range d.Closed {
		x.Closed = append(x.Closed, draftstore.Entry{ID: c.ID, Name: c.Name})
	}
	return x
}

// SaveNow is for the end: what cannot be saved then is lost.
func (d *Buffers) SaveNow() {
	if jobs := d.Unsaved(); len(jobs) > 0 {
		_ = d.Store.Save(jobs)
	}
}

// BringBack makes the buffer of an entry; one whose text could not be read is
// left where it is on the disk.
func (d *Buffers) BringBack(e draftstore.Entry, msg draftstore.LoadedMsg) {
	d.NoteID(e.ID)
	text, ok := msg.Texts[e.ID]
	if !ok {
		return
	}
	s := d.NewBuffer(e.ID, e.Name, text)
	s.Settings.BringBack(e.Settings)
	if e.Script != nil {
		s.Script = *e.Script
	}
	if !msg.Fresh {
		d.Store.SetWritten(draftstore.TextName(e.ID), s.Editor.Text.Version())
	}
	if a := e.Statement; a != nil && a.Server == d.Env.Server.Address {
		s.Attach(a.Ref())
		s.Run.Own = a.Own
		if engine, ok := d.engine.(statement.Sessioner); ok && a.Own {
			engine.ResumeSession(s.Session(), a.Ref())
		}
	}
	if e.ID == msg.Index.Active {
		d.At = len(d.Open)
	}
	d.Open = append(d.Open, s)
}

// NoteID makes new buffers have other ids.
func (d *Buffers) NoteID(id string) {
	var n int
	if _, err := fmt.Sscanf(id, "b%d", &n); err == nil {
		d.lastID = max(d.lastID, n)
	}
}

// RememberEnvironment keeps for the next start where statements were run.
func (d *Buffers) RememberEnvironment(name string) {
	if d.Environments == nil {
		d.Environments = map[string]string{}
	}
	d.Environments[d.Env.Server.Address] = name
}
