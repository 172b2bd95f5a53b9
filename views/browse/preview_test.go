package browse

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// letters is a list of a and b, each with details that name it.
func letters(t *testing.T) *View {
	theme, _ := themes.New(themes.Options{})
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
		Facts: func(i resource.Item[string], _ time.Time) []views.Fact {
			return []views.Fact{{Label: "listed", Text: "row " + i.Value}}
		},
		Detail: func(_ context.Context, i resource.Item[string]) (resource.Detail, error) {
			return resource.Detail{
				Facts:  []views.Fact{{Label: "detail", Text: "fact of " + i.Value}},
				Source: []byte(`{"source":"of ` + i.Value + `"}`),
			}, nil
		},
		Source: func(at resource.Location) resource.Source[string] {
			return sources.NewSource(at, func(context.Context) ([]string, []resource.Unread, bool, error) {
				return []string{"a", "b"}, nil, true, nil
			})
		},
	}
	v := New(
		&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, kind,
		resource.Location{},
	)
	t.Cleanup(v.Close)
	return v
}

// answer gives a view the answers to what a command asks.
func answer(v *View, answers []views.Answer) {
	for _, a := range answers {
		if v.Accept(a) {
			v.Update(a.Msg)
		}
	}
}

// detailsOf is the answer to the question for details, without what waits for its time.
func detailsOf(cmd tea.Cmd) []views.Answer {
	batch := cmd().(tea.BatchMsg)
	return answersOf(batch[len(batch)-1])
}

// TestDetailsStandOnlyBelowTheNameOfTheirRow while the cursor moves, before those of the
// next row are read, at each layout of the preview.
func TestDetailsStandOnlyBelowTheNameOfTheirRow(t *testing.T) {
	for _, width := range []int{80, 120, 220} {
		v := letters(t)
		v.SetSize(width, 30)
		answer(v, answersOf(v.SetVisible(true)))
		v.pane.clear()
		answer(v, detailsOf(v.UpdatePreview()))
		for _, want := range []string{"row a", "fact of a"} {
			if !strings.Contains(v.View(), want) {
				t.Fatalf("%d columns: the preview of a has no %q:\n%s", width, want, v.View())
			}
		}
		moved := v.Update(keymap.Message("j"))
		if screen := v.View(); !strings.Contains(screen, "row b") || strings.Contains(screen, "of a") {
			t.Errorf("%d columns: below the name of b there is what is of a:\n%s", width, screen)
		}
		v.Update(readingMsg{})
		if screen := v.View(); !strings.Contains(screen, "reading details") {
			t.Errorf("%d columns: it is not said that details are read:\n%s", width, screen)
		}
		answer(v, detailsOf(moved))
		if screen := v.View(); !strings.Contains(screen, "fact of b") || strings.Contains(screen, "reading") {
			t.Errorf("%d columns: the details of b are not there:\n%s", width, screen)
		}
		v.SetFilter("nothing")
		v.View()
		cmd, _ := v.Escape()
		answer(v, detailsOf(cmd))
		if screen := v.View(); !strings.Contains(screen, "fact of b") {
			t.Errorf("%d columns: after a filter that showed nothing there are no details:\n%s", width, screen)
		}
	}
}

// TestClearingAFilterAsksForTheDetailsOfTheRow needs no poll for it.
func TestClearingAFilterAsksForTheDetailsOfTheRow(t *testing.T) {
	v := letters(t)
	v.SetSize(80, 24)
	answer(v, answersOf(v.SetVisible(true)))
	v.SetFilter("b")
	v.UpdatePreview()
	if v.pane.asked != "b" {
		t.Fatalf("with the filter the details of %q were asked for", v.pane.asked)
	}
	v.SetFilter("a")
	if cmd, had := v.Escape(); !had || cmd == nil {
		t.Error("nothing is asked for when the filter is cleared")
	}
	if got, want := v.pane.asked, v.grid.Selected(); got != want {
		t.Errorf("the cursor is on %q, the details of %q were asked for", want, got)
	}
}

// TestDetailsThatWereReadStayWhenTheyAreNotReadAgain says so above them.
func TestDetailsThatWereReadStayWhenTheyAreNotReadAgain(t *testing.T) {
	v := letters(t)
	v.SetSize(140, 40)
	answer(v, answersOf(v.SetVisible(true)))
	read := resource.Detail{
		Cause: "IOException: no topic", Events: []resource.Event{{Word: "FAILURE", Text: "it failed 4 times"}},
		Source: json.RawMessage(`{"parallelism":1}`),
	}
	again := resource.Detail{Source: json.RawMessage(`{"parallelism":2}`)}
	v.pane.setDetail(newDetail("a", read, nil, v.env.Theme), v.env.Theme)
	v.pane.setDetail(newDetail("a", again, errors.New("a proxy is in the way"), v.env.Theme), v.env.Theme)
	v.frame.dirty = true
	screen := ansi.Strip(v.View())
	for _, want := range []string{"no topic", "it failed 4 times", "details: a proxy is in the way", "parallelism: 2"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q:\n%s", want, v.View())
		}
	}
}
