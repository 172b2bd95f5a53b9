package flinkjob

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/grid"
)

// checkpoints is the section of a job's history of checkpoints.
type checkpoints struct {
	listed

	read    flinkrest.Checkpoints
	known   bool
	config  *flinkrest.CheckpointConfig
	off     string           // why there are none
	slowest map[int64]string // what took longest, by the checkpoint's id
}

// checkpointsEvery is their own pace: Flink holds the answer for 3 s.
const checkpointsEvery = 5 * time.Second

func newCheckpoints(v *View) *checkpoints {
	c := &checkpoints{listed: listed{View: v}, slowest: map[int64]string{}}
	c.table = list.New(v.env,
		grid.Column{Title: "ID", Right: true}, grid.Column{Title: "STATUS", Min: 10},
		grid.Column{Title: "KIND", Drop: 3},
		grid.Column{Title: "AGE", Right: true}, grid.Column{Title: "TOOK", Right: true},
		grid.Column{Title: "SIZE", Right: true},
		grid.Column{Title: "NEW", Right: true, Drop: 2}, grid.Column{Title: "ACKED", Right: true, Drop: 1},
		grid.Column{Title: "SLOWEST, OR WHY", Max: 100, Drop: 1},
	)
	c.table.SortBy("ID", true)
	c.asks = &round{name: "checkpoints", every: c.pace, steps: c.steps}
	return c
}

func (c *checkpoints) title() string { return "checkpoints" }
func (c *checkpoints) blank() bool   { return !c.known && c.off == "" }
func (c *checkpoints) subject() string {
	return "checkpoints"
}

func (c *checkpoints) pace() time.Duration {
	if c.facts.ended {
		return endedEvery
	}
	return checkpointsEvery
}

func (c *checkpoints) steps() []step {
	from, job := c.job.From, c.facts.id
	steps := []step{{
		load: func(ctx context.Context) (any, error) { return from.Checkpoints(ctx, job) },
		take: func(value any) {
			c.read, c.known, c.off = value.(flinkrest.Checkpoints), true, ""
			c.askSlowest()
			c.fill()
		},
		failed: func(err error) {
			if flinkrest.NotFound(err) || flinkrest.Says(err, "not been enabled") {
				c.off = "the job takes no checkpoints: set execution.checkpointing.interval"
			}
		},
	}}
	if c.config == nil {
		steps = append(steps, step{
			load:   func(ctx context.Context) (any, error) { return from.CheckpointConfig(ctx, job) },
			take:   func(value any) { config := value.(flinkrest.CheckpointConfig); c.config = &config },
			failed: func(error) {},
		})
	}
	return steps
}

// askSlowest finds out what took longest in the newest checkpoint: one question for
// its vertices and one for the subtasks of the slowest.
func (c *checkpoints) askSlowest() {
	if len(c.read.History) == 0 {
		return
	}
	newest := c.read.History[0]
	if _, known := c.slowest[newest.ID]; known || newest.Status == "IN_PROGRESS" {
		return
	}
	from, job, vertices := c.job.From, c.facts.id, c.facts.job.Vertices
	c.slowest[newest.ID] = ""
	c.asks.queue = append(c.asks.queue, step{
		load: func(ctx context.Context) (any, error) {
			return jobdata.SlowestOf(ctx, from, job, newest.ID, vertices)
		},
		take:   func(value any) { c.slowest[newest.ID] = value.(string); c.fill() },
		failed: func(error) {}, // it has left the history
	})
	c.asks.n++
}

