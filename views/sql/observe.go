package sql

import (
	"cmp"
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/statement"
	"drey/views/sql/queries"
)

// watchOthers looks at the statements of the buffers that are not seen.
func (v *View) watchOthers() tea.Cmd {
	if !v.layout.visible {
		return nil
	}
	var cmds []tea.Cmd
	for i, s := range v.buffers.Open {
		if i != v.buffers.At && s.Run != nil && s.Run.Active() && !s.Mail.Waiting("statement") {
			cmds = append(cmds, s.Observe())
		}
	}
	return tea.Batch(cmds...)
}

func (v *View) handleObserved(msg queries.ObservedMsg) tea.Cmd {
	r, s := msg.Run, msg.Run.Buffer
	if r != s.Run {
		return nil
	}
	if msg.Err != nil {
		return v.handleLost(r, msg.Err)
	}
	var cmds []tea.Cmd
	if !r.Sent {
		v.buffers.Version++
		cmds = append(cmds, v.saveSoon())
	}
	s.Resolve(r)
	r.Observed, r.Lost, r.Sent = s.Env.Now(), nil, true
	r.Status, r.Ref, r.SQL = msg.Status, msg.Status.Ref, msg.Status.SQL
	if t := msg.Status.Created; r.At == nil && !t.IsZero() {
		r.Began = t
	}
	if r.ShowText {
		cmds = append(cmds, v.showTextOf(r))
		s = r.Buffer
	}
	s.PrepareResults(r)
	if r.Status.Phase == statement.Failed {
		s.ShowFailure(r, cmp.Or(r.Status.Detail, "the statement failed and the server does not say why"))
	}
	cmds = append(cmds, s.Fetch(), v.renamed(r), v.recordEnd(r))
	if wait := r.Every(); wait > 0 {
		cmds = append(cmds, s.LookAgain(wait))
	}
	return tea.Batch(cmds...)
}

// handleLook observes when the time has come and somebody sees it.
func (v *View) handleLook(msg queries.ObserveMsg) tea.Cmd {
	if s := msg.Run.Buffer; s.Run == msg.Run && v.layout.visible {
		return s.Observe()
	}
	return nil
}

// handleLost keeps what is shown; a statement that was never taken is over.
func (v *View) handleLost(r *queries.Run, err error) tea.Cmd {
	s := r.Buffer
	r.Lost = err
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case !r.Sent && fault.Of(err).Lost:
		r.Sent = true // nobody knows: it is looked for from now on
		s.Complain(r, err.Error())
		return s.LookAgain(queries.WatchEvery)
	case !r.Sent:
		s.Say(err.Error(), true)
		s.Run = nil
		return v.past.Refused(&v.mail, r.Ref.Name, v.env.Now())
	case errors.Is(err, statement.ErrGone):
		s.Say(r.Ref.Name+" is not on the server any more; what was fetched stays", true)
		r.Deleted = true
		r.End()
		return nil
	}
	s.Complain(r, err.Error())
	return s.LookAgain(queries.WatchEvery)
}

// recordEnd records in the history how a statement ended.
func (v *View) recordEnd(r *queries.Run) tea.Cmd {
	if r.Active() || r.Status.Raw == "" {
		return nil
	}
	return v.past.Ended(&v.mail, r.Ref.Name, r.Status.Phase.String(), v.env.Now())
}
