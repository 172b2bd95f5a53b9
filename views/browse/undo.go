package browse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/pause"
	"drey/themes"
	"drey/views"
	"drey/views/resource"
)

// undo takes back what was last done to the targets from here; where nothing was,
// the kind's own action of the key is asked about.
func (v *View[T]) undo(msg tea.KeyMsg) tea.Cmd {
	items := v.targets()
	if len(items) == 0 {
		return nil
	}
	if undoes := v.lastTasks(items); undoes != nil {
		t := undoes[0]
		inverse := views.ActMsg{Target: t.Target, Made: t.Made, Verb: t.Undo, Asked: msg.String(), Undoes: undoes}
		for _, o := range undoes[1:] {
			inverse.Also = append(inverse.Also, o.Target)
		}
		return v.Act(inverse)
	}
	if len(items) == 1 {
		if t, ok := v.lastTask(items[0]); ok && t.Failed() && v.canGoBack(&t) {
			return v.actOnTask(views.ActMsg{Target: t.Target, Verb: views.VerbBack, Asked: msg.String(), Task: &t})
		}
	}
	if a, ok := v.ownUndo(); ok {
		return v.act(a, msg.String())
	}
	return views.Notice(themes.Warn, "nothing was done from here that could be taken back: "+v.nameOf(checked(items)))
}

// lastTask is the newest thing that was done to an item from here.
func (v *View[T]) lastTask(item resource.Item[T]) (views.Task, bool) {
	if v.env.Tasks == nil {
		return views.Task{}, false
	}
	ref := v.kind.Ref(item)
	for _, t := range v.env.Tasks.List() {
		if t.Target.Kind == ref.Kind && t.Target.UID == ref.UID && t.Target.Name == ref.Name && !t.Running() {
			return t, true
		}
	}
	return views.Task{}, false
}

// lastTasks are what was last done to each item, where the same verb takes all of it
// back; nil: nothing is taken back so.
func (v *View[T]) lastTasks(items []resource.Item[T]) []views.Task {
	var undoes []views.Task
	for i, item := range items {
		t, there := v.lastTask(item)
		if !there || t.Undone || t.Failed() || t.Undo == "" || i > 0 && t.Undo != undoes[0].Undo {
			return nil
		}
		undoes = append(undoes, t)
	}
	return undoes
}

// ownUndo is the action of the kind that is done where nothing is to be taken back.
func (v *View[T]) ownUndo() (resource.Action[T], bool) {
	key := v.env.Keys.Table.Undo
	for _, a := range v.kind.Actions {
		if slices.Equal(a.Key(v.env.Keys).Keys(), key.Keys()) {
			return a, true
		}
	}
	return resource.Action[T]{}, false
}

// actionNow is the action that would now do a verb to an item.
func (v *View[T]) actionNow(item resource.Item[T], verb string) (resource.Action[T], bool) {
	for _, a := range v.kind.Actions {
		if a.Verb(item.Value).Do == verb {
			return a, true
		}
	}
	return resource.Action[T]{}, false
}

// markUndone writes down that tasks were taken back.
func (v *View[T]) markUndone(undoes []views.Task, refs []views.Ref, results []result) {
	for i, r := range results {
		for _, t := range undoes {
			if r.err == nil && refs[i].UID == t.Target.UID && refs[i].Name == t.Target.Name {
				t.Undone = true
				_ = v.env.Tasks.Save(&t) // it can be taken back once more at worst
			}
		}
	}
}

// canGoBack tells that something is to be sent to take back a task that failed.
func (v *View[T]) canGoBack(t *views.Task) bool {
	a, ok := actionOf(&v.kind, t.Verb)
	return ok && !t.Back && len(stepsBack(a, t)) > 0
}

// stepsBack are the steps of the way back, by the object's address alone.
func stepsBack[T any](a resource.Action[T], t *views.Task) []resource.Stage[T] {
	var item resource.Item[T]
	item.Location = &resource.Location{Scope: t.Target.Scope, Parent: t.Target.Parent}
	return resource.WayBack(a.Stages(t.Verb, item, t.How), t.At())
}

