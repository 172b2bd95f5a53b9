package flink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/platforms/flink/history"
	"drey/views/resource"
)

// The verbs of jobs.
var (
	verbEnd     = views.Verb{Do: "end", Doing: "ending", Done: "ended"} // x offers cancelling as well as stopping
	verbRescale = views.Verb{Do: "rescale", Doing: "rescaling", Done: "rescaled"}
)

// Formats of savepoints. The canonical one fails tasks with asynchronous state
// (flink-verified.md §3), so the native one is the plain way.
const (
	native    = "NATIVE"
	canonical = "CANONICAL"
)

// Ways of the actions, as choices name them.
const (
	wayCanonical  = "canonical"
	wayDrain      = "drain"
	wayCancel     = "cancel"
	wayCheckpoint = "checkpoint"
	wayFresh      = "fresh"
)

func jobActions(f *fleet) []resource.Action[Job] {
	toggle := resource.Action[Job]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: toggleVerb, Verbs: []views.Verb{resource.VerbStop, resource.VerbStart},
		Refuse: f.refuseToggle, Will: f.toggleFact,
		Ways: func(ctx context.Context, i jobItem, now time.Time) ([]views.Choice, error) {
			return f.toggleWays(ctx, i.Value, now)
		},
		Which: "How?", Plan: f.planToggle, Run: f.runToggle,
		Begun:   func(before, now Job) bool { return before.State != now.State },
		Reached: func(now Job) (bool, error) { return reachedToggle(now) },
	}
	savepoint := resource.Action[Job]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb: func(Job) views.Verb { return resource.VerbSavepoint }, Verbs: []views.Verb{resource.VerbSavepoint},
		Refuse: f.refuseUnlessRunning,
		Will: func(i jobItem, _ time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text:  "a savepoint is written to the cluster's folder of savepoints; the job goes on",
			}
		},
		Ways: func(context.Context, jobItem, time.Time) ([]views.Choice, error) {
			return []views.Choice{
				{Label: "Savepoint", Detail: "in the state backend's own format, which is the fastest"},
				{How: wayCanonical, Label: "Canonical savepoint", Detail: "another state backend can read it; jobs with asynchronous state fail while it is taken", Tone: themes.Warn},
				{How: wayCheckpoint, Label: "Checkpoint", Detail: "a whole checkpoint now, among those that Flink takes by itself"},
			}, nil
		},
		Which: "What should be taken?", Plan: planSavepoint, Run: f.runSavepoint,
	}
	return []resource.Action[Job]{toggle, savepoint, f.endAction(), f.rescaleAction()}
}

func toggleVerb(j Job) views.Verb {
	if j.End > 0 {
		return resource.VerbStart
	}
	return resource.VerbStop
}

// refuseUnlessRunning: Flink takes savepoints only while every task runs
// (flink-verified.md §3).
func (f *fleet) refuseUnlessRunning(j Job) error {
	why := notRunning(j)
	switch {
	case why == "":
		return nil
	case j.End > 0:
		return f.errEnded(j)
	case f.refuseCancel(j) != nil:
		return errors.New(why + ": w says why, R looks again")
	}
	return errors.New(why + ": w says why, x ends it without a savepoint")
}

// notRunning is why no savepoint of a job is taken, "" where one is.
func notRunning(j Job) string {
	if j.State != "RUNNING" {
		return "it is not running but " + j.State
	}
	switch waiting := j.Tasks["total"] - j.Tasks["running"] - j.Tasks["finished"]; {
	case waiting == 1:
		return "1 of its tasks does not run yet"
	case waiting > 0:
		return fmt.Sprintf("%d of its tasks do not run yet", waiting)
	}
	return ""
}

// errEnded refuses what is done to a job that runs.
func (f *fleet) errEnded(j Job) error {
	if f.refuseToggle(j) != nil {
		return fmt.Errorf("it has ended as %s: a jar is run in the Jars tab", j.State)
	}
	return fmt.Errorf("it has ended as %s: s starts it again", j.State)
}

func (f *fleet) refuseToggle(j Job) error {
	if j.End <= 0 {
		return f.refuseUnlessRunning(j)
	}
	c, err := f.Named(j.Cluster)
	if err != nil {
		return err
	}
	if d, known := c.Known(); known && !d.Features.Submit {
		return errors.New("the cluster does not take jars: it needs web.submit.enable: true")
	}
	if _, known := f.store.RunOf(c.Name, j.ID); !known {
		return errors.New("drey did not start it, so its jar and arguments are not known: run a jar in the Jars tab")
	}
	return nil
}

