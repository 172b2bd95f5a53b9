package edit

import (
	"cmp"
	"context"
	"slices"
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

// DraftsView lists the drafts of one server. It implements views.View.
type DraftsView struct {
	env   *views.Env
	rules map[string]*Rules // by kind
	mail  views.Mailbox

	grid  *grid.Grid
	list  map[string]views.Draft
	asked bool
	err   error

	width, height int
}

// NewDrafts makes the list; rules are those of the kinds that can be edited here.
func NewDrafts(env *views.Env, rules map[string]*Rules) *DraftsView {
	columns := []grid.Column{
		{Title: "NAME", Min: 12, Max: 44},
		{Title: "KIND", Max: 20},
		{Title: "IN", Max: 24, Drop: 2},
		{Title: "WRITTEN", Right: true, Fresh: true},
		{Title: "STATE", Max: 90, Min: 14, Drop: 1},
	}
	v := &DraftsView{
		env: env, rules: rules, grid: grid.New(columns, env.Theme), mail: views.Mailbox{Context: env.Context},
	}
	v.grid.SetFocus(true)
	return v
}

type draftsMsg struct {
	list []views.Draft
	err  error
}

// Title implements views.View.
func (v *DraftsView) Title() string { return "drafts" }

// Init reads the list.
func (v *DraftsView) Init() tea.Cmd { return v.Refresh() }

// Refresh implements views.Refresher.
func (v *DraftsView) Refresh() tea.Cmd {
	drafts := v.env.Editing.Drafts
	if drafts == nil {
		return nil
	}
	return v.mail.Ask("list", func(context.Context) tea.Msg {
		list, err := drafts.List()
		return draftsMsg{list, err}
	})
}

// SetVisible implements views.Watcher.
func (v *DraftsView) SetVisible(visible bool) tea.Cmd {
	if visible {
		return v.Refresh()
	}
	return nil
}

// Accept implements views.View.
func (v *DraftsView) Accept(a views.Answer) bool { return v.mail.Accept(a) }

// Close implements views.View.
func (v *DraftsView) Close() { v.mail.Close() }

// SetSize implements views.View.
func (v *DraftsView) SetSize(width, height int) {
	v.width, v.height = width, height
	v.grid.SetSize(max(width-2, 0), max(height-3, 0))
}

// Update implements views.View.
func (v *DraftsView) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case draftsMsg:
		v.asked, v.err = true, msg.err
		v.show(msg.list)
	case views.RestyledMsg:
		v.grid.SetTheme(v.env.Theme)
	}
	return nil
}

func (v *DraftsView) show(list []views.Draft) {
	v.list = map[string]views.Draft{}
	var rows []grid.Row
	for _, d := range DraftsOf(list, v.env.Server.Name) {
		v.list[d.ID] = d
		name, state, tone := DraftName(d), "changed, not applied", themes.Busy
		if d.New {
			state = "new, not created"
		}
		if d.Problem != "" {
			state, tone = "refused: "+firstLine(d.Problem), themes.Bad
		}
		rows = append(rows, grid.NewRow(d.ID, []grid.Cell{
			grid.Word(clean.Text(name), themes.Plain), grid.Word(v.kindOf(d), themes.Dim),
			grid.Word(clean.Text(d.Target.Scope+d.Target.Parent), themes.Dim),
			grid.Since(d.Changed, "", themes.Dim, grid.Word(v.env.Theme.Glyphs.Dash, themes.Dim)),
			grid.Word(clean.Text(state), tone),
		}, nil))
	}
	v.grid.SetRows(rows, v.env.Now().Add(-time.Hour)) // nothing is set off as fresh
}

// kindOf is the word for one object of a draft's kind.
func (v *DraftsView) kindOf(d views.Draft) string {
	if rules := v.rules[d.Target.Kind]; rules != nil && rules.Singular != "" {
		return rules.Singular
	}
	return clean.Text(d.Target.Kind)
}

// DraftsOf are those of one server.
func DraftsOf(list []views.Draft, server string) []views.Draft {
	return slices.DeleteFunc(slices.Clone(list), func(d views.Draft) bool { return d.Target.Context != server })
}

// DraftName is what a draft is of, by name.
func DraftName(d views.Draft) string {
	if d.New {
		return cmp.Or(nameIn(d.Text), "new")
	}
	return d.Target.Name
}

// nameIn is the name that stands in a text, which need not be whole.
func nameIn(text string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "name:"); ok {
			value, _, _ := strings.Cut(rest, " #")
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return ""
}

func (v *DraftsView) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	if by, ok := keys.Move.Steps(msg, v.grid.Page(), v.grid.Shown()); ok {
		v.grid.Move(by)
		return nil
	}
	d, ok := v.list[v.grid.Selected()]
	switch {
	case !ok:
	case keymap.Matches(msg, keys.Move.Enter, keys.Draft.Edit):
		return v.resume(d)
	case keymap.Matches(msg, keys.Draft.Drop):
		return v.askDrop(d, msg.String())
	}
	return nil
}

func (v *DraftsView) resume(d views.Draft) tea.Cmd {
	rules := v.rules[d.Target.Kind]
	if rules == nil {
		return views.Notice(themes.Warn, "go to the "+d.Target.Kind+" to go on with this draft")
	}
	start := Start{Target: d.Target, New: d.New, Draft: d.ID}
	return views.Send(views.OpenMsg{Title: "draft", Make: func(env *views.Env) views.View {
		return New(env, rules, start)
	}})
}

func (v *DraftsView) askDrop(d views.Draft, asked string) tea.Cmd {
	drafts := v.env.Editing.Drafts
	q := dropQuestion(DraftName(d), asked)
	q.Run = func(string) tea.Cmd {
		return tea.Sequence(func() tea.Msg {
			if err := drafts.Remove(d.ID); err != nil {
				return views.ErrorMsg{Doing: "drop the draft", Err: err}
			}
			return views.NoticeMsg{Text: "the draft was dropped", Tone: themes.Dim}
		}, v.Refresh())
	}
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// Hints implements views.Hinter.
func (v *DraftsView) Hints() []views.Hint {
	k := v.env.Keys
	return []views.Hint{
		{Binding: k.Move.Enter, Label: "go on with it"}, {Binding: k.Draft.Drop}, {Binding: k.Move.Escape},
	}
}

// View implements views.View.
func (v *DraftsView) View() string {
	t := v.env.Theme
	if v.width < 8 || v.height < 4 {
		return ""
	}
	var lines []string
	switch {
	case v.err != nil:
		for _, l := range clean.Wrap(clean.Text("they could not be read: "+v.err.Error()), max(v.width-6, 8)) {
			lines = append(lines, "  "+t.Tone(themes.Bad).Render(l))
		}
	case v.asked && len(v.list) == 0:
		lines = []string{"", "  " + t.Dim.Render(
			"no drafts: "+v.env.Keys.Table.Edit.Help().Key+" on a row edits it, and what is not applied is kept here",
		)}
	default:
		lines = strings.Split(string(v.grid.Render(v.env.Now())), "\n")
	}
	return strings.Join(
		frame.Box(
			t, true, v.width, v.height, t.Strong.Render("drafts"), t.Dim.Render(count(len(v.list), "draft")), lines,
		),
		"\n",
	)
}
