package expr

import (
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// EvalAll are the arguments' values, NULLs among them.
func EvalAll(args []*Expr, row value.Row) ([]value.Value, error) {
	vs := make([]value.Value, len(args))
	var held Arguments
	for i, a := range args {
		v, err := a.Eval(row)
		if err == nil {
			err = held.Add(v)
		}
		if err != nil {
			return nil, err
		}
		vs[i] = v
	}
	return vs, nil
}

// Args are the arguments of a function that has at most so many: none of them is
// NULL but those that are not given.
type Args [4]value.Value

// Strict computes at most four arguments; any NULL makes the result NULL.
func Strict(args []*Expr, eval func(Args) (value.Value, error)) Fn {
	return func(row value.Row) (value.Value, error) {
		var vs Args
		longest, known, err := evalStrict(args, row, vs[:])
		if err != nil || !known {
			return value.NULL, err
		}
		v, err := eval(vs)
		return unshared(v, longest), err
	}
}

// StrictList is Strict for any number of arguments: each evaluation has a list of
// its own.
func StrictList(args []*Expr, eval func([]value.Value) (value.Value, error)) Fn {
	return func(row value.Row) (value.Value, error) {
		vs := make([]value.Value, len(args))
		longest, known, err := evalStrict(args, row, vs)
		if err != nil || !known {
			return value.NULL, err
		}
		v, err := eval(vs)
		return unshared(v, longest), err
	}
}

// evalStrict computes arguments up to an error; known is false where one is NULL.
func evalStrict(args []*Expr, row value.Row, vs []value.Value) (longest int, known bool, err error) {
	known = true
	var held Arguments
	for i, a := range args {
		v, err := a.Eval(row)
		if err == nil {
			err = held.Add(v)
		}
		if err != nil {
			return 0, false, err
		}
		known = known && v.Valid
		vs[i] = v
	}
	return held.longest, known, nil
}

// TypesOf are the types of expressions.
func TypesOf(args []*Expr) []types.Type {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return ts
}

func Always(v value.Value) Fn {
	return func(value.Row) (value.Value, error) { return v, nil }
}

// Both evaluates two expressions; ok is false when one is NULL or failed.
func Both(l, r *Expr, row value.Row) (a, b value.Value, ok bool, err error) {
	if a, err = l.Eval(row); err != nil {
		return a, b, false, err
	}
	if b, err = r.Eval(row); err != nil {
		return a, b, false, err
	}
	return a, b, a.Valid && b.Valid, nil
}

func listOf(items []*Expr) Fn {
	return func(row value.Row) (value.Value, error) {
		vs, size := make([]value.Value, len(items)), int64(0)
		for i, it := range items {
			v, err := it.Eval(row)
			if err != nil {
				return v, err
			}
			if size += int64(len(v.S)); size > memory.MaxValue {
				return value.NULL, TooLarge("a list", size)
			}
			vs[i] = v
		}
		return value.List(vs), nil
	}
}
