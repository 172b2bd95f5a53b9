package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
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

// noSignature is Flink's complaint of a wrong number of arguments.
func (r *Resolver) NoSignature(c *parse.Call, args []*Expr, forms string) error {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Family()+">")
	}
	return sqlerr.Invalid(c.Pos, "No match found for function signature %s(%s).\nSupported signatures are:\n%s", strings.ToUpper(c.Name), strings.Join(parts, ", "), forms)
}

// Clash says whether Flink finds no common type for arguments.
func Clash(args []*Expr) bool {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return types.Clash(ts...)
}

// InvalidCall is Flink's complaint of arguments of wrong types.
func InvalidCall(name string, args []*Expr) error {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return &sqlerr.Error{Class: sqlerr.ClassValidation, Validated: 1, Message: "Invalid function call:\n" + strings.ToUpper(name) + "(" + Summaries(ts) + ")"}
}
