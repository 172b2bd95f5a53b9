package texts

import (
	"strings"
	"unicode"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// textCheck resolves IS_ALPHA and its kin: never NULL, of texts and of numbers.
func textCheck(check func(string) (bool, error), of numbers) func(
	*expr.Resolver, *expr.Function, *ast.Call,
) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := r.Values(c.Args)
		if err != nil {
			return nil, err
		}
		if err := expr.WantArgs(c, args, 1); err != nil {
			return nil, err
		}
		t := args[0].Type
		if !t.IsText() && !t.IsNumeric() {
			return nil, expr.CannotApply(
				c.Pos, f.Name, f.Name+"("+expr.Signature(args)+")",
				"'"+f.Name+"(<CHARACTER>)'\n'"+f.Name+"(<NUMERIC>)'",
			)
		}
		if !of.known(t) {
			return nil, sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, expr.Signature(args))
		}
		return r.Env.Folded(c.Pos, f.Name, types.Of(types.Boolean), args, func(row value.Row) (value.Value, error) {
			v, err := args[0].Eval(row)
			switch {
			case err != nil || !v.Valid:
				return value.Bool(false), err
			case !t.IsText():
				return value.Bool(of.are && t.Root != types.Decimal), nil
			}
			yes, err := check(v.S)
			if err != nil {
				return value.NULL, err
			}
			return value.Bool(yes), nil
		}), nil
	}
}

// numbers is what a check says of numbers: whether they are what is asked for,
// and for which of their types Flink's answer is known besides whole numbers.
type numbers struct{ are, decimal, float bool }

func (n numbers) known(t types.Type) bool {
	return (t.Root != types.Decimal || n.decimal) && (!t.IsApprox() || n.float)
}

func isAlpha(s string) (bool, error) { return all(s, unicode.IsLetter), nil }

func isDigit(s string) (bool, error) { return all(s, unicode.IsDigit), nil }

func all(s string, test func(rune) bool) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !test(c) })
}

func isDecimal(s string) (bool, error) {
	if strings.Contains(strings.ToLower(s), "0x") {
		return false, sqlerr.RefuseRow("IS_DECIMAL of '%s'", expr.Clipped(s))
	}
	return java.DoubleText.MatchString(s), nil
}
