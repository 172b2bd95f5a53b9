package resource

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"drey/views"
)

// Stage is one request of an action, and how it is known what came of it. Whoever
// goes on with an action looks first: nothing is sent twice that took effect.
type Stage[T any] struct {
	Step  views.Step
	Label string // for people: "take a savepoint"
	// Send sends it. It returns what there is to say of it, "" for nothing.
	Send func(context.Context, Item[T]) (string, error)
	// Took tells of the item as it is now whether it took effect, whoever sent it.
	Took func(context.Context, Item[T]) (bool, error)
	// Reached tells how far what it asked for has come, or why it never will; nil
	// when the answer to it says so.
	Reached func(context.Context, Item[T]) (Progress, error)
	// Removes tells that an item that is gone is what was asked for.
	Removes bool
	// Makes is another object that it makes, by its kind, where it is and its name; zero for
	// none. A name that only the server gives is left out.
	Makes views.Ref
	// Back takes back what it did; nil where that needs nothing, or cannot be done.
	Back *Stage[T]
}

// Progress is how far a stage has come.
type Progress struct {
	State string // as the server calls it
	Done  bool
	Text  string // what there is to say once it is done
	// Overtaken says what was asked for since in place of it, "" for nothing: it is
	// not waited for any longer, and stages that would come after it are not sent.
	Overtaken string
}

// NewToken in the how of a choice, or in Action.Plain, stands for a text that is
// another one each time it is asked: names of what an action makes have it.
const NewToken = "{new}"

// RandomToken is a text to put in place of NewToken, of eight hexadecimal digits.
func RandomToken() string {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// InStages completes an action that is done in stages with its plan. It has no Run.
func InStages[T any](a Action[T]) Action[T] {
	a.Plan = func(item Item[T], how string) []views.Step {
		return StepsOf(a.Stages(a.Verb(item.Value), item, how))
	}
	return a
}

// StepsOf are the requests of stages, in their order.
func StepsOf[T any](stages []Stage[T]) []views.Step {
	steps := make([]views.Step, len(stages))
	for i, s := range stages {
		steps[i] = s.Step
	}
	return steps
}

// TaskSteps are stages as they are written down before the first one is sent.
func TaskSteps[T any](stages []Stage[T]) []views.TaskStep {
	steps := make([]views.TaskStep, len(stages))
	for i, s := range stages {
		steps[i] = views.TaskStep{Label: s.Label, Method: s.Step.Method, Path: s.Step.Path}
	}
	return steps
}

// WayBack are the stages that take back what those up to the one that is due may
// have done, the last one first. What one of them finds done already is not sent.
func WayBack[T any](stages []Stage[T], due int) []Stage[T] {
	var back []Stage[T]
	for i := min(due, len(stages)-1); i >= 0; i-- {
		if stages[i].Back != nil {
			back = append(back, *stages[i].Back)
		}
	}
	return back
}
