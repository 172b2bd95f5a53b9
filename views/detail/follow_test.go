package detail

import (
	"fmt"
	"strings"
	"testing"

	"drey/themes"
)

// longHead is a document whose entries begin below so many lines.
func longHead(lines, entriesFollow int) Document {
	theme, _ := themes.New(themes.Options{})
	d := Document{NewestFirst: true}
	for i := range lines {
		d.Add(theme.Text, fmt.Sprintf("head %d", i))
	}
	d.Append(entries(entriesFollow))
	d.NewestFirst = true
	return d
}

// TestFollowKeepsTheNewestEntryInSight while entries come, from wherever it was pressed;
// moving ends it, and what is read then stays.
func TestFollowKeepsTheNewestEntryInSight(t *testing.T) {
	v := pager(t, 12, longHead(20, 30))
	press(v, "G")
	press(v, "f")
	for _, n := range []int{30, 33, 45} {
		v.Update(loadedMsg{doc: longHead(20, n)})
		if s := screen(v); !strings.Contains(s, fmt.Sprintf("%d exception", n)) || !strings.Contains(s, "follows") {
			t.Errorf("with %d entries the newest is not followed:\n%s", n, s)
		}
	}
	if got := v.followHint().Label; got != "stop following" {
		t.Errorf("the bar says %q", got)
	}
	press(v, "j")
	before := v.doc.Plain[v.scroll.top]
	v.Update(loadedMsg{doc: longHead(20, 60)})
	if s := screen(v); strings.Contains(s, "follows") || strings.Contains(s, "60 exception") {
		t.Errorf("moving did not end it:\n%s", s)
	}
	if got := v.doc.Plain[v.scroll.top]; got != before {
		t.Errorf("%q is at the top, was %q", got, before)
	}
}

// TestFollowStaysWithAFilter: the newest of the entries that hold the text is shown.
func TestFollowStaysWithAFilter(t *testing.T) {
	v := pager(t, 12, longHead(20, 30))
	press(v, "f", "&", "e", "x", "c", "enter")
	v.Update(loadedMsg{doc: longHead(20, 36)})
	if s := screen(v); !strings.Contains(s, "36 exception") || !strings.Contains(s, "follows") {
		t.Errorf("the newest that holds it is not followed:\n%s", s)
	}
	press(v, "f")
	if s := screen(v); strings.Contains(s, "follows") {
		t.Errorf("a second f did not end it:\n%s", s)
	}
}

// TestWhatHasNoOrderIsNotFollowed: a text whose entries are not the newest first.
func TestWhatHasNoOrderIsNotFollowed(t *testing.T) {
	d := entries(30)
	d.NewestFirst = false
	v := pager(t, 12, d)
	press(v, "f")
	if v.follows {
		t.Error("it is followed")
	}
	for _, h := range v.Hints() {
		if h.Label == "follow" {
			t.Error("the bar offers it")
		}
	}
}
