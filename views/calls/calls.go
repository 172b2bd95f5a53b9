// Package calls is the log of every request that was made, newest first.
package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/input"
	"drey/views/tasks"
)

// View is the log. It looks again twice a second while it is seen.
type View struct {
	env     *views.Env
	box     views.Mailbox
	grid    *grid.Grid
	log     func() []client.Call
	load    func() client.Load
	newest  client.Call // of those that were read
	open    bool        // one of those that were read had no answer yet
	calls   map[string]client.Call
	filter  input.Line
	typing  bool
	width   int
	height  int
	visible bool
}

var columns = []grid.Column{
	{Title: "TIME"},
	{Title: "METHOD"},
	{Title: "STATUS"},
	{Title: "MS", Right: true},
	{Title: "BYTES", Right: true, Drop: 2},
	{Title: "PATH", Max: 300, Min: 20},
}

// New makes a view of the log, which gives its newest calls first. load tells how
// much the server is asked now; nil where nobody knows.
func New(env *views.Env, log func() []client.Call, load func() client.Load) *View {
	v := &View{env: env, log: log, load: load, grid: grid.New(columns, env.Theme)}
	v.box.Context = env.Context
	v.grid.SetFocus(true)
	v.grid.SortBy(0, true)
	return v
}

type reloadMsg struct{}

const reloadEvery = 500 * time.Millisecond

// Title implements views.View.
func (v *View) Title() string { return "API calls" }

// Init reads the log.
func (v *View) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.box.Close() }

// Typing implements views.Typist.
func (v *View) Typing() bool { return v.typing }

// SetVisible implements views.Watcher.
func (v *View) SetVisible(visible bool) tea.Cmd {
	v.visible = visible
	if !visible {
		v.box.Close()
		return nil
	}
	return v.reload()
}

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.width, v.height = width, height
	v.grid.SetSize(max(width-2, 0), max(height-3, 0))
}

// reload brings the rows up to date if there were calls, and comes back.
func (v *View) reload() tea.Cmd {
	if calls := v.log(); v.calls == nil || v.open || len(calls) != len(v.calls) ||
		len(calls) > 0 && !same(calls[0], v.newest) {
		v.read(calls)
	}
	return v.box.After("look", reloadEvery, reloadMsg{})
}

func same(a, b client.Call) bool {
	return a.At.Equal(b.At) && a.Method == b.Method && a.URL == b.URL && a.Duration == b.Duration &&
		a.Status == b.Status
}

func (v *View) read(calls []client.Call) {
	if len(calls) > 0 {
		v.newest = calls[0]
	}
	atTop, now := v.grid.AtTop(), v.env.Now()
	v.open = false
	v.calls = make(map[string]client.Call, len(calls))
	rows := make([]grid.Row, 0, len(calls))
	for i, c := range calls {
		key := fmt.Sprint(c.At.UnixNano(), c.Method, c.URL)
		if _, twice := v.calls[key]; twice {
			key += fmt.Sprint(i)
		}
		v.calls[key] = c
		word, tone := statusOf(c)
		ms, bytes := grid.Count(c.Duration.Milliseconds(), themes.Dim), grid.Count(int64(c.Bytes), themes.Dim)
		if c.Open {
			v.open = true
			ms, bytes = grid.Count(now.Sub(c.At).Milliseconds(), themes.Busy), grid.Word(
				v.env.Theme.Glyphs.Dash, themes.Dim,
			)
		}
		rows = append(rows, grid.NewRow(key, []grid.Cell{
			{Text: c.At.Format("15:04:05.000"), Num: c.At.UnixNano(), Form: grid.Number, Tone: themes.Dim},
			grid.Word(c.Method, methodTone(c.Method)),
			{Text: word, Form: grid.State, Tone: tone},
			ms, bytes,
			grid.Word(pathFrom(v.env.Server.Address, c.URL), themes.Plain),
		}, nil))
	}
	v.grid.SetRows(rows, v.env.Now().Add(-time.Hour)) // nothing is set off as fresh
	if atTop {
		v.grid.Top()
	}
}

func methodTone(method string) themes.Tone {
	if method == "GET" {
		return themes.Dim
	}
	return themes.Accent
}

func statusOf(c client.Call) (string, themes.Tone) {
	switch {
	case c.Open:
		return "open", themes.Busy
	case c.Status == 0:
		return "none", themes.Bad
	case c.Status >= 500:
		return strconv.Itoa(c.Status), themes.Bad
	case c.Status >= 400:
		return strconv.Itoa(c.Status), themes.Warn
	case c.Status == 304:
		return strconv.Itoa(c.Status), themes.Idle
	}
	return strconv.Itoa(c.Status), themes.Good
}

// pathFrom is the path of an address, with its host where that is not the one of home.
func pathFrom(home, address string) string {
	u, err := url.Parse(address)
	if from, homeErr := url.Parse(home); err != nil || homeErr != nil || from.Host == "" || u.Host == from.Host {
		return pathOf(address)
	}
	return u.Host + u.RequestURI()
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case reloadMsg:
		return v.reload()
	case tea.KeyMsg:
		return v.handleKey(msg)
	case views.RestyledMsg:
		v.grid.SetTheme(v.env.Theme)
	}
	return nil
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	if v.typing {
		return v.typeFilter(msg)
	}
	if v.grid.Handle(msg, keys.Move) {
		return nil
	}
	c, ok := v.calls[v.grid.Selected()]
	switch {
	case keymap.Matches(msg, keys.Table.Filter):
		v.typing = true
	case keymap.Matches(msg, keys.Table.Sort):
		v.grid.SortNext()
	case keymap.Matches(msg, keys.Table.Reverse):
		v.grid.Reverse()
	case ok && keymap.Matches(msg, keys.Table.YAML, keys.Table.Copy):
		return views.Send(views.CopyMsg{What: "curl line", Text: c.Curl()})
	case ok && keymap.Matches(msg, keys.Table.Undo):
		return v.undo(c, msg.String())
	case ok && keymap.Matches(msg, keys.Move.Enter):
		return views.Send(views.OpenMsg{Title: "call", Make: func(env *views.Env) views.View {
			return detail.NewFixed(env, c.Method+" "+pathOf(c.URL), describe(c))
		}})
	}
	return nil
}

