package results

import (
	"fmt"
	"strings"

	"drey/views/clean"
	"drey/views/grid"
)

// footer are the lines below the rows: what is typed, what narrows the rows, and
// where one is.
func (p *Pane) footer() []string {
	if p.log == nil || p.look.height < 6 && p.prompt.what == noPrompt {
		return nil
	}
	t, width := p.env.Theme, p.look.width
	var lines []string
	if p.prompt.what != noPrompt {
		lines = append(lines, p.promptLines()...)
	}
	if p.narrowed() {
		text := p.narrowText()
		lines = append(lines, " "+clean.Cut(text, width-2, t.Glyphs.Ellipsis))
	}
	if p.ask.problem != "" {
		lines = append(lines, " "+t.Tone(badTone).Render(clean.Cut(
			t.Glyphs.Cross+" "+clean.Text(p.ask.problem), width-2, t.Glyphs.Ellipsis,
		)))
	}
	return append(lines, p.whereLine())
}

// footHeight is how many lines the footer takes.
func (p *Pane) footHeight() int {
	if p.log == nil || p.look.height < 6 && p.prompt.what == noPrompt {
		return 0
	}
	n := 1
	if p.prompt.what != noPrompt {
		n += len(p.promptLines())
	}
	if p.narrowed() {
		n++
	}
	if p.ask.problem != "" {
		n++
	}
	return n
}

// narrowed tells whether there is something to say about it.
func (p *Pane) narrowed() bool {
	return p.look.filter != "" && p.prompt.what != forFilter || p.search.text != "" && p.prompt.what != forSearch
}

// narrowText says what filter and search leave.
func (p *Pane) narrowText() string {
	t := p.env.Theme
	var parts []string
	if p.look.filter != "" && p.prompt.what != forFilter {
		parts = append(
			parts,
			t.Accent.Render("&")+t.Text.Render(clean.Text(p.look.filter))+
				t.Dim.Render("  "+ofText(p.list.Len(), p.list.Of, "row")),
		)
	}
	if p.search.text != "" && p.prompt.what != forSearch {
		parts = append(
			parts, t.Accent.Render("/")+t.Text.Render(clean.Text(p.search.text))+t.Dim.Render("  "+p.hitsText()),
		)
	}
	if p.mail.Waiting("find") && p.ask.stale {
		parts = append(parts, t.Dim.Render("looking"+t.Glyphs.Ellipsis))
	}
	return strings.Join(parts, t.Dim.Render("   "))
}

func ofText(n, of int, what string) string {
	if n == of {
		return plural(of, what)
	}
	return grid.Thousands(n) + " of " + plural(of, what)
}

func (p *Pane) hitsText() string {
	if p.mail.Waiting("find") {
		return "looking" + p.env.Theme.Glyphs.Ellipsis
	}
	for n, at := range p.search.hits {
		if int(at) == p.cursor.row {
			return fmt.Sprintf("%s of %s", grid.Thousands(n+1), plural(len(p.search.hits), "row"))
		}
	}
	return "in " + plural(len(p.search.hits), "row")
}

// whereLine says which row and column the cursor is on, what is out of sight, and
// which moment it is.
func (p *Pane) whereLine() string {
	t := p.env.Theme
	dot := " " + t.Glyphs.Dot + " "
	var parts []string
	if n := p.list.Len(); n > 0 {
		parts = append(parts, "row "+grid.Thousands(p.cursor.row+1)+" of "+grid.Thousands(n))
	}
	shown := p.shownColumns()
	if columns, more := p.lay(); more > 0 || p.cursor.left > 0 {
		last := len(shown) - more
		own := 0
		for _, c := range columns {
			if c.column >= 0 {
				own++
			}
		}
		parts = append(parts, fmt.Sprintf("columns %d–%d of %d", last-own+min(p.look.frozen, own)+1, last, len(shown)))
	}
	if hidden := len(p.columns()) - len(shown); hidden > 0 {
		parts = append(parts, plural(hidden, "column")+" hidden")
	}
	left := t.Dim.Render(" " + strings.Join(parts, dot))
	right := p.pastText(p.look.width - clean.Width(left) - 3)
	return left + clean.Blanks(p.look.width-clean.Width(left)-clean.Width(right)-1) + right
}

// pastText is where in the changelog one is, as a line to walk on.
func (p *Pane) pastText(width int) string {
	t := p.env.Theme
	if p.work.doing != "" {
		return t.Dim.Render(clean.Cut(p.work.text(p.env.Now()), width, t.Glyphs.Ellipsis))
	}
	total := p.log.Changes()
	if p.look.past == nil && (p.log.Shape.Appends || total == 0) {
		return ""
	}
	at := total
	if m := p.look.past; m != nil {
		at = int(m.At)
	}
	text := "as of change " + grid.Thousands(at) + " of " + grid.Thousands(total)
	keys := p.env.Keys.SQL
	hint := "  " + t.Accent.Render(keys.Earlier.Help().Key+" "+keys.Later.Help().Key) + t.Dim.Render(" scrub")
	style := t.Dim
	if p.look.past != nil {
		style = t.Tone(warnTone)
	}
	if clean.Width(text) > width {
		return ""
	}
	out := style.Render(text)
	if rest := width - clean.Width(text) - clean.Width(hint) - 2; rest >= 8 {
		out += "  " + p.slider(min(rest, 40), at, total)
	}
	if clean.Width(out)+clean.Width(hint) <= width {
		out += hint
	}
	return out
}

func (p *Pane) slider(width, at, total int) string {
	t := p.env.Theme
	x := min((width-1)*at/max(total, 1), width-1)
	return t.Accent.Render(strings.Repeat(t.Glyphs.H, x)+t.Glyphs.Live) +
		t.Frame.Render(strings.Repeat(t.Glyphs.H, width-1-x))
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return grid.Thousands(n) + " " + what
}

// AsChanges tells that the changelog is shown, not the table.
func (p *Pane) AsChanges() bool { return p.look.asChanges }

// Counts are what is known of the result, the most telling first.
func (p *Pane) Counts() []string {
	l := p.log
	if l == nil {
		return nil
	}
	parts := []string{plural(l.Rows(), "row")}
	if changes, rows := l.LetGo(); changes > 0 {
		parts = append(parts, grid.Thousands(changes)+" oldest changes let go")
		if rows > 0 {
			parts = append(parts, plural(rows, "row")+" with them")
		}
	}
	if n := l.OnDisk(); n > 0 {
		parts = append(parts, fmt.Sprintf("%s MB on disk", grid.Thousands(int(n>>20))))
	}
	if l.Misfits > 0 {
		parts = append(parts, plural(l.Misfits, "row")+" not of the schema")
	}
	if l.Table.Stale > 0 {
		parts = append(parts, plural(l.Table.Stale, "change")+" of rows that are not there")
	}
	if p.look.paused {
		parts = append(parts, "paused")
	}
	if !l.Shape.Appends {
		parts = append(parts, plural(l.Changes(), "change"))
	}
	return parts
}
