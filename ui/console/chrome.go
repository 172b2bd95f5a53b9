package console

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"drey/ui/console/header"
	"drey/views"
	"drey/views/clean"
)

// crumbLine is the path to what is shown, and the toast where it fits beside it.
func (r *Root) crumbLine() string {
	line, toast := r.crumbText(), r.toastText()
	if toast == "" || !r.toastBeside(line, toast) {
		return line
	}
	return header.Sides(r.Space, line, toast+" ")
}

func (r *Root) crumbText() string {
	t := r.Env.Theme
	parts := []string{clean.Text(r.Space.Name)}
	if r.HasScopes() {
		parts = append(parts, r.EnvironmentName())
	}
	parts = append(parts, strings.ToLower(r.Tabs[r.Nav.Tab].Title))
	for _, p := range r.Nav.Pages {
		parts = append(parts, clean.Text(p.Title))
	}
	if c, ok := r.Front().(views.Crumber); ok && len(r.Nav.Pages) == 0 && c.Crumb() != "" {
		parts = append(parts, clean.Text(c.Crumb()))
	}
	if c, ok := r.over.(views.Crumber); ok && c.Crumb() != "" {
		parts = append(parts, c.Crumb())
	}
	line := " "
	for i, p := range parts {
		if i == len(parts)-1 {
			line += t.Text.Render(p)
			break
		}
		line += t.Dim.Render(p) + t.Faint.Render(" "+t.Glyphs.Crumb+" ")
	}
	return line
}

// keyLine are the keys that matter here, as many as fit; help is always last.
func (r *Root) keyLine() string {
	t := r.Env.Theme
	if r.over != nil || r.Typing() {
		return r.overKeys()
	}
	help := r.keyText(views.Hint{Binding: r.Env.Keys.Global.Help, Label: "keys"})
	width := r.Rects.Width - clean.Width(help) - 4
	line := " "
	for i, h := range r.hints() {
		text := r.keyText(h)
		if i >= 9 || clean.Width(line)+clean.Width(text) > width {
			break
		}
		line += text + "   "
	}
	return line + clean.Cut(help, r.Rects.Width-clean.Width(line), t.Glyphs.Ellipsis)
}

// overKeys are the keys of what takes every key, as many as fit; those that are
// always shown come last. Help is among them while text is typed in a view.
func (r *Root) overKeys() string {
	hints := r.hints()
	if r.over == nil {
		hints = append(hints, views.Hint{Binding: key.NewBinding(key.WithHelp("f1", "keys")), Always: true})
	}
	always := ""
	for _, h := range hints {
		if h.Always {
			always += r.keyText(h) + "   "
		}
	}
	line, width := " ", r.Rects.Width-clean.Width(always)
	for _, h := range hints {
		text := r.keyText(h) + "   "
		if h.Always || clean.Width(line)+clean.Width(text) > width {
			continue
		}
		line += text
	}
	return line + always
}

func (r *Root) keyText(h views.Hint) string {
	t := r.Env.Theme
	if h.Refused != "" {
		return t.Faint.Render(h.Binding.Help().Key + " " + h.Text())
	}
	return t.Accent.Render(h.Binding.Help().Key) + t.Dim.Render(" "+h.Text())
}

// hints are those of what has the focus, then those that work everywhere.
func (r *Root) hints() []views.Hint {
	g := r.Env.Keys.Global
	if r.over != nil {
		if h, ok := r.over.(views.Hinter); ok {
			return h.Hints()
		}
		return nil
	}
	var hints []views.Hint
	if h, ok := r.Focused().(views.Hinter); ok {
		hints = h.Hints()
	}
	if r.Typing() {
		return hints
	}
	if n := 6; len(hints) > n {
		hints = hints[:n]
	}
	own := slices.ContainsFunc(hints, func(h views.Hint) bool { return h.Binding.Help().Key == g.Zoom.Help().Key })
	hints = append(hints, views.Hint{Binding: g.Palette}, views.Hint{Binding: g.Calls, Label: "log"})
	if own {
		return hints // the page has another use for the key
	}
	return append(hints, views.Hint{Binding: g.Zoom})
}
