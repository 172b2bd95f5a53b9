// Package flinkjob looks into one job of Apache Flink, whoever runs it: its graph,
// subtasks, checkpoints, exceptions, metrics, task managers and logs, over
// client/flinkrest. A bare JobManager and a proxy to one, such as CMF's
// …/flink-web-ui/, are the same to it.
package flinkjob

import (
	"context"
	"fmt"
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
	"drey/views/frame"
	"drey/views/grid"
)

// Job is the job to look into.
type Job struct {
	ID   string
	Name string
	From flinkrest.JobManager
	// Find gives the id where it is not known yet, or may have changed: an
	// application that was upgraded runs another job. nil: ID is the job.
	Find func(context.Context) (string, error)
	// Memory keeps series of metrics while the view is left; nil: they begin anew.
	Memory *jobdata.Memory
}

// View is the look into a job: a bar of sections, one of which is seen.
type View struct {
	env *views.Env
	job Job
	box views.Mailbox

	facts    facts
	sections []section
	at       int
	rounds   map[string]*round
	shared   *round // of what every section needs
	paced    *flinkrest.Paced

	width, height int
	visible       bool
	dirty         bool
	out           string
}

// facts are what every section knows of the job.
type facts struct {
	id    string
	job   flinkrest.Job
	graph jobdata.Topology // of job
	known bool             // job was read
	at    time.Time        // when it was read
	ended bool
	every time.Duration // how often Flink fetches metrics
	// metrics is from when on they are asked for: Flink fetches them once anybody asks for
	// the job, and answers without them until it has.
	metrics time.Time
	failed  error // the last answer was none
}

// section is one of the views of a job.
type section interface {
	title() string
	// round is what it asks while it is seen; nil: nothing.
	round() *round
	update(tea.Msg) tea.Cmd
	// lines are at most height lines of at most width cells.
	lines(width, height int) []string
	hints() []views.Hint
	typing() bool
	// escape gives up one thing of the section's own and says whether there was one.
	escape() bool
}

// listed is a section that is a list.
type listed struct {
	*View
	asks  *round
	table *list.List
}

func (l *listed) round() *round { return l.asks }
func (l *listed) typing() bool  { return l.table.Typing() }
func (l *listed) escape() bool  { return l.table.Escape() }

// jobEvery is how often the job itself is asked for: its state has a pace of its
// own. A job of many vertices is a large answer, and is part of a round.
const (
	jobEvery   = 3 * time.Second
	manyIsSlow = 10
	endedEvery = 30 * time.Second
)

// New looks into a job.
func New(env *views.Env, job Job) *View {
	if job.Memory == nil {
		job.Memory = jobdata.NewMemory()
	}
	v := &View{env: env, job: job, rounds: map[string]*round{}, dirty: true}
	v.job.From, v.paced = job.Memory.Paced(job.From)
	v.box.Context = env.Context
	v.facts.id, v.facts.every = job.ID, flinkrest.MetricsEvery
	v.shared = &round{
		name: "job", every: v.jobPace,
		steps: func() []step { return []step{v.jobStep()} },
	}
	v.sections = []section{
		newGraph(v), newTop(v), newCheckpoints(v), newExceptions(v), newMetrics(v), newTaskManagers(v), newLogList(v),
	}
	return v
}

// jobPace is how often the job is asked for.
func (v *View) jobPace() time.Duration {
	switch {
	case v.facts.ended:
		return endedEvery
	case len(v.facts.job.Vertices) > manyIsSlow && !v.facts.graph.Unplanned():
		return v.facts.every
	}
	return jobEvery
}

// jobStep reads the job, and before that finds it.
func (v *View) jobStep() step {
	type answer struct {
		id    string
		job   flinkrest.Job
		every time.Duration
	}
	job, id, every, first := v.job, v.facts.id, v.facts.every, !v.facts.known
	return step{
		load: func(ctx context.Context) (any, error) {
			a := answer{id: id, every: every}
			var err error
			if job.Find != nil {
				if a.id, err = job.Find(ctx); err != nil {
					return nil, err
				}
			}
			if a.job, err = job.From.Job(ctx, a.id); err != nil {
				return nil, err
			}
			if first {
				a.every = jobdata.FetchInterval(ctx, job.From)
			}
			return a, nil
		},
		take: func(value any) {
			a := value.(answer)
			if a.id != v.facts.id && v.facts.known { // another job of the same application
				for _, r := range v.rounds {
					r.reset()
				}
			}
			if a.id == v.facts.id {
				a.job.Plan = jobdata.LastPlan(v.facts.job, a.job)
			}
			metrics := v.facts.metrics
			if a.id != v.facts.id || !v.facts.known {
				metrics = v.metricsFrom(a.job)
			}
			v.paced.SetEvery(a.every)
			ends := jobdata.Ended(a.job.State) && !v.facts.ended
			v.facts = facts{
				id: a.id, job: a.job, graph: jobdata.TopologyOf(a.job), known: true, at: v.env.Now(),
				ended: jobdata.Ended(a.job.State), every: a.every, metrics: metrics,
			}
			if ends {
				v.grey()
			}
		},
		failed: func(err error) { v.facts.failed = err },
	}
}

