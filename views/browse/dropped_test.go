package browse

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// answersOf runs a command and those that it batches, and gives what comes of them
// but timers.
func answersOf(cmd tea.Cmd) []views.Answer {
	if cmd == nil {
		return nil
	}
	switch msg := views.Run(cmd).(type) {
	case tea.BatchMsg:
		return answersOf(msg[0]) // the question; what else there is waits for its time
	case views.Answer:
		return []views.Answer{msg}
	}
	return nil
}

// TestAnAnswerThatNobodyWaitedForIsNotLost asks again while an answer is on its way:
// the source gives its rows once, to the first question.
func TestAnAnswerThatNobodyWaitedForIsNotLost(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	rows := []string{"a", "b"}
	first := true
	kind := resource.Kind[string]{
		Name: "letters", Singular: "letter", Title: "Letters",
		NameOf: func(s string) string { return s },
		Key:    func(i resource.Item[string]) string { return i.Value },
		Columns: []resource.Column[string]{{
			Column: grid.Column{Title: "NAME"},
			Cell: func(i resource.Item[string]) grid.Cell {
				return grid.Word(i.Value, themes.Plain)
			},
		}},
		Source: func(at resource.Location) resource.Source[string] {
			return sources.NewSource(at, func(context.Context) ([]string, []resource.Unread, bool, error) {
				if first {
					first = false
					return rows, nil, true, nil
				}
				return rows, nil, false, nil
			})
		},
	}
	v := New(
		&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, kind,
		resource.Location{},
	)
	v.SetSize(80, 20)
	early := answersOf(v.SetVisible(true))
	late := v.Refresh() // the question before it is given up
	for _, a := range early {
		if v.Accept(a) {
			t.Fatal("an answer to a question that was given up was taken")
		}
	}
	for _, a := range answersOf(late) {
		if !v.Accept(a) {
			t.Fatal("the answer was not taken")
		}
		v.Update(a.Msg)
	}
	if n := len(v.list.rows); n != 2 {
		t.Fatalf("%d rows are shown, want 2", n)
	}
	before := v.list
	for _, a := range answersOf(v.Refresh()) {
		v.Accept(a)
		v.Update(a.Msg)
	}
	if v.list != before {
		t.Error("a list of which nothing changed was replaced")
	}
}
