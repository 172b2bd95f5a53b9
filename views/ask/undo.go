package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/perform"
	"drey/views/resource"
)

// Undo takes back what was last done to items from here; where nothing was, the kind's
// own action of the key is asked about.
func (s *Asker) Undo(key string, items []resource.Item[any]) tea.Cmd {
	if len(items) == 0 {
		return views.Notice(themes.Warn, "nothing was done from here that could be taken back"+s.journal())
	}
	if undoes := s.lastTasks(items); undoes != nil {
		t := undoes[0]
		inverse := views.ActMsg{Target: t.Target, Made: t.Made, Verb: t.Undo, Asked: key, Undoes: undoes}
		for _, o := range undoes[1:] {
			inverse.Also = append(inverse.Also, o.Target)
		}
		return s.Act(inverse)
	}
	if len(items) == 1 {
		if t, ok := s.lastTask(items[0]); ok && t.Failed() && perform.CanGoBack(s.Kind, &t) {
			return s.actOnTask(views.ActMsg{Target: t.Target, Verb: views.VerbBack, Asked: key, Task: &t})
		}
	}
	if a, ok := s.ownUndo(); ok {
		return s.Ask(a, key, items)
	}
	return views.Notice(
		themes.Warn, "nothing was done to "+s.nameOf(perform.Targets(items))+" from here that could be taken back"+
			s.journal(),
	)
}

// journal says where what was done is listed.
func (s *Asker) journal() string {
	return ": " + s.Env.Keys.Global.Actions.Help().Key + " lists what was done"
}

// lastTask is the newest thing that was done to an item from here.
func (s *Asker) lastTask(item resource.Item[any]) (views.Task, bool) {
	if s.Env.Tasks == nil {
		return views.Task{}, false
	}
	ref := s.Kind.Ref(item)
	for _, t := range s.Env.Tasks.List() {
		if t.Target.Kind == ref.Kind && t.Target.UID == ref.UID && t.Target.Name == ref.Name && !t.Running() {
			return t, true
		}
	}
	return views.Task{}, false
}

// lastTasks are what was last done to each item, where the same verb takes all of it
// back; nil: nothing is taken back so.
func (s *Asker) lastTasks(items []resource.Item[any]) []views.Task {
	var undoes []views.Task
	for i, item := range items {
		t, there := s.lastTask(item)
		if !there || t.Undone || t.Failed() || t.Undo == "" || i > 0 && t.Undo != undoes[0].Undo {
			return nil
		}
		undoes = append(undoes, t)
	}
	return undoes
}

// ownUndo is the action of the kind that is done where nothing is to be taken back.
func (s *Asker) ownUndo() (resource.Action[any], bool) {
	key := s.Env.Keys.Table.Undo
	for _, a := range s.Kind.Actions {
		if slices.Equal(a.Key(s.Env.Keys).Keys(), key.Keys()) {
			return a, true
		}
	}
	return resource.Action[any]{}, false
}

// actionNow is the action that would now do a verb to an item.
func (s *Asker) actionNow(item resource.Item[any], verb string) (resource.Action[any], bool) {
	for _, a := range s.Kind.Actions {
		if a.Verb(item.Value).Do == verb {
			return a, true
		}
	}
	return resource.Action[any]{}, false
}

// markUndone writes down that tasks were taken back.
func (s *Asker) markUndone(undoes []views.Task, refs []views.Ref, results []perform.Result) {
	for i, r := range results {
		for _, t := range undoes {
			if r.Err == nil && refs[i].UID == t.Target.UID && refs[i].Name == t.Target.Name {
				t.Undone = true
				_ = s.Env.Tasks.Save(&t) // it can be taken back once more at worst
			}
		}
	}
}

