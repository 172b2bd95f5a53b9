package results

import (
	"strconv"
	"strings"
	"time"

	"drey/client/statement"
	"drey/themes"
	"drey/views/clean"
	"drey/views/results/rowset"
)

// Lines draws the pane: at most its height of lines of its width.
func (p *Pane) Lines(now time.Time) []string {
	if p.look.width < 4 || p.look.height < 1 {
		return nil
	}
	if p.log == nil {
		return p.promptLines()
	}
	if p.viewer != nil {
		return p.viewer.lines(p)
	}
	p.scroll()
	columns, _ := p.lay()
	foot := p.footer()
	out := []string{p.headLine(columns), p.typeLine(columns)}
	rows := max(p.look.height-2-len(foot), 0)
	since := p.freshSince(now)
	var line []byte
	var cells []rowset.Value
	for y := range rows {
		i := p.cursor.top + y
		if i >= p.list.Len() {
			break
		}
		line, cells = p.appendRow(line[:0], cells, i, columns, since)
		out = append(out, string(line)+p.thumb(y, rows))
	}
	for len(out) < rows+2 {
		out = append(out, "")
	}
	if p.list.Len() == 0 && len(out) > 3 {
		out[3] = p.env.Theme.Dim.Render("  " + p.emptyText())
	}
	out = append(out, foot...)
	return out[:min(len(out), p.look.height)]
}

func (p *Pane) emptyText() string {
	switch {
	case p.look.filter != "" && p.list.Of > 0:
		return "no row passes the filter"
	case p.look.past != nil:
		return "the table was empty then"
	case p.log.Changes() > 0:
		return "the table is empty now"
	case p.log.Ended:
		return "no rows"
	}
	return "no rows so far"
}

func (p *Pane) headLine(columns []placed) string {
	t := p.env.Theme
	line := clean.Blanks(gutter)
	for n, c := range columns {
		style, name := t.Head, p.title(c.column)
		if c.column >= 0 && c.column == p.cursor.column && p.look.focused {
			style = t.Accent
		}
		arrow := ""
		if c.column >= 0 && c.column == p.look.order.Column {
			arrow = " " + t.Glyphs.Up
			if p.look.order.Reverse {
				arrow = " " + t.Glyphs.Down
			}
		}
		text := clean.Cut(name, max(c.width-clean.Width(arrow), 0), t.Glyphs.Ellipsis) + arrow
		line += style.Render(p.aligned(text, c))
		line += p.between(columns, n)
	}
	return line
}

// between is what stands after column n: a line where the frozen columns end.
func (p *Pane) between(columns []placed, n int) string {
	if n == len(columns)-1 {
		return ""
	}
	if p.look.frozen > 0 && n == p.lastFrozen(columns) {
		return p.env.Theme.Frame.Render(p.env.Theme.Glyphs.V) + " "
	}
	return clean.Blanks(gap)
}

// lastFrozen is the place of the last frozen column, -1 for none.
func (p *Pane) lastFrozen(columns []placed) int {
	own := 0
	for n, c := range columns {
		if c.column >= 0 {
			if own++; own == p.look.frozen {
				return n
			}
		}
	}
	return -1
}

func (p *Pane) title(column int) string {
	switch column {
	case opColumn:
		return "op"
	case numberColumn:
		return "#"
	}
	return clean.Text(p.columns()[column].Name)
}

func (p *Pane) aligned(text string, c placed) string {
	if p.right(c.column) {
		return clean.Right(text, c.width, "")
	}
	return clean.Fit(text, c.width, p.env.Theme.Glyphs.Ellipsis)
}

func (p *Pane) right(column int) bool {
	return column == numberColumn || column >= 0 && rowset.IsNumber(p.columns()[column].Type.Type)
}

func (p *Pane) typeLine(columns []placed) string {
	t := p.env.Theme
	line := clean.Blanks(gutter)
	for n, c := range columns {
		text := ""
		if c.column >= 0 {
			text = clean.Cut(clean.Text(rowset.TypeText(p.columns()[c.column].Type)), c.width, t.Glyphs.Ellipsis)
		}
		line += t.Faint.Render(p.aligned(text, c)) + p.between(columns, n)
	}
	return line
}

