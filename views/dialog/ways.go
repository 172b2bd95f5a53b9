package dialog

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/input"
)

// ways are those that were chosen for targets with choices of their own.
type ways struct {
	hows    map[string]string // by the target's UID; "" is the plain one
	row     int               // the target that a key chooses for
	lost    map[string]string // what was chosen before it could not be
	line    int               // of the body that its row is on
	changes int
}

func (w *ways) set(uid, how string) {
	if w.hows == nil {
		w.hows = map[string]string{}
	}
	w.hows[uid] = how
	w.changes++
}

// drop gives up what cannot be chosen any more, and takes it again once it can: a server
// that was away told of no choices.
func (w *ways) drop(targets []views.Target) {
	for _, t := range targets {
		how, lost := wayOf(w.hows[t.UID], w.lost[t.UID], t.Choices)
		if how == w.hows[t.UID] {
			continue
		}
		w.set(t.UID, how)
		if w.lost == nil {
			w.lost = map[string]string{}
		}
		w.lost[t.UID] = lost
	}
}

// wayOf gives a way up that cannot be chosen, and takes the one that was given up once it can.
func wayOf(how, lost string, choices []views.Choice) (now, nowLost string) {
	if _, can := choiceOf(choices, lost); lost != "" && can {
		return lost, ""
	}
	if _, can := choiceOf(choices, how); how == "" || can {
		return how, lost
	}
	return "", how
}

// keepWay gives the chosen way up where it cannot be chosen, and takes it again once it can.
func (d *Dialog) keepWay() {
	choices := d.ask.Choices
	d.how, d.lost = wayOf(d.how, d.lost, choices)
	if _, can := choiceOf(choices, d.how); !can && len(choices) > 0 {
		d.how = choices[0].How
	}
}

// rows tells that a target has choices of its own.
func (d *Dialog) rows() bool {
	return slices.ContainsFunc(d.ask.Targets, func(t views.Target) bool { return len(t.Choices) > 1 })
}

// way is the choice of a target with choices of its own.
func (d *Dialog) way(t views.Target) (views.Choice, bool) {
	return choiceOf(t.Choices, d.ways.hows[t.UID])
}

// chosen is the choice where there is one for all.
func (d *Dialog) chosen() (views.Choice, bool) { return choiceOf(d.ask.Choices, d.how) }

func choiceOf(choices []views.Choice, how string) (views.Choice, bool) {
	i := slices.IndexFunc(choices, func(c views.Choice) bool { return c.How == how })
	if i < 0 {
		return views.Choice{}, false
	}
	return choices[i], true
}

func (d *Dialog) chosenFacts() []views.Fact {
	c, _ := d.chosen()
	return c.Facts
}

// typeName is what has to be typed for what is chosen, "" where a yes will do.
func (d *Dialog) typeName() string {
	if c, ok := d.chosen(); ok {
		return c.TypeName
	}
	if !d.rows() {
		return d.ask.TypeName
	}
	longest := "" // it says most of what is lost
	for _, t := range d.ask.Targets {
		want := t.TypeName
		if c, ok := d.way(t); ok {
			want = c.TypeName
		}
		if t.Refused == "" && len(want) > len(longest) {
			longest = want
		}
	}
	return longest
}

// run is what is done once it is confirmed.
func (d *Dialog) run() tea.Cmd {
	switch {
	case d.rows() && d.ask.RunEach != nil:
		hows := maps.Clone(d.ways.hows)
		if given := d.inputs.encode(); given != "" {
			hows = map[string]string{}
			for _, t := range d.ask.Targets {
				hows[t.UID] = withInputs(d.ways.hows[t.UID], given)
			}
		}
		return d.ask.RunEach(hows)
	}
	return d.ask.Run(withInputs(d.how, d.inputs.encode()))
}

// withInputs is a way to do it with the values that were given beside it.
func withInputs(how, given string) string {
	if how == "" || given == "" {
		return how + given
	}
	return how + "&" + given
}

// choose moves through the choices.
func (d *Dialog) choose(msg tea.KeyMsg) bool {
	by, ok := d.env.Keys.Move.Steps(msg, 4, len(d.ask.Choices))
	if !ok {
		return false
	}
	at := slices.IndexFunc(d.ask.Choices, func(c views.Choice) bool { return c.How == d.how })
	d.how, d.lost = d.ask.Choices[max(min(at+by, len(d.ask.Choices)-1), 0)].How, ""
	return true
}

