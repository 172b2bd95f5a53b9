// Package detail is the pager: a long text about one object, searched, scrolled
// sideways and copied.
package detail

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/yaml"
)

// Document is a text: its lines clean, for searching, as drawn, and as they
// came, for copying.
type Document struct {
	Plain  []string
	Styled []string
	Raw    []string
	Links  []Link
	// Entries are the lines with which entries begin, to the line before the next one. What
	// is before the first is shown whatever the entries are filtered by. Without any, each
	// line is an entry.
	Entries []int
	// NewestFirst tells that entries come before the others: whoever reads further down
	// stays there.
	NewestFirst bool
	// Keys are those that lead from the page to others.
	Keys []Key
	// CopyHead is said above a copy, below what the page is about: what a reader elsewhere
	// does not see. A text that is read by programs has none.
	CopyHead string
	// Whole is the same document with nothing folded; nil where nothing is.
	Whole *Document
}

// Key is a key of a page: Msg is sent when it is pressed.
type Key struct {
	Of    func(*keymap.Map) key.Binding
	Label string
	Msg   tea.Msg
}

// Link is a line that leads somewhere: Msg is sent when it is followed.
type Link struct {
	Line int
	Msg  tea.Msg
}

// Link appends a clean line that leads somewhere.
func (d *Document) Link(style themes.Style, line string, msg tea.Msg) {
	if msg != nil {
		d.Links = append(d.Links, Link{len(d.Plain), msg})
	}
	d.Add(style, line)
}

// Append adds another document below.
func (d *Document) Append(o Document) {
	for _, l := range o.Links {
		d.Links = append(d.Links, Link{l.Line + len(d.Plain), l.Msg})
	}
	for _, at := range o.Entries {
		d.Entries = append(d.Entries, at+len(d.Plain))
	}
	d.Plain, d.Styled, d.Raw = append(d.Plain, o.Plain...), append(d.Styled, o.Styled...), append(d.Raw, o.Raw...)
}

// Add appends one clean line.
func (d *Document) Add(style themes.Style, line string) { d.add(style, line, line) }

func (d *Document) add(style themes.Style, line, raw string) {
	d.Plain = append(d.Plain, line)
	d.Styled = append(d.Styled, style.Render(line))
	d.Raw = append(d.Raw, raw)
}

// Text appends text from outside, line by line.
func (d *Document) Text(style themes.Style, text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		d.add(style, clean.Line(line), line)
	}
}

// Fact appends a label and what it says, if it says anything.
func (d *Document) Fact(t *themes.Theme, f views.Fact) {
	if f.Text == "" {
		return
	}
	label, text := clean.Fit(f.Label, 12, t.Glyphs.Ellipsis), clean.Text(f.Text)
	d.Plain = append(d.Plain, label+text)
	d.Styled = append(d.Styled, t.Dim.Render(label)+t.Tone(f.Tone).Render(text))
	d.Raw = append(d.Raw, label+f.Text)
}

// Loader makes a Document off the loop.
type Loader func(context.Context, *themes.Theme) (Document, error)

// YAML loads an object, which read gives as JSON, as YAML.
func YAML(read func(context.Context) (json.RawMessage, error)) Loader {
	return func(ctx context.Context, t *themes.Theme) (Document, error) {
		raw, err := read(ctx)
		if err != nil {
			return Document{}, err
		}
		return FromJSON(t, raw), nil
	}
}

// Fixed is a Loader of what is known already.
func Fixed(raw json.RawMessage, err error) Loader {
	return func(_ context.Context, t *themes.Theme) (Document, error) {
		if err != nil {
			return Document{}, err
		}
		return FromJSON(t, raw), nil
	}
}

// Words is a Loader of plain text.
func Words(text string) Loader {
	return func(_ context.Context, t *themes.Theme) (Document, error) {
		var d Document
		d.Text(t.Text, text)
		return d, nil
	}
}

// FromJSON is a JSON document as coloured YAML; what is no JSON is shown as it is.
func FromJSON(t *themes.Theme, raw json.RawMessage) Document {
	text, err := yaml.FromJSON(raw)
	if err != nil {
		text = string(raw)
	}
	var d Document
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		d.Plain = append(d.Plain, clean.Line(line))
		d.Raw = append(d.Raw, line)
	}
	d.Styled = t.YAML(strings.Join(d.Plain, "\n"))
	return d
}
