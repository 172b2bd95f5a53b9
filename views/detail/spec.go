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

// Specification appends a specification as YAML, in which secrets are masked. What
// stands in origin at the same path with the same value is marked as coming from
// there; own is what a person wrote of it, which is never marked.
func (d *Document) Specification(t *themes.Theme, effective, own, origin any, mark string) {
	w := specWriter{d: d, t: t, mark: t.Glyphs.Arrow + " " + mark}
	w.write(effective, own, origin, nil, 0)
}

type specWriter struct {
	d    *Document
	t    *themes.Theme
	mark string
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
			w.line(depth, name+":", false)
			w.write(v, own, origin, path, depth+1)
			return
		}
	case []any:
		if slices.ContainsFunc(inner, compound) {
			w.line(depth, name+":", false)
			for i, element := range inner {
				w.line(depth+1, "-", false)
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
	marked := origin != nil && text(v) == text(origin) && (own == nil || text(own) != text(v))
	value := text(v)
	switch {
	case diff.SecretPath(path):
		value = "*****"
	case len(path) > 0 && path[len(path)-1] == "statement":
		value = flinksql.Redact(value)
	}
	if !strings.Contains(value, "\n") {
		w.line(depth, label+value, marked)
		return
	}
	w.line(depth, label+"|", marked)
	for part := range strings.SplitSeq(strings.TrimRight(value, "\n"), "\n") {
		w.line(depth+1, part, false)
	}
}

func (w specWriter) line(depth int, text string, marked bool) {
	plain := strings.Repeat("  ", depth+1) + clean.Line(text)
	if !marked {
		w.d.add(w.t.Text, plain, plain)
		return
	}
	w.d.Plain = append(w.d.Plain, plain+"  "+w.mark)
	w.d.Styled = append(w.d.Styled, w.t.Text.Render(plain)+"  "+w.t.Accent.Render(w.mark))
	w.d.Raw = append(w.d.Raw, plain+"  # "+w.mark)
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
