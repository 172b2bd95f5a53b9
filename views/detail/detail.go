package detail

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/input"
)

// View is a pager over a Document.
type View struct {
	env   *views.Env
	title string
	load  Loader
	box   views.Mailbox

	doc    Document
	state  loadState
	search search
	scroll scroll
	out    string
	dirty  bool
}

type loadState struct {
	asked  time.Time
	loaded bool
	slow   bool
	err    error
}

type scroll struct {
	width, height int
	top, left     int
	wrap          bool
}

type search struct {
	line   input.Line
	typing bool
	query  string
	hits   []int // lines
	at     int
}

// New makes a pager that loads when it is first shown.
func New(env *views.Env, title string, load Loader) *View {
	v := &View{env: env, title: title, load: load, dirty: true}
	v.box.Context = env.Context
	return v
}

type (
	loadedMsg struct {
		doc Document
		err error
	}
	slowMsg struct{}
)

// Title implements views.View.
func (v *View) Title() string { return v.title }

// Crumb implements views.Crumber.
func (v *View) Crumb() string { return v.title }

// Init loads.
func (v *View) Init() tea.Cmd { return v.Refresh() }

// Refresh loads again; what is shown stays until the answer.
func (v *View) Refresh() tea.Cmd {
	v.state.asked = v.env.Now()
	load, theme := v.load, v.env.Theme
	return tea.Batch(
		v.box.Ask("load", func(ctx context.Context) tea.Msg {
			doc, err := load(ctx, theme)
			return loadedMsg{doc, err}
		}),
		v.box.After("slow", 150*time.Millisecond, slowMsg{}),
	)
}

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.box.Close() }

// Typing implements views.Typist.
func (v *View) Typing() bool { return v.search.typing }

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.scroll.width, v.scroll.height = width, height
	v.clamp()
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	v.dirty = true
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case loadedMsg:
		v.box.Cancel("slow")
		v.state.slow, v.state.err = false, msg.err
		if msg.err == nil {
			v.doc, v.state.loaded = msg.doc, true
			v.find()
		}
		v.clamp()
	case slowMsg:
		v.state.slow = !v.state.loaded
	case views.RestyledMsg:
		return v.Refresh()
	}
	return nil
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	if v.search.typing {
		return v.typeSearch(msg)
	}
	keys, page := v.env.Keys, v.page()
	switch {
	case keymap.Matches(msg, keys.Text.Search):
		v.search.typing = true
	case keymap.Matches(msg, keys.Text.Next):
		v.jump(1)
	case keymap.Matches(msg, keys.Text.Previous):
		v.jump(-1)
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: v.title, Text: strings.Join(v.doc.Plain, "\n") + "\n"})
	case keymap.Matches(msg, keys.Text.Wrap):
		v.scroll.wrap, v.scroll.left = !v.scroll.wrap, 0
	case keymap.Matches(msg, keys.Move.Down):
		v.scroll.top++
	case keymap.Matches(msg, keys.Move.Up):
		v.scroll.top--
	case keymap.Matches(msg, keys.Move.HalfDown):
		v.scroll.top += page / 2
	case keymap.Matches(msg, keys.Move.HalfUp):
		v.scroll.top -= page / 2
	case keymap.Matches(msg, keys.Move.PageDown):
		v.scroll.top += page
	case keymap.Matches(msg, keys.Move.PageUp):
		v.scroll.top -= page
	case keymap.Matches(msg, keys.Move.Top):
		v.scroll.top = 0
	case keymap.Matches(msg, keys.Move.Bottom):
		v.scroll.top = len(v.doc.Plain)
	case keymap.Matches(msg, keys.Move.Right):
		v.scroll.left += 8
	case keymap.Matches(msg, keys.Move.Left):
		v.scroll.left = max(v.scroll.left-8, 0)
	}
	v.clamp()
	return nil
}

func (v *View) typeSearch(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		v.search.typing = false
	case keymap.Matches(msg, keys.Cancel):
		v.Escape()
	default:
		v.search.line.Update(msg, keys)
		v.search.query = v.search.line.Value()
		v.find()
		if len(v.search.hits) > 0 {
			v.show(v.search.hits[v.search.at])
		}
	}
	return nil
}

