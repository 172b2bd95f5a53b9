package console

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
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
	keys := r.env.Keys.Global
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
		return r.pane(strings.TrimPrefix(msg.String(), "alt+"))
	case r.typing():
		return r.focused().Update(msg)
	}
	if cmd, handled := r.handleGlobal(msg); handled {
		return cmd
	}
	return r.focused().Update(msg)
}

func (r *Root) typing() bool {
	t, ok := r.focused().(views.Typist)
	return ok && t.Typing()
}

// handleGlobal does what a key does everywhere.
func (r *Root) handleGlobal(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	keys := r.env.Keys
	g := keys.Global
	switch {
	case keymap.Matches(msg, keys.Move.Escape):
		return r.escape(), true
	case keymap.Matches(msg, g.Quit):
		return r.leave(), true
	case keymap.Matches(msg, g.Palette):
		return r.openOverlay(newPalette(r)), true
	case keymap.Matches(msg, g.Help):
		return r.openOverlay(newHelp(r)), true
	case keymap.Matches(msg, g.Calls):
		return r.push(page{title: "API calls", make: func(env *views.Env) views.View {
			return calls.New(env, r.Session.Calls, r.Session.Load())
		}}), true
	case keymap.Matches(msg, g.Actions):
		return r.push(page{title: "Actions", make: func(env *views.Env) views.View { return tasks.New(env) }}), true
	case keymap.Matches(msg, keys.Table.Undo):
		return r.undoToast(msg.String())
	case keymap.Matches(msg, g.Pane):
		if s, ok := r.focused().(views.Sectioned); ok && int(msg.String()[0]-'0') <= s.Sections() {
			return r.focused().Update(msg), true
		}
		return r.pane(msg.String()), true
	case keymap.Matches(msg, keys.Text.NextObject, keys.Text.PreviousObject) && r.steps():
		if keymap.Matches(msg, keys.Text.NextObject) {
			return r.stepObject(1), true
		}
		return r.stepObject(-1), true
	case keymap.Matches(msg, g.NextPane, g.PreviousPane):
		return r.nextPane(msg)
	case keymap.Matches(msg, g.NextTab):
		return r.stepTab(1), true
	case keymap.Matches(msg, g.PreviousTab):
		return r.stepTab(-1), true
	case keymap.Matches(msg, g.Back):
		return r.travel(-1), true
	case keymap.Matches(msg, g.Forward):
		return r.travel(1), true
	case keymap.Matches(msg, g.Last):
		return r.last(), true
	}
	return r.handleScreen(msg)
}

// steps tells that the page on top can be shown of other objects, too.
func (r *Root) steps() bool {
	n := len(r.nav.pages)
	return n > 0 && r.nav.pages[n-1].step != nil
}

// handleScreen does what a key does to the picture.
func (r *Root) handleScreen(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	g := r.env.Keys.Global
	switch {
	case keymap.Matches(msg, g.Refresh):
		if r.err != nil {
			_, cmd := r.openSpace(r.space.Context)
			return cmd, true
		}
		return tea.Batch(r.refresh(), r.fleet.Refresh(), r.probe(r.space)), true
	case keymap.Matches(msg, g.Zoom):
		r.zoom()
	case keymap.Matches(msg, g.Mouse):
		return r.toggleMouse(), true
	case keymap.Matches(msg, g.LastErr):
		return r.showError(), true
	case keymap.Matches(msg, g.Problems):
		return r.goToProblems(), true
	case keymap.Matches(msg, r.env.Keys.Table.CopyMenu) && r.isList():
		return r.openOverlay(newCopyMenu(r)), true
	case keymap.Matches(msg, g.Server):
		return r.openServer(), true
	case keymap.Matches(msg, g.Contexts):
		return r.openOverlay(newContextChooser(r)), true
	default:
		return nil, false
	}
	return nil, true
}

