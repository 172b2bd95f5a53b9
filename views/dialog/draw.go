package dialog

import (
	"fmt"
	"slices"
	"strings"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
)

const (
	narrowBox = 78 // cells for one target
	wideBox   = 116
	margin    = 2
	nameSpace = 44
)

// View draws the dialog alone; the root lays Box over the screen.
func (d *Dialog) View() string { return strings.Join(d.Box(), "\n") }

func (d *Dialog) boxWidth() int {
	most := narrowBox
	if len(d.ask.Targets) > 1 {
		most = wideBox
	}
	return max(min(most, d.width-2), 10)
}

// parts are the text that scrolls and how many lines of it are seen at once.
func (d *Dialog) parts() (body []string, page int) {
	inner := d.boxWidth() - 2 - 2*margin
	body = d.body(inner)
	space := max(d.height-2, 3) - 2 - len(d.foot(inner))
	page = max(min(len(body), space), 1)
	if len(body) > page {
		page = max(page-1, 1) // for the line that says so
	}
	return body, page
}

// Box is the dialog as lines of one width, no more than the room has.
func (d *Dialog) Box() []string {
	t, width := d.env.Theme, d.boxWidth()
	inner := width - 2 - 2*margin
	body, page := d.parts()
	foot := d.foot(inner)
	d.top = max(min(d.top, len(body)-page), 0)
	lines := append([]string(nil), body[d.top:min(d.top+page, len(body))]...)
	if len(body) > page {
		text := fmt.Sprintf(
			"%s–%s of %s lines %s %s scrolls", grid.Thousands(d.top+1), grid.Thousands(d.top+page),
			grid.Thousands(len(body)), t.Glyphs.Dot, d.env.Keys.Move.PageDown.Help().Key,
		)
		lines = append(lines, t.Accent.Render(clean.Cut(text, inner, t.Glyphs.Ellipsis)))
	}
	lines = append(lines, foot...)
	if most := max(d.height, 3) - 2; len(lines) > most {
		lines = lines[len(lines)-most:] // the question is what has to be seen
	}
	for i, l := range lines {
		lines[i] = clean.Blanks(margin) + l
	}
	title, where := d.heading(width)
	box := frame.Box(t, true, width, min(len(lines)+2, max(d.height, 3)), title, where, lines)
	for i := range box {
		box[i] = t.Panel.Paint(clean.Fit(box[i], width, ""))
	}
	return box
}

// heading names what is done and where.
func (d *Dialog) heading(width int) (title, where string) {
	title, where = d.plainHeading(width)
	if d.ask.Context != "" {
		t := d.env.Theme
		name := " " + clean.Cut(clean.Text(d.ask.Context), max(width/3, 4), t.Glyphs.Ellipsis) + " "
		where += "  " + t.Context.Render(name)
	}
	return title, where
}

// plainHeading is the heading without the context.
func (d *Dialog) plainHeading(width int) (title, where string) {
	t := d.env.Theme
	where = d.where()
	if d.ask.Context != "" {
		width -= clean.Width(d.ask.Context) + 4
	}
	title = clean.Cut(clean.Text(d.ask.Title), max(width-clean.Width(where)-8, 8), t.Glyphs.Ellipsis)
	if len(d.ask.Targets) == 1 {
		name := clean.Text(d.ask.Targets[0].Name)
		verb, rest, _ := strings.Cut(title, " ")
		if of, ok := strings.CutSuffix(title, " "+name); ok {
			verb, rest = of, name
		}
		return t.Strong.Render(verb) + " " + t.Accent.Render(rest), t.Dim.Render(where)
	}
	return t.Strong.Render(title), t.Dim.Render(where)
}

// where is the environment of all targets, or how many there are.
func (d *Dialog) where() string {
	scopes := map[string]bool{}
	for _, target := range d.ask.Targets {
		if target.Scope != "" {
			scopes[target.Scope] = true
		}
	}
	switch len(scopes) {
	case 0:
		return ""
	case 1:
		for name := range scopes {
			return "in " + clean.Cut(clean.Text(name), 30, d.env.Theme.Glyphs.Ellipsis)
		}
	}
	return fmt.Sprintf("in %d environments", len(scopes))
}

// body is what scrolls: each target with what happens to it, what is true of
// all, and the requests.
func (d *Dialog) body(width int) []string {
	of := drawnOf{width, d.version, d.env.Theme, d.state, d.how, d.ways.changes, d.ways.row, d.focus == onRows}
	if d.drawn.lines == nil || d.drawn.of != of {
		d.drawn = drawn{of, d.drawBody(width)}
	}
	return d.drawn.lines
}

