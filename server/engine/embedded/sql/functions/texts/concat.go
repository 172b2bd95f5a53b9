package texts

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func concatCall(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function 'CONCAT'. Was expecting 1 arguments")
	}
	if err := allText(f, c, args, len(args), (*expr.Function).WrongArguments); err != nil {
		return nil, err
	}
	t := types.String
	for _, a := range args {
		t = t.OrNull(a.Type.Nullable)
	}
	return r.Env.Folded(c.Pos, "CONCAT", t, args, expr.StrictList(args, func(vs []value.Value) (value.Value, error) {
		parts := make([]string, len(vs))
		for i, v := range vs {
			parts[i] = v.S
		}
		if err := expr.FitsJoined("CONCAT", parts, ""); err != nil {
			return value.NULL, err
		}
		return value.Text(strings.Join(parts, "")), nil
	})), nil
}

// concatWS resolves CONCAT_WS: NULLs are left out, a separator of NULL gives NULL.
func concatWS(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function 'CONCAT_WS'. Was expecting 1 arguments",
		)
	}
	nullable := false
	for _, a := range args {
		if !a.Type.IsText() {
			return nil, expr.CannotApply(
				c.Pos, "CONCAT_WS", "CONCAT_WS("+expr.Signature(args)+")", "'CONCAT_WS(<CHARACTER>)'",
			)
		}
		nullable = nullable || a.Type.Nullable
	}
	return r.Env.Folded(c.Pos, "CONCAT_WS", types.String.Null(nullable), args, func(row value.Row) (value.Value, error) {
		vs, err := expr.EvalAll(args, row)
		if err != nil || !vs[0].Valid {
			return value.NULL, err
		}
		var parts []string
		for _, v := range vs[1:] {
			if v.Valid {
				parts = append(parts, v.S)
			}
		}
		if err := expr.FitsJoined("CONCAT_WS", parts, vs[0].S); err != nil {
			return value.NULL, err
		}
		return value.Text(strings.Join(parts, vs[0].S)), nil
	}), nil
}

// translate resolves TRANSLATE, and TRANSLATE3, which it stands for, and which
// has a complaint of its own about what is no text.
func translate(itself bool) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := r.Values(c.Args)
		if err != nil {
			return nil, err
		}
		if itself && len(args) == 3 && !args[0].Type.IsText() {
			return nil, expr.InvalidCall(f.Name, args)
		}
		return translated(r, c, args)
	}
}

// translated replaces characters: a NULL among them counts as none.
func translated(r *expr.Resolver, c *ast.Call, args []*expr.Expr) (*expr.Expr, error) {
	if len(args) != 3 || !args[0].Type.IsText() || !args[1].Type.IsText() || !args[2].Type.IsText() {
		var parts []string
		for _, a := range args {
			parts = append(parts, "<"+a.Type.Family()+">")
		}
		return nil, sqlerr.Invalid(
			c.Pos,
			"No match found for function signature TRANSLATE3(%s).\nSupported signatures are:\n"+
				"'TRANSLATE3(<STRING>, <STRING>, <STRING>)'",
			strings.Join(parts, ", "),
		)
	}
	return r.Env.Folded(
		c.Pos, "TRANSLATE", types.String.Null(args[0].Type.Nullable), args,
		func(row value.Row) (value.Value, error) {
			vs, err := expr.EvalAll(args, row)
			if err != nil || !vs[0].Valid {
				return value.NULL, err
			}
			to := []rune(vs[2].S)
			table, n := map[rune]rune{}, 0
			for _, f := range vs[1].S {
				if _, ok := table[f]; !ok {
					table[f] = -1
					if n < len(to) {
						table[f] = to[n]
					}
				}
				n++
			}
			return value.Text(strings.Map(func(c rune) rune {
				if t, ok := table[c]; ok {
					return t
				}
				return c
			}, vs[0].S)), nil
		},
	), nil
}

// elt resolves ELT: the argument with a number.
func elt(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	const forms = "ELT(index <INTEGER_NUMERIC>, expr <CHARACTER_STRING>, exprs <CHARACTER_STRING>...)\n" +
		"ELT(index <INTEGER_NUMERIC>, expr <BINARY_STRING>, exprs <BINARY_STRING>...)"
	if len(args) < 2 {
		return nil, r.NoSignature(c, args, forms)
	}
	for _, a := range args[1:] {
		same := a.Type.IsText() && args[1].Type.IsText() || a.Type.IsBytes() && args[1].Type.IsBytes()
		if !args[0].Type.IsInt() || !same || args[0].Literal != nil && args[0].Literal.I < 0 {
			return nil, expr.InvalidCall(f.Name, args)
		}
	}
	if args[0].Type.Root == types.Bigint {
		return nil, sqlerr.Refuse(c.Pos, "ELT with a BIGINT")
	}
	list, t, err := r.Unify(args[1:], types.Least)
	if err != nil {
		return nil, err
	}
	return r.Env.Folded(c.Pos, "ELT", t.Null(true), args, func(row value.Row) (value.Value, error) {
		n, err := args[0].Eval(row)
		if err != nil || !n.Valid || n.I < 1 || n.I > int64(len(list)) {
			return value.NULL, err
		}
		return list[n.I-1].Eval(row)
	}), nil
}
