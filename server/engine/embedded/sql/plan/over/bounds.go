package over

import (
	"math"
	"strconv"

	"drey/client/flinksql/ast"
)

// boundsOf reads a condition on the number of a row: the range of numbers that
// fulfil it. isNumber tells the number from other expressions.
func boundsOf(c ast.Expr, isNumber func(ast.Expr) bool) (first, last int, ok bool) {
	b, is := c.(*ast.Binary)
	if !is {
		return 0, 0, false
	}
	op, l, r := b.Op, b.L, b.R
	if isNumber(r) {
		l, r = r, l
		op = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	lit, is := r.(*ast.Literal)
	if !is || lit.Kind != ast.Number || !isNumber(l) {
		return 0, 0, false
	}
	n, err := strconv.Atoi(lit.Text)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, 0, false
	}
	switch op {
	case "=":
		return n, n, n > 0
	case "<=":
		return 1, n, n > 0
	case "<":
		return 1, n - 1, n > 1
	case ">=":
		return n, math.MaxInt32, true
	case ">":
		return n + 1, math.MaxInt32, true
	}
	return 0, 0, false
}

// firstRows takes the conditions on the number of a row out of a list; ok is
// false when the list does not bound the number.
func Bounds(list []ast.Expr, isNumber func(ast.Expr) bool) (first, last int, rest []ast.Expr, ok bool) {
	first, last = 1, math.MaxInt32
	for _, c := range list {
		f, l, is := boundsOf(c, isNumber)
		if !is {
			rest = append(rest, c)
			continue
		}
		first, last = max(first, f), min(last, l)
	}
	return first, last, rest, last < math.MaxInt32 && first <= last
}
