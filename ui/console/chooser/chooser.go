// Package chooser is a list over the screen that is searched by typing, such as the palette
// and the help: what is typed whole comes first, then what begins with it, and what only
// looks like it where nothing else does. It sends what was chosen and changes nothing.
package chooser

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
	"drey/views/match"
)

// Entry is one line of it.
type Entry struct {
	Keys   string // shown at the left, in the accent
	Text   string
	Aside  string // dim, at the right
	Within string // what narrows Text, such as its environment: a further word may be found there
	search string
	Run    tea.Msg // sent when it is chosen; nil for a heading
	made   bool    // of what is typed
}

// Chooser is the list. Chosen, Dynamic and Entries are set before Search is first called.
type Chooser struct {
	env     *views.Env
	closed  func()            // takes it off the screen
	Chosen  func(text string) // hears which entry was taken; nil: nobody does
	title   string
	prompt  string
	Entries []Entry
	shown   []int
	line    input.Line
	cursor  int
	top     int
	// Dynamic makes an entry of what is typed; ok is false for a search.
	Dynamic func(typed string) (e Entry, ok bool)
	width   int
	height  int
}

// New makes an empty list; closed takes it off the screen.
func New(env *views.Env, title, prompt string, closed func()) *Chooser {
	return &Chooser{env: env, title: title, prompt: prompt, closed: closed}
}

// Title implements views.View.
func (c *Chooser) Title() string { return c.title }

// Crumb implements views.Crumber.
func (c *Chooser) Crumb() string { return strings.ToLower(c.title) }

// Init implements views.View: nothing is asked.
func (c *Chooser) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (c *Chooser) Accept(views.Answer) bool { return false }

// Close implements views.View.
func (c *Chooser) Close() {}

// Typing implements views.Typist.
func (c *Chooser) Typing() bool { return true }

// View implements views.View.
func (c *Chooser) View() string { return strings.Join(c.Box(), "\n") }

// SetSize implements views.View.
func (c *Chooser) SetSize(width, height int) { c.width, c.height = width, height }

func (c *Chooser) page() int { return max(c.boxHeight()-4, 1) }

func (c *Chooser) boxHeight() int { return max(min(c.height-4, 26), 5) }

// Search fills shown with the entries that match, best first.
func (c *Chooser) Search() {
	c.Entries = slices.DeleteFunc(c.Entries, func(e Entry) bool { return e.made })
	c.shown = c.shown[:0]
	c.cursor, c.top = 0, 0
	query := strings.ToLower(strings.TrimSpace(c.line.Value()))
	if query == "" {
		for i := range c.Entries {
			c.shown = append(c.shown, i)
		}
		c.skip(1)
		return
	}
	if c.Dynamic != nil {
		if e, ok := c.Dynamic(c.line.Value()); ok {
			e.made = true
			c.Entries = append(c.Entries, e)
			c.shown = append(c.shown, len(c.Entries)-1)
			return
		}
	}
	words := strings.Fields(query)
	for _, of := range []ranking{
		func(e *Entry) (int, bool) { return rankOf(e, query) },
		func(e *Entry) (int, bool) { return rankOfWords(e, words, rankOf) },
		func(e *Entry) (int, bool) { return rankOfWords(e, words, rankOfLetters) },
	} {
		if c.rank(of); len(c.shown) > 0 {
			return
		}
	}
}

// ranking tells whether an entry is among what is looked for, and how well it fits: less
// is better.
type ranking func(*Entry) (rank int, ok bool)

// rank fills shown with the entries that are looked for, the best first.
func (c *Chooser) rank(of ranking) {
	ranks := map[int]int{}
	for i := range c.Entries {
		if c.Entries[i].Run == nil {
			continue
		}
		if rank, ok := of(&c.Entries[i]); ok {
			ranks[i] = rank
			c.shown = append(c.shown, i)
		}
	}
	slices.SortStableFunc(c.shown, func(a, b int) int { return ranks[a] - ranks[b] })
}

// More adds entries that came later; the one that was chosen stays so.
func (c *Chooser) More(entries []Entry) {
	at, moved := c.current()
	moved = moved && c.cursor > 0
	for _, e := range entries {
		c.Add(e)
	}
	c.Search()
	if !moved {
		return
	}
	for i, shown := range c.shown {
		if e := c.Entries[shown]; e.Text == at.Text && e.Aside == at.Aside {
			c.move(i)
			return
		}
	}
}

// skip moves off a heading in the direction of by.
func (c *Chooser) skip(by int) {
	for c.cursor >= 0 && c.cursor < len(c.shown) && c.Entries[c.shown[c.cursor]].Run == nil {
		c.cursor += by
	}
	if c.cursor < 0 {
		c.cursor = 0
		c.skip(1)
	}
	c.cursor = max(min(c.cursor, len(c.shown)-1), 0)
}

func (c *Chooser) move(by int) {
	c.cursor = max(min(c.cursor+by, len(c.shown)-1), 0)
	if by < 0 {
		c.skip(-1)
	} else {
		c.skip(1)
	}
	c.top = max(min(c.top, c.cursor-1), c.cursor-c.page()+1, 0)
}

// Update implements views.View.
func (c *Chooser) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys := c.env.Keys
	switch {
	case keymap.Matches(k, keys.Line.Cancel):
		c.closed()
	case keymap.Matches(k, keys.Line.Down):
		c.move(1)
	case keymap.Matches(k, keys.Line.Up):
		c.move(-1)
	case keymap.Matches(k, keys.Move.PageDown) && k.Type == tea.KeyPgDown:
		c.move(c.page())
	case keymap.Matches(k, keys.Move.PageUp) && k.Type == tea.KeyPgUp:
		c.move(-c.page())
	case keymap.Matches(k, keys.Line.Complete):
		if e, ok := c.current(); ok {
			c.line.Set(e.Text)
			c.Search()
		}
	case keymap.Matches(k, keys.Line.Accept):
		return c.take()
	default:
		c.line.Update(k, keys.Line)
		c.Search()
	}
	return nil
}

