package tasks

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/edit"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/steps"
)

// View lists what was done from here, the newest first, with the steps of the one
// under the cursor.
type View struct {
	env   *views.Env
	box   views.Mailbox
	grid  *grid.Grid
	tasks map[string]views.Task

	elsewhere    []views.Task // of other consoles
	elsewhereErr error
	withOwners   bool // the table says whose each task is
	sight        views.Sight

	width, height int
}

var columns = []grid.Column{
	{Title: "AGE", Right: true},
	{Title: "STATE", Min: 10},
	{Title: "WHAT", Min: 10},
	{Title: "OBJECT", Min: 12, Max: 44},
	{Title: "ENVIRONMENT", Max: 20, Drop: 2},
	{Title: "STEP", Min: 16},
	{Title: "TOOK", Right: true, Drop: 3},
	{Title: "WHY NOT", Max: 90, Min: 20, Drop: 1},
}

// New makes the page of what Env.Tasks remembers.
func New(env *views.Env) *View {
	v := &View{env: env, grid: grid.New(columns, env.Theme)}
	v.box.Context = env.Context
	v.grid.SetFocus(true)
	v.grid.SortBy(0, false)
	v.read()
	return v
}

// Title implements views.View.
func (v *View) Title() string { return "Actions" }

// Init implements views.View: what was done from here is known.
func (v *View) Init() tea.Cmd { return v.askElsewhere() }

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.box.Close() }

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.width, v.height = width, height
	v.grid.SetSize(max(width-2, 0), max(v.tableHeight()-2, 0))
}

// tableHeight is how much of the page the table takes; the steps are below.
func (v *View) tableHeight() int { return max(v.height-max(v.height/3, 7), 4) }

// read takes what is remembered by now.
func (v *View) read() {
	if v.env.Tasks == nil {
		return
	}
	list := v.withElsewhere(v.env.Tasks.List())
	v.tasks = make(map[string]views.Task, len(list))
	rows := make([]grid.Row, 0, len(list))
	for _, t := range list {
		v.tasks[t.ID] = t
		word, tone := state(t)
		step := ""
		if at := t.At(); at < len(t.Steps) {
			step = fmt.Sprintf("%d of %d %s", at+1, len(t.Steps), t.Steps[at].Label)
		}
		cells := []grid.Cell{
			grid.Since(t.Began, "", themes.Dim, grid.Cell{}), grid.Status(word, tone), grid.Word(what(t), themes.Plain),
			grid.Word(clean.Text(t.Target.Name), themes.Plain), grid.Word(clean.Text(t.Target.Scope), themes.Dim),
		}
		if v.withOwners {
			cells = append(cells, v.ownerCell(t.ID))
		}
		rows = append(rows, grid.NewRow(t.ID, append(
			cells, grid.Word(step, themes.Dim), grid.Word(steps.Took(t.Began, t.Ended, v.env.Now()), themes.Dim),
			grid.Word(firstLine(t.Error), themes.Bad),
		), nil))
	}
	v.grid.SetRows(rows, v.env.Now().Add(-time.Hour)) // nothing is set off as fresh
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(clean.Text(s), "\n")
	return line
}

func what(t views.Task) string {
	if t.Back {
		return "take back " + t.Verb.Do
	}
	return t.Verb.Do
}

// state is the word for how a task is.
func state(t views.Task) (string, themes.Tone) {
	switch {
	case t.Running():
		return "RUNNING", themes.Busy
	case t.Failed():
		return "FAILED", themes.Bad
	case t.Undone:
		return "UNDONE", themes.Idle
	case t.At() < len(t.Steps):
		return "STILL", themes.Warn
	}
	return "DONE", themes.Done
}

