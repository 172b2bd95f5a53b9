// Package browse is the one list view: a table of objects of one kind that is
// kept fresh, filtered, marked and acted on. What it knows of a kind is data.
package browse

import (
	"context"
	"encoding/json"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
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
	Made    func(T) string
	Columns []Column[T]
	Labels  func(T) map[string]string
	// Same tells that two objects would be drawn alike, so the row is kept.
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
	// Empty is what to say when there is nothing.
	Empty string
}

// Column is a grid column and the cell of an item in it.
type Column[T any] struct {
	grid.Column
	AllScopes bool // only when all scopes are shown
	Worst     bool // sorted by it, what needs a person comes first
	Cell      func(Item[T]) grid.Cell
	Fill      *Fill[T] // nil: the list tells all of it
}

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
	// Inputs are values that may be given with it; they are in how, encoded as the
	// query of a URL. several tells that it is done to several items at once.
	Inputs func(several bool) []views.Input
	// Removes tells that an item that is gone is what was asked for.
	Removes bool
	// Begun tells from the item as it is now whether Run has come to the server:
	// it is asked when an answer was lost.
	Begun func(before, now T) bool
	// Reached tells whether what was asked for has come about, or why it never
	// will; nil when Run's answer says so.
	Reached func(now T) (bool, error)
}

// Recreate makes a deleted object again.
type Recreate struct {
	// Step is the request that creates it at the address of ref, and Send sends it.
	Step func(ref views.Ref) views.Step
	Send func(ctx context.Context, ref views.Ref, document json.RawMessage) error
	// Lost says what does not come back.
	Lost string
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

// Detail is what is asked for about the row under the cursor.
type Detail struct {
	Cause  string // the root cause of what is wrong, shown first; "" where nothing is
	Facts  []views.Fact
	Events []Event
	Source json.RawMessage // shown as YAML
}

// Event is one line of history.
type Event struct {
	At   time.Time
	Word string
	Text string
	Tone themes.Tone
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

// Source lists items again and again; changed is false when the list is the
// one before, and the batch is then empty.
type Source[T any] interface {
	Next(ctx context.Context) (batch Batch[T], changed bool, err error)
}

// ref is the address of an item.
func (k *Kind[T]) ref(item Item[T]) views.Ref {
	return views.Ref{Kind: k.Name, Scope: item.Scope, Parent: item.Parent, Name: k.NameOf(item.Value), UID: k.Key(item)}
}
