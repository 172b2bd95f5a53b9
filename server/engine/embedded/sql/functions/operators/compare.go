package operators

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// comparable brings two expressions to a type in which they can be compared.
func comparable(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) (a, b *expr.Expr, t types.Type, err error) {
	if l.IsNull() || rt.IsNull() {
		return l, rt, types.Type{Root: types.Null}, nil
	}
	lt, rtt := l.Type, rt.Type
	switch {
	case lt.IsDatetime() && rtt.IsText():
		rt, err = r.CoerceText(op, rt, lt)
		return l, rt, lt, err
	case rtt.IsDatetime() && lt.IsText():
		l, err = r.CoerceText(op, l, rtt)
		return l, rt, rtt, err
	case lt.IsTimestamp() && rtt.IsTimestamp() && lt.Root != rtt.Root:
		return localTimes(r, l, rt)
	case lt.IsTimestamp() && rtt.IsTimestamp():
		return l, rt, lt, nil
	case lt.IsNumeric() && rtt.Root == types.Boolean || rtt.IsNumeric() && lt.Root == types.Boolean:
		return nil, nil, t, mixed(r, pos, op, l, rt)
	case lt.IsNumeric() && rtt.IsText() || lt.IsText() && rtt.IsNumeric():
		return numberAndText(r, pos, op, l, rt)
	}
	t, ok := types.Least(lt, rtt)
	if !ok {
		dates := lt.Root == types.Date && rtt.Root == types.Timestamp ||
			lt.Root == types.Timestamp && rtt.Root == types.Date
		if lt.Root == types.Row || rtt.Root == types.Row || dates || apart(lt, rtt) || apart(rtt, lt) ||
			lt.IsInterval() && rtt.IsInterval() {
			return nil, nil, t, mixed(r, pos, op, l, rt)
		}
		return nil, nil, t, sqlerr.Refuse(pos, "comparing %s with %s; CAST one of them", lt, rtt)
	}
	if t.Root == types.Multiset || t.Root == types.Map && op != "=" && op != "<>" {
		return nil, nil, t, sqlerr.Refuse(pos, "comparing values of type %s", t)
	}
	if (t.Root == types.Array || t.Root == types.Row) && op != "=" && op != "<>" {
		return nil, nil, t, &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassTable, Message: "Comparable type expected, but was '" + lt.String() + "'.",
		}
	}
	if l, err = r.Coerce(l, t); err == nil {
		rt, err = r.Coerce(rt, t)
	}
	return l, rt, t, err
}

// numberAndText compares a number with a text: for the order the text is read
// as a number; whether they are the same Flink cannot tell.
func numberAndText(
	r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr,
) (a, b *expr.Expr, t types.Type, err error) {
	if op == "=" || op == "<>" {
		return nil, nil, t, &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassTable,
			Message: "implicit type conversion between " + rootName(l.Type) + " and " + rootName(rt.Type) +
				" is not supported now",
		}
	}
	if t = l.Type; t.IsText() {
		t = rt.Type
	}
	if t.Root == types.Decimal {
		t = types.Dec(types.MaxPrecision, max(t.S, 19))
	}
	if l, err = r.CastTo(l.Pos, l, t, false); err == nil {
		rt, err = r.CastTo(rt.Pos, rt, t, false)
	}
	return l, rt, t, err
}

// rootName is Calcite's name of a type without its numbers.
func rootName(t types.Type) string {
	name, _, _ := strings.Cut(t.Null(true).Calcite(), "(")
	return name
}

// localTimes compares a TIMESTAMP with a TIMESTAMP_LTZ as times in the zone.
func localTimes(r *expr.Resolver, l, rt *expr.Expr) (a, b *expr.Expr, t types.Type, err error) {
	t = types.Type{Root: types.TimestampLTZ, P: max(l.Type.P, rt.Type.P)}
	if l, err = r.CastTo(l.Pos, l, t, false); err == nil {
		rt, err = r.CastTo(rt.Pos, rt, t, false)
	}
	return l, rt, t, err
}

// apart says whether a number stands beside what no number can be compared with.
func apart(number, other types.Type) bool {
	return number.IsNumeric() && (other.IsDatetime() || other.Root == types.Array)
}

func mixed(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) error {
	return expr.CannotApply(
		pos, op, "<"+l.Type.Calcite()+"> "+op+" <"+rt.Type.Calcite()+">",
		"'<COMPARABLE_TYPE> "+op+" <COMPARABLE_TYPE>'",
	)
}

func compare(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) (*expr.Expr, error) {
	if x := truthAndText(r, pos, op, l, rt); x != nil {
		return x, nil
	}
	a, b, t, err := comparable(r, pos, op, l, rt)
	if err != nil {
		return nil, err
	}
	out := types.Of(types.Boolean).Null(l.Type.Nullable || rt.Type.Nullable)
	if t.Root == types.Null {
		return r.Env.Node(pos, op, out, []*expr.Expr{l, rt}, expr.Always(value.NULL)), nil
	}
	if t.Root == types.Array || t.Root == types.Row || t.Root == types.Map {
		return compareNested(r, pos, op, t, out, a, b), nil
	}
	test := outcome(op)
	nan := t.IsApprox()
	return r.Env.Node(pos, op, out, []*expr.Expr{a, b}, func(row value.Row) (value.Value, error) {
		x, y, ok, err := expr.Both(a, b, row)
		if !ok {
			return value.NULL, err
		}
		if nan {
			return value.Bool(floatTest(op, x.F(), y.F())), nil
		}
		return value.Bool(test(value.Compare(t, x, y))), nil
	}), nil
}

