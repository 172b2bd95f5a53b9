// Package dialog asks before something is done: what will happen, to what, and
// how to say yes. The key that asked never confirms.
package dialog

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/input"
)

// focus is what enter and the arrows go to.
type focus int

const (
	onCancel focus = iota
	onConfirm
	onChoices
	onName
)

// Dialog is one question. It implements views.View and fills no more room than
// it needs: Box gives its lines.
type Dialog struct {
	env    *views.Env
	ask    views.Confirmation
	box    views.Mailbox
	focus  focus
	choice int
	name   input.Line
	hint   string // why the last key did nothing
	loaded bool
	width  int
	height int
}

// New makes the dialog with the focus on Cancel; on the name when one has to be
// typed.
func New(env *views.Env, ask views.Confirmation) *Dialog {
	d := &Dialog{env: env, ask: ask, loaded: ask.Load == nil}
	d.box.Context = env.Context
	if d.typeName() != "" {
		d.focus = onName
	}
	return d
}

type loadedMsg struct{ ask views.Confirmation }

// ClosedMsg ends the dialog; Run is nil when nothing is to be done.
type ClosedMsg struct {
	Doing string
	Run   tea.Cmd
}

// Title implements views.View.
func (d *Dialog) Title() string { return d.ask.Verb }

// Crumb implements views.Crumber.
func (d *Dialog) Crumb() string { return strings.ToLower(d.ask.Verb) }

// Init finds out what more there is to say.
func (d *Dialog) Init() tea.Cmd {
	if d.ask.Load == nil {
		return nil
	}
	ask := d.ask
	return d.box.Ask("load", func(ctx context.Context) tea.Msg { return loadedMsg{ask.Load(ctx, ask)} })
}

// Accept implements views.View.
func (d *Dialog) Accept(a views.Answer) bool { return d.box.Accept(a) }

// Close implements views.View.
func (d *Dialog) Close() { d.box.Close() }

// Typing tells that letters go to the name.
func (d *Dialog) Typing() bool { return d.focus == onName }

// SetSize gives the room of the whole screen.
func (d *Dialog) SetSize(width, height int) { d.width, d.height = width, height }

// Update implements views.View.
func (d *Dialog) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return d.handleKey(msg)
	case loadedMsg:
		targets := d.ask.Targets
		d.ask, d.loaded, d.hint = msg.ask, true, ""
		d.ask.Targets = targets // frozen
		if len(d.ask.Choices) > 0 && d.focus == onCancel {
			d.focus = onChoices
		}
	}
	return nil
}

func (d *Dialog) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := d.env.Keys.Dialog
	d.hint = ""
	if d.focus == onName {
		return d.handleTyped(msg)
	}
	switch {
	case msg.String() == d.ask.Asked:
		d.hint = d.ask.Asked + " asked; " + keys.Confirm.Help().Key + " confirms"
	case keymap.Matches(msg, keys.Leave):
		return d.close(nil)
	case keymap.Matches(msg, keys.Confirm):
		return d.confirm()
	case d.focus == onChoices && keymap.Matches(msg, d.env.Keys.Move.Down):
		d.choose(1)
	case d.focus == onChoices && keymap.Matches(msg, d.env.Keys.Move.Up):
		d.choose(-1)
	case keymap.Matches(msg, keys.Next):
		d.move(1)
	case keymap.Matches(msg, keys.Previous):
		d.move(-1)
	case keymap.Matches(msg, keys.Press):
		return d.press()
	}
	return nil
}

func (d *Dialog) choose(by int) {
	d.choice = max(min(d.choice+by, len(d.ask.Choices)-1), 0)
}

// stops are what tab goes through.
func (d *Dialog) stops() []focus {
	stops := []focus{onCancel, onConfirm}
	if d.typeName() != "" {
		stops = append([]focus{onName}, stops...)
	}
	if len(d.ask.Choices) > 0 {
		stops = append([]focus{onChoices}, stops...)
	}
	return stops
}

func (d *Dialog) move(by int) {
	stops := d.stops()
	for i, s := range stops {
		if s == d.focus {
			d.focus = stops[(i+by+len(stops))%len(stops)]
			return
		}
	}
	d.focus = stops[0]
}

func (d *Dialog) press() tea.Cmd {
	switch d.focus {
	case onCancel:
		return d.close(nil)
	case onConfirm:
		return d.confirm()
	}
	d.hint = d.env.Keys.Dialog.Confirm.Help().Key + " confirms, esc leaves"
	return nil
}

func (d *Dialog) handleTyped(msg tea.KeyMsg) tea.Cmd {
	keys := d.env.Keys
	switch {
	case keymap.Matches(msg, keys.Line.Cancel):
		return d.close(nil)
	case keymap.Matches(msg, keys.Line.Accept):
		return d.confirm()
	case keymap.Matches(msg, keys.Line.Complete):
		d.move(1)
	default:
		d.name.Update(msg, keys.Line)
	}
	return nil
}

// typeName is what has to be typed for the way that is chosen.
func (d *Dialog) typeName() string {
	if len(d.ask.Choices) > 0 {
		return d.ask.Choices[d.choice].TypeName
	}
	return d.ask.TypeName
}

func (d *Dialog) confirm() tea.Cmd {
	if want := d.typeName(); want != "" && d.name.Value() != want {
		d.focus = onName
		d.hint = "type " + want + " to confirm"
		return nil
	}
	if !d.loaded {
		d.hint = "still looking; esc leaves"
		return nil
	}
	run := d.ask.Run
	if len(d.ask.Choices) > 0 {
		run = d.ask.Choices[d.choice].Run
	}
	return d.close(run)
}

func (d *Dialog) close(run tea.Cmd) tea.Cmd {
	d.box.Close()
	doing := strings.ToLower(d.ask.Verb) + " " + strings.Join(d.ask.Targets, ", ")
	return views.Send(ClosedMsg{Doing: doing, Run: run})
}

// Hints implements views.Hinter.
func (d *Dialog) Hints() []views.Hint {
	k := d.env.Keys
	verb := strings.ToLower(d.ask.Verb)
	if d.focus == onName {
		return []views.Hint{{Binding: k.Line.Accept, Label: verb}, {Binding: k.Line.Cancel, Label: "cancel"}}
	}
	hints := []views.Hint{{Binding: k.Dialog.Confirm, Label: verb}, {Binding: k.Dialog.Next}, {Binding: k.Dialog.Leave}}
	if len(d.ask.Choices) > 0 {
		hints = append([]views.Hint{{Binding: k.Line.Up, Label: "choose"}}, hints...)
	}
	return hints
}
