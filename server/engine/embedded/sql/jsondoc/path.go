package jsondoc

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Path is a path such as lax $.a[0].b.
type Path struct {
	Lax bool
	// Many says that the path may lead to several values: they are a list.
	Many  bool
	steps []step
}

// step goes to a member, to an element, or to several of them.
type step struct {
	kind byte // . a member, [ an element, * all, : a slice
	name string
	from int
	to   int
	open bool // the slice has no end
}

// ErrPath says that a path is no path for Flink; other errors say that it is
// not known what it is.
var ErrPath = errors.New("no path")

var errUnknown = errors.New("a path of this form")

// ParsePath reads a path. What does not begin with $ is a name.
func ParsePath(text string) (Path, error) {
	var p Path
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "lax "):
		p.Lax, text = true, strings.TrimSpace(text[4:])
	case strings.HasPrefix(text, "strict "):
		text = strings.TrimSpace(text[7:])
	}
	if text == "" || strings.ContainsAny(text, "?@()") {
		return p, errUnknown
	}
	if text[0] != '$' {
		text = "$." + text
	}
	for text = text[1:]; text != ""; {
		s, rest, err := nextStep(text)
		if err != nil {
			return p, err
		}
		p.Many = p.Many || s.kind != '.' && s.kind != '['
		p.steps, text = append(p.steps, s), rest
	}
	return p, nil
}

func nextStep(text string) (step, string, error) {
	switch {
	case strings.HasPrefix(text, ".."):
		return step{}, "", errUnknown
	case strings.HasPrefix(text, ".["):
		return nextStep(text[1:])
	case strings.HasPrefix(text, ".*"):
		return step{kind: '*'}, text[2:], nil
	case text[0] == '.':
		return named(text[1:])
	case text[0] != '[':
		return step{}, "", ErrPath
	}
	end := strings.IndexByte(text, ']')
	if strings.HasPrefix(text, "['") || strings.HasPrefix(text, `["`) {
		end = strings.Index(text, text[1:2]+"]") + 1
	}
	if end <= 0 {
		return step{}, "", ErrPath
	}
	s, err := bracketed(text[1:end])
	return s, text[end+1:], err
}

func named(text string) (step, string, error) {
	end := 0
	for end < len(text) && text[end] != '.' && text[end] != '[' {
		r, n := utf8.DecodeRuneInString(text[end:])
		switch {
		case r == ' ':
			return step{}, "", ErrPath
		case !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127):
			return step{}, "", errUnknown
		}
		end += n
	}
	if end == 0 {
		return step{}, "", ErrPath
	}
	return step{kind: '.', name: text[:end]}, text[end:], nil
}

func bracketed(text string) (step, error) {
	if q := text[:min(1, len(text))]; q == "'" || q == `"` {
		name := text[1 : len(text)-1]
		if strings.ContainsAny(name, q+`\`) {
			return step{}, errUnknown
		}
		return step{kind: '.', name: name}, nil
	}
	text = strings.TrimSpace(text)
	if text == "*" {
		return step{kind: '*'}, nil
	}
	if strings.Trim(text, "0123456789-:") != "" {
		if strings.Contains(text, ",") {
			return step{}, errUnknown
		}
		return step{}, ErrPath
	}
	from, to, slice := strings.Cut(text, ":")
	if !slice {
		n, err := strconv.Atoi(text)
		if err != nil {
			return step{}, ErrPath
		}
		return step{kind: '[', from: n}, nil
	}
	s := step{kind: ':', open: to == ""}
	var err1, err2 error
	if from != "" {
		s.from, err1 = strconv.Atoi(from)
	}
	if to != "" {
		s.to, err2 = strconv.Atoi(to)
	}
	if err1 != nil || err2 != nil {
		return step{}, ErrPath
	}
	return s, nil
}

// Find gives the value at a path; nil when it is not there.
func (p Path) Find(n *Node) *Node {
	found := []*Node{n}
	many := false
	for _, s := range p.steps {
		var next []*Node
		for _, at := range found {
			next = append(next, s.from1(at)...)
		}
		many = many || s.kind != '.' && s.kind != '['
		if len(next) == 0 && !many {
			return nil
		}
		found = next
	}
	if many {
		return &Node{Kind: '[', Items: found}
	}
	return found[0]
}

// from1 is where a step leads from one value.
func (s step) from1(n *Node) []*Node {
	switch {
	case s.kind == '.' && n.Kind == '{':
		if at := n.Member(s.name); at >= 0 {
			return n.Items[at : at+1]
		}
	case s.kind == '[' && n.Kind == '[':
		at := s.from
		if at < 0 {
			at += len(n.Items)
		}
		if at >= 0 && at < len(n.Items) {
			return n.Items[at : at+1]
		}
	case s.kind == '*' && !n.Scalar():
		return n.Items
	case s.kind == ':' && n.Kind == '[':
		return s.slice(n.Items)
	}
	return nil
}

func (s step) slice(items []*Node) []*Node {
	within := func(i int) int {
		if i < 0 {
			i += len(items)
		}
		return max(0, min(i, len(items)))
	}
	from, to := within(s.from), len(items)
	if !s.open {
		to = within(s.to)
	}
	return items[from:max(from, to)]
}

// Missing is Jayway's complaint about a path that is not there: its last step,
// where all before it are; ok is false for others.
func (p Path) Missing(n *Node) (text string, ok bool) {
	if p.Many || len(p.steps) == 0 {
		return "", false
	}
	last := p.steps[len(p.steps)-1]
	before := Path{steps: p.steps[:len(p.steps)-1]}
	if last.kind != '.' || before.Find(n) == nil || before.Find(n).Kind != '{' {
		return "", false
	}
	return "No results for path: $['" + last.name + "']", len(p.steps) == 1
}
