package console

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"drey/views"
	"drey/views/clean"
)

// tabLabel is a tab as it is written.
type tabLabel struct {
	tab          int    // -1 for the scopes
	digit, title string // no digit beyond the ninth
	active       bool
	absent       bool // this server does not have it
}

func (l tabLabel) text() string { return strings.TrimSpace(l.digit + " " + l.title) }

// tabForm is how wide the tabs are written.
type tabForm struct {
	gap  int
	name func(*tab) string
}

// tabForms are the ways to write the tabs, the widest first: every tab is seen,
// with shorter words where room is short and as numbers where it is shorter still.
var tabForms = []tabForm{
	{3, func(t *tab) string { return t.Title }},
	{2, func(t *tab) string { return t.Title }},
	{2, func(t *tab) string { return t.Short }},
	{1, func(t *tab) string { return t.Short }},
	{1, func(*tab) string { return "" }},
}

// tabLabels are the tabs in the widest form that has room; the environments are
// among them where they have no pane.
func (r *Root) tabLabels() []tabLabel {
	labels, _ := r.fittingTabs()
	return labels
}

func (r *Root) tabGap() int {
	_, gap := r.fittingTabs()
	return gap
}

func (r *Root) fittingTabs() (labels []tabLabel, gap int) {
	for _, form := range tabForms {
		labels, gap = r.labelsIn(form), form.gap
		width := 1
		for i, l := range labels {
			width += clean.Width(l.text())
			if i > 0 {
				width += gap
			}
		}
		if width <= r.rects.tabs.width {
			return labels, gap
		}
	}
	return fromActive(labels, gap, r.rects.tabs.width), gap
}

// fromActive leaves out the first labels until the active one has space.
func fromActive(labels []tabLabel, gap, space int) []tabLabel {
	active := slices.IndexFunc(labels, func(l tabLabel) bool { return l.active })
	for first := 0; first < active; first++ {
		width := 1
		for _, l := range labels[first : active+1] {
			width += clean.Width(l.text()) + gap
		}
		if width-gap <= space {
			return labels[first:]
		}
	}
	return labels[max(active, 0):]
}

func (r *Root) labelsIn(form tabForm) []tabLabel {
	var labels []tabLabel
	if r.folded() && r.hasScopes() {
		labels = append(labels, tabLabel{
			tab: -1, digit: "1", title: r.Session.Scopes.Short, active: r.nav.focus == onFleet && len(r.nav.pages) == 0,
		})
	}
	for i, t := range r.tabs {
		active := i == r.nav.tab && !(len(labels) > 0 && labels[0].active)
		label := tabLabel{tab: i, digit: r.tabDigit(i), title: form.name(t), active: active}
		if label.title == "" && (active || label.digit == "") {
			label.title = t.Short
		}
		if b, ok := t.view.(interface{ Badge() string }); ok && b.Badge() != "" {
			label.title = strings.TrimSpace(label.title + " " + r.env.Theme.Glyphs.Live + b.Badge())
		}
		if a, ok := t.view.(views.Absent); ok {
			label.absent = a.Absent()
		}
		label.absent = label.absent || t.Missing != ""
		labels = append(labels, label)
	}
	return labels
}

// spaced is a drawn title behind its blank; nothing where there is no title, and
// no blank where there is no digit.
func spaced(drawn string, l tabLabel) string {
	switch {
	case l.title == "":
		return ""
	case l.digit == "":
		return drawn
	}
	return " " + drawn
}

// tabLines are the tabs and the line under the active one.
func (r *Root) tabLines(width int) string {
	t := r.env.Theme
	line, under := " ", " "
	for i, l := range r.tabLabels() {
		if i > 0 {
			line += clean.Blanks(r.tabGap())
			under += clean.Blanks(r.tabGap())
		}
		w := clean.Width(l.text())
		if l.active {
			line += t.Accent.Render(l.digit) + spaced(t.Strong.Render(l.title), l)
			under += t.Accent.Render(strings.Repeat(t.Glyphs.Under, w))
			continue
		}
		style := t.Dim
		if l.absent {
			style = t.Faint
		}
		line += t.Faint.Render(l.digit) + spaced(style.Render(l.title), l)
		under += clean.Blanks(w)
	}
	return clean.Fit(line, width, t.Glyphs.Ellipsis) + "\n" + clean.Fit(under, width, "")
}

