package diff

import (
	"fmt"
	"slices"
	"strings"
)

// At is the value at a path of Compare.
func At(doc any, path Path) (any, bool) {
	for _, part := range path {
		switch v := doc.(type) {
		case map[string]any:
			inner, ok := v[part]
			if !ok {
				return nil, false
			}
			doc = inner
		case []any:
			i := itemAt(v, part)
			if i < 0 {
				return nil, false
			}
			doc = v[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

func itemAt(list []any, part string) int {
	name := strings.Trim(part, "[]")
	for i, item := range list {
		if o, ok := item.(map[string]any); ok && o["name"] == name {
			return i
		}
	}
	n := -1
	if _, err := fmt.Sscanf(part, "[%d]", &n); err != nil || n >= len(list) {
		return -1
	}
	return n
}

// Take is a document with the value of another at a path; what that does not have
// goes. Nothing of doc is changed.
func Take(doc, from any, path Path) any {
	if len(path) == 0 {
		return from
	}
	switch v := doc.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = value
		}
		inner, has := At(from, path[:1])
		if _, there := v[path[0]]; !has && (len(path) == 1 || !there) {
			delete(out, path[0])
			return out
		}
		out[path[0]] = Take(v[path[0]], inner, path[1:])
		return out
	case []any:
		i := itemAt(v, path[0])
		inner, has := At(from, path[:1])
		out := slices.Clone(v)
		switch {
		case i < 0 && has:
			return append(out, inner)
		case i < 0:
			return out
		case !has && len(path) == 1:
			return slices.Delete(out, i, i+1)
		}
		out[i] = Take(v[i], inner, path[1:])
		return out
	}
	if _, isObject := from.(map[string]any); doc == nil && isObject {
		return Take(map[string]any{}, from, path)
	}
	return from
}
