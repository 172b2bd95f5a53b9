package expr

import (
	"sort"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
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
	eval   func(t types.Type, items []value.Value, rest []value.Value) (value.Value, error)
}

func ofArray(t types.Type) types.Type   { return t }
func ofElement(t types.Type) types.Type { return t.Elem.Null(true) }

func sameValue(t types.Type, a, b value.Value) bool {
	return a.Valid == b.Valid && (!a.Valid || value.Compare(t, a, b) == 0)
}

func itemIndex(t types.Type, items []value.Value, v value.Value) int {
	for i, it := range items {
		if sameValue(t, it, v) {
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

var listFns = map[string]listFn{
	"ARRAY_APPEND": {args: "e", grows: true, null: true, typ: ofArray, eval: func(_ types.Type, items, rest []value.Value) (value.Value, error) {
		return value.List(append(append([]value.Value{}, items...), rest[0])), nil
	}},
	"ARRAY_PREPEND": {args: "e", grows: true, null: true, typ: ofArray, eval: func(_ types.Type, items, rest []value.Value) (value.Value, error) {
		return value.List(append([]value.Value{rest[0]}, items...)), nil
	}},
	"ARRAY_CONTAINS": {args: "e", null: true, typ: func(types.Type) types.Type { return types.Of(types.Boolean) }, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		return value.Bool(itemIndex(*t.Elem, items, rest[0]) >= 0), nil
	}},
	"ARRAY_POSITION": {args: "e", typ: func(types.Type) types.Type { return types.Of(types.Integer) }, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		return value.Int(int64(itemIndex(*t.Elem, items, rest[0]) + 1)), nil
	}},
	"ARRAY_REMOVE": {args: "e", null: true, typ: ofArray, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		out := []value.Value{}
		for _, v := range items {
			if !sameValue(*t.Elem, v, rest[0]) {
				out = append(out, v)
			}
		}
		return value.List(out), nil
	}},
	"ARRAY_DISTINCT": {typ: ofArray, eval: func(t types.Type, items, _ []value.Value) (value.Value, error) {
		return value.List(distinctItems(*t.Elem, items)), nil
	}},
	"ARRAY_REVERSE": {typ: ofArray, eval: func(_ types.Type, items, _ []value.Value) (value.Value, error) {
		out := make([]value.Value, len(items))
		for i, v := range items {
			out[len(items)-1-i] = v
		}
		return value.List(out), nil
	}},
	"ARRAY_UNION": {args: "a", typ: ofArray, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		return value.List(distinctItems(*t.Elem, items, rest[0].Items())), nil
	}},
	"ARRAY_INTERSECT": {args: "a", typ: ofArray, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		out := []value.Value{}
		for _, v := range distinctItems(*t.Elem, items) {
			if itemIndex(*t.Elem, rest[0].Items(), v) >= 0 {
				out = append(out, v)
			}
		}
		return value.List(out), nil
	}},
	"ARRAY_EXCEPT": {args: "a", typ: ofArray, eval: func(t types.Type, items, rest []value.Value) (value.Value, error) {
		out := []value.Value{}
		for _, v := range distinctItems(*t.Elem, items) {
			if itemIndex(*t.Elem, rest[0].Items(), v) < 0 {
				out = append(out, v)
			}
		}
		return value.List(out), nil
	}},
	"ARRAY_CONCAT": {args: "a", repeat: true, typ: ofArray, eval: func(_ types.Type, items, rest []value.Value) (value.Value, error) {
		out := append([]value.Value{}, items...)
		for _, r := range rest {
			out = append(out, r.Items()...)
		}
		return value.List(out), nil
	}},
	"ARRAY_SLICE": {args: "iI", typ: ofArray, eval: sliceOf},
	"ARRAY_SORT":  {args: "BB", typ: ofArray, eval: sorted},
	"ARRAY_MAX": {typ: ofElement, eval: func(t types.Type, items, _ []value.Value) (value.Value, error) {
		return best(t, items, 1), nil
	}},
	"ARRAY_MIN": {typ: ofElement, eval: func(t types.Type, items, _ []value.Value) (value.Value, error) {
		return best(t, items, -1), nil
	}},
	"ARRAY_JOIN": {args: "tT", typ: func(types.Type) types.Type { return types.String }, eval: joined},
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
	if from == 0 || to == 0 && n > 0 {
		return value.NULL, refuseRow("ARRAY_SLICE from or to 0")
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
	return value.Text(strings.Join(parts, rest[0].S)), nil
}

// known resolves arguments among which the bare word NULL is refused: what
// Flink makes of it is not certain.
func (r *Resolver) known(c *parse.Call) ([]*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		if a.IsNull() {
			return nil, Refuse(a.Pos, "NULL as an argument of %s", strings.ToUpper(c.Name))
		}
	}
	return args, nil
}

// listCall resolves an ARRAY function.
func listCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	f := listFns[name]
	args, err := r.known(c)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || args[0].Type.Root != types.Array {
		return nil, Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	array := args[0].Type
	if name == "ARRAY_JOIN" && array.Elem.IsNumeric() {
		return nil, invalidCall(name, args)
	}
	if name == "ARRAY_JOIN" && !array.Elem.IsText() || array.Elem.Root >= types.Array && strings.HasPrefix(name, "ARRAY_M") || array.Elem.Root == types.Map {
		return nil, Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	nullable := array.Nullable
	elem := *array.Elem
	for i, a := range args[1:] {
		if other := elementOf(a.Type); !f.fits(i, a.Type, array) && (f.letter(i) == 'e' || a.Type.Root == types.Array) && types.Clash(*array.Elem, other) {
			return nil, invalidCall(name, args)
		}
		if !f.fits(i, a.Type, array) {
			return nil, Refuse(c.Pos, "%s(%s)", name, signature(args))
		}
		nullable = nullable || a.Type.Nullable && !f.null
		switch f.letter(i) {
		case 'e':
			nullable = nullable || a.Type.Nullable && f.grows
			elem.Nullable = elem.Nullable || a.Type.Nullable
		case 'a':
			elem.Nullable = elem.Nullable || a.Type.Elem.Nullable
		}
	}
	if required := strings.TrimRight(f.args, "EAIBT"); len(args)-1 < len(required) && !f.repeat {
		return nil, Refuse(c.Pos, "%s with %d arguments", name, len(args))
	}
	array.Elem = &elem
	t := f.typ(array)
	t.Nullable = nullable || t.Nullable && t.Root != types.Array
	return Fold(r.Env.node(c.Pos, name, t, args, func(row value.Row) (value.Value, error) {
		vs := make([]value.Value, len(args))
		for i, a := range args {
			v, err := a.Fn(row)
			if err != nil || !v.Valid && (i == 0 || !f.null) {
				return value.NULL, err
			}
			vs[i] = v
		}
		return f.eval(array, vs[0].Items(), vs[1:])
	})), nil
}

func elementOf(t types.Type) types.Type {
	if t.Root == types.Array {
		return *t.Elem
	}
	return t
}

func (f listFn) letter(i int) byte {
	if i >= len(f.args) {
		if !f.repeat {
			return 0
		}
		i = len(f.args) - 1
	}
	return f.args[i] | 0x20
}

func (f listFn) fits(i int, t, array types.Type) bool {
	switch f.letter(i) {
	case 'e':
		return t.Equal(*array.Elem)
	case 'a':
		return t.Root == types.Array && t.Elem.Equal(*array.Elem)
	case 'i':
		return t.IsInt() && t.Root != types.Bigint
	case 'b':
		return t.Root == types.Boolean
	case 't':
		return t.IsText()
	}
	return false
}
