package conditions

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func typeof(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) == 0 || len(args) > 2:
		return nil, r.NoSignature(
			c, args, "TYPEOF(input <ANY>)\nTYPEOF(input <ANY>, force_serializable [<BOOLEAN> & <LITERAL NOT NULL>])",
		)
	case len(args) == 2 && (args[1].Type.Root != types.Boolean || args[1].Literal == nil):
		return nil, expr.InvalidCall(f.Name, args)
	case args[0].Type.Proctime:
		return nil, &sqlerr.Error{
			Pos: c.Pos, Class: sqlerr.ClassTable,
			Message: "Mismatch of function's argument data type 'TIMESTAMP_LTZ(3) NOT NULL' and actual " +
				"argument type 'TIMESTAMP_LTZ(3)'.",
		}
	}
	if !args[0].Const && r.Scope.From().MixedRows {
		return nil, sqlerr.Refuse(c.Pos, "TYPEOF of rows of VALUES of several types")
	}
	text := args[0].Type.String()
	if len(args) == 1 {
		text = strings.NewReplacer("VARCHAR(2147483647)", "STRING", "VARBINARY(2147483647)", "BYTES").Replace(text)
	}
	x := r.Env.Literal(c.Pos, types.String.Null(true), value.Text(text))
	x.Literal = nil
	return x, nil
}

func current(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) > 0 || c.Niladic {
		return nil, sqlerr.Refuse(c.Pos, "this %s", f.Name)
	}
	x := r.Env.Literal(c.Pos, types.String, value.Text(r.Env.Database))
	x.Literal = nil
	return x, nil
}
