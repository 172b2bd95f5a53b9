package resource

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/keymap"
	"drey/views"
)

// Action is something that can be done to items. One key may do several things,
// each item has one of them: Verb tells which.
type Action[T any] struct {
	Key  func(*keymap.Map) key.Binding
	Verb func(T) views.Verb
	// Verbs are all that Verb may give.
	Verbs []views.Verb
	// Reads tells that it concerns an object that only reads, such as a query: it
	// can be done where only queries may be changed. nil: it never does.
	Reads func(T) bool
	// Refuse is nil, or why it cannot be done.
	Refuse func(T) error
	// RefuseItem is the same by where the item is, too; nil: Refuse says it all.
	RefuseItem func(Item[T]) error
	// Will says what happens to the item.
	Will func(Item[T], time.Time) views.Fact
	// Loses tells that something is lost for ever: the name has to be typed.
	Loses func(T) bool
	// Ways are the ways to do it to one item, the plain one first; nil for one.
	Ways func(context.Context, Item[T], time.Time) ([]views.Choice, error)
	// Chosen tells that it is done in one of the ways only, none of which is the plain
	// one; NoWay is why nothing can be done where there is none.
	Chosen bool
	NoWay  string
	Which  string // the question that the ways answer
	// WhichOf is the question where it is not the same for all verbs.
	WhichOf func(views.Verb) string
	// Plan is the requests that Run sends, in their order; asking again and again
	// for what comes of them is not among them.
	Plan func(item Item[T], how string) []views.Step
	// Run does it to one item; how is the choice that was taken, and step is called
	// with each step of the plan before it is sent. It returns what there is to say
	// of it beside the verb, "" for nothing.
	Run func(ctx context.Context, item Item[T], how string, step func(views.Step)) (string, error)
	// Stages are the requests of an action of this verb, in their order, in place of
	// Run: each can be looked for afterwards, so the action can be gone on with by
	// another process. They follow from the object's address and how alone, not from
	// how the object is. nil: Run does it.
	Stages func(verb views.Verb, item Item[T], how string) []Stage[T]
	// Edited tells of a way that the object's text is edited first, and which verb then
	// sends what was changed (ReadEdited): its zero value applies it as e does. nil: no
	// way is such a one.
	Edited func(how string) (then views.Verb, edited bool)
	// EditedBy are the verbs that Edited may give; they are in stages.
	EditedBy []views.Verb
	// Plain is how the plain way is called, "" where nothing need be said of it.
	Plain string
	// Undo is the Do of the verb that takes one back, "" for none; nil: none has.
	Undo func(views.Verb) string
	// About is what else is to be known before it is done to one item.
	About func(Item[T], time.Time) []views.Fact
	// Inputs are values that may be given with it, by the items that it is done to; they
	// are in how, encoded as the query of a URL, beside what was chosen.
	Inputs func([]Item[T]) []views.Input
	// Removes tells that an item that is gone is what was asked for.
	Removes bool
	// Begun tells from the item as it is now whether Run has come to the server:
	// it is asked when an answer was lost.
	Begun func(before, now T) bool
	// Reached tells whether what was asked for has come about, or why it never
	// will; nil when Run's answer says so.
	Reached func(now T) (bool, error)
}

// Words are what an action does to one row or another, "" where it does not say: they
// stand on a key while there is no row.
func (a Action[T]) Words() string {
	var words []string
	for _, v := range a.Verbs {
		if !slices.Contains(words, v.Do) {
			words = append(words, v.Do)
		}
	}
	return strings.Join(words, "/")
}

// Refusal is why it cannot be done to an item, nil when it can.
func (a Action[T]) Refusal(item Item[T]) error {
	if a.Refuse != nil {
		if err := a.Refuse(item.Value); err != nil {
			return err
		}
	}
	if a.RefuseItem != nil {
		return a.RefuseItem(item)
	}
	return nil
}
