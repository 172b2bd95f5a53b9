package logview

import (
	"fmt"
	"strings"

	"drey/themes"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/frame"
)

// View implements views.View.
func (l *logs) View() string {
	if !l.dirty {
		return l.out
	}
	l.dirty = false
	if l.width < 10 || l.height < 3 {
		l.out = ""
		return ""
	}
	t := l.env.Theme
	title := t.Strong.Render(clean.Text(l.Title()))
	if l.file != "" {
		title += t.Dim.Render(" " + clean.Text(l.file))
	}
	l.out = strings.Join(frame.Box(t, true, l.width, l.height, title, l.corner(), l.window()), "\n")
	return l.out
}

// corner says what is searched for, what is not held, and whether it is followed.
func (l *logs) corner() string {
	t := l.env.Theme
	var parts []string
	switch {
	case l.searches:
		return t.Accent.Render("/") + l.search.View(t, 24)
	case l.err != nil && l.known:
		return t.Tone(themes.Warn).Render(clean.Cut(jobdata.ErrorText(l.err), max(l.width/2, 20), t.Glyphs.Ellipsis))
	}
	if l.query != "" {
		parts = append(parts, "/"+clean.Text(l.query))
	}
	if l.tail.Skipped > 0 {
		parts = append(parts, fmt.Sprintf(
			"the last %s of %s", jobdata.Size(int64(len(l.tail.Text))), jobdata.Size(l.tail.All),
		))
	}
	if l.follow {
		parts = append(parts, "follows")
	}
	return t.Dim.Render(strings.Join(parts, " "+t.Glyphs.Dot+" "))
}

func (l *logs) window() []string {
	t := l.env.Theme
	switch {
	case l.err != nil && !l.known:
		lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" the log could not be read")}
		for _, line := range clean.Wrap(jobdata.ErrorText(l.err), max(l.width-8, 8)) {
			lines = append(lines, "  "+t.Dim.Render(line))
		}
		return lines
	case !l.known:
		return []string{"", "  " + t.Dim.Render("waiting for the log")}
	case l.tail.Count() == 0:
		return []string{"", "  " + t.Dim.Render("the file is empty")}
	}
	top := l.firstShown()
	var out []string
	for i := top; i < l.tail.Count() && len(out) < l.page(); i++ {
		text := clean.Line(l.tail.Line(i))
		line := levelStyle(t, text).Render(text)
		if l.query != "" && strings.Contains(strings.ToLower(text), l.query) {
			line = t.Match.Render(text)
		}
		if l.left > 0 {
			line = clean.Skip(line, l.left)
		}
		out = append(out, " "+clean.Cut(line, l.width-4, t.Glyphs.Ellipsis))
	}
	return out
}

// levelStyle colours a line by its level; lines of a trace are dim.
func levelStyle(t *themes.Theme, line string) themes.Style {
	head := line[:min(len(line), 60)]
	switch {
	case strings.Contains(head, " ERROR "), strings.Contains(head, " FATAL "), strings.HasPrefix(line, "Caused by: "):
		return t.Tone(themes.Bad)
	case strings.Contains(head, " WARN "):
		return t.Tone(themes.Warn)
	case strings.Contains(head, " DEBUG "), strings.Contains(head, " TRACE "), strings.HasPrefix(
		strings.TrimSpace(line), "at ",
	):
		return t.Dim
	}
	return t.Text
}
