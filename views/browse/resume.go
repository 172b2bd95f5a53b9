package browse

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

// resumedTask is a task that is gone on with: what it is about as it is now, and
// the stages that its steps stand for.
type resumedTask[T any] struct {
	item    resource.Item[T]
	action  resource.Action[T]
	stages  []resource.Stage[T]
	deleted bool // the item is there no more, which is what was asked for
}

// readTask reads what a task is about. An object that another one has replaced is
// not what it was about.
func readTask[T any](ctx context.Context, k *resource.Kind[T], t *views.Task) (r resumedTask[T], err error) {
	action, ok := actionOf(k, t.Verb)
	if !ok {
		return r, fmt.Errorf("a %s has no such action that can be gone on with", k.Singular)
	}
	r.action = action
	r.item.Location = &resource.Location{Scope: t.Target.Scope, Parent: t.Target.Parent}
	r.item.Value, err = k.Read(ctx, t.Target)
	switch {
	case fault.Is(err, fault.NotFound):
		err = errAbsent
	case err != nil:
		return r, err
	case t.Target.UID != "" && k.Key(r.item) != t.Target.UID, k.Made != nil && differ(k.Made(r.item.Value), t.Made):
		err = errReplaced
	}
	if err != nil {
		r.deleted = action.Removes && !t.Back
		return r, err
	}
	r.stages = stagesOf(action, r.item, t)
	return r, nil
}

// actionOf is the action of a kind that does a verb in stages.
func actionOf[T any](k *resource.Kind[T], verb views.Verb) (resource.Action[T], bool) {
	for _, a := range k.Actions {
		for _, v := range slices.Concat(a.Verbs, a.EditedBy) {
			if v.Do == verb.Do && a.Stages != nil {
				return a, true
			}
		}
	}
	return resource.Action[T]{}, false
}

// stagesOf are the stages that a task's steps stand for.
func stagesOf[T any](a resource.Action[T], item resource.Item[T], t *views.Task) []resource.Stage[T] {
	stages := a.Stages(t.Verb, item, t.How)
	if t.Back {
		return resource.WayBack(stages, t.From)
	}
	return stages
}

// Resume implements platform.Resumer: it goes on with a task at the step that is
// due, once the server answers.
func (u untyped[T]) Resume(ctx context.Context, tasks views.Tasks, now func() time.Time, t *views.Task) views.DoneMsg {
	return resume(ctx, &u.kind, tasks, now, t)
}

func resume[T any](
	ctx context.Context, k *resource.Kind[T], tasks views.Tasks, now func() time.Time, t *views.Task,
) views.DoneMsg {
	if rules := k.Rules(); rules != nil && edit.Sent(t) {
		return rules.Resume(ctx, tasks, now, t)
	}
	verb := t.Verb
	if t.Back {
		verb = backVerb(verb)
	}
	refs, verbs := []views.Ref{t.Target}, []views.Verb{verb}
	r, err := awaitTask(ctx, k, t)
	p := newPerformer(k, r.action, 1)
	p.tasks, p.now = tasks, now
	switch {
	case ctx.Err() != nil:
		return summary([]result{{err: ctx.Err(), ended: true, task: t.ID}}, refs, verbs)
	case r.deleted:
		for i := range t.Steps {
			t.Steps[i].Ended = now()
		}
		err = nil
	case err == nil && len(r.stages) == len(t.Steps):
		return summary([]result{p.perform(ctx, r.item, t, r.stages)}, refs, verbs)
	case err == nil:
		err = fmt.Errorf("it was written down by another version, as %d steps", len(t.Steps))
	}
	t.Ended = now()
	if err != nil {
		t.Error = err.Error()
	}
	_ = p.save(t) // what came of it is said
	return summary([]result{{err: err, ended: true, task: t.ID}}, refs, verbs)
}

// awaitTask reads what a task is about until the server answers.
func awaitTask[T any](ctx context.Context, k *resource.Kind[T], t *views.Task) (resumedTask[T], error) {
	gap := time.Second
	for began := time.Now(); ; {
		r, err := readTask(ctx, k, t)
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

// backVerb is what taking back what a verb did is called.
func backVerb(v views.Verb) views.Verb {
	return views.Verb{Do: "take back " + v.Do, Doing: "taking back: " + v.Doing, Done: "took back: " + v.Do}
}
