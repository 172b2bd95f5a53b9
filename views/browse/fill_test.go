package browse

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// fillView lists letters; of capital ones it asks what they stand for. asked collects
// what was asked for.
func fillView(t *testing.T, rows *[]string, asked *[]string, width int) (v *View, list func()) {
	theme, _ := themes.New(themes.Options{})
	var mu sync.Mutex
	word := func(i resource.Item[string]) grid.Cell { return grid.Word(i.Value, themes.Plain) }
	kind := resource.Kind[string]{
		Name: "letters", Singular: "letter", Title: "Letters",
		NameOf: func(s string) string { return s },
		Key:    func(i resource.Item[string]) string { return strings.ToLower(i.Value[:1]) },
		Same:   func(a, b string) bool { return a == b },
		Columns: []resource.Column[string]{
			{Column: grid.Column{Title: "NAME", Min: 20}, Cell: word},
			{
				Column: grid.Column{Title: "WHY", Min: 4, Drop: 9},
				Cell:   func(resource.Item[string]) grid.Cell { return grid.Cell{} },
				Fill: &resource.Fill[string]{
					Wants: func(i resource.Item[string]) bool { return i.Value == strings.ToUpper(i.Value) },
					Cell: func(_ context.Context, i resource.Item[string]) (grid.Cell, error) {
						mu.Lock()
						defer mu.Unlock()
						*asked = append(*asked, i.Value)
						return grid.Word("cause of "+i.Value, themes.Bad), nil
					},
				},
			},
		},
		Source: func(at resource.Location) resource.Source[string] {
			return sources.NewSource(
				at,
				func(context.Context) ([]string, []resource.Unread, bool, error) { return *rows, nil, true, nil },
			)
		},
	}
	v = New(
		&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, kind,
		resource.Location{},
	)
	v.SetSize(width, 20)
	v.SetVisible(true)
	return v, func() {
		for _, a := range answersOf(v.Refresh()) {
			v.Accept(a)
			v.Update(a.Msg)
		}
		for _, a := range answersOf(v.handleFill()) {
			v.Accept(a)
			v.Update(a.Msg)
		}
	}
}

// TestACellIsAskedForOnceAndStaysWithItsObject fills cells of two rows of three, while
// one of them changes and one recovers.
func TestACellIsAskedForOnceAndStaysWithItsObject(t *testing.T) {
	rows, asked := []string{"A", "b", "C"}, []string{}
	v, list := fillView(t, &rows, &asked, 100)
	shown := func() []string {
		var texts []string
		for _, row := range v.list.rows {
			texts = append(texts, row.Cell(1).Text)
		}
		return texts
	}
	list()
	if want := []string{"cause of A", "", "cause of C"}; !slices.Equal(shown(), want) || len(asked) != 2 {
		t.Fatalf("%q, want %q; asked for %q", shown(), want, asked)
	}
	rows = []string{"A", "b", "C1"} // it changes all the time, and is not asked for each time
	list()
	list()
	if want := []string{"cause of A", "", "cause of C"}; !slices.Equal(shown(), want) || len(asked) != 2 {
		t.Errorf("%q, want %q; asked for %q", shown(), want, asked)
	}
	rows = []string{"a", "b", "C1"}
	list()
	if want := []string{"", "", "cause of C"}; !slices.Equal(shown(), want) {
		t.Errorf("recovered: %q, want %q", shown(), want)
	}
}

// TestACellIsAskedForInTheNextEnvironment chooses another environment while a cell is
// asked for: its answer is given up, and those of the new rows are asked for.
func TestACellIsAskedForInTheNextEnvironment(t *testing.T) {
	rows, asked := []string{"A"}, []string{}
	v, list := fillView(t, &rows, &asked, 100)
	for _, a := range answersOf(v.Refresh()) {
		v.Accept(a)
		v.Update(a.Msg)
	}
	if v.handleFill() == nil || len(asked) > 0 { // it is under way
		t.Fatalf("asked for %q", asked)
	}
	rows = []string{"B"}
	v.SetEnvironment("prod")
	list()
	if got := v.list.rows[0].Cell(1).Text; got != "cause of B" {
		t.Errorf("%q, asked for %q", got, asked)
	}
}

// TestACellThatIsNotShownIsNotAskedFor has no space for the column.
func TestACellThatIsNotShownIsNotAskedFor(t *testing.T) {
	rows, asked := []string{"A" + strings.Repeat(".", 20)}, []string{}
	_, list := fillView(t, &rows, &asked, 24)
	list()
	if len(asked) > 0 {
		t.Errorf("asked for %q", asked)
	}
}

// TestWhatIsFilledLateDoesNotDecideWhereThePreviewIs resizes a list before and after its
// cells are filled: it looks the same.
func TestWhatIsFilledLateDoesNotDecideWhereThePreviewIs(t *testing.T) {
	for _, width := range []int{112, 140, 190} {
		rows, asked := []string{"A" + strings.Repeat("X", 30), "b"}, []string{}
		v, list := fillView(t, &rows, &asked, width)
		v.kind.Facts = func(resource.Item[any], time.Time) []views.Fact { return nil }
		list()
		before := v.beside()
		v.SetSize(width, 21)
		if len(asked) != 1 || v.beside() != before {
			t.Errorf("%d columns: the preview has %d cells, and %d once %q was filled", width, before, v.beside(), asked)
		}
	}
}

// TestThePreviewStandsBesideTheListWhereThatShowsMore has few and many rows of a short
// and a long text at three widths.
func TestThePreviewStandsBesideTheListWhereThatShowsMore(t *testing.T) {
	for _, c := range []struct {
		width, rows, cells int
		beside             bool
	}{
		{110, 5, 10, true},
		{110, 5, 45, false},
		{110, 40, 45, true},
		{110, 40, 56, false},
		{80, 40, 10, false},
		{190, 5, 56, true},
	} {
		var rows, asked []string
		for i := range c.rows {
			rows = append(rows, string(rune('a'+i))+strings.Repeat("x", c.cells-1))
		}
		v, list := fillView(t, &rows, &asked, c.width)
		v.kind.Facts = func(resource.Item[any], time.Time) []views.Fact { return nil }
		list()
		if got := v.beside() > 0; got != c.beside {
			t.Errorf("%+v: beside is %v, the list needs %d", c, got, v.grid.Needs(v.lateColumn))
		}
		for i, line := range strings.Split(v.View(), "\n") {
			if w := clean.Width(line); w != c.width {
				t.Fatalf("%+v: line %d is %d cells wide", c, i, w)
			}
		}
		if lines := strings.Count(v.View(), "\n") + 1; lines != 20 {
			t.Errorf("%+v: %d lines", c, lines)
		}
	}
}