// Escape implements views.Escaper: the search goes first.
func (v *View) Escape() bool {
	had := v.search.typing || v.search.query != ""
	v.search = search{}
	v.dirty = v.dirty || had
	return had
}

// find collects the lines that hold the query, whatever the case.
func (v *View) find() {
	s := &v.search
	s.hits, s.at = s.hits[:0], 0
	if s.query == "" {
		return
	}
	query := strings.ToLower(s.query)
	for i, line := range v.doc.Plain {
		if strings.Contains(strings.ToLower(line), query) {
			if i < v.scroll.top {
				s.at = len(s.hits) + 1
			}
			s.hits = append(s.hits, i)
		}
	}
	if s.at >= len(s.hits) {
		s.at = 0
	}
}

func (v *View) jump(by int) {
	s := &v.search
	if n := len(s.hits); n > 0 {
		s.at = (s.at + by + n) % n
		v.show(s.hits[s.at])
	}
}

// show scrolls so that line is seen.
func (v *View) show(line int) {
	if line < v.scroll.top || line >= v.scroll.top+v.page() {
		v.scroll.top = line - v.page()/3
	}
	v.clamp()
}

func (v *View) page() int { return max(v.scroll.height-2, 1) }

func (v *View) clamp() {
	s := &v.scroll
	s.top = max(min(s.top, len(v.doc.Plain)-v.page()), 0)
	v.dirty = true
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	return []views.Hint{
		{Binding: k.Text.Search},
		{Binding: k.Text.Next},
		{Binding: k.Text.Copy},
		{Binding: k.Text.Wrap},
		{Binding: k.Move.Right, Label: "scroll"},
		{Binding: k.Move.Escape},
	}
}

// View implements views.View.
func (v *View) View() string {
	if !v.dirty {
		return v.out
	}
	v.dirty = false
	if v.scroll.height < 1 || v.scroll.width < 4 {
		v.out = ""
		return ""
	}
	t := v.env.Theme
	lines := frame.Box(t, true, v.scroll.width, v.scroll.height, t.Strong.Render(clean.Text(v.title)), v.corner(), v.window())
	v.out = strings.Join(lines, "\n")
	return v.out
}

// corner says where in the text one is, or what is searched for.
func (v *View) corner() string {
	t := v.env.Theme
	s := &v.search
	switch {
	case s.typing:
		return t.Accent.Render("/") + s.line.View(t, 24) + t.Dim.Render(fmt.Sprintf(" %d hits", len(s.hits)))
	case s.query != "":
		return t.Accent.Render("/"+clean.Cut(s.query, 24, t.Glyphs.Ellipsis)) + t.Dim.Render(fmt.Sprintf(" %d of %d", min(s.at+1, len(s.hits)), len(s.hits)))
	case v.state.err != nil && v.state.loaded:
		return t.Tone(themes.Warn).Render("not refreshed: " + clean.Cut(clean.Text(v.state.err.Error()), 40, t.Glyphs.Ellipsis))
	case len(v.doc.Plain) > v.page():
		return t.Dim.Render(fmt.Sprintf("%s–%s of %s", grid.Thousands(v.scroll.top+1), grid.Thousands(min(v.scroll.top+v.page(), len(v.doc.Plain))), grid.Thousands(len(v.doc.Plain))))
	}
	return ""
}

// window are the lines that are seen.
func (v *View) window() []string {
	t, room := v.env.Theme, v.scroll.width-4
	if !v.state.loaded {
		return v.waiting()
	}
	var out []string
	for i := v.scroll.top; i < len(v.doc.Plain) && len(out) < v.page(); i++ {
		line := v.doc.Styled[i]
		if v.hit(i) {
			line = v.mark(v.doc.Plain[i])
		}
		if v.scroll.wrap {
			for _, part := range clean.Wrap(line, room) {
				out = append(out, " "+part)
			}
			continue
		}
		if v.scroll.left > 0 {
			line = clean.Skip(line, v.scroll.left)
		}
		out = append(out, " "+clean.Cut(line, room, t.Glyphs.Ellipsis))
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