func (c *checkpoints) fill() {
	rows := make([]grid.Row, 0, len(c.read.History))
	for _, p := range c.read.History {
		status, tone := p.Status, themes.Busy
		remark, remarkTone := c.slowest[p.ID], themes.Dim
		switch p.Status {
		case "COMPLETED":
			tone = themes.Good
		case "FAILED":
			tone = themes.Bad
			remark, remarkTone = jobdata.OneLine(jobdata.FirstLine(p.Message)), themes.Bad
		}
		kind := strings.ToLower(strings.ReplaceAll(p.Type, "_", " "))
		if p.Savepoint {
			kind = strings.TrimSpace("savepoint " + strings.ToLower(p.Format))
		}
		acked := fmt.Sprintf("%d/%d", p.AckedOf, p.Subtasks)
		rows = append(rows, grid.NewRow(fmt.Sprint(p.ID), []grid.Cell{
			grid.Count(p.ID, themes.Plain), grid.Status(status, tone), grid.Word(kind, themes.Dim),
			grid.Since(flinkrest.Millis(p.Triggered), "", themes.Dim, jobdata.CellWord("", themes.Dim)),
			jobdata.CellOf(jobdata.Took(p.Duration), float64(p.Duration), themes.Plain),
			jobdata.CellOf(jobdata.Size(p.Size), float64(p.Size), themes.Plain),
			jobdata.CellOf(jobdata.Size(p.NewSize), float64(p.NewSize), themes.Dim),
			jobdata.CellOf(acked, float64(p.AckedOf), themes.Dim), grid.Word(remark, remarkTone),
		}, nil))
	}
	c.table.Set(rows)
}

func (c *checkpoints) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok || c.table.Update(key) {
		return nil
	}
	if key.Type == tea.KeyEnter {
		return c.open()
	}
	return nil
}

// open shows the checkpoint under the cursor: each vertex and its slowest subtasks.
func (c *checkpoints) open() tea.Cmd {
	for _, p := range c.read.History {
		if fmt.Sprint(p.ID) != c.table.Grid.Selected() {
			continue
		}
		title := fmt.Sprintf("checkpoint %d", p.ID)
		from, job, vertices := c.job.From, c.facts.id, c.facts.job.Vertices
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
			return detail.NewFixed(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
				return checkpointDocument(ctx, t, from, job, p, vertices)
			})
		}})
	}
	return nil
}

// checkpointDocument reads one checkpoint whole: a question for it and one for each
// of its vertices.
func checkpointDocument(
	ctx context.Context, t *themes.Theme, from flinkrest.JobManager, job string, p flinkrest.Checkpoint,
	vertices []flinkrest.JobVertex,
) (detail.Document, error) {
	var d detail.Document
	whole, err := from.Checkpoint(ctx, job, p.ID)
	if flinkrest.NotFound(err) {
		whole, err = p, nil
		d.Fact(t, views.Fact{
			Label: "note", Text: "it has left the history: this is what the list said of it", Tone: themes.Warn,
		})
	}
	if err != nil {
		return d, err
	}
	d.Fact(t, views.Fact{Label: "status", Text: whole.Status})
	d.Fact(t, views.Fact{Label: "took", Text: jobdata.Took(whole.Duration)})
	d.Fact(t, views.Fact{
		Label: "size", Text: jobdata.Size(whole.Size) + ", " + jobdata.Size(whole.NewSize) + " of it new",
	})
	d.Fact(t, views.Fact{
		Label: "in flight",
		Text: jobdata.Size(whole.Processed) + " processed while it was aligned, " + jobdata.Size(whole.Persisted) +
			" persisted",
	})
	d.Fact(t, views.Fact{Label: "path", Text: whole.Path})
	if whole.Discarded {
		d.Fact(t, views.Fact{Label: "", Text: "it was discarded: nothing starts from it", Tone: themes.Warn})
	}
	if whole.Message != "" {
		d.Add(t.Text, "")
		d.Text(t.Tone(themes.Bad), whole.Message)
	}
	for _, v := range vertices {
		part, ok := whole.Tasks[v.ID]
		if !ok {
			continue
		}
		d.Add(t.Text, "")
		d.Add(t.Strong, fmt.Sprintf(
			"%s  %s  %s  %d of %d acknowledged", jobdata.NameOf(v), jobdata.Took(part.Duration),
			jobdata.Size(part.Size), part.AckedOf, part.Subtasks,
		))
		subtasks, err := from.CheckpointSubtasks(ctx, job, p.ID, v.ID)
		if err != nil {
			d.Add(t.Dim, "  its subtasks could not be read: "+jobdata.ErrorText(err))
			continue
		}
		d.Add(t.Dim, "  SUB  STATUS      TOOK      SYNC     ASYNC     DELAY     ALIGN      SIZE")
		for _, s := range subtasks {
			d.Add(t.Text, fmt.Sprintf(
				"  %3d  %-10s %-9s %-8s %-9s %-9s %-9s %s", s.Index, clean.Cut(jobdata.OneLine(s.Status), 10, ""),
				jobdata.Took(s.Duration), jobdata.Took(s.Parts.Sync), jobdata.Took(s.Parts.Async),
				jobdata.Took(s.StartDelay), jobdata.Took(s.Alignment.Duration), jobdata.Size(s.Size),
			))
		}
	}
	return d, nil
}

