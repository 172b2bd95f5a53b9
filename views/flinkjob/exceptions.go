package flinkjob

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/logview"
	"drey/views/grid"
)

// exceptions is the section of what went wrong: the root cause of each failure,
// newest first, over the trace of the one under the cursor.
type exceptions struct {
	listed
	read  []flinkrest.Exception
	known bool
	trace int // lines of the trace that are scrolled away
}

const exceptionsEvery = 5 * time.Second

func newExceptions(v *View) *exceptions {
	e := &exceptions{listed: listed{View: v}}
	e.table = list.New(v.env,
		grid.Column{Title: "AGE", Right: true}, grid.Column{Title: "ROOT CAUSE", Max: 120},
		grid.Column{Title: "WITH", Right: true, Drop: 3},
		grid.Column{Title: "TASK", Max: 40, Drop: 1}, grid.Column{Title: "TASK MANAGER", Max: 30, Drop: 2},
	)
	e.asks = &round{name: "exceptions", every: e.pace, steps: e.steps}
	return e
}

func (e *exceptions) title() string { return "exceptions" }
func (e *exceptions) blank() bool   { return !e.known }
func (e *exceptions) subject() string {
	return "exceptions"
}

func (e *exceptions) pace() time.Duration {
	if e.facts.ended {
		return endedEvery
	}
	return exceptionsEvery
}

func (e *exceptions) steps() []step {
	from, job := e.job.From, e.facts.id
	return []step{{
		load: func(ctx context.Context) (any, error) { return from.Exceptions(ctx, job) },
		take: func(value any) { e.read, e.known = value.([]flinkrest.Exception), true; e.fill() },
	}}
}

func (e *exceptions) fill() {
	rows := make([]grid.Row, 0, len(e.read))
	for i, x := range e.read {
		with := jobdata.CellWord("", themes.Dim)
		if n := len(x.Concurrent); n > 0 {
			with = grid.Count(int64(n), themes.Warn)
		}
		rows = append(rows, grid.NewRow(fmt.Sprintf("%d %d", x.Timestamp, i), []grid.Cell{
			grid.Since(flinkrest.Millis(x.Timestamp), "", themes.Dim, jobdata.CellWord("", themes.Dim)),
			grid.Word(jobdata.CauseOf(x), themes.Bad), with,
			jobdata.CellWord(jobdata.OneLine(x.Task), themes.Plain),
			jobdata.CellWord(jobdata.OneLine(x.TaskManager), themes.Dim),
		}, nil))
	}
	e.table.Set(rows)
}

// selected is the exception under the cursor.
func (e *exceptions) selected() (flinkrest.Exception, bool) {
	for i, x := range e.read {
		if fmt.Sprintf("%d %d", x.Timestamp, i) == e.table.Grid.Selected() {
			return x, true
		}
	}
	return flinkrest.Exception{}, false
}

func (e *exceptions) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys := e.env.Keys
	x, known := e.selected()
	switch {
	case e.table.Typing():
		e.table.Update(key)
	case keymap.Matches(key, keys.Table.PreviewDown):
		e.trace++
	case keymap.Matches(key, keys.Table.PreviewUp):
		e.trace = max(e.trace-1, 0)
	case keymap.Matches(key, keys.Table.Copy) && known:
		return views.Send(views.CopyMsg{What: "exception", Text: x.Stack + "\n"})
	case keymap.Matches(key, keys.Move.Enter) && known:
		return e.openLog(x)
	default:
		if e.table.Update(key) {
			e.trace = 0
		}
	}
	return nil
}

// openLog shows the log of the task manager that it happened on, at that time.
func (e *exceptions) openLog(x flinkrest.Exception) tea.Cmd {
	from, at := e.job.From, flinkrest.Millis(x.Timestamp)
	tm := x.TaskManager
	title := "log of " + tm
	if tm == "" {
		title = "log of the JobManager"
	}
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return logview.NewAt(env, from, tm, at)
	}})
}

func (e *exceptions) hints() []views.Hint {
	k := e.env.Keys
	return []views.Hint{
		list.Hint(k.Move.Enter, "log at that time"), list.Hint(k.Table.PreviewDown, "scroll the trace"),
		list.Hint(k.Table.Copy, "copy"),
	}
}

func (e *exceptions) lines(width, height int) []string {
	t := e.env.Theme
	if !e.known {
		return nil
	}
	if len(e.read) == 0 {
		return []string{"", "  " + t.Dim.Render("nothing went wrong: the job has no exceptions")}
	}
	top := min(len(e.read)+1, max(height/3, 3))
	lines := e.table.Lines(width, top)
	for len(lines) < top {
		lines = append(lines, "")
	}
	return append(lines, e.traceLines(width, height-top)...)
}

// traceLines are the trace under the cursor: where, the root cause, then the rest.
func (e *exceptions) traceLines(width, height int) []string {
	x, ok := e.selected()
	if !ok || height < 2 {
		return nil
	}
	t := e.env.Theme
	lines := []string{t.Faint.Render(strings.Repeat(t.Glyphs.H, max(width, 0)))}
	add := func(style themes.Style, text string) {
		for _, line := range clean.Wrap(clean.Line(text), max(width-2, 8)) {
			lines = append(lines, " "+style.Render(line))
		}
	}
	add(t.Tone(themes.Bad), jobdata.CauseOf(x))
	var where []string
	for _, part := range []string{x.Task, x.Endpoint, x.TaskManager} {
		if part != "" && part != "(unassigned)" {
			where = append(where, part)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(x.Labels)) {
		where = append(where, k+"="+x.Labels[k])
	}
	if len(where) > 0 {
		add(t.Dim, strings.Join(where, " · "))
	}
	for line := range strings.SplitSeq(strings.TrimRight(jobdata.RootOf(x), "\n"), "\n") {
		style := t.Dim
		if strings.HasPrefix(line, "Caused by: ") {
			style = t.Text
		}
		add(style, strings.ReplaceAll(line, "\t", "  "))
	}
	for _, c := range x.Concurrent {
		add(t.Tone(themes.Warn), "at the same time: "+jobdata.CauseOf(c)+" · "+jobdata.OneLine(c.Task))
	}
	e.trace = min(e.trace, max(len(lines)-height, 0))
	lines = append(lines[:1:1], lines[1+e.trace:]...)
	return lines[:min(len(lines), height)]
}
