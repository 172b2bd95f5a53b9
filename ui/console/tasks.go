package console

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/space"
	"drey/views"
	"drey/views/platform"
	"drey/views/tasks"
)

// adoptedMsg is what earlier consoles left in the middle.
type adoptedMsg struct {
	of           *space.Space
	mine, others []views.Task
	err          error
}

// adopt takes over what consoles that were killed left in the middle, or only the task named.
func (r *Root) adopt(s *space.Space, only ...string) tea.Cmd {
	if s.Journal == nil || s.Err != nil || s.Session.ReadOnly != views.Writable {
		return nil
	}
	return r.box.Ask("tasks of "+s.Name, func(context.Context) tea.Msg {
		mine, others, err := s.Tasks.Adopt(only...)
		return adoptedMsg{s, mine, others, err}
	})
}

// handleAdopted goes on with what was left in the middle, and says so; what another
// console is at is told with who that is.
func (r *Root) handleAdopted(msg adoptedMsg) tea.Cmd {
	if msg.err != nil {
		r.fail("read what was begun", msg.err)
		return nil
	}
	var cmds []tea.Cmd
	for _, t := range msg.others {
		r.say(views.NoticeMsg{
			Tone: warnTone,
			Text: t.By + " is " + t.Verb.Doing + " " + t.Target.Name + ": it is left to that one",
		})
	}
	for _, t := range msg.mine {
		cmds = append(cmds, r.resumeTask(msg.of, t))
	}
	return tea.Batch(cmds...)
}

// resumeTask goes on with a task of another process at the step that is due.
func (r *Root) resumeTask(s *space.Space, t views.Task) tea.Cmd {
	doing := "going on with: " + t.Verb.Doing + " " + t.Target.Name
	var kind platform.Resumer
	for _, k := range s.Session.Kinds {
		if k.Info().Name == t.Target.Kind {
			kind, _ = k.(platform.Resumer)
		}
	}
	if kind == nil {
		r.say(views.NoticeMsg{
			Tone: warnTone,
			Text: "nobody goes on with " + t.Verb.Doing + " " + t.Target.Name + ": this version has no " +
				t.Target.Kind,
		})
		return nil
	}
	r.begin(s.TaskName(doing))
	ctx, now, store, drafts := s.Env.Context, s.Env.Now, s.Tasks, s.Env.Editing.Drafts
	return from(s, views.Slow(func() tea.Msg {
		msg := kind.Resume(ctx, store, now, &t)
		if msg.Err == nil && t.Draft != "" && drafts != nil {
			_ = drafts.Remove(t.Draft) // it was applied; it is listed again otherwise
		}
		msg.Doing = doing
		return msg
	}))
}

// undoToast takes back what the toast in sight says was done.
func (r *Root) undoToast(asked string) (tea.Cmd, bool) {
	t := &r.status.toasts
	if t.now.Text == "" || len(t.undo) == 0 || t.undoOf != r.Space {
		return nil, false
	}
	list := t.undo
	t.undo = nil
	return views.Send(tasks.Act(tasks.UndoOf(list[0]), list, asked)), true
}

// madeHint says what the key goes to that the action in sight has made, "" for nothing.
func (r *Root) madeHint() string {
	t := &r.status.toasts
	if t.made.Kind == "" || t.undoOf != r.Space || r.Space.TabNamed(t.made.Kind) < 0 {
		return ""
	}
	return "to it"
}

// goToMade goes to what the action in sight has made beside its target.
func (r *Root) goToMade() (tea.Cmd, bool) {
	if r.madeHint() == "" {
		return nil, false
	}
	going := tasks.GoToMade(r.status.toasts.made)
	if r.Nav.Environment == "" {
		going.Environment = nil // it is among those of all
	}
	return views.Send(going), true
}

// undoHint says what the key of undo does about the toast in sight.
func (r *Root) undoHint() string {
	t := &r.status.toasts
	if len(t.undo) == 0 || t.undoOf != r.Space {
		return ""
	}
	return tasks.UndoOf(t.undo[0])
}
