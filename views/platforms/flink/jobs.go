package flink

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/flinkjob"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/platforms/flink/jobmanagers"
	"drey/views/resource"
	"drey/views/why"
)

const jobsName = "jobs"

type jobItem = resource.Item[Job]

// jobs are the jobs that the JobManagers know, running and ended.
func jobs(f *fleet) resource.Kind[Job] {
	return resource.Kind[Job]{
		Name: jobsName, Singular: "job", Title: "Jobs", Short: "Jobs", Aliases: []string{"job"},
		NameOf:  func(j Job) string { return j.Name },
		Key:     func(i jobItem) string { return jobKey(i.Value.Cluster, i.Value.ID) },
		Same:    sameJob,
		State:   func(j Job) (string, themes.Tone) { return jobdata.StateOf(j.State) },
		Columns: jobColumns(f.Several()),
		Source:  func(resource.Location) resource.Source[Job] { return newJobsOf(f) },
		Read:    f.readJob,
		Raw:     f.rawJob,
		Facts:   jobFacts,
		Detail:  func(ctx context.Context, i jobItem) (resource.Detail, error) { return jobDetailOf(ctx, f, i.Value) },
		Open:    func(_ *views.Env, i jobItem) tea.Cmd { return openJob(f, i.Value) },
		Actions: jobActions(f),
		Pages:   jobPages(f),
		Empty:   "no job runs, and none has ended lately: {toggle} on a jar runs one",
	}
}

// jobKey is a job's identity among several JobManagers.
func jobKey(cluster, id string) string { return strings.TrimPrefix(cluster+"/"+id, "/") }

func jobColumns(several bool) []resource.Column[Job] {
	columns := []resource.Column[Job]{
		{
			Column: grid.Column{Title: "NAME", Max: 48, Min: 14},
			Cell:   func(i jobItem) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) },
		},
	}
	if several {
		columns = append(columns, clusterColumn(2, func(j Job) string { return j.Cluster }))
	}
	return append(columns,
		resource.Column[Job]{Column: grid.Column{Title: "STATE", Min: 10}, Worst: true, Cell: func(i jobItem) grid.Cell {
			return grid.Status(jobdata.StateOf(i.Value.State))
		}},
		resource.Column[Job]{Column: grid.Column{Title: "JOB", Drop: 9}, Cell: func(i jobItem) grid.Cell {
			return grid.Word(cellShort(i.Value.ID), themes.Dim)
		}},
		resource.Column[Job]{Column: grid.Column{Title: "TASKS", Max: 34, Drop: 4}, Cell: tasksCell},
		resource.Column[Job]{
			Column: grid.Column{Title: "PAR", Right: true, Drop: 8},
			Cell: numbersCell(func(n Numbers) grid.Cell {
				if n.Parallelism == 0 {
					return cells.Dash()
				}
				return grid.Count(int64(n.Parallelism), themes.Dim)
			}),
		},
		resource.Column[Job]{
			Column: grid.Column{Title: "BUSY", Right: true, Drop: 6},
			Cell:   numbersCell(func(n Numbers) grid.Cell { return cellShare(n.Busy, 0.9) }),
		},
		resource.Column[Job]{
			Column: grid.Column{Title: "BACK", Right: true, Drop: 5},
			Cell:   numbersCell(func(n Numbers) grid.Cell { return cellShare(n.Back, 0.1) }),
		},
		resource.Column[Job]{
			Column: grid.Column{Title: "LAG", Right: true, Drop: 7},
			Cell: numbersCell(func(n Numbers) grid.Cell {
				if !n.Lag.Known() {
					return cells.Dash()
				}
				lag := float64(n.Lag)
				return jobdata.CellOf(jobdata.LagText(lag), lag, jobdata.LagTone(lag))
			}),
		},
		resource.Column[Job]{
			Column: grid.Column{Title: "RESTARTS", Right: true, Drop: 3},
			Cell: numbersCell(func(n Numbers) grid.Cell {
				if !n.Restarts.Known() {
					return cells.Dash()
				}
				return cellCount(int64(n.Restarts), themes.Warn)
			}),
		},
		resource.Column[Job]{
			Column: grid.Column{Title: "CHECKPOINT", Max: 24, Drop: 2}, Cell: numbersCell(checkpointCell),
		},
		resource.Column[Job]{Column: grid.Column{Title: "UP", Right: true, Drop: 1}, Cell: uptimeCell},
		resource.Column[Job]{Column: grid.Column{
			Title: "ENDED", Right: true, Fresh: true, Drop: 1,
		}, Cell: func(i jobItem) grid.Cell {
			return grid.Since(flinkrest.Millis(i.Value.End), "", themes.Dim, cells.Dash())
		}},
	)
}

