package resource

import (
	"context"
	"encoding/json"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/usedby"
)

// Untyped is the same kind for objects of no type known at compile time, which lists, dialogs
// and tasks work on: their code is in the program once, and not once for each kind. Its
// objects are pointers to those of k; what is none stands for the zero value.
func Untyped[T any](k Kind[T]) Kind[any] {
	return Kind[any]{
		Name: k.Name, Singular: k.Singular, Title: k.Title, Short: k.Short, Aliases: k.Aliases, Scoped: k.Scoped,
		Raw: k.Raw, Compared: k.Compared, ComparedIn: k.ComparedIn, Path: k.Path, Recreate: k.Recreate,
		Create: k.Create, Empty: k.Empty, parse: func(text json.RawMessage) (any, error) {
			object, err := k.parsed(text)
			return &object, err
		},
		NameOf:   untyped(k.NameOf),
		Key:      untypedItem(k.Key),
		Made:     untyped(k.Made),
		MadeAs:   untypedMadeAs(k.MadeAs),
		Columns:  each(k.Columns, untypedColumn[T]),
		Labels:   untyped(k.Labels),
		Same:     untypedBoth(k.Same),
		State:    untypedState(k.State),
		Harmless: untyped(k.Harmless),
		Actions:  each(k.Actions, untypedAction[T]),
		Open:     untypedAfter(k.Open),
		Facts:    untypedBefore(k.Facts),
		Detail:   untypedAsked(k.Detail),
		Source:   untypedSource(k.Source),
		Whole:    untypedSource(k.Whole),
		Read:     untypedRead(k.Read),
		Others:   untypedAsked(k.Others),
		Describe: untypedBefore[T, func() time.Time, detail.Loader](k.Describe),
		Command:  untypedItem(k.Command),
		WebPages: untypedItem(k.WebPages),
		UsedBy:   untypedAfter[T, context.Context, usedby.Tree](k.UsedBy),
		Editor:   untypedEditor(k.Editor),
		Pages: each(k.Pages, func(p Page[T]) Page[any] {
			return Page[any]{Key: p.Key, Label: p.Label, Open: untypedAfter(p.Open)}
		}),
		Only:   untypedItem(k.Only),
		Hidden: untyped(k.Hidden),
	}
}

func untypedMadeAs[T any](f func(T, string) bool) func(any, string) bool {
	if f == nil {
		return nil
	}
	return func(p any, name string) bool { return f(typed[T](p), name) }
}

func untypedColumn[T any](c Column[T]) Column[any] {
	p := Column[any]{Column: c.Column, AllScopes: c.AllScopes, Worst: c.Worst, Cell: untypedItem(c.Cell)}
	if c.Fill != nil {
		p.Fill = &Fill[any]{Wants: untypedItem(c.Fill.Wants), Cell: untypedAsked(c.Fill.Cell)}
	}
	return p
}

func untypedAction[T any](a Action[T]) Action[any] {
	p := Action[any]{
		Key: a.Key, Verbs: a.Verbs, Chosen: a.Chosen, NoWay: a.NoWay, Which: a.Which, WhichOf: a.WhichOf,
		Edited: a.Edited, EditedBy: a.EditedBy, Plain: a.Plain, Undo: a.Undo, Removes: a.Removes,
		Verb:       untyped(a.Verb),
		Reads:      untyped(a.Reads),
		Refuse:     untyped(a.Refuse),
		RefuseItem: untypedItem(a.RefuseItem),
		Will:       untypedBefore(a.Will),
		Loses:      untyped(a.Loses),
		Plan:       untypedBefore(a.Plan),
		About:      untypedBefore(a.About),
		Begun:      untypedBoth(a.Begun),
	}
	if a.Ways != nil {
		p.Ways = func(ctx context.Context, i Item[any], now time.Time) ([]views.Choice, error) {
			return a.Ways(ctx, typedItem[T](i), now)
		}
	}
	if a.Run != nil {
		p.Run = func(ctx context.Context, i Item[any], how string, step func(views.Step)) (string, error) {
			return a.Run(ctx, typedItem[T](i), how, step)
		}
	}
	if a.Stages != nil {
		p.Stages = func(verb views.Verb, i Item[any], how string) []Stage[any] {
			return each(a.Stages(verb, typedItem[T](i), how), untypedStage[T])
		}
	}
	if a.Inputs != nil {
		p.Inputs = func(items []Item[any]) []views.Input { return a.Inputs(each(items, typedItem[T])) }
	}
	if a.Reached != nil {
		p.Reached = func(now any) (bool, error) { return a.Reached(typed[T](now)) }
	}
	return p
}

