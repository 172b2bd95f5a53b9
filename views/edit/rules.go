package edit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
)

// Rules are how objects of one kind are written as a text, checked and sent.
// What is nil is not there.
type Rules struct {
	Kind, Singular string // the plural, as in views.Ref, and the word for one
	Schema         *yamldoc.Schema
	// Undo is the verb that takes an edit back, "" where only another edit does.
	Undo string
	// Private tells that the text holds secrets: it is kept nowhere, and values
	// are not shown.
	Private bool
	// Hidden are the members that belong to the server: they are in no text.
	Hidden func(path []string) bool
	// Write makes the text of an object; nil: all that is not Hidden.
	Write func(json.RawMessage) (string, error)

	// Template is the commented text of a new object; nil: none can be made here.
	Template func(within string) string
	// Copied takes out of the text of an object what a copy must not have.
	Copied func(path []string) bool
	// Within names the member that says where a new object goes to, such as
	// environment; it is not sent. "" where there is nothing to say.
	Within string
	// Places are what Within may be; nil: anything.
	Places func(context.Context) ([]string, error)
	// At is the address of what lives within a place.
	At func(within, name string) views.Ref
	// Here says where the person is, as Within has it; nil: the parent or the scope.
	Here func(views.Ref) string
	// NamePath is where the name stands; nil: metadata.name.
	NamePath []string
	// Name is the name in a document.
	Name func(doc any) string

	// Read reads an object as the server has it.
	Read func(context.Context, views.Ref) (json.RawMessage, error)
	// Check finds what the schema cannot say.
	Check func(context.Context, Change) []Finding
	// Plan is the requests that Send sends, in their order; the first one reads the
	// object once more.
	Plan func(Change) []views.Step
	// Send writes the object: it is called after that first step.
	Send func(ctx context.Context, c Change, step func(views.Step)) error
	// Will says what happens, and Loses that something is lost for ever.
	Will  func(Change) views.Fact
	Loses func(Change) bool
	// Rest sends what is missing of a change whose first request has arrived, where
	// the console ended before the others: each is looked for first, and none is sent
	// twice. nil: nobody goes on with it.
	Rest func(ctx context.Context, c Change, step func(views.Step)) error
	// Arrived tells from the object before and now whether a change whose answer
	// was lost has come to the server; nil: the members are compared.
	Arrived func(before, now json.RawMessage) bool
	// Reached tells whether what was asked for so long ago has come about, in a word
	// for the state, or why it never will; nil: the server's answer says so.
	Reached func(before, now json.RawMessage, since time.Duration) (State, error)
}

// State is how far an object has come.
type State struct {
	Word string
	Tone themes.Tone
	Done bool
}

// Finding is what is wrong with a member.
type Finding struct {
	Path    []string
	Warning bool
	Text    string
	// Remark is said at the value in the comparison, too; "" for nothing.
	Remark string
}

// Change is an object as a person wants it beside the object as it is. Documents
// are those of diff.Parse, without what Rules.Hidden names.
type Change struct {
	Target views.Ref
	New    bool
	Base   any             // what the edit began with; nil for a new one
	Live   any             // as the server has it; empty for a new one
	Raw    json.RawMessage // the same as it came
	Mine   any             // as the person wants it
	Merged any             // that and what others changed meanwhile
}

// Body is the merged document as JSON.
func (c Change) Body() json.RawMessage {
	raw, _ := json.Marshal(c.Merged) // it was read from JSON
	return raw
}

// Changed lists what differs between the object as it is and as it will be.
func (c Change) Changed() []diff.Entry {
	return slices.DeleteFunc(diff.Compare(c.Live, c.Merged, nil), func(e diff.Entry) bool {
		return e.Kind == diff.Same
	})
}

// Touches tells whether the change reaches into a member.
func (c Change) Touches(path ...string) bool {
	was, _ := yamldoc.Member(c.Live, path...)
	is, _ := yamldoc.Member(c.Merged, path...)
	return !diff.Equal(was, is)
}

// Text makes the text of an object.
func (r *Rules) Text(raw json.RawMessage) (string, error) {
	if r.Write != nil {
		return r.Write(raw)
	}
	return yamldoc.Render(raw, r.Hidden)
}

// DocumentOf reads a text, such as a file, as the object that would be sent of it: without
// the member that says where it goes to.
func DocumentOf(ctx context.Context, text string, rules *Rules) (json.RawMessage, error) {
	d := yamldoc.Read(ctx, text, nil)
	if d.Value == nil && len(d.Problems) > 0 {
		return nil, fmt.Errorf("%s%s", lineWord(d.Problems[0].Line), d.Problems[0].Text)
	}
	o, ok := d.Value.(map[string]any)
	if !ok {
		return nil, errors.New("it is no object: members are wanted, such as name: value")
	}
	if rules != nil && rules.Within != "" {
		delete(o, rules.Within)
	}
	return json.Marshal(o)
}

// value is the part of an object that a text shows, as a document.
func (r *Rules) value(ctx context.Context, raw json.RawMessage) (any, error) {
	text, err := r.Text(raw)
	if err != nil {
		return nil, err
	}
	d := yamldoc.Read(ctx, text, nil)
	if d.Value == nil && len(d.Problems) > 0 {
		return nil, problemError(d.Problems[0])
	}
	return d.Value, nil
}

type problemError yamldoc.Problem

func (e problemError) Error() string { return e.Text }
