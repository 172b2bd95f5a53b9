package yamldoc

import (
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// LineOf is the line of the member at a path, or of the nearest one that it would
// be in; items of lists are named as in diff.Path, or by their number. It is 0
// where nothing of the path is there.
func LineOf(doc *yaml.Node, path []string) int {
	n, line := Root(doc), 0
	for _, part := range path {
		key, value := child(n, part)
		if value == nil {
			break
		}
		line, n = key.Line, value
	}
	return line
}

// Root is the value of a document, an empty node without one.
func Root(doc *yaml.Node) *yaml.Node {
	if doc == nil || len(doc.Content) != 1 {
		return &yaml.Node{}
	}
	return doc.Content[0]
}

// child is a member of a mapping, or an item of a list, and the node whose line
// it is on.
func child(n *yaml.Node, part string) (key, value *yaml.Node) {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		name := strings.TrimSuffix(strings.TrimPrefix(part, "["), "]")
		for _, item := range n.Content {
			if _, of := child(item, "name"); of != nil && of.Value == name {
				return item, item
			}
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}

// Blame is the line of the member that a server's message speaks of: the one
// whose path, or the longest end of it, stands in the message. ok is false where
// it speaks of none.
func Blame(doc *yaml.Node, message string) (line int, ok bool) {
	b := blame{words: words(message), message: message}
	b.walk(nil, Root(doc), 0)
	return b.line, b.best > 0
}

type blame struct {
	words   []string
	message string
	best    int // words of the path that stand in the message
	depth   int
	line    int
}

func (b *blame) walk(path [][]string, n *yaml.Node, depth int) {
	if depth > maxDepth {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			at := append(path[:len(path):len(path)], words(key.Value))
			b.try(at, key)
			b.walk(at, value, depth+1)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			b.walk(append(path[:len(path):len(path)], []string{strconv.Itoa(i)}), item, depth+1)
		}
	}
}

// try takes a member that the message names better than the best so far: by more
// words, or by as many at less depth.
func (b *blame) try(path [][]string, key *yaml.Node) {
	var tail []string
	matched := 0
	for i := len(path) - 1; i >= 0; i-- {
		tail = append(append([]string(nil), path[i]...), tail...)
		if !b.says(tail) {
			break
		}
		matched = len(tail)
	}
	switch {
	case matched == 0, matched == 1 && !b.names(key.Value):
	case matched > b.best, matched == b.best && len(path) < b.depth:
		b.best, b.depth, b.line = matched, len(path), key.Line
	}
}

// says tells whether words stand in the message one after the other.
func (b *blame) says(tail []string) bool {
	for i := 0; i+len(tail) <= len(b.words); i++ {
		same := len(tail) > 0
		for j := range tail {
			same = same && b.words[i+j] == tail[j]
		}
		if same {
			return true
		}
	}
	return false
}

// names tells whether a word of the message is the name of a member, and not one
// of everyday language: it begins the message, or is quoted or followed by a colon.
func (b *blame) names(key string) bool {
	lower, name := strings.ToLower(b.message), strings.ToLower(key)
	if strings.HasPrefix(lower, name) {
		return true
	}
	for _, around := range [][2]string{{"", ":"}, {"'", "'"}, {`"`, `"`}, {"`", "`"}} {
		if strings.Contains(lower, around[0]+name+around[1]) {
			return true
		}
	}
	return false
}

// words are those of a text in lower case; a name such as taskManager is two.
func words(text string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, strings.ToLower(string(word)))
		}
		word = nil
	}
	before := ' '
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	end()
	return all
}
