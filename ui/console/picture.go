package console

import (
	"fmt"
	"strings"

	"drey/themes"
	"drey/ui/console/header"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/views/clean"
)

// picture is what was drawn last.
type picture struct {
	frame string
	drawn parts // what frame was laid out from
	dirty bool  // it may have to be drawn anew
	// routine tells that what came since tells nothing new.
	routine bool
	// cursor is where the text cursor, the focused button or the selected row is.
	cursor tty.Position
}

// parts are what the picture is made of. Views give the same string until
// something changed, so that comparing costs nothing.
type parts struct {
	theme                                   *themes.Theme
	rects                                   space.Rects
	folded                                  bool
	header, fleet, tabs, main, crumbs, keys string
	over, toast                             string
}

// View implements tea.Model. It lays the picture out only when a part of it
// changed: an answer that says nothing new costs no drawing.
func (r *Root) View() string {
	if !r.dirty {
		return r.frame
	}
	r.dirty = false
	if r.routine && r.drawsAlike() {
		return r.frame
	}
	drawn := r.draw()
	if drawn == r.drawn {
		return r.frame
	}
	r.drawn = drawn
	lines := r.compose(drawn)
	if r.over != nil {
		lines = r.spliced(lines, drawn.over)
	}
	if drawn.toast != "" {
		toast := strings.Split(drawn.toast, "\n")
		copy(lines[max(len(lines)-2-len(toast), 1):], toast)
	}
	tail := r.Env.Theme.Glyphs.Ellipsis
	for i := range lines {
		lines[i] = r.Env.Theme.Ground.Paint(clean.Fit(lines[i], r.Rects.Width, tail))
	}
	r.cursor = cursorIn(lines, r.Env.Theme)
	r.frame = strings.Join(lines, "\n")
	if r.Env.Theme.Glyphs.ASCII {
		r.frame = asciiOnly.Replace(r.frame)
	}
	return r.frame
}

// folded tells that the scopes have no room of their own.
func (r *Root) folded() bool { return len(r.Nav.Pages) > 0 || r.Folded() }

// drawsAlike tells that all that a routine changes is what it was.
func (r *Root) drawsAlike() bool {
	was, folded := &r.drawn, r.folded()
	if r.over != nil || r.tiny() || was.theme != r.Env.Theme || was.rects != r.Rects || was.folded != folded ||
		was.over != "" || was.toast != "" || len(r.toastLines()) > 0 {
		return false
	}
	main := r.Front()
	if folded {
		main = r.FocusedIn()
	}
	return header.Line(r.Space) == was.header && main.View() == was.main
}

// cursorIn finds where a person's attention is meant to be, by how it is drawn:
// a text cursor, else a focused button, else the selected row.
func cursorIn(lines []string, t *themes.Theme) tty.Position {
	for _, style := range []themes.Style{t.Cursor, t.Button, t.Selected} {
		for y, line := range lines {
			if x := strings.Index(line, style.On()); x >= 0 && style.On() != "" {
				return tty.Position{X: clean.Width(line[:x]), Y: y}
			}
		}
	}
	return tty.Position{}
}

// draw asks every part for its text.
func (r *Root) draw() parts {
	p := parts{theme: r.Env.Theme, rects: r.Rects}
	if r.over != nil {
		p.over = strings.Join(r.over.Box(), "\n")
	}
	if r.tiny() {
		p.main = strings.Join(r.composeTiny(), "\n")
		return p
	}
	p.header, p.crumbs, p.keys = header.Line(r.Space), r.crumbLine(), r.keyLine()
	p.toast = strings.Join(r.toastLines(), "\n")
	p.folded = r.folded()
	if p.folded {
		p.tabs, p.main = r.TabLines(r.Rects.Width), r.FocusedIn().View()
		return p
	}
	p.fleet, p.tabs, p.main = r.ScopesPane.View(), r.TabLines(r.Rects.Tabs.Width), r.Front().View()
	return p
}

func (r *Root) tiny() bool { return r.Rects.Width < space.MinWidth || r.Rects.Height < space.MinHeight }

// asciiOnly replaces what drey writes itself beside the theme's glyphs, sign for sign: a
// line is laid out before.
var asciiOnly = strings.NewReplacer(
	"shift-↓", "S-down ", "shift-↑", "S-up   ", // shift-v would be another key
	"…", "~", "—", "-", "–", "-", "·", "-", "›", ">", "→", ">", "↑", "^", "↓", "v", "←", "<", "⌫", "<", "⏎", " ", "␛",
	"^", "◆", "#",
)

// compose lays the parts out without what lies over them.
func (r *Root) compose(p parts) []string {
	if r.tiny() {
		return strings.Split(p.main, "\n")
	}
	h := r.Rects.Height
	lines := append(make([]string, 0, h), p.header)
	for len(lines) < r.Rects.Main.Y-2 {
		lines = append(lines, "")
	}
	lines = append(lines, r.body(p)...)
	for len(lines) < h-2 {
		lines = append(lines, "")
	}
	return append(lines[:h-2], p.crumbs, p.keys)
}

// composeTiny says what fits into a room that is too small for the rest.
func (r *Root) composeTiny() []string {
	t := r.Env.Theme
	lines := []string{t.Tone(warnTone).Render(fmt.Sprintf("needs %dx%d", space.MinWidth, space.MinHeight))}
	lines = append(lines, t.Strong.Render("drey ")+t.Text.Render(clean.Text(r.Space.Name)), header.Problems(r.Space))
	state, _ := header.Fresh(r.Space)
	lines = append(lines, state, t.Accent.Render("q")+t.Dim.Render(" quit"))
	if len(lines) > r.Rects.Height {
		lines = lines[:r.Rects.Height]
	}
	for len(lines) < r.Rects.Height {
		lines = append(lines, "")
	}
	return lines
}

// body is the tabs over the view, beside the environments.
func (r *Root) body(p parts) []string {
	tabs := strings.Split(p.tabs, "\n")
	if p.folded {
		right := r.Rects.Page
		if len(r.Nav.Pages) == 0 {
			right = r.Rects.Main
		}
		return append(tabs, fill(p.main, right.Height)...)
	}
	left := fill(p.fleet, r.Rects.Scopes.Height)
	right := append(tabs, fill(p.main, r.Rects.Main.Height)...)
	lines := make([]string, len(left))
	for i := range lines {
		lines[i] = left[i] + " " + right[i]
	}
	return lines
}

// fill splits a view's text into exactly height lines.
func fill(text string, height int) []string {
	lines := strings.Split(text, "\n")
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

// spliced lays the overlay over dimmed lines.
func (r *Root) spliced(lines []string, over string) []string {
	if over == "" {
		return lines
	}
	t, box := r.Env.Theme, strings.Split(over, "\n")
	width := clean.Width(box[0])
	x, y := max((r.Rects.Width-width)/2, 0), max((r.Rects.Height-len(box))/3, 0)
	last := r.Rects.Height - 2
	for i, line := range lines {
		if i > 0 && i < last {
			line = t.Faint.Render(clean.Plain(line))
		}
		if i >= y && i < y+len(box) {
			line = clean.Splice(clean.Fit(line, r.Rects.Width, ""), box[i-y], x)
		}
		lines[i] = line
	}
	return lines
}
