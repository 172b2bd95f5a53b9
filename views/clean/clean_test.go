package clean

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
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

func TestFrameKeepsStylesAndDisarmsTheRest(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n\x1b[1;38;2;1;2;3mstyled\x1b[0m é ─ 表": "plain\n\x1b[1;38;2;1;2;3mstyled\x1b[0m é ─ 表",
		"\x1b]52;c;aGk=\x07":         "␛]52;c;aGk=␇",
		"\x1b]8;;http://x\x1b\\link": "␛]8;;http://x␛\\link",
		"a\x1b[2Jb\x1b[6n":           "a␛[2Jb␛[6n",
		"\x1b[?1049l":                "␛[?1049l",
		"\u009b2J\u202e\u061c\u2066": "␦2J···",
		"\x9b2J\xff":                 "\ufffd2J\ufffd",
		"a\rb\tc\x7f":                "a␍b c␡",
		"\x1b[38:5:1m":               "␛[38:5:1m",
		"\x1b":                       "␛",
	} {
		if got := Frame(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzFrameLeavesNothingThatATerminalObeys(f *testing.F) {
	f.Add("\x1b]0;title\x07\x1b[1mx\x1b[0m\u009b\x9b\u202e")
	sgr := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	f.Fuzz(func(t *testing.T, s string) {
		got := Frame(s)
		if again := Frame(got); again != got {
			t.Errorf("%q becomes %q, then %q", s, got, again)
		}
		for _, r := range sgr.ReplaceAllString(got, "") {
			if r != '\n' && unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("%q: %q still holds %U", s, got, r)
			}
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	line := strings.Repeat("\x1b[38;2;100;200;100mRUNNING\x1b[0m  some text │ ", 8)
	frame := strings.Repeat(line+"\n", 48)
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		Frame(frame)
	}
}

// TestWhatIsSkippedIsThatManyCells where the cut goes through a rune of two cells.
func TestWhatIsSkippedIsThatManyCells(t *testing.T) {
	for _, s := range []string{"a漢b漢c", "\x1b[31ma漢b\x1b[0m漢c", "漢", "🎉🎉x"} {
		for n := range 9 {
			if got, want := Width(Skip(s, n)), max(Width(s)-n, 0); got != want {
				t.Errorf("%q without %d: %q of %d cells, want %d", s, n, Skip(s, n), got, want)
			}
			if got, want := Width(Splice(s, "|", n)), max(Width(s), n+1); got != want {
				t.Errorf("| at %d of %q: %q of %d cells, want %d", n, s, Splice(s, "|", n), got, want)
			}
		}
	}
}
