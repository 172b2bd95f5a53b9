package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/disk"
	"drey/views"
)

var noon = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

// console is the history of a console over a state folder, and what runs its commands.
func console(t *testing.T, root string) (*Past, *views.Mailbox) {
	t.Helper()
	d := disk.NewTexts(root)
	t.Cleanup(func() { _ = d.Close() })
	return &Past{Drafts: d}, &views.Mailbox{Context: t.Context()}
}

// run runs a command of the history to its end.
func run(t *testing.T, p *Past, mail *views.Mailbox, cmd tea.Cmd) {
	t.Helper()
	if cmd == nil {
		return
	}
	answer, ok := views.Run(cmd).(views.Answer)
	if !ok || !mail.Accept(answer) {
		t.Fatal("the command gave no answer")
	}
	msg, ok := answer.Msg.(LoadedMsg)
	if !ok {
		t.Fatalf("got %T", answer.Msg)
	}
	p.Take(msg)
	if p.problem != nil {
		t.Fatal(p.problem)
	}
}

func TestTwoConsolesSeeWhatWasRunInBoth(t *testing.T) {
	root := t.TempDir()
	one, oneMail := console(t, root)
	two, twoMail := console(t, root)
	run(t, one, oneMail, one.Began(oneMail, "s-1", "prod", "SELECT 1", noon))
	run(t, two, twoMail, two.Began(twoMail, "s-2", "test", "SELECT 2", noon.Add(time.Second)))
	run(t, one, oneMail, one.Ended(oneMail, "s-1", "COMPLETED", noon.Add(2*time.Second)))
	run(t, two, twoMail, two.Refused(twoMail, "s-2", noon.Add(1500*time.Millisecond)))
	if cmd := one.Ended(oneMail, "s-1", "FAILED", noon.Add(time.Hour)); cmd != nil {
		t.Error("a statement ended twice")
	}
	if cmd := one.Ended(oneMail, "of somebody else", "FAILED", noon); cmd != nil {
		t.Error("a statement that is not known ended")
	}
	next, mail := console(t, root)
	run(t, next, mail, next.Ask(mail))
	var got []string
	for _, e := range next.entries {
		got = append(got, fmt.Sprintf("%s %s %s %s %d", e.ID, e.Environment, e.SQL, e.Outcome, e.Millis))
	}
	if want := []string{"s-1 prod SELECT 1 COMPLETED 2000", "s-2 test SELECT 2 REFUSED 500"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASecretIsNeitherWrittenNorRead(t *testing.T) {
	root := t.TempDir()
	p, mail := console(t, root)
	const text = "CREATE TABLE t (a INT) WITH ('connector'='kafka', 'properties.sasl.password'='hunter2')"
	run(t, p, mail, p.Began(mail, "s-1", "prod", text, noon))
	// What a version that did not hide secrets has written.
	if err := p.Drafts.Append(pastName, `{"id":"s-2","at":"2026-02-01T12:00:00Z","sql":"`+text+`"}`, maxPast); err != nil {
		t.Fatal(err)
	}
	stored, err := p.Drafts.Load(pastName)
	if err != nil || strings.Count(stored, "hunter2") != 1 {
		t.Fatalf("stored: %s, %v", stored, err)
	}
	next, nextMail := console(t, root)
	run(t, next, nextMail, next.Ask(nextMail))
	if len(next.entries) != 2 || strings.Contains(fmt.Sprint(next.entries), "hunter2") {
		t.Errorf("read: %+v", next.entries)
	}
}

func TestLinesThatAreNoEntriesAreLeftOut(t *testing.T) {
	p := &Past{}
	p.merge(pastEntry{ID: "here", SQL: "SELECT 0"})
	p.Take(LoadedMsg{Reading: true, text: `{"id":"s-2","outcome":"FAILED","ms":7}
{"id":"s-1","sql":"SELECT 1"
{"sql":"SELECT of no name"}
{"id":"s-2","sql":"SELECT 2"}
`})
	if len(p.entries) != 2 || p.entries[0].SQL != "SELECT 2" || p.entries[0].Outcome != "FAILED" ||
		p.entries[1].ID != "here" {
		t.Errorf("got %+v", p.entries)
	}
}

func TestAVeryLongStatementIsRememberedUntilTheEndOfTheProgramOnly(t *testing.T) {
	p, mail := console(t, t.TempDir())
	if cmd := p.Began(mail, "s-1", "", "SELECT '"+strings.Repeat("x", maxPastEntry)+"'", noon); cmd != nil {
		t.Error("it is written")
	}
	if len(p.entries) != 1 {
		t.Errorf("got %d entries", len(p.entries))
	}
}

// dialog is the box about some statements, the last one the newest.
func dialog(t *testing.T, entries ...pastEntry) (*Dialog, *string) {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	env := &views.Env{
		Context: context.Background(), Theme: theme, Keys: keymap.Default(), Now: func() time.Time { return noon },
	}
	p, taken := &Past{}, new(string)
	for i, e := range entries {
		if e.ID == "" {
			e.ID = fmt.Sprint(i)
		}
		p.merge(e)
	}
	return NewDialog(env, p, func(text string) tea.Cmd {
		*taken = text
		return nil
	}), taken
}

func (h *Dialog) typeText(text string) {
	for _, r := range text {
		h.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

func TestEveryWordThatIsTypedHasToBeThere(t *testing.T) {
	h, taken := dialog(
		t, pastEntry{SQL: "SELECT * FROM orders", Environment: "prod", Outcome: "FAILED"},
		pastEntry{SQL: "SELECT *\n  FROM   clicks", Environment: "prod"}, pastEntry{Outcome: "COMPLETED"},
		pastEntry{SQL: "INSERT INTO daily SELECT * FROM orders", Environment: "test"},
	)
	if len(h.shown) != 3 || h.all[h.shown[0]].Environment != "test" {
		t.Errorf("the newest first, without what has no text: %v of %+v", h.shown, h.all)
	}
	h.typeText("orders prod")
	if len(h.shown) != 1 || h.all[h.shown[0]].Outcome != "FAILED" {
		t.Errorf("got %v", h.shown)
	}
	h.line.Set("")
	h.typeText("from clicks") // blanks of the text are one
	if len(h.shown) != 1 {
		t.Errorf("got %v", h.shown)
	}
	h.line.Set("")
	h.typeText("insrt") // nothing has it: what is like it
	if len(h.shown) != 1 || h.all[h.shown[0]].Environment != "test" {
		t.Errorf("got %v", h.shown)
	}
	if _, done := h.Update(tea.KeyMsg{Type: tea.KeyEnter}); !done || *taken != "INSERT INTO daily SELECT * FROM orders" {
		t.Errorf("taken %q, done %v", *taken, done)
	}
}

func TestNothingIsTakenWhereNothingIsFound(t *testing.T) {
	h, taken := dialog(t, pastEntry{SQL: "SELECT 1"})
	h.typeText("zzz")
	for _, k := range []tea.KeyType{tea.KeyDown, tea.KeyUp, tea.KeyEnter} {
		if _, done := h.Update(tea.KeyMsg{Type: k}); done {
			t.Errorf("key %v closed it", k)
		}
	}
	if box := strings.Join(h.Box(60, 12), "\n"); *taken != "" || !strings.Contains(box, "nothing like it was run") {
		t.Errorf("taken %q\n%s", *taken, box)
	}
}

func TestNothingOfAnEntryIsObeyedByTheTerminal(t *testing.T) {
	h, _ := dialog(t, pastEntry{
		SQL: "SELECT '\x1b[2J'\n\x1b]0;x\x07", Environment: "\x1b[31mprod", Outcome: "FAI\x1b[2J", Millis: 12,
	})
	for _, line := range h.Box(80, 12) {
		for _, bad := range []string{"\x1b[2", "\x1b]0", "\x1b[31mprod"} {
			if strings.Contains(line, bad) {
				t.Errorf("%q is in %q", bad, line)
			}
		}
	}
}

func TestABoxIsAsHighAsItsScreen(t *testing.T) {
	var entries []pastEntry
	for i := range 40 {
		entries = append(entries, pastEntry{SQL: strings.Repeat("SELECT 1\n", i+1)})
	}
	h, _ := dialog(t, entries...)
	for _, height := range []int{6, 10, 24, 30} {
		for range 45 {
			if box := h.Box(100, height); len(box) != height {
				t.Fatalf("%d lines on a screen of %d", len(box), height)
			}
			h.Update(tea.KeyMsg{Type: tea.KeyDown})
		}
	}
	if h.cursor != 39 {
		t.Errorf("the cursor is on %d", h.cursor)
	}
}

func TestHowLongSomethingTookHasSixSignsAtMost(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1ms", 999 * time.Millisecond: "999ms", 1049 * time.Millisecond: "1s",
		9400 * time.Millisecond: "9.4s",
		9990 * time.Millisecond: "10s", 90 * time.Second: "1m", 26 * time.Hour: "26h",
	} {
		if got := durationText(d); got != want || len(got) > 6 {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}