func numbersCell(cell func(Numbers) grid.Cell) func(jobItem) grid.Cell {
	return func(i jobItem) grid.Cell {
		if i.Value.Numbers == nil {
			return cells.Dash()
		}
		return cell(*i.Value.Numbers)
	}
}

// taskStates are Flink's states of tasks in the order in which they matter.
var taskStates = []string{
	"failed", "canceling", "reconciling", "created", "scheduled", "deploying", "initializing", "running", "finished",
	"canceled",
}

// tasksCell counts tasks by state, those that need a look first.
func tasksCell(i jobItem) grid.Cell {
	var parts []string
	tone := themes.Dim
	for _, state := range taskStates {
		n := i.Value.Tasks[state]
		if n == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, state))
		switch {
		case state == "failed" && i.Value.End <= 0:
			tone = themes.Warn
		case state != "running" && state != "finished" && state != "canceled" && tone == themes.Dim:
			tone = themes.Busy
		}
	}
	return cells.Word(strings.Join(parts, ", "), tone)
}

func checkpointCell(n Numbers) grid.Cell {
	c := n.Checkpoint
	tone := themes.Dim
	if c.Failed.Known() && c.Failed > 0 && (!c.Completed.Known() || c.Completed == 0) {
		tone = themes.Warn
	}
	text := ""
	if c.Size.Known() {
		text = cells.Size(int64(c.Size))
	}
	switch {
	case c.At.Known() && c.At > 0:
		return grid.Since(flinkrest.Millis(int64(c.At)), text, tone, cells.Dash())
	case c.Completed.Known() && c.Completed > 0 && c.Took.Known():
		return grid.Word(cells.Join(text, "in "+cellTook(int64(c.Took))), tone)
	case c.Failed.Known() && c.Failed > 0:
		return grid.Word(fmt.Sprintf("%d failed", int64(c.Failed)), themes.Warn)
	}
	return cells.Dash()
}

// uptimeCell is since when a job runs; one that has ended says how long it ran.
func uptimeCell(i jobItem) grid.Cell {
	if i.Value.End > 0 {
		return grid.Word(cellTook(i.Value.Duration), themes.Dim)
	}
	return grid.Since(flinkrest.Millis(i.Value.Start), "", themes.Dim, cells.Dash())
}

func jobFacts(i jobItem, now time.Time) []views.Fact {
	j := i.Value
	facts := []views.Fact{{Label: "job", Text: j.ID}}
	if j.Cluster != "" {
		facts = append(facts, views.Fact{Label: "cluster", Text: j.Cluster})
	}
	if n := j.Numbers; n != nil && n.Checkpoint.Failed.Known() && n.Checkpoint.Failed > 0 {
		facts = append(facts, views.Fact{
			Label: "checkpoints",
			Text: fmt.Sprintf(
				"%d failed, %d completed", int64(n.Checkpoint.Failed), int64(max(n.Checkpoint.Completed, 0)),
			),
			Tone: themes.Warn,
		})
	}
	return append(facts, views.Fact{Label: "started", Text: cells.Ago(flinkrest.Millis(j.Start), now)})
}

// jobDetailOf is the newest failure of a job, and what happened to it.
func jobDetailOf(ctx context.Context, f *fleet, j Job) (resource.Detail, error) {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return resource.Detail{}, err
	}
	var d resource.Detail
	exceptions, err := c.Exceptions(ctx, j.ID)
	if err != nil {
		return d, err
	}
	for _, e := range exceptions {
		d.Events = append(d.Events, resource.Event{
			At: flinkrest.Millis(e.Timestamp), Word: "exception", Text: why.Cause(jobdata.RootOf(e)), Tone: themes.Bad,
		})
	}
	for _, t := range f.store.LookAgain(ctx, c.Name, c.JobManager, j.ID) {
		e := triggerEntry(t)
		d.Events = append(d.Events, resource.Event{At: e.At, Word: e.Word, Text: e.Text, Tone: e.Tone})
	}
	if len(exceptions) > 0 && (j.End <= 0 && j.State != "RUNNING" || j.State == "FAILED") {
		d.Cause = why.Cause(jobdata.RootOf(exceptions[0]))
	}
	d.Source, err = c.JobDocument(ctx, j.ID)
	if fault.Is(err, fault.NotFound) {
		err = nil // it has left the JobManager meanwhile
	}
	return d, err
}

func jobPages(f *fleet) []resource.Page[Job] {
	return []resource.Page[Job]{
		{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "job", Open: func(_ *views.Env, i jobItem) tea.Cmd { return openJob(f, i.Value) }},
		{Key: func(m *keymap.Map) key.Binding { return m.Table.Instance }, Label: "restore points", Open: func(_ *views.Env, i jobItem) tea.Cmd { return openRestorePoints(f, i.Value) }},
		{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: func(_ *views.Env, i jobItem) tea.Cmd { return openWhy(f, i.Value) }},
		{
			Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
			Open: func(_ *views.Env, i jobItem) tea.Cmd {
				return openDocument(i.Value.Name, func(ctx context.Context) (json.RawMessage, error) {
					return f.rawJob(ctx, views.Ref{Name: i.Value.Name, UID: jobKey(i.Value.Cluster, i.Value.ID)})
				})
			},
		},
	}
}

