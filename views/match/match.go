// Package match is how what is typed finds texts.
package match

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// Fuzzy reports whether a text is like a pattern: it holds its letters in order
// and not too far apart. Both are of small letters. The matcher costs
// allocations and is asked only about texts that hold the letters.
func Fuzzy(pattern, text string) bool {
	rest := text
	for _, r := range pattern {
		i := strings.IndexRune(rest, r)
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	found := fuzzy.Find(pattern, []string{text})
	return len(found) > 0 && found[0].Score > -len(text)
}
