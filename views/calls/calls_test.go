package calls

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

var at = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

// logOf is a view of a log that a test changes.
func logOf(t *testing.T, log *[]client.Call) *View {
	t.Helper()
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	env := &views.Env{
		Context: t.Context(), Theme: theme, Keys: keymap.Default(), Server: views.Server{Address: "http://cmf.example"},
		Now: func() time.Time { return at.Add(5 * time.Second) },
	}
	v := New(env, func() []client.Call { return *log }, func() client.Load {
		return client.Load{LastSecond: 3, InFlight: 1, Waiting: 2}
	})
	v.SetSize(140, 12)
	v.SetVisible(true)
	t.Cleanup(v.Close)
	return v
}

func lineOf(t *testing.T, v *View, text string) string {
	t.Helper()
	for line := range strings.SplitSeq(clean.Plain(v.View()), "\n") {
		if strings.Contains(line, text) {
			return strings.Join(strings.Fields(strings.Trim(line, "│ ▌▐")), " ")
		}
	}
	t.Fatalf("%q is not in\n%s", text, clean.Plain(v.View()))
	return ""
}

func press(v *View, keys ...string) (sent []tea.Msg) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if k == "enter" {
			msg = tea.KeyMsg{Type: tea.KeyEnter}
		}
		if cmd := v.Update(msg); cmd != nil {
			sent = append(sent, cmd())
		}
	}
	return sent
}

// TestEachCallIsALine with what came of it, also where nothing has come yet or ever will,
// and its host where that is another one than the context's.
func TestEachCallIsALine(t *testing.T) {
	log := []client.Call{
		{At: at.Add(3 * time.Second), Method: "POST", URL: "http://cmf.example/cmf/a?x=1", Open: true},
		{At: at.Add(2 * time.Second), Method: "GET", URL: "http://elsewhere.example/b", Status: 500, Duration: time.Second, Bytes: 12},
		{At: at.Add(time.Second), Method: "GET", URL: "http://cmf.example/c", Err: "connection refused"},
		{At: at, Method: "GET", URL: "http://cmf.example/d", Status: 200, Duration: 7 * time.Millisecond, Bytes: 34567},
	}
	v := logOf(t, &log)
	for text, want := range map[string]string{
		"/cmf/a":    "09:00:03.000 POST ◐ open 2000 — /cmf/a?x=1",
		"elsewhere": "09:00:02.000 GET ✗ 500 1000 12 elsewhere.example/b",
		"/c ":       "09:00:01.000 GET ✗ none 0 0 /c",
		"/d ":       "09:00:00.000 GET ● 200 7 34567 /d",
		"API calls": "┌─ API calls",
	} {
		if got := lineOf(t, v, text); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := lineOf(t, v, "API calls"); !strings.Contains(got, "3/s, 1 under way, 2 wait · 4 of 4") {
		t.Errorf("got %q", got)
	}
	log[0].Open, log[0].Status, log[0].Duration = false, 409, 40*time.Millisecond
	v.Update(reloadMsg{})
	if got := lineOf(t, v, "/cmf/a"); !strings.HasPrefix(got, "09:00:03.000 POST ▲ 409 40 0") {
		t.Errorf("the answer is not shown: %q", got)
	}
}

// TestACallIsFoundOpenedAndCopied by keys; one that no action sent is not taken back.
func TestACallIsFoundOpenedAndCopied(t *testing.T) {
	log := []client.Call{
		{At: at.Add(time.Second), Method: "PUT", URL: "http://cmf.example/orders", Status: 200},
		{At: at, Method: "GET", URL: "http://cmf.example/payments", Status: 404},
	}
	v := logOf(t, &log)
	press(v, "/", "p", "a", "y", "enter")
	if got := lineOf(t, v, "1 of 2"); v.Typing() || got == "" {
		t.Error("the filter is still typed")
	}
	sent := press(v, "enter", "y", "u")
	if len(sent) != 3 {
		t.Fatalf("got %v", sent)
	}
	if m, ok := sent[0].(views.OpenMsg); !ok || m.Title != "call" {
		t.Errorf("enter: %v", sent[0])
	}
	if m, ok := sent[1].(views.CopyMsg); !ok || !strings.Contains(m.Text, "curl") ||
		!strings.Contains(m.Text, "/payments") {
		t.Errorf("y: %v", sent[1])
	}
	if m, ok := sent[2].(views.NoticeMsg); !ok || !strings.Contains(m.Text, "nothing to take back") {
		t.Errorf("u: %v", sent[2])
	}
	if _, had := v.Escape(); !had {
		t.Error("esc lifts no filter")
	}
	lineOf(t, v, "2 of 2")
}
