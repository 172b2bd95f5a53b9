package detail

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
)

// View is a pager over a Document.
type View struct {
	env   *views.Env
	title string
	scope string // of the object that it is about, "" for none
	load  Loader
	fixed bool // what it says never changes
	box   views.Mailbox

	whole  Document // as it was loaded
	open   bool     // what is folded in it is shown
	doc    Document // as it is laid out: wrapped, where that is wanted
	laidOf int      // width that doc was laid out for
	state  loadState
	search search
	filter filter
	scroll scroll
	// follows tells that the newest entry stays in sight while others come.
	follows bool
	link    int // number of the link that is chosen, from 1; 0 for none
	out     string
	dirty   bool
}

type loadState struct {
	asked  time.Time
	at     time.Time // of the last good answer
	same   int       // answers in a row that changed nothing
	fails  int       // in a row
	sight  views.Sight
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

// Open opens a page of a document.
func Open(title string, load Loader) tea.Cmd {
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View { return New(env, title, load) }})
}

// NewWrapped is New with long lines wrapped.
func NewWrapped(env *views.Env, title string, load Loader) *View {
	v := New(env, title, load)
	v.scroll.wrap = true
	return v
}

// NewFixed makes a pager over what is known already and does not change.
func NewFixed(env *views.Env, title string, load Loader) *View {
	v := New(env, title, load)
	v.fixed, v.scroll.wrap = true, true
	return v
}

type (
	loadedMsg struct {
		doc Document
		err error
	}
	slowMsg  struct{}
	againMsg struct{}
)

// SetScope implements views.ScopeNamed.
func (v *View) SetScope(name string) { v.scope, v.dirty = name, true }

// copyText is what is shown as a text for elsewhere.
func (v *View) copyText() string {
	text := strings.Join(v.shown().Raw, "\n") + "\n"
	if v.doc.CopyHead == "" {
		return text
	}
	about := v.title
	if v.scope != "" {
		about += " in " + v.scope
	}
	if name := v.env.Server.Name; name != "" {
		about += " of " + name
	}
	return about + "\n" + v.doc.CopyHead + "\n\n" + text
}

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
func (v *View) Typing() bool { return v.search.typing || v.filter.typing }

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.scroll.width, v.scroll.height = width, height
	if v.scroll.wrap && width != v.laidOf {
		v.layoutLines()
	}
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
		return v.handleLoaded(msg)
	case againMsg:
		return v.Refresh()
	case slowMsg:
		v.state.slow = !v.state.loaded
	case views.RestyledMsg:
		return v.Refresh()
	}
	return nil
}

// handleLoaded shows what came and asks again later: a page about an object is as
// live as a list. What is read stays where it is.
func (v *View) handleLoaded(msg loadedMsg) tea.Cmd {
	v.state.slow, v.state.err = false, msg.err
	if msg.err != nil {
		v.state.fails++
	} else {
		v.state.same++
		if !slices.Equal(v.whole.Plain, msg.doc.Plain) {
			v.state.same = 0
		}
		v.whole = msg.doc
		lines := len(v.doc.Plain)
		v.layoutLines()
		switch {
		case v.follows:
			v.showNewest()
		case v.whole.NewestFirst && v.scroll.top > 0:
			v.scroll.top += len(v.doc.Plain) - lines
		}
		v.state.loaded, v.state.fails, v.state.at = true, 0, v.env.Now()
		at := v.search.at
		v.link = min(v.link, len(v.doc.Links))
		v.find()
		v.search.at = min(at, max(len(v.search.hits)-1, 0))
	}
	v.clamp()
	return v.scheduleReload()
}

// How often a page is loaded again: while it changes, once it does not, and at
// most after errors.
const (
	liveEvery = 2 * time.Second
	calmEvery = 5 * time.Second
	calmAfter = 8
	mostEvery = 30 * time.Second
)

func (v *View) scheduleReload() tea.Cmd {
	if v.fixed || v.state.sight.Hidden {
		return nil
	}
	wait := liveEvery
	if v.state.same >= calmAfter && !v.follows {
		wait = calmEvery
	}
	if v.state.fails > 0 {
		wait = min(liveEvery<<min(v.state.fails-1, 5), mostEvery)
	}
	return v.box.After("again", wait, againMsg{})
}

// layoutLines makes the lines that are scrolled through: those of the document, wrapped
// to the width where that is wanted.
func (v *View) layoutLines() {
	v.laidOf = v.scroll.width
	d := v.shown()
	if !v.scroll.wrap {
		v.doc = *d
		return
	}
	v.doc = Document{}
	for i, line := range d.Styled {
		if slices.Contains(d.Entries, i) {
			v.doc.Entries = append(v.doc.Entries, len(v.doc.Plain))
		}
		for _, l := range d.Links {
			if l.Line == i {
				v.doc.Links = append(v.doc.Links, Link{len(v.doc.Plain), l.Msg})
			}
		}
		for _, part := range clean.WrapColumns(line, max(v.scroll.width-4, 8)) {
			v.doc.Styled = append(v.doc.Styled, part)
			v.doc.Plain = append(v.doc.Plain, clean.Plain(part))
		}
	}
}

