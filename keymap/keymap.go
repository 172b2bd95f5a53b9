// Package keymap holds every key of the console in one place: named bindings,
// their help, the overrides of a user and the check that no two clash.
package keymap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Map is all keys. Views match messages against its fields, never against
// literals.
type Map struct {
	Global Global
	Move   Move
	Table  Table
	Text   Text
	Dialog Dialog
	Line   Line
	SQL    SQL
	Draft  Draft
}

// Global keys work wherever nobody is typing.
type Global struct {
	Quit, Interrupt, Suspend      key.Binding
	Palette, Help, Calls, Server  key.Binding
	Back, Forward, Last           key.Binding
	NextPane, PreviousPane        key.Binding
	NextTab, PreviousTab          key.Binding
	Refresh, Zoom, Mouse, LastErr key.Binding
	Problems, Contexts, Actions   key.Binding
	Made                          key.Binding
	Pane, PaneAnywhere            key.Binding // 1 to 9; the latter also while typing
}

// Move keys walk through lists and texts.
type Move struct {
	Up, Down, Top, Bottom      key.Binding
	HalfUp, HalfDown           key.Binding
	PageUp, PageDown           key.Binding
	Left, Right, Enter, Escape key.Binding
}

// Table keys act on the rows of a list.
type Table struct {
	Filter, Mark, Range, MarkAll      key.Binding
	Sort, Copy, Reverse               key.Binding
	PreviewDown, PreviewUp            key.Binding
	YAML, Describe, Events, Instance  key.Binding
	Toggle, Savepoint, Stop, Delete   key.Binding
	Edit, Create, Rescale, Detach     key.Binding
	Results, CopyMenu, Diff, Why, Job key.Binding
	Hidden, Undo, UsedBy, Evolve      key.Binding
}

// Text keys work in pagers.
type Text struct {
	Search, Next, Previous, Filter, Follow, Copy, Wrap, Take key.Binding
	NextObject, PreviousObject                               key.Binding // of the list that the page is about an object of
}

// Dialog keys answer questions.
type Dialog struct {
	Confirm, Next, Previous, Press, Leave key.Binding
}

// Steps is how many rows a key moves by, where page are seen and there are all;
// ok is false for a key that moves to no row.
func (m Move) Steps(msg tea.KeyMsg, page, all int) (by int, ok bool) {
	switch {
	case Matches(msg, m.Down):
		return 1, true
	case Matches(msg, m.Up):
		return -1, true
	case Matches(msg, m.HalfDown):
		return max(page/2, 1), true
	case Matches(msg, m.HalfUp):
		return -max(page/2, 1), true
	case Matches(msg, m.PageDown):
		return page, true
	case Matches(msg, m.PageUp):
		return -page, true
	case Matches(msg, m.Top):
		return -all, true
	case Matches(msg, m.Bottom):
		return all, true
	}
	return 0, false
}

// Line keys edit one line of text.
type Line struct {
	Accept, Cancel, Complete              key.Binding
	Up, Down, Left, Right, Home, End      key.Binding
	WordLeft, WordRight                   key.Binding
	Backspace, Delete, KillWord, KillHead key.Binding
	KillTail                              key.Binding
}

// Entry names one binding. ID is "context.name", as a user's override writes it.
type Entry struct {
	ID      string
	Binding *key.Binding
}

// Context is the part of the ID before the dot.
func (e Entry) Context() string {
	context, _, _ := strings.Cut(e.ID, ".")
	return context
}

// together are the contexts whose keys are heard at the same time.
var together = [][]string{
	{"global", "move", "table"},
	{"global", "move", "text"},
	{"dialog"},
	{"results", "buffers", "move", "global"},
	{"catalog", "move", "global"},
	{"editor", "buffers", "line"},
	{"writing", "line"},
	{"draft", "text", "move", "global"},
}

// Conflicts returns a sentence for each key that would mean two things at once.
func (m *Map) Conflicts() []string {
	var found []string
	entries := m.Entries()
	for _, contexts := range together {
		owner := map[string]string{}
		for _, e := range entries {
			if !slices.Contains(contexts, e.Context()) || !e.Binding.Enabled() {
				continue
			}
			for _, k := range e.Binding.Keys() {
				if other, taken := owner[k]; taken {
					found = append(found, fmt.Sprintf("%s: both %s and %s", k, other, e.ID))
				}
				owner[k] = e.ID
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Override replaces keys: "table.suspend" → {"f2"}. An unknown name, or a clash
// that it makes, is an error and changes nothing.
func (m *Map) Override(keys map[string][]string) error {
	next := *m
	byID := map[string]*key.Binding{}
	for _, e := range next.Entries() {
		byID[e.ID] = e.Binding
	}
	for id, replacement := range keys {
		b, known := byID[id]
		if !known {
			return &OverrideError{ID: id, Reason: fmt.Sprintf("%q is not an action; drey keys lists them", id)}
		}
		if len(replacement) == 0 {
			b.SetEnabled(false)
			continue
		}
		b.SetKeys(replacement...)
		b.SetHelp(Name(replacement[0]), b.Help().Desc)
	}
	if clash := next.Conflicts(); len(clash) > 0 {
		return &OverrideError{Reason: "keys clash: " + strings.Join(clash, "; ")}
	}
	*m = next
	return nil
}

// OverrideError says why replacements were not taken.
type OverrideError struct {
	ID     string // the entry at fault; "" when it is several
	Reason string
}

func (e *OverrideError) Error() string { return e.Reason }

// Name is how a key is written for people.
func Name(k string) string {
	switch k {
	case " ":
		return "space"
	case "ctrl+@":
		return "ctrl-space"
	case "up":
		return "↑"
	case "down":
		return "↓"
	}
	return strings.ReplaceAll(k, "+", "-")
}

var asciiNames = strings.NewReplacer(
	"↑", "up", "↓", "down", "←", "left", "→", "right", "⌫", "backspace",
)

// ASCII writes the keys for people in ASCII: the signs that stand for arrows there, ^ and
// v, are keys themselves.
func (m *Map) ASCII() {
	for _, e := range m.Entries() {
		help := e.Binding.Help()
		e.Binding.SetHelp(asciiNames.Replace(help.Key), help.Desc)
	}
}

// Matches reports whether msg is one of the bindings' keys. Pasted text never is.
func Matches(msg tea.KeyMsg, bindings ...key.Binding) bool {
	return !msg.Paste && key.Matches(msg, bindings...)
}

// Typed is what msg would type, "" when it types nothing.
func Typed(msg tea.KeyMsg) string {
	if msg.Alt {
		return ""
	}
	switch msg.Type {
	case tea.KeyRunes, tea.KeySpace:
		return string(msg.Runes)
	}
	return ""
}

// Message is the message that pressing k sends, for running a help entry.
func Message(k string) tea.KeyMsg {
	for t := tea.KeyType(-120); t < 130; t++ {
		msg := tea.KeyMsg{Type: t}
		if t != tea.KeyRunes && msg.String() == k && k != "" {
			if t == tea.KeySpace {
				msg.Runes = []rune{' '}
			}
			return msg
		}
	}
	if rest, alt := strings.CutPrefix(k, "alt+"); alt {
		msg := Message(rest)
		msg.Alt = true
		return msg
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}
