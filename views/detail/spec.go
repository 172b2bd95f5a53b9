package detail

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql"
	"drey/themes"
	"drey/views/clean"
	"drey/views/diff"
)

// Spec is a specification to be shown. What stands in Origin at the same path with the
// same value is marked as coming From there; Own is what a person wrote of it, which is
// never marked.
type Spec struct {
	Effective, Own, Origin any
	From                   string
	// Remark says what a value means, "" for nothing; nil: none does.
	Remark func(path diff.Path, value any) string
}

// Specification appends a specification as YAML, in which secrets are masked.
func (d *Document) Specification(t *themes.Theme, s Spec) {
	w := specWriter{Spec: s, d: d, t: t}
	w.write(s.Effective, s.Own, s.Origin, nil, 0)
}

type specWriter struct {
	Spec
	d *Document
	t *themes.Theme
}

func (w specWriter) write(v, own, origin any, path diff.Path, depth int) {
	members, ok := v.(map[string]any)
	if !ok {
		w.leaf("", v, own, origin, path, depth)
		return
	}
	owns, _ := own.(map[string]any)
	origins, _ := origin.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		w.member(name, members[name], owns[name], origins[name], append(slices.Clone(path), name), depth)
	}
}

func (w specWriter) member(name string, v, own, origin any, path diff.Path, depth int) {
	switch inner := v.(type) {
	case map[string]any:
		if len(inner) > 0 {
			w.line(depth, name+":", "")
			w.write(v, own, origin, path, depth+1)
			return
		}
	case []any:
		if slices.ContainsFunc(inner, compound) {
			w.line(depth, name+":", "")
			for i, element := range inner {
				w.line(depth+1, "-", "")
				w.write(element, element, nil, append(slices.Clone(path), fmt.Sprintf("[%d]", i)), depth+2)
			}
			return
		}
	}
	w.leaf(name+": ", v, own, origin, path, depth)
}

func compound(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// leaf writes a value; one of several lines as a block.
func (w specWriter) leaf(label string, v, own, origin any, path diff.Path, depth int) {
	mark := ""
	if origin != nil && text(v) == text(origin) && (own == nil || text(own) != text(v)) {
		mark = w.From
	}
	if w.Remark != nil && mark == "" {
		mark = w.Remark(path, v)
	}
	value := text(v)
	switch {
	case diff.SecretPath(path):
		value = "*****"
	case len(path) > 0 && path[len(path)-1] == "statement":
		value = flinksql.Redact(value)
	}
	if !strings.Contains(value, "\n") {
		w.line(depth, label+value, mark)
		return
	}
	w.line(depth, label+"|", mark)
	for part := range strings.SplitSeq(strings.TrimRight(value, "\n"), "\n") {
		w.line(depth+1, part, "")
	}
}

// line appends a line with a mark behind it, "" for none.
func (w specWriter) line(depth int, text, mark string) {
	plain := strings.Repeat("  ", depth+1) + clean.Line(text)
	if mark == "" {
		w.d.add(w.t.Text, plain, plain)
		return
	}
	mark = w.t.Glyphs.Arrow + " " + clean.Line(mark)
	w.d.Plain = append(w.d.Plain, plain+"  "+mark)
	w.d.Styled = append(w.d.Styled, w.t.Text.Render(plain)+"  "+w.t.Accent.Render(mark))
	w.d.Raw = append(w.d.Raw, plain+"  # "+mark)
}

// text is a value in one piece: a string as it is, else its JSON.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
