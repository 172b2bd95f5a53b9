package console

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"drey/keymap"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
)

// entry is one line of the palette or of help.
type entry struct {
	keys   string // shown at the left, in the accent
	text   string
	aside  string // dim, at the right
	search string
	run    tea.Msg // sent when it is chosen; nil for a heading
	made   bool    // of what is typed
}

// chooser is a list that is searched by typing: palette and help.
type chooser struct {
	root    *Root
	title   string
	prompt  string
	entries []entry
	shown   []int
	line    input.Line
	cursor  int
	top     int
	// dynamic makes an entry of what is typed; ok is false for a search.
	dynamic func(typed string) (e entry, ok bool)
	width   int
	height  int
}

func (c *chooser) Title() string             { return c.title }
func (c *chooser) Crumb() string             { return strings.ToLower(c.title) }
func (c *chooser) Init() tea.Cmd             { return nil }
func (c *chooser) Accept(views.Answer) bool  { return false }
func (c *chooser) Close()                    {}
func (c *chooser) Typing() bool              { return true }
func (c *chooser) View() string              { return strings.Join(c.Box(), "\n") }
func (c *chooser) SetSize(width, height int) { c.width, c.height = width, height }
func (c *chooser) page() int                 { return max(c.boxHeight()-4, 1) }
func (c *chooser) boxHeight() int            { return max(min(c.height-4, 26), 5) }

// search fills shown with the entries that match, best first.
func (c *chooser) search() {
	c.entries = slices.DeleteFunc(c.entries, func(e entry) bool { return e.made })
	c.shown = c.shown[:0]
	c.cursor, c.top = 0, 0
	query := strings.ToLower(strings.TrimSpace(c.line.Value()))
	if query == "" {
		for i := range c.entries {
			c.shown = append(c.shown, i)
		}
		c.skip(1)
		return
	}
	if c.dynamic != nil {
		if e, ok := c.dynamic(c.line.Value()); ok {
			e.made = true
			c.entries = append(c.entries, e)
			c.shown = append(c.shown, len(c.entries)-1)
			return
		}
	}
	ranks := map[int]int{}
	for i := range c.entries {
		if c.entries[i].run == nil {
			continue
		}
		if rank := rankOf(&c.entries[i], query); rank >= 0 {
			ranks[i] = rank
			c.shown = append(c.shown, i)
		}
	}
	slices.SortStableFunc(c.shown, func(a, b int) int { return ranks[a] - ranks[b] })
	if len(c.shown) > 0 {
		return
	}
	for _, m := range fuzzy.FindFrom(query, entrySource(c.entries)) {
		if c.entries[m.Index].run != nil {
			c.shown = append(c.shown, m.Index)
		}
	}
}

type entrySource []entry

func (e entrySource) String(i int) string { return e[i].search }
func (e entrySource) Len() int            { return len(e) }

// skip moves off a heading in the direction of by.
func (c *chooser) skip(by int) {
	for c.cursor >= 0 && c.cursor < len(c.shown) && c.entries[c.shown[c.cursor]].run == nil {
		c.cursor += by
	}
	if c.cursor < 0 {
		c.cursor = 0
		c.skip(1)
	}
	c.cursor = max(min(c.cursor, len(c.shown)-1), 0)
}

func (c *chooser) move(by int) {
	c.cursor = max(min(c.cursor+by, len(c.shown)-1), 0)
	if by < 0 {
		c.skip(-1)
	} else {
		c.skip(1)
	}
	c.top = max(min(c.top, c.cursor-1), c.cursor-c.page()+1, 0)
}

// Update implements views.View.
func (c *chooser) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys := c.root.Env.Keys
	switch {
	case keymap.Matches(k, keys.Line.Cancel):
		c.root.closeOverlay()
	case keymap.Matches(k, keys.Line.Down):
		c.move(1)
	case keymap.Matches(k, keys.Line.Up):
		c.move(-1)
	case keymap.Matches(k, keys.Move.PageDown) && k.Type == tea.KeyPgDown:
		c.move(c.page())
	case keymap.Matches(k, keys.Move.PageUp) && k.Type == tea.KeyPgUp:
		c.move(-c.page())
	case keymap.Matches(k, keys.Line.Complete):
		if e, ok := c.chosen(); ok {
			c.line.Set(e.text)
			c.search()
		}
	case keymap.Matches(k, keys.Line.Accept):
		return c.take()
	default:
		c.line.Update(k, keys.Line)
		c.search()
	}
	return nil
}

func (c *chooser) chosen() (entry, bool) {
	if c.cursor >= len(c.shown) {
		return entry{}, false
	}
	e := c.entries[c.shown[c.cursor]]
	return e, e.run != nil
}

func (c *chooser) take() tea.Cmd {
	e, ok := c.chosen()
	if !ok {
		return nil
	}
	c.root.closeOverlay()
	c.root.Nav.Recent = remember(c.root.Nav.Recent, e.text)
	return views.Send(e.run)
}

// remember puts text first.
func remember(recent []string, text string) []string {
	next := []string{text}
	for _, r := range recent {
		if r != text && len(next) < 8 {
			next = append(next, r)
		}
	}
	return next
}

// Hints implements views.Hinter.
func (c *chooser) Hints() []views.Hint {
	k := c.root.Env.Keys.Line
	return []views.Hint{
		{Binding: k.Accept, Label: "run"}, {Binding: k.Up, Label: "choose"}, {Binding: k.Complete}, {Binding: k.Cancel},
	}
}

// Box implements overlay.
func (c *chooser) Box() []string {
	t := c.root.Env.Theme
	width := max(min(76, c.width-4), 12)
	inner := width - 2
	lines := []string{" " + t.Accent.Render(c.prompt) + c.line.View(t, inner-4), ""}
	keysWidth := 0
	for _, e := range c.entries {
		keysWidth = max(keysWidth, clean.Width(e.keys))
	}
	for i := c.top; i < len(c.shown) && i < c.top+c.page(); i++ {
		lines = append(lines, c.row(c.entries[c.shown[i]], i == c.cursor, inner, keysWidth))
	}
	if len(c.shown) == 0 {
		lines = append(lines, "  "+t.Dim.Render("nothing is called so"))
	}
	box := frame.Box(t, true, width, c.boxHeight(), t.Strong.Render(c.title), "", lines)
	for i := range box {
		box[i] = t.Panel.Paint(box[i])
	}
	return box
}

func (c *chooser) row(e entry, selected bool, width, keysWidth int) string {
	t := c.root.Env.Theme
	if e.run == nil {
		return " " + t.Head.Render(clean.Cut(e.text, width-2, t.Glyphs.Ellipsis))
	}
	text := "  "
	if keysWidth > 0 {
		text += t.Accent.Render(clean.Fit(e.keys, keysWidth, "")) + "  "
	}
	aside := t.Dim.Render(clean.Cut(e.aside, width/2, t.Glyphs.Ellipsis))
	left := width - clean.Width(text) - clean.Width(aside) - 2
	style := t.Text
	if selected {
		style = t.Strong
	}
	text += style.Render(clean.Fit(clean.Text(e.text), left, t.Glyphs.Ellipsis)) + " " + aside + " "
	if !selected {
		return text
	}
	return t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+clean.Skip(clean.Fit(text, width, ""), 1))
}
