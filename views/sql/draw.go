package sql

import (
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
)

// border is what a frame takes of width and height.
const border = 2

// SetSize shares the room out.
func (v *View) SetSize(width, height int) {
	v.size.width, v.size.height = width, height
	v.dirty = true
}

// editorHeight is the editor's part with its frame: what its text needs, at
// most half.
func (v *View) editorHeight() int {
	want := len(v.editor.buffer.lines) + border + 1
	if v.run == nil {
		return max(v.size.height*2/3, min(v.size.height, 5))
	}
	return min(max(want, 6), max(v.size.height/2, 4))
}

// View draws the tab; the same string until something changed.
func (v *View) View() string {
	if !v.dirty {
		return v.picture
	}
	v.dirty = false
	width, height := v.size.width, v.size.height
	if width < 4 || height < 4 {
		v.picture = strings.Join(frame.Box(v.env.Theme, v.focused, width, height, "", "", nil), "\n")
		return v.picture
	}
	if v.pane == inTree && width < treeBeside {
		v.tree.SetSize(width, height)
		v.picture = v.tree.View()
		return v.picture
	}
	left := v.treeRoom()
	lines := v.withOffers(v.drawRight(width-left, height))
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
	lines := v.drawEditor(width, top)
	note := v.messageLines(width, max((height-top)/3, 1))
	lines = append(lines, note...)
	lines = append(lines, v.drawResults(width, height-top-len(note))...)
	return lines[:min(len(lines), height)]
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
	focused := v.focused && v.pane == inEditor
	title := theme.Strong.Render("SQL")
	if place := v.settings.place(); place != "" {
		title += theme.Dim.Render(" in ") + theme.Text.Render(clean.Text(place))
	}
	lines := v.editor.lines(theme, width-border, height-border, focused)
	return frame.Box(theme, focused, width, height, title, v.where(), lines)
}

// where says what a statement would run in.
func (v *View) where() string {
	theme, dot := v.env.Theme, " "+v.env.Theme.Glyphs.Dot+" "
	if v.environment == "" {
		return theme.Tone(themes.Warn).Render("no environment chosen")
	}
	pool := theme.Tone(themes.Warn).Render("no compute pool")
	if !v.asked {
		pool = theme.Dim.Render(theme.Glyphs.Ellipsis)
	}
	if v.pool != "" {
		pool = theme.Text.Render(clean.Text(v.pool))
		if len(v.pools) > 1 {
			pool += theme.Faint.Render(fmt.Sprintf(" +%d", len(v.pools)-1))
		}
	}
	mode := v.settings.values["execution.runtime-mode"]
	if mode == "" {
		mode = "streaming"
	}
	return theme.Dim.Render(clean.Text(v.environment)+dot) + pool + theme.Dim.Render(dot+clean.Text(strings.ToLower(mode)))
}