// Tick implements views.Ageing: what is under way changes while it is looked at.
func (v *View) Tick(now time.Time) time.Duration {
	v.read()
	for _, t := range v.tasks {
		if t.Running() {
			return time.Second
		}
	}
	return v.grid.Tick(now)
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case elsewhereMsg:
		return v.handleElsewhere(msg)
	case elsewhereAgainMsg:
		return v.askElsewhere()
	case views.RestyledMsg:
		v.grid.SetTheme(v.env.Theme)
	}
	return nil
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	if v.grid.Handle(msg, v.env.Keys.Move) {
		return nil
	}
	t, ok := v.tasks[v.grid.Selected()]
	if !ok {
		return nil
	}
	refused := v.errElsewhere(t.ID)
	switch keys := v.env.Keys; {
	case v.left(t.ID) && v.env.Server.ReadOnly == views.Writable && keymap.Matches(msg, keys.Table.Results):
		return views.Send(views.TakeOverMsg{Task: t})
	case refused != "" && keymap.Matches(msg, keys.Table.Undo, keys.Table.Results, keys.Table.Stop):
		return views.Notice(themes.Warn, refused+": nothing is done about it from here")
	case keymap.Matches(msg, keys.Table.Undo):
		return v.act(UndoOf(t), WhyNoUndo(t, v.env.Keys), t, msg)
	case keymap.Matches(msg, keys.Table.Results):
		return v.act(RetryOf(t), noRetry(t), t, msg)
	case keymap.Matches(msg, keys.Table.Stop):
		if t.Cancel == nil {
			return views.Notice(themes.Warn, errNoCancel)
		}
		t.Cancel()
	case keymap.Matches(msg, keys.Table.Copy):
		return views.Send(views.CopyMsg{What: "its steps", Text: clean.Plain(strings.Join(
			steps.Lines(v.env.Theme, t, v.env.Now(), 200), "\n",
		))})
	case keymap.Matches(msg, keys.Global.Made):
		if t.Makes.Kind == "" {
			return views.Notice(themes.Warn, "it made nothing beside its object: "+keys.Move.Enter.Help().Key+" goes to that")
		}
		return views.Send(GoToMade(t.Makes))
	case keymap.Matches(msg, keys.Move.Enter):
		none := t.Target.Scope
		return views.Send(views.GoMsg{Tab: t.Target.Kind, Environment: &none, Select: t.Target.UID})
	}
	return nil
}

// act asks about what a verb does about a task; refused is why there is none.
func (v *View) act(verb, refused string, t views.Task, msg tea.KeyMsg) tea.Cmd {
	if verb == "" {
		return views.Notice(themes.Warn, clean.Text(what(t)+" "+t.Target.Name)+": "+refused)
	}
	return views.Send(Act(verb, []views.Task{t}, msg.String()))
}

// GoToMade is the message that goes to an object that a task has made.
func GoToMade(made views.Ref) views.GoMsg {
	return views.GoMsg{Tab: made.Kind, Environment: &made.Scope, Name: made.Name, Link: true}
}

// Act is the message that asks for what undoes tasks, or goes on with one.
func Act(verb string, tasks []views.Task, asked string) views.ActMsg {
	t := tasks[0]
	msg := views.ActMsg{Target: t.Target, Made: t.Made, Verb: verb, Asked: asked, Task: &t, Undoes: tasks}
	for _, o := range tasks[1:] {
		msg.Also = append(msg.Also, o.Target)
	}
	return msg
}

// UndoOf is the verb that takes a task back, "" where there is none.
func UndoOf(t views.Task) string {
	switch {
	case t.Running(), t.Undone:
		return ""
	case t.Failed() && t.Resumable && !t.Back && t.At() > 0:
		return views.VerbBack
	case t.Failed():
		return ""
	}
	return t.Undo
}

// WhyNoUndo is why a task is not taken back, and what can be done instead.
func WhyNoUndo(t views.Task, keys *keymap.Map) string {
	to := keys.Move.Enter.Help().Key + " goes to it, "
	switch {
	case t.Running():
		return "it is under way: wait until it has ended"
	case t.Undone:
		return "it was taken back already"
	case t.Failed() && t.Resumable && !t.Back:
		return "nothing of it took effect: " + keys.Table.Results.Help().Key + " tries it again"
	case t.Failed():
		return "it failed: " + to + "where it can be done again"
	case edit.Sent(&t) && t.Verb.Do == edit.VerbCreate.Do:
		return "it was made: " + to + keys.Table.Delete.Help().Key + " deletes it there"
	case edit.Sent(&t):
		return "an edit is taken back by another one: " + to + keys.Table.Edit.Help().Key + " edits it there"
	case t.Makes.Kind != "":
		return "it made " + clean.Text(t.Makes.Name) + ": " + keys.Global.Made.Help().Key + " goes to it, " +
			keys.Table.Delete.Help().Key + " deletes it there"
	}
	return "what " + t.Verb.Do + " does is not taken back: " + to + "its keys say what can be done"
}