// actOnTask asks whether to go on with a task, to take it back, or to make again
// what it deleted.
func (v *View[T]) actOnTask(msg views.ActMsg) tea.Cmd {
	if msg.Verb == views.VerbRecreate {
		return v.askRecreate(msg)
	}
	t := *msg.Task
	t.Ended, t.Error = time.Time{}, ""
	if msg.Verb == views.VerbBack {
		t = views.Task{
			Target: t.Target, Made: t.Made, Verb: t.Verb, How: t.How, Back: true, From: t.At(), Resumable: true,
		}
	}
	q := views.Confirmation{
		Title: capital(msg.Verb) + " " + t.Verb.Do + " " + t.Target.Name, Asked: msg.Asked, Button: capital(msg.Verb),
		Doing: backVerb(t.Verb).Doing + " " + t.Target.Name,
	}
	if msg.Verb == views.VerbRetry {
		q.Doing = t.Verb.Doing + " " + t.Target.Name
	}
	q.Targets = []views.Target{{Ref: t.Target, Will: views.Fact{
		Label: "it failed", Text: msg.Task.Error, Tone: themes.Warn,
	}}}
	q.Run = func(string) tea.Cmd { return nil }
	first := q
	q.Load = func(ctx context.Context) views.Confirmation { return v.taskQuestion(ctx, first, msg.Verb, t) }
	q.Plan = msg.Verb
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// taskQuestion is the question about a task once it is known what would be sent.
func (v *View[T]) taskQuestion(
	ctx context.Context, q views.Confirmation, verb string, t views.Task,
) views.Confirmation {
	q.Targets = slices.Clone(q.Targets) // those of the question that is shown are drawn meanwhile
	r, err := readTask(ctx, &v.kind, &t)
	if err == nil && v.refusal(resource.Action[T]{Reads: r.action.Reads}, r.item) != nil {
		err = v.refusal(resource.Action[T]{Reads: r.action.Reads}, r.item)
	}
	if err != nil {
		q.Targets[0].Refused, q.Plan = err.Error(), ""
		return q
	}
	if t.Back {
		t.Steps = resource.TaskSteps(r.stages)
	}
	var due []resource.Stage[T]
	for n, s := range r.stages[min(t.At(), len(r.stages)):] {
		if took, err := tookNow(ctx, s, r.item); (t.Back || n == 0) && err == nil && took {
			continue // it would not be sent
		}
		due = append(due, s)
	}
	q.Targets[0].Requests = v.requests(resource.StepsOf(due))
	q.Facts = []views.Fact{{Label: "what happens", Text: "what took effect is not sent again"}}
	q.Plan = verb + " " + t.Target.UID + " " + strings.Join(q.Targets[0].Requests, "\n")
	q.Load = func(ctx context.Context) views.Confirmation { return v.taskQuestion(ctx, q, verb, t) }
	q.Run = func(string) tea.Cmd {
		return v.box.Report(q.Doing, func(ctx context.Context) views.DoneMsg {
			again := t
			if again.Back {
				again.Began = v.env.Now()
			}
			return resume(ctx, &v.kind, v.env.Tasks, v.env.Now, &again)
		})
	}
	return q
}

// tookNow tells whether a stage has taken effect on an item as it was just read.
func tookNow[T any](ctx context.Context, s resource.Stage[T], item resource.Item[T]) (bool, error) {
	if s.Took == nil {
		return false, nil
	}
	return s.Took(ctx, item)
}

// errThereIs tells that what is to be made again is there.
var errThereIs = errors.New("there is one of this name again")

// askRecreate asks whether to make again what was deleted.
func (v *View[T]) askRecreate(msg views.ActMsg) tea.Cmd {
	t, again := *msg.Task, v.kind.Recreate
	if again == nil || len(t.Document) == 0 {
		return views.Notice(themes.Warn, "cannot recreate "+t.Target.Name+": what it was is not known any more")
	}
	ref := t.Target
	q := views.Confirmation{
		Title: "Recreate " + ref.Name, Button: "Recreate", Doing: "recreating " + ref.Name, Asked: msg.Asked,
		Plan: "recreate",
		Targets: []views.Target{{
			Ref: ref, Will: views.Fact{Label: "what happens", Text: "it is made again as it was last"},
			Requests: v.requests([]views.Step{again.Step(ref)}),
		}},
		Facts: []views.Fact{{Label: "not restored", Text: again.Lost, Tone: themes.Warn}},
	}
	if v.env.Server.ReadOnly != views.Writable {
		return refused(ref.Name, "recreate", errReadOnly.Error())
	}
	q.Run = func(string) tea.Cmd { return v.recreate(t) }
	known := q
	q.Load = func(ctx context.Context) views.Confirmation {
		now := known
		if _, err := v.kind.Raw(ctx, views.Ref{
			Kind: ref.Kind, Scope: ref.Scope, Parent: ref.Parent, Name: ref.Name,
		}); !fault.Is(err, fault.NotFound) {
			if err == nil {
				err = errThereIs
			}
			now.Targets = []views.Target{{Ref: ref, Refused: err.Error()}}
			now.Plan, now.Facts = "", nil
		}
		return now
	}
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// recreate makes a deleted object again. After an answer that was lost it is
// looked for.
func (v *View[T]) recreate(t views.Task) tea.Cmd {
	again, ref := v.kind.Recreate, t.Target
	return v.box.Report("recreating "+ref.Name, func(ctx context.Context) views.DoneMsg {
		step := again.Step(ref)
		record := &views.Task{
			Target: ref, Verb: views.Verb{Do: views.VerbRecreate, Doing: "recreating", Done: "recreated"},
			Began: v.env.Now(),
			Steps: []views.TaskStep{{
				Label: views.VerbRecreate, Method: step.Method, Path: step.Path, Began: v.env.Now(),
			}},
		}
		record.Target.UID = ""
		p := performer[T]{tasks: v.env.Tasks}
		_ = p.save(record) // it is done all the same
		err := again.Send(ctx, ref, t.Document)
		if fault.Of(err).Lost {
			err = v.recreatedAfterLost(ctx, ref, err)
		}
		record.Ended = v.env.Now()
		if err != nil {
			record.Error = err.Error()
		} else {
			record.Steps[0].Ended = record.Ended
			t.Undone = true
			_ = p.save(&t)
		}
		_ = p.save(record)
		msg := views.DoneMsg{Text: "recreated " + ref.Name + ": " + again.Lost, Err: err}
		msg.Results = []views.Result{{Target: record.Target, Err: err, Task: record.ID}}
		return msg
	})
}

func (v *View[T]) recreatedAfterLost(ctx context.Context, ref views.Ref, lost error) error {
	ref.UID = ""
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		if _, err := v.kind.Raw(ctx, ref); err == nil {
			return nil
		}
	}
	return fmt.Errorf("not known whether it was made: the answer was lost: %w", lost)
}
