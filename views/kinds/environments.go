package kinds

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
)

// Fleet is the pane of environments: all of them first. Moving the cursor
// chooses the environment that the tabs show.
type Fleet struct {
	env    *views.Env
	box    views.Mailbox
	poll   *client.Poll[cmf.Environment]
	rows   []Environment // rows[0] is all
	cursor int
	wanted string // name under the cursor
	closer map[string]closer
	// tallied is what the lists of other kinds told, by kind and environment.
	tallied  map[string]map[string]Health
	counters []*counter // made at the first question
	state    fleetState
	room     fleetRoom
}

type fleetState struct {
	visible  bool
	at       time.Time
	err      error
	failures int
	same     int // answers in a row that changed nothing
	nextAt   time.Time
}

type fleetRoom struct {
	width, height, top int
	focused, dirty     bool
	out                string
}

// NewFleet makes the pane with the cursor on an environment, "" for all.
func NewFleet(env *views.Env, chosen string) *Fleet {
	f := &Fleet{env: env, wanted: chosen, rows: []Environment{{}}}
	f.box.Context = env.Context
	f.poll = cmfapi.NewPoll[cmf.Environment](env.Client, cmf.Environments, cmf.Scope{}, cmfapi.Query{ResourceInformation: true})
	f.room.dirty = true
	return f
}

type (
	fleetMsg struct {
		rows    []Environment
		changed bool
		err     error
	}
	fleetPollMsg struct{}
	chosenMsg    struct{}
)

// Title implements views.View.
func (f *Fleet) Title() string { return "Environments" }

// Init implements views.View.
func (f *Fleet) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (f *Fleet) Accept(a views.Answer) bool { return f.box.Accept(a) }

// Close implements views.View.
func (f *Fleet) Close() {
	f.box.Close()
	for _, n := range f.counters {
		n.close()
	}
}

// SetFocus implements views.Focusable.
func (f *Fleet) SetFocus(on bool) {
	f.room.dirty = f.room.dirty || f.room.focused != on
	f.room.focused = on
}

// SetSize implements views.View.
func (f *Fleet) SetSize(width, height int) {
	f.room.width, f.room.height, f.room.dirty = width, height, true
	f.scroll()
}

// SetVisible starts or stops the polling. The roll-up is wanted even where the
// pane is folded away: the header shows it.
func (f *Fleet) SetVisible(visible bool) tea.Cmd {
	if f.state.visible == visible {
		return nil
	}
	f.state.visible = visible
	if !visible {
		f.box.Close()
		return nil
	}
	return f.Refresh()
}

// Refresh implements views.Refresher: it asks for the environments, and counts
// the problems in them again.
func (f *Fleet) Refresh() tea.Cmd { return tea.Batch(f.list(), f.count()) }

func (f *Fleet) list() tea.Cmd {
	poll := f.poll
	f.box.Cancel("poll")
	return f.box.Ask("list", func(ctx context.Context) tea.Msg {
		listed, changed, err := poll.Next(ctx)
		if err != nil || !changed {
			return fleetMsg{err: err}
		}
		rows := []Environment{{}}
		for _, e := range listed.Items {
			row := Environment{Name: e.EffectiveName()}
			if e.Status != nil && e.Status.Resources != nil {
				row.Known, row.counted = true, healthOf(e.Status.Resources.Applications)
			}
			rows[0].Known = rows[0].Known || row.Known
			rows = append(rows, row)
		}
		for _, b := range listed.Broken {
			if b.Name != "" {
				rows = append(rows, Environment{Name: b.Name, Unread: true})
			}
		}
		slices.SortStableFunc(rows[1:], func(a, b Environment) int { return strings.Compare(a.Name, b.Name) })
		return fleetMsg{rows: rows, changed: true}
	})
}

// Update implements views.View.
func (f *Fleet) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return f.handleKey(msg)
	case fleetMsg:
		return f.handleListed(msg)
	case fleetPollMsg:
		return f.list()
	case counted:
		return f.handleCounted(msg)
	case countMsg:
		return f.ask(msg.counter)
	case chosenMsg:
		return f.choose()
	case views.RestyledMsg:
		f.room.dirty = true
	}
	return nil
}

func (f *Fleet) handleListed(msg fleetMsg) tea.Cmd {
	f.state.same++
	if msg.changed || msg.err != nil {
		f.state.same = 0
	}
	wait := browse.Pace(f.state.same)
	wasBad := f.state.err != nil
	if f.state.err = msg.err; msg.err != nil {
		f.state.failures++
		wait = min(wait<<min(f.state.failures, 5), 30*time.Second)
		if until := fault.Of(msg.err).Until; until.After(f.env.Now()) {
			wait = until.Sub(f.env.Now())
		}
	} else {
		f.state.failures, f.state.at = 0, f.env.Now()
	}
	f.state.nextAt = f.env.Now().Add(wait)
	f.room.dirty = f.room.dirty || wasBad || msg.err != nil
	var reconnected tea.Cmd
	if wasBad && msg.err == nil {
		reconnected = views.Send(views.ReconnectedMsg{})
	}
	if msg.changed {
		f.rows, f.room.dirty = msg.rows, true
		f.rollUp()
		f.Choose(f.wanted)
	}
	return tea.Batch(reconnected, f.box.After("poll", wait, fleetPollMsg{}))
}

