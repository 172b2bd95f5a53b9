package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/input"
	"drey/views/platform"
)

// contexts are all that can be shown, the one that was shown first among them.
func (r *Root) contexts() []space.Context {
	return slices.Concat([]space.Context{r.opts.Context}, r.opts.Others)
}

// settings are what contexts are opened with now.
func (r *Root) settings() space.Settings {
	o := &r.opts
	return space.Settings{
		Theme: r.theme, Keys: o.Keys, Now: o.Now, ReadFile: o.ReadFile, External: o.Editor != "" && o.Out != nil,
		Contexts: r.contexts(),
	}
}

// contextNamed is the place of a context among contexts, -1 for none.
func (r *Root) contextNamed(name string) int {
	return slices.IndexFunc(r.contexts(), func(c space.Context) bool { return c.Name == name })
}

// spaceOf is what is shown of a context, nil before it was looked at.
func (r *Root) spaceOf(name string) *space.Space {
	i := slices.IndexFunc(r.spaces, func(s *space.Space) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return r.spaces[i]
}

// openSpace opens a context unless it is open. One that could not be opened is
// tried again: the file that was missing may be there now.
func (r *Root) openSpace(c space.Context) (*space.Space, tea.Cmd) {
	s := r.spaceOf(c.Name)
	switch {
	case s == nil:
		s = space.New(r.box.Context, c, r.settings())
		r.spaces = append(r.spaces, s)
	case s.Err != nil:
		for _, v := range s.Views() {
			v.Close()
		}
		s.Reopen(r.box.Context, r.settings())
		if s == r.Space {
			return s, tea.Batch(r.restoreSpace(), r.showSpace())
		}
	}
	return s, nil
}

// switchMsg asks for a context by its name.
type switchMsg struct{ name string }

// switchContext shows another context as it was left. It waits for nothing: what
// the server says comes when it comes.
func (r *Root) switchContext(name string) tea.Cmd {
	all, i := r.contexts(), r.contextNamed(name)
	switch {
	case i < 0:
		return views.Notice(warnTone, "there is no context "+name)
	case name == r.Space.Name:
		return views.Notice(dimTone, "this is "+name)
	}
	s, _ := r.openSpace(all[i]) // it is not the one in front, which is shown below
	r.closeOverlay()
	r.Hide()
	_ = r.ScopesPane.SetVisible(false) // hiding asks nothing
	width, height := r.Rects.Width, r.Rects.Height
	r.Space = s
	r.resize(width, height)
	var cmds []tea.Cmd
	if !s.Begun {
		cmds = append(cmds, r.restoreSpace(), r.watchServer())
	}
	if r.stored.texts != nil {
		cmds = append(cmds, r.saveListsSoon())
	}
	return tea.Batch(append(cmds, r.showSpace())...)
}

// contextChooser lists the contexts, with how each of them is.
type contextChooser struct {
	root   *Root
	mail   views.Mailbox
	rows   []contextRow
	shown  []int
	filter input.Line
	typing bool
	cursor int // in shown
	width  int
	height int
}

// contextRow is a context and what it answered.
type contextRow struct {
	space.Context
	asked, answered time.Time
	health          platform.Health
	known           bool // health was told
	err             error
}

type checkedMsg struct {
	row    int
	health platform.Health
	known  bool
	err    error
}

// checkTime is how long a context has to answer.
const checkTime = 3 * time.Second

func newContextChooser(r *Root) *contextChooser {
	c := &contextChooser{root: r, mail: views.Mailbox{Context: r.box.Context}}
	for i, x := range r.contexts() {
		c.rows = append(c.rows, contextRow{Context: x})
		if x.Name == r.Space.Name {
			c.cursor = i
		}
	}
	c.search()
	return c
}

// Title implements views.View.
func (c *contextChooser) Title() string { return "Contexts" }

// Crumb implements views.Crumber.
func (c *contextChooser) Crumb() string { return "contexts" }

// Accept implements views.View.
func (c *contextChooser) Accept(a views.Answer) bool { return c.mail.Accept(a) }

// Close implements views.View.
func (c *contextChooser) Close() { c.mail.Close() }

// Typing implements views.Typist.
func (c *contextChooser) Typing() bool { return c.typing }

// SetSize implements views.View.
func (c *contextChooser) SetSize(width, height int) { c.width, c.height = width, height }

// View implements views.View.
func (c *contextChooser) View() string { return strings.Join(c.Box(), "\n") }

// Init asks every context, side by side.
func (c *contextChooser) Init() tea.Cmd {
	cmds := []tea.Cmd{c.tick()}
	for i := range c.rows {
		cmds = append(cmds, c.check(i))
	}
	return tea.Batch(cmds...)
}

type tickMsg struct{}

// tick draws again while an answer is waited for.
func (c *contextChooser) tick() tea.Cmd { return c.mail.After("tick", time.Second, tickMsg{}) }

// check asks one context, in one cheap call.
func (c *contextChooser) check(i int) tea.Cmd {
	row := &c.rows[i]
	row.asked, row.answered, row.err = c.root.Env.Now(), time.Time{}, nil
	s, shown := c.root.openSpace(row.Context)
	if s.Err != nil {
		row.answered, row.err = row.asked, s.Err
		return shown
	}
	session := s.Session
	asked := c.mail.Ask("check "+row.Name, func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		msg := checkedMsg{row: i}
		if session.Check == nil {
			_, msg.err = session.Probe(ctx)
		} else {
			msg.health, msg.err = session.Check(ctx)
			msg.known = msg.err == nil
		}
		if ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			msg.err = errNoAnswer
		}
		return msg
	})
	return tea.Batch(shown, asked)
}

