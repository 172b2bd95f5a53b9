package console

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/calls"
	"drey/views/detail"
	"drey/views/dialog"
	"drey/views/tasks"
)

const (
	doneTone = themes.Good
	busyTone = themes.Busy
	warnTone = themes.Warn
	dimTone  = themes.Dim
	badTone  = themes.Bad
)

// handleKeys takes a message apart: keys pressed in quick succession, or held
// down over a slow line, arrive as one message of several runes.
func (r *Root) handleKeys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || msg.Paste || msg.Alt {
		return r.takeKey(msg)
	}
	cmds := make([]tea.Cmd, 0, 1)
	for i := range msg.Runes {
		one := msg
		one.Runes = msg.Runes[i : i+1]
		cmds = append(cmds, r.takeKey(one))
	}
	return tea.Batch(cmds...)
}

// handleKey gives a key to: what always works, what lies over the rest, who is
// typing, what is the same everywhere, and then the focused view.
func (r *Root) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := r.Env.Keys.Global
	switch {
	case keymap.Matches(msg, keys.Interrupt):
		return r.interrupt(msg)
	case keymap.Matches(msg, keys.Suspend):
		return r.suspend()
	case r.over != nil:
		cmd := r.over.Update(msg)
		r.closeAnswered()
		return cmd
	case msg.Type != tea.KeyRunes && keymap.Matches(msg, keys.Help):
		return r.openOverlay(newHelp(r))
	case keymap.Matches(msg, keys.PaneAnywhere):
		return r.Pane(strings.TrimPrefix(msg.String(), "alt+"))
	case r.Typing():
		return r.Focused().Update(msg)
	}
	if cmd, handled := r.handleGlobal(msg); handled {
		return cmd
	}
	return r.Focused().Update(msg)
}

// handleGlobal does what a key does everywhere.
func (r *Root) handleGlobal(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	keys := r.Env.Keys
	g := keys.Global
	switch {
	case keymap.Matches(msg, keys.Move.Escape):
		return r.escape(msg), true
	case keymap.Matches(msg, g.Quit):
		return r.leave(msg), true
	case keymap.Matches(msg, g.Palette):
		return r.openPalette(), true
	case keymap.Matches(msg, g.Help):
		return r.openOverlay(newHelp(r)), true
	case keymap.Matches(msg, g.Calls):
		return r.pushOnce(space.Page{Title: "API calls", Make: func(env *views.Env) views.View {
			return calls.New(env, r.Session.Calls, r.Session.Load())
		}}), true
	case keymap.Matches(msg, g.Actions):
		return r.pushOnce(space.Page{
			Title: "Actions", Make: func(env *views.Env) views.View { return tasks.New(env) },
		}), true
	case keymap.Matches(msg, keys.Table.Undo):
		return r.undoToast(msg.String())
	case keymap.Matches(msg, g.Made):
		return r.goToMade()
	case keymap.Matches(msg, g.Pane):
		if s, ok := r.Focused().(views.Sectioned); ok && int(msg.String()[0]-'0') <= s.Sections() {
			return r.Focused().Update(msg), true
		}
		return r.Pane(msg.String()), true
	case keymap.Matches(msg, keys.Text.NextObject, keys.Text.PreviousObject) && r.Steps():
		if keymap.Matches(msg, keys.Text.NextObject) {
			return r.StepObject(1), true
		}
		return r.StepObject(-1), true
	case keymap.Matches(msg, g.NextPane, g.PreviousPane):
		return r.NextPane(msg)
	case keymap.Matches(msg, g.NextTab):
		return r.StepTab(1), true
	case keymap.Matches(msg, g.PreviousTab):
		return r.StepTab(-1), true
	case keymap.Matches(msg, g.Back):
		return r.Travel(-1), true
	case keymap.Matches(msg, g.Forward):
		return r.Travel(1), true
	case keymap.Matches(msg, g.Last):
		return r.Last(), true
	}
	return r.handleScreen(msg)
}

// handleScreen does what a key does to the picture.
func (r *Root) handleScreen(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	g := r.Env.Keys.Global
	switch {
	case keymap.Matches(msg, g.Refresh):
		if r.Err != nil {
			_, cmd := r.openSpace(r.Space.Context)
			return cmd, true
		}
		return tea.Batch(r.Refresh(), r.ScopesPane.Refresh(), r.probe(r.Space)), true
	case keymap.Matches(msg, g.Zoom):
		r.Zoom()
	case keymap.Matches(msg, g.Mouse):
		return r.toggleMouse(), true
	case keymap.Matches(msg, g.LastErr):
		return r.showError(), true
	case keymap.Matches(msg, g.Problems):
		return r.GoToProblems(), true
	case keymap.Matches(msg, r.Env.Keys.Table.CopyMenu) && r.IsList():
		return r.openOverlay(newCopyMenu(r)), true
	case keymap.Matches(msg, g.Server):
		return r.openServer(), true
	case keymap.Matches(msg, g.Contexts):
		return r.openOverlay(r.newContextChooser()), true
	default:
		return nil, false
	}
	return nil, true
}

