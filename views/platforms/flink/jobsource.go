package flink

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"drey/client/flinkrest"
	"drey/client/urgency"
	"drey/views/flinkjob/jobdata"
	"drey/views/platforms/flink/jobmanagers"
	"drey/views/resource"
)

// Job is a job of a JobManager with what its own answers add to the list.
type Job struct {
	flinkrest.JobSummary
	Cluster string `json:"cluster,omitempty"` // "" where there is one JobManager
	*Numbers
	fixed error // why it cannot be rescaled; nil also where nobody asked
}

// Numbers are what a job is asked for by itself; nil for a job that was not.
type Numbers struct {
	Parallelism int `json:"parallelism,omitempty"` // of its widest vertex
	// Busy and Back are the busiest and the most held back vertex since the answer
	// before, between 0 and 1; NaN before there are two.
	Busy flinkrest.Number `json:"busy"`
	Back flinkrest.Number `json:"backpressured"`
	// Lag is how many seconds the watermark that is the furthest behind at an end of
	// the graph is behind Flink's clock; NaN where no event time is known there.
	Lag        flinkrest.Number `json:"lag"`
	Restarts   flinkrest.Number `json:"restarts"`
	Checkpoint Checkpointed     `json:"lastCheckpoint"`
}

// Checkpointed is a job's newest checkpoint and how many there were. Numbers that
// a version does not have are NaN.
type Checkpointed struct {
	At        flinkrest.Number `json:"at"`       // milliseconds since 1970
	Took      flinkrest.Number `json:"duration"` // milliseconds
	Size      flinkrest.Number `json:"size"`     // bytes
	Completed flinkrest.Number `json:"completed"`
	Failed    flinkrest.Number `json:"failed"`
}

// jobMetrics are those of a job that its row shows.
var jobMetrics = []string{
	"numRestarts", "lastCheckpointCompletedTimestamp", "lastCheckpointDuration", "lastCheckpointSize",
	"numberOfCompletedCheckpoints", "numberOfFailedCheckpoints",
}

const (
	// detailsAtOnce is how many jobs are asked for their numbers at the same time.
	detailsAtOnce = 8
	// detailsATick is how many are, beside the list, while it is polled.
	detailsATick = 2
	// detailTick is every how many polls a job is asked instead of the list: the
	// list is idle, and costs one request a poll.
	detailTick = 2
)

// jobSource lists the jobs of one JobManager.
type jobSource struct {
	*cluster
	label string // its name in the rows

	mu      sync.Mutex
	jobs    []flinkrest.JobSummary
	details map[string]*jobDetail // by id, of those that run
	tick    int
	turn    int // counts the questions for numbers
}

// jobDetail is what is known of one job beside the list.
type jobDetail struct {
	of      flinkrest.JobSummary // as it was when its numbers were asked for
	turn    int                  // when it was asked last
	asked   int                  // how often
	numbers Numbers
	before  map[string]flinkrest.IO // by vertex, with the time by Flink's clock
	now     int64
	read    time.Time // when now was read
	ends    []string  // the vertices that nothing reads from, but sources
	lags    map[string]flinkrest.Number
	lagTurn int
}

// next asks for the list, or for the numbers of one job when the list was idle.
// waiting tells that jobs are there whose numbers were not asked for yet.
func (s *jobSource) next(ctx context.Context) (jobs []Job, waiting bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick++
	asked := urgency.Of(ctx, urgency.Asked) == urgency.Asked
	due := s.due()
	if !asked && s.tick%detailTick == 0 && len(due) == 0 && len(s.details) > 0 {
		s.ask(ctx, s.oldest(1))
		return s.rows(), false, nil
	}
	list, err := s.Jobs(ctx)
	if err != nil {
		return nil, false, err // the jobs of the answer before are still known
	}
	s.jobs = list
	s.forget()
	due = s.due()
	few := due
	if !asked {
		few = due[:min(len(due), detailsATick)]
	}
	s.ask(ctx, few)
	return s.rows(), len(few) < len(due), nil
}

// forget drops the numbers of jobs that have ended or are gone.
func (s *jobSource) forget() {
	next := make(map[string]*jobDetail, len(s.details))
	for _, j := range s.jobs {
		if j.End > 0 {
			continue
		}
		if d := s.details[j.ID]; d != nil {
			next[j.ID] = d
		} else {
			next[j.ID] = &jobDetail{numbers: noNumbers()}
		}
	}
	s.details = next
}

func noNumbers() Numbers {
	none := flinkrest.Number(math.NaN())
	return Numbers{
		Busy: none, Back: none, Lag: none, Restarts: none, Checkpoint: Checkpointed{none, none, none, none, none},
	}
}

// due are the jobs that changed since they were asked for their numbers.
func (s *jobSource) due() []flinkrest.JobSummary {
	var due []flinkrest.JobSummary
	for _, j := range s.jobs {
		if d := s.details[j.ID]; d != nil && !sameSummary(d.of, j) {
			due = append(due, j)
		}
	}
	return due
}

