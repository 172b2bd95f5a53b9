package history

import (
	"strings"
	"time"

	"drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/input"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"
)

// Dialog is the box in which what was run is looked through.
type Dialog struct {
	env    *views.Env
	insert func(text string) tea.Cmd
	line   input.Line
	all    []pastEntry // newest first
	search []string    // one line of small letters for each
	shown  []int
	cursor int
}

// NewDialog opens it; insert puts the chosen statement into the editor.
func NewDialog(env *views.Env, p *Past, insert func(text string) tea.Cmd) *Dialog {
	h := &Dialog{env: env, insert: insert}
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.SQL != "" {
			h.all = append(h.all, e)
			h.search = append(h.search, strings.ToLower(
				strings.Join(strings.Fields(e.SQL), " ")+" "+e.Environment+" "+outcomeText(e),
			))
		}
	}
	h.find()
	return h
}

// find lists what holds every word that was typed, the newest first; when
// nothing does, what is like it, the likest first.
func (h *Dialog) find() {
	h.shown, h.cursor = h.shown[:0], 0
	query := strings.ToLower(h.line.Value())
	words := strings.Fields(query)
	for i, text := range h.search {
		all := true
		for _, word := range words {
			all = all && strings.Contains(text, word)
		}
		if all {
			h.shown = append(h.shown, i)
		}
	}
	if len(h.shown) > 0 {
		return
	}
	for _, m := range fuzzy.Find(strings.Join(words, ""), h.search) {
		h.shown = append(h.shown, m.Index)
	}
}

// Update handles a key and tells whether the box goes away.
func (h *Dialog) Update(msg tea.KeyMsg) (cmd tea.Cmd, done bool) {
	keys, last := h.env.Keys.Line, max(len(h.shown)-1, 0)
	switch {
	case keymap.Matches(msg, keys.Cancel):
		return nil, true
	case keymap.Matches(msg, keys.Accept):
		if len(h.shown) == 0 {
			return nil, false
		}
		return h.insert(h.all[h.shown[h.cursor]].SQL), true
	case keymap.Matches(msg, keys.Up):
		h.cursor = max(h.cursor-1, 0)
	case keymap.Matches(msg, keys.Down), keymap.Matches(msg, h.env.Keys.SQL.History):
		h.cursor = min(h.cursor+1, last)
	case keymap.Matches(msg, h.env.Keys.SQL.PageUp):
		h.cursor = max(h.cursor-10, 0)
	case keymap.Matches(msg, h.env.Keys.SQL.PageDown):
		h.cursor = min(h.cursor+10, last)
	default:
		if h.line.Update(msg, keys) {
			h.find()
		}
	}
	return nil, false
}

// Hints are the keys that the box has.
func (h *Dialog) Hints() []views.Hint {
	k := h.env.Keys
	return []views.Hint{
		{Binding: k.Line.Accept, Label: "into the editor"},
		{Binding: k.Line.Up, Label: "newer"},
		{Binding: k.Line.Down, Label: "older"},
		{Binding: k.Line.Cancel, Label: "close"},
	}
}

// Box draws it in at most width times height cells.
func (h *Dialog) Box(width, height int) []string {
	t := h.env.Theme
	width, height = min(width, 110), min(height, 30)
	inner, preview := width-2, min(max((height-4)/2, 1), 8)
	page := max(height-4-preview, 1)
	top := max(min(h.cursor-page/2, len(h.shown)-page), 0)
	lines := []string{" " + t.Accent.Render("/") + h.line.View(t, inner-3)}
	for i := top; i < min(top+page, len(h.shown)); i++ {
		lines = append(lines, h.row(h.all[h.shown[i]], i == h.cursor, inner))
	}
	if len(h.shown) == 0 {
		text := "nothing was run yet"
		if len(h.all) > 0 {
			text = "nothing like it was run"
		}
		lines = append(lines, "  "+t.Dim.Render(text))
	}
	for len(lines) < page+1 {
		lines = append(lines, "")
	}
	lines = append(lines, t.Frame.Render(strings.Repeat(t.Glyphs.H, inner)))
	lines = append(lines, h.preview(inner, preview)...)
	count := grid.Thousands(len(h.shown))
	if len(h.shown) != len(h.all) {
		count += " of " + grid.Thousands(len(h.all))
	}
	return frame.Box(t, true, width, height, t.Strong.Render("What was run"), t.Dim.Render(count), lines)
}

// row is when, where, how it went, and the beginning of the text.
func (h *Dialog) row(e pastEntry, selected bool, width int) string {
	t := h.env.Theme
	tone := views.PhaseTone(statement.ParsePhase(e.Outcome))
	if e.Outcome == refused {
		tone = themes.Bad
	}
	age := clean.Right(grid.AgeText(h.env.Now().Sub(e.At)), 4, "")
	where := clean.Fit(clean.Text(e.Environment), 12, t.Glyphs.Ellipsis)
	took := ""
	if e.Millis > 0 {
		took = durationText(time.Duration(e.Millis) * time.Millisecond)
	}
	text := " " + t.Dim.Render(age+"  "+where) + "  " + t.Tone(tone).Render(t.Glyphs.Tone(tone)+" "+
		clean.Fit(clean.Text(outcomeText(e)), 9, "")) + " " +
		t.Dim.Render(clean.Right(took, 6, "")) + "  "
	sql := clean.Text(strings.Join(strings.Fields(e.SQL), " "))
	style := t.Text
	if selected {
		style = t.Strong
	}
	text += style.Render(clean.Fit(sql, max(width-clean.Width(text)-1, 0), t.Glyphs.Ellipsis)) + " "
	if selected {
		return t.On(t.Selected, clean.Fit(text, width, ""))
	}
	return text
}

// preview is the beginning of the chosen statement's text.
func (h *Dialog) preview(width, height int) []string {
	if len(h.shown) == 0 {
		return nil
	}
	t := h.env.Theme
	all := strings.Split(strings.TrimSpace(h.all[h.shown[h.cursor]].SQL), "\n")
	var lines []string
	for i, line := range all {
		if i == height-1 && len(all) > height {
			return append(lines, " "+t.Faint.Render(t.Glyphs.Ellipsis+" "+moreLines(len(all)-i)))
		}
		lines = append(lines, " "+t.Dim.Render(clean.Cut(clean.Line(line), width-2, t.Glyphs.Ellipsis)))
	}
	return lines
}

// durationText is how long something took, in at most six signs.
func durationText(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return grid.AgeText(d)
}

func moreLines(n int) string {
	if n == 1 {
		return "1 more line"
	}
	return grid.Thousands(n) + " more lines"
}
