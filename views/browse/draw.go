package browse

import (
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
)

// Below these sizes there is no preview, or one without a frame.
const (
	paneFrom   = 14 // lines
	framedFrom = 96 // cells
	eventsFrom = 176
)

// paneHeight is how many lines the preview gets.
func (v *View[T]) paneHeight() int {
	h := v.frame.height
	if v.frame.zoomed || h < paneFrom || v.kind.Facts == nil {
		return 0
	}
	if v.frame.width < framedFrom {
		return max(h*36/100, 5)
	}
	return h / 2
}

func (v *View[T]) tableHeight() int { return max(v.frame.height-v.paneHeight()-1, 1) }

func (v *View[T]) layout() {
	v.grid.SetSize(v.frame.width, v.tableHeight())
	v.frame.dirty = true
}

// View implements views.View.
func (v *View[T]) View() string {
	if !v.frame.dirty {
		return v.frame.out
	}
	v.frame.dirty = false
	if v.frame.width < 1 || v.frame.height < 1 {
		v.frame.out = ""
		return ""
	}
	now := v.env.Now()
	var b strings.Builder
	b.Grow(len(v.frame.out) + 512)
	v.drawTable(&b, now)
	if v.frame.height > 1 {
		b.WriteByte('\n')
		b.WriteString(v.statusLine())
	}
	if v.paneHeight() > 0 {
		b.WriteByte('\n')
		b.WriteString(joinLines(v.drawPane(now)))
	}
	v.frame.out = b.String()
	return v.frame.out
}

// drawTable writes the grid, or why there is nothing in it. Rows that are older
// than they should be are grey.
func (v *View[T]) drawTable(b *strings.Builder, now time.Time) {
	table := v.grid.Render(now)
	if v.grid.Shown() == 0 {
		v.drawEmpty(b, string(table), now)
		return
	}
	if v.poll.err == nil {
		b.Write(table)
		return
	}
	for i, line := range strings.Split(string(table), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(v.env.Theme.Faint.Render(clean.Plain(line)))
	}
}

func (v *View[T]) drawEmpty(b *strings.Builder, table string, now time.Time) {
	t := v.env.Theme
	lines := strings.Split(table, "\n")
	for i, text := range v.emptyText(now) {
		if at := i + min(2, len(lines)-1); at < len(lines) {
			lines[at] = clean.Fit("  "+text, v.frame.width, t.Glyphs.Ellipsis)
		}
	}
	b.WriteString(joinLines(lines))
}

// emptyText says why no row is shown.
func (v *View[T]) emptyText(now time.Time) []string {
	t, plural := v.env.Theme, v.kind.Name
	switch {
	case v.poll.absent:
		return []string{t.Dim.Render("this server has no " + plural), "", t.Faint.Render("R asks again")}
	case v.poll.at.IsZero() && v.poll.err != nil:
		return v.failedText()
	case v.poll.at.IsZero() && v.poll.slow:
		waited := ""
		if d := now.Sub(v.poll.asked); d >= time.Second {
			waited = " " + grid.AgeText(d)
		}
		return []string{t.Dim.Render("waiting for the " + plural + " of " + v.env.Server.Address + waited)}
	case v.poll.at.IsZero():
		return nil
	case v.grid.Filter() != "":
		return []string{t.Dim.Render("none of "+grid.Thousands(v.grid.Len())+" "+plural+" matches ") + t.Accent.Render("/"+v.grid.Filter()), t.Faint.Render("esc lifts the filter")}
	}
	empty := "no " + plural
	if v.at.Scope != "" {
		empty += " in " + clean.Text(v.at.Scope)
	}
	lines := []string{t.Dim.Render(empty)}
	if v.kind.Empty != "" {
		lines = append(lines, t.Faint.Render(v.kind.Empty))
	}
	return lines
}

// failedText says what the first answer was instead of a list.
func (v *View[T]) failedText() []string {
	t, f := v.env.Theme, fault.Of(v.poll.err)
	word := f.Word()
	if word == "" {
		word = "no list of " + v.kind.Name
	}
	width := max(v.frame.width-4, 10)
	var lines []string
	for _, l := range clean.Wrap(t.Glyphs.Cross+" "+word+": "+v.env.Server.Address, width) {
		lines = append(lines, t.Tone(themes.Bad).Render(l))
	}
	for _, l := range clean.Wrap(clean.Text(v.poll.err.Error()), width) {
		lines = append(lines, t.Dim.Render(l))
	}
	for _, l := range clean.Wrap(f.Advice(), width) {
		lines = append(lines, t.Text.Render(l))
	}
	return append(lines, "", t.Dim.Render("asking again by itself; R asks at once"))
}

