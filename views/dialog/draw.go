package dialog

import (
	"fmt"
	"strings"

	"drey/themes"
	"drey/views/clean"
	"drey/views/frame"
)

const (
	maxWidth   = 78
	margin     = 2
	maxTargets = 6
	maxRequest = 5
)

// View draws the dialog alone; the root lays Box over the screen.
func (d *Dialog) View() string { return strings.Join(d.Box(), "\n") }

// Box is the dialog as lines of one width, no more than the room has.
func (d *Dialog) Box() []string {
	t := d.env.Theme
	width := max(min(maxWidth, d.width-2), 10)
	inner := width - 2 - 2*margin
	body := d.body(inner)
	foot := append(d.buttons(inner), "")
	room := max(d.height-2, 3) - 2
	if over := len(body) + len(foot) - room; over > 0 {
		body = body[:max(len(body)-over, 0)]
	}
	lines := append(body, foot...)
	for i, l := range lines {
		lines[i] = clean.Blanks(margin) + l
	}
	box := frame.Box(t, true, width, min(len(lines)+2, max(d.height, 3)), d.heading(), t.Dim.Render(clean.Text(d.ask.Where)), lines)
	for i := range box {
		box[i] = t.Panel.Paint(clean.Fit(box[i], width, ""))
	}
	return box
}

// heading names the verb and what it is done to.
func (d *Dialog) heading() string {
	t := d.env.Theme
	switch n := len(d.ask.Targets); n {
	case 0:
		return t.Strong.Render(d.ask.Verb)
	case 1:
		return t.Strong.Render(d.ask.Verb) + " " + t.Accent.Render(clean.Text(d.ask.Targets[0]))
	default:
		return t.Strong.Render(d.ask.Verb) + " " + t.Accent.Render(fmt.Sprint(n))
	}
}

func (d *Dialog) body(width int) []string {
	t := d.env.Theme
	lines := []string{""}
	if len(d.ask.Targets) > 1 {
		lines = append(append(lines, d.targets(width)...), "")
	}
	label := 0
	for _, f := range d.ask.Facts {
		label = max(label, clean.Width(f.Label))
	}
	label = min(label, 20)
	for _, f := range d.ask.Facts {
		for i, part := range clean.Wrap(clean.Text(f.Text), max(width-label-2, 8)) {
			head := ""
			if i == 0 {
				head = clean.Text(f.Label)
			}
			margin := ""
			if label > 0 {
				margin = t.Dim.Render(clean.Fit(head, label, t.Glyphs.Ellipsis)) + "  "
			}
			lines = append(lines, margin+t.Tone(f.Tone).Render(part))
		}
	}
	if !d.loaded {
		lines = append(lines, t.Faint.Render("looking for savepoints"+t.Glyphs.Ellipsis))
	}
	lines = append(lines, d.choices(width)...)
	lines = append(lines, d.requests(width)...)
	if want := d.typeName(); want != "" {
		lines = append(lines, "", t.Text.Render("Type ")+t.Strong.Render(clean.Text(want))+t.Text.Render(" to confirm"))
		field := d.name.View(t, max(width-2, 4))
		if d.focus != onName {
			field = t.Text.Render(d.name.Value())
		}
		lines = append(lines, t.Accent.Render(t.Glyphs.Crumb)+" "+field)
	}
	return append(lines, "")
}

func (d *Dialog) targets(width int) []string {
	t := d.env.Theme
	var lines []string
	for i, name := range d.ask.Targets {
		if i == maxTargets {
			lines = append(lines, t.Dim.Render(fmt.Sprintf("%s and %d more", t.Glyphs.Ellipsis, len(d.ask.Targets)-maxTargets)))
			break
		}
		lines = append(lines, t.Accent.Render(t.Glyphs.Mark)+" "+t.Text.Render(clean.Cut(clean.Text(name), width-2, t.Glyphs.Ellipsis)))
	}
	return lines
}

// choices draws the ways to do it, the chosen one on a ground.
func (d *Dialog) choices(width int) []string {
	t := d.env.Theme
	var lines []string
	for i, c := range d.ask.Choices {
		dot, label, ground := t.Dim.Render(t.Glyphs.Tone(themes.Idle)), t.Text.Render(clean.Text(c.Label)), themes.Style{}
		if i == d.choice {
			dot, label = t.Accent.Render(t.Glyphs.Tone(themes.Good)), t.Strong.Render(clean.Text(c.Label))
			if d.focus == onChoices {
				ground = t.Selected
			}
		}
		note := t.Dim
		if c.Tone != themes.Plain {
			note = t.Tone(c.Tone)
		}
		lines = append(lines,
			on(t, ground, clean.Fit(dot+"  "+label, width, t.Glyphs.Ellipsis)),
			on(t, ground, clean.Fit("   "+note.Render(clean.Text(c.Note)), width, t.Glyphs.Ellipsis)))
	}
	if len(lines) > 0 {
		return append([]string{""}, lines...)
	}
	return nil
}

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
	list := d.ask.Requests
	if len(d.ask.Choices) > 0 && len(d.ask.Choices[d.choice].Requests) > 0 {
		list = d.ask.Choices[d.choice].Requests
	}
	if len(list) == 0 {
		return nil
	}
	lines := []string{"", t.Dim.Render("What will be sent")}
	for i, r := range list {
		if i == maxRequest {
			lines = append(lines, t.Dim.Render(fmt.Sprintf("%s and %d more", t.Glyphs.Ellipsis, len(list)-maxRequest)))
			break
		}
		lines = append(lines, t.Link.Render(clean.Cut(clean.Text(r), width, t.Glyphs.Ellipsis)))
	}
	return lines
}

func (d *Dialog) buttons(width int) []string {
	t := d.env.Theme
	keys := d.env.Keys.Dialog
	verb, _, _ := strings.Cut(d.ask.Verb, " ")
	cancel, confirm := " Cancel ", " "+verb+" ("+keys.Confirm.Help().Key+") "
	if d.focus == onName {
		confirm = " " + verb + " (enter) "
	}
	cancelStyle, confirmStyle := t.Text, t.Text
	switch d.focus {
	case onCancel:
		cancelStyle = t.Button
	case onConfirm:
		confirmStyle = t.Button
	}
	left := cancelStyle.Render(cancel) + "  " + confirmStyle.Render(confirm)
	right := t.Faint.Render("tab moves · y confirms · esc leaves")
	if d.focus == onName {
		right = t.Faint.Render("enter confirms · esc leaves")
	}
	if d.hint != "" {
		right = t.Tone(themes.Warn).Render(d.hint)
	}
	room := width - clean.Width(left) - 2
	right = clean.Cut(right, room, t.Glyphs.Ellipsis)
	return []string{left + clean.Blanks(width-clean.Width(left)-clean.Width(right)) + right}
}