func openJob(f *fleet, j Job) tea.Cmd {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return views.Send(views.ErrorMsg{Doing: "open " + j.Name, Err: err})
	}
	return views.Send(views.OpenMsg{Title: j.Name, Make: func(env *views.Env) views.View {
		return flinkjob.New(env, flinkjob.Job{ID: j.ID, Name: j.Name, From: c.JobManager, Memory: f.memory})
	}})
}

func openDocument(title string, read func(context.Context) (json.RawMessage, error)) tea.Cmd {
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return detail.New(env, title, detail.YAML(read))
	}})
}

// find is the job that ref names: by its identity, its id, or a name that one job
// alone has.
func (f *fleet) find(ctx context.Context, ref views.Ref) (*cluster, flinkrest.JobSummary, error) {
	type answer struct {
		jobs []flinkrest.JobSummary
		err  error
	}
	type hit struct {
		c *cluster
		j flinkrest.JobSummary
	}
	clusters := f.Clusters
	name, id, qualified := cutLast(ref.UID)
	if qualified {
		c, err := f.Named(name)
		if err != nil {
			return nil, flinkrest.JobSummary{}, err
		}
		clusters = []*cluster{c}
	}
	var hits []hit
	var failure error
	answers := jobmanagers.Each(clusters, func(c *cluster) answer {
		jobs, err := c.Jobs(ctx)
		return answer{jobs, err}
	})
	for i, a := range answers {
		if a.err != nil {
			failure = a.err
		}
		for _, j := range a.jobs {
			if j.ID == id || id == "" && (j.Name == ref.Name || j.ID == ref.Name) {
				hits = append(hits, hit{clusters[i], j})
			}
		}
	}
	sort.SliceStable(hits, func(a, b int) bool { return hits[a].j.End <= 0 && hits[b].j.End > 0 })
	switch {
	case len(hits) == 0 && failure != nil:
		return nil, flinkrest.JobSummary{}, failure
	case len(hits) == 0:
		return nil, flinkrest.JobSummary{}, &missingError{"there is no job " + ref.Name}
	case len(hits) > 1 && (hits[0].j.End > 0 || hits[1].j.End <= 0):
		return nil, flinkrest.JobSummary{}, fmt.Errorf(
			"there are %d jobs called %s: say which by its id", len(hits), ref.Name,
		)
	}
	return hits[0].c, hits[0].j, nil
}

// cutLast cuts an identity into the name of its JobManager and the rest.
func cutLast(key string) (cluster, id string, qualified bool) {
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		return key[:i], key[i+1:], true
	}
	return "", key, false
}

// missingError is a thing that is not there.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }

// Fault says what the error means.
func (*missingError) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }

func (f *fleet) readJob(ctx context.Context, ref views.Ref) (Job, error) {
	c, j, err := f.find(ctx, ref)
	if err != nil {
		return Job{}, err
	}
	job := Job{JobSummary: j}
	if f.Several() {
		job.Cluster = c.Name
	}
	if _, known := c.Known(); !known {
		_, _ = c.Probe(ctx) // without an answer nothing is refused for what it would say
	}
	if j.End <= 0 {
		job.fixed = whyFixed(ctx, c, j.ID)
	}
	return job, nil
}

func (f *fleet) rawJob(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
	c, j, err := f.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.JobDocument(ctx, j.ID)
}

// jobCounter counts jobs while their list is not in front: of each JobManager
// with one request.
func jobCounter(f *fleet) platform.Counter {
	kind := jobs(f)
	return platform.Counter{Kind: jobsName, Close: func() {}, Next: func(ctx context.Context) (platform.Counted, error) {
		type answer struct {
			jobs []flinkrest.JobSummary
			err  error
		}
		var items []jobItem
		var failure error
		failed, at := 0, &resource.Location{}
		for _, a := range jobmanagers.Each(f.Clusters, func(c *cluster) answer {
			jobs, err := c.Jobs(ctx)
			return answer{jobs, err}
		}) {
			if a.err != nil {
				failure = a.err
				failed++
			}
			for _, j := range a.jobs {
				items = append(items, jobItem{Location: at, Value: Job{JobSummary: j}})
			}
		}
		if failed == len(f.Clusters) {
			return platform.Counted{}, failure
		}
		return platform.Counted{Tallies: resource.TallyOf(kind, items), Partial: failed > 0}, nil
	}}
}
