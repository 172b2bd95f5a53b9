package space

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

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
	name func(*Tab) string
}

// tabForms are the ways to write the tabs, the widest first: every tab is seen,
// with shorter words where room is short and as numbers where it is shorter still.
var tabForms = []tabForm{
	{3, func(t *Tab) string { return t.Title }},
	{2, func(t *Tab) string { return t.Title }},
	{2, func(t *Tab) string { return t.Short }},
	{1, func(t *Tab) string { return t.Short }},
	{1, func(*Tab) string { return "" }},
}

// tabLabels are the tabs in the widest form that has room; the environments are
// among them where they have no pane.
func (s *Space) tabLabels() []tabLabel {
	labels, _ := s.fittingTabs()
	return labels
}

func (s *Space) tabGap() int {
	_, gap := s.fittingTabs()
	return gap
}

func (s *Space) fittingTabs() (labels []tabLabel, gap int) {
	for _, form := range tabForms {
		labels, gap = s.labelsIn(form), form.gap
		width := 1
		for i, l := range labels {
			width += clean.Width(l.text())
			if i > 0 {
				width += gap
			}
		}
		if width <= s.Rects.Tabs.Width {
			return labels, gap
		}
	}
	return fromActive(labels, gap, s.Rects.Tabs.Width), gap
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

func (s *Space) labelsIn(form tabForm) []tabLabel {
	var labels []tabLabel
	if s.Folded() && s.HasScopes() {
		labels = append(labels, tabLabel{
			tab: -1, digit: "1", title: s.Session.Scopes.Short, active: s.Nav.Focus == OnScopes && len(s.Nav.Pages) == 0,
		})
	}
	for i, t := range s.Tabs {
		active := i == s.Nav.Tab && !(len(labels) > 0 && labels[0].active)
		label := tabLabel{tab: i, digit: s.tabDigit(i), title: form.name(t), active: active}
		if label.title == "" && (active || label.digit == "") {
			label.title = t.Short
		}
		if b, ok := t.View.(interface{ Badge() string }); ok && b.Badge() != "" {
			label.title = strings.TrimSpace(label.title + " " + s.Env.Theme.Glyphs.Live + b.Badge())
		}
		if a, ok := t.View.(views.Absent); ok {
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

// TabLines are the tabs and the line under the active one.
func (s *Space) TabLines(width int) string {
	t := s.Env.Theme
	line, under := " ", " "
	for i, l := range s.tabLabels() {
		if i > 0 {
			line += clean.Blanks(s.tabGap())
			under += clean.Blanks(s.tabGap())
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

// ClickTab shows the tab that is written at a point of the screen.
func (s *Space) ClickTab(x, y int) tea.Cmd {
	if y != s.Rects.Tabs.Y {
		return nil
	}
	at := s.Rects.Tabs.X
	for _, label := range s.tabLabels() {
		if w := clean.Width(label.text()); x >= at && x < at+w {
			if label.tab < 0 {
				return s.Pane("1")
			}
			return s.switchTo(label.tab)
		}
		at += clean.Width(label.text()) + s.tabGap()
	}
	return nil
}