// fetchTime is how long Flink may take to fetch the metrics of a job that nobody has asked
// for: it answers without them at first (platforms-supplement.md §2).
const fetchTime = 2 * time.Second

// metricsFrom is when the metrics of a job that was just read may be asked for: at once
// where its own numbers say that Flink has them.
func (v *View) metricsFrom(job flinkrest.Job) time.Time {
	now := v.env.Now()
	for _, of := range job.Vertices {
		if !of.IO.ReadComplete || !of.IO.WriteComplete {
			return now.Add(fetchTime)
		}
	}
	return now
}

// early tells that Flink may not have the metrics yet.
func (v *View) early() bool { return v.env.Now().Before(v.facts.metrics) }

// metricsPace is how long a round of metrics takes: one that began too early has asked for
// none, and is over once there are some.
func (v *View) metricsPace(r *round) time.Duration {
	switch {
	case v.facts.ended:
		return endedEvery
	case r.began.Before(v.facts.metrics):
		return v.facts.metrics.Sub(r.began)
	}
	return v.facts.every
}

// grey has what is stale from now on drawn so, wherever it is.
func (v *View) grey() {
	for _, s := range v.sections {
		if s, ok := s.(interface{ refill() }); ok {
			s.refill()
		}
	}
}

// aged is the tone of a number that only a running job has.
func (v *View) aged(tone themes.Tone) themes.Tone {
	if v.facts.ended {
		return themes.Dim
	}
	return tone
}

// Title implements views.View.
func (v *View) Title() string { return v.job.Name }

// Crumb implements views.Crumber.
func (v *View) Crumb() string { return v.sections[v.at].title() }

// Init implements views.View: nothing is asked before the view is seen.
func (v *View) Init() tea.Cmd {
	v.visible = true
	return v.start()
}

// start asks for what is seen.
func (v *View) start() tea.Cmd {
	v.dirty = true
	cmds := []tea.Cmd{v.run(v.shared)}
	if r := v.sections[v.at].round(); r != nil {
		cmds = append(cmds, v.run(r))
	}
	if r := v.besides(); r != nil {
		cmds = append(cmds, v.run(r))
	}
	return tea.Batch(cmds...)
}

// besides is what the section that is seen asks for on the side, nil for nothing.
func (v *View) besides() *round {
	if s, ok := v.sections[v.at].(interface{ beside() *round }); ok {
		return s.beside()
	}
	return nil
}

// SetVisible implements views.Watcher.
func (v *View) SetVisible(visible bool) tea.Cmd {
	if v.visible == visible {
		return nil
	}
	v.visible = visible
	if visible {
		return v.start()
	}
	for _, r := range v.rounds {
		v.stop(r)
	}
	return nil
}

// Refresh implements views.Refresher.
func (v *View) Refresh() tea.Cmd {
	v.shared.due()
	if r := v.sections[v.at].round(); r != nil {
		r.due()
	}
	return v.start()
}

// show brings a section to the front.
func (v *View) show(at int) tea.Cmd {
	if at == v.at || at < 0 || at >= len(v.sections) {
		return nil
	}
	for _, r := range []*round{v.sections[v.at].round(), v.besides()} {
		if r != nil {
			v.stop(r)
		}
	}
	switch to := v.sections[at].(type) {
	case *metrics:
		if g, ok := v.sections[v.at].(*graph); ok && g.vertex != nil {
			to.choose(g.vertex.of.ID) // what is watched there is a column of its subtasks
		}
	case *graph:
		for _, x := range []*vertex{to.vertex, to.panel} {
			if x != nil && x.watch() {
				x.asks.reset()
			}
		}
	}
	v.at = at
	return v.start()
}

// Sections tells the root that digits choose among so many sections here.
func (v *View) Sections() int { return len(v.sections) }

// Freshness implements views.Fresher: it is that of the job itself.
func (v *View) Freshness() views.Freshness {
	return views.Freshness{At: v.facts.at, Every: v.jobPace(), Err: v.facts.failed}
}

// Typing implements views.Typist.
func (v *View) Typing() bool { return v.sections[v.at].typing() }

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() { v.box.Close() }

// Escape implements views.Escaper.
func (v *View) Escape() (tea.Cmd, bool) {
	if !v.sections[v.at].escape() {
		return nil, false
	}
	return v.start(), true // what is seen may be another round
}

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.width, v.height, v.dirty = width, height, true
}

// Tick implements views.Ageing: ages are coarse.
func (v *View) Tick(time.Time) time.Duration {
	v.dirty = true
	return 5 * time.Second
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	v.dirty = true
	switch msg := msg.(type) {
	case steppedMsg:
		return v.stepped(msg)
	case againMsg:
		return v.again(msg)
	case views.CommandMsg:
		if at, ok := msg.Msg.(showMsg); ok {
			return v.show(int(at))
		}
	case showMsg:
		return v.show(int(msg))
	case tea.KeyMsg:
		if !v.Typing() {
			if cmd, ok := v.handleKey(msg); ok {
				return cmd
			}
		}
	}
	return v.sections[v.at].update(msg)
}

