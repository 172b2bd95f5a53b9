package diff

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
)

// Side is one of two documents.
type Side struct {
	Name string // for people: orders in prod
	Doc  any    // of Parse
}

// Sides are what is compared.
type Sides struct {
	Left, Right Side
	// Secret names what must not be shown; nil for nothing.
	Secret func(Path) bool
}

// Loader reads both sides, off the loop.
type Loader func(context.Context) (Sides, error)

// View shows what differs between two documents, and reads them again while it
// is seen. It implements views.View.
type View struct {
	env   *views.Env
	title string
	load  Loader
	mail  views.Mailbox

	sides   Sides
	entries []Entry
	loaded  bool
	sight   views.Sight
	err     error

	all           bool
	lines         []line
	shown         []Entry // that lines are of
	taking        *Taking // nil: neither side can be changed
	taken         map[string]Path
	chosen        string // path of the change under the cursor, "" for none
	width, height int
	top           int
	dirty         bool
	out           string
}

type (
	loadedMsg struct {
		sides   Sides
		entries []Entry
		err     error
	}
	againMsg struct{}
)

// loadEvery is how often both sides are read again.
const loadEvery = 5 * time.Second

// New makes a view that reads both sides when it is first shown.
func New(env *views.Env, title string, load Loader) *View {
	return &View{env: env, title: title, load: load, mail: views.Mailbox{Context: env.Context}, dirty: true}
}

// Title implements views.View.
func (v *View) Title() string { return v.title }

// Crumb implements views.Crumber.
func (v *View) Crumb() string { return v.title }

// Init reads both sides.
func (v *View) Init() tea.Cmd { return v.Refresh() }

// Refresh implements views.Refresher.
func (v *View) Refresh() tea.Cmd {
	load := v.load
	return v.mail.Ask("load", func(ctx context.Context) tea.Msg {
		sides, err := load(ctx)
		if err != nil {
			return loadedMsg{err: err}
		}
		return loadedMsg{sides: sides, entries: Compare(sides.Left.Doc, sides.Right.Doc, sides.Secret)}
	})
}

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.mail.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.mail.Close() }

// SetVisible implements views.Watcher.
func (v *View) SetVisible(visible bool) tea.Cmd {
	return v.sight.Set(visible, &v.mail, "again", v.Refresh)
}

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	if width != v.width {
		v.width = width
		v.layout()
	}
	v.height = height
	v.clamp()
}

// Zoom shows all lines, or those alone that differ.
func (v *View) Zoom() {
	v.all = !v.all
	v.layout()
	v.clamp()
}

func (v *View) layout() {
	l := layout{
		theme: v.env.Theme, left: v.sides.Left.Name, right: v.sides.Right.Name, width: max(v.width-4, 20), all: v.all,
	}
	v.lines, v.shown = l.draw(v.entries), l.shown(v.entries)
	v.dirty = true
}

func (v *View) page() int { return max(v.height-3-len(v.names()), 1) }

func (v *View) clamp() {
	v.top = max(min(v.top, len(v.lines)-v.page()), 0)
	v.dirty = true
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case loadedMsg:
		return v.handleLoaded(msg)
	case againMsg:
		return v.Refresh()
	case views.RestyledMsg:
		v.layout()
	}
	return nil
}

func (v *View) handleLoaded(msg loadedMsg) tea.Cmd {
	v.err = msg.err
	if msg.err == nil {
		v.sides, v.entries, v.loaded = msg.sides, msg.entries, true
		v.layout()
		v.clamp()
		maps.DeleteFunc(v.taken, func(name string, _ Path) bool { // what became the same
			return !slices.ContainsFunc(v.entries, func(e Entry) bool {
				return e.Kind != Same && e.Path.String() == name
			})
		})
	}
	v.dirty = true
	if v.sight.Hidden {
		return nil
	}
	return v.mail.After("again", loadEvery, againMsg{})
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	if by, ok := keys.Move.Steps(msg, v.page(), len(v.lines)); ok {
		v.top += by
		v.clamp()
		return nil
	}
	switch {
	case keymap.Matches(msg, keys.Text.Next):
		v.jump(1)
	case keymap.Matches(msg, keys.Text.Previous):
		v.jump(-1)
	case keymap.Matches(msg, keys.Text.Take):
		return v.take()
	case keymap.Matches(msg, keys.Table.Edit):
		return v.edit()
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: v.title, Text: Text(v.sides.Left.Name, v.sides.Right.Name, v.entries)})
	}
	return nil
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	all := "all lines"
	if v.all {
		all = "changes only"
	}
	hints := []views.Hint{{Binding: k.Text.Next, Label: "next change"}}
	if v.taking == nil {
		hints = append(hints, views.Hint{Binding: k.Text.Previous, Label: "previous change"})
	}
	return append(
		append(hints, v.takeHints()...), views.Hint{Binding: k.Global.Zoom, Label: all},
		views.Hint{Binding: k.Text.Copy, Label: "copy as text"}, views.Hint{Binding: k.Move.Escape},
	)
}

