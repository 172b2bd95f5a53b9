package lists

import (
	"encoding/json"
	"strings"

	"drey/client/cmf"
)

// projection is a tree of member names to keep (cmf-behaviour.md §3.5).
type projection struct {
	whole    bool
	children map[string]*projection
}

func NewProjection(fields string, always []string) *projection {
	root := &projection{}
	for _, path := range append(strings.Split(fields, ","), always...) {
		at := root
		for _, name := range strings.Split(strings.TrimSpace(path), ".") {
			if at.children == nil {
				at.children = map[string]*projection{}
			}
			if at.children[name] == nil {
				at.children[name] = &projection{}
			}
			at = at.children[name]
		}
		at.whole = true
	}
	return root
}

// Apply returns what the projection keeps of a document, in one pass over it.
func (p *projection) Apply(doc []byte) []byte {
	return p.append(make([]byte, 0, min(len(doc), 1<<10)), doc)
}

func (p *projection) append(out, doc []byte) []byte {
	if p.whole || len(doc) == 0 || doc[0] != '{' {
		return append(out, doc...)
	}
	out = append(out, '{')
	first := true
	cmf.Object(doc).EachMember(func(key, value []byte) {
		child := p.child(key)
		if child == nil {
			return
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(append(out, key...), ':')
		out = child.append(out, value)
	})
	return append(out, '}')
}

// child is what is kept of the member with a quoted key, nil for nothing.
func (p *projection) child(key []byte) *projection {
	if child, ok := p.children[string(key[1:len(key)-1])]; ok {
		return child
	}
	if !strings.Contains(string(key), `\`) {
		return nil
	}
	var name string
	if json.Unmarshal(key, &name) != nil {
		return nil
	}
	return p.children[name]
}
