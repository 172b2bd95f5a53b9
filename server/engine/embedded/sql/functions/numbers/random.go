package numbers

import (
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// drawn takes numbers from the source of a call: from one of the statement, or,
// where there is a seed, from Java's.
// The bound is for those who want one.
func drawn[T any](
	r *expr.Resolver, c *ast.Call, seed *expr.Expr, own func(expr.Uniform, int32) T, seeded func(*java.Random, int32) T,
) (func(bound int32) (T, error), expr.ID, error) {
	run, call := r.Env.Run, r.Env.RandomCall(c.Pos)
	if seed == nil {
		env := r.Env
		return func(bound int32) (T, error) {
			return expr.Draw(run, call, func() expr.Uniform { return env.Uniform(call) }, func(rng expr.Uniform) T {
				return own(rng, bound)
			})
		}, call, nil
	}
	if !seed.Const || !seed.Type.IsInt() {
		return nil, call, sqlerr.Refuse(seed.Pos, "a seed that is no constant number")
	}
	v, err := seed.Eval(nil)
	if err != nil || !v.Valid { // a seed of NULL gives no number
		return nil, call, err
	}
	return func(bound int32) (T, error) {
		return expr.Draw(run, call, func() *java.Random { return java.NewRandom(v.I) }, func(rng *java.Random) T {
			return seeded(rng, bound)
		})
	}, call, nil
}

// randoms resolves the arguments of RAND and RAND_INTEGER.
func randoms(r *expr.Resolver, c *ast.Call, least, most int, forms string) ([]*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	name := strings.ToUpper(c.Name)
	if len(args) < least || len(args) > most {
		return nil, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, least,
		)
	}
	for _, a := range args {
		if !a.Type.IsNumeric() {
			return nil, expr.CannotApply(c.Pos, name, name+"("+expr.Signature(args)+")", forms)
		}
	}
	return args, nil
}

func uuid(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) > 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function 'UUID'. Was expecting 0 arguments")
	}
	next, call, err := drawn(r, c, nil, func(rng expr.Uniform, _ int32) [2]uint64 {
		return [2]uint64{rng.Uint64()&^0xf000 | 0x4000, rng.Uint64()&^(3<<62) | 1<<63}
	}, nil)
	if err != nil {
		return nil, err
	}
	x := r.Env.Node(
		c.Pos, "UUID "+call.String(), types.Type{Root: types.Char, P: 36}, nil,
		func(value.Row) (value.Value, error) {
			n, err := next(0)
			if err != nil {
				return value.NULL, err
			}
			return value.Text(fmt.Sprintf(
				"%08x-%04x-%04x-%04x-%012x", n[0]>>32, n[0]>>16&0xffff, n[0]&0xffff, n[1]>>48, n[1]&0xffffffffffff,
			)), nil
		},
	)
	x.Const = false
	return x, nil
}

func random(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := randoms(r, c, 0, 1, "'RAND()'\n'RAND(<NUMERIC>)'")
	if err != nil {
		return nil, err
	}
	t := types.Of(types.Double)
	var seed *expr.Expr
	if len(args) > 0 {
		seed, t.Nullable = args[0], args[0].Type.Nullable
	}
	next, call, err := drawn(
		r, c, seed, func(rng expr.Uniform, _ int32) float64 { return rng.Float64() },
		func(rng *java.Random, _ int32) float64 { return rng.Float() },
	)
	if err != nil {
		return nil, err
	}
	x := r.Env.Node(c.Pos, "RAND "+call.String(), t, nil, func(value.Row) (value.Value, error) {
		if next == nil {
			return value.NULL, nil
		}
		n, err := next(0)
		return value.Float(n), err
	})
	x.Const = false
	return x, nil
}

func randomInteger(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := randoms(r, c, 1, 2, "'RAND_INTEGER(<NUMERIC>)'\n'RAND_INTEGER(<NUMERIC>, <NUMERIC>)'")
	if err != nil {
		return nil, err
	}
	bound := args[len(args)-1]
	if bound.Type.Root > types.Integer || bound.Type.Root < types.Tinyint {
		return nil, sqlerr.Refuse(c.Pos, "RAND_INTEGER with these arguments")
	}
	var seed *expr.Expr
	if len(args) == 2 {
		seed = args[0]
	}
	next, call, err := drawn(r, c, seed, expr.Uniform.Int32N, (*java.Random).Below)
	if err != nil {
		return nil, err
	}
	t := types.Of(types.Integer).Null(bound.Type.Nullable || next == nil)
	x := r.Env.Node(c.Pos, "RAND_INTEGER "+call.String(), t, args, expr.Strict([]*expr.Expr{
		bound,
	}, func(vs expr.Args) (value.Value, error) {
		if next == nil {
			return value.NULL, nil
		}
		if vs[0].I <= 0 {
			return value.NULL, sqlerr.Fail("java.lang.IllegalArgumentException", "bound must be positive")
		}
		n, err := next(int32(vs[0].I))
		return value.Int(int64(n)), err
	}))
	x.Const = false
	return x, nil
}