// chooseInRows moves through the targets that have choices, and through the
// choices of one.
func (d *Dialog) chooseInRows(msg tea.KeyMsg) bool {
	move := d.env.Keys.Move
	by, ok := 0, false
	switch {
	case keymap.Matches(msg, move.Right) || msg.String() == "l":
		return d.chooseInRow(1)
	case keymap.Matches(msg, move.Left):
		return d.chooseInRow(-1)
	default:
		if by, ok = move.Steps(msg, 5, len(d.ask.Targets)); !ok {
			return false
		}
	}
	step := 1
	if by < 0 {
		step = -1
	}
	for range max(by, -by) {
		d.ways.row = d.nextRow(d.ways.row, step)
	}
	d.showRow()
	return true
}

// nextRow is the next target with choices from one on, itself where there is none.
func (d *Dialog) nextRow(from, step int) int {
	for i := from + step; i >= 0 && i < len(d.ask.Targets); i += step {
		if len(d.ask.Targets[i].Choices) > 1 {
			return i
		}
	}
	return max(from, 0)
}

func (d *Dialog) chooseInRow(by int) bool {
	if d.ways.row >= len(d.ask.Targets) {
		return true
	}
	t := d.ask.Targets[d.ways.row]
	at := slices.IndexFunc(t.Choices, func(c views.Choice) bool { return c.How == d.ways.hows[t.UID] })
	if n := len(t.Choices); n > 0 {
		d.ways.set(t.UID, t.Choices[(at+by+n)%n].How)
		delete(d.ways.lost, t.UID)
	}
	return true
}

// showRow scrolls to the row that a key chooses for.
func (d *Dialog) showRow() {
	body, page := d.parts()
	if d.ways.line < d.top || d.ways.line >= d.top+page {
		d.top = max(min(d.ways.line-page/2, len(body)-page), 0)
	}
}

// inputs are the values that may be given.
type inputs struct {
	of    []views.Input
	lines []input.Line
	at    int
}

func (in *inputs) set(of []views.Input) {
	in.of, in.lines = of, make([]input.Line, len(of))
	for i, o := range of {
		in.lines[i].Set(o.Value)
	}
}

// typing tells that letters go to the input.
func (in *inputs) typing() bool { return in.at < len(in.of) && in.of[in.at].Values == nil }

// encode gives what was put in; "" where all is as it was.
func (in *inputs) encode() string {
	q := url.Values{}
	for i, o := range in.of {
		if value := strings.TrimSpace(in.lines[i].Value()); value != o.Value {
			q.Set(o.Name, value)
		}
	}
	return q.Encode()
}

// handleInput gives a key to the input that has the focus.
func (d *Dialog) handleInput(msg tea.KeyMsg) bool {
	in, keys := &d.inputs, d.env.Keys
	line := &in.lines[in.at]
	switch {
	case d.ask.Typed && keymap.Matches(msg, keys.Line.Accept):
		return false
	case keymap.Matches(msg, keys.Line.Accept, keys.Line.Complete, keys.Line.Down):
		d.move(1)
	case keymap.Matches(msg, keys.Line.Up) || msg.String() == "shift+tab":
		d.move(-1)
	case keymap.Matches(msg, keys.Line.Cancel):
		return false
	case in.typing() && keymap.Matches(msg, keys.Line.Right) && line.AtEnd() && in.offered() != "":
		line.Set(in.offered())
	case in.typing():
		line.Update(msg, keys.Line)
	case keymap.Matches(msg, keys.Move.Right, keys.Move.Left) || msg.String() == " ":
		values := in.of[in.at].Values
		by := 1
		if keymap.Matches(msg, keys.Move.Left) {
			by = len(values) - 1
		}
		line.Set(values[(slices.Index(values, line.Value())+by+len(values))%len(values)])
	default:
		return false
	}
	return true
}

// offered is the known value that comes next to what is in the input that has the focus:
// the first one that begins with it, the one behind it where it is one, "" for none.
func (in *inputs) offered() string {
	known, value := in.of[in.at].Known, in.lines[in.at].Value()
	if i := slices.Index(known, value); i >= 0 {
		if known[(i+1)%len(known)] == value {
			return ""
		}
		return known[(i+1)%len(known)]
	}
	i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, value) })
	if i < 0 {
		return ""
	}
	return known[i]
}