func (d *Dialog) drawBody(width int) []string {
	t := d.env.Theme
	lines := []string{""}
	if len(d.ask.Targets) == 1 {
		lines = append(lines, d.oneTarget(width)...)
	} else {
		lines = append(lines, d.targets(width)...)
	}
	for _, f := range slices.Concat(d.chosenFacts(), d.ask.Facts) {
		lines = append(lines, d.labelled(f.Label, f.Text, f.Tone, width)...)
	}
	if d.state == loading {
		lines = append(lines, t.Faint.Render("looking at it again"+t.Glyphs.Ellipsis))
	}
	lines = append(lines, d.requests(width)...)
	for len(lines) > 0 && strings.TrimSpace(clean.Plain(lines[len(lines)-1])) == "" {
		lines = lines[:len(lines)-1] // what comes below begins with a blank line
	}
	return lines
}

// longestName is how many cells of a name are shown: those that people give are
// shorter, and a whole SQL text would hide what happens.
const longestName = 256

// oneTarget says all of what happens to the only one.
func (d *Dialog) oneTarget(width int) []string {
	target := d.ask.Targets[0]
	var lines []string
	if clean.Width(clean.Text(target.Name)) > width-20 { // the heading cuts it
		lines = append(
			lines,
			d.labelled(
				"name", clean.Cut(clean.Text(target.Name), longestName, d.env.Theme.Glyphs.Ellipsis), themes.Plain,
				width,
			)...,
		)
	}
	if target.Refused != "" {
		return append(lines, d.labelled("will not", target.Refused, themes.Warn, width)...)
	}
	if len(d.ask.Choices) > 0 {
		return lines // each way says what happens
	}
	return append(lines, d.labelled(target.Will.Label, target.Will.Text, target.Will.Tone, width)...)
}

const (
	labelRoom = 14
	// whatHappens is a label that need not be said in a list of what happens.
	whatHappens = "what happens"
)

func (d *Dialog) labelled(label, text string, tone themes.Tone, width int) []string {
	t := d.env.Theme
	var lines []string
	for i, part := range clean.Wrap(clean.Text(text), max(width-labelRoom, 8)) {
		if i > 0 {
			label = ""
		}
		lines = append(
			lines, t.Dim.Render(clean.Fit(clean.Text(label), labelRoom, t.Glyphs.Ellipsis))+t.Tone(tone).Render(part),
		)
	}
	return lines
}

// targets is a line or more for each: name, environment, what happens; those
// that nothing happens to come last.
func (d *Dialog) targets(width int) []string {
	name, scope := 4, 0
	for _, target := range d.ask.Targets {
		name = max(name, clean.Width(clean.Text(target.Name)))
		scope = max(scope, clean.Width(clean.Text(target.Scope)))
	}
	name, scope = min(name, nameSpace, max(width/3, 12)), min(scope, max(width/5, 8))
	var lines, refused []string
	common, same := d.common()
	if same = same && !d.rows(); same {
		lines = append(d.labelled(common.Label, common.Text, common.Tone, width), "")
	}
	for i, target := range d.ask.Targets {
		if same {
			target.Will = views.Fact{}
		}
		if c, ok := d.way(target); ok {
			target.Will.Text, target.Will.Tone = "‹ "+c.Label+" › "+c.Detail, c.Tone
		}
		drawn := d.target(target, name, scope, width)
		if i == d.ways.row && d.focus == onRows {
			for n := range drawn {
				drawn[n] = on(d.env.Theme, d.env.Theme.Selected, clean.Fit(drawn[n], width, ""))
			}
			d.ways.line = len(lines) + 1
		}
		if target.Refused != "" {
			refused = append(refused, drawn...)
			continue
		}
		lines = append(lines, drawn...)
	}
	if len(refused) > 0 {
		lines = append(append(lines, ""), refused...)
	}
	return append(lines, "")
}

// common is what happens to all targets to which something happens, if it is
// the same: it is said once.
func (d *Dialog) common() (will views.Fact, same bool) {
	for _, target := range d.ask.Targets {
		switch {
		case target.Refused != "":
		case !same:
			will, same = target.Will, true
		case will != target.Will:
			return will, false
		}
	}
	return will, same
}

