package detail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// entries is a document with a head and so many entries, the newest first: each third
// one is a failure with a trace of two lines.
func entries(n int) Document {
	theme, _ := themes.New(themes.Options{})
	d := Document{NewestFirst: true}
	d.Add(theme.Text, "FAILED")
	for i := n; i > 0; i-- {
		d.Entries = append(d.Entries, len(d.Plain))
		if i%3 > 0 {
			d.Link(theme.Text, fmt.Sprintf("%d event", i), i)
			continue
		}
		d.Add(theme.Text, fmt.Sprintf("%d exception", i))
		d.Text(theme.Dim, fmt.Sprintf("  at Reader.read%d\n  at Reader.next", i))
	}
	return d
}

func pager(t *testing.T, height int, d Document) *View {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	env := &views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}
	v := NewWrapped(env, "why orders", func(context.Context, *themes.Theme) (Document, error) { return d, nil })
	v.SetSize(80, height)
	v.Update(loadedMsg{doc: d})
	return v
}

func press(v *View, keys ...string) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		switch k {
		case "enter":
			msg = tea.KeyMsg{Type: tea.KeyEnter}
		case "esc":
			if !v.Typing() {
				v.Escape()
				continue
			}
			msg = tea.KeyMsg{Type: tea.KeyEsc}
		}
		v.Update(msg)
	}
}

func screen(v *View) string { return clean.Plain(v.View()) }

// TestAFilterLeavesWholeEntries finds a frame of a trace: its exception is shown, too, and
// what stands before all entries.
func TestAFilterLeavesWholeEntries(t *testing.T) {
	v := pager(t, 40, entries(9))
	press(v, "&", "R", "E", "A", "D", "6", "enter")
	for _, want := range []string{"FAILED", "6 exception", "at Reader.read6", "at Reader.next", "&READ6 1 of 9"} {
		if !strings.Contains(screen(v), want) {
			t.Errorf("%q is not in\n%s", want, screen(v))
		}
	}
	if s := screen(v); strings.Contains(s, "event") || strings.Contains(s, "9 exception") {
		t.Errorf("entries that do not hold it are in\n%s", s)
	}
	press(v, "/", "n", "e", "x", "t", "enter")
	if s := screen(v); !strings.Contains(s, "&READ6 1 of 9 /next 1 of 1") {
		t.Errorf("the search is not within what is shown:\n%s", s)
	}
	press(v, "esc")
	if s := screen(v); !strings.Contains(s, "&READ6 1 of 9") {
		t.Errorf("esc took the filter before the search:\n%s", s)
	}
	press(v, "esc")
	if s := screen(v); !strings.Contains(s, "9 exception") || strings.Contains(s, "&") {
		t.Errorf("the filter was not lifted:\n%s", s)
	}
	press(v, "&", "7", " ", "e", "enter")
	if n := len(v.doc.Links); n != 1 || v.doc.Links[0].Msg != 7 || v.doc.Plain[v.doc.Links[0].Line] != "7 event" {
		t.Errorf("links %v of %q", v.doc.Links, v.doc.Plain)
	}
	press(v, "&", "x", "q", "z") // it goes on with what is there
	if s := screen(v); !strings.Contains(s, "nothing here holds it") || !strings.Contains(s, "0 of 9") {
		t.Errorf("got\n%s", s)
	}
	if press(v, "esc"); v.Typing() || v.filter.line.Value() != "" {
		t.Error("esc did not leave the filter")
	}
}

// TestWhatIsReadStaysWhereItIsWhenEntriesCome above it; at the top the newest are followed.
func TestWhatIsReadStaysWhereItIsWhenEntriesCome(t *testing.T) {
	v := pager(t, 12, entries(30))
	v.Update(loadedMsg{doc: entries(33)})
	if s := screen(v); !strings.Contains(s, "33 exception") {
		t.Errorf("the newest is not followed:\n%s", s)
	}
	press(v, "j", "j", "j", "j", "j")
	before := v.doc.Plain[v.scroll.top]
	v.Update(loadedMsg{doc: entries(40)})
	if got := v.doc.Plain[v.scroll.top]; got != before {
		t.Errorf("%q is at the top, was %q", got, before)
	}
}
