package grid

import (
	"slices"
	"strings"
	"unicode"

	"drey/views/match"
)

// filter is a parsed query: every term must hold (console-design.md §2).
type filter struct {
	raw   string
	terms []term
}

type termKind uint8

const (
	wordTerm termKind = iota
	fuzzyTerm
	labelTerm
	fieldTerm
)

// term is one blank-separated part: word, a|b, !word, ~fuzzy, label=value,
// field:value; field:=value and label==value want the whole value. Blanks are
// part of a term between double quotes.
type term struct {
	kind   termKind
	not    bool
	exact  bool
	name   string // of the label
	column int
	any    []string // one of these
}

// SetFilter shows only the rows that match the query. While a query grows, only
// the rows that are shown are looked at.
//
// The cursor goes to the first hit; once the query is lifted it goes back to the
// row that it came from, unless it was moved since.
func (g *Grid) SetFilter(query string) {
	if query == g.filter.raw {
		return
	}
	g.wanted, g.nearest = "", false
	if g.filter.raw == "" {
		g.former = former{key: g.key}
	}
	next := g.parse(query)
	from := g.order
	if next.narrows(g.filter) {
		from = g.shown
	}
	g.filter = next
	g.refilter(from)
	switch {
	case query == "" && !g.former.moved && g.former.key != "":
		g.key = g.former.key
		g.follow()
	case query == "" || g.former.moved && g.shows(g.key):
		g.follow()
	default:
		g.former.moved = false
		g.setCursor(0)
	}
	g.draw.dirty, g.draw.laid = true, false
	g.scroll()
}

// former is the row that the cursor was on before a filter was typed.
type former struct {
	key   string
	moved bool // the user has moved the cursor since
}

// shows tells whether the filter leaves the row with this key.
func (g *Grid) shows(key string) bool {
	at, ok := g.index[key]
	return ok && g.filter.match(&g.rows[at])
}

// Filter is the query.
func (g *Grid) Filter() string { return g.filter.raw }

func (g *Grid) parse(query string) filter {
	f := filter{raw: query}
	for _, part := range splitQuery(strings.ToLower(query)) {
		var t term
		part, t.not = strings.CutPrefix(part, "!")
		rest, isFuzzy := strings.CutPrefix(part, "~")
		field, value, isField := strings.Cut(part, ":")
		label, labelValue, isLabel := strings.Cut(part, "=")
		switch {
		case isFuzzy:
			t.kind, t.any = fuzzyTerm, []string{rest}
		case isField && g.column(field) >= 0:
			t.kind, t.column, t.any = fieldTerm, g.column(field), strings.Split(value, "|")
		case isLabel && label != "":
			t.kind, t.name, t.any = labelTerm, label, strings.Split(labelValue, "|")
		default:
			t.any = strings.Split(part, "|")
		}
		if (t.kind == fieldTerm || t.kind == labelTerm) && strings.HasPrefix(t.any[0], "=") {
			t.exact, t.any[0] = true, t.any[0][1:]
		}
		t.any = slices.DeleteFunc(t.any, func(s string) bool { return s == "" })
		if len(t.any) > 0 || t.kind == labelTerm {
			f.terms = append(f.terms, t)
		}
	}
	return f
}

// splitQuery cuts a query at its blanks, but for those between double quotes,
// which go.
func splitQuery(query string) []string {
	var parts []string
	var b strings.Builder
	quoted := false
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, b.String())
			b.Reset()
		}
	}
	for _, r := range query {
		switch {
		case r == '"':
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return parts
}

// column finds a column by the start of its title, -1 if there is none.
func (g *Grid) column(name string) int {
	if name == "" {
		return -1
	}
	return slices.IndexFunc(g.columns, func(c Column) bool { return strings.HasPrefix(strings.ToLower(c.Title), name) })
}

// narrows tells whether all that f matches, old matched too.
func (f filter) narrows(old filter) bool {
	if len(old.terms) == 0 || len(f.terms) < len(old.terms) {
		return false
	}
	last := len(old.terms) - 1
	for i, t := range old.terms {
		n := f.terms[i]
		if t.kind != n.kind || t.not != n.not || t.name != n.name || t.column != n.column || t.exact != n.exact {
			return false
		}
		if slices.Equal(t.any, n.any) {
			continue
		}
		grown := i == last && !t.not && !t.exact && len(t.any) == 1 && len(n.any) == 1 &&
			strings.HasPrefix(n.any[0], t.any[0])
		if !grown {
			return false
		}
	}
	return true
}

// refilter fills shown with the rows of from that match. from may be shown.
func (g *Grid) refilter(from []int32) {
	if len(g.filter.terms) == 0 {
		g.shown = append(g.shown[:0], g.order...)
		return
	}
	shown := g.shown[:0]
	for _, i := range from {
		if g.filter.match(&g.rows[i]) {
			shown = append(shown, i)
		}
	}
	g.shown = shown
}

func (f *filter) match(row *Row) bool {
	for i := range f.terms {
		if f.terms[i].holds(row) == f.terms[i].not {
			return false
		}
	}
	return true
}

func (t *term) holds(row *Row) bool {
	switch t.kind {
	case fuzzyTerm:
		return match.Fuzzy(t.any[0], row.Search)
	case labelTerm:
		return t.label(row)
	case fieldTerm:
		c, ok := row.cells.at(t.column)
		return ok && t.in(strings.ToLower(c.Text))
	}
	return t.in(row.Search)
}

func (t *term) in(text string) bool {
	for _, s := range t.any {
		if t.exact && text == s || !t.exact && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

func (t *term) label(row *Row) bool {
	for line := range strings.Lines(row.Labels) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if strings.EqualFold(name, t.name) && (len(t.any) == 0 || t.in(strings.ToLower(value))) {
			return true
		}
	}
	return false
}
