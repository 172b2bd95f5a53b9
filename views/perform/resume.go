package perform

import (
	"context"
	"fmt"
	"slices"
	"time"

	"drey/client/fault"
	"drey/client/pause"
	"drey/views"
	"drey/views/edit"
	"drey/views/resource"
)

// Resumed is a task that is gone on with: what it is about as it is now, and
// the stages that its steps stand for.
type Resumed struct {
	Item    resource.Item[any]
	Action  resource.Action[any]
	Stages  []resource.Stage[any]
	deleted bool // the item is there no more, which is what was asked for
}

// ReadTask reads what a task is about. An object that another one has replaced is
// not what it was about.
func ReadTask(ctx context.Context, k *resource.Kind[any], t *views.Task) (r Resumed, err error) {
	action, ok := actionOf(k, t.Verb)
	if !ok {
		return r, fmt.Errorf("a %s has no such action that can be gone on with", k.Singular)
	}
	r.Action = action
	r.Item.Location = &resource.Location{Scope: t.Target.Scope, Parent: t.Target.Parent}
	r.Item.Value, err = k.Read(ctx, t.Target)
	switch {
	case fault.Is(err, fault.NotFound):
		err = ErrAbsent
	case err != nil:
		return r, err
	case t.Target.UID != "" && k.Key(r.Item) != t.Target.UID, k.Made != nil && differ(k.Made(r.Item.Value), t.Made):
		err = ErrReplaced
	}
	if err != nil {
		r.deleted = action.Removes && !t.Back
		return r, err
	}
	r.Stages = stagesOf(action, r.Item, t)
	return r, nil
}

// actionOf is the action of a kind that does a verb in stages.
func actionOf(k *resource.Kind[any], verb views.Verb) (resource.Action[any], bool) {
	for _, a := range k.Actions {
		for _, v := range slices.Concat(a.Verbs, a.EditedBy) {
			if v.Do == verb.Do && a.Stages != nil {
				return a, true
			}
		}
	}
	return resource.Action[any]{}, false
}

// stagesOf are the stages that a task's steps stand for.
func stagesOf(a resource.Action[any], item resource.Item[any], t *views.Task) []resource.Stage[any] {
	stages := a.Stages(t.Verb, item, t.How)
	if t.Back {
		return resource.WayBack(stages, t.From)
	}
	return stages
}

// Resume goes on with a task at the step that is due, once the server answers.
func Resume(
	ctx context.Context, k *resource.Kind[any], tasks views.Tasks, now func() time.Time, t *views.Task,
) views.DoneMsg {
	if rules := k.Rules(); rules != nil && edit.Sent(t) {
		return rules.Resume(ctx, tasks, now, t)
	}
	verb := t.Verb
	if t.Back {
		verb = BackVerb(verb)
	}
	refs, verbs := []views.Ref{t.Target}, []views.Verb{verb}
	r, err := awaitTask(ctx, k, t)
	p := newPerformer(Job{Kind: k, Action: r.Action, Tasks: tasks, Now: now}, 1)
	switch {
	case ctx.Err() != nil:
		return Summary([]Result{{Err: ctx.Err(), Ended: true, Task: t.ID}}, refs, verbs)
	case r.deleted:
		for i := range t.Steps {
			t.Steps[i].Ended = now()
		}
		err = nil
	case err == nil && len(r.Stages) == len(t.Steps):
		return Summary([]Result{p.perform(ctx, r.Item, t, r.Stages)}, refs, verbs)
	case err == nil:
		err = fmt.Errorf("it was written down by another version, as %d steps", len(t.Steps))
	}
	t.Ended = now()
	if err != nil {
		t.Error = err.Error()
	}
	_ = p.save(t) // what came of it is said
	return Summary([]Result{{Err: err, Ended: true, Task: t.ID}}, refs, verbs)
}

// awaitTask reads what a task is about until the server answers.
func awaitTask(ctx context.Context, k *resource.Kind[any], t *views.Task) (Resumed, error) {
	gap := time.Second
	for began := time.Now(); ; {
		r, err := ReadTask(ctx, k, t)
		if !fault.Is(err, fault.Offline, fault.Failing, fault.Throttled, fault.SignedOut) ||
			time.Since(began) > stageFor {
			return r, err
		}
		if !pause.For(ctx, gap) {
			return r, ctx.Err()
		}
		gap = min(gap*2, 10*time.Second)
	}
}

// BackVerb is what taking back what a verb did is called.
func BackVerb(v views.Verb) views.Verb {
	return views.Verb{Do: "take back " + v.Do, Doing: "taking back: " + v.Doing, Done: "took back: " + v.Do}
}

// Due are the stages that would be sent now: what has taken effect is left out.
func (r Resumed) Due(ctx context.Context, t *views.Task) []resource.Stage[any] {
	var due []resource.Stage[any]
	for n, s := range r.Stages[min(t.At(), len(r.Stages)):] {
		if (t.Back || n == 0) && s.Took != nil {
			if took, err := s.Took(ctx, r.Item); err == nil && took {
				continue
			}
		}
		due = append(due, s)
	}
	return due
}

// CanGoBack tells that something is to be sent to take back a task that failed. Stages
// follow from the object's address alone, so the object is not read for it.
func CanGoBack(k *resource.Kind[any], t *views.Task) bool {
	a, ok := actionOf(k, t.Verb)
	if !ok || t.Back {
		return false
	}
	item := resource.Item[any]{Location: &resource.Location{Scope: t.Target.Scope, Parent: t.Target.Parent}}
	return len(resource.WayBack(a.Stages(t.Verb, item, t.How), t.At())) > 0
}
