package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/keymap"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/results/rowset"
)

// viewer shows one row as names and values, or one value, whole.
type viewer struct {
	only   int // column that alone is shown, -1 for all
	top    int
	text   []string // drawn lines of the row
	starts []int    // line at which a column begins
	of     uint32   // change that text is of
	width  int
}

// maxViewed is how much of one value is laid out.
const maxViewed = 256 << 10

func newViewer(only int) *viewer { return &viewer{only: only} }

// Viewing is true while one row is shown.
func (p *Pane) Viewing() bool { return p.viewer != nil }

// ViewerHints are the keys of one row.
func (p *Pane) ViewerHints() []views.Hint {
	keys, move := p.env.Keys.SQL, p.env.Keys.Move
	cell := "whole value"
	if p.viewer.only >= 0 {
		cell = "whole row"
	}
	return []views.Hint{
		{Binding: move.Left, Label: "row before"},
		{Binding: move.Right, Label: "next row"},
		{Binding: keys.Search},
		{Binding: keys.Cell, Label: cell},
		{Binding: keys.Copy, Label: "copy the value"},
		{Binding: keys.CopyMenu, Label: "copy rows"},
		{Binding: move.Escape, Label: "all rows"},
	}
}

// fill lays the row out; a row that is not in memory comes later.
func (w *viewer) fill(p *Pane) {
	if p.list.Len() == 0 {
		return
	}
	n := p.list.Content(p.cursor.row)
	if n == w.of && w.width == p.look.width {
		return
	}
	r, _ := p.log.Store.Record(n)
	if r == nil {
		w.text, w.of = []string{p.env.Theme.Dim.Render("  reading" + p.env.Theme.Glyphs.Ellipsis)}, 0
		return
	}
	w.of, w.width = n, p.look.width
	w.text, w.starts = nil, nil
	cells := r.Values(nil)
	label := w.labelWidth(p)
	for i, c := range p.columns() {
		w.starts = append(w.starts, len(w.text))
		if w.only >= 0 && i != w.only || i >= len(cells) {
			continue
		}
		w.add(p, c.Name, rowset.TypeText(c.Type), cells[i], i, label)
	}
}

// labelWidth is the room for names.
func (w *viewer) labelWidth(p *Pane) int {
	label := 4
	for _, c := range p.columns() {
		label = max(label, clean.Width(clean.Text(c.Name)))
	}
	return min(label, max(p.look.width/3, 8))
}

func (w *viewer) add(p *Pane, name, kind string, v rowset.Value, column, label int) {
	t := p.env.Theme
	nameStyle := t.Dim
	if column == p.cursor.column {
		nameStyle = t.Accent
	}
	kindRoom := min(max(p.look.width/6, 8), 18)
	lead := " " + nameStyle.Render(clean.Fit(clean.Text(name), label, t.Glyphs.Ellipsis)) + "  " +
		t.Faint.Render(clean.Fit(clean.Text(kind), kindRoom, t.Glyphs.Ellipsis)) + "  "
	width := max(p.look.width-label-kindRoom-6, 8)
	if w.only >= 0 {
		w.text = append(w.text, lead, "")
		lead, width = " ", max(p.look.width-3, 8)
	}
	indent := clean.Blanks(clean.Width(lead))
	if v.Form == rowset.Null {
		w.text = append(w.text, lead+t.Dim.Render("NULL"))
		return
	}
	text, rest := pretty(v, p.columns()[column].Type)
	lines := strings.Split(text, "\n")
	first := true
	for _, line := range lines {
		for _, part := range clean.Wrap(clean.Line(line), width) {
			if !first {
				lead = indent
			}
			first = false
			w.text = append(w.text, lead+t.Text.Render(part))
		}
	}
	if rest > 0 {
		more := fmt.Sprintf(
			"%s %s more bytes: c copies all of it, w writes it to a file", t.Glyphs.Ellipsis, grid.Thousands(rest),
		)
		w.text = append(w.text, indent+t.Tone(warnTone).Render(more))
	}
}

// pretty is the text of a value, JSON indented; of a huge one the beginning, and
// how many bytes are missing.
func pretty(v rowset.Value, t statement.DataType) (text string, rest int) {
	raw := v.Text
	if v.Form == rowset.Nested {
		raw = rowset.AppendNested(nil, raw, t)
	}
	if len(raw) > maxViewed {
		return strings.ToValidUTF8(string(raw[:maxViewed]), ""), len(raw) - maxViewed
	}
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') {
		var b bytes.Buffer
		if json.Indent(&b, trimmed, "", "  ") == nil {
			return b.String(), 0
		}
	}
	return string(raw), 0
}

