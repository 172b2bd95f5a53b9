package flinkjob

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/logview"
	"drey/views/grid"
)

// logList is the section that says whose logs there are.
type logList struct {
	listed
}

func newLogList(v *View) *logList {
	s := &logList{listed: listed{View: v}}
	s.table = list.New(v.env, grid.Column{Title: "LOGS OF", Max: 80})
	s.table.Set([]grid.Row{jobManagerRow()})
	from := v.job.From
	s.asks = &round{name: "logs", every: func() time.Duration { return endedEvery }, steps: func() []step {
		return []step{{
			load: func(ctx context.Context) (any, error) { return from.TaskManagers(ctx) },
			take: func(value any) {
				rows := []grid.Row{jobManagerRow()}
				for _, tm := range value.([]flinkrest.TaskManager) {
					rows = append(rows, grid.NewRow(
						tm.ID, []grid.Cell{grid.Word(jobdata.OneLine(tm.ID), themes.Plain)}, nil,
					))
				}
				s.table.Set(rows)
			},
		}}
	}}
	return s
}

// jobManagerKey is the key of the JobManager among task managers.
const jobManagerKey = "/"

// jobManagerRow is the row of the JobManager.
func jobManagerRow() grid.Row {
	return grid.NewRow(jobManagerKey, []grid.Cell{grid.Word("JobManager", themes.Plain)}, nil)
}

func (s *logList) title() string { return "logs" }

func (s *logList) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok || s.table.Update(key) {
		return nil
	}
	if key.Type == tea.KeyEnter {
		from, id := s.job.From, strings.TrimPrefix(s.table.Grid.Selected(), jobManagerKey)
		title := "log of " + id
		if id == "" {
			title = "log of the JobManager"
		}
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
			return logview.New(env, from, id)
		}})
	}
	return nil
}

func (s *logList) hints() []views.Hint { return []views.Hint{list.Hint(s.env.Keys.Move.Enter, "open")} }

func (s *logList) lines(width, height int) []string { return s.table.Lines(width, height) }
