package yamleditor_test

import (
	"fmt"
	"strings"
	"testing"

	"drey/keymap"
	"drey/themes"
	"drey/views/edit/yamleditor"
)

func TestValuesOfAPrivateTextAreNotDrawn(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	text := "metadata:\n  name: visible\nspec:\n  data:\n    user: hunter1\n    \"quoted: key\": hunter2\n " +
		"   pem: |\n      hunter3\n        hunter4: deeper\n\n      hunter5\n    list: [hunter6,\n " +
		"     hunter7]\n    # a comment\n  other: seen\n"
	e := yamleditor.New(text, true)
	drawn := strings.Join(e.Lines(theme, 80, 40), "\n")
	if strings.Contains(drawn, "hunter") {
		t.Errorf("a value is drawn:\n%s", drawn)
	}
	for _, want := range []string{"visible", "user", "pem", "seen", "a comment"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%s is not drawn:\n%s", want, drawn)
		}
	}
	e = yamleditor.New(text, false)
	if drawn := strings.Join(e.Lines(theme, 80, 40), "\n"); strings.Count(drawn, "hunter") != 7 {
		t.Errorf("a text without secrets is hidden:\n%s", drawn)
	}
}

func TestALineIsFoundAndGoneToAtItsEnd(t *testing.T) {
	keys := keymap.Default()
	e := yamleditor.New("a: 1\njob:\n  parallelism: 8\nb: parallelism\n", false)
	press := func(names ...string) {
		for _, n := range names {
			e.HandleKey(keymap.Message(n), keys)
		}
	}
	press("alt+/", "P", "a", "r", "enter", "backspace", "9")
	if got := e.Text.Text(); got != "a: 1\njob:\n  parallelism: 9\nb: parallelism\n" {
		t.Errorf("got\n%s", got)
	}
	press("alt+/", "p", "a", "r", "down", "enter", "!")
	if got := e.Text.Text(); !strings.Contains(got, "b: parallelism!") && !strings.Contains(got, "parallelism: 9!") {
		t.Errorf("got\n%s", got)
	}
	press("alt+/", "z", "esc", "?")
	if strings.Count(e.Text.Text(), "?") != 1 || strings.Contains(e.Text.Text(), "z") {
		t.Errorf("got\n%s", e.Text.Text())
	}
}

// BenchmarkKeyInALongText types into a text of 10,000 lines and draws it.
func BenchmarkKeyInALongText(b *testing.B) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "  option.number%d: \"value %d\"\n", i, i)
	}
	theme, _ := themes.New(themes.Options{})
	keys := keymap.Default()
	e := yamleditor.New(text.String(), false)
	e.GoTo(5000)
	for b.Loop() {
		e.HandleKey(keymap.Message("x"), keys)
		_ = e.Lines(theme, 140, 40)
	}
}