// truthAndText compares BOOLEAN with a text, which is never the same for
// Flink; nil for other types and operators.
func truthAndText(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) *expr.Expr {
	mixed := l.Type.Root == types.Boolean && rt.Type.IsText() || l.Type.IsText() && rt.Type.Root == types.Boolean
	if !mixed || op != "=" && op != "<>" {
		return nil
	}
	out := types.Of(types.Boolean).Null(l.Type.Nullable || rt.Type.Nullable)
	return r.Env.Node(pos, op, out, []*expr.Expr{l, rt}, func(row value.Row) (value.Value, error) {
		_, _, ok, err := expr.Both(l, rt, row)
		if !ok {
			return value.NULL, err
		}
		return value.Bool(op == "<>"), nil
	})
}

// compareNested says whether arrays, maps or rows are the same. NULL is like
// NULL in an array and in a map; in a row it makes the answer unknown.
func compareNested(r *expr.Resolver, pos ast.Pos, op string, t, out types.Type, a, b *expr.Expr) *expr.Expr {
	for _, f := range t.Fields {
		out.Nullable = out.Nullable || f.Type.Nullable
	}
	return r.Env.Node(pos, op, out, []*expr.Expr{a, b}, func(row value.Row) (value.Value, error) {
		x, y, ok, err := expr.Both(a, b, row)
		if !ok {
			return value.NULL, err
		}
		yes, known := sameRow(t, x, y)
		if !known {
			return value.NULL, nil
		}
		return value.Bool(yes == (op == "=")), nil
	})
}

// sameRow compares the fields of a row one by one.
func sameRow(t types.Type, x, y value.Value) (yes, known bool) {
	if t.Root != types.Row {
		return sameNested(t, x, y), true
	}
	known = true
	for i, f := range t.Fields {
		u, v := x.Items()[i], y.Items()[i]
		if !u.Valid || !v.Valid {
			known = false
		} else if !sameNested(f.Type, u, v) {
			return false, true
		}
	}
	return true, known
}

// sameNested compares values of which NULL may be a part.
func sameNested(t types.Type, x, y value.Value) bool {
	if !x.Valid || !y.Valid {
		return x.Valid == y.Valid
	}
	switch t.Root {
	case types.Array, types.Row:
		us, vs := x.Items(), y.Items()
		if len(us) != len(vs) {
			return false
		}
		for i := range us {
			elem := t.Elem
			if t.Root == types.Row {
				elem = &t.Fields[i].Type
			}
			if !sameNested(*elem, us[i], vs[i]) {
				return false
			}
		}
		return true
	case types.Map:
		return sameMap(t, x.Entries(), y.Entries())
	}
	return value.Compare(t, x, y) == 0
}

func sameMap(t types.Type, us, vs []value.Entry) bool {
	for _, u := range us {
		found := false
		for _, v := range vs {
			found = found || sameNested(*t.Key, u.Key, v.Key) && sameNested(*t.Elem, u.Value, v.Value)
		}
		if !found {
			return false
		}
	}
	return len(us) == len(vs)
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

// noNullInRow refuses rows with the word NULL, which are illegal elsewhere only.
func noNullInRow(list ...ast.Expr) error {
	for _, e := range list {
		if row, ok := e.(*ast.Row); ok && expr.HoldsNull(row) {
			return sqlerr.Refuse(row.Pos, "a row with the word NULL in a comparison")
		}
	}
	return nil
}

// is resolves x IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM y.
func is(r *expr.Resolver, e *ast.Is) (*expr.Expr, error) {
	if err := noNullInRow(e.X); err != nil {
		return nil, err
	}
	x, err := r.Resolve(e.X)
	if err != nil {
		return nil, err
	}
	boolean := types.Of(types.Boolean)
	name := "IS " + e.What
	if e.What == "DISTINCT" {
		return distinctFrom(r, e, x)
	}
	if strings.HasPrefix(e.What, "JSON") {
		return isJSON(r, e, x)
	}
	if e.What != "NULL" && x.IsNull() {
		return nil, sqlerr.Invalid(x.Pos, "Illegal use of 'NULL'")
	}
	if e.What != "NULL" && x.Type.Root != types.Boolean {
		if e.Not {
			name = "IS NOT " + e.What
		}
		return nil, expr.CannotApply(e.Pos, name, "<"+x.Type.Calcite()+"> "+name, "'<BOOLEAN> "+name+"'")
	}
	want := e.What == "TRUE"
	return r.Env.Node(e.Pos, name+notSuffix(e.Not), boolean, []*expr.Expr{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
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

func notSuffix(not bool) string {
	if not {
		return " NOT"
	}
	return ""
}

func distinctFrom(r *expr.Resolver, e *ast.Is, x *expr.Expr) (*expr.Expr, error) {
	y, err := r.Resolve(e.Y)
	if err != nil {
		return nil, err
	}
	a, b, t, err := comparable(r, e.Pos, "=", x, y)
	if err != nil {
		return nil, err
	}
	return r.Env.Node(e.Pos, "DISTINCT"+notSuffix(e.Not), types.Of(types.Boolean), []*expr.Expr{
		a, b,
	}, func(row value.Row) (value.Value, error) {
		u, v, ok, err := expr.Both(a, b, row)
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
func Compare(r *expr.Resolver, pos ast.Pos, op string, a, b *expr.Expr) (*expr.Expr, error) {
	return compare(r, pos, op, a, b)
}
