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

// Letters tells how far apart the letters of a pattern are in a text that holds them in
// their order, however far: less is better, 0 where they are one word of it. Both are of
// small letters; ok is false where they are not in it.
func Letters(pattern, text string) (apart int, ok bool) {
	if pattern == "" {
		return 0, true
	}
	p, t := []rune(pattern), []rune(text)
	end, next := -1, 0
	for i := 0; i < len(t) && next < len(p); i++ {
		if t[i] == p[next] {
			next++
			end = i
		}
	}
	if next < len(p) {
		return 0, false
	}
	// From the end back the letters are as close together as they can be.
	last := len(p) - 1
	for i := end; last >= 0; i-- {
		if t[i] != p[last] {
			continue
		}
		starts := i == 0 || strings.ContainsRune(" -_./", t[i-1])
		switch {
		case last == 0 && !starts:
			apart += 2
		case last > 0 && t[i-1] != p[last-1] && !starts:
			apart++ // neither a word begins with it nor does it follow the letter before
		}
		if last == 0 {
			apart += (end - i + 1 - len(p)) * 2
		}
		last--
	}
	return apart, true
}