func (f *Fleet) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := f.env.Keys.Move
	if by, ok := keys.Steps(msg, max(f.room.height-2, 1), len(f.rows)); ok {
		return f.move(by)
	}
	switch {
	case keymap.Matches(msg, keys.Enter, keys.Right):
		return tea.Sequence(f.choose(), views.Send(EnteredMsg{}))
	case keymap.Matches(msg, f.env.Keys.Table.Copy):
		return views.Send(views.CopyMsg{What: f.wanted, Text: f.wanted})
	}
	return nil
}

// EnteredMsg tells that enter was pressed on an environment: the focus goes on
// to the table.
type EnteredMsg struct{}

// settle is how long the cursor rests before the tabs follow it.
const settle = 120 * time.Millisecond

func (f *Fleet) move(n int) tea.Cmd {
	f.cursor = max(min(f.cursor+n, len(f.rows)-1), 0)
	f.wanted = f.rows[f.cursor].Name
	f.room.dirty = true
	f.scroll()
	return f.box.After("choose", settle, chosenMsg{})
}

func (f *Fleet) choose() tea.Cmd {
	f.box.Cancel("choose")
	name := f.wanted
	return views.Send(views.GoMsg{Environment: &name})
}

// Choose puts the cursor on an environment.
func (f *Fleet) Choose(name string) {
	f.wanted = name
	f.room.dirty = true
	for i, row := range f.rows {
		if row.Name == name {
			f.cursor = i
		}
	}
	f.scroll()
}

// Rows are the environments, all of them together first.
func (f *Fleet) Rows() []Environment { return f.rows }

// Freshness implements views.Fresher.
func (f *Fleet) Freshness() views.Freshness {
	return views.Freshness{At: f.state.at, Every: browse.Pace(f.state.same), Err: f.state.err, Next: f.state.nextAt}
}

// Click implements views.Clicker.
func (f *Fleet) Click(_, y int) tea.Cmd {
	if i := f.room.top + y - 1; y >= 1 && i < len(f.rows) {
		return f.move(i - f.cursor)
	}
	return nil
}

// Wheel implements views.Clicker.
func (f *Fleet) Wheel(_, _, delta int) tea.Cmd { return f.move(delta) }

// Hints implements views.Hinter.
func (f *Fleet) Hints() []views.Hint {
	k := f.env.Keys
	return []views.Hint{{Binding: k.Move.Down, Label: "choose"}, {Binding: k.Move.Enter, Label: "its objects"}, {Binding: k.Table.Copy}}
}

func (f *Fleet) scroll() {
	page := max(f.room.height-2, 1)
	f.room.top = max(min(f.room.top, f.cursor), f.cursor-page+1)
	f.room.top = max(min(f.room.top, len(f.rows)-page), 0)
}

// View implements views.View.
func (f *Fleet) View() string {
	if !f.room.dirty {
		return f.room.out
	}
	f.room.dirty = false
	t := f.env.Theme
	var lines []string
	for i := f.room.top; i < len(f.rows) && len(lines) < f.room.height-2; i++ {
		lines = append(lines, f.row(i, f.room.width-2))
	}
	title := t.Accent.Render("1") + " " + t.Dim.Render("Environments")
	if f.room.focused {
		title = t.Accent.Render("1") + " " + t.Strong.Render("Environments")
	}
	word := ""
	if f.state.err != nil {
		word = t.Tone(themes.Bad).Render(clean.Cut(fault.Of(f.state.err).Word(), max(f.room.width-20, 0), t.Glyphs.Ellipsis))
	}
	f.room.out = strings.Join(frame.Box(t, f.room.focused, f.room.width, f.room.height, title, word, lines), "\n")
	return f.room.out
}

// row draws one environment: name, count, and what is worst in it.
func (f *Fleet) row(i, width int) string {
	t, e := f.env.Theme, f.rows[i]
	name, indent := clean.Text(e.Name), "  "
	if i == 0 {
		name, indent = "all", t.Glyphs.Fold+" "
	}
	health, count := healthMark(t, e), ""
	if e.Known {
		count = grid.Thousands(e.Health.Applications)
	}
	var ground themes.Style
	bar, style := " ", t.Text
	if i == f.cursor {
		ground, style = t.Blurred, t.Strong
		if f.room.focused {
			ground = t.Selected
		}
		bar = t.Accent.Render(t.Glyphs.Bar)
	}
	right := t.Dim.Render(count) + " " + health
	room := width - 2 - clean.Width(right) - 1
	text := bar + t.Dim.Render(indent) + style.Render(clean.Fit(name, room-2, t.Glyphs.Ellipsis)) + " " + right + " "
	if i != f.cursor {
		return clean.Fit(text, width, "")
	}
	return t.On(ground, clean.Fit(text, width, ""))
}