// oldest are the n jobs that were asked for their numbers longest ago.
func (s *jobSource) oldest(n int) []flinkrest.JobSummary {
	var running []flinkrest.JobSummary
	for _, j := range s.jobs {
		if s.details[j.ID] != nil {
			running = append(running, j)
		}
	}
	slices.SortStableFunc(running, func(a, b flinkrest.JobSummary) int {
		return s.details[a.ID].turn - s.details[b.ID].turn
	})
	return running[:min(n, len(running))]
}

// sameSummary tells that a job is as it was: how long it runs is no change.
func sameSummary(a, b flinkrest.JobSummary) bool {
	if a.ID != b.ID || a.State != b.State || a.Start != b.Start || a.End != b.End || a.Modified != b.Modified ||
		len(a.Tasks) != len(b.Tasks) {
		return false
	}
	for state, n := range a.Tasks {
		if b.Tasks[state] != n {
			return false
		}
	}
	return true
}

// ask asks jobs for their numbers: each in turn for its vertices, its metrics and
// the watermark at an end of its graph, or for all of them the first time. What
// fails leaves the numbers that are known; the job may just have ended.
func (s *jobSource) ask(ctx context.Context, jobs []flinkrest.JobSummary) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, detailsAtOnce)
	for _, j := range jobs {
		d := s.details[j.ID]
		first := !sameSummary(d.of, j)
		s.turn++
		d.of, d.turn = j, s.turn
		d.asked++
		turn := d.asked % 4
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if first || turn%2 == 1 || turn == 2 && len(d.ends) == 0 {
				if job, err := s.Job(ctx, j.ID); err == nil {
					d.takeVertices(job, time.Now())
				}
			}
			if first || turn == 0 {
				if values, err := s.Metrics(ctx, flinkrest.OfJob(j.ID), jobMetrics...); err == nil {
					d.takeMetrics(values)
				}
			}
			if len(d.ends) > 0 && (first || turn == 2) {
				d.askLag(ctx, s.JobManager, j.ID)
			}
		})
	}
	wg.Wait()
}

// takeVertices reads the width of a job, and how busy it was since the answer
// before: the times that Flink adds up are those of all subtasks.
func (d *jobDetail) takeVertices(job flinkrest.Job, at time.Time) {
	d.numbers.Parallelism = job.Slots()
	d.ends, d.read = endsOf(job), at
	passed := float64(job.Now - d.now)
	seen := make(map[string]flinkrest.IO, len(job.Vertices))
	busy, back := math.NaN(), math.NaN()
	for _, v := range job.Vertices {
		if !v.IO.ReadComplete || !v.IO.WriteComplete {
			continue // zeros that are no facts yet
		}
		seen[v.ID] = v.IO
		was, known := d.before[v.ID]
		if !known || passed <= 0 || v.Parallelism <= 0 || v.IO.Backpressured < was.Backpressured {
			continue // the first answer, the same one, or one after a restart
		}
		all := passed * float64(v.Parallelism)
		busy = most(busy, float64(v.IO.Busy-was.Busy)/all)
		back = most(back, float64(v.IO.Backpressured-was.Backpressured)/all)
	}
	if passed > 0 {
		if !math.IsNaN(busy) || !math.IsNaN(back) {
			d.numbers.Busy, d.numbers.Back = flinkrest.Number(busy), flinkrest.Number(back)
		}
		d.before, d.now = seen, job.Now
	}
}

// endsOf are the vertices whose watermark is that of all that is before them: those
// that read from others and that nothing reads from.
func endsOf(job flinkrest.Job) []string {
	readFrom := map[string]bool{}
	for _, n := range job.Plan.Nodes {
		for _, in := range n.Inputs {
			readFrom[in.ID] = true
		}
	}
	var ends []string
	for _, n := range job.Plan.Nodes {
		if len(n.Inputs) > 0 && !readFrom[n.ID] {
			ends = append(ends, n.ID)
		}
	}
	return ends
}

// askLag asks for the watermark of one end, of another one each time.
func (d *jobDetail) askLag(ctx context.Context, from flinkrest.JobManager, job string) {
	end := d.ends[d.lagTurn%len(d.ends)]
	d.lagTurn++
	values, err := from.SubtaskMetrics(ctx, job, end, jobdata.WatermarkMetric)
	if err != nil {
		return
	}
	lags := map[string]flinkrest.Number{}
	for _, id := range d.ends { // of a graph of before nothing stays
		if lag, known := d.lags[id]; known && id != end {
			lags[id] = lag
		}
	}
	if w, ok := values[jobdata.WatermarkMetric]; ok && jobdata.WatermarkKnown(float64(w.Min)) {
		now := d.now + time.Since(d.read).Milliseconds()
		lags[end] = flinkrest.Number(max(float64(now)-float64(w.Min), 0) / 1000)
	}
	d.lags, d.numbers.Lag = lags, flinkrest.Number(math.NaN())
	for _, lag := range lags {
		if !d.numbers.Lag.Known() || lag > d.numbers.Lag {
			d.numbers.Lag = lag
		}
	}
}