func (v *View) messageLines(width, limit int) []string {
	if v.message.text == "" {
		return nil
	}
	theme := v.env.Theme
	style, sign := theme.Dim, theme.Glyphs.Check
	if v.message.bad {
		style, sign = theme.Tone(themes.Bad), theme.Glyphs.Cross
	}
	var lines []string
	for _, line := range strings.Split(v.message.text, "\n") {
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
	var inner []string
	if v.results.log != nil {
		v.results.grid.SetSize(width-border, v.gridHeight(height-border))
		v.results.refresh(v.env.Now())
		inner = strings.Split(string(v.results.grid.Render(v.env.Now())), "\n")
	} else {
		inner = v.emptyLines(height - border)
	}
	if v.results.filtering {
		inner = append(inner, " "+theme.Accent.Render("/")+v.results.filter.View(theme, width-4))
	}
	title := v.resultTitle(width)
	note := v.resultNote(width - clean.Width(title) - noteGap)
	return frame.Box(theme, v.focused && v.pane == inResults, width, height, title, note, inner)
}

func (v *View) gridHeight(room int) int {
	if v.results.filtering {
		room--
	}
	return max(room, 0)
}

// emptyLines say why there are no rows.
func (v *View) emptyLines(height int) []string {
	r, theme := v.run, v.env.Theme
	text := "F5 or alt-enter runs the statement under the cursor"
	switch {
	case r == nil:
	case r.phase() == "SENDING":
		text = "sending " + r.name
	case r.phase() == cmf.PhasePending:
		text = "waiting for " + r.name + " to start"
	case r.phase() == cmf.PhaseFailed:
		text = "the statement failed"
	case !r.isQuery():
		text = "this statement has no rows; it goes on when you leave, x stops it"
		if !r.alive() {
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
	r, theme := v.run, v.env.Theme
	if r == nil {
		return theme.Dim.Render("Results")
	}
	state := v.stateTitle(r)
	name := clean.Cut(clean.Text(r.name), max(width-clean.Width(state)-noteGap-noteRoom, 8), theme.Glyphs.Ellipsis)
	return theme.Strong.Render(name) + state
}

func (v *View) stateTitle(r *run) string {
	theme, tone := v.env.Theme, PhaseTone(r.phase())
	title := "  " + theme.Tone(tone).Render(theme.Glyphs.Tone(tone)+" "+clean.Text(r.phase()))
	if age := v.env.Now().Sub(r.began); r.alive() && age >= time.Second {
		title += theme.Dim.Render(" " + grid.AgeText(age))
	}
	if v.results.log != nil {
		table, changes := theme.Text, theme.Dim
		if v.results.asChanges {
			table, changes = theme.Dim, theme.Text
		}
		title += "   " + table.Render("table") + theme.Dim.Render(" "+theme.Glyphs.Dot+" ") + changes.Render("changelog")
	}
	return title
}

// resultNote counts what is there; what matters least goes where room is short.
func (v *View) resultNote(room int) string {
	if v.results.log == nil || v.run == nil {
		return ""
	}
	dot := " " + v.env.Theme.Glyphs.Dot + " "
	note := ""
	for _, part := range v.counts() {
		longer := part
		if note != "" {
			longer = note + dot + part
		}
		if clean.Width(longer) <= room {
			note = longer
		}
	}
	return v.env.Theme.Dim.Render(note)
}

// counts are what is known of the result, the most telling first.
func (v *View) counts() []string {
	log, r, g := v.results.log, v.run, v.results.grid
	var parts []string
	if g.Shown() != g.Len() {
		parts = append(parts, grid.Thousands(g.Shown())+" of "+grid.Thousands(g.Len()))
	}
	parts = append(parts, plural(log.rows.Len(), "row"))
	if log.dropped > 0 {
		parts = append(parts, grid.Thousands(int(log.dropped))+" oldest changes let go")
	}
	if v.results.cut > 0 {
		parts = append(parts, "the newest "+grid.Thousands(g.Len())+" shown")
	}
	if log.misfits > 0 {
		parts = append(parts, plural(log.misfits, "row")+" not of the schema")
	}
	if r.complete {
		parts = append(parts, "complete")
	}
	parts = append(parts, plural(int(log.total), "change"))
	if r.pages > 0 {
		parts = append(parts, plural(r.pages, "page"))
	}
	return parts
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return grid.Thousands(n) + " " + what
}

// PhaseTone is what a statement's phase means.
func PhaseTone(phase string) themes.Tone {
	switch phase {
	case cmf.PhaseRunning:
		return themes.Good
	case cmf.PhaseCompleted:
		return themes.Done
	case cmf.PhaseFailed:
		return themes.Bad
	case cmf.PhaseFailing:
		return themes.Warn
	case cmf.PhaseStopped:
		return themes.Idle
	case cmf.PhasePending, cmf.PhaseDeleting, "SENDING":
		return themes.Busy
	}
	return themes.Unknown
}
