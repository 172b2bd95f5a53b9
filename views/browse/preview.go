package browse

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/resource"
	"drey/views/steps"
)

// drawPane draws the preview: facts and history, beside them the source. Nothing in
// it is cut: what is too long wraps, and what does not fit is scrolled to.
func (v *View) drawPane(now time.Time) []string {
	t, width, height := v.env.Theme, v.paneWidth(), v.paneHeight()
	v.pane.hidden = 0
	v.pane.dropOthers(v.grid.Selected())
	item, ok := v.selected()
	if !ok {
		return v.unreadPane(width, height)
	}
	left, right := v.paneTitle(item)
	if width < framedFrom && v.beside() == 0 {
		lines := v.previewColumn(v.factsAndEvents(item, now, width-4, height-1), width, height-1)
		return append([]string{frame.Rule(t, false, width, left, right)}, lines...)
	}
	return frame.Box(t, false, width, height, left, right, v.paneColumns(item, now, width-2, height-2))
}

// unreadPane says all of what is wrong with an item that could not be read.
func (v *View) unreadPane(width, height int) []string {
	t := v.env.Theme
	u, ok := v.list.unread[v.grid.Selected()]
	if !ok {
		return make([]string, height)
	}
	facts := []views.Fact{{Text: u.Text(), Tone: themes.Bad}}
	if v.titleIsCut(u.Name) {
		facts = append([]views.Fact{{Text: u.Name}}, facts...)
	}
	lines := v.previewColumn(factLines(t, facts, width-4), width, height-1)
	return append([]string{frame.Rule(t, false, width, v.titleOf(u.Name), "")}, lines...)
}

// titleSpace is how many cells a name has in the preview's frame.
func (v *View) titleSpace() int { return max(v.paneWidth()/2, 8) }

func (v *View) titleIsCut(name string) bool { return clean.Width(clean.Text(name)) > v.titleSpace() }

func (v *View) titleOf(name string) string {
	return v.env.Theme.Strong.Render(clean.Cut(clean.Text(name), v.titleSpace(), v.env.Theme.Glyphs.Ellipsis))
}

func (v *View) paneTitle(item resource.Item[any]) (left, right string) {
	t := v.env.Theme
	left = v.titleOf(v.kind.NameOf(item.Value))
	if v.paneWidth() >= framedFrom || v.beside() > 0 {
		left += "  "
		for _, p := range v.kind.Pages {
			left += " " + t.Accent.Render(p.Key(v.env.Keys).Help().Key) + t.Dim.Render(" "+p.Label) + " "
		}
		left = strings.TrimRight(left, " ")
	}
	if v.kind.State != nil {
		word, tone := v.kind.State(item.Value)
		right = t.Tone(tone).Render(cells.StateText(t, word, tone))
	}
	return left, right
}

// paneColumns sets facts, history and source side by side.
func (v *View) paneColumns(item resource.Item[any], now time.Time, width, height int) []string {
	t := v.env.Theme
	if v.beside() > 0 && width < framedFrom {
		lines := v.factsAndEvents(item, now, width-4, height)
		return v.previewColumn(slices.Concat(lines, []string{""}, v.pane.sourceLines(width-4)), width, height)
	}
	rule := t.Frame.Render(t.Glyphs.V)
	known := v.pane.known || v.kind.Detail == nil // until then nothing moves aside
	sourceWidth := min(max(width*2/5, 40), 78)
	if known && len(v.pane.source) == 0 {
		sourceWidth = -1
	}
	leftWidth := width - sourceWidth - 1
	var columns [][]string
	if width >= eventsFrom && !(known && len(v.history(now, 8)) == 0) {
		eventWidth := leftWidth * 11 / 20
		leftWidth -= eventWidth + 1
		facts := factLines(t, append(v.facts(item, now), v.pane.detail.Facts...), leftWidth-4)
		columns = [][]string{
			v.previewColumn(append(v.underWay(item, leftWidth-4), facts...), leftWidth, height),
			v.previewColumn(v.history(now, eventWidth-4), eventWidth, height),
		}
	} else {
		columns = [][]string{v.previewColumn(v.factsAndEvents(item, now, leftWidth-4, height), leftWidth, height)}
	}
	if sourceWidth > 0 {
		columns = append(columns, v.previewColumn(v.pane.sourceLines(sourceWidth-4), sourceWidth, height))
	}
	lines := make([]string, height)
	for y := range lines {
		for i, column := range columns {
			if i > 0 {
				lines[y] += rule
			}
			lines[y] += column[y]
		}
	}
	return lines
}

