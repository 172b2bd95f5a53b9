package diff

import (
	"strings"

	"drey/client/flinksql"
	"drey/themes"
)

// Draw draws entries in lines of at most width cells, for a page that says more
// than what differs; all shows what is the same, too.
func Draw(t *themes.Theme, left, right string, entries []Entry, width int, all bool) []string {
	l := layout{theme: t, left: left, right: right, width: max(width, 20), all: all}
	drawn := l.draw(entries)
	lines := make([]string, len(drawn))
	for i, line := range drawn {
		lines[i] = line.styled
	}
	return lines
}

// SecretPath tells whether what stands at a path of a document is a secret: the
// value of a name such as password, as a member or as a variable.
func SecretPath(p Path) bool {
	for _, part := range p {
		if flinksql.SecretKey(strings.Trim(part, "[]")) {
			return true
		}
	}
	return false
}

// HasSecret tells whether a document holds the value of a secret.
func HasSecret(doc any) bool { return hasSecret(nil, doc) }

func hasSecret(at Path, doc any) bool {
	if len(at) > 0 && SecretPath(at[len(at)-1:]) {
		return true
	}
	switch v := doc.(type) {
	case map[string]any:
		if name, ok := v["name"].(string); ok && v["value"] != nil && SecretPath(Path{name}) {
			return true
		}
		for name, value := range v {
			if hasSecret(append(at[:len(at):len(at)], name), value) {
				return true
			}
		}
	case []any:
		for _, value := range v {
			if hasSecret(nil, value) {
				return true
			}
		}
	}
	return false
}
