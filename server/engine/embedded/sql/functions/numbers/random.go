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

// seedOf is the source that a seed asks for; ok is false for a seed of NULL.
func seedOf(r *expr.Resolver, x *expr.Expr) (j *java.Random, ok bool, err error) {
	if !x.Const || !x.Type.IsInt() {
		return nil, false, sqlerr.Refuse(x.Pos, "a seed that is no constant number")
	}
	v, err := x.Eval(nil)
	if err != nil || !v.Valid {
		return nil, false, err
	}
	j = java.NewRandom(v.I)
	r.Env.AddRandom(j)
	return j, true, nil
}

// randoms resolves the arguments of RAND and RAND_INTEGER.
func randoms(r *expr.Resolver, c *ast.Call, least, most int, forms string) ([]*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	name := strings.ToUpper(c.Name)
	if len(args) < least || len(args) > most {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, least)
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
	rng := r.Env.Random()
	x := r.Env.Node(c.Pos, fmt.Sprintf("UUID%d", r.Env.RandomSources()), types.Type{Root: types.Char, P: 36}, nil, func(value.Row) (value.Value, error) {
		hi, lo := rng.Uint64()&^0xf000|0x4000, rng.Uint64()&^(3<<62)|1<<63
		return value.Text(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)), nil
	})
	x.Const = false
	return x, nil
}

func random(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := randoms(r, c, 0, 1, "'RAND()'\n'RAND(<NUMERIC>)'")
	if err != nil {
		return nil, err
	}
	next := func() float64 { return 0 }
	t := types.Of(types.Double)
	valid := true
	if len(args) == 0 {
		next = r.Env.Random().Float64
	} else {
		t.Nullable = args[0].Type.Nullable
		var j *java.Random
		if j, valid, err = seedOf(r, args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.Float
		}
	}
	x := r.Env.Node(c.Pos, fmt.Sprintf("RAND%d", r.Env.RandomSources()), t, nil, func(value.Row) (value.Value, error) {
		if !valid {
			return value.NULL, nil
		}
		return value.Float(next()), nil
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
	var next func(bound int32) int32
	valid := true
	if len(args) == 1 {
		rng := r.Env.Random()
		next = func(bound int32) int32 { return rng.Int32N(bound) }
	} else {
		var j *java.Random
		if j, valid, err = seedOf(r, args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.Below
		}
	}
	t := types.Of(types.Integer).Null(bound.Type.Nullable || !valid)
	x := r.Env.Node(c.Pos, fmt.Sprintf("RAND_INTEGER%d", r.Env.RandomSources()), t, args, expr.Strict([]*expr.Expr{bound}, func(vs []value.Value) (value.Value, error) {
		if !valid {
			return value.NULL, nil
		}
		if vs[0].I <= 0 {
			return value.NULL, sqlerr.Fail("java.lang.IllegalArgumentException", "bound must be positive")
		}
		return value.Int(int64(next(int32(vs[0].I)))), nil
	}))
	x.Const = false
	return x, nil
}
