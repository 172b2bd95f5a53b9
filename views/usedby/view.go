package usedby

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
)

// View is a tree on the screen: a cursor goes through its lines, enter goes to the
// object of a line.
type View struct {
	env    *views.Env
	title  string
	load   func(context.Context) Tree
	box    views.Mailbox
	tree   Tree
	loaded bool
	slow   bool
	lines  []line
	folded map[string]bool // paths of nodes that are folded
	cursor int
	top    int
	size   struct{ width, height int }
}

// line is a node as it is listed. Its path tells it from others, whatever comes
// before it.
type line struct {
	node  *Node
	depth int
	path  string
}

// New makes the view of a tree that is loaded when it is first shown.
func New(env *views.Env, title string, load func(context.Context) Tree) *View {
	v := &View{env: env, title: title, load: load, folded: map[string]bool{}}
	v.box.Context = env.Context
	return v
}

type (
	loadedMsg struct{ tree Tree }
	moreMsg   struct {
		path string
		tree Tree
	}
	slowMsg struct{}
)

// Title implements views.View.
func (v *View) Title() string { return v.title }

// Crumb implements views.Crumber.
func (v *View) Crumb() string { return v.title }

// Init loads the tree.
func (v *View) Init() tea.Cmd { return v.Refresh() }

// Refresh loads the tree again; what is shown stays until it is there.
func (v *View) Refresh() tea.Cmd {
	load := v.load
	return tea.Batch(
		v.box.Ask("load", func(ctx context.Context) tea.Msg {
			tree := load(ctx)
			tree.Fill(ctx)
			return loadedMsg{tree}
		}),
		v.box.After("slow", 150*time.Millisecond, slowMsg{}),
	)
}

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.box.Close() }

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.size.width, v.size.height = width, height
	v.scroll()
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case loadedMsg:
		v.box.Cancel("slow")
		v.tree, v.loaded, v.slow = msg.tree, true, false
		v.list()
	case moreMsg:
		v.takeMore(msg)
	case slowMsg:
		v.slow = !v.loaded
	case tea.KeyMsg:
		return v.handleKey(msg)
	}
	return nil
}

// list makes the lines of the nodes that are not folded away; the cursor stays on
// its node.
func (v *View) list() {
	at := ""
	if v.cursor < len(v.lines) {
		at = v.lines[v.cursor].path
	}
	v.lines = v.lines[:0]
	v.add(v.tree.Nodes, 0, "")
	for i, l := range v.lines {
		if l.path == at {
			v.cursor = i
		}
	}
	v.cursor = max(min(v.cursor, len(v.lines)-1), 0)
	v.scroll()
}

func (v *View) add(nodes []Node, depth int, above string) {
	for i := range nodes {
		n := &nodes[i]
		l := line{node: n, depth: depth, path: strings.Join([]string{above, n.What, n.Scope, n.Name}, "\x00")}
		v.lines = append(v.lines, l)
		if !v.folded[l.path] {
			v.add(n.Children, depth+1, l.path)
		}
	}
}

func (v *View) takeMore(msg moreMsg) {
	for _, l := range v.lines {
		if l.path == msg.path && l.node.Load != nil {
			l.node.Load = nil
			l.node.Children = append(l.node.Children, msg.tree.Nodes...)
			v.tree.Missing = append(v.tree.Missing, msg.tree.Missing...)
		}
	}
	v.list()
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	if by, ok := keys.Move.Steps(msg, v.page(), len(v.lines)); ok {
		v.cursor = max(min(v.cursor+by, len(v.lines)-1), 0)
		v.scroll()
		return nil
	}
	if v.cursor >= len(v.lines) {
		return nil
	}
	l := v.lines[v.cursor]
	switch {
	case keymap.Matches(msg, keys.Move.Right):
		return v.unfold(l)
	case keymap.Matches(msg, keys.Move.Left):
		v.fold(l)
	case keymap.Matches(msg, keys.Move.Enter):
		if l.node.Go == nil {
			return v.unfold(l)
		}
		return views.Send(l.node.Go)
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: v.title, Text: v.text()})
	}
	return nil
}

// unfold shows what is below a node, asking for it where that was not done.
func (v *View) unfold(l line) tea.Cmd {
	delete(v.folded, l.path)
	load := l.node.Load
	v.list()
	if load == nil {
		return nil
	}
	return v.box.Ask("more"+l.path, func(ctx context.Context) tea.Msg { return moreMsg{l.path, load(ctx)} })
}

// fold hides what is below a node; where nothing is, the cursor goes to the one above.
func (v *View) fold(l line) {
	if len(l.node.Children) > 0 && !v.folded[l.path] {
		v.folded[l.path] = true
		v.list()
		return
	}
	for i := v.cursor; i >= 0; i-- {
		if v.lines[i].depth < l.depth {
			v.cursor = i
			break
		}
	}
	v.scroll()
}

// text is the tree for the clipboard.
func (v *View) text() string {
	var b strings.Builder
	for _, l := range v.lines {
		b.WriteString(strings.Repeat("  ", l.depth) + strings.Join(strings.Fields(l.words()), " ") + "\n")
	}
	for _, m := range v.tree.Missing {
		b.WriteString(m + "\n")
	}
	return b.String()
}

