package themes

import (
	"cmp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestNoColourUsesAttributesOnly(t *testing.T) {
	theme, _ := New(Options{Depth: NoColour})
	for name, s := range map[string]Style{
		"accent": theme.Accent, "selected": theme.Selected, "bad": theme.Tone(Bad), "badge": theme.Badge,
		"key": theme.Syntax(TokenKey),
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
	const source = "spec:\n  image: \"a:b\"\n  list:\n    - 1\n    - x: true\n  url: local:///opt/x.jar # " +
		"why\n  m: |\n    two words\n\n"
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

func TestTheGroundIsReadFromTheEnvironment(t *testing.T) {
	for value, want := range map[string]Ground{
		"": UnknownGround, "15;0": DarkGround, "0;15": LightGround, "0;default;15": LightGround,
		"12;8": DarkGround, "0;7": LightGround,
		"default;default": UnknownGround, "x": UnknownGround, "0;256": UnknownGround, "15": UnknownGround,
	} {
		if got := GroundOf(func(string) string { return value }); got != want {
			t.Errorf("COLORFGBG=%q: got %d, want %d", value, got, want)
		}
	}
	light, _ := New(Options{Ground: LightGround})
	if light.Dark {
		t.Error("a light ground gets the dark theme")
	}
}

// rgb reads "#rrggbb".
func rgb(t *testing.T, colour string) (r, g, b float64) {
	t.Helper()
	v, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	return float64(v>>16) / 255, float64(v>>8&255) / 255, float64(v&255) / 255
}

// ofCube is the colour of an index from 16 on that terminals of 256 colours show.
func ofCube(n int) (r, g, b float64) {
	if n >= 232 {
		grey := float64(8+10*(n-232)) / 255
		return grey, grey, grey
	}
	steps := [6]float64{0, 95. / 255, 135. / 255, 175. / 255, 215. / 255, 1}
	n -= 16
	return steps[n/36], steps[n/6%6], steps[n%6]
}

func contrast(r1, g1, b1, r2, g2, b2 float64) float64 {
	one, two := luminance(r1, g1, b1), luminance(r2, g2, b2)
	return (max(one, two) + 0.05) / (min(one, two) + 0.05)
}

// TestTextCanBeReadOnItsGround holds WCAG's 4.5:1 for every colour of text on
// every ground of its theme, and in 256 colours on the ground itself.
func TestTextCanBeReadOnItsGround(t *testing.T) {
	for _, p := range []palette{dark(), light()} {
		ground := cmp.Or(p.ground, p.assumed)
		texts := map[string]string{
			"text": p.text, "strong": p.strong, "dim": p.dim, "faint": p.faint, "accent": p.accent, "good": p.good, "bad": p.bad,
			"warn": p.warn, "info": p.info, "teal": p.teal, "violet": p.violet,
		}
		pairs := map[string][2]string{
			"badge": {p.onAccent, p.accent}, "notice": {p.onNotice, p.warn}, "button": {p.strong, p.button},
			"red context": {p.onAccent, p.bad}, "yellow context": {p.onAccent, p.warn}, "green context": {p.onAccent, p.good},
			"cyan context": {p.onAccent, p.teal}, "blue context": {p.onAccent, p.info},
			"magenta context": {p.onAccent, p.violet},
		}
		for name, colour := range texts {
			for on, under := range map[string]string{
				"ground": ground, "selected": p.selected, "blurred": p.blurred, "panel": p.panel,
			} {
				pairs[name+" on "+on] = [2]string{colour, under}
			}
		}
		for name, pair := range pairs {
			r1, g1, b1 := rgb(t, pair[0])
			r2, g2, b2 := rgb(t, pair[1])
			if got := contrast(r1, g1, b1, r2, g2, b2); got < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f, want 4.5", p.Name, name, got)
			}
		}
		gr, gg, gb := rgb(t, ground)
		gr, gg, gb = ofCube(nearest256(int(gr*255), int(gg*255), int(gb*255)))
		for name, colour := range texts {
			r, g, b := rgb(t, colour)
			r, g, b = ofCube(nearest256(int(r*255), int(g*255), int(b*255)))
			if got := contrast(r, g, b, gr, gg, gb); got < 4.5 {
				t.Errorf("%s in 256 colours: %s has a contrast of %.2f, want 4.5", p.Name, name, got)
			}
		}
	}
}