// interrupt leaves what is in front; the second time in a row it quits.
func (r *Root) interrupt(msg tea.KeyMsg) tea.Cmd {
	now := r.Env.Now()
	if now.Sub(r.status.interrupt) < 2*time.Second {
		return r.quit()
	}
	r.status.interrupt = now
	r.say(views.NoticeMsg{Text: "ctrl-c again quits", Tone: warnTone})
	switch {
	case r.over != nil:
		cmd := r.over.Update(keymap.Message("esc"))
		r.closeAnswered()
		return cmd
	case r.Typing():
		return r.Focused().Update(msg)
	}
	return nil
}

func (r *Root) suspend() tea.Cmd {
	if r.terminal == nil {
		return nil
	}
	return r.terminal.Suspend()
}

// escape gives up one thing: the view's own, or the page.
func (r *Root) escape(msg tea.KeyMsg) tea.Cmd {
	r.status.toasts.now = views.NoticeMsg{}
	if e, ok := r.Focused().(views.Escaper); ok {
		if cmd, had := e.Escape(); had {
			return cmd
		}
	}
	if len(r.Nav.Pages) > 0 {
		return r.popAsked(msg)
	}
	if r.Nav.Focus == space.OnScopes {
		r.Focus(space.OnMain)
		return nil
	}
	if r.Linked() {
		return r.Travel(-1)
	}
	return nil
}

// leave goes back, or quits where there is nothing to go back to.
func (r *Root) leave(msg tea.KeyMsg) tea.Cmd {
	if len(r.Nav.Pages) > 0 {
		return r.popAsked(msg)
	}
	return r.quit()
}

// popAsked leaves the page in front, after a question where something would be lost.
func (r *Root) popAsked(msg tea.KeyMsg) tea.Cmd {
	if l, ok := r.Focused().(views.Loser); ok {
		if ask := l.AskLeave(msg.String()); ask != nil {
			return ask
		}
	}
	return r.Pop()
}

// quit leaves the console, after a question where a view has one. While it is
// asked, quitting again leaves at once.
func (r *Root) quit() tea.Cmd {
	if r.over != nil && r.leaving {
		return tea.Quit
	}
	if ask := r.leaveQuestion(); ask != nil {
		cmd := r.openOverlay(dialog.New(r.Env, *ask))
		r.leaving = true
		return cmd
	}
	return tea.Quit
}

func (r *Root) toggleMouse() tea.Cmd {
	r.status.mouse = !r.status.mouse
	if r.terminal != nil {
		r.terminal.Mouse(r.status.mouse)
	}
	if r.status.mouse {
		return views.Notice(doneTone, "mouse on: m gives selecting text back")
	}
	return views.Notice(dimTone, "mouse off")
}

// fail shows the first line of an error; the whole of it is kept.
func (r *Root) fail(doing string, err error) {
	r.status.lastErr = doing + ": " + err.Error()
	r.say(views.NoticeMsg{Text: "could not " + r.status.lastErr, Tone: themes.Bad})
}

func (r *Root) showError() tea.Cmd {
	text := r.status.lastErr
	if f, ok := r.Front().(views.Failing); ok && f.LastError() != "" {
		text = f.LastError()
	}
	if text == "" {
		if err := r.Freshness().Err; err != nil { // what the header says
			text = err.Error()
		}
	}
	if text == "" {
		return views.Notice(dimTone, "no error so far")
	}
	return r.Push(space.Page{Title: "last error", Make: func(env *views.Env) views.View {
		return detail.NewFixed(env, "last error", detail.Words(text))
	}})
}

// runKeyMsg presses a key, for help entries.
type runKeyMsg struct{ key string }

func (r *Root) runKey(msg runKeyMsg) tea.Cmd {
	r.closeOverlay()
	return r.handleKey(keymap.Message(msg.key))
}

// handleMouse finds the pane under the pointer.
func (r *Root) handleMouse(msg tea.MouseMsg) tea.Cmd {
	if r.over != nil || !r.status.mouse {
		return nil
	}
	delta := 0
	switch {
	case msg.Button == tea.MouseButtonWheelUp:
		delta = -1
	case msg.Button == tea.MouseButtonWheelDown:
		delta = 1
	case msg.Button != tea.MouseButtonLeft || msg.Action != tea.MouseActionPress:
		return nil
	}
	v, at := r.Under(msg.X, msg.Y)
	if delta == 0 && v == nil {
		return r.ClickTab(msg.X, msg.Y)
	}
	c, ok := v.(views.Clicker)
	if !ok {
		return nil
	}
	if delta != 0 {
		return c.Wheel(msg.X-at.X, msg.Y-at.Y, delta)
	}
	if v == views.View(r.ScopesPane) {
		r.Focus(space.OnScopes)
	} else {
		r.Focus(space.OnMain)
	}
	return c.Click(msg.X-at.X, msg.Y-at.Y)
}

// pushOnce opens a page of the whole console, unless it is the one in front.
func (r *Root) pushOnce(p space.Page) tea.Cmd {
	if top := len(r.Nav.Pages) - 1; top >= 0 && r.Nav.Pages[top].Title == p.Title {
		return nil
	}
	return r.Push(p)
}
