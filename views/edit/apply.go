package edit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"drey/client/fault"
	"drey/client/pause"
	"drey/views"
	"drey/views/diff"
)

// ChangedError says that the object is no longer as it was when the change was
// confirmed; nothing was written.
type ChangedError struct{ Target views.Ref }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile: nothing was sent; look at it again", e.Target.Name)
}

// Progress is how far an apply has come. It is safe for concurrent use.
type Progress struct {
	record *record // writes it down, too; nil: nobody does

	mu    sync.Mutex
	steps []Done
	state State
	since time.Time // of the state
	sent  bool
	ended bool
	err   error
}

// Done is a step that was begun, and what came of it.
type Done struct {
	views.Step
	At  time.Time
	Err error
}

// step begins a step. One that is told of again has come further: its remark says how
// far.
func (p *Progress) step(s views.Step, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.steps); n > 0 && s.Method != "GET" && s.Remark != p.steps[n-1].Remark &&
		s.Method == p.steps[n-1].Method && s.Path == p.steps[n-1].Path {
		p.steps[n-1].Remark = s.Remark
		return
	}
	p.steps = append(p.steps, Done{Step: s, At: now})
	p.record.step(s)
}

func (p *Progress) setState(s State, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Word != p.state.Word || p.since.IsZero() {
		p.since = now
	}
	p.state = s
	p.record.state(s.Word)
}

func (p *Progress) setSent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = true
	p.record.sent()
}

func (p *Progress) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended, p.err = true, err
	if n := len(p.steps); err != nil && !p.sent && n > 0 {
		p.steps[n-1].Err = err
	}
}

// snapshot is how far it has come by now.
func (p *Progress) snapshot() (steps []Done, state State, since time.Time, sent, ended bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Done(nil), p.steps...), p.state, p.since, p.sent, p.ended, p.err
}

// Apply sends a change that was reviewed, and follows the object until it is as
// was asked for. What there is to say of it is returned. sent is called once the
// server has taken the change.
func (r *Rules) Apply(
	ctx context.Context, c Change, p *Progress, now func() time.Time, sent func(),
) (text string, err error) {
	defer func() { p.end(err) }()
	step := func(s views.Step) { p.step(s, now()) }
	if err := r.readOnceMore(ctx, c, step); err != nil {
		return "", err
	}
	err = r.Send(ctx, c, step)
	switch f := fault.Of(err); {
	case err == nil, f.Kind == fault.NotModified:
	case f.Lost:
		if err := r.checkAfterLost(ctx, c, err); err != nil {
			return "", err
		}
	default:
		return "", err
	}
	p.setSent()
	sent()
	return r.follow(ctx, c, p, now)
}

// readOnceMore reads the object just before it is written: what was changed since
// the review is not overwritten.
func (r *Rules) readOnceMore(ctx context.Context, c Change, step func(views.Step)) error {
	step(r.Plan(c)[0])
	raw, err := r.Read(ctx, c.Target)
	switch {
	case c.New && fault.Is(err, fault.NotFound):
		return nil
	case fault.Is(err, fault.NotFound):
		return errAbsent
	case err != nil:
		return err
	case c.New:
		return fmt.Errorf("%s is there by now: nothing was sent", where(c.Target))
	}
	live, err := r.value(ctx, raw)
	if err != nil {
		return err
	}
	if !diff.Equal(live, c.Live) {
		return &ChangedError{c.Target}
	}
	return nil
}

// How often, and how many times, an object is looked at after a lost answer.
const (
	checkEvery = time.Second
	checks     = 4
)

// checkAfterLost finds out whether a change whose answer was lost has come to the
// server.
func (r *Rules) checkAfterLost(ctx context.Context, c Change, lost error) error {
	var last error
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		raw, err := r.Read(ctx, c.Target)
		if last = err; fault.Is(err, fault.NotFound) {
			last = nil
			if !c.New {
				return errAbsent
			}
		}
		if err == nil && r.arrived(ctx, c, raw) {
			return nil
		}
	}
	if last != nil {
		return fmt.Errorf("not known whether it was done: the answer was lost (%w), and %w", lost, last)
	}
	return &notDoneError{fmt.Errorf("not done: the answer was lost, and it is as it was: %w", lost)}
}

// notDoneError hides that the request was lost: it was looked for since.
type notDoneError struct{ err error }

func (e *notDoneError) Error() string { return e.err.Error() }

// Fault says what the error means: nothing was done.
func (e *notDoneError) Fault() fault.Fault {
	f := fault.Of(errors.Unwrap(e.err))
	f.Lost = false
	return f
}

// arrived tells whether all that was to be changed is so by now.
func (r *Rules) arrived(ctx context.Context, c Change, raw json.RawMessage) bool {
	if r.Arrived != nil {
		return r.Arrived(c.Raw, raw)
	}
	now, err := r.value(ctx, raw)
	if err != nil {
		return false
	}
	for _, e := range c.Changed() {
		want, wanted := diff.At(c.Merged, e.Path)
		is, there := diff.At(now, e.Path)
		if wanted != there || !diff.Equal(want, is) {
			return false
		}
	}
	return true
}

// followFor is the longest that an object is followed.
const followFor = 2 * time.Minute

// follow reads the object again and again until it is as was asked for.
func (r *Rules) follow(ctx context.Context, c Change, p *Progress, now func() time.Time) (string, error) {
	if r.Reached == nil {
		return "", nil
	}
	gap := 300 * time.Millisecond
	var last State
	for began := time.Now(); time.Since(began) < followFor; gap = min(gap*3/2, 2*time.Second) {
		raw, err := r.Read(ctx, c.Target)
		if fault.Is(err, fault.NotFound) {
			return "", errAbsent
		}
		if err == nil {
			last, err = r.Reached(c.Raw, raw, time.Since(began))
			p.setState(last, now())
			if err != nil || last.Done {
				return last.Word, err
			}
		}
		if !pause.For(ctx, gap) {
			break
		}
	}
	return "still " + last.Word, nil
}
