package operators

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func unary(r *expr.Resolver, u *ast.Unary) (*expr.Expr, error) {
	if u.Op == "NOT" {
		return not(r, u)
	}
	if l, ok := u.X.(*ast.Literal); ok && l.Kind == ast.Number {
		if u.Op == "-" {
			return r.Number(l, "-"+l.Text, u.Pos)
		}
		return r.Number(l, l.Text, u.Pos)
	}
	x, err := r.Value(u.X)
	if err != nil {
		return nil, err
	}
	if !x.Type.IsNumeric() && !x.Type.IsInterval() {
		return nil, sqlerr.Invalid(
			u.Pos, "Cannot apply '%s' to arguments of type '%s<%s>'. Supported form(s): '%s<NUMERIC>'", u.Op, u.Op,
			x.Type.Calcite(), u.Op,
		)
	}
	if u.Op == "+" {
		return x, nil
	}
	t := x.Type
	return r.Env.Node(u.Pos, "-", t, []*expr.Expr{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return numeric.Negate(v, t), nil
	}), nil
}

func not(r *expr.Resolver, u *ast.Unary) (*expr.Expr, error) {
	x, err := r.Resolve(u.X)
	if err != nil {
		return nil, err
	}
	if x.IsNull() {
		return nil, sqlerr.Invalid(x.Pos, "Illegal use of 'NULL'")
	}
	if x.Type.Root != types.Boolean {
		return nil, expr.CannotApply(u.Pos, "NOT", "NOT<"+x.Type.Calcite()+">", "'NOT<BOOLEAN>'")
	}
	return r.Env.Node(u.Pos, "NOT", x.Type, []*expr.Expr{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return value.Bool(v.I == 0), nil
	}), nil
}

func binary(r *expr.Resolver, b *ast.Binary) (*expr.Expr, error) {
	switch b.Op {
	case "AND", "OR":
		return logic(r, b)
	case "OVERLAPS":
		return overlaps(r, b)
	case "=", "<>", "<", ">", "<=", ">=":
		if err := noNullInRow(b.L, b.R); err != nil {
			return nil, err
		}
		l, err := r.Resolve(b.L)
		if err != nil {
			return nil, err
		}
		rt, err := r.Resolve(b.R)
		if err != nil {
			return nil, err
		}
		return compare(r, b.Pos, b.Op, l, rt)
	}
	l, err := r.Value(b.L)
	if err != nil {
		return nil, err
	}
	rt, err := r.Value(b.R)
	if err != nil {
		return nil, err
	}
	if b.Op == "||" {
		return concat(r, b.Pos, l, rt)
	}
	return Arithmetic(r, b.Pos, b.Op, l, rt)
}

func logic(r *expr.Resolver, b *ast.Binary) (*expr.Expr, error) {
	l, err := r.Value(b.L)
	if err != nil {
		return nil, err
	}
	rt, err := r.Value(b.R)
	if err != nil {
		return nil, err
	}
	if l.Type.Root != types.Boolean || rt.Type.Root != types.Boolean {
		return nil, expr.CannotApply(
			b.Pos, b.Op, "<"+l.Type.Calcite()+"> "+b.Op+" <"+rt.Type.Calcite()+">", "'<BOOLEAN> "+b.Op+" <BOOLEAN>'",
		)
	}
	t := types.Of(types.Boolean).Null(l.Type.Nullable || rt.Type.Nullable)
	decides := b.Op == "OR" // the value that decides alone
	return r.Env.Node(b.Pos, b.Op, t, []*expr.Expr{l, rt}, func(row value.Row) (value.Value, error) {
		a, err := l.Eval(row)
		if err != nil || a.Valid && (a.I != 0) == decides {
			return a, err
		}
		c, err := rt.Eval(row)
		if err != nil || c.Valid && (c.I != 0) == decides {
			return c, err
		}
		if !a.Valid || !c.Valid {
			return value.NULL, nil
		}
		return value.Bool(!decides), nil
	}), nil
}

func plusForms(op string) string {
	if op == "+" {
		return "'<NUMERIC> + <NUMERIC>'\n'<DATETIME_INTERVAL> + <DATETIME_INTERVAL>'\n'<DATETIME> + " +
			"<DATETIME_INTERVAL>'\n'<DATETIME_INTERVAL> + <DATETIME>'"
	}
	if op == "-" {
		return "'<NUMERIC> - <NUMERIC>'\n'<DATETIME_INTERVAL> - <DATETIME_INTERVAL>'\n'<DATETIME> - <DATETIME_INTERVAL>'"
	}
	if op == "*" {
		return "'<NUMERIC> * <NUMERIC>'\n'<DATETIME_INTERVAL> * <NUMERIC>'\n'<NUMERIC> * <DATETIME_INTERVAL>'"
	}
	return "'<NUMERIC> " + op + " <NUMERIC>'"
}

