package browse

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

// atOnce is how many targets of an action are asked at the same time.
const atOnce = 8

// performer does an action in stages, and writes each of them down before it is
// sent and after.
type performer[T any] struct {
	kind   *resource.Kind[T]
	action resource.Action[T]
	tasks  views.Tasks // nil: nothing is written down
	now    func() time.Time
	step   func(views.Step) // hears of each; nil: nobody does
	slots  chan struct{}    // of requests at the same time
	gap    time.Duration    // the longest between two looks at an item
}

func newPerformer[T any](kind *resource.Kind[T], a resource.Action[T], items int) *performer[T] {
	return &performer[T]{
		kind: kind, action: a, now: time.Now, slots: make(chan struct{}, atOnce),
		gap: 2 * time.Second * time.Duration(1+items/atOnce),
	}
}

// limited does one request once there is a slot.
func (p *performer[T]) limited(fn func()) {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	fn()
}

// begin does a verb to an item.
func (p *performer[T]) begin(ctx context.Context, item resource.Item[T], verb views.Verb, how string) result {
	stages := p.action.Stages(verb, item, how)
	t := &views.Task{
		Target: p.kind.Ref(item), Verb: verb, How: how, Began: p.now(), Resumable: true, Steps: resource.TaskSteps(stages),
	}
	if p.kind.Made != nil {
		t.Made = p.kind.Made(item.Value)
	}
	if p.action.Undo != nil {
		t.Undo = p.action.Undo(verb)
	}
	if p.action.Removes && p.kind.Recreate != nil {
		p.limited(func() { p.recordDocument(ctx, t) })
	}
	return p.perform(ctx, item, t, stages)
}

// recordDocument holds what is to be deleted, so that it can be made again.
func (p *performer[T]) recordDocument(ctx context.Context, t *views.Task) {
	raw, err := p.kind.Raw(ctx, t.Target)
	if err != nil {
		return // it cannot be made again then
	}
	t.Document, t.Undo, t.Private = raw, views.VerbRecreate, true
	if doc, err := diff.Parse(raw); err == nil {
		t.Private = hasSecret(nil, doc)
	}
}

// hasSecret tells whether a document holds the value of a secret.
func hasSecret(at diff.Path, doc any) bool {
	if len(at) > 0 && diff.SecretPath(at[len(at)-1:]) {
		return true
	}
	switch v := doc.(type) {
	case map[string]any:
		if name, ok := v["name"].(string); ok && v["value"] != nil && diff.SecretPath(diff.Path{name}) {
			return true
		}
		for name, value := range v {
			if hasSecret(append(at[:len(at):len(at)], name), value) {
				return true
			}
		}
	case []any:
		for _, value := range v {
			if hasSecret(nil, value) {
				return true
			}
		}
	}
	return false
}

// errStill tells that what was asked for has not come about in all the time that
// it was waited for.
var errStill = errors.New("it is still under way")

// perform goes on with a task at the step that is due. A task whose context ends
// is left as it is written down: who takes it up goes on from there.
func (p *performer[T]) perform(ctx context.Context, item resource.Item[T], t *views.Task, stages []resource.Stage[T]) result {
	res := result{ended: true}
	var texts []string
	for i := t.At(); i < len(stages) && res.err == nil && res.ended; i++ {
		limit := stageFor
		if i == len(stages)-1 {
			limit = followFor
		}
		err := p.stage(ctx, item, t, i, stages[i], limit)
		if text := t.Steps[i].Text; text != "" && err == nil {
			texts = append(texts, text)
		}
		if ctx.Err() != nil {
			res.err, res.task = ctx.Err(), t.ID
			return res
		}
		if errors.Is(err, errStill) {
			res.ended = false
			continue
		}
		if err != nil && len(stages) > 1 {
			err = fmt.Errorf("%s: %w", stages[i].Label, err)
		}
		res.err = err
	}
	t.Ended = p.now()
	if res.err != nil {
		t.Error = res.err.Error()
	}
	if err := p.save(t); err != nil {
		texts = append(texts, "it could not be written down: "+err.Error())
	}
	res.text, res.task = strings.Join(texts, " · "), t.ID
	return res
}

