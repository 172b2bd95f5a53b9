// Package dialog asks before something is done: what will happen, to what, and
// how to say yes. The key that asked never confirms.
package dialog

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
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
	onRows
	onInputs
)

// stop is a place that tab goes to; n is the number of an input.
type stop struct {
	focus focus
	n     int
}

// Dialog is one question. It implements views.View and fills no more room than
// it needs: Box gives its lines. What is above the question scrolls; the
// question, its input and its buttons stay in sight.
type Dialog struct {
	env    *views.Env
	ask    views.Confirmation
	box    views.Mailbox
	focus  focus
	how    string // of the choice that is taken, "" for the plain one
	lost   string // the choice that was taken before it could not be, "" for none
	ways   ways   // of targets with choices of their own
	name   input.Line
	inputs inputs
	hint   string // why the last key did nothing
	state  state
	top    int // first line of the body that is seen
	drawn  drawn
	width  int
	height int

	closed bool // it was answered, and takes no more keys
	cutOff bool // the name that was being typed is not asked for any more

	version int          // of ask
	wanted  bool         // it was confirmed before the targets were read
	early   []tea.KeyMsg // keys that came before there was anything to choose
	blind   bool         // what early keys confirm is not what was seen
	plan    string       // the last one under which something could be done
	unseen  bool         // what is asked became another, and no yes came since
	missed  bool         // another thing would be done, which was not said while nothing could be
}

// drawn is the body as it was drawn last and what it was drawn from.
type drawn struct {
	of    drawnOf
	lines []string
}

type drawnOf struct {
	width, version int
	theme          *themes.Theme
	state          state
	how            string
	ways           int
	row            int
	onRows         bool
}

// state is how much is known of the targets.
type state int

const (
	loading state = iota // for the first time
	known
	checking // once more, because it was confirmed
)

// New makes the dialog with the focus on Cancel; on the name when one has to be
// typed.
func New(env *views.Env, ask views.Confirmation) *Dialog {
	d := &Dialog{env: env, ask: ask, plan: ask.Plan}
	d.box.Context = env.Context
	if ask.Load == nil {
		d.state = known
	}
	d.inputs.set(ask.Inputs)
	d.how = ask.How
	if len(d.ask.Choices) > 0 {
		d.focus = onChoices
	}
	if ask.Typed {
		d.focus = onInputs
	}
	if d.typeName() != "" {
		d.focus = onName
	}
	return d
}

type (
	loadedMsg  struct{ ask views.Confirmation }
	checkedMsg struct{ ask views.Confirmation }
	againMsg   struct{}
)

// ClosedMsg ends the dialog; Run is nil when nothing is to be done.
type ClosedMsg struct {
	Doing string
	Run   tea.Cmd
}

// Title implements views.View.
func (d *Dialog) Title() string { return d.ask.Title }

// Crumb implements views.Crumber.
func (d *Dialog) Crumb() string { return strings.ToLower(d.ask.Button) }

// button is the word on the button that confirms.
func (d *Dialog) button() string {
	if c, ok := d.chosen(); ok && c.Opens {
		return "Edit"
	}
	return d.ask.Button
}

// Init reads the targets again.
func (d *Dialog) Init() tea.Cmd { return d.load() }

func (d *Dialog) load() tea.Cmd {
	load := d.ask.Load
	if load == nil {
		return nil
	}
	return d.box.Ask("load", func(ctx context.Context) tea.Msg { return loadedMsg{load(ctx)} })
}

// Accept implements views.View.
func (d *Dialog) Accept(a views.Answer) bool { return d.box.Accept(a) }

// Close implements views.View.
func (d *Dialog) Close() { d.box.Close() }

// Typing tells that letters go to the name.
func (d *Dialog) Typing() bool { return d.focus == onName || d.focus == onInputs && d.inputs.typing() }

// SetSize gives the room of the whole screen.
func (d *Dialog) SetSize(width, height int) { d.width, d.height = width, height }

// Update implements views.View.
func (d *Dialog) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return d.handleKey(msg)
	case loadedMsg:
		return d.handleLoaded(msg.ask)
	case checkedMsg:
		return d.handleChecked(msg.ask)
	case againMsg:
		return d.load()
	}
	return nil
}

func (d *Dialog) handleLoaded(ask views.Confirmation) tea.Cmd {
	first := d.state == loading
	before, choices := d.ask.Plan, len(d.ask.Choices) > 0 || d.rows()
	how, ways := d.how, d.ways.changes
	another := d.replace(ask) || d.how != how || d.ways.changes != ways || d.missed
	d.missed = another && d.ask.Plan == ""
	if !first && another && d.ask.Plan != "" {
		d.unseen = true // a yes that is on its way is for what was seen before
		d.askAgain()
	}
	if first {
		d.state, d.hint = known, ""
	}
	if first && d.wanted {
		if d.ask.Plan == before {
			return d.confirm() // what was read may be older than the yes
		}
		d.askAgain()
	}
	if first && len(d.ask.Choices) > 0 && d.focus == onCancel {
		d.focus = onChoices
	}
	if first && d.rows() && d.focus == onCancel {
		d.focus, d.ways.row = onRows, d.nextRow(-1, 1)
	}
	if first && len(d.early) > 0 {
		return tea.Batch(d.replay(d.ask.Plan != before || !choices && (len(d.ask.Choices) > 0 || d.rows())), d.again())
	}
	return d.again()
}

