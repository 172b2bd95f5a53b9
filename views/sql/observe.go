package sql

import (
	"cmp"
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/statement"
)

type (
	observeMsg  struct{ run *run } // it is time to look
	observedMsg struct {
		run    *run
		status statement.Status
		err    error
	}
)

// watchEvery is how often the statements of buffers that are not seen are
// looked at.
const watchEvery = 5 * time.Second

// observe asks how the statement is.
func (s *queryBuffer) observe() tea.Cmd {
	r, engine := s.run, s.engine
	if r == nil || !r.sent {
		return nil
	}
	ref := r.ref
	return s.mail.Ask("statement", func(ctx context.Context) tea.Msg {
		status, err := engine.Observe(ctx, ref)
		return observedMsg{run: r, status: status, err: err}
	})
}

// watchOthers looks at the statements of the buffers that are not seen.
func (v *View) watchOthers() tea.Cmd {
	if !v.layout.visible {
		return nil
	}
	var cmds []tea.Cmd
	for i, s := range v.buffers.open {
		if i != v.buffers.at && s.run != nil && s.run.active() && !s.mail.Waiting("statement") {
			cmds = append(cmds, s.observe())
		}
	}
	return tea.Batch(cmds...)
}

func (v *View) handleObserved(msg observedMsg) tea.Cmd {
	r, s := msg.run, msg.run.buffer
	if r != s.run {
		return nil
	}
	if msg.err != nil {
		return v.handleLost(r, msg.err)
	}
	var cmds []tea.Cmd
	if !r.sent {
		v.buffers.version++
		cmds = append(cmds, v.saveSoon())
	}
	s.resolve(r)
	r.observed, r.lost, r.sent = s.env.Now(), nil, true
	r.status, r.ref, r.sql = msg.status, msg.status.Ref, msg.status.SQL
	if t := msg.status.Created; r.at == nil && !t.IsZero() {
		r.began = t
	}
	if r.showText {
		cmds = append(cmds, v.showTextOf(r))
		s = r.buffer
	}
	s.prepareResults(r)
	if r.status.Phase == statement.Failed {
		s.showFailure(r, cmp.Or(r.status.Detail, "the statement failed and the server does not say why"))
	}
	cmds = append(cmds, s.fetch(), v.renamed(r), v.recordEnd(r))
	if wait := r.every(); wait > 0 {
		cmds = append(cmds, s.lookAgain(wait))
	}
	return tea.Batch(cmds...)
}

// lookAgain observes after a while, seldom while the buffer is not seen.
func (s *queryBuffer) lookAgain(wait time.Duration) tea.Cmd {
	if !s.visible {
		wait = max(wait, watchEvery)
	}
	return s.mail.After("statement", wait, observeMsg{s.run})
}

// handleLook observes when the time has come and somebody sees it.
func (v *View) handleLook(msg observeMsg) tea.Cmd {
	if s := msg.run.buffer; s.run == msg.run && v.layout.visible {
		return s.observe()
	}
	return nil
}

// handleLost keeps what is shown; a statement that was never taken is over.
func (v *View) handleLost(r *run, err error) tea.Cmd {
	s := r.buffer
	r.lost = err
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case !r.sent && fault.Of(err).Lost:
		r.sent = true // nobody knows: it is looked for from now on
		s.complain(r, err.Error())
		return s.lookAgain(watchEvery)
	case !r.sent:
		s.say(err.Error(), true)
		s.run = nil
		return v.past.Refused(&v.mail, r.ref.Name, v.env.Now())
	case errors.Is(err, statement.ErrGone):
		s.say(r.ref.Name+" is not on the server any more; what was fetched stays", true)
		r.deleted = true
		r.end()
		return nil
	}
	s.complain(r, err.Error())
	return s.lookAgain(watchEvery)
}

// recordEnd records in the history how a statement ended.
func (v *View) recordEnd(r *run) tea.Cmd {
	if r.active() || r.status.Raw == "" {
		return nil
	}
	return v.past.Ended(&v.mail, r.ref.Name, r.status.Phase.String(), v.env.Now())
}