func (c *checkpoints) hints() []views.Hint {
	return append([]views.Hint{list.Hint(c.env.Keys.Move.Enter, "open")}, c.table.Hints()...)
}

func (c *checkpoints) lines(width, height int) []string {
	t := c.env.Theme
	if c.off != "" {
		return []string{"", "  " + t.Dim.Render(c.off)}
	}
	if !c.known {
		return nil
	}
	var lines []string
	add := func(label, text string, tone themes.Tone) {
		if text != "" {
			lines = append(lines, " "+t.Dim.Render(clean.Fit(label, 10, ""))+t.Tone(tone).Render(
				clean.Cut(clean.Text(text), max(width-12, 4), t.Glyphs.Ellipsis),
			))
		}
	}
	add("trend", c.trend(width), themes.Plain)
	n := c.read.Counts
	counts := fmt.Sprintf("%d completed, %d failed, %d in progress", n.Completed, n.Failed, n.InProgress)
	tone := themes.Plain
	if n.Failed > 0 && (c.read.Latest.Failed != nil &&
		(c.read.Latest.Completed == nil || c.read.Latest.Failed.ID > c.read.Latest.Completed.ID)) {
		tone = themes.Bad
		counts += "; the newest failed"
	}
	add("counts", counts, tone)
	add("when", c.configText(), themes.Dim)
	if r := c.read.Latest.Restored; r != nil {
		add(
			"restored",
			fmt.Sprintf(
				"from %s, %s ago: %s", jobdata.KindOf(r), grid.AgeText(c.env.ServerNow().Sub(flinkrest.Millis(r.At))),
				r.Path,
			),
			themes.Plain,
		)
	}
	lines = lines[:min(len(lines), max(height/2, 1))]
	if len(c.read.History) == 0 {
		return append(lines, "", "  "+t.Dim.Render("no checkpoint was taken yet"))
	}
	return append(lines, c.table.Lines(width, height-len(lines))...)
}

// trend draws how long and how large the last ones were.
func (c *checkpoints) trend(width int) string {
	var durations, sizes []float64
	for i := len(c.read.History) - 1; i >= 0; i-- {
		if p := c.read.History[i]; p.Status == "COMPLETED" && !p.Savepoint {
			durations, sizes = append(durations, float64(p.Duration)), append(sizes, float64(p.Size))
		}
	}
	if len(durations) < 2 {
		return ""
	}
	each := min(max((width-30)/2, 4), 20)
	return "duration " + jobdata.Sparkline(c.env.Theme, durations, each) + "   size " +
		jobdata.Sparkline(c.env.Theme, sizes, each)
}

// configText says when checkpoints are taken.
func (c *checkpoints) configText() string {
	if c.config == nil {
		return ""
	}
	k := c.config
	parts := []string{
		"every " + jobdata.Took(k.Interval), strings.ReplaceAll(k.Mode, "_", " "), "at most " + jobdata.Took(k.Timeout),
		k.Backend,
	}
	if k.Unaligned {
		parts = append(parts, "unaligned")
	}
	if k.Externalized.Enabled && !k.Externalized.DeletedOnCancel {
		parts = append(parts, "kept after a cancel")
	}
	return strings.Join(parts, ", ")
}