var errNoAnswer = fmt.Errorf("no answer within %s", checkTime)

// Update implements views.View.
func (c *contextChooser) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return c.handleKey(msg)
	case checkedMsg:
		row := &c.rows[msg.row]
		row.answered, row.health, row.known, row.err = c.root.Env.Now(), msg.health, msg.known, msg.err
	case tickMsg:
		if c.waiting() {
			return c.tick()
		}
	}
	return nil
}

func (c *contextChooser) waiting() bool {
	return slices.ContainsFunc(c.rows, func(r contextRow) bool { return r.answered.IsZero() })
}

func (c *contextChooser) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := c.root.Env.Keys
	if c.typing {
		return c.typeFilter(msg)
	}
	if by, ok := keys.Move.Steps(msg, c.page(), len(c.shown)); ok {
		c.cursor = max(min(c.cursor+by, len(c.shown)-1), 0)
		return nil
	}
	switch {
	case keymap.Matches(msg, keys.Move.Escape, keys.Global.Quit, keys.Global.Contexts):
		c.root.closeOverlay()
	case keymap.Matches(msg, keys.Move.Enter):
		if row, ok := c.selected(); ok {
			c.root.closeOverlay()
			return views.Send(switchMsg{row.Name})
		}
	case keymap.Matches(msg, keys.Table.Filter):
		c.typing = true
	case keymap.Matches(msg, keys.Global.Refresh):
		return c.Init()
	case keymap.Matches(msg, keys.Table.Copy):
		if row, ok := c.selected(); ok {
			return views.Send(views.CopyMsg{What: row.Address, Text: row.Address})
		}
	}
	return nil
}

func (c *contextChooser) typeFilter(msg tea.KeyMsg) tea.Cmd {
	keys := c.root.Env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		c.typing = false
	case keymap.Matches(msg, keys.Cancel):
		c.typing = false
		c.filter.Set("")
	default:
		c.filter.Update(msg, keys)
	}
	c.search()
	return nil
}

// search fills shown with the contexts that match.
func (c *contextChooser) search() {
	query := strings.ToLower(c.filter.Value())
	before, had := c.selected()
	c.shown = c.shown[:0]
	for i, row := range c.rows {
		if strings.Contains(strings.ToLower(row.Name+" "+row.Address+" "+row.Platform+" "+row.Label), query) {
			c.shown = append(c.shown, i)
		}
	}
	c.cursor = max(min(c.cursor, len(c.shown)-1), 0)
	if had {
		if i := slices.IndexFunc(c.shown, func(i int) bool { return c.rows[i].Name == before.Name }); i >= 0 {
			c.cursor = i
		}
	}
}

func (c *contextChooser) selected() (contextRow, bool) {
	if c.cursor >= len(c.shown) {
		return contextRow{}, false
	}
	return c.rows[c.shown[c.cursor]], true
}

// Hints implements views.Hinter.
func (c *contextChooser) Hints() []views.Hint {
	k := c.root.Env.Keys
	if c.typing {
		return []views.Hint{{Binding: k.Line.Accept, Label: "keep filter"}, {Binding: k.Line.Cancel, Label: "clear"}}
	}
	return []views.Hint{
		{Binding: k.Move.Enter, Label: "switch"},
		{Binding: k.Table.Filter},
		{Binding: k.Global.Refresh, Label: "ask again"},
		{Binding: k.Table.Copy, Label: "copy address"},
		{Binding: k.Move.Escape, Label: "close", Always: true},
	}
}

func (c *contextChooser) page() int { return max(min(len(c.rows), c.height-8), 1) }

// Box implements overlay.
func (c *contextChooser) Box() []string {
	t := c.root.Env.Theme
	width := max(min(104, c.width-4), 20)
	lines := []string{c.heading(width - 2)}
	top := max(min(c.cursor-c.page()/2, len(c.shown)-c.page()), 0)
	for i := top; i < min(top+c.page(), len(c.shown)); i++ {
		lines = append(lines, c.row(c.rows[c.shown[i]], i == c.cursor, width-2))
	}
	if len(c.shown) == 0 {
		lines = append(lines, "  "+t.Dim.Render("no context matches ")+t.Accent.Render("/"+c.filter.Value()))
	}
	if row, ok := c.selected(); ok {
		lines = append(lines, frame.Rule(t, false, width-2, "", ""))
		for _, line := range clean.Wrap(clean.Text(row.about()), width-4) {
			lines = append(lines, " "+t.Dim.Render(line))
		}
	}
	title := t.Strong.Render("Contexts")
	if c.typing || c.filter.Value() != "" {
		title += "  " + t.Accent.Render("/") + c.filter.View(t, 20)
	}
	box := frame.Box(t, true, width, min(len(lines)+2, max(c.height-2, 3)), title, t.Dim.Render(c.count()), lines)
	for i := range box {
		box[i] = t.Panel.Paint(box[i])
	}
	return box
}