// words are a line without its style.
func (l line) words() string {
	n := l.node
	return strings.Join([]string{n.What, n.Name, n.Scope, n.State, n.Remark}, " ")
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	return []views.Hint{
		{Binding: k.Move.Enter, Label: "go there"},
		{Binding: k.Move.Right, Label: "unfold"},
		{Binding: k.Move.Left, Label: "fold"},
		{Binding: k.Text.Copy},
		{Binding: k.Move.Escape},
	}
}

// page is how many lines are seen; below them stands what is cut of the selected one, and
// what could not be looked at.
func (v *View) page() int { return max(v.size.height-2-len(v.whole())-len(v.missing()), 1) }

func (v *View) scroll() {
	v.top = max(min(v.top, v.cursor), v.cursor-v.page()+1)
	v.top = max(min(v.top, len(v.lines)-v.page()), 0)
}

// whole is the selected line in full where it is cut: it wraps below the tree.
func (v *View) whole() []string {
	if v.cursor >= len(v.lines) {
		return nil
	}
	l, t, width := v.lines[v.cursor], v.env.Theme, v.size.width-2
	if clean.Width(v.lineText(l, false)) <= width {
		return nil
	}
	var lines []string
	for _, part := range clean.Wrap(strings.Join(strings.Fields(clean.Text(l.words())), " "), max(width-4, 8)) {
		lines = append(lines, "  "+t.Text.Render(part))
	}
	return lines[:min(len(lines), max(v.size.height/3, 1))]
}

// missing are the lines about what could not be looked at, a few at most.
func (v *View) missing() []string {
	t := v.env.Theme
	most := max(v.size.height/3, 1)
	var lines []string
	for _, m := range v.tree.Missing {
		glyph := t.Glyphs.Tone(themes.Warn)
		for _, part := range clean.Wrap(clean.Text(m), max(v.size.width-6, 8)) {
			lines = append(lines, " "+t.Tone(themes.Warn).Render(glyph+" "+part))
			glyph = clean.Blanks(clean.Width(glyph))
		}
	}
	if len(lines) > most {
		more := fmt.Sprintf("  and %d lines more: c copies them", len(lines)-most+1)
		lines = append(lines[:most-1], t.Dim.Render(more))
	}
	return lines
}

// View implements views.View.
func (v *View) View() string {
	if v.size.height < 3 || v.size.width < 8 {
		return ""
	}
	t := v.env.Theme
	corner := ""
	if len(v.lines) > v.page() {
		corner = t.Dim.Render(fmt.Sprintf("%s of %s", grid.Thousands(v.cursor+1), grid.Thousands(len(v.lines))))
	}
	lines := frame.Box(t, true, v.size.width, v.size.height, t.Strong.Render(clean.Text(v.title)), corner, v.body())
	return strings.Join(lines, "\n")
}

func (v *View) body() []string {
	t := v.env.Theme
	if !v.loaded {
		if v.slow {
			return []string{"", "  " + t.Dim.Render("waiting for "+clean.Text(v.title))}
		}
		return nil
	}
	var out []string
	if len(v.lines) == 0 && len(v.tree.Missing) == 0 {
		out = append(out, "", "  "+t.Dim.Render("nothing uses it"))
	}
	for i := v.top; i < len(v.lines) && len(out) < v.page(); i++ {
		out = append(out, v.row(v.lines[i], i == v.cursor))
	}
	return append(append(out, v.whole()...), v.missing()...)
}

// row draws a line; what it has no space for is cut with a sign that says so.
func (v *View) row(l line, selected bool) string {
	t, width := v.env.Theme, v.size.width-2
	text := v.lineText(l, selected)
	if clean.Width(text) > width && l.node.Remark != "" { // half of it says nothing
		bare := *l.node
		bare.Remark = t.Glyphs.Ellipsis
		text = v.lineText(line{node: &bare, depth: l.depth, path: l.path}, selected)
	}
	text = clean.Fit(text, width, t.Glyphs.Ellipsis)
	if !selected {
		return text
	}
	return t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+clean.Skip(text, 1))
}

// lineText is all of a line, however wide.
func (v *View) lineText(l line, selected bool) string {
	t, n := v.env.Theme, l.node
	fold := " "
	switch {
	case n.Load != nil || len(n.Children) > 0 && v.folded[l.path]:
		fold = t.Glyphs.Folded
	case len(n.Children) > 0:
		fold = t.Glyphs.Fold
	}
	style := t.Text
	if selected {
		style = t.Strong
	}
	text := " " + strings.Repeat("  ", l.depth) + t.Dim.Render(fold+" ")
	if n.What != "" {
		text += t.Dim.Render(clean.Fit(n.What, 14, t.Glyphs.Ellipsis)) + " "
	}
	text += style.Render(clean.Text(n.Name))
	if n.Scope != "" {
		text += t.Dim.Render(" in " + clean.Text(n.Scope))
	}
	if n.State != "" {
		text += "  " + t.Tone(n.Tone).Render(t.Glyphs.Tone(n.Tone)+" "+clean.Text(n.State))
	}
	if n.Remark != "" {
		text += "  " + t.Dim.Render(clean.Text(n.Remark))
	}
	return text
}
