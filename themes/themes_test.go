package themes

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestNoColourUsesAttributesOnly(t *testing.T) {
	theme, _ := New(Options{Depth: NoColour})
	for name, s := range map[string]Style{
		"accent": theme.Accent, "selected": theme.Selected, "bad": theme.Tone(Bad), "badge": theme.Badge, "key": theme.Syntax(TokenKey),
	} {
		if strings.ContainsAny(s.On(), "34589") {
			t.Errorf("%s: got %q, want no colour", name, s.On())
		}
	}
	if theme.Selected.On() == "" {
		t.Error("the selected row has no look without colour")
	}
}

func TestEveryToneHasAGlyphOfOneCell(t *testing.T) {
	for _, g := range []*Glyphs{unicodeGlyphs(), asciiGlyphs()} {
		for tone := range Tone(numTones) {
			if w := ansi.StringWidth(g.Tone(tone)); w != 1 {
				t.Errorf("tone %d: got width %d, want 1", tone, w)
			}
		}
	}
}

func TestUnknownThemeFallsBackAndSaysSo(t *testing.T) {
	theme, known := New(Options{Name: "neon"})
	if known || theme.Name != "dark" {
		t.Errorf("got %q, %v; want dark, false", theme.Name, known)
	}
}

func TestYAMLKeepsTextAndLines(t *testing.T) {
	theme, _ := New(Options{})
	const source = "spec:\n  image: \"a:b\"\n  list:\n    - 1\n    - x: true\n  url: local:///opt/x.jar # why\n  m: |\n    two words\n\n"
	lines := theme.YAML(source)
	if got := ansi.Strip(strings.Join(lines, "\n")); got != source {
		t.Errorf("got %q, want %q", got, source)
	}
	if !strings.HasPrefix(lines[0], theme.Syntax(TokenKey).On()) {
		t.Errorf("key is not coloured: %q", lines[0])
	}
}

func TestDetectReadsTheEnvironment(t *testing.T) {
	for _, tc := range []struct {
		env  map[string]string
		want Depth
	}{
		{map[string]string{"TERM": "xterm-256color"}, Colour256},
		{map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TrueColour},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, NoColour},
		{map[string]string{"TERM": "linux"}, Colour16},
	} {
		if got := Detect(func(k string) string { return tc.env[k] }); got != tc.want {
			t.Errorf("%v: got %d, want %d", tc.env, got, tc.want)
		}
	}
}