// statusLine is below the table: the filter or a note, and the count.
func (v *View[T]) statusLine() string {
	t, width := v.env.Theme, v.frame.width
	right := v.countText()
	room := width - clean.Width(right) - 4
	var left string
	switch {
	case v.bar.typing:
		left = "  " + t.Accent.Render("/") + v.bar.line.View(t, max(room-3, 4))
	case v.grid.Ranging():
		left = "  " + t.Accent.Render("range: move, then v marks it")
	case v.poll.err != nil && !v.poll.at.IsZero():
		text := grid.AgeText(v.env.Now().Sub(v.poll.at)) + " old, " + Reason(v.poll.err)
		left = "  " + t.Tone(themes.Warn).Render(clean.Cut(t.Glyphs.Tone(themes.Warn)+" "+text, room, t.Glyphs.Ellipsis))
	case v.list.note != "":
		left = "  " + t.Tone(themes.Warn).Render(clean.Cut(t.Glyphs.Tone(themes.Warn)+" "+v.list.note, room, t.Glyphs.Ellipsis))
	case v.grid.Filter() != "":
		left = "  " + t.Accent.Render("/") + t.Dim.Render(clean.Cut(v.grid.Filter(), room-3, t.Glyphs.Ellipsis))
	}
	return clean.Fit(left, width-clean.Width(right)-2, t.Glyphs.Ellipsis) + right + "  "
}

func (v *View[T]) countText() string {
	t := v.env.Theme
	shown, all := v.grid.Shown(), v.grid.Len()
	text := ""
	if n := len(v.grid.Marked()); n > 0 {
		text = t.Accent.Render(fmt.Sprintf("%s %s marked", t.Glyphs.Mark, grid.Thousands(n))) + "   "
	}
	if by, reverse := v.grid.SortedBy(); !v.poll.at.IsZero() && v.grid.SortIsHidden() {
		arrow := t.Glyphs.Up
		if reverse {
			arrow = t.Glyphs.Down
		}
		text += t.Text.Render("sorted by "+strings.ToLower(by)+" "+arrow) + "   "
	}
	switch {
	case v.poll.at.IsZero():
		return text
	case shown != all:
		return text + t.Dim.Render(grid.Thousands(shown)+" of "+grid.Thousands(all))
	}
	plural := v.kind.Name
	if all == 1 {
		plural = v.kind.Singular
	}
	return text + t.Faint.Render(grid.Thousands(all)+" "+plural)
}

// drawPane draws the preview: facts and history, beside them the source.
func (v *View[T]) drawPane(now time.Time) []string {
	t, width, height := v.env.Theme, v.frame.width, v.paneHeight()
	item, ok := v.selected()
	if !ok {
		return v.unreadPane(width, height)
	}
	left, right := v.paneTitle(item)
	if width < framedFrom {
		lines := []string{frame.Rule(t, false, width, left, right)}
		for _, l := range v.factsAndEvents(item, now, width-2, height-1) {
			lines = append(lines, clean.Fit("  "+l, width, t.Glyphs.Ellipsis))
		}
		return padLines(lines, height)
	}
	return frame.Box(t, false, width, height, left, right, v.paneColumns(item, now, width-2, height-2))
}

// unreadPane says all of what is wrong with an item that could not be read.
func (v *View[T]) unreadPane(width, height int) []string {
	t := v.env.Theme
	u, ok := v.list.unread[v.grid.Selected()]
	if !ok {
		return make([]string, height)
	}
	lines := []string{frame.Rule(t, false, width, t.Strong.Render(clean.Cut(clean.Text(u.Name), max(width/2, 8), t.Glyphs.Ellipsis)), "")}
	for _, l := range clean.Wrap(clean.Text(u.text()), max(width-4, 8)) {
		lines = append(lines, "  "+t.Tone(themes.Bad).Render(l))
	}
	return padLines(lines, height)
}