func (d *Dialog) again() tea.Cmd {
	if d.ask.Every <= 0 {
		return nil
	}
	return d.box.After("again", d.ask.Every, againMsg{})
}

// replace takes what is known by now; the targets stay those that they were. It tells
// whether another thing would be done now.
func (d *Dialog) replace(ask views.Confirmation) (another bool) {
	same := slices.EqualFunc(ask.Targets, d.ask.Targets, func(a, b views.Target) bool { return a.Ref == b.Ref })
	if !same {
		return false
	}
	if ask.Plan != "" {
		another, d.plan = ask.Plan != d.plan, ask.Plan
	}
	if d.ask.Plan == "" && ask.Plan != "" {
		d.hint = "" // it can be done again, such as once the server answers
	}
	asked, typed := d.ask.Asked, d.typeName()
	if d.ask.How == "" && ask.How != "" {
		d.how = ask.How // it is known now that it can be chosen
	}
	d.ask = ask
	d.ask.Asked = asked
	d.version++
	d.keepWay()
	d.ways.drop(ask.Targets)
	if len(d.inputs.of) == 0 {
		d.inputs.set(ask.Inputs)
	}
	if want := d.typeName(); want != typed && want != "" && d.focus == onConfirm {
		d.focus = onName
	}
	if d.typeName() == "" && d.focus == onName {
		d.focus, d.cutOff = onCancel, d.name.Value() != ""
	}
	return another
}

// handleChecked does what was confirmed, unless the targets are no more what the
// user saw: then they are shown, and asked about again.
func (d *Dialog) handleChecked(ask views.Confirmation) tea.Cmd {
	before, how, ways := d.ask.Plan, d.how, d.ways.changes
	d.replace(ask)
	d.state = known
	d.missed = d.ask.Plan == "" && (d.how != how || d.ways.changes != ways)
	if d.ask.Plan != "" && d.ask.Plan == before && d.how == how && d.ways.changes == ways {
		return d.close(d.run())
	}
	d.askAgain()
	return d.again()
}

// nothing says that nothing is done: because of the server, or in the words given.
func (d *Dialog) nothing(text string) string {
	if d.ask.Away != "" {
		text = d.ask.Away + ": the server is asked again by itself"
	}
	return text + "; " + d.env.Keys.Dialog.Leave.Help().Key + " leaves"
}

// askAgain asks about what is no more what was confirmed.
func (d *Dialog) askAgain() {
	d.hint = "it has changed meanwhile: look again, then confirm"
	if d.ask.Plan == "" {
		d.hint = d.nothing("nothing can be done any more")
	}
	d.focus, d.top = onCancel, 0
}

func (d *Dialog) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := d.env.Keys.Dialog
	d.hint = ""
	switch {
	case d.tooEarly(msg):
		d.early = append(d.early, msg)
		d.hint = "still looking; esc leaves"
		return nil
	case d.focus == onName:
		return d.handleTyped(msg)
	case d.forName(msg):
		d.focus = onName
		return d.handleTyped(msg)
	case d.focus == onInputs && d.handleInput(msg):
		return nil
	case d.cutOff && keymap.Typed(msg) != "":
		d.hint = "no name is asked for any more; " + keys.Leave.Help().Key + " leaves"
		return nil
	}
	d.cutOff = false
	switch {
	case msg.String() == d.ask.Asked:
		d.hint = d.ask.Asked + " asked; " + keys.Confirm.Help().Key + " confirms"
	case keymap.Matches(msg, keys.Leave):
		return d.close(nil)
	case keymap.Matches(msg, keys.Confirm):
		return d.confirm()
	case d.focus == onChoices && d.choose(msg):
	case d.focus == onRows && d.chooseInRows(msg):
	case d.scrolls(msg):
	case keymap.Matches(msg, keys.Next):
		d.move(1)
	case keymap.Matches(msg, keys.Previous):
		d.move(-1)
	case keymap.Matches(msg, keys.Press):
		return d.press()
	}
	return nil
}

// wantsName tells that a name has to be typed yet: no yes is enough.
func (d *Dialog) wantsName() bool {
	want := d.typeName()
	return want != "" && d.name.Value() != want
}

// forName tells that a key types a letter of the name that has to be typed, while the focus
// is elsewhere: it goes to the field, whatever else it does where a yes is enough.
func (d *Dialog) forName(msg tea.KeyMsg) bool {
	return strings.TrimSpace(keymap.Typed(msg)) != "" && d.wantsName() && !d.Typing()
}

