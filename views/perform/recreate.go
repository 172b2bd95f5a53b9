package perform

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/client/pause"
	"drey/views"
	"drey/views/resource"
)

// Recreate makes again what a task deleted, in a way of its kind (resource.Recreate), and
// writes that down. After an answer that was lost it is looked for.
func Recreate(
	ctx context.Context, kind *resource.Kind[any], tasks views.Tasks, now func() time.Time, t views.Task,
	way views.Choice,
) views.DoneMsg {
	again, ref := kind.Recreate, t.Target
	document, text := t.Document, "recreated "+ref.Name+": "+again.Lost
	if way.How != "" {
		document = again.From(document, way.How)
		text = "recreated " + ref.Name + " " + FromWay(way) + ": " + again.LostFrom
	}
	step := again.Step(ref)
	record := &views.Task{
		Target: ref, Verb: views.Verb{Do: views.VerbRecreate, Doing: "recreating", Done: "recreated"},
		Began: now(),
		Steps: []views.TaskStep{{
			Label: views.VerbRecreate, Method: step.Method, Path: step.Path, Began: now(),
		}},
	}
	record.Target.UID = ""
	save := func(t *views.Task) {
		if tasks != nil {
			_ = tasks.Save(t) // it is done all the same
		}
	}
	save(record)
	err := again.Send(ctx, ref, document)
	if fault.Of(err).Lost {
		err = recreatedAfterLost(ctx, kind, ref, err)
	}
	record.Ended = now()
	if err != nil {
		record.Error = err.Error()
	} else {
		record.Steps[0].Ended = record.Ended
		t.Undone = true
		save(&t)
	}
	save(record)
	msg := views.DoneMsg{Text: text, Err: err}
	msg.Results = []views.Result{{Target: record.Target, Err: err, Task: record.ID, Made: record.Began}}
	return msg
}

func recreatedAfterLost(ctx context.Context, kind *resource.Kind[any], ref views.Ref, lost error) error {
	ref.UID = ""
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		if _, err := kind.Raw(ctx, ref); err == nil {
			return nil
		}
	}
	return fmt.Errorf("not known whether it was made: the answer was lost: %w", lost)
}

// FromWay says in a sentence what is begun from in a way of resource.Recreate.
func FromWay(way views.Choice) string {
	if way.Label == "" {
		return ""
	}
	return "from " + strings.ToLower(way.Label[:1]) + way.Label[1:]
}
