// Package resource says what the console knows of a kind of object, as data: how it is
// listed and drawn, what can be done to it and by which requests, and how it is edited.
// It asks no server and draws nothing: sources ask, browse shows, perform does.
package resource

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/edit"
	"drey/views/grid"
	"drey/views/usedby"
)

// Item is one object and where it was found.
type Item[T any] struct {
	*Location
	Value T
}

// Location is a collection of objects; the items of one share it. Its zero value
// is everything.
type Location struct {
	Scope  string // environment or namespace, "" for all of them or none
	Parent string // the object that they live in, for kinds that live in one
}

// Kind is everything the console knows of a kind of object. Its functions close
// over the API that the objects are found by.
type Kind[T any] struct {
	Name     string   // the plural, which links name it by
	Singular string   // for people
	Title    string   // of the tab
	Short    string   // where there is little space
	Aliases  []string // for the palette and commands
	Scoped   bool     // its objects live in scopes
	NameOf   func(T) string
	Key      func(Item[T]) string // identity: the UID where there is one
	// Made is when it was created, as the server writes it: some servers give an
	// object that is made again the UID of the one before.
	Made func(T) string
	// MadeAs tells whether an object is the one that was made under a name, where its server
	// gives it another one (NameOf); nil: none does.
	MadeAs  func(object T, name string) bool
	Columns []Column[T]
	Labels  func(T) map[string]string
	// Same tells that two objects of one place are one, with one key, and would be drawn
	// alike, so the row is kept.
	Same func(a, b T) bool
	// State is the word and tone in the preview's corner.
	State func(T) (string, themes.Tone)
	// Harmless tells that an item needs nobody, whatever its state: it is not
	// counted among the problems. nil: none is.
	Harmless func(T) bool
	Actions  []Action[T]
	// Open is what enter does; nil shows the YAML.
	Open func(*views.Env, Item[T]) tea.Cmd
	// Facts are known from the row; Detail is asked for when the cursor rests.
	Facts  func(Item[T], time.Time) []views.Fact
	Detail func(context.Context, Item[T]) (Detail, error)
	// Source lists what is at a location.
	Source func(Location) Source[T]
	// Whole is a Source of objects with all their members, for commands; nil where
	// those of Source have them.
	Whole func(Location) Source[T]
	// Read reads one object again, by its address. Kinds with actions have it.
	Read func(context.Context, views.Ref) (T, error)
	// Raw reads one object as the server has it; nil where no object has an address.
	Raw func(context.Context, views.Ref) (json.RawMessage, error)
	// Compared is the part of a document of Raw, as diff.Parse reads it, that is
	// compared with another's; nil: objects of the kind are not compared.
	Compared func(doc any) any
	// ComparedIn is where in the document that part stands; nil: it is the document.
	ComparedIn []string
	// Others are what an object can be compared with, beside another row; nil: no
	// other.
	Others func(context.Context, Item[T]) ([]Other, error)
	// Describe is a page of all that is known of an object, for kinds that have none
	// among their Pages; nil: there is none.
	Describe func(Item[T], func() time.Time) detail.Loader
	// Path is the path of an object from the server's root, escaped; nil: none has one.
	Path func(at Location, name string) string
	// Command is the command line of the platform's own tool that shows an object, as
	// far as its server; nil: there is none.
	Command func(Item[T]) string
	// WebPages are the addresses of an object's pages for a web browser, by what they
	// are called; nil: no object has one.
	WebPages func(Item[T]) []views.Fact
	// UsedBy is what depends on an object; nil: that is not known of any.
	UsedBy func(context.Context, Item[T]) usedby.Tree
	// Recreate makes an object again from what Raw gave before it was deleted; nil:
	// that cannot be done.
	Recreate *Recreate
	// Editor changes and makes objects as a text; nil: neither.
	Editor *Editor[T]
	// Pages opens a page of the item on a key of its own.
	Pages []Page[T]
	// Create makes a new object; nil where that cannot be done from here.
	Create *Create
	// Only leaves out what it does not hold for; nil leaves nothing out. It is
	// part of what the list is, not a filter that can be lifted.
	Only func(Item[T]) bool
	// Hidden tells of items that are not shown before a key asks for them, such as
	// statements that a client runs for itself; nil: there are none.
	Hidden func(T) bool
	// Empty is what to say when there is nothing; {create}, {savepoint} and {toggle} are
	// the keys for it.
	Empty string
	// parse reads a document of Raw, of a kind whose objects have no type; nil: as a T.
	parse func(json.RawMessage) (T, error)
}

// parsed is the object of a document.
func (k *Kind[T]) parsed(text json.RawMessage) (object T, err error) {
	if k.parse != nil {
		return k.parse(text)
	}
	return object, json.Unmarshal(text, &object)
}

// Ref is the address of an item.
func (k *Kind[T]) Ref(item Item[T]) views.Ref {
	return views.Ref{Kind: k.Name, Scope: item.Scope, Parent: item.Parent, Name: k.NameOf(item.Value), UID: k.Key(item)}
}

