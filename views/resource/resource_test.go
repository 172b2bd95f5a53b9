package resource

import (
	"context"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"drey/themes"
	"drey/views"
)

// TestAChangeOfATextComesBackFromItsHow writes a change as a how, reads it back and puts
// it into a document that others have changed meanwhile.
func TestAChangeOfATextComesBackFromItsHow(t *testing.T) {
	change := Edited{
		Base: map[string]any{"spec": map[string]any{"parallelism": "1"}},
		Mine: map[string]any{"spec": map[string]any{"parallelism": "2"}},
	}
	how, err := change.How()
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(how)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadEdited(values)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read.Into(map[string]any{"spec": map[string]any{"parallelism": "1", "image": "new"}})
	want := map[string]any{"spec": map[string]any{"parallelism": "2", "image": "new"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err = read.Back().Into(got); err != nil ||
		!reflect.DeepEqual(got, map[string]any{"spec": map[string]any{"parallelism": "1", "image": "new"}}) {
		t.Errorf("taken back: got %v, %v", got, err)
	}
	_, err = read.Into(map[string]any{"spec": map[string]any{"parallelism": "3"}})
	if err == nil || !strings.Contains(err.Error(), "was changed meanwhile") {
		t.Errorf("the same was changed: got %v", err)
	}
	if _, err := ReadEdited(url.Values{}); err == nil {
		t.Error("a how without a change was read")
	}
}

// TestADeletionSaysWhatItSends compares the plan with the stage that is sent.
func TestADeletionSaysWhatItSends(t *testing.T) {
	sent := ""
	a := Deletion(func(i Item[string]) string { return "/" + i.Scope + "/" + i.Value }, "it is lost",
		func(_ context.Context, i Item[string]) error {
			sent = i.Value
			return nil
		})
	item := Item[string]{Location: &Location{Scope: "prod"}, Value: "orders"}
	want := []views.Step{{Method: "DELETE", Path: "/prod/orders"}}
	if plan := a.Plan(item, ""); !reflect.DeepEqual(plan, want) {
		t.Errorf("plan: %v", plan)
	}
	stages := a.Stages(VerbDelete, item, "")
	if _, err := stages[0].Send(t.Context(), item); err != nil || sent != "orders" || !stages[0].Removes {
		t.Errorf("sent %q, %v", sent, err)
	}
	if !a.Loses("orders") || a.Will(item, time.Time{}).Text != "it is lost" {
		t.Error("it does not say what is lost")
	}
}

// TestProblemsAreCountedByScope leaves out what is harmless and what is hidden.
func TestProblemsAreCountedByScope(t *testing.T) {
	kind := Kind[string]{
		State: func(s string) (string, themes.Tone) {
			if strings.HasPrefix(s, "bad") {
				return s, themes.Bad
			}
			return s, themes.Good
		},
		Harmless: func(s string) bool { return s == "bad but known" },
		Hidden:   func(s string) bool { return s == "bad and hidden" },
	}
	prod, dev := &Location{Scope: "prod"}, &Location{Scope: "dev"}
	got := TallyOf(kind, []Item[string]{
		{prod, "bad"}, {prod, "good"}, {dev, "bad"}, {dev, "bad but known"}, {prod, "bad and hidden"},
	})
	want := map[string]views.Tally{
		"prod": {themes.Bad: 1, themes.Good: 1}, "dev": {themes.Bad: 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestTheWayBackGoesFromTheLastStage takes back only what was begun.
func TestTheWayBackGoesFromTheLastStage(t *testing.T) {
	stages := []Stage[string]{
		{Label: "a", Back: &Stage[string]{Label: "undo a"}},
		{Label: "b"},
		{Label: "c", Back: &Stage[string]{Label: "undo c"}},
	}
	for due, want := range [][]string{{"undo a"}, {"undo a"}, {"undo c", "undo a"}, {"undo c", "undo a"}} {
		var got []string
		for _, s := range WayBack(stages, due) {
			got = append(got, s.Label)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("due %d: got %q", due, got)
		}
	}
}