// undo takes back the action that a call was a step of.
func (v *View) undo(c client.Call, asked string) tea.Cmd {
	t, ok := v.taskOf(c)
	if verb := tasks.UndoOf(t); ok && verb != "" {
		return views.Send(tasks.Act(verb, []views.Task{t}, asked))
	}
	why := "the call is no step of an action: " + v.env.Keys.Global.Actions.Help().Key + " lists those"
	if ok {
		why = tasks.WhyNoUndo(t, v.env.Keys)
	}
	return views.Notice(themes.Warn, "there is nothing to take back: "+why)
}

// taskOf is the newest action that sent a call.
func (v *View) taskOf(c client.Call) (views.Task, bool) {
	u, err := url.Parse(c.URL)
	if err != nil || c.Method == "GET" || v.env.Tasks == nil {
		return views.Task{}, false
	}
	for _, t := range v.env.Tasks.List() {
		for _, s := range t.Steps {
			path, _, _ := strings.Cut(s.Path, "?")
			if s.Method == c.Method && strings.HasSuffix(u.EscapedPath(), path) && !s.Began.IsZero() &&
				!c.At.Before(s.Began) && (t.Running() || !c.At.After(t.Ended)) {
				return t, true
			}
		}
	}
	return views.Task{}, false
}

func (v *View) typeFilter(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		v.typing = false
	case keymap.Matches(msg, keys.Cancel):
		v.Escape()
	default:
		v.filter.Update(msg, keys)
		v.grid.SetFilter(v.filter.Value())
	}
	return nil
}

// Escape implements views.Escaper.
func (v *View) Escape() (cmd tea.Cmd, had bool) {
	had = v.typing || v.grid.Filter() != ""
	v.typing = false
	v.filter.Set("")
	v.grid.SetFilter("")
	return nil, had
}

// describe is one call in full. Secrets are not in it: the client leaves the
// token out.
func describe(c client.Call) detail.Loader {
	return func(_ context.Context, t *themes.Theme) (detail.Document, error) {
		var d detail.Document
		word, tone := statusOf(c)
		for _, f := range []views.Fact{
			{Label: "at", Text: c.At.Format(time.RFC3339Nano)},
			{Label: "request", Text: c.Method + " " + c.URL},
			{Label: "status", Text: word, Tone: tone},
			{Label: "took", Text: c.Duration.Round(10 * time.Microsecond).String()},
			{Label: "bytes", Text: grid.Thousands(c.Bytes)},
			{Label: "request id", Text: c.RequestID},
			{Label: "error", Text: c.Err, Tone: themes.Bad},
		} {
			d.Fact(t, f)
		}
		d.Add(t.Text, "")
		d.Add(t.Head, "AS CURL")
		d.Text(t.Link, c.Curl())
		addBody(t, &d, "BODY", c.RequestBody)
		addBody(t, &d, "ANSWER", c.Body)
		return d, nil
	}
}

// addBody writes a body below its heading; one that is empty is left out.
func addBody(t *themes.Theme, d *detail.Document, heading string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	d.Add(t.Text, "")
	d.Add(t.Head, heading)
	body := detail.FromJSON(t, raw)
	d.Plain, d.Styled = append(d.Plain, body.Plain...), append(d.Styled, body.Styled...)
	d.Raw = append(d.Raw, body.Raw...)
}

// loadText is how much a server is asked: what leaves in a second, what is under
// way, what waits for its turn.
func loadText(l client.Load) string {
	text := fmt.Sprintf("%d/s, %d under way", l.LastSecond, l.InFlight)
	if l.Waiting > 0 {
		text += fmt.Sprintf(", %d wait", l.Waiting)
	}
	return text
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	var hints []views.Hint
	if t, ok := v.taskOf(v.calls[v.grid.Selected()]); ok && tasks.UndoOf(t) != "" {
		hints = append(hints, views.Hint{Binding: k.Table.Undo, Label: "undo: " + tasks.UndoOf(t)})
	}
	return append(
		hints,
		[]views.Hint{
			{Binding: k.Move.Enter, Label: "whole call"},
			{Binding: k.Table.Copy, Label: "copy as curl"},
			{Binding: k.Table.Filter},
			{Binding: k.Table.Sort},
			{Binding: k.Move.Escape},
		}...,
	)
}

// View implements views.View.
func (v *View) View() string {
	t := v.env.Theme
	if v.width < 4 || v.height < 3 {
		return ""
	}
	lines := strings.Split(string(v.grid.Render(v.env.Now())), "\n")
	foot := ""
	switch {
	case v.typing:
		foot = " " + t.Accent.Render("/") + v.filter.View(t, max(v.width/2, 4))
	case v.grid.Filter() != "":
		foot = " " + t.Accent.Render("/") + t.Dim.Render(v.grid.Filter())
	}
	lines = append(lines, clean.Fit(foot, v.width-2, t.Glyphs.Ellipsis))
	count := grid.Thousands(v.grid.Shown()) + " of " + grid.Thousands(v.grid.Len())
	if v.load != nil {
		count = loadText(v.load()) + " " + t.Glyphs.Dot + " " + count
	}
	return strings.Join(
		frame.Box(t, true, v.width, v.height, t.Strong.Render("API calls"), t.Dim.Render(count), lines), "\n",
	)
}