// noRetry is why a task is not tried again.
func noRetry(t views.Task) string {
	if t.Failed() {
		return "it is not gone on with: do it again where it was asked for"
	}
	return "it did not fail: there is nothing to try again"
}

// RetryOf is the verb that goes on with a task that failed, "" where there is none.
func RetryOf(t views.Task) string {
	if t.Failed() && t.Resumable {
		return views.VerbRetry
	}
	return ""
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	undo, retry := views.Hint{Binding: k.Table.Undo, Label: "undo"}, views.Hint{
		Binding: k.Table.Results, Label: "retry",
	}
	t, ok := v.tasks[v.grid.Selected()]
	if !ok {
		return []views.Hint{{Binding: k.Move.Escape}}
	}
	if verb := UndoOf(t); verb != "" {
		undo.Label = "undo: " + verb
	} else {
		undo.Refused = WhyNoUndo(t, k)
	}
	if RetryOf(t) == "" {
		retry.Refused = noRetry(t)
	}
	if refused := v.errElsewhere(t.ID); refused != "" {
		undo.Label, undo.Refused, retry.Refused = "undo", refused, refused
	}
	if v.left(t.ID) && v.env.Server.ReadOnly == views.Writable {
		retry.Label, retry.Refused = "take it over", ""
	}
	hints := []views.Hint{undo, retry}
	if t.Makes.Kind != "" {
		hints = append(hints, views.Hint{Binding: k.Global.Made, Label: "to what it made"})
	}
	if t.Cancel != nil {
		hints = append(hints, views.Hint{Binding: k.Table.Stop, Label: "give up"})
	}
	return append(
		hints,
		[]views.Hint{
			{Binding: k.Move.Enter, Label: "go to it"},
			{Binding: k.Table.Copy, Label: "copy its steps"},
			{Binding: k.Move.Escape},
		}...,
	)
}

const errNoCancel = "it cannot be given up: what was asked for is under way, or has ended"

// View implements views.View.
func (v *View) View() string {
	t := v.env.Theme
	if v.width < 4 || v.height < 6 {
		return ""
	}
	lines := strings.Split(string(v.grid.Render(v.env.Now())), "\n")
	if len(v.tasks) == 0 {
		lines = []string{"", "  " + t.Dim.Render("nothing was done from here yet")}
	}
	top := v.tableHeight()
	corner := t.Dim.Render(grid.Thousands(len(v.tasks)))
	if v.elsewhereErr != nil {
		corner = t.Tone(themes.Warn).Render(clean.Cut(
			"those of other consoles could not be read: "+clean.Text(v.elsewhereErr.Error()), max(v.width-20, 8),
			t.Glyphs.Ellipsis,
		))
	}
	out := frame.Box(t, true, v.width, top, t.Strong.Render("Actions"), corner, lines)
	task, ok := v.tasks[v.grid.Selected()]
	title, below := "", []string{}
	if ok {
		title = what(task) + " " + clean.Text(task.Target.Name)
		if who := v.ownerOf(task.ID); who != "" {
			line := "by " + clean.Text(who)
			if v.left(task.ID) {
				line += ": " + v.env.Keys.Table.Results.Help().Key + " goes on with it"
			}
			below = append(below, " "+t.Accent.Render(clean.Cut(line, v.width-4, t.Glyphs.Ellipsis)))
		}
		below = append(below, steps.Lines(t, task, v.env.Now(), v.width-4)...)
	}
	if space := v.height - top - 2; len(below) > space {
		below = append(below[:max(space-1, 0)], " "+t.Faint.Render(fmt.Sprintf(
			"%d more lines: c copies them", len(below)-max(space-1, 0),
		)))
	}
	return strings.Join(
		append(out, frame.Box(t, false, v.width, v.height-top, t.Strong.Render(title), "", below)...), "\n",
	)
}
