package texts

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// complaint is Flink's complaint of arguments of a function.
type complaint func(f *expr.Function, c *ast.Call, args []*expr.Expr) error

// allText requires that the first arguments are texts, and the others numbers.
func allText(f *expr.Function, c *ast.Call, args []*expr.Expr, texts int, wrong complaint) error {
	for i, a := range args {
		if i >= texts && a.Type.Root == types.Bigint { // Flink's generated code does not compile
			return sqlerr.Refuse(a.Pos, "%s with a BIGINT", f.Name)
		}
		if i < texts != a.Type.IsText() || i >= texts && !a.Type.IsInt() {
			return wrong(f, c, args)
		}
	}
	return nil
}

func substring(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) < 2 || len(args) > 3 {
		if len(args) < 2 {
			return nil, sqlerr.Invalid(
				c.Pos, "Invalid number of arguments to function '%s'. Was expecting 2 arguments", f.Name,
			)
		}
		return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(args))
	}
	if err := allText(f, c, args, 1, (*expr.Function).WrongArguments); err != nil {
		return nil, err
	}
	t := types.Text(args[0].Type.P).Null(true)
	return r.Env.Folded(c.Pos, "SUBSTRING", t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		length := int64(types.MaxLength)
		if vs[2].Valid {
			length = vs[2].I
		}
		if length < 0 {
			return value.NULL, nil
		}
		return value.Text(slice(vs[0].S, vs[1].I, length)), nil
	})), nil
}

// slice is SUBSTRING: it counts characters from 1, a negative start from the end.
func slice(s string, start, length int64) string {
	rs := []rune(s)
	n := int64(len(rs))
	switch {
	case start < 0 && n+start < 0:
		return ""
	case start < 0:
		start = n + start
	case start > 0:
		start--
	}
	if start >= n {
		return ""
	}
	return string(rs[start:min(n, start+length)])
}

func trim(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) != 3 {
		return nil, sqlerr.Refuse(c.Pos, "this TRIM")
	}
	mode := c.Args[0].(*ast.Symbol).Word
	args, err := r.Values(c.Args[1:])
	if err != nil {
		return nil, err
	}
	if err := allText(f, c, args, 2, wrongTrim); err != nil {
		return nil, err
	}
	t := types.Text(args[1].Type.P).Null(args[0].Type.Nullable || args[1].Type.Nullable)
	cut := trimmed(mode != "TRAILING", mode != "LEADING")
	return r.Env.Folded(c.Pos, "TRIM "+mode, t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		return cut(r.Env, expr.Args{vs[1], vs[0]}, nil)
	})), nil
}

// wrongTrim complains of arguments of TRIM as they are written.
func wrongTrim(f *expr.Function, c *ast.Call, args []*expr.Expr) error {
	if args[1].Type.Root == types.Null {
		return f.WrongArguments(c, args)
	}
	return expr.CannotApply(
		c.Pos, f.Name, f.Name+"([BOTH|LEADING|TRAILING] <SYMBOL> FROM <"+args[0].Type.Calcite()+">)",
		"'"+f.Name+"([BOTH|LEADING|TRAILING] <ANY> FROM <STRING>)'",
	)
}

func positionCall(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) < 2 || len(args) > 3 {
		return nil, sqlerr.Refuse(c.Pos, "POSITION with %d arguments", len(args))
	}
	if err := allText(f, c, args, 2, wrongPosition); err != nil {
		return nil, err
	}
	t := types.Of(types.Integer)
	for _, a := range args {
		t = t.OrNull(a.Type.Nullable)
	}
	return r.Env.Folded(c.Pos, "POSITION", t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		if vs[2].Valid {
			return position(vs[0].S, vs[1].S, vs[2].I)
		}
		return position(vs[0].S, vs[1].S, 1)
	})), nil
}

// wrongPosition complains of arguments of POSITION as they are written.
func wrongPosition(f *expr.Function, c *ast.Call, args []*expr.Expr) error {
	if len(args) != 2 {
		return f.WrongArguments(c, args)
	}
	name := f.Name
	return expr.CannotApply(
		c.Pos, name, name+"(<"+args[0].Type.Calcite()+"> IN <"+args[1].Type.Calcite()+">)",
		"'"+name+"(<STRING> IN <STRING>)'\n'"+name+
			"(<STRING> IN <STRING> FROM <INTEGER>)'\nINSTR(<STRING>, <STRING>, <INTEGER>, <INTEGER>)",
	)
}

func overlay(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) < 3 {
		return nil, sqlerr.Refuse(c.Pos, "OVERLAY with %d arguments", len(args))
	}
	if err := allText(f, c, args, 2, (*expr.Function).WrongArguments); err != nil {
		return nil, err
	}
	t := types.Text(int(min(int64(args[0].Type.P)+int64(args[1].Type.P), types.MaxLength)))
	for _, a := range args {
		t = t.OrNull(a.Type.Nullable)
	}
	return r.Env.Folded(c.Pos, "OVERLAY", t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		rs, put := []rune(vs[0].S), []rune(vs[1].S)
		length := int64(len(put))
		if vs[3].Valid {
			length = vs[3].I
		}
		from := vs[2].I
		if from < 1 || from > int64(len(rs)) {
			return vs[0], nil
		}
		if length < 0 {
			return value.NULL, sqlerr.RefuseRow("OVERLAY for %d", length)
		}
		end := min(int64(len(rs)), from-1+length)
		return value.Text(string(rs[:from-1]) + string(put) + string(rs[end:])), nil
	})), nil
}
