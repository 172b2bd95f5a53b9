package sql

import (
	"fmt"
	"strings"
	"time"

	"drey/client/statement"
	"drey/themes"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/sql/queries"
)

// border is what a frame takes of width and height.
const border = 2

// SetSize shares the room out.
func (v *View) SetSize(width, height int) {
	v.layout.width, v.layout.height = width, height
	v.layout.dirty = true
}

// editorHeight is the editor's part with its frame: what its text needs, at
// most half.
func (v *View) editorHeight() int {
	if v.layout.zoomed && v.layout.pane == inEditor {
		return max(
			v.layout.height-len(v.messageLines(v.layout.width, v.layout.height/3))-len(v.settingLines(v.layout.width)),
			4,
		)
	}
	want := v.buffer().Editor.Text.Len() + border + 1
	if v.buffer().Run == nil {
		return max(v.layout.height*2/3, min(v.layout.height, 5))
	}
	return min(max(want, 6), max(v.layout.height/2, 4))
}

// View draws the tab; the same string until something changed.
func (v *View) View() string {
	if !v.layout.dirty {
		return v.picture
	}
	v.layout.dirty = false
	width, height := v.layout.width, v.layout.height
	if width < 4 || height < 4 {
		v.picture = strings.Join(frame.Box(v.env.Theme, v.layout.focused, width, height, "", "", nil), "\n")
		return v.picture
	}
	if v.layout.pane == inTree && (width < treeBeside || v.layout.zoomed) && v.over == nil {
		v.tree.SetSize(width, height)
		v.picture = v.tree.View()
		return v.picture
	}
	left := v.treeRoom()
	lines := v.withLayer(v.withOffers(v.drawRight(width-left, height)))
	if left > 0 {
		v.tree.SetSize(left-1, height)
		lines = beside(strings.Split(v.tree.View(), "\n"), lines)
	}
	v.picture = strings.Join(lines, "\n")
	return v.picture
}

// drawRight draws the editor over the results.
func (v *View) drawRight(width, height int) []string {
	top := v.editorHeight()
	if v.layout.zoomed && v.layout.pane == inResults {
		return v.drawResults(width, height)
	}
	lines := append(v.drawEditor(width, top), v.settingLines(width)...)
	top = len(lines)
	aside := v.messageLines(width, max((height-top)/3, 1))
	lines = append(lines, aside...)
	lines = append(lines, v.drawResults(width, height-top-len(aside))...)
	return lines[:min(len(lines), height)]
}

// withLayer lays the box that takes the keys over the lines.
func (v *View) withLayer(lines []string) []string {
	if v.over == nil {
		return lines
	}
	width := v.layout.width - v.treeRoom()
	box := v.over.Box(max(width-4, 4), max(len(lines)-2, 3))
	for i, line := range box {
		if y := i + 1; y < len(lines) {
			line = v.env.Theme.Panel.Paint(line)
			lines[y] = clean.Splice(clean.Fit(lines[y], width, ""), line, max((width-clean.Width(line))/2, 0))
		}
	}
	return lines
}

// beside sets lines of the same number next to each other.
func beside(left, right []string) []string {
	for i := range min(len(left), len(right)) {
		right[i] = left[i] + " " + right[i]
	}
	return right
}

func (v *View) drawEditor(width, height int) []string {
	theme := v.env.Theme
	focused := v.layout.focused && v.layout.pane == inEditor
	where := v.where()
	title := v.bufferNames(max(width-clean.Width(where)-12, 16))
	lines := v.buffer().Editor.Lines(theme, width-border, height-border, focused)
	return frame.Box(theme, focused, width, height, title, where, lines)
}

// poolText names the pool that a statement would run on.
func (v *View) poolText() string {
	theme := v.env.Theme
	switch {
	case v.target.pool != "" && len(v.target.pools) > 1:
		return theme.Text.Render(clean.Text(v.target.pool)) +
			theme.Faint.Render(fmt.Sprintf(" +%d", len(v.target.pools)-1))
	case v.target.pool != "":
		return theme.Text.Render(clean.Text(v.target.pool))
	case !v.target.asked:
		return theme.Dim.Render(theme.Glyphs.Ellipsis)
	}
	return theme.Tone(themes.Warn).Render("no " + v.poolWord())
}

// where says what a statement would run in.
func (v *View) where() string {
	theme, dot := v.env.Theme, " "+v.env.Theme.Glyphs.Dot+" "
	if v.scoped() && v.target.environment == "" {
		return theme.Dim.Render(v.env.Keys.SQL.Environment.Help().Key + " chooses the " + v.scopeWord())
	}
	pool := ""
	if _, pooled := v.engine.(statement.Pooler); pooled {
		pool = v.poolText() + theme.Dim.Render(dot)
	}
	mode := v.buffer().Settings.Values["execution.runtime-mode"]
	if mode == "" {
		mode = "streaming"
	}
	text := pool + theme.Dim.Render(clean.Text(strings.ToLower(mode)))
	if v.target.environment != "" {
		text = theme.Dim.Render(clean.Text(v.target.environment)+dot) + text
	}
	if target := v.buffer().Settings.Location(); target != "" {
		text = theme.Text.Render(clean.Text(target)) + theme.Dim.Render(dot) + text
	}
	return text
}

