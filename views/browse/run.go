package browse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/pause"
	"drey/themes"
	"drey/views"
	"drey/views/resource"
)

// run is the command that acts on every item, a few at a time, follows each
// until what was asked for has come about, and says what came of it. The marks
// of the items go at once, so that no key does the same twice; Report gives
// those back that failed.
func (v *View[T]) run(a resource.Action[T], items []resource.Item[T], hows []string, doing string, undoes []views.Task) tea.Cmd {
	if len(items) == 0 {
		return views.Notice(themes.Warn, "nothing was done: nothing could be")
	}
	refs := make([]views.Ref, len(items))
	verbs := make([]views.Verb, len(items))
	for i, item := range items {
		refs[i], verbs[i] = v.kind.Ref(item), a.Verb(item.Value)
		v.grid.SetMark(refs[i].UID, false)
		v.grid.SetReason(refs[i].UID, "")
	}
	v.frame.dirty = true
	r := runner[T]{kind: &v.kind, action: a}
	return v.box.Report(doing, func(ctx context.Context) views.DoneMsg {
		if a.Stages != nil {
			results := v.inStages(ctx, a, items, hows, len(undoes) > 0)
			v.markUndone(undoes, refs, results)
			return summary(results, refs, verbs)
		}
		results := make([]result, len(items))
		inParallel(len(items), func(i int) { results[i] = r.send(ctx, items[i], hows[i]) })
		r.follow(ctx, items, results)
		return summary(results, refs, verbs)
	})
}

// runner does one action.
type runner[T any] struct {
	kind   *resource.Kind[T]
	action resource.Action[T]
	step   func(views.Step) // hears of each; nil: nobody does
}

// result is what came of one item.
type result struct {
	text  string
	err   error
	ended bool // there is nothing to follow
	task  string
}

// send does it to one item. "Not modified" is said, not treated as a failure,
// and after an answer that was lost the item is looked at before anything is said.
func (r *runner[T]) send(ctx context.Context, item resource.Item[T], how string) result {
	text, err := r.action.Run(ctx, item, how, r.tell)
	switch f := fault.Of(err); {
	case err == nil:
		return result{text: text, ended: r.action.Reached == nil}
	case f.Kind == fault.NotModified:
		return result{text: "it was already so", ended: true}
	case f.Lost:
		return r.checkAfterLost(ctx, item, err)
	}
	return result{err: err, ended: true}
}

// tell passes a step on to whoever hears of it.
func (r *runner[T]) tell(s views.Step) {
	if r.step != nil {
		r.step(s)
	}
}

// How often, and how many times, an item is looked at after a lost answer: a
// request may still be under way on the server.
const (
	checkEvery = time.Second
	checks     = 4
)

// checkAfterLost finds out whether a request whose answer was lost was carried out.
func (r *runner[T]) checkAfterLost(ctx context.Context, item resource.Item[T], lost error) result {
	var last error
	for n := range checks {
		if n > 0 && !pause.For(ctx, checkEvery) {
			break
		}
		now := readAgain(ctx, r.kind, item)
		switch {
		case absent(now.absence):
			return r.absent(now.absence)
		case now.absence != nil:
			last = now.absence
		case r.action.Begun != nil && r.action.Begun(item.Value, now.item.Value):
			return result{ended: r.action.Reached == nil}
		default:
			last = nil
		}
	}
	if last != nil {
		return result{
			err: fmt.Errorf("not known whether it was done: the answer was lost (%w), and %w", lost, last), ended: true,
		}
	}
	return result{err: fmt.Errorf("not done: the answer was lost, and it is as it was: %w", lost), ended: true}
}

// absent is what it means that the item is there no more.
func (r *runner[T]) absent(err error) result {
	if r.action.Removes {
		err = nil
	}
	return result{err: err, ended: true}
}

// followFor is the longest that items are followed.
const followFor = 2 * time.Minute

// follow reads the items again and again until each has reached what was asked
// for, or never will.
func (r *runner[T]) follow(ctx context.Context, items []resource.Item[T], results []result) {
	if r.action.Reached == nil {
		return
	}
	gap := 300 * time.Millisecond
	for began := time.Now(); time.Since(began) < followFor; {
		var open []int
		for i := range results {
			if !results[i].ended {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			return
		}
		inParallel(len(open), func(n int) {
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
func (r *runner[T]) check(ctx context.Context, item resource.Item[T], was result) result {
	now := readAgain(ctx, r.kind, item)
	switch {
	case absent(now.absence):
		return r.absent(now.absence)
	case now.absence != nil:
		return was // asked again
	}
	done, err := r.action.Reached(now.item.Value)
	was.ended, was.err = done || err != nil, err
	return was
}

// summary says what was done, and what was not with the reasons.
func summary(results []result, refs []views.Ref, verbs []views.Verb) views.DoneMsg {
	var msg views.DoneMsg
	var errs []error
	done := map[string]int{}
	var order []string
	for i, r := range results {
		msg.Results = append(msg.Results, views.Result{Target: refs[i], Err: r.err, Task: r.task})
		word := verbs[i].Done
		if !r.ended {
			word = "still " + verbs[i].Doing
		}
		switch {
		case r.err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", where(refs[i]), r.err))
		case len(results) == 1:
			msg.Text = strings.TrimSpace(word + " " + refs[i].Name)
			if r.text != "" {
				msg.Text += " · " + r.text
			}
		default:
			if done[word] == 0 {
				order = append(order, word)
			}
			done[word]++
		}
	}
	if len(results) == 1 {
		msg.Err = results[0].err
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

// Report implements views.Reporter: what failed is marked again, with the reason
// in its row.
func (v *View[T]) Report(msg views.DoneMsg) {
	for _, r := range msg.Results {
		if r.Target.Kind != v.kind.Name || r.Err == nil {
			continue
		}
		if len(msg.Results) > 1 {
			v.grid.SetMark(r.Target.UID, true)
		}
		v.grid.SetReason(r.Target.UID, r.Err.Error())
		v.frame.dirty = true
	}
}
