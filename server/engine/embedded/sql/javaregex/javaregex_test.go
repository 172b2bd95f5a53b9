package javaregex_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"drey/server/engine/embedded/sql/javaregex"
)

// TestMatchesAsJavaRecordedThem compares every pattern in every text with what
// java.util.regex of Java 17 found (testdata/Record.java). What is not
// translated must be refused by name, and seldom.
func TestMatchesAsJavaRecordedThem(t *testing.T) {
	texts := lines(t, "testdata/texts.txt")
	for i, text := range texts {
		texts[i] = unescaped(t, text)
	}
	refused, compared, wide := 0, 0, 0
	for _, line := range lines(t, "testdata/recorded.txt") {
		cells := strings.Split(line, "\t")
		p, err := javaregex.Compile(cells[0])
		var unsupported *javaregex.Unsupported
		var wrong *javaregex.SyntaxError
		switch javaRefuses := strings.HasPrefix(cells[1], "!") && len(cells) == 2; {
		case errors.As(err, &unsupported):
			refused++
			t.Logf("refused: %s: %s", cells[0], unsupported.What)
			continue
		case javaRefuses && !errors.As(err, &wrong):
			t.Errorf("%s: got %v, Java says %s", cells[0], err, cells[1])
			continue
		case javaRefuses:
			continue
		case err != nil:
			t.Errorf("%s: %v", cells[0], err)
			continue
		}
		for i, text := range texts {
			compared++
			switch got := found(t, p, text); {
			case got == refusedText:
				wide++
			case got != sure(p, cells[i+1]):
				t.Errorf("%s in %q: got %s, Java %s", cells[0], text, got, cells[i+1])
			}
		}
	}
	if refused > 15 {
		t.Errorf("%d patterns are refused, want 15 at most", refused)
	}
	if wide > 150 {
		t.Errorf("%d values are refused, want those with wide characters and matches of nothing only", wide)
	}
	t.Logf("%d comparisons, %d patterns and %d values refused", compared, refused, wide)
}

// sure takes groups out of what Java found whose text is not promised.
func sure(p *javaregex.Pattern, matches string) string {
	all := strings.Fields(matches)
	for i, m := range all {
		groups := strings.Split(m, ",")
		for g := range groups {
			if p.Unsure(g) {
				groups[g] = "-"
			}
		}
		all[i] = strings.Join(groups, ",")
	}
	return strings.Join(all, " ")
}

// refusedText stands for a value that is refused.
const refusedText = "refused"

func lines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// unescaped is String.translateEscapes for what the texts have.
func unescaped(t *testing.T, s string) string {
	t.Helper()
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return strings.ReplaceAll(text, "\x85", "\u0085")
}

func found(t *testing.T, p *javaregex.Pattern, text string) string {
	t.Helper()
	at := func(i int) int { return len(utf16.Encode([]rune(text[:i]))) }
	var all []string
	err := p.Each(text, func(loc []int) bool {
		var parts []string
		for i := 0; i < len(loc); i += 2 {
			if loc[i] < 0 || p.Unsure(i/2) {
				parts = append(parts, "-")
				continue
			}
			parts = append(parts, fmt.Sprintf("%d-%d", at(loc[i]), at(loc[i+1])))
		}
		all = append(all, strings.Join(parts, ","))
		return true
	})
	var unsupported *javaregex.Unsupported
	if errors.As(err, &unsupported) {
		return refusedText
	}
	if err != nil {
		t.Errorf("%s in %q: %v", p, text, err)
	}
	if first, err := p.First(text); err != nil || (first == nil) != (len(all) == 0) {
		t.Errorf("%s in %q: the first is %v %v, all are %v", p, text, first, err, all)
	}
	return strings.Join(all, " ")
}