const inputLabel = 10

// inputLines draws the values that may be given.
func (d *Dialog) inputLines(width int) []string {
	t, in := d.env.Theme, &d.inputs
	var lines []string
	for i, o := range in.of {
		has := d.focus == onInputs && in.at == i
		value := t.Text.Render(clean.Text(in.lines[i].Value()))
		switch {
		case o.Values != nil:
			value = t.Dim.Render("‹ ") + t.Text.Render(clean.Text(in.lines[i].Value())) + t.Dim.Render(" ›")
		case has:
			offer := ""
			if next := in.offered(); next != "" && in.lines[i].AtEnd() {
				offer = "  " + d.env.Keys.Line.Right.Help().Key + " " + clean.Text(next)
			}
			space := max(width-inputLabel-2-clean.Width(offer), 4)
			value = in.lines[i].View(t, space) + t.Faint.Render(offer)
		case in.lines[i].Value() == "":
			value = t.Faint.Render(clean.Text(o.Hint))
		}
		sign := "  "
		if has {
			sign = t.Accent.Render(t.Glyphs.Crumb) + " "
		}
		lines = append(lines, clean.Cut(
			sign+t.Dim.Render(clean.Fit(o.Label, inputLabel, ""))+value, width, t.Glyphs.Ellipsis,
		))
	}
	if lines != nil {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// choices draws the ways to do it, the chosen one on a ground. Where there is
// room for some of them only, those about the chosen one are drawn.
func (d *Dialog) choices(width, height int) []string {
	t := d.env.Theme
	if len(d.ask.Choices) == 0 {
		return nil
	}
	var all [][]string
	lines, at := 0, 0
	for i, c := range d.ask.Choices {
		if c.How == d.how {
			at = i
		}
		drawn := d.choice(c, width)
		all, lines = append(all, drawn), lines+len(drawn)
	}
	out := []string{"", t.Text.Render(clean.Cut(clean.Text(d.ask.Which), width, ""))}
	from, to := 0, len(all)
	if height -= len(out); lines > height {
		from, to = around(all, at, height-1)
	}
	for _, drawn := range all[from:to] {
		out = append(out, drawn...)
	}
	if hidden := len(all) - (to - from); hidden > 0 {
		out = append(out, t.Faint.Render(clean.Cut(
			"   "+grid.Thousands(hidden)+" more: "+d.downKey()+" moves through them", width,
			t.Glyphs.Ellipsis,
		)))
	}
	return out
}

// downKey goes to the next choice: while a name is typed, a letter does not.
func (d *Dialog) downKey() string {
	if d.focus == onName {
		return d.env.Keys.Line.Down.Help().Key
	}
	return d.env.Keys.Move.Down.Help().Key
}

// around are those of all parts that have room in so many lines, about one of them.
func around(all [][]string, at, height int) (from, to int) {
	from, to = at, at+1
	for space := height - len(all[at]); ; {
		before := space
		if to < len(all) && len(all[to]) <= space {
			space, to = space-len(all[to]), to+1
		}
		if from > 0 && len(all[from-1]) <= space {
			space, from = space-len(all[from-1]), from-1
		}
		if space == before {
			return from, to
		}
	}
}

func (d *Dialog) choice(c views.Choice, width int) []string {
	t := d.env.Theme
	dot, label, ground := t.Dim.Render(t.Glyphs.Tone(themes.Idle)), t.Text.Render(clean.Text(c.Label)), themes.Style{}
	if c.How == d.how {
		dot, label = t.Accent.Render(t.Glyphs.Tone(themes.Good)), t.Strong.Render(clean.Text(c.Label))
		if d.focus == onChoices {
			ground = t.Selected
		}
	}
	style := t.Dim
	if c.Tone != themes.Plain {
		style = t.Tone(c.Tone)
	}
	lines := []string{on(t, ground, clean.Fit(dot+"  "+label, width, t.Glyphs.Ellipsis))}
	for _, part := range clean.Wrap(clean.Text(c.Detail), max(width-3, 8)) {
		lines = append(lines, on(t, ground, clean.Fit("   "+style.Render(part), width, t.Glyphs.Ellipsis)))
	}
	return lines
}
