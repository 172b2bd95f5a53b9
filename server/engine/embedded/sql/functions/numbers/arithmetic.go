package numbers

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/operators"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func abs(_ *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
	switch {
	case t[0].IsApprox():
		return value.Float(math.Abs(v[0].F())), nil
	case t[0].Root == types.Decimal:
		d := *v[0].D()
		d.Negative = false
		return value.Dec(&d), nil
	case v[0].I < 0:
		return value.Int(numeric.WrapInt(-v[0].I, t[0].Root)), nil
	}
	return v[0], nil
}

func sign(_ *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
	switch {
	case t[0].IsApprox():
		f := v[0].F()
		if f != 0 && !math.IsNaN(f) {
			f = math.Copysign(1, f)
		}
		return value.Float(f), nil
	case t[0].Root == types.Decimal:
		return numeric.ToScale(apd.New(int64(v[0].D().Sign()), 0), t[0].P, t[0].S), nil
	}
	return value.Int(int64(numeric.AsDecimal(v[0], t[0]).Sign())), nil
}

func bin(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	return value.Text(strconv.FormatUint(uint64(v[0].I), 2)), nil
}

func hexOfNumber(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	return value.Text(strings.ToUpper(strconv.FormatUint(uint64(v[0].I), 16))), nil
}

func hexOfText(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	return value.Text(strings.ToUpper(hex.EncodeToString([]byte(v[0].S)))), nil
}

func unhex(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	s := v[0].S
	if len(s)%2 != 0 { // Flink looks at a lone first digit, and takes 0 for it
		if strings.Trim(s[:1], "0123456789abcdefABCDEF") != "" {
			return value.NULL, nil
		}
		s = "00" + s[1:]
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return value.NULL, nil
	}
	return value.Text(string(b)), nil
}

// unaryFloat is a function of a number to a DOUBLE.
func unaryFloat(f func(float64) float64) []expr.Overload {
	return []expr.Overload{{
		Args: []expr.Param{expr.Number}, Type: expr.DoubleResult,
		Eval: func(_ *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
			return value.Float(f(numeric.AsFloat(v[0], t[0]))), nil
		},
	}}
}

// binaryFloat is a function of two numbers to a DOUBLE.
func binaryFloat(f func(x, y float64) float64) []expr.Overload {
	return []expr.Overload{{
		Args: []expr.Param{expr.Number, expr.Number}, Type: expr.DoubleResult,
		Eval: func(_ *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
			return value.Float(f(numeric.AsFloat(v[0], t[0]), numeric.AsFloat(v[1], t[1]))), nil
		},
	}}
}

func constant(f float64) func(*expr.Env, expr.Args, []types.Type) (value.Value, error) {
	return func(*expr.Env, expr.Args, []types.Type) (value.Value, error) { return value.Float(f), nil }
}

var piOverload = expr.Overload{Type: expr.DoubleResult, Eval: constant(math.Pi)}

// pi resolves PI, which complains of arguments as no other function does.
func pi(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		return nil, r.NoMatch(c, args)
	}
	return r.Apply(c.Pos, f.Name, &piOverload, nil)
}

func mod(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := expr.WantArgs(c, args, 2); err != nil {
		return nil, err
	}
	if !args[0].Type.IsExact() || !args[1].Type.IsExact() {
		return nil, expr.CannotApply(
			c.Pos, "MOD", "MOD("+expr.Signature(args)+")", "'MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)'",
		)
	}
	return operators.Arithmetic(r, c.Pos, "%", args[0], args[1])
}