// stageFor is the longest that a stage is waited for that others come after.
const stageFor = 30 * time.Minute

func (p *performer[T]) save(t *views.Task) error {
	if p.tasks == nil {
		return nil
	}
	return p.tasks.Save(t)
}

func (p *performer[T]) show(t *views.Task) {
	if p.tasks != nil {
		p.tasks.Show(*t)
	}
}

// stage sends what is due, unless it took effect before, and waits for what it
// asked for.
func (p *performer[T]) stage(
	ctx context.Context, item resource.Item[T], t *views.Task, i int, s resource.Stage[T], limit time.Duration,
) error {
	rec := &t.Steps[i]
	if rec.Sent.IsZero() {
		again := !rec.Began.IsZero() || t.Back
		text, err := p.send(ctx, item, t, i, s, again)
		if err != nil {
			return err
		}
		rec.Text, rec.Sent = text, p.now()
	}
	if s.Reached == nil && !s.Removes {
		rec.Ended = p.now()
		return p.saved(ctx, t)
	}
	if err := p.saved(ctx, t); err != nil {
		return err
	}
	if err := p.await(ctx, item, t, i, s, limit); err != nil {
		return err
	}
	rec.Ended = p.now()
	return p.saved(ctx, t)
}

// saved writes down how far it has come; that this cannot be done is no reason to
// stop in the middle, and it is said at the end.
func (p *performer[T]) saved(ctx context.Context, t *views.Task) error {
	_ = p.save(t) // the last one of it says so
	return ctx.Err()
}

// send sends one stage. Where it may have been sent before, it is looked for first.
func (p *performer[T]) send(
	ctx context.Context, item resource.Item[T], t *views.Task, i int, s resource.Stage[T], again bool,
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
	rec.Began = p.now()
	if err := p.save(t); err != nil && len(t.Steps) > 1 {
		return "", fmt.Errorf(
			"nothing was sent: it cannot be written down, so that nobody could go on with it: %w", err,
		)
	}
	if p.step != nil {
		p.step(s.Step)
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
func (p *performer[T]) took(ctx context.Context, item resource.Item[T], s resource.Stage[T]) (took bool, err error) {
	if s.Took == nil && !s.Removes {
		return false, errors.New("there is no telling: look at it, then do it again")
	}
	p.limited(func() {
		now := readAgain(ctx, p.kind, item)
		switch {
		case absent(now.absence) && s.Removes:
			took = true
		case now.absence != nil:
			err = now.absence
		case s.Took != nil:
			took, err = s.Took(ctx, now.item)
		}
	})
	return took, err
}

// tookAfterLost finds out whether a request whose answer was lost was carried out:
// it may still be under way on the server.
func (p *performer[T]) tookAfterLost(ctx context.Context, item resource.Item[T], s resource.Stage[T], lost error) error {
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
func (p *performer[T]) await(
	ctx context.Context, item resource.Item[T], t *views.Task, i int, s resource.Stage[T], limit time.Duration,
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
		case absent(now.absence) && s.Removes:
			return nil
		case absent(now.absence):
			return now.absence
		case now.absence != nil, fault.Is(err, fault.Failing, fault.Offline, fault.Throttled, fault.SignedOut):
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

func (p *performer[T]) observe(ctx context.Context, item resource.Item[T], s resource.Stage[T]) (now target[T], reached resource.Progress, err error) {
	p.limited(func() {
		now = readAgain(ctx, p.kind, item)
		if now.absence == nil && s.Reached != nil {
			reached, err = s.Reached(ctx, now.item)
		}
	})
	return now, reached, err
}

// inStages does an action in stages to every item; each goes its own way.
func (v *View[T]) inStages(ctx context.Context, a resource.Action[T], items []resource.Item[T], hows []string, undo bool) []result {
	if undo {
		a.Undo = nil // what takes something back is not taken back itself
	}
	p := newPerformer(&v.kind, a, len(items))
	p.tasks, p.now = v.env.Tasks, v.env.Now
	results := make([]result, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() { results[i] = p.begin(ctx, item, a.Verb(item.Value), hows[i]) })
	}
	wg.Wait()
	return results
}
