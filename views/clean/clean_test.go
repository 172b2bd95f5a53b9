package clean

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestTextShowsControlCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                "plain",
		"\x1b[31mred\x1b[0m":   "␛[31mred␛[0m",
		"a\nb\tc":              "a⏎b c",
		"über ● ✗":             "über ● ✗",
		"evil\u202etxt\u200b.": "evil·txt·.",
		"c1\u009bm":            "c1␦m",
		"bad\xffutf8":          "bad\ufffdutf8",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestCutIsNeverSilent(t *testing.T) {
	for _, tc := range []struct {
		in    string
		width int
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 4, "abc…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, ""},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"●ab", 2, "●…"},
	} {
		if got := Cut(tc.in, tc.width, "…"); got != tc.want {
			t.Errorf("%q at %d: got %q, want %q", tc.in, tc.width, got, tc.want)
		}
	}
}

func FuzzWidthAgreesWithTheLibrary(f *testing.F) {
	for _, s := range []string{"abc", "● RUNNING", "\x1b[31mred\x1b[0m", "日本", "e\u0301", "…\ufe0f", "▌x│", "👩‍🚀"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		if !utf8.ValidString(s) {
			return
		}
		if got, want := Width(s), ansi.StringWidth(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
		width = min(max(width, 0), 300)
		clean := Text(s)
		if strings.ContainsAny(clean, "\x1b\n\t\r") {
			t.Errorf("%q holds control characters: %q", s, clean)
		}
		if got := Width(Fit(clean, width, "…")); got != width {
			t.Errorf("%q fit to %d takes %d", clean, width, got)
		}
	})
}

func BenchmarkWidthOfAStyledLine(b *testing.B) {
	line := strings.Repeat("\x1b[38;2;1;2;3m● RUNNING  │\x1b[0m", 10)
	for b.Loop() {
		Width(line)
	}
}