// crumbLine is the path to what is shown, and the toast where it fits beside it.
func (r *Root) crumbLine() string {
	line, toast := r.crumbText(), r.toastText()
	if toast == "" || !r.toastBeside(line, toast) {
		return line
	}
	return r.sides(line, toast+" ")
}

func (r *Root) crumbText() string {
	t := r.env.Theme
	parts := []string{clean.Text(r.space.Name)}
	if r.hasScopes() {
		parts = append(parts, r.environmentName())
	}
	parts = append(parts, strings.ToLower(r.tabs[r.nav.tab].Title))
	for _, p := range r.nav.pages {
		parts = append(parts, clean.Text(p.title))
	}
	if c, ok := r.front().(views.Crumber); ok && len(r.nav.pages) == 0 && c.Crumb() != "" {
		parts = append(parts, clean.Text(c.Crumb()))
	}
	if c, ok := r.over.(views.Crumber); ok {
		parts = append(parts, c.Crumb())
	}
	line := " "
	for i, p := range parts {
		if i == len(parts)-1 {
			line += t.Text.Render(p)
			break
		}
		line += t.Dim.Render(p) + t.Faint.Render(" "+t.Glyphs.Crumb+" ")
	}
	return line
}

// keyLine are the keys that matter here, as many as fit; help is always last.
func (r *Root) keyLine() string {
	t := r.env.Theme
	if r.over != nil || r.typing() {
		return r.overKeys()
	}
	help := r.keyText(views.Hint{Binding: r.env.Keys.Global.Help, Label: "keys"})
	width := r.rects.width - clean.Width(help) - 4
	line := " "
	for i, h := range r.hints() {
		text := r.keyText(h)
		if i >= 9 || clean.Width(line)+clean.Width(text) > width {
			break
		}
		line += text + "   "
	}
	return line + clean.Cut(help, r.rects.width-clean.Width(line), t.Glyphs.Ellipsis)
}

// overKeys are the keys of what takes every key, as many as fit; those that are
// always shown come last. Help is among them while text is typed in a view.
func (r *Root) overKeys() string {
	hints := r.hints()
	if r.over == nil {
		hints = append(hints, views.Hint{Binding: key.NewBinding(key.WithHelp("f1", "keys")), Always: true})
	}
	always := ""
	for _, h := range hints {
		if h.Always {
			always += r.keyText(h) + "   "
		}
	}
	line, width := " ", r.rects.width-clean.Width(always)
	for _, h := range hints {
		text := r.keyText(h) + "   "
		if h.Always || clean.Width(line)+clean.Width(text) > width {
			continue
		}
		line += text
	}
	return line + always
}

func (r *Root) keyText(h views.Hint) string {
	t := r.env.Theme
	if h.Refused != "" {
		return t.Faint.Render(h.Binding.Help().Key + " " + h.Text())
	}
	return t.Accent.Render(h.Binding.Help().Key) + t.Dim.Render(" "+h.Text())
}

// hints are those of what has the focus, then those that work everywhere.
func (r *Root) hints() []views.Hint {
	g := r.env.Keys.Global
	if r.over != nil {
		if h, ok := r.over.(views.Hinter); ok {
			return h.Hints()
		}
		return nil
	}
	var hints []views.Hint
	if h, ok := r.focused().(views.Hinter); ok {
		hints = h.Hints()
	}
	if r.typing() {
		return hints
	}
	if n := 6; len(hints) > n {
		hints = hints[:n]
	}
	return append(
		hints, views.Hint{Binding: g.Palette}, views.Hint{Binding: g.Calls, Label: "log"}, views.Hint{Binding: g.Zoom},
	)
}
