package collections

import (
	"sort"
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// listFn computes an ARRAY function: the array's element type, the arguments
// that follow it, and the result.
type listFn struct {
	// args are what follows the array: e an element, a an array of the same
	// elements, i an integer, b a BOOLEAN, t a text; upper case: optional.
	args   string
	repeat bool // the last of args may come any number of times
	typ    func(array types.Type) types.Type
	grows  bool // a nullable element makes the result nullable
	null   bool // arguments besides the array may be NULL
	texts  bool // the elements must be texts
	// ordered says that elements are compared.
	ordered bool
	forms   string // as Flink lists them in its complaint; empty: not known
	eval    func(t types.Type, items []value.Value, rest []value.Value) (value.Value, error)
}

func ofArray(t types.Type) types.Type { return t }

func ofElement(t types.Type) types.Type { return t.Elem.Null(true) }

func itemIndex(t types.Type, items []value.Value, v value.Value) int {
	for i, it := range items {
		if value.Same(t, it, v) {
			return i
		}
	}
	return -1
}

func distinctItems(t types.Type, lists ...[]value.Value) []value.Value {
	seen := map[string]bool{}
	out := []value.Value{}
	for _, list := range lists {
		for _, v := range list {
			key := string(value.AppendKey(nil, t, v))
			if !seen[key] {
				seen[key] = true
				out = append(out, v)
			}
		}
	}
	return out
}

func arrayAppend(_ types.Type, items, rest []value.Value) (value.Value, error) {
	return value.List(append(append([]value.Value{}, items...), rest[0])), nil
}

func arrayPrepend(_ types.Type, items, rest []value.Value) (value.Value, error) {
	return value.List(append([]value.Value{rest[0]}, items...)), nil
}

func arrayContains(t types.Type, items, rest []value.Value) (value.Value, error) {
	return value.Bool(itemIndex(*t.Elem, items, rest[0]) >= 0), nil
}

func arrayPosition(t types.Type, items, rest []value.Value) (value.Value, error) {
	return value.Int(int64(itemIndex(*t.Elem, items, rest[0]) + 1)), nil
}

func arrayRemove(t types.Type, items, rest []value.Value) (value.Value, error) {
	out := []value.Value{}
	for _, v := range items {
		if !value.Same(*t.Elem, v, rest[0]) {
			out = append(out, v)
		}
	}
	return value.List(out), nil
}

func arrayDistinct(t types.Type, items, _ []value.Value) (value.Value, error) {
	return value.List(distinctItems(*t.Elem, items)), nil
}

func arrayReverse(_ types.Type, items, _ []value.Value) (value.Value, error) {
	out := make([]value.Value, len(items))
	for i, v := range items {
		out[len(items)-1-i] = v
	}
	return value.List(out), nil
}

func arrayUnion(t types.Type, items, rest []value.Value) (value.Value, error) {
	return value.List(distinctItems(*t.Elem, items, rest[0].Items())), nil
}

// arrayIntersect keeps what is in the other array too, arrayExcept what is not.
func arrayIntersect(t types.Type, items, rest []value.Value) (value.Value, error) {
	return filtered(t, items, rest[0].Items(), true), nil
}

func arrayExcept(t types.Type, items, rest []value.Value) (value.Value, error) {
	return filtered(t, items, rest[0].Items(), false), nil
}

func filtered(t types.Type, items, others []value.Value, among bool) value.Value {
	out := []value.Value{}
	for _, v := range distinctItems(*t.Elem, items) {
		if (itemIndex(*t.Elem, others, v) >= 0) == among {
			out = append(out, v)
		}
	}
	return value.List(out)
}

func arrayConcat(_ types.Type, items, rest []value.Value) (value.Value, error) {
	out := append([]value.Value{}, items...)
	for _, r := range rest {
		out = append(out, r.Items()...)
	}
	return value.List(out), nil
}

func arrayMax(t types.Type, items, _ []value.Value) (value.Value, error) {
	return best(t, items, 1), nil
}

func arrayMin(t types.Type, items, _ []value.Value) (value.Value, error) {
	return best(t, items, -1), nil
}

func best(t types.Type, items []value.Value, sign int) value.Value {
	out := value.NULL
	for _, v := range items {
		if v.Valid && (!out.Valid || value.Compare(*t.Elem, v, out)*sign > 0) {
			out = v
		}
	}
	return out
}

func sliceOf(_ types.Type, items, rest []value.Value) (value.Value, error) {
	n := int64(len(items))
	from, to := rest[0].I, n
	if len(rest) > 1 {
		to = rest[1].I
	}
	if from == 0 {
		from = 1
		if to == 0 {
			to = 1
		}
	}
	if from < 0 {
		from = max(1, n+from+1)
	}
	if to < 0 {
		to += n + 1
	}
	to = min(to, n)
	if from > to {
		return value.List([]value.Value{}), nil
	}
	return value.List(items[from-1 : to : to]), nil
}

func sorted(t types.Type, items, rest []value.Value) (value.Value, error) {
	asc := len(rest) < 1 || rest[0].I != 0
	first := asc
	if len(rest) > 1 {
		first = rest[1].I != 0
	}
	out := append([]value.Value{}, items...)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if !a.Valid || !b.Valid {
			return a.Valid != b.Valid && a.Valid != first
		}
		c := value.Compare(*t.Elem, a, b)
		return c != 0 && (c < 0) == asc
	})
	return value.List(out), nil
}

func joined(_ types.Type, items, rest []value.Value) (value.Value, error) {
	var parts []string
	for _, v := range items {
		switch {
		case v.Valid:
			parts = append(parts, v.S)
		case len(rest) > 1:
			parts = append(parts, rest[1].S)
		}
	}
	if err := expr.FitsJoined("ARRAY_JOIN", parts, rest[0].S); err != nil {
		return value.NULL, err
	}
	return value.Text(strings.Join(parts, rest[0].S)), nil
}