func (c *Chooser) current() (Entry, bool) {
	if c.cursor >= len(c.shown) {
		return Entry{}, false
	}
	e := c.Entries[c.shown[c.cursor]]
	return e, e.Run != nil
}

func (c *Chooser) take() tea.Cmd {
	e, ok := c.current()
	if !ok {
		return nil
	}
	c.closed()
	if c.Chosen != nil {
		c.Chosen(e.Text)
	}
	return views.Send(e.Run)
}

// Hints implements views.Hinter.
func (c *Chooser) Hints() []views.Hint {
	k := c.env.Keys.Line
	return []views.Hint{
		{Binding: k.Accept, Label: "run"},
		{Binding: keymap.Both(k.Up, k.Down), Label: "choose"},
		{Binding: k.Complete},
		{Binding: k.Cancel},
	}
}

// Box implements overlay.
func (c *Chooser) Box() []string {
	t := c.env.Theme
	width := max(min(76, c.width-4), 12)
	inner := width - 2
	lines := []string{" " + t.Accent.Render(c.prompt) + c.line.View(t, inner-4), ""}
	keysWidth := 0
	for _, e := range c.Entries {
		keysWidth = max(keysWidth, clean.Width(e.Keys))
	}
	foot := c.foot(inner, keysWidth)
	rows := c.page() - len(foot)
	for i := max(c.top, c.cursor-rows+1); i < len(c.shown) && len(lines) < rows+2; i++ {
		lines = append(lines, c.row(c.Entries[c.shown[i]], i == c.cursor, inner, keysWidth))
	}
	if len(c.shown) == 0 {
		lines = append(lines, "  "+t.Dim.Render("nothing is called so: type less of it"))
	}
	for len(foot) > 0 && len(lines) < rows+2 {
		lines = append(lines, "")
	}
	lines = append(lines, foot...)
	box := frame.Box(t, true, width, c.boxHeight(), t.Strong.Render(c.title), "", lines)
	for i := range box {
		box[i] = t.Panel.Paint(box[i])
	}
	return box
}

// foot is what is cut of the chosen entry, in full and below a line of its own; nil where
// all of it is seen.
func (c *Chooser) foot(width, keysWidth int) []string {
	t := c.env.Theme
	e, ok := c.current()
	if !ok {
		return nil
	}
	if keysWidth > 0 {
		keysWidth += 2
	}
	aside := min(clean.Width(e.Aside), width/2)
	cut := ""
	if clean.Width(clean.Text(e.Text)) > width-4-keysWidth-aside {
		cut = clean.Text(e.Text)
	}
	if clean.Width(e.Aside) > width/2 {
		cut = strings.TrimSpace(cut + " " + e.Aside)
	}
	if cut == "" {
		return nil
	}
	lines := []string{""}
	parts, most := clean.Wrap(cut, width-2), max(c.page()/2, 1)
	for i, part := range parts {
		if i == most-1 && len(parts) > most {
			return append(lines, " "+t.Faint.Render(fmt.Sprintf("%s and %d more lines", t.Glyphs.Ellipsis, len(parts)-i)))
		}
		lines = append(lines, " "+t.Dim.Render(part))
	}
	return lines
}

func (c *Chooser) row(e Entry, selected bool, width, keysWidth int) string {
	t := c.env.Theme
	if e.Run == nil {
		return " " + t.Head.Render(clean.Cut(e.Text, width-2, t.Glyphs.Ellipsis))
	}
	text := "  "
	if keysWidth > 0 {
		text += t.Accent.Render(clean.Fit(e.Keys, keysWidth, "")) + "  "
	}
	aside := t.Dim.Render(clean.Cut(e.Aside, width/2, t.Glyphs.Ellipsis))
	left := width - clean.Width(text) - clean.Width(aside) - 2
	style := t.Text
	if selected {
		style = t.Strong
	}
	text += style.Render(clean.Fit(clean.Text(e.Text), left, t.Glyphs.Ellipsis)) + " " + aside + " "
	if !selected {
		return text
	}
	return t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+clean.Skip(clean.Fit(text, width, ""), 1))
}

// Add adds an entry, which is found by its text and the other words.
func (c *Chooser) Add(e Entry, also ...string) {
	e.search = strings.ToLower(e.Text + " " + strings.Join(also, " "))
	c.Entries = append(c.Entries, e)
}

// rankOf tells how well an entry fits a query, less is better: its text is it, begins
// with it, a word begins with it, or it is somewhere in it.
func rankOf(e *Entry, query string) (int, bool) {
	rank, ok := match.Word(query, e.search)
	if rank == match.Begins && len(e.Text) == len(query) {
		rank = match.Whole // more is searched than is shown
	}
	return rank, ok
}

// rankOfLetters is the rank by letters that are in the entry in their order.
func rankOfLetters(e *Entry, word string) (int, bool) {
	score, ok := match.Letters(word, e.search)
	return -score, ok
}

// rankOfWords is the rank by words in any order, each by itself: at least one is of the
// entry, others may be of what it is within.
func rankOfWords(e *Entry, words []string, of func(e *Entry, word string) (int, bool)) (int, bool) {
	total, own := 0, false
	within := strings.ToLower(e.Within)
	for _, w := range words {
		rank, ok := of(e, w)
		switch {
		case ok:
			total, own = total+rank, true
		case !strings.Contains(within, w):
			return 0, false
		}
	}
	return total, own
}
