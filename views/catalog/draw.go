package catalog

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
)

// Title implements views.View.
func (t *Tree) Title() string { return "Catalog" }

// Init implements views.View; nothing is asked before Want or a key.
func (t *Tree) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (t *Tree) Accept(a views.Answer) bool { return t.box.Accept(a) }

// Close implements views.View.
func (t *Tree) Close() { t.box.Close() }

// Update implements views.View.
func (t *Tree) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return t.handleKey(msg)
	case LoadedMsg:
		t.handleLoaded(msg)
	case views.RestyledMsg:
		t.layout.dirty = true
	}
	return nil
}

// SetSize implements views.View.
func (t *Tree) SetSize(width, height int) {
	t.layout.dirty = t.layout.dirty || t.layout.width != width || t.layout.height != height
	t.layout.width, t.layout.height = width, height
}

// SetFocus implements views.Focusable.
func (t *Tree) SetFocus(on bool) {
	t.layout.dirty = t.layout.dirty || t.layout.focused != on
	t.layout.focused = on
}

// Click implements views.Clicker: the branch that is clicked opens or folds.
func (t *Tree) Click(_, y int) tea.Cmd {
	if y < 1 || y > len(t.layout.drawn) || t.layout.drawn[y-1] < 0 {
		return nil
	}
	t.move(t.layout.drawn[y-1] - t.cursor)
	return t.toggle()
}

// Wheel implements views.Clicker.
func (t *Tree) Wheel(_, _, delta int) tea.Cmd {
	t.move(delta)
	return nil
}

// Hints implements views.Hinter.
func (t *Tree) Hints() []views.Hint {
	k := t.env.Keys
	return []views.Hint{
		{Binding: k.Move.Enter, Label: "open or fold"},
		{Binding: k.SQL.Insert},
		{Binding: k.Table.Copy},
	}
}

// View implements views.View.
func (t *Tree) View() string {
	if !t.layout.dirty {
		return t.layout.out
	}
	t.layout.dirty = false
	theme, page := t.env.Theme, max(t.layout.height-2, 1)
	t.layout.top = max(min(t.layout.top, t.cursor), t.cursor-page+1, 0)
	width := t.layout.width - 2
	lines := t.about(t.root, "", width)
	t.layout.drawn = slices.Repeat([]int{-1}, len(lines))
	for i := t.layout.top; i < len(t.rows) && len(lines) < page; i++ {
		lines, t.layout.drawn = append(lines, t.line(i, width)), append(t.layout.drawn, i)
		if n := t.rows[i]; n.open {
			about := t.about(n, clean.Blanks(2*len(n.path)), width)
			lines, t.layout.drawn = append(lines, about...), append(
				t.layout.drawn, slices.Repeat([]int{-1}, len(about))...,
			)
		}
	}
	title := theme.Dim.Render("Catalog")
	if t.layout.focused {
		title = theme.Strong.Render("Catalog")
	}
	t.layout.out = strings.Join(
		frame.Box(theme, t.layout.focused, t.layout.width, t.layout.height, title, "", lines), "\n",
	)
	return t.layout.out
}

// about says what is not to be seen below a name.
func (t *Tree) about(n *node, indent string, width int) []string {
	theme := t.env.Theme
	style, text := theme.Dim, ""
	switch {
	case n.asking && len(n.below) == 0:
		text = "asking" + theme.Glyphs.Ellipsis
	case n.state == failed:
		style, text = theme.Tone(themes.Warn), theme.Glyphs.Cross+" "+clean.Text(n.problem)
	case n.state == known && len(n.below) == 0:
		text = "nothing here"
	case n.state == unknown && t.lacksScope():
		text = "no environment chosen"
	case n.state == unknown && t.lacksPool():
		text = "no compute pool"
	default:
		return nil
	}
	var lines []string
	for _, line := range clean.Wrap(text, max(width-len(indent)-2, 8)) {
		lines = append(lines, clean.Fit(" "+indent+style.Render(line), width, theme.Glyphs.Ellipsis))
	}
	return lines
}

// line draws a name by its level: a branch with its sign, a column with its
// type at the right.
func (t *Tree) line(i, width int) string {
	theme, n := t.env.Theme, t.rows[i]
	level := len(n.path)
	style, sign := theme.Text, theme.Glyphs.Folded
	switch {
	case level == Column:
		style, sign = theme.Dim, " "
	case n.open:
		sign = theme.Glyphs.Fold
	}
	lead, ground := " ", themes.Style{}
	if i == t.cursor {
		lead, ground = theme.Accent.Render(theme.Glyphs.Bar), theme.Blurred
		if t.layout.focused {
			style, ground = theme.Strong, theme.Selected
		}
	}
	right := ""
	if level == Column {
		right = theme.Syntax(themes.TokenType).Render(clean.Cut(clean.Text(n.Type), width/2, theme.Glyphs.Ellipsis)) +
			" "
	}
	left := lead + clean.Blanks(2*(level-1)) + theme.Dim.Render(sign) + " " + style.Render(clean.Text(n.Name.Name))
	text := clean.Fit(left, width-clean.Width(right), theme.Glyphs.Ellipsis) + right
	if i != t.cursor {
		return text
	}
	return theme.On(ground, text)
}
