// Package perform does an action to objects, and says what came of it. What an action does
// in stages is written down before each request and after its answer; whoever goes on with
// it, in this process or another, looks at the object first: nothing is sent twice that
// took effect. An answer that was lost is looked for, never guessed.
package perform

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"drey/client/fault"
	"drey/client/pause"
	"drey/views"
	"drey/views/diff"
	"drey/views/resource"
)

// Job is an action as it is done to items.
type Job struct {
	Kind   *resource.Kind[any]
	Action resource.Action[any]
	Tasks  views.Tasks // in which actions in stages are written down; nil: they are not
	Now    func() time.Time
	Step   func(views.Step) // hears of each request before it is sent; nil: nobody does
}

// AtOnce is how many items are asked at the same time.
const AtOnce = 8

// Do does it to each item in its own way, a few at a time, and follows each until what
// was asked for has come about.
func (j Job) Do(ctx context.Context, items []resource.Item[any], hows []string) []Result {
	results := make([]Result, len(items))
	if j.Action.Stages == nil {
		r := runner{j}
		InParallel(len(items), func(i int) { results[i] = r.send(ctx, items[i], hows[i]) })
		r.follow(ctx, items, results)
		return results
	}
	p := newPerformer(j, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() { results[i] = p.begin(ctx, item, j.Action.Verb(item.Value), hows[i], "") })
	}
	wg.Wait()
	return results
}

// DoVerb does a verb to one item, in stages, which may be one that no key has
// (Action.EditedBy). draft is the text that it came from, "" for none.
func (j Job) DoVerb(ctx context.Context, item resource.Item[any], verb views.Verb, how, draft string) Result {
	return newPerformer(j, 1).begin(ctx, item, verb, how, draft)
}

// performer does an action in stages, and writes each of them down before it is
// sent and after.
type performer struct {
	Job
	slots chan struct{} // of requests at the same time
	gap   time.Duration // the longest between two looks at an item
}

func newPerformer(j Job, items int) *performer {
	return &performer{
		Job: j, slots: make(chan struct{}, AtOnce), gap: 2 * time.Second * time.Duration(1+items/AtOnce),
	}
}

// limited does one request once there is a slot.
func (p *performer) limited(fn func()) {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	fn()
}

// begin does a verb to an item.
func (p *performer) begin(ctx context.Context, item resource.Item[any], verb views.Verb, how, draft string) Result {
	stages := p.Action.Stages(verb, item, how)
	t := &views.Task{
		Target: p.Kind.Ref(item), Verb: verb, How: how, Began: p.Now(), Resumable: true, Steps: resource.TaskSteps(stages),
		Draft: draft,
	}
	if p.Kind.Made != nil {
		t.Made = p.Kind.Made(item.Value)
	}
	for _, s := range stages {
		if s.Makes.Kind != "" {
			t.Makes = s.Makes
		}
	}
	if p.Action.Undo != nil {
		t.Undo = p.Action.Undo(verb)
	}
	if p.Action.Removes && p.Kind.Recreate != nil {
		p.limited(func() { p.recordDocument(ctx, t) })
	}
	return p.perform(ctx, item, t, stages)
}

// recordDocument holds what is to be deleted, so that it can be made again.
func (p *performer) recordDocument(ctx context.Context, t *views.Task) {
	raw, err := p.Kind.Raw(ctx, t.Target)
	if err != nil {
		return // it cannot be made again then
	}
	t.Document, t.Undo, t.Private = raw, views.VerbRecreate, true
	if doc, err := diff.Parse(raw); err == nil {
		t.Private = diff.HasSecret(doc)
	}
}

// errStill tells that what was asked for has not come about in all the time that
// it was waited for.
var errStill = errors.New("it is still under way")

// perform goes on with a task at the step that is due. A task whose context ends
// is left as it is written down: who takes it up goes on from there.
func (p *performer) perform(
	ctx context.Context, item resource.Item[any], t *views.Task, stages []resource.Stage[any],
) Result {
	res := Result{Ended: true}
	var texts []string
	for i := t.At(); i < len(stages) && res.Err == nil && res.Ended; i++ {
		limit := stageFor
		if i == len(stages)-1 {
			limit = followFor
		}
		err := p.stage(ctx, item, t, i, stages[i], limit)
		if text := t.Steps[i].Text; text != "" && err == nil {
			texts = append(texts, text)
		}
		if ctx.Err() != nil {
			res.Err, res.Task = ctx.Err(), t.ID
			return res
		}
		if errors.Is(err, errStill) {
			res.Ended = false
			continue
		}
		if err != nil && len(stages) > 1 {
			err = fmt.Errorf("%s: %w", stages[i].Label, err)
		}
		res.Err = err
	}
	t.Ended = p.Now()
	if res.Err != nil {
		t.Error = res.Err.Error()
	}
	if err := p.save(t); err != nil {
		texts = append(texts, "it could not be written down: "+err.Error())
	}
	res.Text, res.Task = strings.Join(texts, " · "), t.ID
	return res
}

// stageFor is the longest that a stage is waited for that others come after.
const stageFor = 30 * time.Minute

func (p *performer) save(t *views.Task) error {
	if p.Tasks == nil {
		return nil
	}
	return p.Tasks.Save(t)
}

func (p *performer) show(t *views.Task) {
	if p.Tasks != nil {
		p.Tasks.Show(*t)
	}
}

