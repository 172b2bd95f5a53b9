package operators

import (
	"strings"
	"unicode/utf8"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/javaregex"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func like(r *expr.Resolver, e *ast.Like) (*expr.Expr, error) {
	list := []ast.Expr{e.X, e.Pattern}
	if e.Escape != nil {
		list = append(list, e.Escape)
	}
	xs, err := r.List(list)
	if err != nil {
		return nil, err
	}
	name := "LIKE"
	if e.Similar {
		name = "SIMILAR TO"
	}
	for _, x := range xs {
		if !x.Type.IsText() {
			var names []string
			for _, y := range xs {
				names = append(names, "<"+y.Type.Calcite()+">")
			}
			return nil, expr.CannotApply(
				e.Pos, name, name+"("+strings.Join(names, ", ")+")", "'"+name+"(<STRING>, <STRING>, <STRING>)'",
			)
		}
	}
	escape := rune(0)
	if e.Escape != nil {
		if xs[2].Literal == nil || utf8.RuneCountInString(xs[2].Literal.S) != 1 {
			return nil, sqlerr.Refuse(e.Pos, "this ESCAPE")
		}
		escape, _ = utf8.DecodeRuneInString(xs[2].Literal.S)
	}
	match, err := matcher(e, xs[1], escape)
	if err != nil {
		return nil, err
	}
	t := types.Of(types.Boolean).Null(xs[0].Type.Nullable || xs[1].Type.Nullable)
	return r.Env.Node(e.Pos, name+notSuffix(e.Not), t, xs, func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(xs[0], xs[1], row)
		if !ok {
			return value.NULL, err
		}
		yes, err := match(a.S, b.S)
		return value.Bool(yes != e.Not), err
	}), nil
}

// matcher gives the test of a text against the pattern.
func matcher(e *ast.Like, pattern *expr.Expr, escape rune) (func(text, pattern string) (bool, error), error) {
	if e.Similar {
		return similar(e, pattern, escape)
	}
	if pattern.Literal == nil {
		return func(text, p string) (bool, error) { return matchPattern(text, p, escape) }, nil
	}
	parts, err := likeParts(pattern.Literal.S, escape)
	if err != nil {
		return nil, sqlerr.Refuse(e.Pos, "LIKE with this pattern")
	}
	return func(text, _ string) (bool, error) { return likeMatch(text, parts), nil }, nil
}

// similar gives the test of SIMILAR TO: the whole text is matched.
func similar(e *ast.Like, pattern *expr.Expr, escape rune) (func(text, pattern string) (bool, error), error) {
	cache := &expr.Patterns{}
	match := func(text, p string) (bool, error) {
		java, err := javaregex.Similar(p, escape)
		if err != nil {
			return false, sqlerr.RefuseRow("SIMILAR TO with %v in its pattern", err)
		}
		re, err := cache.Compile(`^(?:` + java + `)\z`)
		if err == nil {
			var m []int
			if m, err = re.First(text); err == nil {
				return m != nil, nil
			}
		}
		if e := expr.PatternError("SIMILAR TO", err); e != nil {
			return false, e
		}
		return false, sqlerr.RefuseRow("SIMILAR TO with this pattern: %v", err)
	}
	if pattern.Literal != nil && pattern.Literal.Valid {
		if _, err := match("", pattern.Literal.S); err != nil {
			return nil, sqlerr.Refuse(e.Pos, "%s", sqlerr.RefusedWords(err))
		}
	}
	return match, nil
}

func matchPattern(text, pattern string, escape rune) (bool, error) {
	parts, err := likeParts(pattern, escape)
	if err != nil {
		return false, err
	}
	return likeMatch(text, parts), nil
}

// likeMatch goes back to the last % only: it is never slower than text times pattern.
func likeMatch(text string, ps []rune) bool {
	t, p := 0, 0
	starP, starT := -1, 0
	for t < len(text) {
		r, size := utf8.DecodeRuneInString(text[t:])
		switch {
		case p < len(ps) && ps[p] == likeAny:
			starP, starT = p, t
			p++
			continue
		case p < len(ps) && (ps[p] == likeOne || ps[p] == r):
			p++
			t += size
			continue
		case starP >= 0:
			_, skip := utf8.DecodeRuneInString(text[starT:])
			starT += skip
			p, t = starP+1, starT
			continue
		}
		return false
	}
	for p < len(ps) && ps[p] == likeAny {
		p++
	}
	return p == len(ps)
}

const (
	likeAny rune = -2
	likeOne rune = -3
)

func likeParts(pattern string, escape rune) ([]rune, error) {
	ps := make([]rune, 0, len(pattern))
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			if r != '%' && r != '_' && r != escape {
				return nil, sqlerr.RefuseRow("the escape %c%c in LIKE", escape, r)
			}
			ps, escaped = append(ps, r), false
		case escape != 0 && r == escape:
			escaped = true
		case r == '%':
			ps = append(ps, likeAny)
		case r == '_':
			ps = append(ps, likeOne)
		default:
			ps = append(ps, r)
		}
	}
	if escaped {
		return nil, sqlerr.RefuseRow("a pattern of LIKE that ends with its escape")
	}
	return ps, nil
}

// MatchLike is LIKE of a text and a pattern.
func MatchLike(text, pattern string) (bool, error) { return matchPattern(text, pattern, 0) }