func (f *fleet) toggleFact(i jobItem, now time.Time) views.Fact {
	if i.Value.End <= 0 {
		return views.Fact{Label: "what happens", Text: "a savepoint is written, then the job ends as FINISHED"}
	}
	if t, ok := f.newestSavepoint(i.Value); ok {
		return views.Fact{Label: "starts from", Text: cells.Join("its savepoint", cells.Ago(t.At, now), t.Location)}
	}
	return views.Fact{
		Label: "starts from", Text: "nothing: no savepoint of it is known, its state is lost", Tone: themes.Warn,
	}
}

// newestSavepoint is the newest one that was taken from here.
func (f *fleet) newestSavepoint(j Job) (history.Trigger, bool) {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return history.Trigger{}, false
	}
	for _, t := range f.store.TriggersOf(c.Name, j.ID) {
		if t.Done && t.Location != "" && t.Kind != "checkpoint" {
			return t, true
		}
	}
	return history.Trigger{}, false
}

// maxChoices is how many savepoints a dialog offers.
const maxChoices = 5

// toggleWays are the ways to stop, or where to start from.
func (f *fleet) toggleWays(ctx context.Context, j Job, now time.Time) ([]views.Choice, error) {
	if j.End <= 0 {
		return stopWays(), nil
	}
	plain := f.toggleFact(jobItem{Location: &resource.Location{}, Value: j}, now)
	ways := []views.Choice{{Label: "Newest savepoint", Detail: plain.Text, Tone: plain.Tone}}
	points, err := f.restorePointsOf(ctx, j)
	for _, p := range points {
		if len(ways) > maxChoices {
			break
		}
		ways = append(ways, views.Choice{How: p.Path, Label: p.label(), Detail: cells.Join(
			cells.Ago(flinkrest.Millis(p.Triggered), now), cells.Size(p.Size), p.Path,
		)})
	}
	return append(ways, views.Choice{
		How: wayFresh, Label: "Fresh", Detail: "without any state", Tone: themes.Warn,
	}), err
}

// stopWays are the ways to end a job whose state is not lost.
func stopWays() []views.Choice {
	return []views.Choice{
		{Label: "Stop with a savepoint", Detail: "it can be started again from there"},
		{How: wayCanonical, Label: "Stop with a canonical savepoint", Detail: "another state backend can read it; jobs with asynchronous state fail while it is taken", Tone: themes.Warn},
		{How: wayDrain, Label: "Drain, then stop", Detail: "windows close and timers fire: for a job that will not go on", Tone: themes.Warn},
	}
}

func jobURL(j Job, rest string) string { return "/jobs/" + url.PathEscape(j.ID) + rest }

func (f *fleet) planToggle(i jobItem, how string) []views.Step {
	j := i.Value
	if j.End <= 0 && how == wayCancel {
		return []views.Step{{Method: "PATCH", Path: jobURL(j, "?mode=cancel")}}
	}
	if j.End <= 0 {
		return []views.Step{{Method: "POST", Path: jobURL(j, "/stop")}}
	}
	r, _ := f.store.RunOf(cmp.Or(j.Cluster, f.Clusters[0].Name), j.ID)
	return []views.Step{{Method: "POST", Path: "/jars/" + url.PathEscape(r.Jar) + "/run"}}
}

func (f *fleet) runToggle(ctx context.Context, i jobItem, how string, step func(views.Step)) (string, error) {
	j := i.Value
	c, err := f.Named(j.Cluster)
	if err != nil {
		return "", err
	}
	if how == wayCancel {
		if err := f.refuseCancel(j); err != nil {
			return "", err
		}
		step(f.planToggle(i, how)[0])
		return "without a savepoint", c.Cancel(ctx, j.ID)
	}
	step(f.planToggle(i, how)[0])
	if j.End > 0 {
		return f.startAgain(ctx, c, j, how)
	}
	format := native
	begin := c.Stop
	switch how {
	case wayCanonical:
		format = canonical
	case wayDrain:
		begin = c.Drain
	}
	location, err := f.store.CarryOut(
		ctx, c.Name, j.ID,
		history.SavepointOf(c.JobManager, j.ID, func(ctx context.Context, id string) error {
			return begin(ctx, j.ID, id, "", format)
		}, "stop"),
	)
	return location, err
}

