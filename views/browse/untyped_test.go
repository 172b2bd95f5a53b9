package browse_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/resource"
	"drey/views/sources"
)

type ship struct{ Name, State string }

var (
	sail = views.Verb{Do: "sail", Doing: "sailing", Done: "sailed"}
	dock = views.Verb{Do: "dock", Doing: "docking", Done: "docked"}
)

// errLost is a request whose answer never came.
type errLost struct{ error }

func (errLost) Fault() fault.Fault { return fault.Fault{Kind: fault.Offline, Lost: true} }

// fleetOf is a kind over ships in memory; run changes one.
func fleetOf(harbours map[string][]ship, run func(*ship) error) platform.Kind {
	find := func(ref views.Ref) *ship {
		i := slices.IndexFunc(harbours[ref.Scope], func(s ship) bool { return s.Name == ref.Name })
		if i < 0 {
			return nil
		}
		return &harbours[ref.Scope][i]
	}
	plan := func(i resource.Item[ship], _ string) []views.Step {
		return []views.Step{{Method: "POST", Path: "/" + i.Scope + "/" + i.Value.Name}}
	}
	return browse.Untyped(resource.Kind[ship]{
		Name: "ships", Singular: "ship", Scoped: true,
		NameOf: func(s ship) string { return s.Name },
		Key:    func(i resource.Item[ship]) string { return i.Scope + "/" + i.Value.Name },
		State:  func(s ship) (string, themes.Tone) { return s.State, themes.Good },
		Columns: []resource.Column[ship]{
			{Column: grid.Column{Title: "NAME"}, Cell: func(i resource.Item[ship]) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "HARBOUR"}, AllScopes: true, Cell: func(i resource.Item[ship]) grid.Cell { return grid.Word(i.Scope, themes.Plain) }},
			{Column: grid.Column{Title: "AGE"}, Cell: func(resource.Item[ship]) grid.Cell {
				return grid.Since(time.Now().Add(-3*time.Hour), "at sea", themes.Plain, grid.Cell{})
			}},
		},
		Source: func(at resource.Location) resource.Source[ship] {
			list := func(scope string) sources.Lister[ship] {
				return func(context.Context) ([]ship, []resource.Unread, bool, error) {
					switch scope {
					case "storm":
						return nil, nil, false, errors.New("no radio")
					case "fog":
						time.Sleep(5 * time.Second)
						return harbours[scope], []resource.Unread{{Name: "wreck", Err: errors.New("rust")}}, true, nil
					}
					return harbours[scope], nil, true, nil
				}
			}
			if at.Scope != "" {
				return sources.NewSource(at, list(at.Scope))
			}
			names := func(context.Context) ([]string, string, bool, error) {
				return []string{"bay", "fog", "storm"}, "", true, nil
			}
			return sources.NewAllScopes(sources.Scopes{Names: names, AtOnce: 4}, list)
		},
		Read: func(_ context.Context, ref views.Ref) (ship, error) {
			if s := find(ref); s != nil {
				return *s, nil
			}
			return ship{}, errors.New("sunk")
		},
		Actions: []resource.Action[ship]{{
			Verb: func(s ship) views.Verb {
				if s.State == "SAILING" {
					return dock
				}
				return sail
			},
			Verbs: []views.Verb{sail, dock},
			Plan:  plan,
			Begun: func(before, now ship) bool { return before.State != now.State },
			Run: func(_ context.Context, i resource.Item[ship], how string, step func(views.Step)) (string, error) {
				step(plan(i, how)[0])
				return "", run(find(views.Ref{Scope: i.Scope, Name: i.Value.Name}))
			},
		}},
	})
}

// TestListsWithoutAScreenAreWhole lists three scopes: one answers, one does after
// five seconds, one cannot be read.
func TestListsWithoutAScreenAreWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := fleetOf(map[string][]ship{"bay": {{"ada", "DOCKED"}}, "fog": {{"bob", "SAILING"}}}, nil)
		table, err := k.List(t.Context(), "")
		if err != nil || len(table.Rows) != 2 || !slices.Equal(table.Columns, []string{"NAME", "HARBOUR", "AGE"}) {
			t.Fatalf("got %+v, %v", table, err)
		}
		bob := table.Rows[1]
		if !slices.Equal(bob.Cells, []string{"bob", "fog", "3h at sea"}) || bob.State != "SAILING" ||
			bob.Ref.UID != "fog/bob" || !json.Valid(bob.Raw) {
			t.Errorf("got %+v", bob)
		}
		if notes := strings.Join(table.Notes, "\n"); !strings.Contains(notes, "wreck") ||
			!strings.Contains(notes, "rust") || !strings.Contains(notes, "storm: no radio") {
			t.Errorf("got %q", table.Notes)
		}
		if table, err = k.List(t.Context(), "bay"); err != nil ||
			!slices.Equal(table.Columns, []string{"NAME", "AGE"}) || len(table.Notes) > 0 {
			t.Errorf("one scope: got %+v, %v", table, err)
		}
		if raw, err := k.Get(t.Context(), views.Ref{Scope: "bay", Name: "ada"}); err != nil ||
			!strings.Contains(string(raw), "ada") {
			t.Errorf("one without an address: got %s, %v", raw, err)
		}
		time.Sleep(time.Minute) // of the bubble: a question that was given up ends in its time
	})
}

func TestActionsWithoutAScreenAreThoseOfTheList(t *testing.T) {
	ada := views.Ref{Scope: "bay", Name: "ada"}
	for name, c := range map[string]struct {
		verb views.Verb
		ref  views.Ref
		run  func(*ship) error
		want string
	}{
		"done":            {sail, ada, func(s *ship) error { s.State = "SAILING"; return nil }, ""},
		"done, but lost":  {sail, ada, func(s *ship) error { s.State = "SAILING"; return errLost{errors.New("cut")} }, ""},
		"not done":        {sail, ada, func(*ship) error { return errLost{errors.New("cut")} }, "not done"},
		"refused":         {dock, ada, nil, "what can be done to it now is sail"},
		"unknown":         {views.Verb{Do: "fly"}, ada, nil, "no such action"},
		"another by then": {sail, views.Ref{Scope: "bay", Name: "ada", UID: "other"}, nil, "another one of the same name"},
		"not there":       {sail, views.Ref{Scope: "bay", Name: "eve"}, nil, "sunk"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := fleetOf(map[string][]ship{"bay": {{"ada", "DOCKED"}}}, c.run)
				steps := 0
				err := k.Do(t.Context(), c.verb, c.ref, "", func(views.Step) { steps++ })
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if sent := c.run != nil; sent != (steps == 1) {
					t.Errorf("%d steps were told", steps)
				}
			})
		})
	}
}
