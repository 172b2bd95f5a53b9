package sql

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
)

// OpenStatement shows a statement that the server has, with its own text, rows
// and environment: in the buffer that follows it already, else in one of its
// own. Before the buffers are read from the disk it waits for them.
func (v *View) OpenStatement(of views.OpenStatementMsg) tea.Cmd {
	if !v.buffers.loaded {
		return v.later(func(v *View) tea.Cmd { return v.OpenStatement(of) })
	}
	cmds := []tea.Cmd{v.SetEnvironment(of.Environment)}
	at := slices.IndexFunc(v.buffers.open, func(s *queryBuffer) bool {
		return s.run != nil && s.run.ref.Name == of.Name && s.run.ref.Scope == of.Environment &&
			(s.run.ref.Handle == of.Handle || s.run.ref.Handle == "" || of.Handle == "")
	})
	if at < 0 {
		at = v.freeBuffer(of.Name)
		v.buffers.open[at].attach(statement.Ref{Scope: of.Environment, Name: of.Name, Handle: of.Handle})
	}
	cmds = append(cmds, v.show(at))
	s := v.buffer()
	s.say("", false)
	s.run.showText = true
	v.enter(inResults)
	if s.run.sql != "" {
		cmds = append(cmds, v.showTextOf(s.run))
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
	if !v.buffers.loaded {
		return v.later(func(v *View) tea.Cmd { return v.OpenText(msg) })
	}
	cmd := v.SetEnvironment(msg.Environment)
	d := &v.buffers
	at := slices.IndexFunc(d.open, func(s *queryBuffer) bool { return s.editor.Text.Text() == msg.Text })
	if at < 0 {
		s := d.newBuffer(d.newID(), "", msg.Text)
		s.name = d.nameFor(msg.Name, s)
		d.add(s)
		at = min(d.at+1, len(d.open)-1)
	}
	if msg.Script {
		d.open[at].script = draftstore.Script{Scope: msg.Environment, Name: msg.Name, Was: []string{msg.Text}}
		d.version++
	}
	v.enter(inEditor)
	return tea.Batch(cmd, v.show(at))
}

// freeBuffer is where a buffer is in which nothing of the user's is lost when
// another statement is shown in it; it is made where there is none.
func (v *View) freeBuffer(name string) int {
	d := &v.buffers
	at := slices.IndexFunc(d.open, func(s *queryBuffer) bool {
		text := s.editor.Text.Text()
		return s.run == nil && s.blank() || s.attachedText != "" && text == s.attachedText
	})
	if at < 0 {
		d.add(d.newBuffer(d.newID(), "", ""))
		at = min(d.at+1, len(d.open)-1)
	}
	s := d.open[at]
	s.begin()
	s.editor.Text = emptied(s.editor.Text)
	s.editor.Problem, s.completion = nil, completion{}
	s.name = d.nameFor(name, s)
	return at
}

// nameFor is a name for a buffer of a statement that no other buffer has.
func (d *buffers) nameFor(name string, of *queryBuffer) string {
	if at := d.find(name); at >= 0 && d.open[at] != of || len(name) > maxName {
		return d.freeName()
	}
	return name
}

// emptied is an empty buffer whose version is new to the store of drafts.
func emptied(b *buffer.Buffer) *buffer.Buffer {
	next := buffer.New("")
	next.AddVersion(b.Version())
	return next
}

// attach follows a statement that the server has.
func (s *queryBuffer) attach(ref statement.Ref) {
	s.follow(&run{ref: ref, sent: true, began: s.env.Now()})
}

// showTextOf puts the text of a statement that was asked for before the user:
// the cursor goes to it in the buffer it was run from, else it gets a buffer.
func (v *View) showTextOf(r *run) tea.Cmd {
	r.showText = false
	if p := r.status.Target.Pool; p != "" {
		v.target.pool = p // checked against the pools that there are
	}
	b := r.buffer.editor.Text
	if at, found := b.Find(r.sql); found && r.sql != "" {
		r.at = &at
		b.MoveTo(at)
		return nil
	}
	var cmd tea.Cmd
	if !r.buffer.blank() && r.buffer.editor.Text.Text() != r.buffer.attachedText {
		cmd = v.moveToOwn(r)
	}
	s := r.buffer
	s.editor.Text = emptied(s.editor.Text)
	s.editor.Text.Insert(r.sql)
	s.editor.Text.MoveTo(buffer.Position{})
	s.attachedText, r.at = s.editor.Text.Text(), &buffer.Position{}
	return tea.Batch(cmd, v.saveSoon())
}

// moveToOwn gives a statement a buffer of its own; the one that it was run from
// says something else by now, and keeps what it says.
func (v *View) moveToOwn(r *run) tea.Cmd {
	from := r.buffer
	from.begin()
	at := v.freeBuffer(r.ref.Name)
	r.log, r.pane, r.rows, r.fetching, r.complete = nil, nil, nil, false, false
	v.buffers.open[at].follow(r)
	return v.show(at)
}
