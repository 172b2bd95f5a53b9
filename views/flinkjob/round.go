package flinkjob

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/urgency"
)

// round is what is asked again and again while it is seen: a few requests or
// hundreds, one after another, spread over the time until the next round. What is
// asked for is held to the server's budget by the transport.
type round struct {
	name  string
	every func() time.Duration
	// steps are those of one round, made as it begins.
	steps func() []step

	queue   []step
	n       int           // steps of this round
	began   time.Time     // of this round
	span    time.Duration // that it is spread over
	whole   bool          // one round came to its end: those after it are spread
	running bool
	now     bool // the next round begins at once
	err     error
	good    bool      // a step of this round succeeded
	at      time.Time // of the newest step that succeeded; zero before the first
	fails   int
	stepErr error
}

// step is one request: load runs off the loop, take and failed on it.
type step struct {
	load   func(context.Context) (any, error)
	take   func(any)
	failed func(error) // nil: the round tells of it
}

type (
	steppedMsg struct {
		round string
		step  step
		value any
		err   error
	}
	againMsg struct{ round string }
)

// due makes the round begin at once.
func (r *round) due() { r.now = true }

// reset forgets what was asked.
func (r *round) reset() { r.queue, r.whole, r.began, r.now = nil, false, time.Time{}, true }

// slowest is the longest pause after failures.
const slowest = 30 * time.Second

// pause is how long a round takes.
func (r *round) pause() time.Duration {
	d := r.every()
	if r.fails > 0 {
		return max(min(d<<min(r.fails-1, 4), slowest), d)
	}
	return d
}

// run goes on with a round, or begins one when it is time.
func (v *View) run(r *round) tea.Cmd {
	v.rounds[r.name] = r
	if !v.visible {
		return nil
	}
	if r.running && v.box.Waiting(r.topic()) && !r.now {
		return nil
	}
	now := v.env.Now()
	if len(r.queue) == 0 {
		if left := r.pause() - now.Sub(r.began); !r.began.IsZero() && !r.now && left > 0 {
			return v.box.After(r.topic(), left, againMsg{r.name})
		}
		r.began, r.now = now, false
		r.span, r.queue = r.pause(), r.steps()
		r.n, r.good, r.stepErr = len(r.queue), false, nil
		if r.n == 0 {
			return v.box.After(r.topic(), r.span, againMsg{r.name})
		}
	}
	r.running = true
	one := r.queue[0]
	level := urgency.Shown
	if !r.whole && r.n == len(r.queue) {
		level = urgency.Asked // somebody has just opened it
	}
	return v.box.Ask(r.topic(), func(ctx context.Context) tea.Msg {
		value, err := one.load(urgency.With(ctx, level))
		return steppedMsg{r.name, one, value, err}
	})
}

func (r *round) topic() string { return "round " + r.name }

// stop asks no more; the round goes on where it was.
func (v *View) stop(r *round) {
	r.running = false
	v.box.Cancel(r.topic())
}

// stepped takes an answer and asks on.
func (v *View) stepped(msg steppedMsg) tea.Cmd {
	r := v.rounds[msg.round]
	if r == nil || len(r.queue) == 0 {
		return nil
	}
	r.queue = r.queue[1:]
	switch {
	case msg.err == nil:
		r.good, r.at = true, v.env.Now()
		msg.step.take(msg.value)
	case msg.step.failed != nil:
		msg.step.failed(msg.err)
		r.stepErr = msg.err
	case !flinkrest.NotFound(msg.err): // what went between two calls is no failure
		r.stepErr = msg.err
	}
	if !v.seen(r) {
		r.running = false
		return nil
	}
	if len(r.queue) > 0 && !fault.Is(msg.err, fault.Offline, fault.SignedOut, fault.Forbidden) {
		if gap := v.gap(r); gap > 0 {
			return v.box.After(r.topic(), gap, againMsg{r.name})
		}
		return v.run(r)
	}
	r.queue, r.whole, r.err = nil, true, r.stepErr
	if r.stepErr != nil && !r.good {
		r.fails++
	} else {
		r.fails = 0
	}
	if of := v.sections[v.at].round(); r == v.shared && of != nil && of.n == 0 {
		of.due() // it had to know the job first
		cmds := []tea.Cmd{v.run(r), v.run(of)}
		if beside := v.besides(); beside != nil {
			cmds = append(cmds, v.run(beside))
		}
		return tea.Batch(cmds...)
	}
	return v.run(r)
}

// gap is how long to wait before the next step, so that a round is spread. The
// first round is as fast as the budget lets it.
func (v *View) gap(r *round) time.Duration {
	if !r.whole || r.n < 2 {
		return 0
	}
	done := r.n - len(r.queue)
	due := r.began.Add(r.span * time.Duration(done) / time.Duration(r.n))
	return due.Sub(v.env.Now())
}

// seen tells that what a round asks for is looked at.
func (v *View) seen(r *round) bool {
	return v.visible && (r == v.shared || r == v.sections[v.at].round() || r == v.besides())
}

func (v *View) again(msg againMsg) tea.Cmd {
	r := v.rounds[msg.round]
	if r == nil || !v.seen(r) {
		return nil
	}
	r.running = false
	return v.run(r)
}