// stage sends what is due, unless it took effect before, and waits for what it
// asked for.
func (p *performer) stage(
	ctx context.Context, item resource.Item[any], t *views.Task, i int, s resource.Stage[any], limit time.Duration,
) error {
	rec := &t.Steps[i]
	if rec.Sent.IsZero() {
		again := !rec.Began.IsZero() || t.Back
		text, err := p.send(ctx, item, t, i, s, again)
		if err != nil {
			return err
		}
		rec.Text, rec.Sent = text, p.Now()
	}
	if s.Reached == nil && !s.Removes {
		rec.Ended = p.Now()
		return p.saved(ctx, t)
	}
	if err := p.saved(ctx, t); err != nil {
		return err
	}
	if err := p.await(ctx, item, t, i, s, limit); err != nil {
		return err
	}
	rec.Ended = p.Now()
	return p.saved(ctx, t)
}

// saved writes down how far it has come; that this cannot be done is no reason to
// stop in the middle, and it is said at the end.
func (p *performer) saved(ctx context.Context, t *views.Task) error {
	_ = p.save(t) // the last one of it says so
	return ctx.Err()
}

// send sends one stage. Where it may have been sent before, it is looked for first.
func (p *performer) send(
	ctx context.Context, item resource.Item[any], t *views.Task, i int, s resource.Stage[any], again bool,
) (string, error) {
	if again {
		took, err := p.took(ctx, item, s)
		if err != nil {
			return "", fmt.Errorf("it is not known whether it was done: %w", err)
		}
		if took {
			return "", nil
		}
	}
	rec := &t.Steps[i]
	rec.Began = p.Now()
	if err := p.save(t); err != nil && len(t.Steps) > 1 {
		return "", fmt.Errorf(
			"nothing was sent: it cannot be written down, so that nobody could go on with it: %w", err,
		)
	}
	if p.Step != nil {
		p.Step(s.Step)
	}
	var text string
	var err error
	p.limited(func() { text, err = s.Send(ctx, item) })
	switch f := fault.Of(err); {
	case err == nil:
		return text, nil
	case f.Kind == fault.NotModified:
		return "it was already so", nil
	case f.Lost:
		return text, p.tookAfterLost(ctx, item, s, err)
	}
	return "", err
}

// took tells whether a stage took effect.
func (p *performer) took(ctx context.Context, item resource.Item[any], s resource.Stage[any]) (took bool, err error) {
	if s.Took == nil && !s.Removes {
		return false, errors.New("there is no telling: look at it, then do it again")
	}
	p.limited(func() {
		now := readAgain(ctx, p.Kind, item)
		switch {
		case absent(now.Absence) && s.Removes:
			took = true
		case now.Absence != nil:
			err = now.Absence
		case s.Took != nil:
			took, err = s.Took(ctx, now.Item)
		}
	})
	return took, err
}

// tookAfterLost finds out whether a request whose answer was lost was carried out:
// it may still be under way on the server.
func (p *performer) tookAfterLost(
	ctx context.Context, item resource.Item[any], s resource.Stage[any], lost error,
) error {
	var last error
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		took, err := p.took(ctx, item, s)
		if took || absent(err) {
			return err
		}
		last = err
	}
	if last != nil {
		return fmt.Errorf("not known whether it was done: the answer was lost (%w), and %w", lost, last)
	}
	return fmt.Errorf("not done: the answer was lost, and it is as it was: %w", lost)
}

// await looks at the item again and again until what a stage asked for has come
// about, or never will. A server that does not answer is asked again.
func (p *performer) await(
	ctx context.Context, item resource.Item[any], t *views.Task, i int, s resource.Stage[any], limit time.Duration,
) error {
	rec := &t.Steps[i]
	gap := 300 * time.Millisecond
	first := ""
	for began := time.Now(); time.Since(began) < limit; {
		now, reached, err := p.observe(ctx, item, s)
		if first == "" {
			first = reached.State
		}
		switch {
		case absent(now.Absence) && s.Removes:
			return nil
		case absent(now.Absence):
			return now.Absence
		case now.Absence != nil, fault.Is(err, fault.Failing, fault.Offline, fault.Throttled, fault.SignedOut):
			reached = resource.Progress{State: rec.State} // asked again
		case err != nil && reached.State != "" && reached.State == first && time.Since(began) < staleFor:
			// It may be how it was before.
		case err != nil:
			return err
		case reached.Overtaken != "" && i < len(t.Steps)-1:
			return errors.New(reached.Overtaken)
		case reached.Overtaken != "":
			rec.Text = reached.Overtaken
			return nil
		case reached.Done:
			if reached.Text != "" {
				rec.Text = reached.Text
			}
			rec.State = reached.State
			return nil
		}
		if reached.State != rec.State {
			rec.State = reached.State
			p.show(t)
		}
		if !pause.For(ctx, gap) {
			return ctx.Err()
		}
		gap = min(gap*3/2, p.gap)
	}
	return errStill
}

// staleFor is how long a state that says that something failed may be the one from
// before the server began with it.
const staleFor = 3 * time.Second

func (p *performer) observe(
	ctx context.Context, item resource.Item[any], s resource.Stage[any],
) (now Target, reached resource.Progress, err error) {
	p.limited(func() {
		now = readAgain(ctx, p.Kind, item)
		if now.Absence == nil && s.Reached != nil {
			reached, err = s.Reached(ctx, now.Item)
		}
	})
	return now, reached, err
}