// appendRow draws the row at a place in exactly the width but for the last cell.
func (p *Pane) appendRow(
	out []byte, cells []rowset.Value, i int, columns []placed, since uint32,
) ([]byte, []rowset.Value) {
	t, selected := p.env.Theme, i == p.cursor.row
	var ground themes.Style
	if selected {
		ground = t.Blurred
		if p.look.focused {
			ground = t.Selected
		}
	}
	out = p.appendGutter(append(out, ground.On()...), selected)
	out = append(out, ground.On()...)
	n := p.list.Content(i)
	r, _ := p.log.Store.Record(n)
	if r == nil {
		out = append(out, t.Dim.Over(ground).On()...)
		out = clean.AppendFit(out, t.Glyphs.Ellipsis, p.look.width-gutter-1, false, "")
		return append(out, themes.Reset...), cells
	}
	cells = r.Values(cells)
	fresh := p.freshCells(n, since, cells)
	used := gutter
	for k, c := range columns {
		style, text := p.cell(c.column, n, r, cells, c.width)
		if c.column >= 0 && fresh&(1<<min(c.column, 63)) != 0 {
			style = t.Accent
		}
		if selected && c.column == p.cursor.column && p.look.focused {
			style = t.Cursor
		} else if t.Stark && selected {
			style = themes.Style{}
		}
		out = append(out, style.On()...)
		out = clean.AppendFit(out, text, c.width, p.right(c.column), t.Glyphs.Ellipsis)
		out = append(append(out, themes.Reset...), ground.On()...)
		used += c.width
		if k < len(columns)-1 {
			out = append(out, p.between(columns, k)...)
			out = append(out, ground.On()...)
			used += gap
		}
	}
	out = clean.AppendFit(out, "", p.look.width-1-used, false, "")
	return append(out, themes.Reset...), cells
}

func (p *Pane) appendGutter(out []byte, selected bool) []byte {
	t := p.env.Theme
	if !selected {
		return append(out, "  "...)
	}
	style := t.Accent
	if !p.look.focused {
		style = t.Faint
	}
	if !t.Stark {
		out = append(out, style.On()...)
	}
	return append(append(out, t.Glyphs.Bar...), ' ')
}

// cell is the text of a cell and its style.
func (p *Pane) cell(column int, n uint32, r rowset.Record, cells []rowset.Value, width int) (themes.Style, string) {
	t := p.env.Theme
	switch {
	case column == numberColumn:
		return t.Dim, strconv.FormatUint(uint64(n), 10)
	case column == opColumn:
		return t.Tone(opTone(r.Op())), r.Op().String()
	case column >= len(cells):
		return t.Dim, ""
	case cells[column].Form == rowset.Null:
		return t.Dim, "NULL"
	}
	style := t.Text
	if p.search.text != "" && rowset.ContainsFold(cells[column].Text, lowerText(p.search.text)) {
		style = t.Match
	}
	return style, rowset.Shown(rowset.ShownText(cells[column], p.log.Shape.Columns[column].Type), width+1)
}

func opTone(op statement.Op) themes.Tone {
	switch op {
	case statement.Insert:
		return themes.Good
	case statement.Delete:
		return themes.Bad
	}
	return themes.Warn
}

// freshCells has a bit for each cell that a change since then wrote anew.
func (p *Pane) freshCells(n, since uint32, cells []rowset.Value) uint64 {
	if n <= since {
		return 0
	}
	if p.log.Shape.Appends || p.look.asChanges {
		return ^uint64(0)
	}
	e := p.log.Table.Effects[n-p.log.Table.First]
	old, _ := p.log.Store.Record(e.Old)
	if e.Old == 0 {
		if prev := int(n-p.log.Table.First) - 1; prev >= 0 && p.log.Table.Effects[prev].Slot == e.Slot {
			old, _ = p.log.Store.Record(p.log.Table.Effects[prev].Old) // -U before it took the row out
		}
	}
	if old == nil {
		return ^uint64(0)
	}
	var bits uint64
	for i, was := range old.Values(nil) {
		if i < len(cells) && (was.Form != cells[i].Form || string(was.Text) != string(cells[i].Text)) {
			bits |= 1 << min(i, 63)
		}
	}
	return bits
}

// thumb shows where the window is, at the right edge.
func (p *Pane) thumb(y, page int) string {
	all := p.list.Len()
	if all <= page {
		return " "
	}
	size := max(page*page/all, 1)
	at := p.cursor.top * (page - size) / max(all-page, 1)
	if y < at || y >= at+size {
		return " "
	}
	return p.env.Theme.Frame.Render(p.env.Theme.Glyphs.Thumb)
}

func lowerText(s string) string { return strings.ToLower(s) }
