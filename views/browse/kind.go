// Package browse is the one list view: a table of objects of one kind that is
// kept fresh, filtered, marked and acted on. What it knows of a kind is data.
package browse

import (
	"context"
	"encoding/json"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/grid"
	"drey/views/platform"
)

// Item is one object and where it was found.
type Item[T any] struct {
	*Origin
	Value T
}

// Origin is the collection that an item was found in; its items share it.
type Origin struct {
	Environment string
	Parent      string // application or statement, for kinds that live in one
	API         cmf.Kind
}

// Scope is where the item is.
func (o *Origin) Scope() cmf.Scope {
	return cmf.Scope{Environment: o.Environment, Parent: o.Parent}
}

// Kind is everything the console knows of a kind of object.
type Kind[T any] struct {
	API     cmf.Kind
	Title   string   // of the tab
	Short   string   // where room is short
	Aliases []string // for the palette
	Query   cmfapi.Query
	Name    func(T) string
	Key     func(Item[T]) string // identity: the UID where there is one
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
	Detail func(context.Context, *cmfapi.Client, Item[T]) (Detail, error)
	// Source lists; nil polls API in the environment, or in every one.
	Source func(*cmfapi.Client, cmf.Scope) Source[T]
	// Pages opens a page of the item on a key of its own.
	Pages []Page[T]
	// Only leaves out what it does not hold for; nil leaves nothing out. It is
	// part of what the list is, not a filter that can be lifted.
	Only func(Item[T]) bool
	// Empty is what to say when there is nothing.
	Empty string
}

// Column is a grid column and the cell of an item in it.
type Column[T any] struct {
	grid.Column
	Fleet bool // only when all environments are shown
	Worst bool // sorted by it, what needs a person comes first
	Cell  func(Item[T]) grid.Cell
}

// Action is something that can be done to items. One key may do several things,
// each item has one of them: Verb tells which.
type Action[T any] struct {
	Key  func(*keymap.Map) key.Binding
	Verb func(T) platform.Verb
	// Refuse is nil, or why it cannot be done.
	Refuse func(T) error
	// Will says what happens to the item.
	Will func(Item[T], time.Time) views.Fact
	// Loses tells that something is lost for ever: the name has to be typed.
	Loses func(T) bool
	// Ways are the ways to do it to one item, the plain one first; nil for one.
	Ways  func(context.Context, *cmfapi.Client, Item[T], time.Time) ([]views.Choice, error)
	Which string // the question that the ways answer
	// Plan is the requests that Run sends, in their order.
	Plan func(item Item[T], how string) []platform.Step
	// Run does it to one item; how is the choice that was taken. It returns what
	// there is to say of it beside the verb, "" for nothing.
	Run func(ctx context.Context, c *cmfapi.Client, item Item[T], how string) (string, error)
	// Removes tells that an item that is gone is what was asked for.
	Removes bool
	// Begun tells from the item as it is now whether Run has come to the server:
	// it is asked when an answer was lost.
	Begun func(before, now T) bool
	// Reached tells whether what was asked for has come about, or why it never
	// will; nil when Run's answer says so.
	Reached func(now T) (bool, error)
}

// Page opens a view about one item.
type Page[T any] struct {
	Key   func(*keymap.Map) key.Binding
	Label string
	Open  func(*views.Env, Item[T]) tea.Cmd
}

// Detail is what is asked for about the row under the cursor.
type Detail struct {
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

// Batch is the answer to one question of a Source.
type Batch[T any] struct {
	Items  []Item[T]
	Unread []Unread
	Note   string // what is missing from it, for people
}

// Unread is an item that could not be read: it has a row all the same.
type Unread struct {
	*Origin
	Name string // or its number
	Err  error
}

// Source lists items again and again; changed is false when the list is the
// one before, and the batch is then empty.
type Source[T any] interface {
	Next(ctx context.Context) (batch Batch[T], changed bool, err error)
}
