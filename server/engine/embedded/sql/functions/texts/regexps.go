package texts

import (
	"errors"
	"strings"
	"unicode/utf16"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/javaregex"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// regexpFunction is a function of a text and a pattern.
type regexpFunction struct {
	t      types.Type
	least  int         // how many arguments the complaint of too few asks for; 0: such are refused
	most   int         // arguments
	newer  bool        // complains as newer functions do
	broken value.Value // the answer for a pattern that Java refuses
	// third says whether a third argument may be such.
	third func(t types.Type) bool
	eval  func(re *javaregex.Pattern, s string, extra value.Value) (value.Value, error)
}

var (
	regexpMatch = &regexpFunction{
		t: types.Of(types.Boolean), least: 2, most: 2, broken: value.Bool(false), eval: regexpMatches,
	}
	regexpReplacement = &regexpFunction{
		t: types.String, least: 3, most: 3, third: types.Type.IsText, eval: regexpReplace,
	}
	regexpGroup = &regexpFunction{
		t: types.String.Null(true), least: 2, most: 3, third: expr.Integer.Accepts, eval: regexpExtract,
	}
	regexpGroups = &regexpFunction{
		t: textListType.Null(true), most: 3, newer: true, third: types.Type.IsInt, eval: regexpExtractAll,
	}
	regexpCount    = &regexpFunction{t: types.Of(types.Integer).Null(true), most: 2, newer: true, eval: countMatches}
	regexpPosition = &regexpFunction{
		t: types.Of(types.Integer).Null(true), most: 2, newer: true, eval: firstPosition,
	}
	regexpPart = &regexpFunction{t: types.String.Null(true), most: 2, newer: true, eval: firstMatch}
)

// pattern resolves a function of regular expressions.
func pattern(p *regexpFunction) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := p.args(r, f, c)
		if err != nil {
			return nil, err
		}
		cache := &expr.Patterns{}
		if args[1].Literal != nil && args[1].Literal.Valid {
			_, err := cache.Compile(args[1].Literal.S)
			var unsupported *javaregex.Unsupported
			if errors.As(err, &unsupported) {
				return nil, sqlerr.Refuse(c.Pos, "%s with %s in its pattern", f.Name, unsupported.What)
			}
		}
		nullable := false
		for _, a := range args {
			nullable = nullable || a.Type.Nullable
		}
		return r.Env.Folded(
			c.Pos, f.Name, p.t.OrNull(nullable), args,
			expr.Strict(args, func(vs expr.Args) (value.Value, error) {
				return p.compute(f.Name, cache, vs)
			}),
		), nil
	}
}

// args resolves the arguments: two texts, and a third that some take.
func (p *regexpFunction) args(r *expr.Resolver, f *expr.Function, c *ast.Call) ([]*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 2 && p.newer && (!args[0].Type.IsText() || !args[1].Type.IsText()) {
		return nil, expr.InvalidCall(f.Name, args)
	}
	if len(args) < p.least || p.least == 2 && p.most == 2 && len(args) > 2 {
		return nil, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", f.Name, p.least,
		)
	}
	if len(args) < 2 || len(args) > 3 || !args[0].Type.IsText() || !args[1].Type.IsText() {
		return nil, sqlerr.Refuse(c.Pos, "%s with these arguments", f.Name)
	}
	if len(args) == 3 && (p.third == nil || !p.third(args[2].Type)) {
		return nil, sqlerr.Refuse(c.Pos, "%s with this third argument", f.Name)
	}
	return args, nil
}

func (p *regexpFunction) compute(name string, cache *expr.Patterns, vs expr.Args) (value.Value, error) {
	re, err := cache.Compile(vs[1].S)
	if err != nil {
		return p.broken, expr.PatternError(name, err)
	}
	extra := value.NULL
	if vs[2].Valid {
		extra = vs[2]
	}
	v, err := p.eval(re, vs[0].S, extra)
	if e := expr.PatternError(name, err); e != nil {
		return value.NULL, e
	}
	return v, err
}

func countMatches(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
	n := int64(0)
	err := re.Each(s, func([]int) bool { n++; return true })
	return value.Int(n), err
}

func firstPosition(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
	m, err := re.First(s)
	if m == nil {
		return value.Int(0), err
	}
	return value.Int(int64(len(utf16.Encode([]rune(s[:m[0]])))) + 1), nil
}

func firstMatch(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
	m, err := re.First(s)
	if m == nil {
		return value.NULL, err
	}
	return value.Text(s[m[0]:m[1]]), nil
}

func regexpMatches(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
	if re.String() == "" { // Flink's rule
		return value.Bool(false), nil
	}
	m, err := re.First(s)
	return value.Bool(m != nil), err
}

// regexpReplace puts a text, as it stands, for each match.
func regexpReplace(re *javaregex.Pattern, s string, with value.Value) (value.Value, error) {
	var b strings.Builder
	at := 0
	var tooLarge error
	err := re.Each(s, func(loc []int) bool {
		b.WriteString(s[at:loc[0]])
		b.WriteString(with.S)
		at = loc[1]
		tooLarge = expr.Fits("REGEXP_REPLACE", int64(b.Len()))
		return tooLarge == nil
	})
	if err = errors.Join(tooLarge, err); err != nil {
		return value.NULL, err
	}
	b.WriteString(s[at:])
	return value.Text(b.String()), nil
}

// groupOf is a group of a match; NULL where it has none.
func groupOf(re *javaregex.Pattern, s string, loc []int, group int64) (value.Value, error) {
	if re.Unsure(int(group)) {
		return value.NULL, &javaregex.Unsupported{What: "a group within a negative look-ahead"}
	}
	if loc[2*group] < 0 {
		return value.NULL, nil
	}
	return value.Text(s[loc[2*group]:loc[2*group+1]]), nil
}

func regexpExtract(re *javaregex.Pattern, s string, group value.Value) (value.Value, error) {
	m, err := re.First(s)
	if m == nil || group.I < 0 || group.I > int64(re.Groups()) {
		return value.NULL, err
	}
	return groupOf(re, s, m, group.I)
}

// regexpExtractAll gives a group of each match, the first by default.
func regexpExtractAll(re *javaregex.Pattern, s string, extra value.Value) (value.Value, error) {
	group := int64(1)
	if extra.Valid {
		group = extra.I
	}
	if group < 0 || group > int64(re.Groups()) {
		return value.NULL, nil
	}
	items, size := []value.Value{}, int64(0)
	var failed error
	err := re.Each(s, func(loc []int) bool {
		var v value.Value
		if v, failed = groupOf(re, s, loc, group); failed == nil {
			items = append(items, v)
			if size += v.Size(); size > memory.MaxValue {
				failed = expr.TooLarge("REGEXP_EXTRACT_ALL", size)
			}
		}
		return failed == nil
	})
	if err = errors.Join(failed, err); err != nil {
		return value.NULL, err
	}
	return value.List(items), nil
}
