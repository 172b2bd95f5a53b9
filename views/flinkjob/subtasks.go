package flinkjob

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
)

// executionStates are those that a subtask goes through, in this order. Flink tells
// the milliseconds in each as status-duration
// (specs/flink-1.20/rest_v1_dispatcher.yml, SubtaskExecutionAttemptDetailsInfo).
var executionStates = []string{"CREATED", "SCHEDULED", "DEPLOYING", "INITIALIZING", "RUNNING"}

// columns are those of a table of subtasks: the metrics that are watched follow what
// every subtask has.
func (x *vertex) columns() []grid.Column {
	columns := []grid.Column{
		{Title: "SUB", Right: true},
		{Title: "STATE", Min: 8},
		{Title: "BUSY", Right: true},
		{Title: "BACK", Right: true},
		{Title: "IDLE", Right: true, Drop: 3},
		{Title: "IN/S", Right: true, Drop: 1},
		{Title: "OUT/S", Right: true, Drop: 1},
		{Title: "RECORDS", Right: true, Drop: 4},
		{Title: "LAG", Right: true, Drop: 2},
		{Title: "ATTEMPT", Right: true, Drop: 5},
		{Title: "UP", Right: true, Drop: 6},
	}
	for _, name := range x.watched {
		columns = append(columns, grid.Column{Title: jobdata.OneLine(name), Right: true, Max: 30})
	}
	columns = append(columns, grid.Column{Title: "TASK MANAGER", Max: 40, Drop: 2})
	for i, state := range executionStates { // the sooner a state is over, the sooner it goes
		columns = append(columns, grid.Column{Title: state, Right: true, Drop: 7 + len(executionStates) - i})
	}
	return columns
}

// watch takes over what is watched by now, each metric with a column of its own, and
// tells whether that is something else than before.
func (x *vertex) watch() bool {
	now := x.job.Memory.WatchedOf(x.facts.id, x.of.ID)
	if slices.Equal(now, x.watched) {
		return false
	}
	x.watched = now
	x.table.SetColumns(x.columns()...)
	x.fill()
	return true
}

// watchedNames are the names to ask for, INDEX.NAME, in as few requests as Flink's
// longest line allows.
func (x *vertex) watchedNames() [][]string {
	var all [][]string
	length := maxNameBytes
	for _, name := range x.watched {
		for i := range x.of.Parallelism {
			one := strconv.Itoa(i) + "." + name
			if length += nameBytes(one); length > maxNameBytes {
				all, length = append(all, nil), nameBytes(one)
			}
			all[len(all)-1] = append(all[len(all)-1], one)
		}
	}
	return all
}

// takeWatched takes an answer; what it does not tell is not known any more.
func (x *vertex) takeWatched(names []string, values map[string]flinkrest.Number) {
	for _, name := range names {
		delete(x.values, name)
	}
	for name, n := range values {
		x.values[name] = jobdata.Float(n)
	}
	x.fill()
}

// fill makes the rows.
func (x *vertex) fill() {
	before := map[int]flinkrest.Subtask{}
	for _, s := range x.before.Subtasks {
		before[s.Index] = s
	}
	rows := make([]grid.Row, 0, len(x.read.Subtasks))
	for _, s := range x.read.Subtasks {
		cells := x.cells(s, before)
		for _, name := range x.watched {
			n, known := x.values[strconv.Itoa(s.Index)+"."+name]
			if !known {
				n = math.NaN()
			}
			cells = append(cells, jobdata.CellOf(jobdata.ValueText(n), n, x.aged(themes.Plain)))
		}
		cells = append(cells, jobdata.CellWord(endpoint(s), themes.Dim))
		for _, state := range executionStates {
			ms := inState(s, state)
			cells = append(cells, jobdata.CellOf(jobdata.Took(ms), float64(ms), themes.Dim))
		}
		rows = append(rows, grid.NewRow(fmt.Sprint(s.Index), cells, nil))
	}
	x.table.Set(rows)
}

// cells are those that every subtask has, whatever is watched.
func (x *vertex) cells(s flinkrest.Subtask, before map[int]flinkrest.Subtask) []grid.Cell {
	state, tone := jobdata.StateOf(s.Status)
	busy, back, idle := math.NaN(), math.NaN(), math.NaN()
	if p, ok := x.pressure[s.Index]; ok {
		busy, back, idle = p[0], p[1], p[2]
	}
	in, out := math.NaN(), math.NaN()
	passed := float64(x.read.Now-x.before.Now) / 1000
	if was, ok := before[s.Index]; ok && passed > 0 && was.Attempt == s.Attempt {
		in = flow(was.IO.ReadRecords, s.IO.ReadRecords, passed)
		out = flow(was.IO.WriteRecords, s.IO.WriteRecords, passed)
	}
	records := jobdata.CellWord("·", themes.Dim)
	if s.IO.ReadComplete || s.IO.WriteComplete {
		n := max(s.IO.ReadRecords, s.IO.WriteRecords)
		records = jobdata.CellOf(grid.Thousands(int(n)), float64(n), themes.Dim)
	}
	lag, known := x.lags[s.Index]
	if !known {
		lag = math.NaN()
	}
	return []grid.Cell{
		grid.Count(int64(s.Index), themes.Plain), grid.Status(state, tone),
		jobdata.CellOf(jobdata.Percent(busy), busy, x.aged(jobdata.BusyTone(busy))),
		jobdata.CellOf(jobdata.Percent(back), back, x.aged(jobdata.BackTone(back))),
		jobdata.CellOf(jobdata.Percent(idle), idle, themes.Dim),
		jobdata.CellOf(jobdata.Rate(in), in, x.aged(themes.Plain)),
		jobdata.CellOf(jobdata.Rate(out), out, x.aged(themes.Plain)),
		records, jobdata.CellOf(jobdata.LagText(lag), lag, x.aged(jobdata.LagTone(lag))),
		grid.Count(int64(s.Attempt), themes.Dim),
		jobdata.CellOf(jobdata.Took(s.Duration), float64(s.Duration), themes.Dim),
	}
}

// inState is how many milliseconds a subtask was in a state, -1 where its version of
// Flink does not tell.
func inState(s flinkrest.Subtask, state string) int64 {
	if ms, ok := s.InState[state]; ok {
		return ms
	}
	return -1
}

// inStatesText is where the time of a subtask went: its states in their order, then
// those of a version of Flink that has others.
func inStatesText(s flinkrest.Subtask) string {
	states := slices.Clone(executionStates)
	for _, state := range slices.Sorted(maps.Keys(s.InState)) {
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	var parts []string
	for _, state := range states {
		if ms := inState(s, state); ms >= 0 {
			parts = append(parts, strings.ToLower(jobdata.OneLine(state))+" "+jobdata.Took(ms))
		}
	}
	if len(parts) == 0 {
		return "— of its time in each state: this version of Flink does not tell it"
	}
	return strings.Join(parts, " · ")
}

// flow is how many a second; fewer than before is a counter that began anew.
func flow(before, now int64, seconds float64) float64 {
	if now < before {
		return math.NaN()
	}
	return float64(now-before) / seconds
}

// endpoint is where a subtask runs.
func endpoint(s flinkrest.Subtask) string {
	where := s.Endpoint
	if where == "" {
		where = s.Host
	}
	if s.TaskManager != "" && !strings.Contains(where, s.TaskManager) {
		return strings.TrimSpace(where + " " + s.TaskManager)
	}
	return where
}