// previewColumn pads lines to a column with a margin, from where the preview is scrolled
// to; how many there are below is said.
func (v *View) previewColumn(lines []string, width, height int) []string {
	t, out := v.env.Theme, make([]string, height)
	top := min(v.pane.top, max(len(lines)-height, 0))
	for y := range out {
		line := ""
		if top+y < len(lines) {
			line = "  " + clean.Cut(lines[top+y], width-3, t.Glyphs.Ellipsis)
		}
		if below := len(lines) - top - y; y == height-1 && below > 1 {
			v.pane.hidden = max(v.pane.hidden, below)
			key := v.env.Keys.Table.PreviewDown.Help().Key
			line = t.Faint.Render(fmt.Sprintf("  %s %d more lines", t.Glyphs.Ellipsis, below)) + "  " +
				t.Dim.Render(key)
		}
		out[y] = clean.Fit(line, width, "")
	}
	return out
}

func (v *View) facts(item resource.Item[any], now time.Time) []views.Fact {
	var facts []views.Fact
	if name := v.kind.NameOf(item.Value); v.titleIsCut(name) {
		facts = append(facts, views.Fact{Label: "name", Text: name})
	}
	if reason := v.grid.Reason(v.grid.Selected()); reason != "" {
		facts = append(facts, views.Fact{Label: "not done", Text: reason, Tone: themes.Bad})
	}
	if cause := v.pane.detail.Cause; cause != "" {
		facts = append(facts, views.Fact{Label: "cause", Text: cause, Tone: themes.Bad})
	}
	return append(facts, v.kind.Facts(item, now)...)
}

func (v *View) history(now time.Time, width int) []string {
	t := v.env.Theme
	var lines []string
	if err := v.pane.err; err != nil && (v.poll.err == nil || v.poll.err.Error() != err.Error()) { // else the list says it
		for _, l := range clean.Wrap(clean.Text("details: "+err.Error()), max(width, 8)) {
			lines = append(lines, t.Tone(themes.Warn).Render(l))
		}
	}
	switch {
	case !v.pane.known && v.pane.slow && v.pane.err == nil:
		return []string{t.Dim.Render("reading details" + t.Glyphs.Ellipsis)}
	case !v.pane.known || len(v.pane.detail.Events) == 0:
		return lines
	}
	lines = append(lines, t.Dim.Render("events"))
	return append(lines, eventLines(t, v.pane.detail.Events, now, width)...)
}

// factsAndEvents stacks both. Where there is little height the events have no
// heading and come before the facts that the row did not tell.
func (v *View) factsAndEvents(item resource.Item[any], now time.Time, width, height int) []string {
	t := v.env.Theme
	facts, more, events := v.facts(item, now), v.pane.detail.Facts, v.history(now, width)
	lines := v.underWay(item, width)
	switch {
	case len(events) == 0:
		return append(lines, factLines(t, append(facts, more...), width)...)
	case height < 11 && v.pane.known && v.pane.err == nil:
		return slices.Concat(lines, factLines(t, facts, width), events[1:], factLines(t, more, width))
	}
	return slices.Concat(lines, factLines(t, append(facts, more...), width), []string{""}, events)
}

// underWay are the steps of what is being done to an item from here, nil for nothing.
func (v *View) underWay(item resource.Item[any], width int) []string {
	t, ok := v.taskOn(item)
	if !ok {
		return nil
	}
	return append(steps.Brief(v.env.Theme, t, v.env.Now(), width), "")
}

func (v *View) taskOn(item resource.Item[any]) (views.Task, bool) {
	if v.env.Tasks == nil {
		return views.Task{}, false
	}
	return v.env.Tasks.On(v.kind.Ref(item))
}

// sourceLines are the lines of the source in so many cells.
func (p *pane) sourceLines(width int) []string {
	if p.wrapped != nil && p.wrappedTo == width {
		return p.wrapped
	}
	p.wrapped, p.wrappedTo = make([]string, 0, len(p.source)), width
	for _, line := range p.source {
		p.wrapped = append(p.wrapped, clean.WrapHanging(line, max(width, 8))...)
	}
	return p.wrapped
}