func (w *viewer) lines(p *Pane) []string {
	w.fill(p)
	t := p.env.Theme
	var foot []string
	if p.prompt.what != noPrompt {
		foot = p.promptLines()
	} else if p.search.text != "" {
		foot = []string{" " + clean.Cut(p.narrowText(), p.look.width-2, t.Glyphs.Ellipsis)}
	}
	page := max(p.look.height-1-len(foot), 1)
	w.top = max(min(w.top, len(w.text)-page), 0)
	if p.list.Len() == 0 {
		w.text, w.of = []string{t.Dim.Render("  " + p.emptyText())}, 0
	}
	out := append([]string(nil), w.text[w.top:min(w.top+page, len(w.text))]...)
	for i, line := range out {
		out[i] = clean.Cut(line, p.look.width, t.Glyphs.Ellipsis)
	}
	for len(out) < page {
		out = append(out, "")
	}
	where := " row " + grid.Thousands(p.cursor.row+1) + " of " + grid.Thousands(p.list.Len())
	if len(w.text) > page {
		where += fmt.Sprintf(
			" %s lines %s–%s of %s", t.Glyphs.Dot, grid.Thousands(w.top+1),
			grid.Thousands(min(w.top+page, len(w.text))), grid.Thousands(len(w.text)),
		)
	}
	out = append(append(out, foot...), t.Dim.Render(where))
	return out[max(len(out)-p.look.height, 0):]
}

// handleViewer moves through the row, or to its neighbours.
func (p *Pane) handleViewer(msg tea.KeyMsg) tea.Cmd {
	keys, w := p.env.Keys, p.viewer
	page := max(p.look.height-1, 1)
	switch {
	case keymap.Matches(msg, keys.Move.Left):
		p.moveTo(p.cursor.row - 1)
		w.top = 0
	case keymap.Matches(msg, keys.Move.Right, keys.SQL.ColumnRight):
		p.moveTo(p.cursor.row + 1)
		w.top = 0
	case keymap.Matches(msg, keys.Move.Enter):
		p.viewer = nil
	case keymap.Matches(msg, keys.SQL.Cell):
		if w.only >= 0 {
			p.viewer = newViewer(-1)
		} else {
			p.viewer = newViewer(p.cursor.column)
		}
	case keymap.Matches(msg, keys.SQL.Copy):
		return p.copyCell()
	case keymap.Matches(msg, keys.SQL.CopyMenu):
		p.prompt = prompt{what: forCopy}
		p.viewer = nil
	case keymap.Matches(msg, keys.SQL.Export):
		p.askPath()
	default:
		if by, ok := keys.Move.Steps(msg, page, len(w.text)); ok {
			w.step(p, by)
			break
		}
		return tea.Batch(p.viewerSearch(msg), p.Want())
	}
	return p.Want()
}

// viewerSearch looks for the next row that holds a text; the row view follows.
// What lines the keys of all rows open, they open here.
func (p *Pane) viewerSearch(msg tea.KeyMsg) tea.Cmd {
	keys := p.env.Keys.SQL
	switch {
	case keymap.Matches(msg, keys.Search):
		p.open(forSearch, p.search.text)
	case keymap.Matches(msg, keys.Next):
		return p.nextHit(1)
	case keymap.Matches(msg, keys.Previous):
		return p.nextHit(-1)
	case keymap.Matches(msg, keys.Filter):
		p.open(forFilter, p.look.filter)
	case keymap.Matches(msg, keys.AtTime):
		p.open(forPast, "")
	}
	return nil
}

// step goes to the next column where all of it is seen, else it scrolls.
func (w *viewer) step(p *Pane, by int) {
	page := max(p.look.height-1, 1)
	if w.only < 0 && (by == 1 || by == -1) {
		at := p.cursor.column + by
		if at >= 0 && at < len(w.starts) {
			p.cursor.column = at
			w.of = 0
			w.fill(p)
			if line := w.starts[at]; line < w.top || line >= w.top+page {
				w.top = line - page/2
			}
			return
		}
	}
	w.top = max(min(w.top+by, len(w.text)-page), 0)
}