// most is the larger of two shares that are known, at most the whole.
func most(a, b float64) float64 {
	b = min(max(b, 0), 1)
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

func (d *jobDetail) takeMetrics(values map[string]flinkrest.Number) {
	of := func(name string) flinkrest.Number {
		if n, ok := values[name]; ok && n >= 0 {
			return n
		}
		return flinkrest.Number(math.NaN())
	}
	d.numbers.Restarts = of("numRestarts")
	d.numbers.Checkpoint = Checkpointed{
		At: of("lastCheckpointCompletedTimestamp"), Took: of("lastCheckpointDuration"), Size: of("lastCheckpointSize"),
		Completed: of("numberOfCompletedCheckpoints"), Failed: of("numberOfFailedCheckpoints"),
	}
}

func (s *jobSource) rows() []Job {
	rows := make([]Job, len(s.jobs))
	for i, j := range s.jobs {
		rows[i] = Job{JobSummary: j, Cluster: s.label}
		if d := s.details[j.ID]; d != nil {
			numbers := d.numbers
			rows[i].Numbers = &numbers
		}
	}
	return rows
}

// jobsOf lists the jobs of all JobManagers. One that does not answer is a row of
// its own, unless there is no other.
type jobsOf struct {
	sources []*jobSource
	several bool

	mu   sync.Mutex
	last resource.Batch[Job]
}

func newJobsOf(f *fleet) *jobsOf {
	all := &jobsOf{several: f.Several()}
	for _, c := range f.Clusters {
		source := &jobSource{cluster: c}
		if f.Several() {
			source.label = c.Name
		}
		all.sources = append(all.sources, source)
	}
	return all
}

// Next implements browse.Source.
func (a *jobsOf) Next(ctx context.Context) (resource.Batch[Job], bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	type answerOf struct {
		jobs    []Job
		waiting bool
		err     error
	}
	answers := jobmanagers.Each(a.sources, func(s *jobSource) (of answerOf) {
		of.jobs, of.waiting, of.err = s.next(ctx)
		return of
	})
	batch, at := resource.Batch[Job]{Items: []resource.Item[Job]{}}, &resource.Location{}
	for i, answer := range answers {
		if answer.err != nil && (!a.several || ctx.Err() != nil) {
			return resource.Batch[Job]{}, false, answer.err
		}
		if answer.err != nil {
			batch.Unread = append(batch.Unread, resource.Unread{Location: at, Name: a.sources[i].Name, Err: answer.err})
		}
		batch.Partial = batch.Partial || answer.waiting
		for _, j := range answer.jobs {
			batch.Items = append(batch.Items, resource.Item[Job]{Location: at, Value: j})
		}
	}
	changed := a.last.Items == nil || a.differs(batch)
	if !changed {
		return resource.Batch[Job]{Partial: batch.Partial}, false, nil
	}
	a.last = batch
	a.last.Items = slices.Clone(batch.Items)
	return batch, true, nil
}

func (a *jobsOf) differs(b resource.Batch[Job]) bool {
	return !slices.EqualFunc(a.last.Items, b.Items, func(x, y resource.Item[Job]) bool {
		return sameJob(x.Value, y.Value)
	}) ||
		!slices.EqualFunc(a.last.Unread, b.Unread, func(x, y resource.Unread) bool {
			return x.Name == y.Name && x.Err.Error() == y.Err.Error()
		})
}

// sameJob tells that two would be drawn alike.
func sameJob(a, b Job) bool {
	if a.Cluster != b.Cluster || a.Name != b.Name || !sameSummary(a.JobSummary, b.JobSummary) ||
		(a.Numbers == nil) != (b.Numbers == nil) {
		return false
	}
	return a.Numbers == nil || sameNumbers(*a.Numbers, *b.Numbers)
}

func sameNumbers(a, b Numbers) bool {
	x, y := a.all(), b.all()
	for i := range x {
		if x[i] != y[i] && (x[i].Known() || y[i].Known()) {
			return false
		}
	}
	return a.Parallelism == b.Parallelism
}

// all are the numbers that a row draws: shares as whole percents, a lag in whole
// seconds.
func (n Numbers) all() [8]flinkrest.Number {
	percent := func(n flinkrest.Number) flinkrest.Number {
		return flinkrest.Number(math.Round(float64(n) * 100))
	}
	c := n.Checkpoint
	return [8]flinkrest.Number{
		percent(n.Busy), percent(n.Back), flinkrest.Number(math.Floor(float64(n.Lag))), n.Restarts, c.At, c.Took,
		c.Size, c.Failed,
	}
}
