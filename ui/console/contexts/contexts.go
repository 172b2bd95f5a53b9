// Package contexts is the list of contexts over the screen, with how each of them is: all
// are asked side by side, in one cheap call, and none is waited for.
package contexts

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

// Source is where the contexts are that are listed.
type Source struct {
	Context context.Context // of what is asked
	All     []space.Context
	Front   func() *space.Space                         // the one that is shown
	Named   func(name string) *space.Space              // nil before it was looked at
	Open    func(space.Context) (*space.Space, tea.Cmd) // opens it unless it is open
	Theme   func() *themes.Theme                        // before it has the colour of a context
	Switch  func(name string) tea.Msg                   // asks for another one
	Closed  func()                                      // takes the list off the screen
}

// Chooser lists the contexts, with how each of them is.
type Chooser struct {
	of     Source
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

// New lists contexts. It asks them when it is shown.
func New(of Source) *Chooser {
	c := &Chooser{of: of, mail: views.Mailbox{Context: of.Context}}
	for i, x := range of.All {
		c.rows = append(c.rows, contextRow{Context: x})
		if x.Name == of.Front().Name {
			c.cursor = i
		}
	}
	c.search()
	return c
}

// Title implements views.View.
func (c *Chooser) Title() string { return "Contexts" }

// Crumb implements views.Crumber.
func (c *Chooser) Crumb() string { return "contexts" }

// Accept implements views.View.
func (c *Chooser) Accept(a views.Answer) bool { return c.mail.Accept(a) }

// Close implements views.View.
func (c *Chooser) Close() { c.mail.Close() }

// Typing implements views.Typist.
func (c *Chooser) Typing() bool { return c.typing }

// SetSize implements views.View.
func (c *Chooser) SetSize(width, height int) { c.width, c.height = width, height }

// View implements views.View.
func (c *Chooser) View() string { return strings.Join(c.Box(), "\n") }

// Init asks every context, side by side.
func (c *Chooser) Init() tea.Cmd {
	cmds := []tea.Cmd{c.tick()}
	for i := range c.rows {
		cmds = append(cmds, c.check(i))
	}
	return tea.Batch(cmds...)
}

type tickMsg struct{}

// tick draws again while an answer is waited for.
func (c *Chooser) tick() tea.Cmd { return c.mail.After("tick", time.Second, tickMsg{}) }

// check asks one context, in one cheap call.
func (c *Chooser) check(i int) tea.Cmd {
	row := &c.rows[i]
	row.asked, row.answered, row.err = c.of.Front().Env.Now(), time.Time{}, nil
	s, shown := c.of.Open(row.Context)
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
func (c *Chooser) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return c.handleKey(msg)
	case checkedMsg:
		row := &c.rows[msg.row]
		row.answered, row.health, row.known, row.err = c.of.Front().Env.Now(), msg.health, msg.known, msg.err
	case tickMsg:
		if c.waiting() {
			return c.tick()
		}
	}
	return nil
}

func (c *Chooser) waiting() bool {
	return slices.ContainsFunc(c.rows, func(r contextRow) bool { return r.answered.IsZero() })
}

func (c *Chooser) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := c.of.Front().Env.Keys
	if c.typing {
		return c.typeFilter(msg)
	}
	if by, ok := keys.Move.Steps(msg, c.page(), len(c.shown)); ok {
		c.cursor = max(min(c.cursor+by, len(c.shown)-1), 0)
		return nil
	}
	switch {
	case keymap.Matches(msg, keys.Move.Escape, keys.Global.Quit, keys.Global.Contexts):
		c.of.Closed()
	case keymap.Matches(msg, keys.Move.Enter):
		if row, ok := c.selected(); ok {
			c.of.Closed()
			return views.Send(c.of.Switch(row.Name))
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

func (c *Chooser) typeFilter(msg tea.KeyMsg) tea.Cmd {
	keys := c.of.Front().Env.Keys.Line
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
func (c *Chooser) search() {
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

func (c *Chooser) selected() (contextRow, bool) {
	if c.cursor >= len(c.shown) {
		return contextRow{}, false
	}
	return c.rows[c.shown[c.cursor]], true
}

// Hints implements views.Hinter.
func (c *Chooser) Hints() []views.Hint {
	k := c.of.Front().Env.Keys
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

func (c *Chooser) page() int { return max(min(len(c.rows), c.height-8), 1) }

// Box implements overlay.
func (c *Chooser) Box() []string {
	t := c.of.Front().Env.Theme
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

func (c *Chooser) count() string {
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
func (c *Chooser) columns(width int) [4]int {
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

func (c *Chooser) heading(width int) string {
	w := c.columns(width)
	t := c.of.Front().Env.Theme
	text := ""
	for i, title := range []string{"NAME", "PLATFORM", "ADDRESS", "HEALTH"} {
		text += clean.Fit(title, w[i], "") + "  "
	}
	return "  " + t.Head.Render(strings.TrimRight(text, " "))
}

func (c *Chooser) row(row contextRow, selected bool, width int) string {
	w, t := c.columns(width), c.of.Theme().WithColour(row.Colour)
	name := clean.Cut(clean.Text(row.Name), w[0]-2, t.Glyphs.Ellipsis)
	if row.Colour != "" {
		name = t.Context.Render(" " + name + " ")
	} else {
		name = t.Strong.Render(name)
	}
	product := row.Platform
	if s := c.of.Named(row.Name); s != nil && s.About.Version != "" {
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
func (c *Chooser) healthOf(row contextRow) (h platform.Health, whole bool) {
	switch s := c.of.Named(row.Name); {
	case s == c.of.Front() && s.Err == nil:
		return s.ScopesPane.Rows()[0].Health, true
	case s != nil && s.Begun && s.Err == nil && row.known:
		return s.ScopesPane.With(row.health), true
	}
	return row.health, false
}

// health says how a context is.
func (c *Chooser) health(row contextRow) string {
	t := c.of.Front().Env.Theme
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
		if waited := c.of.Front().Env.Now().Sub(row.asked); waited >= time.Second && !row.asked.IsZero() {
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
