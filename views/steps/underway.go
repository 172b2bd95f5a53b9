package steps

import (
	"errors"
	"fmt"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// Refusal is why an object is left alone while another console is in the middle of
// something with it; nil where it may be acted on. env may remember nothing.
func Refusal(env *views.Env, ref views.Ref) error {
	t, on := onIt(env, ref)
	if !on || t.By == "" || t.Left || !t.Between() {
		return nil
	}
	return errors.New(
		underWay(t) + ": wait until that has ended, or end that console and start another one, which goes on",
	)
}

// Facts tell what is under way on an object, from here or from another console; nil for
// nothing.
func Facts(env *views.Env, ref views.Ref) []views.Fact {
	t, on := onIt(env, ref)
	if !on {
		return nil
	}
	return []views.Fact{{Label: "under way", Text: underWay(t), Tone: themes.Warn}}
}

func onIt(env *views.Env, ref views.Ref) (views.Task, bool) {
	if env.Tasks == nil {
		return views.Task{}, false
	}
	return env.Tasks.On(ref)
}

// underWay is who does what, and how far that has come.
func underWay(t views.Task) string {
	step := ""
	if at := t.At(); at < len(t.Steps) {
		step = fmt.Sprintf(" (%d of %d %s)", at+1, len(t.Steps), clean.Text(t.Steps[at].Label))
	}
	doing := t.Verb.Doing + " " + clean.Text(t.Target.Name) + step
	if t.Back {
		doing = "taking back: " + doing
	}
	if t.By == "" {
		return "this console is " + doing
	}
	if t.Left {
		return clean.Text(t.By) + ", after " + doing
	}
	return clean.Text(t.By) + " is " + doing
}