// startAgain runs the jar of an ended job as it was run, from one of its restore
// points.
func (f *fleet) startAgain(ctx context.Context, c *cluster, j Job, how string) (string, error) {
	r, known := f.store.RunOf(c.Name, j.ID)
	if !known {
		return "", errors.New("how it was started is not known any more: run its jar in the Jars tab")
	}
	switch how {
	case wayFresh:
		r.Request.Savepoint = ""
	case "":
		t, _ := f.newestSavepoint(j)
		r.Request.Savepoint = t.Location
	default:
		r.Request.Savepoint = how
	}
	r.Request.ClaimMode = "" // it says who owns the savepoint of then
	id, err := f.runJar(ctx, c, r.Jar, r.JarName, r.Request)
	if flinkrest.Says(err, "does not exist") {
		if again, found := f.sameFile(ctx, c, r); found {
			id, err = f.runJar(ctx, c, again, r.JarName, r.Request)
		}
	}
	if flinkrest.Says(err, "does not exist") {
		err = fmt.Errorf(
			"its jar %s is not on the cluster any more: upload it again and run it in the Jars tab, from %s", r.JarName,
			cmp.Or(r.Request.Savepoint, "no savepoint"),
		)
	}
	if err != nil {
		return "", err
	}
	return "as job " + cellShort(id), nil
}

// reachedToggle: a stop has waited for its savepoint already; the job then ends. A
// job that was started again is another one.
func reachedToggle(now Job) (bool, error) {
	if now.State == "FAILED" {
		return true, nil
	}
	return now.End > 0, nil
}

func planSavepoint(i jobItem, how string) []views.Step {
	if how == wayCheckpoint {
		return []views.Step{{Method: "POST", Path: jobURL(i.Value, "/checkpoints")}}
	}
	return []views.Step{{Method: "POST", Path: jobURL(i.Value, "/savepoints")}}
}

func (f *fleet) runSavepoint(ctx context.Context, i jobItem, how string, step func(views.Step)) (string, error) {
	j := i.Value
	c, err := f.Named(j.Cluster)
	if err != nil {
		return "", err
	}
	step(planSavepoint(i, how)[0])
	began := time.Now()
	kind, begin := "savepoint", func(ctx context.Context, id string) error {
		return c.Savepoint(ctx, j.ID, id, "", native)
	}
	switch how {
	case wayCanonical:
		begin = func(ctx context.Context, id string) error { return c.Savepoint(ctx, j.ID, id, "", canonical) }
	case wayCheckpoint:
		kind, begin = "checkpoint", func(ctx context.Context, id string) error {
			return c.TakeCheckpoint(ctx, j.ID, id, "FULL")
		}
	}
	location, err := f.store.CarryOut(ctx, c.Name, j.ID, history.SavepointOf(c.JobManager, j.ID, begin, kind))
	if err != nil {
		return "", err
	}
	if kind == "checkpoint" {
		location = "checkpoint " + location
	}
	return cells.Join(location, fmt.Sprintf("%.1f s", time.Since(began).Seconds())), nil
}

// refuseCancel is why a job is not cancelled, nil where it may be.
func (f *fleet) refuseCancel(j Job) error {
	c, err := f.Named(j.Cluster)
	switch {
	case err != nil:
		return err
	case j.End > 0:
		return f.errEnded(j)
	}
	if d, known := c.Known(); known && !d.Features.Cancel {
		return errors.New("the cluster does not cancel jobs for anybody: it needs web.cancel.enable: true")
	}
	return nil
}

// endAction ends a job: with a savepoint unless another way is chosen. What a job
// without one knows is lost, so its name is typed then.
func (f *fleet) endAction() resource.Action[Job] {
	return resource.Action[Job]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Stop },
		Verb: func(Job) views.Verb { return verbEnd }, Verbs: []views.Verb{verbEnd},
		Refuse: func(j Job) error {
			if notRunning(j) == "" {
				return nil
			}
			return f.refuseCancel(j)
		},
		Will: func(i jobItem, now time.Time) views.Fact {
			if why := notRunning(i.Value); why != "" {
				return views.Fact{
					Label: "what happens",
					Text:  "a savepoint cannot be taken now: " + why + "; it can be cancelled without one",
					Tone:  themes.Warn,
				}
			}
			return f.toggleFact(i, now)
		},
		About: func(i jobItem, _ time.Time) []views.Fact {
			if err := f.refuseCancel(i.Value); err != nil {
				return []views.Fact{{Label: "cancel", Text: err.Error(), Tone: themes.Warn}}
			}
			return nil
		},
		Ways: func(_ context.Context, i jobItem, _ time.Time) ([]views.Choice, error) {
			ways := stopWays()
			if why := notRunning(i.Value); why != "" {
				ways = ways[:1]
				ways[0].Detail, ways[0].Tone = "a savepoint cannot be taken now: "+why, themes.Warn
			}
			if f.refuseCancel(i.Value) != nil {
				return ways, nil
			}
			return append(ways, views.Choice{
				How: wayCancel, Label: "Cancel without a savepoint", Loses: true, Tone: themes.Warn,
				Detail: "at once: its state is lost but for checkpoints that are kept",
			}), nil
		},
		Which: "How should it end?", Plan: f.planToggle,
		Run: func(ctx context.Context, i jobItem, how string, step func(views.Step)) (string, error) {
			if how != wayCancel {
				if err := f.refuseUnlessRunning(i.Value); err != nil {
					return "", fmt.Errorf("nothing was sent, for a savepoint cannot be taken now: %w", err)
				}
			}
			return f.runToggle(ctx, i, how, step)
		},
		Begun:   func(before, now Job) bool { return before.State != now.State },
		Reached: func(now Job) (bool, error) { return now.End > 0, nil },
	}
}

