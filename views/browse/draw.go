package browse

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/themes"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/sources"
)

// Below these sizes there is no preview, one without a frame, or none beside the list.
const (
	paneFrom   = 14 // lines
	framedFrom = 96 // cells
	besideFrom = 108
	eventsFrom = 176
)

// A preview beside the list is at least so wide; from amplyBeside on it shows more
// there, because of its height, than below a short list.
const (
	leastBeside = 56
	amplyBeside = 72
)

// arrange decides whether the preview stands beside the list: there both have the whole
// height. No cell that is listed is cut for it, and it is done only where it is wide, or
// where there are more rows than fit above it. It is decided anew with another size, and
// with other rows until somebody presses a key in a whole list.
func (v *View) arrange() {
	width, height := v.frame.width, v.frame.height
	v.frame.beside, v.frame.arranged = 0, v.grid.Len()
	below := height - height/2 - 1
	if left := width - v.grid.Needs(v.lateColumn); width >= besideFrom && v.grid.Len() > 0 && left >= leastBeside &&
		(left >= amplyBeside || v.grid.Len() > below-2) {
		v.frame.beside = leastBeside
		if left >= amplyBeside {
			v.frame.beside = min(max(width*2/5, amplyBeside), left)
		}
	}
	v.layout()
}

func (v *View) hasPane() bool {
	return !v.frame.zoomed && v.frame.height >= paneFrom && v.kind.Facts != nil
}

// beside is how wide the preview beside the list is, 0 where it is below.
func (v *View) beside() int {
	if !v.hasPane() {
		return 0
	}
	return v.frame.beside
}

// paneHeight is how many lines the preview gets.
func (v *View) paneHeight() int {
	switch h := v.frame.height; {
	case !v.hasPane():
		return 0
	case v.beside() > 0:
		return h - 1
	case v.frame.width < framedFrom:
		return max(h*36/100, 5)
	default:
		return h / 2
	}
}

func (v *View) paneWidth() int {
	return cmp.Or(v.beside(), v.frame.width)
}

func (v *View) tableHeight() int {
	if v.beside() > 0 {
		return v.frame.height - 1
	}
	return max(v.frame.height-v.paneHeight()-1, 1)
}

func (v *View) tableWidth() int { return v.frame.width - v.beside() }

func (v *View) layout() {
	v.grid.SetSize(v.tableWidth(), v.tableHeight())
	v.frame.dirty = true
}

// View implements views.View.
func (v *View) View() string {
	if !v.frame.dirty {
		return v.frame.out
	}
	v.frame.dirty = false
	if v.frame.width < 1 || v.frame.height < 1 {
		v.frame.out = ""
		return ""
	}
	now := v.env.ServerNow()
	var b strings.Builder
	b.Grow(len(v.frame.out) + 512)
	if v.beside() > 0 {
		v.drawBeside(&b, now)
	} else {
		v.drawTable(&b, now)
	}
	if v.frame.height > 1 {
		b.WriteByte('\n')
		b.WriteString(v.statusLine())
	}
	if v.paneHeight() > 0 && v.beside() == 0 {
		b.WriteByte('\n')
		b.WriteString(strings.Join(v.drawPane(now), "\n"))
	}
	v.frame.out = b.String()
	return v.frame.out
}

// drawBeside writes the lines of the table, each with one of the preview behind it.
func (v *View) drawBeside(b *strings.Builder, now time.Time) {
	var table strings.Builder
	v.drawTable(&table, now)
	pane := v.drawPane(now)
	y := 0
	for line := range strings.SplitSeq(table.String(), "\n") {
		if y > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(clean.Fit(line, v.tableWidth(), ""))
		if y < len(pane) {
			b.WriteString(pane[y])
		}
		y++
	}
}

// drawTable writes the grid, or why there is nothing in it. Rows that are older
// than they should be are grey.
func (v *View) drawTable(b *strings.Builder, now time.Time) {
	table := v.grid.Render(now)
	if v.grid.Shown() == 0 {
		v.drawEmpty(b, string(table), v.env.Now())
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

func (v *View) drawEmpty(b *strings.Builder, table string, now time.Time) {
	t := v.env.Theme
	lines := strings.Split(table, "\n")
	for i, text := range v.emptyText(now) {
		if at := i + min(2, len(lines)-1); at < len(lines) {
			lines[at] = clean.Fit("  "+text, v.tableWidth(), t.Glyphs.Ellipsis)
		}
	}
	b.WriteString(strings.Join(lines, "\n"))
}

// emptyText says why no row is shown.
func (v *View) emptyText(now time.Time) []string {
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
		return []string{
			t.Dim.Render("none of "+grid.Thousands(v.grid.Len())+" "+plural+" matches ") +
				t.Accent.Render("/"+v.grid.Filter()),
			t.Faint.Render("esc lifts the filter"),
		}
	}
	empty := "no " + plural
	if v.at.Scope != "" {
		empty += " in " + clean.Text(v.at.Scope)
	}
	lines := []string{t.Dim.Render(empty)}
	if v.kind.Empty != "" {
		lines = append(lines, t.Faint.Render(v.kind.EmptyText(v.env.Keys)))
	}
	return lines
}

// failedText says what the first answer was instead of a list.
func (v *View) failedText() []string {
	t, f := v.env.Theme, fault.Of(v.poll.err)
	word := f.Word()
	if word == "" {
		word = "no list of " + v.kind.Name
	}
	width := max(v.tableWidth()-4, 10)
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
func (v *View) statusLine() string {
	t, width := v.env.Theme, v.frame.width
	right := v.countText()
	space := width - clean.Width(right) - 4
	var left string
	switch {
	case v.bar.typing:
		left = "  " + t.Accent.Render("/") + v.bar.line.View(t, max(space-3, 4))
	case v.grid.Ranging():
		left = "  " + t.Accent.Render("range: move, then v marks it")
	default:
		filter, notice := v.filterText(space), v.noticeText()
		left = "  " + filter
		if cells := space - clean.Width(filter); notice != "" && cells > 2 {
			left += t.Tone(themes.Warn).Render(clean.Cut(t.Glyphs.Tone(themes.Warn)+" "+notice, cells, t.Glyphs.Ellipsis))
		}
	}
	return clean.Fit(left, width-clean.Width(right)-2, t.Glyphs.Ellipsis) + right + "  "
}

// filterText is the filter that is set, in half of the space where a notice stands behind it.
func (v *View) filterText(space int) string {
	t, filter := v.env.Theme, v.grid.Filter()
	if filter == "" {
		return ""
	}
	behind := ""
	if v.noticeText() != "" {
		space, behind = space/2, "   "
	}
	return t.Accent.Render("/") + t.Dim.Render(clean.Cut(filter, space-3, t.Glyphs.Ellipsis)) + behind
}

// noticeText is what is amiss with the rows that are shown.
func (v *View) noticeText() string {
	if v.poll.err != nil && !v.poll.at.IsZero() {
		return grid.AgeText(v.env.Now().Sub(v.poll.at)) + " old, " + sources.Reason(v.poll.err)
	}
	return v.list.missing
}

func (v *View) countText() string {
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
	if v.list.hidden > 0 && !v.showHidden {
		text += t.Faint.Render(grid.Thousands(v.list.hidden)+" hidden") + "   "
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
