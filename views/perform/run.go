package perform

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/client/pause"
	"drey/views"
	"drey/views/resource"
)

// runner does an action by its Run.
type runner struct{ Job }

// Result is what came of one item.
type Result struct {
	Text  string // what there is to say of it beside the verb
	Err   error
	Ended bool   // there is nothing to follow
	Task  string // the id of the task that it was written down as
}

// send does it to one item. "Not modified" is said, not treated as a failure,
// and after an answer that was lost the item is looked at before anything is said.
func (r *runner) send(ctx context.Context, item resource.Item[any], how string) Result {
	text, err := r.Action.Run(ctx, item, how, r.tell)
	switch f := fault.Of(err); {
	case err == nil:
		return Result{Text: text, Ended: r.Action.Reached == nil}
	case f.Kind == fault.NotModified:
		return Result{Text: "it was already so", Ended: true}
	case f.Lost:
		return r.checkAfterLost(ctx, item, err)
	}
	return Result{Err: err, Ended: true}
}

// tell passes a step on to whoever hears of it.
func (r *runner) tell(s views.Step) {
	if r.Step != nil {
		r.Step(s)
	}
}

// How often, and how many times, an item is looked at after a lost answer: a
// request may still be under way on the server.
const (
	checkEvery = time.Second
	checks     = 4
)

// checkAfterLost finds out whether a request whose answer was lost was carried out.
func (r *runner) checkAfterLost(ctx context.Context, item resource.Item[any], lost error) Result {
	var last error
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		now := readAgain(ctx, r.Kind, item)
		switch {
		case absent(now.Absence):
			return r.absent(now.Absence)
		case now.Absence != nil:
			last = now.Absence
		case r.Action.Begun != nil && r.Action.Begun(item.Value, now.Item.Value):
			return Result{Ended: r.Action.Reached == nil}
		default:
			last = nil
		}
	}
	if last != nil {
		return Result{
			Err: fmt.Errorf("not known whether it was done: the answer was lost (%w), and %w", lost, last), Ended: true,
		}
	}
	return Result{Err: fmt.Errorf("not done: the answer was lost, and it is as it was: %w", lost), Ended: true}
}

// absent is what it means that the item is there no more.
func (r *runner) absent(err error) Result {
	if r.Action.Removes {
		err = nil
	}
	return Result{Err: err, Ended: true}
}

// followFor is the longest that items are followed.
const followFor = 2 * time.Minute

// follow reads the items again and again until each has reached what was asked
// for, or never will.
func (r *runner) follow(ctx context.Context, items []resource.Item[any], results []Result) {
	if r.Action.Reached == nil {
		return
	}
	gap := 300 * time.Millisecond
	for began := time.Now(); time.Since(began) < followFor; {
		var open []int
		for i := range results {
			if !results[i].Ended {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			return
		}
		InParallel(len(open), func(n int) {
			i := open[n]
			results[i] = r.check(ctx, items[i], results[i])
		})
		if !pause.For(ctx, gap) {
			return
		}
		gap = min(gap*3/2, 2*time.Second)
	}
}

// check tells whether one item has reached what was asked for.
func (r *runner) check(ctx context.Context, item resource.Item[any], was Result) Result {
	now := readAgain(ctx, r.Kind, item)
	switch {
	case absent(now.Absence):
		return r.absent(now.Absence)
	case now.Absence != nil:
		return was // asked again
	}
	done, err := r.Action.Reached(now.Item.Value)
	was.Ended, was.Err = done || err != nil, err
	return was
}

// Summary says what was done, and what was not with the reasons.
func Summary(results []Result, refs []views.Ref, verbs []views.Verb) views.DoneMsg {
	var msg views.DoneMsg
	var errs []error
	done := map[string]int{}
	var order []string
	for i, r := range results {
		msg.Results = append(msg.Results, views.Result{Target: refs[i], Err: r.Err, Task: r.Task})
		word := verbs[i].Done
		if !r.Ended {
			word = "still " + verbs[i].Doing
		}
		switch {
		case r.Err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", where(refs[i]), r.Err))
		case len(results) == 1:
			msg.Text = strings.TrimSpace(word + " " + refs[i].Name)
			if r.Text != "" {
				msg.Text += " · " + r.Text
			}
		default:
			if done[word] == 0 {
				order = append(order, word)
			}
			done[word]++
		}
	}
	if len(results) == 1 {
		msg.Err = results[0].Err
		return msg
	}
	var parts []string
	for _, word := range order {
		parts = append(parts, fmt.Sprintf("%s %d", word, done[word]))
	}
	msg.Text = strings.Join(parts, ", ")
	if len(errs) > 0 {
		said := msg.Text
		if said == "" {
			said = "nothing done"
		}
		msg.Err = fmt.Errorf("%s, not %d: %w", said, len(errs), errors.Join(errs...))
	}
	return msg
}

// where is a name with its environment.
func where(ref views.Ref) string {
	if ref.Scope == "" {
		return ref.Name
	}
	return ref.Name + " in " + ref.Scope
}