// actOnTask asks whether to go on with a task, to take it back, or to make again
// what it deleted.
func (s *Asker) actOnTask(msg views.ActMsg) tea.Cmd {
	if msg.Verb == views.VerbRecreate {
		return s.askRecreate(msg)
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
		Doing: perform.BackVerb(t.Verb).Doing + " " + t.Target.Name,
	}
	if msg.Verb == views.VerbRetry {
		q.Doing = t.Verb.Doing + " " + t.Target.Name
	}
	q.Targets = []views.Target{{Ref: t.Target, Will: views.Fact{
		Label: "it failed", Text: msg.Task.Error, Tone: themes.Warn,
	}}}
	q.Run = func(string) tea.Cmd { return nil }
	first := q
	q.Load = func(ctx context.Context) views.Confirmation { return s.taskQuestion(ctx, first, msg.Verb, t) }
	q.Plan = msg.Verb
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// taskQuestion is the question about a task once it is known what would be sent.
func (s *Asker) taskQuestion(
	ctx context.Context, q views.Confirmation, verb string, t views.Task,
) views.Confirmation {
	q.Targets = slices.Clone(q.Targets) // those of the question that is shown are drawn meanwhile
	r, err := perform.ReadTask(ctx, s.Kind, &t)
	if err == nil && s.Refusal(resource.Action[any]{Reads: r.Action.Reads}, r.Item) != nil {
		err = s.Refusal(resource.Action[any]{Reads: r.Action.Reads}, r.Item)
	}
	if err != nil {
		q.Targets[0].Refused, q.Plan = err.Error(), ""
		return q
	}
	if t.Back {
		t.Steps = resource.TaskSteps(r.Stages)
	}
	q.Targets[0].Requests = s.requests(resource.StepsOf(r.Due(ctx, &t)))
	q.Facts = []views.Fact{{Label: "what happens", Text: "what took effect is not sent again"}}
	q.Plan = verb + " " + t.Target.UID + " " + strings.Join(q.Targets[0].Requests, "\n")
	q.Load = func(ctx context.Context) views.Confirmation { return s.taskQuestion(ctx, q, verb, t) }
	q.Run = func(string) tea.Cmd {
		return s.Mail.Report(q.Doing, func(ctx context.Context) views.DoneMsg {
			again := t
			if again.Back {
				again.Began = s.Env.Now()
			}
			return perform.Resume(ctx, s.Kind, s.Env.Tasks, s.Env.Now, &again)
		})
	}
	return q
}

// errThereIs tells that what is to be made again is there.
var errThereIs = errors.New("there is one of this name again: delete that one first")

// askRecreate asks whether to make again what was deleted.
func (s *Asker) askRecreate(msg views.ActMsg) tea.Cmd {
	t, again := *msg.Task, s.Kind.Recreate
	if again == nil || len(t.Document) == 0 {
		return views.Notice(themes.Warn, "cannot recreate "+t.Target.Name+": what it was is not known any more: "+
			s.Env.Keys.Table.Create.Help().Key+" makes a new one")
	}
	ref := t.Target
	q := views.Confirmation{
		Title: "Recreate " + ref.Name, Button: "Recreate", Doing: "recreating " + ref.Name, Asked: msg.Asked,
		Plan: "recreate",
		Targets: []views.Target{{
			Ref: ref, Will: views.Fact{Label: "what happens", Text: "it is made again as it was last"},
			Requests: s.requests([]views.Step{again.Step(ref)}),
		}},
		Facts: []views.Fact{{Label: "not restored", Text: again.Lost, Tone: themes.Warn}},
	}
	if s.Env.Server.ReadOnly != views.Writable {
		return refused(ref.Name, "recreate", errReadOnly.Error())
	}
	q.Run = s.recreates(t, q.Doing, nil)
	known := q
	if again.Ways != nil {
		q.Facts = nil // it is said of each way, once they are listed
	}
	q.Load = func(ctx context.Context) views.Confirmation {
		now := known
		if _, err := s.Kind.Raw(ctx, views.Ref{
			Kind: ref.Kind, Scope: ref.Scope, Parent: ref.Parent, Name: ref.Name,
		}); !fault.Is(err, fault.NotFound) {
			if err == nil {
				err = errThereIs
			}
			now.Targets = []views.Target{{Ref: ref, Refused: err.Error()}}
			now.Plan, now.Facts = "", nil
			return now
		}
		return s.recreateWays(ctx, now, t)
	}
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// recreateWays adds the states that what was deleted can begin with, the best first.
func (s *Asker) recreateWays(ctx context.Context, q views.Confirmation, t views.Task) views.Confirmation {
	again := s.Kind.Recreate
	if again.Ways == nil {
		return q
	}
	ways, err := again.Ways(ctx, t, s.Env.ServerNow())
	if err != nil {
		q.Facts = append(slices.Clone(q.Facts), views.Fact{
			Label: "other ways", Text: "could not be listed: " + err.Error(), Tone: themes.Warn,
		})
	}
	if err != nil || len(ways) < 2 {
		return q
	}
	for i := range ways {
		step, lost := again.Step(t.Target), again.Lost
		if ways[i].How != "" {
			step.Remark, lost = perform.FromWay(ways[i]), again.LostFrom
		}
		ways[i].Requests = s.requests([]views.Step{step})
		ways[i].Facts = []views.Fact{{Label: "not restored", Text: lost, Tone: themes.Warn}}
	}
	q.Choices, q.Which, q.How, q.Facts = ways, "Where should it start from?", ways[0].How, nil
	q.Run = s.recreates(t, q.Doing, ways)
	return q
}

// recreates makes again what a task deleted, in the way that is chosen.
func (s *Asker) recreates(t views.Task, doing string, ways []views.Choice) func(how string) tea.Cmd {
	return func(how string) tea.Cmd {
		var way views.Choice
		for _, w := range ways {
			if w.How == how {
				way = w
			}
		}
		return s.Mail.Report(doing, func(ctx context.Context) views.DoneMsg {
			return perform.Recreate(ctx, s.Kind, s.Env.Tasks, s.Env.Now, t, way)
		})
	}
}
