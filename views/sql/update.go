package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/catalog"
	"drey/views/results"
	"drey/views/sql/draftstore"
	"drey/views/sql/history"
	"drey/views/sql/queries"
)

// Update takes keys and answers.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	v.layout.dirty = true
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case draftstore.LoadedMsg:
		return v.restoreBuffers(msg)
	case plannedMsg:
		return v.takePlan(msg)
	case checkedMsg:
		v.takeChecked(msg)
	case suggestedMsg:
		return v.takeSuggested(msg)
	case typedMsg:
		return v.validateTyped(msg.buffer)
	case validatedMsg:
		v.takeValidated(msg)
	case confirmedMsg:
		return v.submit(msg.stmt, msg.name)
	case saveMsg:
		return v.save()
	case savedMsg:
		return v.handleSaved(msg)
	case poolsMsg:
		return v.takePools(msg)
	case sessionEndedMsg:
		v.takeSessionEnded(msg)
	case environmentsMsg:
		return v.takeEnvironments(msg)
	case history.LoadedMsg:
		v.past.Take(msg)
		if _, open := v.over.(*history.Dialog); open && msg.Reading {
			return v.openHistory() // it was opened before there was any
		}
	case CommandMsg:
		return v.command(msg)
	case catalog.LoadedMsg:
		v.tree.Update(msg)
		if v.buffer().Completion.Open {
			return v.lookUp()
		}
	case views.RestyledMsg:
		v.restyle(msg)
	}
	return v.updateRun(msg)
}

// updateRun takes what comes of statements.
func (v *View) updateRun(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case queries.ObserveMsg:
		return v.handleLook(msg)
	case queries.ObservedMsg:
		cmd := v.handleObserved(msg)
		v.refocus()
		return cmd
	case results.Msg:
		return msg.To.Update(msg)
	case results.ResumedMsg:
		return v.buffer().Fetch()
	case queries.FetchMsg:
		return msg.Run.Buffer.Fetch()
	case queries.FetchedMsg:
		cmd := msg.Run.Buffer.HandleFetched(msg)
		v.refocus()
		return cmd
	}
	return nil
}

func (v *View) restyle(msg views.RestyledMsg) {
	v.tree.Update(msg)
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	if v.over != nil {
		cmd, done := v.over.Update(msg)
		if done {
			v.over = nil
		}
		return cmd
	}
	if !v.buffers.Loaded {
		return v.later(func(v *View) tea.Cmd { return v.handleKey(msg) })
	}
	s := v.buffer()
	switch v.layout.pane {
	case inResults:
		return v.handleResultsKey(msg)
	case inTree:
		return v.handleTreeKey(msg)
	}
	if s.Completion.Open {
		if cmd, handled := v.handleOfferKey(msg); handled {
			return cmd
		}
	}
	return v.handleEditorKey(msg)
}

func (v *View) handleResultsKey(msg tea.KeyMsg) tea.Cmd {
	keys, s := v.env.Keys.SQL, v.buffer()
	if s.Results.Typing() {
		cmd, _ := s.Results.Key(msg)
		return cmd
	}
	if cmd, handled := v.handleBufferKey(msg); handled {
		return cmd
	}
	switch {
	case keymap.Matches(msg, keys.Edit):
		v.enter(inEditor)
		return nil
	case keymap.Matches(msg, keys.Names), keymap.Matches(msg, v.env.Keys.Global.NextPane):
		return v.enterTree()
	case keymap.Matches(msg, keys.Stop):
		return v.stop(msg.String())
	case keymap.Matches(msg, keys.Statement) && !s.Results.Viewing():
		return v.openStatement()
	case keymap.Matches(msg, keys.Former):
		s.ShowFormer()
		v.refocus()
		return s.Fetch()
	}
	cmd, _ := s.Results.Key(msg)
	return cmd
}

func (v *View) handleEditorKey(msg tea.KeyMsg) tea.Cmd {
	if cmd, handled := v.handleBufferKey(msg); handled {
		return cmd
	}
	keys, line, s := v.env.Keys.SQL, v.env.Keys.Line, v.buffer()
	switch {
	case keymap.Matches(msg, keys.Run):
		s.Completion = queries.Completion{}
		return v.runUnderCursor()
	case keymap.Matches(msg, keys.Check):
		s.Completion = queries.Completion{}
		return v.checkUnderCursor()
	case keymap.Matches(msg, keys.Names):
		return v.enterTree()
	case keymap.Matches(msg, keys.Complete), keymap.Matches(msg, line.Complete) && !s.Editor.BlankBefore():
		return v.complete()
	case keymap.Matches(msg, line.Cancel):
		v.enter(inResults)
		return nil
	case keymap.Matches(msg, keys.Environment):
		return v.askEnvironment(false)
	case keymap.Matches(msg, keys.Pool):
		v.target.nextPool()
		return nil
	}
	return v.edit(msg)
}

// edit gives a key to the editor and keeps the open list up to date.
func (v *View) edit(msg tea.KeyMsg) tea.Cmd {
	s := v.buffer()
	s.Resolve(queries.OfInput)
	before := s.Editor.Text.Version()
	s.Editor.HandleKey(msg, v.env.Keys)
	if s.Editor.Text.Version() == before {
		s.Completion = queries.Completion{}
		return nil
	}
	s.Editor.Problem = nil
	saved := tea.Batch(v.saveSoon(), v.validateSoon())
	if !s.Completion.Open {
		return saved
	}
	cmd := v.lookUp()
	if a := s.Completion.Asking; a.Prefix == "" && len(a.Path) == 0 {
		s.Completion = queries.Completion{}
	}
	return tea.Batch(saved, cmd)
}

// handleBufferKey goes from buffer to buffer; the keys work in the editor.
func (v *View) handleBufferKey(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	keys := v.env.Keys.SQL
	switch {
	case keymap.Matches(msg, keys.New):
		return v.newBuffer(), true
	case keymap.Matches(msg, keys.NextBuffer):
		return v.show(v.buffers.At + 1), true
	case keymap.Matches(msg, keys.PreviousBuffer):
		return v.show(v.buffers.At - 1), true
	case keymap.Matches(msg, keys.Close):
		return v.closeBuffer(), true
	case keymap.Matches(msg, keys.Reopen):
		return v.reopenBuffer(), true
	case keymap.Matches(msg, keys.Rename):
		return v.askName(), true
	case keymap.Matches(msg, keys.History):
		return v.openHistory(), true
	}
	return nil, false
}
