package resource

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"drey/views/diff"
	"drey/views/edit"
)

// Editor is how objects of a kind are changed and made as a text.
type Editor[T any] struct {
	// Rules are what is known of the text; Kind, Singular and Read come from the
	// kind, and Reached from below.
	edit.Rules
	// CreateOnly is why an object cannot be changed, "" where it can.
	CreateOnly string
	// Refuse is nil, or why an object cannot be changed as it is.
	Refuse func(T) error
	// Reached tells whether what was asked for so long ago has come about, or why it
	// never will; nil when the server's answer says so.
	Reached func(before, now T, since time.Duration) (bool, error)
}

// reachedState reads both documents; of a new object there is none before.
func reachedState[T any](
	k *Kind[T], reached func(before, now T, since time.Duration) (bool, error), before, now json.RawMessage,
	since time.Duration,
) (edit.State, error) {
	var was T
	is, err := k.parsed(now)
	if err == nil && len(before) > 0 {
		was, err = k.parsed(before)
	}
	if err != nil {
		return edit.State{}, fmt.Errorf("read the %s: %w", k.Singular, err)
	}
	var s edit.State
	if k.State != nil {
		s.Word, s.Tone = k.State(is)
	}
	s.Done, err = reached(was, is, since)
	return s, err
}

// howEdited is the member of a how that has what was changed in a text.
const howEdited = "edited"

// Edited is what a person changed in an object's text, as the how of a verb that sends
// it: the members that differ, as they were and as they are to be.
type Edited struct {
	Base any `json:"base"`
	Mine any `json:"mine"`
}

// How is a how with what was changed.
func (e Edited) How() (string, error) {
	text, err := json.Marshal(e)
	return url.Values{howEdited: {string(text)}}.Encode(), err
}

// ReadEdited is what was changed, of a how that says so.
func ReadEdited(how url.Values) (e Edited, err error) {
	var raw struct{ Base, Mine json.RawMessage }
	if err = json.Unmarshal([]byte(how.Get(howEdited)), &raw); err != nil {
		return e, fmt.Errorf("what was changed cannot be read: %w", err)
	}
	if e.Base, err = diff.Parse(raw.Base); err == nil {
		e.Mine, err = diff.Parse(raw.Mine)
	}
	return e, err
}

// Back is what takes it back.
func (e Edited) Back() Edited { return Edited{e.Mine, e.Base} }

// Into puts the change into a document as it is by now. What others changed meanwhile
// stays; where they changed the same it is an error.
func (e Edited) Into(doc any) (any, error) {
	merged, conflicts := diff.Merge(e.Base, e.Mine, doc)
	if len(conflicts) > 0 {
		return nil, fmt.Errorf("%s was changed meanwhile, too: nothing of the change was sent", conflicts[0].Path)
	}
	return merged, nil
}
