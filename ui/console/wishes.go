package console

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/space"
	"drey/views"
	"drey/views/dialog"
	"drey/views/scopes"
)

// wish is what a view asked the root for, with the context that the view is of:
// commands end when they end, and another context may be seen by then.
type wish struct {
	of  *space.Space
	msg tea.Msg
}

// from marks what comes of a command of a context.
func from(s *space.Space, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return mark(s, cmd()) }
}

func mark(s *space.Space, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		marked := make(tea.BatchMsg, len(msg))
		for i := range msg {
			marked[i] = from(s, msg[i])
		}
		return marked
	case views.Later:
		return views.Later(func() tea.Msg { return mark(s, msg()) })
	case views.NoticeMsg, views.ErrorMsg, views.DoneMsg, views.ConfirmMsg, views.OpenMsg, space.StepMsg, views.BackMsg,
		views.GoMsg, views.MadeMsg, views.TakeOverMsg,
		views.OpenStatementMsg, views.OpenTextMsg, views.ActMsg, views.CommandMsg, views.CopyMsg, views.EditFileMsg,
		views.ReconnectedMsg:
		return wish{s, msg}
	default:
		return msg
	}
}

// grant does at once what a command wishes, so that the next key finds it done, and
// gives the rest: what takes time, and what is for the program that runs the root.
func (r *Root) grant(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case nil:
		return nil
	case tea.BatchMsg:
		rest := make([]tea.Cmd, 0, len(msg))
		for _, c := range msg {
			if left := r.grant(c); left != nil {
				rest = append(rest, left)
			}
		}
		return tea.Batch(rest...)
	case wish, views.ErrorMsg, views.DoneMsg, dialog.ClosedMsg, scopes.EnteredMsg, scopes.MissingMsg, draftsMsg,
		runKeyMsg, openMsg, switchMsg, restyleMsg, quitMsg:
		return r.handle(msg)
	default:
		return views.Send(msg)
	}
}

// offLoop is a command as the program runs it that runs the root: off the loop, where
// what takes time may take it.
func offLoop(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		msg := views.Run(cmd)
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = offLoop(batch[i])
			}
		}
		return msg
	}
}

// handleOutOfSight takes what comes of a context that is not seen any more: what
// was done there is said, with its name; nothing moves there.
func (r *Root) handleOutOfSight(w wish) tea.Cmd {
	name := w.of.Name + ": "
	switch msg := w.msg.(type) {
	case views.CopyMsg:
		return r.copy(msg)
	case views.EditFileMsg:
		return views.Send(msg.Done(views.ErrOutOfSight))
	case views.NoticeMsg:
		msg.Text = name + msg.Text
		r.say(msg)
	case views.DoneMsg:
		w.of.Report(msg)
		took := r.end(w.of.TaskName(msg.Doing))
		r.sayDone(msg, name)
		r.tellEnd(took)
	case views.ErrorMsg:
		took := r.end(w.of.TaskName(msg.Doing))
		r.fail(name+msg.Doing, msg.Err)
		r.tellEnd(took)
	}
	return nil
}
