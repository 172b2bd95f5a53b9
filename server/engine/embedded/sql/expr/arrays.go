package expr

import (
	"sort"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
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
	if err := fitsJoined("ARRAY_JOIN", parts, rest[0].S); err != nil {
		return value.NULL, err
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
			return nil, sqlerr.Refuse(a.Pos, "NULL as an argument of %s", strings.ToUpper(c.Name))
		}
	}
	return args, nil
}

// listForms are the forms of ARRAY functions as Flink lists them, as far as known.
var listForms = map[string]string{
	"ARRAY_APPEND":   "ARRAY_APPEND(array <ARRAY>, element <ARRAY ELEMENT>)",
	"ARRAY_REVERSE":  "ARRAY_REVERSE(haystack <ARRAY>)",
	"ARRAY_DISTINCT": "ARRAY_DISTINCT(haystack <ARRAY>)",
	"ARRAY_JOIN":     "ARRAY_JOIN(ARRAY<STRING>, <CHARACTER_STRING>)\nARRAY_JOIN(ARRAY<STRING>, <CHARACTER_STRING>, <CHARACTER_STRING>)",
}

// listCall resolves an ARRAY function.
func listCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	f := listFns[name]
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if required := strings.TrimRight(f.args, "EAIBT"); len(args)-1 < len(required) && !f.repeat || len(args)-1 > len(f.args) && !f.repeat {
		if listForms[name] == "" {
			return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", name, len(args))
		}
		return nil, r.noSignature(c, args, listForms[name])
	}
	if len(args) == 0 || args[0].IsNull() {
		return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	array := args[0].Type
	if array.Root != types.Array || name == "ARRAY_JOIN" && !array.Elem.IsText() {
		return nil, invalidCall(name, args)
	}
	if array.Elem.Root >= types.Array && strings.HasPrefix(name, "ARRAY_M") || array.Elem.Root == types.Map {
		return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	if args, array, err = r.listArgs(c, name, f, args); err != nil {
		return nil, err
	}
	nullable := array.Nullable
	for i, a := range args[1:] {
		nullable = nullable || a.Type.Nullable && (!f.null || f.grows && f.letter(i) == 'e')
	}
	t := f.typ(array)
	t.Nullable = nullable || t.Nullable && t.Root != types.Array
	return Fold(r.Env.node(c.Pos, name, t, args, func(row value.Row) (value.Value, error) {
		vs, held := make([]value.Value, len(args)), arguments{}
		for i, a := range args {
			v, err := a.Fn(row)
			if err != nil || !v.Valid && (i == 0 || !f.null) {
				return value.NULL, err
			}
			if err := held.add(v); err != nil {
				return value.NULL, err
			}
			vs[i] = v
		}
		return f.eval(array, vs[0].Items(), vs[1:])
	})), nil
}

// listArgs brings what follows an array to the types that the function takes,
// and gives the type of the array.
func (r *Resolver) listArgs(c *parse.Call, name string, f listFn, args []*X) ([]*X, types.Type, error) {
	array := args[0].Type
	out := append([]*X{}, args...)
	elem := *array.Elem
	var err error
	for i, a := range args[1:] {
		switch letter := f.letter(i); {
		case letter == 'e' && a.IsNull():
			out[i+1] = r.Env.Literal(a.Pos, elem.Null(true), value.NULL)
		case letter == 'e' && !implicit(a.Type, elem), letter == 'a' && a.Type.Root != types.Array,
			letter == 'i' && (!a.Type.IsInt() || a.Type.Root == types.Bigint), letter == 'b' && a.Type.Root != types.Boolean, letter == 't' && !a.Type.IsText():
			if a.IsNull() || elem.Root >= types.Array {
				return nil, array, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
			}
			return nil, array, invalidCall(name, args)
		case letter == 'e' && !a.Type.Equal(elem):
			out[i+1], err = r.castTo(a.Pos, a, elem, false)
		case letter == 'a':
			var ok bool
			if elem, ok = types.Least(elem, *a.Type.Elem); !ok {
				return nil, array, invalidCall(name, args)
			}
		}
		if err != nil {
			return nil, array, err
		}
		if f.letter(i) == 'e' {
			elem.Nullable = elem.Nullable || out[i+1].Type.Nullable
		}
	}
	array.Elem = &elem
	for i, a := range out {
		if a.Type.Root == types.Array && !a.Type.Elem.Equal(elem) && (i == 0 || f.letter(i-1) == 'a') {
			if out[i], err = r.castTo(a.Pos, a, types.Type{Root: types.Array, Elem: &elem}, false); err != nil {
				return nil, array, err
			}
		}
	}
	return out, array, nil
}

// implicit says whether Flink brings a value to a type without a CAST.
func implicit(from, to types.Type) bool {
	switch {
	case from.Equal(to):
		return true
	case from.IsInt() && to.IsInt():
		return from.Root <= to.Root
	case from.IsInt() && to.IsNumeric():
		return true
	case from.Root == types.Decimal && to.IsApprox(), from.Root == types.Float && to.Root == types.Double, from.Root == types.Decimal && to.Root == types.Decimal:
		return true
	case from.IsText() && to.IsText(), from.IsBytes() && to.IsBytes():
		return true
	}
	return from.Root == to.Root && from.IsTimestamp()
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