// View implements views.View.
func (v *View) View() string {
	if !v.dirty {
		return v.out
	}
	v.dirty = false
	if v.width < 8 || v.height < 4 {
		v.out = ""
		return ""
	}
	t := v.env.Theme
	title := t.Strong.Render(clean.Cut(clean.Text(v.heading()), v.titleWidth(), t.Glyphs.Ellipsis))
	v.out = strings.Join(frame.Box(t, true, v.width, v.height, title, v.corner(), v.window()), "\n")
	return v.out
}

// heading has both names where they fit; else names has them.
func (v *View) heading() string {
	if !v.loaded || v.names() != nil {
		return v.title
	}
	return v.bothNames()
}

func (v *View) bothNames() string {
	return v.sides.Left.Name + "  " + v.env.Theme.Glyphs.Between + "  " + v.sides.Right.Name
}

// names are lines with the names of both sides, whole, where the heading would cut them.
func (v *View) names() []string {
	if !v.loaded || clean.Width(clean.Text(v.bothNames())) <= v.titleWidth() {
		return nil
	}
	t := v.env.Theme
	var lines []string
	for _, side := range []struct {
		sign, name string
		tone       themes.Tone
	}{{"- ", v.sides.Left.Name, themes.Bad}, {"+ ", v.sides.Right.Name, themes.Good}} {
		for i, part := range clean.Wrap(clean.Text(side.name), max(v.width-8, 8)) {
			if i > 0 {
				side.sign = "  "
			}
			lines = append(lines, " "+t.Tone(side.tone).Render(side.sign)+t.Strong.Render(part))
		}
	}
	return lines
}

func (v *View) titleWidth() int { return max(v.width-40, 8) }

// corner counts, or says that what is shown is old.
func (v *View) corner() string {
	t := v.env.Theme
	switch {
	case v.err != nil && v.loaded:
		return t.Tone(themes.Warn).Render(clean.Cut(
			clean.Text("not read again: "+v.err.Error()), max(v.width/2, 20), t.Glyphs.Ellipsis,
		))
	case !v.loaded:
		return ""
	}
	n, word := Differ(v.entries), "differ"
	if n == 1 {
		word = "differs"
	}
	same := fmt.Sprintf("%d same", len(v.entries)-n)
	if !v.all && n < len(v.entries) {
		same += " folded"
	}
	taken := ""
	if len(v.taken) > 0 {
		taken = t.Accent.Render(fmt.Sprintf("%d taken", len(v.taken))) + t.Dim.Render(" "+t.Glyphs.Dot+" ")
	}
	return taken + t.Text.Render(fmt.Sprintf("%d %s", n, word)) + t.Dim.Render(" "+t.Glyphs.Dot+" "+same)
}

func (v *View) window() []string {
	t := v.env.Theme
	switch {
	case !v.loaded && v.err != nil:
		lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" could not be read")}
		for _, l := range clean.Wrap(clean.Text(v.err.Error()), max(v.width-8, 8)) {
			lines = append(lines, "  "+t.Dim.Render(l))
		}
		return append(lines, "", "  "+t.Faint.Render("R asks again"))
	case !v.loaded:
		return []string{"", "  " + t.Dim.Render("reading both sides")}
	case len(v.lines) == 0:
		return []string{"", "  " + t.Dim.Render("nothing differs")}
	}
	out := v.names()
	for _, l := range v.lines[v.top:min(v.top+v.height-2-len(out), len(v.lines))] {
		out = append(out, v.drawLine(l))
	}
	return out
}