// Rules are those of the kind's editor, nil without one.
func (k *Kind[T]) Rules() *edit.Rules {
	if k.Editor == nil {
		return nil
	}
	r := k.Editor.Rules
	r.Kind, r.Singular = k.Name, k.Singular
	if r.Read == nil {
		r.Read = k.Raw
	}
	for _, a := range k.Actions {
		if slices.Contains(a.Verbs, VerbRollBack) {
			r.Undo = VerbRollBack.Do
		}
	}
	if reached := k.Editor.Reached; reached != nil {
		r.Reached = func(before, now json.RawMessage, since time.Duration) (edit.State, error) {
			return reachedState(k, reached, before, now, since)
		}
	}
	return &r
}

// Column is a grid column and the cell of an item in it.
type Column[T any] struct {
	grid.Column
	AllScopes bool // only when all scopes are shown
	Worst     bool // sorted by it, what needs a person comes first
	Cell      func(Item[T]) grid.Cell
	Fill      *Fill[T] // nil: the list tells all of it
}

// Fill is the cell of a column of what a list does not tell of some items, such as the
// root cause of a failure.
type Fill[T any] struct {
	// Wants tells that the list does not tell it of an item.
	Wants func(Item[T]) bool
	// Cell asks for it; an empty one is nothing to say.
	Cell func(context.Context, Item[T]) (grid.Cell, error)
}

// Page opens a view about one item.
type Page[T any] struct {
	Key   func(*keymap.Map) key.Binding
	Label string
	Open  func(*views.Env, Item[T]) tea.Cmd
}

// Create opens what makes a new object.
type Create struct {
	Label string
	Open  func(*views.Env) tea.Cmd
}

// Recreate makes a deleted object again.
type Recreate struct {
	// Step is the request that creates it at the address of ref, and Send sends it.
	Step func(ref views.Ref) views.Step
	Send func(ctx context.Context, ref views.Ref, document json.RawMessage) error
	// Lost says what does not come back.
	Lost string
	// Ways are the states that what a task deleted can begin with; nil, or none listed: it
	// begins as its document says. From is the document that begins in such a way, and
	// LostFrom what does not come back then.
	Ways     func(ctx context.Context, deleted views.Task, now time.Time) ([]views.Choice, error)
	From     func(document json.RawMessage, how string) json.RawMessage
	LostFrom string
}

// Other is something that an object can be compared with.
type Other struct {
	Name  string // for people: orders in staging, the instance before
	About string // what it is, "" where the name says it
	Read  func(context.Context) (json.RawMessage, error)
	// Left tells that the object is what came later, and is shown at the right.
	Left bool
	// Self reads the object's own side where that is not the object itself, such
	// as its newest instance; nil for the object.
	Self func(context.Context) (json.RawMessage, error)
	// Own is what Self is called.
	Own string
}

// Source lists items again and again; changed is false when the list is the
// one before, and the batch is then empty.
type Source[T any] interface {
	Next(ctx context.Context) (batch Batch[T], changed bool, err error)
}

// Batch is the answer to one question of a Source. Its items belong to who asked.
type Batch[T any] struct {
	Items   []Item[T]
	Unread  []Unread
	Missing string // what is missing from it, for people
	// Partial tells that some of it has not come yet: it is asked for again.
	Partial bool
}

// Unread is an item that could not be read: it has a row all the same.
type Unread struct {
	*Location
	Name string // or its number
	Err  error
}

// Text says why it cannot be read, and where it is.
func (u Unread) Text() string {
	text := "cannot be read: " + u.Err.Error()
	if u.Scope != "" {
		text = "in " + u.Scope + ", " + text
	}
	return text
}

// TallyOf counts items by scope and by what their states mean.
func TallyOf[T any](kind Kind[T], items []Item[T]) map[string]views.Tally {
	tallies := map[string]views.Tally{}
	for _, item := range items {
		if kind.State == nil || kind.Harmless != nil && kind.Harmless(item.Value) ||
			kind.Hidden != nil && kind.Hidden(item.Value) {
			continue
		}
		if tallies[item.Scope] == nil {
			tallies[item.Scope] = views.Tally{}
		}
		_, tone := kind.State(item.Value)
		tallies[item.Scope][tone]++
	}
	return tallies
}

// ShownColumns are the columns of a list of one scope, of all of them where it is "".
func ShownColumns[T any](columns []Column[T], scope string) []Column[T] {
	if scope == "" {
		return columns
	}
	var shown []Column[T]
	for _, c := range columns {
		if !c.AllScopes {
			shown = append(shown, c)
		}
	}
	return shown
}

// EmptyText is what to say when there is nothing, with the keys as they are configured.
func (k *Kind[T]) EmptyText(keys *keymap.Map) string {
	t := keys.Table
	return strings.NewReplacer(
		"{create}", t.Create.Help().Key, "{savepoint}", t.Savepoint.Help().Key, "{toggle}", t.Toggle.Help().Key,
	).Replace(k.Empty)
}