// rescaleAction changes how many subtasks a job has while it runs: an adaptive
// scheduler does that.
func (f *fleet) rescaleAction() resource.Action[Job] {
	plan := func(i jobItem, _ string) []views.Step {
		return []views.Step{{Method: "PUT", Path: jobURL(i.Value, "/resource-requirements")}}
	}
	return resource.Action[Job]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Rescale },
		Verb: func(Job) views.Verb { return verbRescale }, Verbs: []views.Verb{verbRescale},
		Refuse: func(j Job) error {
			if j.End > 0 {
				return f.errEnded(j)
			}
			return j.fixed
		},
		Will: func(i jobItem, _ time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text:  "the job restarts from its last checkpoint with another parallelism, as slots allow",
			}
		},
		Ways: func(ctx context.Context, i jobItem, _ time.Time) ([]views.Choice, error) {
			return f.rescaleWays(ctx, i.Value)
		},
		Which: "At most how many subtasks a vertex?", Plan: plan,
		Run: func(ctx context.Context, i jobItem, how string, step func(views.Step)) (string, error) {
			return f.runRescale(ctx, i, how, func() { step(plan(i, how)[0]) })
		},
	}
}

// widest is the most that any vertex may have.
func widest(r flinkrest.Requirements) int {
	n := 0
	for _, v := range r {
		n = max(n, v.Parallelism.Upper)
	}
	return n
}

// rescaleWays are the parallelisms that make sense: as it is, halves and doubles,
// one more and one less, up to what there are slots for.
func (f *fleet) rescaleWays(ctx context.Context, j Job) ([]views.Choice, error) {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return nil, err
	}
	r, err := c.Requirements(ctx, j.ID)
	if err != nil {
		return nil, err
	}
	o, err := c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	now := widest(r)
	ways := []views.Choice{{Label: fmt.Sprintf("%d, as it is", now), Detail: "nothing changes"}}
	offered := []int{}
	for _, n := range []int{now - 1, now + 1, now / 2, now * 2, now * 4, now + o.Free} {
		if n >= 1 && n != now && n <= max(now+o.Free, now) && !slices.Contains(offered, n) {
			offered = append(offered, n)
		}
	}
	slices.Sort(offered)
	for _, n := range offered {
		ways = append(ways, views.Choice{
			How: strconv.Itoa(n), Label: strconv.Itoa(n), Detail: fmt.Sprintf("%d slots are free", o.Free),
		})
	}
	return ways, nil
}

func (f *fleet) runRescale(ctx context.Context, i jobItem, how string, sends func()) (string, error) {
	c, err := f.Named(i.Value.Cluster)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(how)
	if err != nil {
		return "as it was: nothing was sent", nil
	}
	r, err := c.Requirements(ctx, i.Value.ID)
	if err != nil {
		return "", err
	}
	for id, v := range r {
		v.Parallelism = flinkrest.Bounds{Lower: 1, Upper: n}
		r[id] = v
	}
	sends()
	if err := c.Require(ctx, i.Value.ID, r); err != nil {
		return "", err
	}
	return fmt.Sprintf("to %d at most", n), nil
}

// whyFixed is why a running job cannot be rescaled, nil where it can.
func whyFixed(ctx context.Context, c *cluster, job string) error {
	_, err := c.Requirements(ctx, job)
	switch {
	case err == nil, fault.Is(err, fault.Offline, fault.Cancelled):
		return nil // it is asked about again before anything is sent
	case flinkrest.Says(err, "AdaptiveScheduler"), fault.Is(err, fault.Unsupported):
		return errors.New("the cluster changes it only at a start: needs jobmanager.scheduler: adaptive")
	}
	return err
}

// label names a restore point for people.
func (p restorePoint) label() string {
	word := "Checkpoint"
	if p.Savepoint {
		word = "Savepoint"
	}
	if p.ID == 0 { // Flink counts from one: it is known from its own trigger alone
		return word
	}
	return word + " " + strconv.FormatInt(p.ID, 10)
}
