package expr

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

func WantArgs(c *ast.Call, args []*Expr, n int) error {
	if len(args) != n {
		return sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", strings.ToUpper(c.Name),
			n,
		)
	}
	return nil
}

// NoSignature is Flink's complaint of a wrong number of arguments.
func (r *Resolver) NoSignature(c *ast.Call, args []*Expr, forms string) error {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Family()+">")
	}
	return sqlerr.Invalid(
		c.Pos, "No match found for function signature %s(%s).\nSupported signatures are:\n%s", strings.ToUpper(c.Name),
		strings.Join(parts, ", "), forms,
	)
}

func (r *Resolver) NoMatch(c *ast.Call, args []*Expr) error {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Family()+">")
	}
	return sqlerr.Invalid(c.Pos, "No match found for function signature %s(%s)", c.Name, strings.Join(parts, ", "))
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
	return &sqlerr.Error{
		Class: sqlerr.ClassValidation, Validated: 1,
		Message: "Invalid function call:\n" + strings.ToUpper(name) + "(" + Summaries(ts) + ")",
	}
}

// UnsupportedCall is Flink's complaint of a call that it has no code for.
func UnsupportedCall(c *ast.Call, args []*Expr) error {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return NoCode(c.Pos, strings.ToUpper(c.Name)+"("+TypeList(ts)+")")
}

func NoCode(pos ast.Pos, call string) error {
	return &sqlerr.Error{
		Pos: pos, Class: "org.apache.flink.table.planner.codegen.CodeGenException",
		Message: "Unsupported call: " + call + " \nIf you think this function should be supported, you can create an " +
			"issue and start a discussion for it.",
	}
}

func CannotApply(pos ast.Pos, name, signature, forms string) error {
	return sqlerr.Invalid(
		pos, "Cannot apply '%s' to arguments of type '%s'. Supported form(s): %s", name, strings.ToUpper(signature),
		forms,
	)
}

func Signature(args []*Expr) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Calcite()+">")
	}
	return strings.Join(parts, ", ")
}

// Summaries are types as complaints about newer functions list them.
func Summaries(ts []types.Type) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.Null(true).Summary()
		if !t.Nullable {
			parts[i] += " NOT NULL"
		}
	}
	return strings.Join(parts, ", ")
}

func TypeList(ts []types.Type) string {
	var parts []string
	for _, t := range ts {
		parts = append(parts, t.String())
	}
	return strings.Join(parts, ", ")
}

func Clipped(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}