// shown is the document as it was loaded, or with what is folded in it; of its entries
// those that the filter leaves.
func (v *View) shown() *Document {
	d := &v.whole
	if v.open && v.whole.Whole != nil {
		d = v.whole.Whole
	}
	text := v.filter.line.Value()
	if text == "" {
		return d
	}
	only, shown, all := d.with(text)
	v.filter.shown, v.filter.all = shown, all
	return &only
}

// Zoom shows what is folded, or folds it again; the line at the top stays near.
func (v *View) Zoom() {
	if v.whole.Whole == nil {
		return
	}
	v.open = !v.open
	v.layoutLines()
	v.link = min(v.link, len(v.doc.Links))
	v.find()
	v.clamp()
}

// SetVisible implements views.Watcher: nothing is asked for a page that is not
// seen.
func (v *View) SetVisible(visible bool) tea.Cmd {
	return v.state.sight.Set(visible, &v.box, "again", v.Refresh)
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	switch {
	case v.search.typing:
		return v.typeSearch(msg)
	case v.filter.typing:
		return v.typeFilter(msg)
	}
	keys := v.env.Keys
	if by, ok := keys.Move.Steps(msg, v.page(), len(v.doc.Plain)); ok {
		v.scroll.top, v.follows = v.scroll.top+by, false
		v.clamp()
		return nil
	}
	for _, k := range v.whole.Keys {
		if keymap.Matches(msg, k.Of(keys)) {
			return views.Send(k.Msg)
		}
	}
	switch {
	case keymap.Matches(msg, keys.Text.Search):
		v.search.typing = true
	case keymap.Matches(msg, keys.Text.Filter):
		v.filter.typing = true
	case v.whole.NewestFirst && keymap.Matches(msg, keys.Text.Follow):
		return v.toggleFollow()
	case keymap.Matches(msg, keys.Text.Next):
		v.jump(1)
	case keymap.Matches(msg, keys.Text.Previous):
		v.jump(-1)
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: v.title, Text: v.copyText()})
	case keymap.Matches(msg, keys.Text.Wrap):
		v.scroll.wrap, v.scroll.left = !v.scroll.wrap, 0
		v.layoutLines()
		v.find()
	case keymap.Matches(msg, keys.Global.NextPane):
		v.nextLink(1)
	case keymap.Matches(msg, keys.Global.PreviousPane):
		v.nextLink(-1)
	case v.link > 0 && keymap.Matches(msg, keys.Move.Enter):
		return views.Send(v.doc.Links[v.link-1].Msg)
	case keymap.Matches(msg, keys.Move.Right):
		v.scroll.left += 8
	case keymap.Matches(msg, keys.Move.Left):
		v.scroll.left = max(v.scroll.left-8, 0)
	}
	v.clamp()
	return nil
}

// nextLink chooses another link and shows its line.
func (v *View) nextLink(by int) {
	n := len(v.doc.Links)
	switch {
	case n == 0:
		return
	case v.link == 0 && by < 0:
		v.link = n
	default:
		v.link = (v.link-1+by+n)%n + 1
	}
	v.show(v.doc.Links[v.link-1].Line)
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

// Escape implements views.Escaper: what is typed goes first, then the search, then the
// filter.
func (v *View) Escape() (cmd tea.Cmd, had bool) {
	switch {
	case !v.filter.typing && (v.search.typing || v.search.query != ""):
		v.search = search{}
	case v.filter.typing || v.filter.line.Value() != "":
		v.filter = filter{}
		v.applyFilter()
	default:
		return nil, false
	}
	v.dirty = true
	return nil, true
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
	v.follows = false
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
	var hints []views.Hint
	for _, own := range v.whole.Keys {
		hints = append(hints, views.Hint{Binding: own.Of(k), Label: own.Label})
	}
	if v.whole.Whole != nil {
		label := "unfold"
		if v.open {
			label = "fold"
		}
		hints = append(hints, views.Hint{Binding: k.Global.Zoom, Label: label})
	}
	if len(v.doc.Links) > 0 {
		hints = append(
			hints, views.Hint{Binding: k.Global.NextPane, Label: "next link"},
			views.Hint{Binding: k.Move.Enter, Label: "follow it"},
		)
	}
	hints = append(
		hints, views.Hint{Binding: k.Text.Search}, views.Hint{Binding: k.Text.Next},
	)
	if len(v.whole.Entries) > 0 {
		hints = append(hints, views.Hint{Binding: k.Text.Filter, Label: "filter"})
	}
	if v.whole.NewestFirst {
		hints = append(hints, v.followHint())
	}
	hints = append(hints, views.Hint{Binding: k.Text.Copy}, views.Hint{Binding: k.Text.Wrap})
	if len(v.doc.Links) == 0 && len(v.whole.Entries) == 0 {
		hints = append(hints, views.Hint{Binding: keymap.Both(k.Move.Left, k.Move.Right), Label: "scroll"})
	}
	return append(hints, views.Hint{Binding: k.Move.Escape})
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
	title := t.Strong.Render(clean.Text(v.title))
	if v.scope != "" {
		title += t.Dim.Render(" " + t.Glyphs.Dot + " " + clean.Text(v.scope))
	}
	lines := frame.Box(t, true, v.scroll.width, v.scroll.height, title, v.corner(), v.window())
	v.out = strings.Join(lines, "\n")
	return v.out
}
