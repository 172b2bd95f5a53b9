package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// comparable brings two expressions to a type in which they can be compared.
func (r *Resolver) comparable(pos parse.Pos, op string, l, rt *X) (a, b *X, t types.Type, err error) {
	if l.IsNull() || rt.IsNull() {
		return l, rt, types.Type{Root: types.Null}, nil
	}
	lt, rtt := l.Type, rt.Type
	switch {
	case lt.IsDatetime() && rtt.IsText() && lt.Root != types.TimestampLTZ:
		rt, err = r.coerceText(rt, lt)
		return l, rt, lt, err
	case rtt.IsDatetime() && lt.IsText() && rtt.Root != types.TimestampLTZ:
		l, err = r.coerceText(l, rtt)
		return l, rt, rtt, err
	case lt.Root == types.Timestamp && rtt.Root == types.Timestamp, lt.Root == types.TimestampLTZ && rtt.Root == types.TimestampLTZ:
		return l, rt, lt, nil
	case lt.IsNumeric() && rtt.Root == types.Boolean || rtt.IsNumeric() && lt.Root == types.Boolean:
		return nil, nil, t, r.mixed(pos, op, l, rt)
	}
	t, ok := types.Least(lt, rtt)
	if !ok {
		dates := lt.Root == types.Date && rtt.Root == types.Timestamp || lt.Root == types.Timestamp && rtt.Root == types.Date
		if lt.Root == types.Row || rtt.Root == types.Row || dates || apart(lt, rtt) || apart(rtt, lt) {
			return nil, nil, t, r.mixed(pos, op, l, rt)
		}
		return nil, nil, t, Refuse(pos, "comparing %s with %s; CAST one of them", lt, rtt)
	}
	if t.Root == types.Map || t.Root == types.Multiset {
		return nil, nil, t, Refuse(pos, "comparing values of type %s", t)
	}
	if (t.Root == types.Array || t.Root == types.Row) && op != "=" && op != "<>" {
		return nil, nil, t, Refuse(pos, "the order of values of type %s", t)
	}
	if l, err = r.coerce(l, t); err == nil {
		rt, err = r.coerce(rt, t)
	}
	return l, rt, t, err
}

// apart says whether a number stands beside what no number can be compared with.
func apart(number, other types.Type) bool {
	return number.IsNumeric() && (other.IsDatetime() || other.Root == types.Array)
}

func (r *Resolver) mixed(pos parse.Pos, op string, l, rt *X) error {
	return cannotApply(pos, op, "<"+l.Type.Calcite()+"> "+op+" <"+rt.Type.Calcite()+">", "'<COMPARABLE_TYPE> "+op+" <COMPARABLE_TYPE>'")
}

func (r *Resolver) compare(pos parse.Pos, op string, l, rt *X) (*X, error) {
	a, b, t, err := r.comparable(pos, op, l, rt)
	if err != nil {
		return nil, err
	}
	out := types.Of(types.Boolean).Null(l.Type.Nullable || rt.Type.Nullable)
	if t.Root == types.Null {
		return r.Env.node(pos, op, out, []*X{l, rt}, always(value.NULL)), nil
	}
	test := outcome(op)
	if (t.Root == types.Array || t.Root == types.Row) && nestedNull(t) {
		return nil, Refuse(pos, "comparing values of type %s that may hold NULL", t)
	}
	nan := t.IsApprox()
	return r.Env.node(pos, op, out, []*X{a, b}, func(row value.Row) (value.Value, error) {
		x, y, ok, err := both(a, b, row)
		if !ok {
			return value.NULL, err
		}
		if nan {
			return value.Bool(floatTest(op, x.F(), y.F())), nil
		}
		return value.Bool(test(value.Compare(t, x, y))), nil
	}), nil
}

func nestedNull(t types.Type) bool {
	if t.Root == types.Array {
		return t.Elem.Nullable || nestedNull(*t.Elem)
	}
	for _, f := range t.Fields {
		if f.Type.Nullable || nestedNull(f.Type) {
			return true
		}
	}
	return false
}

func always(v value.Value) Fn {
	return func(value.Row) (value.Value, error) { return v, nil }
}

// floatTest compares as the machine does: NaN equals nothing.
func floatTest(op string, a, b float64) bool {
	switch op {
	case "=":
		return a == b
	case "<>":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

func outcome(op string) func(int) bool {
	switch op {
	case "=":
		return func(c int) bool { return c == 0 }
	case "<>":
		return func(c int) bool { return c != 0 }
	case "<":
		return func(c int) bool { return c < 0 }
	case "<=":
		return func(c int) bool { return c <= 0 }
	case ">":
		return func(c int) bool { return c > 0 }
	}
	return func(c int) bool { return c >= 0 }
}

// is resolves x IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM y.
func (r *Resolver) is(e *parse.Is) (*X, error) {
	x, err := r.Resolve(e.X)
	if err != nil {
		return nil, err
	}
	boolean := types.Of(types.Boolean)
	name := "IS " + e.What
	if e.What == "DISTINCT" {
		return r.distinctFrom(e, x)
	}
	if strings.HasPrefix(e.What, "JSON") {
		return r.isJSON(e, x)
	}
	if e.What != "NULL" && x.Type.Root != types.Boolean && !x.IsNull() {
		if e.Not {
			name = "IS NOT " + e.What
		}
		return nil, cannotApply(e.Pos, name, "<"+x.Type.Calcite()+"> "+name, "'<BOOLEAN> "+name+"'")
	}
	want := e.What == "TRUE"
	return r.Env.node(e.Pos, name+notWord(e.Not), boolean, []*X{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil {
			return v, err
		}
		yes := !v.Valid
		if e.What == "TRUE" || e.What == "FALSE" {
			yes = v.Valid && (v.I != 0) == want
		}
		return value.Bool(yes != e.Not), nil
	}), nil
}

func notWord(not bool) string {
	if not {
		return " NOT"
	}
	return ""
}

func (r *Resolver) distinctFrom(e *parse.Is, x *X) (*X, error) {
	y, err := r.Resolve(e.Y)
	if err != nil {
		return nil, err
	}
	a, b, t, err := r.comparable(e.Pos, "=", x, y)
	if err != nil {
		return nil, err
	}
	return r.Env.node(e.Pos, "DISTINCT"+notWord(e.Not), types.Of(types.Boolean), []*X{a, b}, func(row value.Row) (value.Value, error) {
		u, v, ok, err := both(a, b, row)
		if err != nil {
			return value.NULL, err
		}
		distinct := u.Valid != v.Valid
		if ok {
			distinct = value.Compare(t, u, v) != 0
		}
		return value.Bool(distinct != e.Not), nil
	}), nil
}

// Compare is a comparison of two expressions.
func (r *Resolver) Compare(pos parse.Pos, op string, a, b *X) (*X, error) {
	return r.compare(pos, op, a, b)
}
