package browse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"drey/client/urgency"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/resource"
	"drey/views/sources"
)

// scopedThings is a list of things whose server can be away; opened and closed count its
// sources.
type scopedThings struct {
	*View
	things map[string]int // how many there are in a scope
	away   bool
	opened int
	closed int
	level  urgency.Level // of the question before
}

type closing struct {
	resource.Source[thing]
	of *scopedThings
}

func (c closing) Close() { c.of.closed++ }

func newScopedThings(t *testing.T, counts map[string]int) *scopedThings {
	t.Helper()
	s := &scopedThings{things: counts}
	keys, rows := 0, 0
	kind := things(&keys, &rows)
	kind.Name, kind.Singular, kind.Scoped = "things", "thing", true
	kind.NameOf = func(t thing) string { return t.name }
	kind.Source = func(at resource.Location) resource.Source[thing] {
		s.opened++
		return closing{sources.NewSource(at, func(ctx context.Context) ([]thing, []resource.Unread, bool, error) {
			s.level = urgency.Of(ctx, urgency.Asked)
			if s.away {
				return nil, nil, false, errors.New("it is away")
			}
			var all []thing
			for i := range s.things[at.Scope] {
				all = append(all, thing{fmt.Sprint(at.Scope, i), "ok"})
			}
			return all, nil, true, nil
		}), s}
	}
	theme, _ := themes.New(themes.Options{})
	s.View = New(
		&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, kind, resource.Location{},
	)
	s.SetSize(100, 20)
	answer(s.View, answersOf(s.SetVisible(true)))
	return s
}

// choose shows another scope, and gives the keys of what is known of it before the answer.
func (s *scopedThings) choose(scope string) (known []string) {
	cmd := s.SetEnvironment(scope)
	for _, row := range s.list.rows {
		known = append(known, row.Key)
	}
	if n := s.grid.Len(); n != len(known) {
		panic(fmt.Sprint(n, " rows are shown of ", len(known)))
	}
	answer(s.View, answersOf(cmd))
	return known
}

// TestWhatIsKnownOfAScopeIsShownBeforeItIsReadAgain leaves scopes and comes back, with the
// server there and away.
func TestWhatIsKnownOfAScopeIsShownBeforeItIsReadAgain(t *testing.T) {
	s := newScopedThings(t, map[string]int{"": 3, "prod": 2})
	if known := s.choose("prod"); len(known) > 0 {
		t.Errorf("%q are shown of a scope that nothing is known of", known)
	}
	want := []string{"prod/prod0", "prod/prod1"}
	if known := s.choose(""); len(known) != 3 {
		t.Errorf("%q are shown of 3", known)
	}
	s.away = true
	if known := s.choose("prod"); !slices.Equal(known, want) || s.poll.err == nil || s.grid.Len() != 2 {
		t.Errorf("%q are shown, %v", known, s.poll.err)
	}
	s.away, s.things["prod"] = false, 1
	answer(s.View, answersOf(s.Refresh()))
	if s.grid.Len() != 1 || s.poll.err != nil {
		t.Errorf("%d rows, %v", s.grid.Len(), s.poll.err)
	}
	s.Close()
	if s.closed != 2 {
		t.Errorf("%d sources are closed of 2", s.closed)
	}
}

// TestScopesThatAreLeftAreBounded goes through many scopes, and through large ones: what is
// kept of them is bounded, the newest stays, and each source that is dropped is closed.
func TestScopesThatAreLeftAreBounded(t *testing.T) {
	things := map[string]int{"": 1, "large": mostParkedRows + 1}
	for i := range 20 {
		things[fmt.Sprint("small", i)] = 10
	}
	s := newScopedThings(t, things)
	check := func(after string) {
		t.Helper()
		rows := 0
		for _, p := range s.parked {
			rows += len(p.list.rows)
		}
		if len(s.parked) > mostParked || rows > mostParkedRows {
			t.Errorf("after %s: %d rows of %d scopes are kept", after, rows, len(s.parked))
		}
	}
	for i := range 20 {
		s.choose(fmt.Sprint("small", i))
		check(fmt.Sprint("small", i))
	}
	if known := s.choose("small18"); len(known) != 10 {
		t.Errorf("%d rows are shown of the scope before", len(known))
	}
	s.choose("large")
	check("large")
	if known := s.choose("small18"); len(known) != 10 {
		t.Errorf("a large scope takes away the rows of a small one: %d are shown", len(known))
	}
	check("small18")
	opened := s.opened
	s.Close()
	if s.closed != opened {
		t.Errorf("%d sources are closed of %d", s.closed, opened)
	}
}

// TestAScopeIsKnownFromTheListOfAll opens a scope that was never listed alone: its rows
// among all are shown at once, with their keys.
func TestAScopeIsKnownFromTheListOfAll(t *testing.T) {
	s := newScopedThings(t, map[string]int{})
	s.away = true
	s.list = listingOf(s.kind, s.columns(), false, &listing{}, resource.Batch[any]{Items: []resource.Item[any]{
		{Location: &resource.Location{Scope: "prod"}, Value: &thing{"a", "ok"}},
		{Location: &resource.Location{Scope: "dev"}, Value: &thing{"b", "ok"}},
		{Location: &resource.Location{Scope: "prod"}, Value: &thing{"c", "ok"}},
	}})
	if known := s.choose("prod"); !slices.Equal(known, []string{"prod/a", "prod/c"}) || s.poll.at.IsZero() {
		t.Errorf("%q are shown, as of %v", known, s.poll.at)
	}
	if known := s.choose(""); len(known) != 3 {
		t.Errorf("%q are shown of all", known)
	}
	if known := s.choose("empty"); len(known) > 0 || !s.poll.at.IsZero() {
		t.Errorf("%q are shown, as of %v: nobody knows whether there are none", known, s.poll.at)
	}
}

// TestTheCursorComesBackToItsRow goes through a scope that has no such row.
func TestTheCursorComesBackToItsRow(t *testing.T) {
	s := newScopedThings(t, map[string]int{"": 5, "prod": 2})
	s.Select("/3")
	s.choose("prod")
	s.choose("")
	if got := s.grid.Selected(); got != "/3" {
		t.Errorf("the cursor is on %q", got)
	}
}

// TestRowsThatAreLookedAtAgainDoNotWaitTheirTurn: a poll of what is on the screen does.
func TestRowsThatAreLookedAtAgainDoNotWaitTheirTurn(t *testing.T) {
	s := newScopedThings(t, map[string]int{"": 3})
	answer(s.View, answersOf(s.Update(pollMsg{})))
	if s.level != urgency.Shown {
		t.Errorf("a poll is asked for at level %v", s.level)
	}
	s.SetVisible(false)
	answer(s.View, answersOf(s.SetVisible(true)))
	if s.level != urgency.Asked {
		t.Errorf("a list that is shown again is asked for at level %v", s.level)
	}
}