// settingLines are what SET said in this buffer; it goes with every statement.
func (v *View) settingLines(width int) []string {
	all := v.buffer().Settings.Shown()
	if len(all) == 0 {
		return nil
	}
	theme := v.env.Theme
	lines := clean.Wrap(clean.Text(strings.Join(all, "  ")), max(width-7, 10))
	for i, line := range lines {
		lead := "       "
		if i == 0 {
			lead = theme.Accent.Render("   set ")
		}
		lines[i] = lead + theme.Dim.Render(line)
	}
	return lines
}

func (v *View) messageLines(width, limit int) []string {
	if v.buffer().Message.Text == "" {
		return nil
	}
	theme := v.env.Theme
	style, sign := theme.Dim, theme.Glyphs.Check
	if v.buffer().Message.Bad {
		style, sign = theme.Tone(themes.Bad), theme.Glyphs.Cross
	}
	var lines []string
	for _, line := range strings.Split(v.buffer().Message.Text, "\n") {
		lines = append(lines, clean.Wrap(clean.Line(line), width-3)...)
	}
	for i, line := range lines {
		lead := "   "
		if i == 0 {
			lead = " " + sign + " "
		}
		lines[i] = style.Render(clean.Fit(lead+line, width, theme.Glyphs.Ellipsis))
	}
	if len(lines) > limit {
		lines = lines[:limit]
		lines[limit-1] = style.Render(clean.Fit("   "+theme.Glyphs.Ellipsis+" E shows all of it", width, ""))
	}
	return lines
}

func (v *View) drawResults(width, height int) []string {
	if height < 1 {
		return nil
	}
	theme := v.env.Theme
	pane := v.buffer().Results
	pane.SetSize(width-border, max(height-border, 0))
	inner := pane.Lines(v.env.Now())
	r, log := v.buffer().Run, pane.Log()
	failed := log != nil && log.Changes() == 0 && r != nil && r.Log == log && r.Status.Phase == statement.Failed
	if (log == nil || failed) && !pane.Typing() {
		inner = v.emptyLines(height - border)
	}
	title := v.resultTitle(width)
	aside := v.resultNote(width - clean.Width(title) - noteGap)
	return frame.Box(theme, v.layout.focused && v.layout.pane == inResults, width, height, title, aside, inner)
}

// emptyLines say why there are no rows.
func (v *View) emptyLines(height int) []string {
	r, theme := v.buffer().Run, v.env.Theme
	text := "F5 or alt-enter runs the statement under the cursor"
	switch {
	case r == nil:
	case !r.Sent:
		text = "sending " + r.Ref.Name
	case r.Status.Phase == statement.Pending:
		text = "waiting for " + r.Ref.Name + " to start"
	case r.Status.Phase == statement.Failed:
		text = "the statement failed"
	case !r.IsQuery():
		text = "this statement has no rows; it goes on when you leave, x stops it"
		if !r.Active() {
			text = "this statement has no rows"
		}
	default:
		text = "waiting for rows"
	}
	out := make([]string, max(height/2-1, 0))
	return append(out, theme.Dim.Render("  "+clean.Text(text)))
}

// What a title leaves of its line: noteGap for the frame, noteRoom for the
// counts.
const (
	noteGap  = 12
	noteRoom = 22
)

// resultTitle names the statement and says how it is; the name gives way to the
// counts, for it stands in the bottom line too.
func (v *View) resultTitle(width int) string {
	r, theme := v.buffer().Run, v.env.Theme
	if r == nil {
		return theme.Dim.Render("Results")
	}
	state := v.stateTitle(r)
	name := clean.Cut(clean.Text(r.Title()), max(width-clean.Width(state)-noteGap-noteRoom, 8), theme.Glyphs.Ellipsis)
	title := theme.Strong.Render(name) + state
	if shown := v.buffer().Shown; shown != nil && shown != r {
		title += theme.Tone(themes.Warn).Render("   rows of " + clean.Text(shown.Title()))
	}
	return title
}

func (v *View) stateTitle(r *queries.Run) string {
	theme, tone := v.env.Theme, r.Tone()
	title := "  " + theme.Tone(tone).Render(theme.Glyphs.Tone(tone)+" "+clean.Text(r.PhaseText()))
	if age := v.env.Now().Sub(r.Began); r.Active() && age >= time.Second {
		title += theme.Dim.Render(" " + grid.AgeText(age))
	}
	if v.buffer().Results.Log() != nil {
		table, changes := theme.Text, theme.Dim
		if v.buffer().Results.AsChanges() {
			table, changes = theme.Dim, theme.Text
		}
		title += "   " + table.Render("table") + theme.Dim.Render(" "+theme.Glyphs.Dot+" ") +
			changes.Render("changelog")
	}
	return title
}

// resultNote counts what is there; what matters least goes where room is short.
func (v *View) resultNote(width int) string {
	if v.buffer().Results.Log() == nil || v.buffer().Shown == nil {
		return ""
	}
	dot := " " + v.env.Theme.Glyphs.Dot + " "
	aside := ""
	for _, part := range v.counts() {
		longer := part
		if aside != "" {
			longer = aside + dot + part
		}
		if clean.Width(longer) <= width {
			aside = longer
		}
	}
	return v.env.Theme.Dim.Render(aside)
}

// counts are what is known of the result, the most telling first.
func (v *View) counts() []string {
	parts := v.buffer().Results.Counts()
	r := v.buffer().Shown
	if r.Complete {
		parts = append(parts, "complete")
	}
	if r.Pages > 0 {
		parts = append(parts, plural(r.Pages, "page"))
	}
	return parts
}

func plain(n int) string { return grid.Thousands(n) }

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return grid.Thousands(n) + " " + what
}
