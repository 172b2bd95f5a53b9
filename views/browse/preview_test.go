package browse

import (
	"context"
	"testing"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// TestClearingAFilterAsksForTheDetailsOfTheRow needs no poll for it.
func TestClearingAFilterAsksForTheDetailsOfTheRow(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	kind := resource.Kind[string]{
		Name: "letters", Singular: "letter", Title: "Letters",
		NameOf: func(s string) string { return s },
		Key:    func(i resource.Item[string]) string { return i.Value },
		Columns: []resource.Column[string]{{Column: grid.Column{Title: "NAME"}, Cell: func(i resource.Item[string]) grid.Cell {
			return grid.Word(i.Value, themes.Plain)
		}}},
		Facts: func(resource.Item[string], time.Time) []views.Fact { return nil },
		Detail: func(context.Context, resource.Item[string]) (resource.Detail, error) {
			return resource.Detail{}, nil
		},
		Source: func(at resource.Location) resource.Source[string] {
			return sources.NewSource(at, func(context.Context) ([]string, []resource.Unread, bool, error) {
				return []string{"a", "b"}, nil, true, nil
			})
		},
	}
	v := New(&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, kind, resource.Location{})
	v.SetSize(80, 24)
	for _, a := range answersOf(v.SetVisible(true)) {
		if v.Accept(a) {
			v.Update(a.Msg)
		}
	}
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
	v.Close()
}