// interrupt leaves what is in front; the second time in a row it quits.
func (r *Root) interrupt(msg tea.KeyMsg) tea.Cmd {
	now := r.env.Now()
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
	case r.typing():
		return r.focused().Update(msg)
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
func (r *Root) escape() tea.Cmd {
	r.status.toasts.now = views.NoticeMsg{}
	if e, ok := r.focused().(views.Escaper); ok {
		if cmd, had := e.Escape(); had {
			return cmd
		}
	}
	if len(r.nav.pages) > 0 {
		return r.pop()
	}
	if r.nav.focus == onFleet {
		r.focus(onMain)
		return nil
	}
	if r.nav.history[r.nav.at].linked && r.nav.at > 0 {
		return r.travel(-1)
	}
	return nil
}

// leave goes back, or quits where there is nothing to go back to.
func (r *Root) leave() tea.Cmd {
	if len(r.nav.pages) > 0 {
		return r.pop()
	}
	return r.quit()
}

// quit leaves the console, after a question where a view has one. While it is
// asked, quitting again leaves at once.
func (r *Root) quit() tea.Cmd {
	if r.over != nil && r.leaving {
		return tea.Quit
	}
	if ask := r.leaveQuestion(); ask != nil {
		cmd := r.openOverlay(dialog.New(r.env, *ask))
		r.leaving = true
		return cmd
	}
	return tea.Quit
}

// stepTab shows the tab that is by further on; the last one is before the first.
func (r *Root) stepTab(by int) tea.Cmd {
	n := len(r.tabs)
	return r.switchTo((r.nav.tab + by + n) % n)
}

// pane goes to what a digit names: 1 is the scopes where there are any, the others
// are tabs.
func (r *Root) pane(digit string) tea.Cmd {
	n := int(digit[len(digit)-1]-'0') - r.firstTab()
	if n < 0 {
		if len(r.nav.pages) > 0 {
			r.hide()
			r.drop(0)
			r.nav.remember()
			cmd := r.show()
			r.focus(onFleet)
			return cmd
		}
		r.focus(onFleet)
		return nil
	}
	if n >= len(r.tabs) {
		return nil
	}
	return r.switchTo(n)
}

// nextPane moves the focus on; a view with panes of its own hears the key itself.
func (r *Root) nextPane(msg tea.KeyMsg) (tea.Cmd, bool) {
	if p, ok := r.focused().(interface{ Panes() bool }); ok && p.Panes() {
		return nil, false
	}
	if len(r.nav.pages) > 0 || !r.hasScopes() {
		return r.front().Update(msg), true
	}
	if r.nav.focus == onMain {
		r.focus(onFleet)
	} else {
		r.focus(onMain)
	}
	return nil, true
}

// zoom gives the focused pane the room of the others.
func (r *Root) zoom() {
	z, ok := r.front().(interface{ Zoom() })
	if ok {
		z.Zoom()
	}
	if len(r.nav.pages) > 0 {
		return // a page has the whole screen
	}
	r.nav.zoomed = !r.nav.zoomed
	r.resize(r.rects.width, r.rects.height)
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
	if f, ok := r.front().(views.Failing); ok && f.LastError() != "" {
		text = f.LastError()
	}
	if text == "" {
		if err := r.freshness().Err; err != nil { // what the header says
			text = err.Error()
		}
	}
	if text == "" {
		return views.Notice(dimTone, "no error so far")
	}
	return r.push(page{title: "last error", make: func(env *views.Env) views.View {
		return detail.NewFixed(env, "last error", detail.Words(text))
	}})
}

// goToProblems shows what the header counts: the list with problems in it, of
// all environments, worst first.
func (r *Root) goToProblems() tea.Cmd {
	kind := r.fleet.Problems()
	i := r.tabNamed(kind)
	if i < 0 {
		return views.Notice(doneTone, "nothing is failing or at risk")
	}
	all := ""
	cmd := r.goTo(views.GoMsg{Tab: kind, Environment: &all})
	if v, ok := r.view(i).(interface{ WorstFirst() }); ok {
		v.WorstFirst()
	}
	return cmd
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
	v, at := r.under(msg.X, msg.Y)
	if delta == 0 && v == nil {
		return r.clickTab(msg.X, msg.Y)
	}
	c, ok := v.(views.Clicker)
	if !ok {
		return nil
	}
	if delta != 0 {
		return c.Wheel(msg.X-at.x, msg.Y-at.y, delta)
	}
	if v == views.View(r.fleet) {
		r.focus(onFleet)
	} else {
		r.focus(onMain)
	}
	return c.Click(msg.X-at.x, msg.Y-at.y)
}
