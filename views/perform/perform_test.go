package perform

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
	"drey/views"
	"drey/views/resource"
)

var grow = views.Verb{Do: "grow", Doing: "growing", Done: "grew"}

// errLost is a request whose answer never came.
type errLost struct{ error }

func (errLost) Fault() fault.Fault { return fault.Fault{Kind: fault.Offline, Lost: true} }

// errMissing is what a server says of an object that it does not have.
type errMissing struct{ error }

func (errMissing) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }

// plants are objects in memory, by name; each grows in one stage, which send sends.
func plants(heights map[string]int, send func(name string) error) (resource.Kind[any], resource.Action[any]) {
	a := resource.InStages(resource.Action[string]{
		Verb: func(string) views.Verb { return grow }, Verbs: []views.Verb{grow},
		Stages: func(views.Verb, resource.Item[string], string) []resource.Stage[string] {
			return []resource.Stage[string]{{
				Label: "grow",
				Send: func(_ context.Context, i resource.Item[string]) (string, error) {
					return "", send(i.Value)
				},
				Took: func(_ context.Context, i resource.Item[string]) (bool, error) {
					return heights[i.Value] > 0, nil
				},
			}}
		},
	})
	kind := resource.Untyped(resource.Kind[string]{
		Name: "plants", Singular: "plant", Actions: []resource.Action[string]{a},
		NameOf: func(name string) string { return name },
		Key:    func(i resource.Item[string]) string { return i.Value },
		Read: func(_ context.Context, ref views.Ref) (string, error) {
			if _, there := heights[ref.Name]; !there {
				return "", errMissing{errors.New("there is none")}
			}
			return ref.Name, nil
		},
	})
	return kind, kind.Actions[0]
}

// do grows one plant.
func do(t *testing.T, kind resource.Kind[any], a resource.Action[any], name string) Result {
	item := resource.Item[any]{Location: &resource.Location{}, Value: &name}
	job := Job{Kind: &kind, Action: a, Now: time.Now}
	return job.Do(t.Context(), []resource.Item[any]{item}, []string{""})[0]
}

// TestAfterALostAnswerTheObjectIsLookedAt loses the answers to a request that took effect,
// to one that did not, and to one after which the object is there no more.
func TestAfterALostAnswerTheObjectIsLookedAt(t *testing.T) {
	for name, c := range map[string]struct {
		send  func(heights map[string]int)
		wants string
	}{
		"took effect":  {func(h map[string]int) { h["fern"]++ }, ""},
		"did not":      {func(map[string]int) {}, "not done: the answer was lost"},
		"it is absent": {func(h map[string]int) { delete(h, "fern") }, "it is gone"},
	} {
		synctest.Test(t, func(t *testing.T) {
			heights, sent := map[string]int{"fern": 0}, 0
			kind, a := plants(heights, func(string) error {
				sent++
				c.send(heights)
				return errLost{errors.New("the connection broke")}
			})
			r := do(t, kind, a, "fern")
			if c.wants == "" && r.Err != nil || c.wants != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), c.wants)) {
				t.Errorf("%s: got %v, want %q", name, r.Err, c.wants)
			}
			if sent != 1 {
				t.Errorf("%s: sent %d times", name, sent)
			}
		})
	}
}

// TestWhatTookEffectIsNotSentAgain goes on with a task that another process began, whose
// request took effect, and with one whose request did not.
func TestWhatTookEffectIsNotSentAgain(t *testing.T) {
	for height, sends := range map[int]int{1: 0, 0: 1} {
		heights, sent := map[string]int{"fern": height}, 0
		kind, _ := plants(heights, func(name string) error {
			sent++
			heights[name]++
			return nil
		})
		task := &views.Task{
			Target: views.Ref{Kind: "plants", Name: "fern", UID: "fern"}, Verb: grow, Resumable: true, Began: time.Now(),
			Steps: []views.TaskStep{{Label: "grow", Began: time.Now()}},
		}
		msg := Resume(t.Context(), &kind, nil, time.Now, task)
		if msg.Err != nil || sent != sends || task.Ended.IsZero() || heights["fern"] != 1 {
			t.Errorf("height %d: sent %d times, %v, ended %v", height, sent, msg.Err, task.Ended)
		}
	}
}

// TestASummaryNamesWhatFailed counts what was done by its verb.
func TestASummaryNamesWhatFailed(t *testing.T) {
	refs := []views.Ref{{Name: "a"}, {Name: "b", Scope: "prod"}, {Name: "c"}}
	verbs := []views.Verb{grow, grow, grow}
	msg := Summary([]Result{{Ended: true}, {Ended: true, Err: errors.New("too dry")}, {}}, refs, verbs)
	if msg.Text != "grew 1, still growing 1" || msg.Err == nil ||
		msg.Err.Error() != "grew 1, still growing 1, not 1: b in prod: too dry" {
		t.Errorf("got %q, %v", msg.Text, msg.Err)
	}
}