// scrolls moves through the text above the question, where there is more of it
// than is seen; the arrows move the focus where there is not.
func (d *Dialog) scrolls(msg tea.KeyMsg) bool {
	body, page := d.parts()
	by, ok := d.env.Keys.Move.Steps(msg, page, len(body))
	if !ok || len(body) <= page {
		return false
	}
	d.top = max(min(d.top+by, len(body)-page), 0)
	return true
}

// stops are what tab goes through.
func (d *Dialog) stops() []stop {
	var stops []stop
	if d.rows() {
		stops = append(stops, stop{focus: onRows})
	}
	if len(d.ask.Choices) > 0 {
		stops = append(stops, stop{focus: onChoices})
	}
	for n := range d.inputs.of {
		stops = append(stops, stop{onInputs, n})
	}
	if d.typeName() != "" {
		stops = append(stops, stop{focus: onName})
	}
	return append(stops, stop{focus: onCancel}, stop{focus: onConfirm})
}

func (d *Dialog) move(by int) {
	stops, at := d.stops(), 0
	for i, s := range stops {
		if s.focus == d.focus && (s.focus != onInputs || s.n == d.inputs.at) {
			at = i + by
		}
	}
	next := stops[(at+len(stops))%len(stops)]
	d.focus, d.inputs.at = next.focus, next.n
}

func (d *Dialog) press() tea.Cmd {
	switch d.focus {
	case onCancel:
		return d.close(nil)
	case onConfirm:
		return d.confirm()
	case onInputs: // where enter confirms
		return d.confirm()
	case onChoices, onRows:
		if d.typeName() != "" {
			d.focus = onName
			return nil
		}
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
	case keymap.Matches(msg, keys.Line.Up) && len(d.ask.Choices) > 0:
		d.focus = onChoices
	case keymap.Matches(msg, keys.Line.Down) && len(d.ask.Choices) > 0:
		d.focus = onChoices
		d.choose(msg)
	case keymap.Typed(msg) == "" && msg.Type != tea.KeyCtrlD && msg.Type != tea.KeyCtrlU && msg.Type != tea.KeyHome &&
		msg.Type != tea.KeyEnd && d.scrolls(msg):
	default:
		d.name.Update(msg, keys.Line)
	}
	return nil
}

// confirm reads the targets once more; what comes back decides.
func (d *Dialog) confirm() tea.Cmd {
	if want := d.typeName(); want != "" && d.name.Value() != want {
		d.focus = onName
		d.hint = "type " + want + " to confirm"
		return nil
	}
	switch {
	case d.blind, d.unseen:
		d.unseen = false
		d.askAgain()
		return nil
	case d.state == loading:
		d.hint, d.wanted = "still looking; esc leaves", true
		return nil
	case d.state == checking:
		return nil
	case d.ask.Plan == "":
		d.hint = d.nothing("nothing can be done")
		return nil
	case d.ask.Load == nil:
		return d.close(d.run())
	}
	d.state = checking
	d.box.Cancel("load")
	d.box.Cancel("again")
	load := d.ask.Load
	return d.box.Ask("check", func(ctx context.Context) tea.Msg { return checkedMsg{load(ctx)} })
}

func (d *Dialog) close(run tea.Cmd) tea.Cmd {
	d.box.Close()
	d.closed = true
	doing := d.ask.Doing
	if c, ok := d.chosen(); ok && c.Opens {
		doing = ""
	}
	return views.Send(ClosedMsg{Doing: doing, Run: run})
}

// Closed tells that it was answered: keys that come before its ClosedMsg are for what
// is behind it.
func (d *Dialog) Closed() bool { return d.closed }

// Hints implements views.Hinter.
func (d *Dialog) Hints() []views.Hint {
	k := d.env.Keys
	verb := strings.ToLower(d.button())
	var scroll []views.Hint
	if body, page := d.parts(); len(body) > page {
		scroll = []views.Hint{{Binding: k.Move.PageDown, Label: "scroll"}}
	}
	if d.focus == onName && d.ask.Plan != "" {
		hints := []views.Hint{{Binding: k.Line.Accept, Label: verb}, {Binding: k.Line.Cancel, Label: "cancel"}}
		if len(d.ask.Choices) > 0 {
			hints = append([]views.Hint{{Binding: keymap.Both(k.Line.Up, k.Line.Down), Label: "choose"}}, hints...)
		}
		return append(hints, scroll...)
	}
	hints := []views.Hint{{Binding: k.Dialog.Confirm, Label: verb}, {Binding: k.Dialog.Next}, {Binding: k.Dialog.Leave}}
	switch {
	case d.ask.Plan == "": // there is nothing to say yes to
		hints = hints[2:]
	case d.wantsName():
		hints = hints[1:]
	}
	if len(d.ask.Choices) > 0 {
		hints = append([]views.Hint{{Binding: keymap.Both(k.Line.Up, k.Line.Down), Label: "choose"}}, hints...)
	}
	if d.rows() {
		hints = append(
			[]views.Hint{
				{Binding: keymap.Both(k.Line.Up, k.Line.Down), Label: "row"},
				{Binding: keymap.Both(k.Line.Left, k.Line.Right), Label: "its way"},
			}, hints...,
		)
	}
	return append(hints, scroll...)
}
