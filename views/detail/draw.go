package detail

import (
	"fmt"
	"strings"

	"drey/client/fault"
	"drey/themes"
	"drey/views/clean"
	"drey/views/grid"
)

// corner says where in the text one is, what is searched for, and what it is filtered by.
func (v *View) corner() string {
	t := v.env.Theme
	s := &v.search
	by, before := "", "" // before is what stands left of the search
	if text := v.filter.line.Value(); text != "" {
		by = t.Accent.Render("&"+clean.Cut(clean.Text(text), 24, t.Glyphs.Ellipsis)) + t.Dim.Render(v.filter.count())
		before = by + " "
	}
	switch {
	case v.filter.typing:
		return t.Accent.Render("&") + v.filter.line.View(t, 24) + t.Dim.Render(v.filter.count())
	case s.typing:
		return before + t.Accent.Render("/") + s.line.View(t, 24) + t.Dim.Render(fmt.Sprintf(" %d hits", len(s.hits)))
	case s.query != "":
		return before + t.Accent.Render("/"+clean.Cut(s.query, 24, t.Glyphs.Ellipsis)) +
			t.Dim.Render(fmt.Sprintf(" %d of %d", min(s.at+1, len(s.hits)), len(s.hits)))
	case v.state.err != nil && v.state.loaded:
		text := grid.AgeText(v.env.Now().Sub(v.state.at)) + " old, " + word(v.state.err)
		return t.Tone(themes.Warn).Render(clean.Cut(text, max(v.scroll.width/2, 20), t.Glyphs.Ellipsis))
	case by != "":
		return by + v.following()
	case v.follows:
		return strings.TrimLeft(v.following(), " ")
	case len(v.doc.Plain) > v.page():
		return t.Dim.Render(fmt.Sprintf(
			"%s–%s of %s", grid.Thousands(v.scroll.top+1), grid.Thousands(min(v.scroll.top+v.page(), len(v.doc.Plain))),
			grid.Thousands(len(v.doc.Plain)),
		))
	}
	return ""
}

// count is how many entries are shown.
func (f *filter) count() string {
	if f.line.Value() == "" {
		return ""
	}
	return fmt.Sprintf(" %s of %s", grid.Thousands(f.shown), grid.Thousands(f.all))
}

// word is an error in one line: what it means, then its own words.
func word(err error) string {
	text := clean.Text(err.Error())
	if w := fault.Of(err).Word(); w != "" {
		return w + ": " + text
	}
	return text
}

// window are the lines that are seen.
func (v *View) window() []string {
	t, space := v.env.Theme, v.scroll.width-4
	if !v.state.loaded {
		return v.waiting()
	}
	var out []string
	for i := v.scroll.top; i < len(v.doc.Plain) && len(out) < v.page(); i++ {
		line := v.doc.Styled[i]
		if v.hit(i) {
			line = v.mark(v.doc.Plain[i])
		}
		if v.scroll.left > 0 {
			line = clean.Skip(line, v.scroll.left)
		}
		line = " " + clean.Cut(line, space, t.Glyphs.Ellipsis)
		if v.link > 0 && v.doc.Links[v.link-1].Line == i {
			line = t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+clean.Skip(clean.Fit(line, space+2, ""), 1))
		}
		out = append(out, line)
	}
	if v.filter.line.Value() != "" && v.filter.shown == 0 && len(out) < v.page() {
		out = append(out, "  "+t.Dim.Render("nothing here holds it")+t.Faint.Render("  esc lifts the filter"))
	}
	return out
}

func (v *View) waiting() []string {
	t := v.env.Theme
	if v.state.err != nil {
		lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" could not be read")}
		for _, l := range clean.Wrap(clean.Text(v.state.err.Error()), max(v.scroll.width-8, 8)) {
			lines = append(lines, "  "+t.Dim.Render(l))
		}
		return append(lines, "", "  "+t.Faint.Render("R asks again"))
	}
	if v.state.slow {
		return []string{"", "  " + t.Dim.Render("waiting for "+clean.Text(v.title))}
	}
	return nil
}

func (v *View) hit(line int) bool {
	for _, h := range v.search.hits {
		if h == line {
			return true
		}
	}
	return false
}

// mark draws a line with the hits in it set off.
func (v *View) mark(line string) string {
	t, query := v.env.Theme, strings.ToLower(v.search.query)
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		return t.Match.Render(line)
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, query)
		if i < 0 {
			b.WriteString(t.Text.Render(line))
			return b.String()
		}
		b.WriteString(t.Text.Render(line[:i]) + t.Match.Render(line[i:i+len(query)]))
		line, lower = line[i+len(query):], lower[i+len(query):]
	}
}
