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

// The verbs of what an editor sends.
var (
	verbApply  = views.Verb{Do: "apply", Doing: "applying", Done: "applied"}
	VerbCreate = views.Verb{Do: "create", Doing: "creating", Done: "created"}
)

func verbOf(isNew bool) views.Verb {
	if isNew {
		return VerbCreate
	}
	return verbApply
}

// Sent tells that a task is a change that an editor sent.
func Sent(t *views.Task) bool { return t.Change != nil || t.Verb == verbApply || t.Verb == VerbCreate }

// stored is a change as a task has it.
type stored struct {
	New    bool            `json:"new,omitempty"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	Live   json.RawMessage `json:"live,omitempty"`
	Merged json.RawMessage `json:"merged"`
}

// record writes down how far a change has come, so that the next console goes on with
// it. A nil record writes nothing.
type record struct {
	tasks views.Tasks
	now   func() time.Time

	mu   sync.Mutex
	task views.Task
}

// newRecord begins a record; draft is the id of the text that is sent.
func (r *Rules) newRecord(env *views.Env, c Change, draft string) *record {
	if env.Tasks == nil {
		return nil
	}
	live, _ := json.Marshal(c.Live) // it was read from JSON
	change, err := json.Marshal(stored{New: c.New, Raw: c.Raw, Live: live, Merged: c.Body()})
	if err != nil {
		change = nil
	}
	t := views.Task{
		Target: c.Target, Verb: verbOf(c.New), Began: env.Now(), Change: change, Draft: draft, Private: r.Private,
	}
	if !c.New {
		t.Undo = r.Undo
	}
	t.Target.Kind = r.Kind
	for _, s := range r.Plan(c) {
		if s.Method != "GET" {
			t.Steps = append(t.Steps, views.TaskStep{Label: t.Verb.Do, Method: s.Method, Path: s.Path})
		}
	}
	return &record{tasks: env.Tasks, now: env.Now, task: t}
}

// change changes the task and writes it down.
func (r *record) change(fn func(t *views.Task)) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	fn(&r.task)
	return r.tasks.Save(&r.task)
}

// step tells that a step is about to be sent: those before it were taken.
func (r *record) step(s views.Step) {
	if s.Method == "GET" {
		return
	}
	_ = r.change(func(t *views.Task) { // the end says so
		for i := range t.Steps {
			if o := &t.Steps[i]; o.Ended.IsZero() && o.Began.IsZero() {
				o.Began = r.now()
				return
			} else if o.Ended.IsZero() {
				o.Sent, o.Ended = r.now(), r.now()
			}
		}
	})
}

// sent tells that the server has taken all of it.
func (r *record) sent() {
	_ = r.change(func(t *views.Task) {
		for i := range t.Steps {
			if t.Steps[i].Sent.IsZero() {
				t.Steps[i].Sent = r.now()
			}
		}
	})
}

// state shows how far the object has come.
func (r *record) state(word string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.task.Steps); n > 0 && r.task.Steps[n-1].State != word {
		r.task.Steps[n-1].State = word
		r.tasks.Show(r.task)
	}
}

// end tells what came of it, and gives its id.
func (r *record) end(text string, err error) string {
	saving := r.change(func(t *views.Task) {
		t.Ended = r.now()
		if err != nil {
			t.Error = err.Error()
			return
		}
		for i := range t.Steps {
			if t.Steps[i].Ended.IsZero() {
				t.Steps[i].Ended, t.Steps[i].Text = r.now(), text
			}
		}
	})
	if r == nil || saving != nil {
		return ""
	}
	return r.task.ID
}

// Resume goes on with a change that another console sent, or was about to send. It is
// looked for first and never sent again: whether it still fits is for its author to
// say, whose draft is there. What has arrived is followed to its end.
func (r *Rules) Resume(ctx context.Context, tasks views.Tasks, now func() time.Time, t *views.Task) views.DoneMsg {
	rec := &record{tasks: tasks, now: now, task: *t}
	text, err := r.resumeChange(ctx, rec, now)
	if ctx.Err() != nil {
		return views.DoneMsg{Err: ctx.Err()}
	}
	id := rec.end(text, err)
	*t = rec.task
	done := t.Verb.Done + " " + t.Target.Name
	if text != "" {
		done += " · " + text
	}
	return views.DoneMsg{Text: done, Err: err, Results: []views.Result{{Target: t.Target, Err: err, Task: id}}}
}

var errSecretSent = errors.New(
	"it is not known whether it was done: what was sent holds a secret, and is kept nowhere; look at it",
)

func (r *Rules) resumeChange(ctx context.Context, rec *record, now func() time.Time) (string, error) {
	c, err := storedChange(&rec.task)
	if err != nil {
		return "", err
	}
	arrived, err := r.awaitArrival(ctx, c)
	switch {
	case err != nil:
		return "", err
	case !arrived:
		return "", errors.New(
			"it was not done: the console ended before; your draft is kept, and is looked at again before it is sent",
		)
	}
	if err := r.sendRest(ctx, rec, c); err != nil {
		return "", err
	}
	rec.sent()
	return r.follow(ctx, c, &Progress{record: rec}, now)
}

// sendRest sends the requests of a change that come after the first, unless all were
// taken.
func (r *Rules) sendRest(ctx context.Context, rec *record, c Change) error {
	steps := rec.task.Steps
	if r.Rest != nil && len(steps) > 1 && steps[len(steps)-1].Sent.IsZero() {
		_ = rec.change(func(t *views.Task) { // the end says so
			for i := range t.Steps[1:] {
				if s := &t.Steps[i+1]; s.Sent.IsZero() {
					s.Began = time.Time{} // whether it was sent is not known
				}
			}
		})
		return r.Rest(ctx, c, rec.step)
	}
	for i, s := range steps {
		if i > 0 && s.Began.IsZero() {
			return fmt.Errorf(
				"%d of %d requests were sent when the console ended: edit it again for the rest", i, len(steps),
			)
		}
	}
	return nil
}

// storedChange reads the change of a task.
func storedChange(t *views.Task) (Change, error) {
	c := Change{Target: t.Target}
	if t.Change == nil {
		return c, errSecretSent
	}
	var s stored
	err := json.Unmarshal(t.Change, &s)
	if err == nil {
		c.New, c.Raw = s.New, s.Raw
		c.Merged, err = diff.Parse(s.Merged)
	}
	if err == nil && string(s.Live) != "null" {
		c.Live, err = diff.Parse(s.Live)
	}
	if err != nil {
		return c, fmt.Errorf("read what was sent: %w", err)
	}
	return c, nil
}

// resumeFor is the longest that a server is waited for that does not answer.
const resumeFor = 30 * time.Minute

// awaitArrival tells whether a change has come to the server, once that answers. A
// request may still be under way.
func (r *Rules) awaitArrival(ctx context.Context, c Change) (bool, error) {
	gap := checkEvery
	for began, looks := time.Now(), 0; ; {
		raw, err := r.Read(ctx, c.Target)
		switch {
		case err == nil && r.arrived(ctx, c, raw):
			return true, nil
		case err == nil, c.New && fault.Is(err, fault.NotFound):
			if looks++; looks == checks {
				return false, nil
			}
			gap = checkEvery
		case fault.Is(err, fault.NotFound):
			return false, errAbsent
		case !fault.Is(err, fault.Offline, fault.Failing, fault.Throttled, fault.SignedOut) ||
			time.Since(began) > resumeFor:
			return false, err
		default:
			gap = min(gap*2, 10*time.Second)
		}
		if !pause.For(ctx, gap) {
			return false, ctx.Err()
		}
	}
}