// showMsg brings a section to the front.
type showMsg int

func (v *View) handleKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := v.env.Keys.Global
	switch {
	case keymap.Matches(msg, keys.Pane):
		return v.show(int(msg.Runes[0] - '1')), true
	case keymap.Matches(msg, keys.NextPane):
		return v.show((v.at + 1) % len(v.sections)), true
	case keymap.Matches(msg, keys.PreviousPane):
		return v.show((v.at + len(v.sections) - 1) % len(v.sections)), true
	}
	return nil, false
}

// Commands implements views.Commander.
func (v *View) Commands() []views.Command {
	var all []views.Command
	for i, s := range v.sections {
		all = append(all, views.Command{Text: s.title(), Aside: "of this job", Msg: showMsg(i)})
	}
	return all
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	hints := v.sections[v.at].hints()
	return append(hints,
		views.Hint{Binding: v.env.Keys.Global.Pane, Label: "section"},
		views.Hint{Binding: v.env.Keys.Move.Escape},
	)
}

// View implements views.View.
func (v *View) View() string {
	if !v.dirty {
		return v.out
	}
	v.dirty = false
	v.out = ""
	if v.height < 3 || v.width < 10 {
		return ""
	}
	t := v.env.Theme
	body := v.body(v.width-2, v.height-2)
	v.out = strings.Join(frame.Box(t, true, v.width, v.height, v.head(), v.corner(), body), "\n")
	return v.out
}

// body is the bar of sections over the one that is seen.
func (v *View) body(width, height int) []string {
	lines := []string{v.bar(width)}
	if !v.facts.known {
		title := "the job could not be read"
		if v.facts.failed != nil && flinkrest.NotFound(v.facts.failed) {
			title = "the JobManager does not know this job any more"
		}
		return append(lines, v.unread("the job", title, v.facts.failed, width)...)
	}
	s := v.sections[v.at]
	if b, ok := s.(blank); ok && b.blank() && s.round().at.IsZero() && !v.facts.ended {
		return append(lines, v.unread(
			"the "+b.subject(), "the "+b.subject()+" could not be read", s.round().err, width,
		)...)
	}
	return append(lines, s.lines(width, height-1)...)
}

// blank is a section that shows nothing before it was answered.
type blank interface {
	blank() bool
	// subject is what it has asked for, in the plural.
	subject() string
}

// head names the job and says how it is.
func (v *View) head() string {
	t := v.env.Theme
	name := t.Strong.Render(clean.Text(v.job.Name))
	if !v.facts.known {
		return name
	}
	state, tone := jobdata.StateOf(v.facts.job.State)
	if v.facts.failed != nil {
		tone = themes.Dim // it was so
	}
	since := ""
	if at := v.facts.job.Changed(); !at.IsZero() {
		since = " " + grid.AgeText(v.env.ServerNow().Sub(at))
	}
	return name + t.Dim.Render(" "+clean.Text(jobdata.Short(v.facts.id))+" ") +
		t.Tone(tone).Render(t.Glyphs.Tone(tone)+" "+clean.Text(state)+since)
}

// corner says what is old or wrong, of the job and else of the section. What the
// section says in its own place is not said twice.
func (v *View) corner() string {
	t := v.env.Theme
	err, at := v.facts.failed, v.facts.at
	if r := v.sections[v.at].round(); err == nil && r != nil {
		err, at = r.err, r.at
		if b, ok := v.sections[v.at].(blank); ok && b.blank() && r.at.IsZero() {
			return ""
		}
	}
	if err == nil || !v.facts.known {
		return ""
	}
	text := jobdata.ErrorText(err)
	if !at.IsZero() {
		text = grid.AgeText(v.env.Now().Sub(at)) + " old: " + text
	}
	return t.Tone(themes.Warn).Render(clean.Cut(text, max(v.width/2, 20), t.Glyphs.Ellipsis))
}

// bar names the sections.
func (v *View) bar(width int) string {
	t := v.env.Theme
	var b strings.Builder
	full := 0
	for _, s := range v.sections {
		full += len(s.title()) + 4
	}
	for i, s := range v.sections {
		name := fmt.Sprintf(" %d %s ", i+1, s.title())
		if full > width && i != v.at {
			name = fmt.Sprintf(" %d %s ", i+1, clean.Cut(s.title(), 4, ""))
		}
		if i == v.at {
			b.WriteString(t.Accent.Render(name))
		} else {
			b.WriteString(t.Dim.Render(name))
		}
	}
	return clean.Cut(b.String(), width, "")
}

// unread is what stands before the first answer: that it is waited for, or why there
// is none.
func (v *View) unread(what, title string, err error, width int) []string {
	t := v.env.Theme
	if err == nil {
		return []string{"", "  " + t.Dim.Render("waiting for "+what)}
	}
	lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" "+title)}
	for _, line := range clean.Wrap(jobdata.ErrorText(err), max(width-6, 8)) {
		lines = append(lines, "  "+t.Dim.Render(line))
	}
	return append(lines, "", "  "+t.Faint.Render("R asks again"))
}