func (d *Dialog) target(target views.Target, name, scope, width int) []string {
	t := d.env.Theme
	sign, text, tone := t.Accent.Render(t.Glyphs.Mark), target.Will.Text, target.Will.Tone
	if label := target.Will.Label; text != "" && label != "" && label != whatHappens {
		text = label + " " + text
	}
	if target.Refused != "" {
		sign, text, tone = t.Dim.Render(t.Glyphs.Tone(themes.Idle)), "will not: "+target.Refused, themes.Warn
	}
	names := clean.Wrap(clean.Text(target.Name), name)
	scopes := []string{}
	if scope > 0 {
		scopes = clean.Wrap(clean.Text(target.Scope), scope)
	}
	texts := clean.Wrap(clean.Text(text), max(width-2-name-2-scope-2, 8))
	var lines []string
	at := func(parts []string, i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	for i := range max(len(names), len(scopes), len(texts)) {
		if i > 0 {
			sign = " "
		}
		line := sign + " " + t.Text.Render(clean.Fit(at(names, i), name, "")) + "  "
		if scope > 0 {
			line += t.Dim.Render(clean.Fit(at(scopes, i), scope, "")) + "  "
		}
		lines = append(lines, clean.Cut(line+t.Tone(tone).Render(at(texts, i)), width, t.Glyphs.Ellipsis))
	}
	return lines
}

// foot is what stays in sight: the choices, what has to be typed, the buttons.
func (d *Dialog) foot(width int) []string {
	t := d.env.Theme
	lines := d.inputLines(width)
	if want := d.typeName(); want != "" {
		lines = append(lines, "")
		for _, part := range clean.Wrap("Type "+clean.Text(want)+" to confirm", width) {
			lines = append(lines, t.Strong.Render(part))
		}
		field := d.name.View(t, max(width-2, 4))
		if d.focus != onName {
			field = t.Text.Render(d.name.Value())
		}
		lines = append(lines, t.Accent.Render(t.Glyphs.Crumb)+" "+field)
	}
	lines = append(append(append(lines, ""), d.buttons(width)...), "")
	body := min(len(d.body(width)), bodyBeside)
	return append(d.choices(width, max(d.height-2, 3)-2-body-len(lines)), lines...)
}

// bodyBeside is how much of the text above is seen beside choices that do not all
// have room.
const bodyBeside = 6

// on draws text on a ground, if there is one.
func on(t *themes.Theme, ground themes.Style, text string) string {
	if ground.On() == "" {
		return text
	}
	return t.On(ground, text)
}

// requests are what will be sent.
func (d *Dialog) requests(width int) []string {
	t := d.env.Theme
	var list []string
	for _, target := range d.ask.Targets {
		if c, ok := d.way(target); ok {
			list = append(list, c.Requests...)
			continue
		}
		list = append(list, target.Requests...)
	}
	if c, ok := d.chosen(); ok {
		list = c.Requests
	}
	if len(list) == 0 {
		return nil
	}
	lines := []string{t.Dim.Render("What will be sent")}
	if len(d.ask.Targets) == 1 && (len(d.ask.Choices) == 0 || len(d.ask.Facts) > 0 || len(d.chosenFacts()) > 0) {
		lines = append([]string{""}, lines...)
	}
	for _, r := range list {
		for _, part := range clean.Wrap(clean.Text(r), width) {
			lines = append(lines, t.Link.Render(part))
		}
	}
	return lines
}

func (d *Dialog) buttons(width int) []string {
	t := d.env.Theme
	keys := d.env.Keys.Dialog
	cancel, confirm := " Cancel ", " "+d.button()+" ("+keys.Confirm.Help().Key+") "
	confirms := keys.Confirm.Help().Key + " confirms"
	switch {
	case d.focus == onName:
		confirm = " " + d.button() + " (enter) "
	case d.wantsName():
		confirm, confirms = " "+d.button()+" ", "type to confirm"
	}
	cancelStyle, confirmStyle := t.Text, t.Text
	switch d.focus {
	case onCancel:
		cancelStyle = t.Button
	case onConfirm:
		confirmStyle = t.Button
	}
	left := cancelStyle.Render(cancel) + "  " + confirmStyle.Render(confirm)
	right, style := "tab moves · "+confirms+" · esc leaves", t.Faint
	if d.ask.Plan == "" { // there is nothing to say yes to
		left, right = t.Button.Render(" Close "), "esc leaves"
	}
	switch {
	case d.hint != "":
		right, style = d.hint, t.Tone(themes.Warn)
	case d.state == checking:
		right, style = "looking once more"+t.Glyphs.Ellipsis, t.Dim
	case d.focus == onName && d.ask.Plan != "":
		right = "enter confirms · esc leaves"
	}
	space := width - clean.Width(left) - 2
	if d.hint != "" && clean.Width(right) > space {
		var lines []string
		for _, part := range clean.Wrap(clean.Text(right), width) {
			lines = append(lines, style.Render(part))
		}
		return append(lines, left)
	}
	right = style.Render(clean.Cut(right, space, t.Glyphs.Ellipsis))
	return []string{left + clean.Blanks(width-clean.Width(left)-clean.Width(right)) + right}
}
