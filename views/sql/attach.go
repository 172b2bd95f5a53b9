package sql

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
	"drey/views/sql/queries"
)

// OpenStatement shows a statement that the server has, with its own text, rows
// and environment: in the buffer that follows it already, else in one of its
// own. Before the buffers are read from the disk it waits for them.
func (v *View) OpenStatement(of views.OpenStatementMsg) tea.Cmd {
	if !v.buffers.Loaded {
		return v.later(func(v *View) tea.Cmd { return v.OpenStatement(of) })
	}
	cmds := []tea.Cmd{v.SetEnvironment(of.Environment)}
	at := slices.IndexFunc(v.buffers.Open, func(s *queries.Buffer) bool {
		return s.Run != nil && s.Run.Ref.Name == of.Name && s.Run.Ref.Scope == of.Environment &&
			(s.Run.Ref.Handle == of.Handle || s.Run.Ref.Handle == "" || of.Handle == "")
	})
	if at < 0 {
		at = v.freeBuffer(of.Name)
		v.buffers.Open[at].Attach(statement.Ref{Scope: of.Environment, Name: of.Name, Handle: of.Handle})
	}
	cmds = append(cmds, v.show(at))
	s := v.buffer()
	s.Say("", false)
	s.Run.ShowText = true
	v.enter(inResults)
	if s.Run.SQL != "" {
		cmds = append(cmds, v.showTextOf(s.Run))
	}
	return tea.Batch(cmds...)
}

// later does something once the buffers are read from the disk: what is typed,
// run or opened before then is neither lost nor done to a buffer that goes away.
func (v *View) later(do func(*View) tea.Cmd) tea.Cmd {
	v.early = append(v.early, do)
	return nil
}

// catchUp does what was asked for before the buffers were here.
func (v *View) catchUp() tea.Cmd {
	early := v.early
	v.early = nil
	var cmds []tea.Cmd
	for _, do := range early {
		cmds = append(cmds, do(v))
	}
	return tea.Batch(cmds...)
}

// OpenText shows a text in a buffer of its name: the one that has it already, or a
// new one. What the server has is not changed by what is typed there.
func (v *View) OpenText(msg views.OpenTextMsg) tea.Cmd {
	if !v.buffers.Loaded {
		return v.later(func(v *View) tea.Cmd { return v.OpenText(msg) })
	}
	cmd := v.SetEnvironment(msg.Environment)
	d := &v.buffers
	at := slices.IndexFunc(d.Open, func(s *queries.Buffer) bool { return s.Editor.Text.Text() == msg.Text })
	if at < 0 {
		s := d.NewBuffer(d.NewID(), "", msg.Text)
		s.Name = d.NameFor(msg.Name, s)
		d.Add(s)
		at = min(d.At+1, len(d.Open)-1)
	}
	if msg.Script {
		d.Open[at].Script = draftstore.Script{Scope: msg.Environment, Name: msg.Name, Was: []string{msg.Text}}
		d.Version++
	}
	v.enter(inEditor)
	return tea.Batch(cmd, v.show(at))
}

// freeBuffer is where a buffer is in which nothing of the user's is lost when
// another statement is shown in it; it is made where there is none.
func (v *View) freeBuffer(name string) int {
	d := &v.buffers
	at := slices.IndexFunc(d.Open, func(s *queries.Buffer) bool {
		text := s.Editor.Text.Text()
		return s.Run == nil && s.Blank() || s.AttachedText != "" && text == s.AttachedText
	})
	if at < 0 {
		d.Add(d.NewBuffer(d.NewID(), "", ""))
		at = min(d.At+1, len(d.Open)-1)
	}
	s := d.Open[at]
	s.Begin()
	s.Editor.Text = emptied(s.Editor.Text)
	s.Editor.Problem, s.Completion = nil, queries.Completion{}
	s.Name = d.NameFor(name, s)
	return at
}

// emptied is an empty buffer whose version is new to the store of drafts.
func emptied(b *buffer.Buffer) *buffer.Buffer {
	next := buffer.New("")
	next.AddVersion(b.Version())
	return next
}

// showTextOf puts the text of a statement that was asked for before the user:
// the cursor goes to it in the buffer it was run from, else it gets a buffer.
func (v *View) showTextOf(r *queries.Run) tea.Cmd {
	r.ShowText = false
	if p := r.Status.Target.Pool; p != "" {
		v.target.pool = p // checked against the pools that there are
	}
	b := r.Buffer.Editor.Text
	if at, found := b.Find(r.SQL); found && r.SQL != "" {
		r.At = &at
		b.MoveTo(at)
		return nil
	}
	var cmd tea.Cmd
	if !r.Buffer.Blank() && r.Buffer.Editor.Text.Text() != r.Buffer.AttachedText {
		cmd = v.moveToOwn(r)
	}
	s := r.Buffer
	s.Editor.Text = emptied(s.Editor.Text)
	s.Editor.Text.Insert(r.SQL)
	s.Editor.Text.MoveTo(buffer.Position{})
	s.AttachedText, r.At = s.Editor.Text.Text(), &buffer.Position{}
	return tea.Batch(cmd, v.saveSoon())
}

// moveToOwn gives a statement a buffer of its own; the one that it was run from
// says something else by now, and keeps what it says.
func (v *View) moveToOwn(r *queries.Run) tea.Cmd {
	from := r.Buffer
	from.Begin()
	at := v.freeBuffer(r.Ref.Name)
	r.Log, r.Pane, r.Rows, r.Fetching, r.Complete = nil, nil, nil, false, false
	v.buffers.Open[at].Follow(r)
	return v.show(at)
}