func padLines(lines []string, height int) []string {
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

func (v *View[T]) paneTitle(item Item[T]) (left, right string) {
	t := v.env.Theme
	left = t.Strong.Render(clean.Cut(clean.Text(v.kind.NameOf(item.Value)), max(v.frame.width/2, 8), t.Glyphs.Ellipsis))
	if v.frame.width >= framedFrom {
		left += "  "
		for _, p := range v.kind.Pages {
			left += " " + t.Accent.Render(p.Key(v.env.Keys).Help().Key) + t.Dim.Render(" "+p.Label) + " "
		}
		left = strings.TrimRight(left, " ")
	}
	if v.kind.State != nil {
		word, tone := v.kind.State(item.Value)
		right = t.Tone(tone).Render(t.Glyphs.Tone(tone) + " " + clean.Text(word))
	}
	return left, right
}

// paneColumns sets facts, history and source side by side.
func (v *View[T]) paneColumns(item Item[T], now time.Time, width, height int) []string {
	t := v.env.Theme
	rule := t.Frame.Render(t.Glyphs.V)
	sourceWidth := min(max(width*2/5, 40), 78)
	leftWidth := width - sourceWidth - 1
	var middle []string
	var left []string
	if width >= eventsFrom {
		eventWidth := leftWidth * 11 / 20
		leftWidth -= eventWidth + 1
		left = factLines(t, v.facts(item, now), leftWidth-4)
		middle = v.history(now, eventWidth-4)
		middle = columnOf(t, middle, eventWidth, height)
	} else {
		left = v.factsAndEvents(item, now, leftWidth-4, height-1)
	}
	left = columnOf(t, left, leftWidth, height)
	source := columnOf(t, v.pane.source, sourceWidth, height)
	lines := make([]string, height)
	for y := range lines {
		lines[y] = left[y] + rule
		if middle != nil {
			lines[y] += middle[y] + rule
		}
		lines[y] += source[y]
	}
	return lines
}

// columnOf pads lines to a column with a margin; what does not fit is told.
func columnOf(t *themes.Theme, lines []string, width, height int) []string {
	out := make([]string, height)
	for y := range out {
		line := ""
		if y < len(lines) {
			line = "  " + clean.Cut(lines[y], width-3, t.Glyphs.Ellipsis)
		}
		if y == height-1 && len(lines) > height {
			line = t.Faint.Render(fmt.Sprintf("  %s %d more lines", t.Glyphs.Ellipsis, len(lines)-height+1))
		}
		out[y] = clean.Fit(line, width, "")
	}
	return out
}

func (v *View[T]) facts(item Item[T], now time.Time) []views.Fact {
	facts := v.ownFacts(item, now)
	if reason := v.grid.Reason(v.grid.Selected()); reason != "" {
		facts = append([]views.Fact{{Label: "not done", Text: reason, Tone: themes.Bad}}, facts...)
	}
	return facts
}

func (v *View[T]) ownFacts(item Item[T], now time.Time) []views.Fact {
	return append(v.kind.Facts(item, now), v.pane.detail.Facts...)
}

func (v *View[T]) history(now time.Time, width int) []string {
	t := v.env.Theme
	switch {
	case v.pane.err != nil:
		return []string{t.Tone(themes.Warn).Render(clean.Cut(clean.Text("details: "+v.pane.err.Error()), width, t.Glyphs.Ellipsis))}
	case !v.pane.known || len(v.pane.detail.Events) == 0:
		return nil
	}
	return append([]string{t.Dim.Render("events")}, eventLines(t, v.pane.detail.Events, now, width)...)
}

// factsAndEvents stacks both; history gets what room the facts leave.
func (v *View[T]) factsAndEvents(item Item[T], now time.Time, width, height int) []string {
	lines := factLines(v.env.Theme, v.facts(item, now), width)
	events := v.history(now, width)
	if len(events) == 0 {
		return lines
	}
	tight := height < 10
	if tight {
		lines = lines[:min(len(lines), max(height-3, 1))]
		events = events[1:]
	} else {
		lines = append(lines, "")
	}
	room := max(height-len(lines), 0)
	return append(lines, events[:min(len(events), room)]...)
}