func Arithmetic(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) (*expr.Expr, error) {
	if op == "%" && l.Type.IsNumeric() && rt.Type.IsNumeric() && (l.Type.IsApprox() || rt.Type.IsApprox()) {
		return nil, expr.CannotApply(
			pos, op, "<"+l.Type.Calcite()+"> % <"+rt.Type.Calcite()+">", "'<EXACT_NUMERIC> % <EXACT_NUMERIC>'",
		)
	}
	t, ok := types.Arithmetic(op, l.Type, rt.Type)
	if !ok {
		return timeArithmetic(r, pos, op, l, rt)
	}
	if t.Root == types.Float && r.Scope.From().Values && !(l.Const && rt.Const) {
		return nil, sqlerr.Refuse(pos, "arithmetic on FLOAT of VALUES")
	}
	if l.Const && l.IsNullConstant() || rt.Const && rt.IsNullConstant() { // planning computes nothing with NULL
		return r.Env.Folded(pos, op, t.Null(true), []*expr.Expr{l, rt}, expr.Always(value.NULL)), nil
	}
	if op == "/" && r.Scope.From().Values && !l.Const && rt.Literal != nil && rt.Type.IsExact() && rt.IsZero() &&
		(l.Type.Nullable || l.Type.IsApprox()) {
		return nil, sqlerr.Refuse(pos, "the division of rows of VALUES by zero, which planning may compute")
	}
	return planned(r, op, l, rt, numbers(r, pos, op, t, l, rt)), nil
}

// numbers computes two numbers.
func numbers(r *expr.Resolver, pos ast.Pos, op string, t types.Type, l, rt *expr.Expr) *expr.Expr {
	var fn expr.Fn
	switch {
	case t.Root == types.Decimal:
		fn = decimalFn(op, l, rt, t)
	case op == "%" && (l.Type.Root == types.Decimal || rt.Type.Root == types.Decimal):
		wide := types.Dec(types.MaxPrecision, 0)
		rest := decimalFn(op, l, rt, wide)
		fn = func(row value.Row) (value.Value, error) {
			v, err := rest(row)
			if err != nil || !v.Valid {
				return v, err
			}
			n, err := v.D().Int64()
			return value.Int(numeric.WrapInt(n, t.Root)), err
		}
	case t.IsApprox():
		fn = floatFn(op, l, rt, t, l.Const && rt.Const)
	default:
		fn = intFn(op, l, rt, t)
	}
	x := r.Env.Node(pos, op, t, []*expr.Expr{l, rt}, fn)
	x.Computed = true
	return x
}

// planned adds what planning makes of constants.
func planned(r *expr.Resolver, op string, l, rt, x *expr.Expr) *expr.Expr {
	switch {
	case op == "/" && l.Const && !l.Computed && rt.Const && rt.Computed && x.Type.Root != types.Float &&
		x.Type.Root != types.Double:
		return x.WithTopLevel(func(value.Row) (value.Value, error) {
			return value.NULL, sqlerr.Fail(
				"java.lang.ClassCastException",
				"class org.apache.calcite.rex.RexCall cannot be cast to class "+
					"org.apache.calcite.rex.RexLiteral (org.apache.calcite.rex.RexCall and "+
					"org.apache.calcite.rex.RexLiteral are in unnamed module of loader 'app')",
			)
		})
	case op == "/" && l.Const && x.Type.IsInt() && rt.Literal != nil && rt.Literal.Valid && rt.Literal.I == 0:
		return x.WithTopLevel(func(value.Row) (value.Value, error) { return value.NULL, sqlerr.ErrDecimalDivZero })
	case x.Type.Root == types.Float && x.Const:
		return x.WithTopLevel(func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid {
				return v, err
			}
			return numeric.SevenDigits(v.F())
		})
	}
	return x
}

func decimalFn(op string, l, r *expr.Expr, t types.Type) expr.Fn {
	return func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(l, r, row)
		if !ok {
			return value.NULL, err
		}
		return numeric.DecimalOp(op, numeric.AsDecimal(a, l.Type), numeric.AsDecimal(b, r.Type), t)
	}
}

func floatFn(op string, l, r *expr.Expr, t types.Type, constant bool) expr.Fn {
	return func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(l, r, row)
		if !ok {
			return value.NULL, err
		}
		x, y := numeric.AsFloat(a, l.Type), numeric.AsFloat(b, r.Type)
		if t.Root == types.Float { // Java widens an integer to float first
			x, y = float64(float32(x)), float64(float32(y))
		}
		switch op {
		case "+":
			x += y
		case "-":
			x -= y
		case "*":
			x *= y
		case "/":
			if y == 0 && constant {
				return value.NULL, sqlerr.ErrDecimalDivZero
			}
			x /= y
		}
		if t.Root == types.Float {
			x = float64(float32(x))
		}
		return value.Float(x), nil
	}
}

func intFn(op string, l, r *expr.Expr, t types.Type) expr.Fn {
	root := t.Root
	return func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(l, r, row)
		if !ok {
			return value.NULL, err
		}
		x := a.I
		switch op {
		case "+":
			x += b.I
		case "-":
			x -= b.I
		case "*":
			x *= b.I
		default:
			if b.I == 0 {
				return value.NULL, sqlerr.ErrDivZero
			}
			if b.I == -1 { // Go agrees with Java but for the smallest number
				x = -x
				if op == "%" {
					x = 0
				}
				break
			}
			if op == "/" {
				x /= b.I
			} else {
				x %= b.I
			}
		}
		return value.Int(numeric.WrapInt(x, root)), nil
	}
}
