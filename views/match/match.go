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
	score, ok := Letters(pattern, text)
	return ok && score > -len(text)
}

// Letters tells how well a text holds the letters of a pattern in their order, however far
// apart: more is better, ok is false where it does not. Both are of small letters.
func Letters(pattern, text string) (score int, ok bool) {
	found := fuzzy.Find(pattern, []string{text})
	if len(found) == 0 {
		return 0, false
	}
	return found[0].Score, true
}

// How well a text fits a word, the best first: it is the word, begins with it, has a word
// that does, or holds it.
const (
	Whole = iota
	Begins
	BeginsWord
	Holds
)

// Word tells how well a text fits a word; ok is false where it does not hold it. Both are
// of small letters.
func Word(word, text string) (rank int, ok bool) {
	switch {
	case text == word:
		return Whole, true
	case strings.HasPrefix(text, word):
		return Begins, true
	case !strings.Contains(text, word):
		return 0, false
	}
	for i, r := range text {
		if strings.ContainsRune(" -_./", r) && strings.HasPrefix(text[i+1:], word) {
			return BeginsWord, true
		}
	}
	return Holds, true
}