func (c *contextChooser) count() string {
	n := 0
	for _, row := range c.rows {
		if !row.answered.IsZero() {
			n++
		}
	}
	if n < len(c.rows) {
		return fmt.Sprintf("%d of %d asked", n, len(c.rows))
	}
	if len(c.rows) == 1 {
		return "the configuration names no other"
	}
	return fmt.Sprintf("%d contexts", n)
}

// columns are the widths of name, platform, address and health.
func (c *contextChooser) columns(width int) [4]int {
	name := 8
	for _, row := range c.rows {
		name = max(name, clean.Width(row.Name)+2)
	}
	name = min(name, width/4)
	product := min(16, width/5)
	rest := width - name - product - 8
	address := rest / 2
	return [4]int{name, product, address, rest - address}
}

func (c *contextChooser) heading(width int) string {
	w := c.columns(width)
	t := c.root.Env.Theme
	text := ""
	for i, title := range []string{"NAME", "PLATFORM", "ADDRESS", "HEALTH"} {
		text += clean.Fit(title, w[i], "") + "  "
	}
	return "  " + t.Head.Render(strings.TrimRight(text, " "))
}

func (c *contextChooser) row(row contextRow, selected bool, width int) string {
	w, t := c.columns(width), c.root.theme.WithColour(row.Colour)
	name := clean.Cut(clean.Text(row.Name), w[0]-2, t.Glyphs.Ellipsis)
	if row.Colour != "" {
		name = t.Context.Render(" " + name + " ")
	} else {
		name = t.Strong.Render(name)
	}
	product := row.Platform
	if s := c.root.spaceOf(row.Name); s != nil && s.About.Version != "" {
		product = s.Product() + " " + s.About.Version
	}
	text := "  " + clean.Fit(name, w[0], "") + "  " + t.Dim.Render(clean.Fit(
		clean.Text(product), w[1], t.Glyphs.Ellipsis,
	)) + "  " +
		t.Dim.Render(clean.Fit(clean.Text(row.Address), w[2], t.Glyphs.Ellipsis)) + "  " + clean.Fit(
		c.health(row), w[3], t.Glyphs.Ellipsis,
	)
	if !selected {
		return clean.Fit(text, width, "")
	}
	return t.On(t.Selected, t.Accent.Render(t.Glyphs.Bar)+clean.Skip(clean.Fit(text, width, ""), 1))
}

// healthOf counts the problems of a context as its header does: of one that is or
// was shown, what its lists know and the server's counts do not is among them. Of
// another there may be more, which whole tells.
func (c *contextChooser) healthOf(row contextRow) (h platform.Health, whole bool) {
	switch s := c.root.spaceOf(row.Name); {
	case s == c.root.Space && s.Err == nil:
		return s.ScopesPane.Rows()[0].Health, true
	case s != nil && s.Begun && s.Err == nil && row.known:
		return s.ScopesPane.With(row.health), true
	}
	return row.health, false
}

// health says how a context is.
func (c *contextChooser) health(row contextRow) string {
	t := c.root.Env.Theme
	h, whole := c.healthOf(row)
	least := ""
	if !whole {
		least = "at least "
	}
	said := func(tone themes.Tone, text string) string {
		return t.Tone(tone).Render(t.Glyphs.Tone(tone) + " " + text)
	}
	switch {
	case row.answered.IsZero():
		text := "asking"
		if waited := c.root.Env.Now().Sub(row.asked); waited >= time.Second {
			text = "no answer for " + grid.AgeText(waited)
		}
		return said(themes.Busy, text)
	case row.err != nil:
		word := fault.Of(row.err).Word()
		if word == "" {
			word = "cannot be opened" // why stands below the list
		}
		return said(themes.Bad, word)
	case h.Failing > 0:
		return said(themes.Bad, least+grid.Thousands(h.Failing)+" failing")
	case h.AtRisk > 0:
		return said(themes.Warn, least+grid.Thousands(h.AtRisk)+" at risk")
	case row.known && h.Objects > 0:
		return said(themes.Good, grid.Thousands(h.Objects)+" running well")
	}
	return said(themes.Good, "answers")
}

// about is all that is known of a context beside its health, or why it cannot be
// reached.
func (r contextRow) about() string {
	if r.err != nil {
		return r.err.Error()
	}
	var parts []string
	if s := r.Label; s != "" {
		parts = append(parts, s)
	}
	if s := r.ReadOnly.String(); s != "" {
		parts = append(parts, s)
	}
	if r.ConfirmTyped {
		parts = append(parts, "confirm typed")
	}
	if r.Who != "" {
		parts = append(parts, r.Who)
	}
	return strings.Join(append(parts, r.Address), " · ")
}