func untypedStage[T any](s Stage[T]) Stage[any] {
	p := Stage[any]{
		Step: s.Step, Label: s.Label, Removes: s.Removes, Makes: s.Makes,
		Send: untypedAsked(s.Send), Took: untypedAsked(s.Took), Reached: untypedAsked(s.Reached),
	}
	if s.Back != nil {
		back := untypedStage(*s.Back)
		p.Back = &back
	}
	return p
}

func untypedEditor[T any](e *Editor[T]) *Editor[any] {
	if e == nil {
		return nil
	}
	p := &Editor[any]{Rules: e.Rules, CreateOnly: e.CreateOnly, Refuse: untyped(e.Refuse)}
	if e.Reached != nil {
		p.Reached = func(before, now any, since time.Duration) (bool, error) {
			return e.Reached(typed[T](before), typed[T](now), since)
		}
	}
	return p
}

// anySource is a source without its T.
type anySource[T any] struct{ source Source[T] }

// Next implements Source.
func (s anySource[T]) Next(ctx context.Context) (Batch[any], bool, error) {
	batch, changed, err := s.source.Next(ctx)
	p := Batch[any]{Unread: batch.Unread, Missing: batch.Missing, Partial: batch.Partial}
	for i := range batch.Items {
		if p.Items == nil {
			p.Items = make([]Item[any], len(batch.Items))
		}
		p.Items[i] = Item[any]{batch.Items[i].Location, &batch.Items[i].Value}
	}
	return p, changed, err
}

// Unwrap gives the other source.
func (s anySource[T]) Unwrap() any { return s.source }

// As is a source as something else that it can do, as errors.As is an error as another.
func As[I any](source any) (is I, ok bool) {
	if is, ok = source.(I); ok {
		return is, true
	}
	if w, wraps := source.(interface{ Unwrap() any }); wraps {
		return As[I](w.Unwrap())
	}
	return is, false
}

func untypedSource[T any](of func(Location) Source[T]) func(Location) Source[any] {
	if of == nil {
		return nil
	}
	return func(at Location) Source[any] { return anySource[T]{of(at)} }
}

func untypedRead[T any](
	read func(context.Context, views.Ref) (T, error),
) func(context.Context, views.Ref) (any, error) {
	if read == nil {
		return nil
	}
	return func(ctx context.Context, ref views.Ref) (any, error) {
		value, err := read(ctx, ref)
		return &value, err
	}
}

func untypedState[T any](f func(T) (string, themes.Tone)) func(any) (string, themes.Tone) {
	if f == nil {
		return nil
	}
	return func(p any) (string, themes.Tone) { return f(typed[T](p)) }
}

func untyped[T, R any](f func(T) R) func(any) R {
	if f == nil {
		return nil
	}
	return func(p any) R { return f(typed[T](p)) }
}

func untypedBoth[T any](f func(a, b T) bool) func(a, b any) bool {
	if f == nil {
		return nil
	}
	return func(a, b any) bool { return f(typed[T](a), typed[T](b)) }
}

func untypedItem[T, R any](f func(Item[T]) R) func(Item[any]) R {
	if f == nil {
		return nil
	}
	return func(i Item[any]) R { return f(typedItem[T](i)) }
}

func untypedBefore[T, A, R any](f func(Item[T], A) R) func(Item[any], A) R {
	if f == nil {
		return nil
	}
	return func(i Item[any], a A) R { return f(typedItem[T](i), a) }
}

func untypedAfter[T, A, R any](f func(A, Item[T]) R) func(A, Item[any]) R {
	if f == nil {
		return nil
	}
	return func(a A, i Item[any]) R { return f(a, typedItem[T](i)) }
}

func untypedAsked[T, R any](
	f func(context.Context, Item[T]) (R, error),
) func(context.Context, Item[any]) (R, error) {
	if f == nil {
		return nil
	}
	return func(ctx context.Context, i Item[any]) (R, error) { return f(ctx, typedItem[T](i)) }
}

func typedItem[T any](i Item[any]) Item[T] { return Item[T]{i.Location, typed[T](i.Value)} }

// typed is the object behind a value of an untyped kind.
func typed[T any](value any) (object T) {
	if p, ok := value.(*T); ok {
		object = *p
	}
	return object
}

func each[T, R any](of []T, f func(T) R) []R {
	if of == nil {
		return nil
	}
	all := make([]R, len(of))
	for i, one := range of {
		all[i] = f(one)
	}
	return all
}
