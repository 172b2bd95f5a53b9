package detail

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views/input"
)

// filter is by what the entries of a document are chosen: what is in its line.
type filter struct {
	line       input.Line
	typing     bool
	shown, all int // entries
}

// with are the entries of d that hold a text, whatever the case, and how many of all
// these are. What is before the first entry stays.
func (d *Document) with(text string) (only Document, shown, all int) {
	only = Document{Keys: d.Keys, NewestFirst: d.NewestFirst}
	entries := d.Entries
	if len(entries) == 0 {
		entries = make([]int, len(d.Plain))
		for i := range entries {
			entries[i] = i
		}
	}
	take := func(from, to int) {
		for _, l := range d.Links {
			if l.Line >= from && l.Line < to {
				only.Links = append(only.Links, Link{l.Line - from + len(only.Plain), l.Msg})
			}
		}
		only.Plain = append(only.Plain, d.Plain[from:to]...)
		only.Styled = append(only.Styled, d.Styled[from:to]...)
		only.Raw = append(only.Raw, d.Raw[from:to]...)
	}
	if len(entries) > 0 {
		take(0, entries[0])
	}
	text = strings.ToLower(text)
	for i, from := range entries {
		to := len(d.Plain)
		if i+1 < len(entries) {
			to = entries[i+1]
		}
		if slices.ContainsFunc(d.Plain[from:to], func(line string) bool {
			return strings.Contains(strings.ToLower(line), text)
		}) {
			only.Entries = append(only.Entries, len(only.Plain))
			take(from, to)
			shown++
		}
	}
	return only, shown, len(entries)
}

// applyFilter shows the entries that hold the text of the filter, all of them for "".
func (v *View) applyFilter() {
	v.scroll.top = 0
	v.layoutLines()
	v.link = min(v.link, len(v.doc.Links))
	v.find()
	if v.follows {
		v.showNewest()
	}
	v.clamp()
}

func (v *View) typeFilter(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		v.filter.typing = false
	case keymap.Matches(msg, keys.Cancel):
		v.Escape()
	default:
		v.filter.line.Update(msg, keys)
		v.applyFilter()
	}
	return nil
}
