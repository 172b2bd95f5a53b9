package expr

import (
	"net/url"
	"strings"
	"unicode"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// textFn is a Builtin of texts that cannot fail.
func textFn(f func(v []value.Value) value.Value) func(*Env, []value.Value, []types.Type) (value.Value, error) {
	return func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) { return f(v), nil }
}

// moreTexts are functions of texts that came to Flink late, and those that
// take NULL.
var moreTexts = map[string]*Builtin{
	"BTRIM": {Args: "tT", Signatures: "BTRIM(str <CHARACTER_STRING>)\nBTRIM(str <CHARACTER_STRING>, trimStr <CHARACTER_STRING>)", Type: str, Eval: trimmed(true, true)},
	"STARTSWITH": {
		Args: "ww", Signatures: "STARTSWITH(expr <CHARACTER_STRING>, startExpr <CHARACTER_STRING>)\nSTARTSWITH(expr <BINARY_STRING>, startExpr <BINARY_STRING>)", Type: boolean,
		Eval: textFn(func(v []value.Value) value.Value { return value.Bool(strings.HasPrefix(v[0].S, v[1].S)) }),
	},
	"ENDSWITH": {
		Args: "ww", Signatures: "ENDSWITH(expr <CHARACTER_STRING>, endExpr <CHARACTER_STRING>)\nENDSWITH(expr <BINARY_STRING>, endExpr <BINARY_STRING>)", Type: boolean,
		Eval: textFn(func(v []value.Value) value.Value { return value.Bool(strings.HasSuffix(v[0].S, v[1].S)) }),
	},
	"INITCAP": text1("INITCAP", first, initCap),
	"URL_DECODE": {Args: "t", Signatures: "URL_DECODE(<CHARACTER_STRING>)", Type: str, Nullable: true, Eval: textFn(func(v []value.Value) value.Value {
		s, err := url.QueryUnescape(v[0].S)
		if err != nil {
			return value.NULL
		}
		return value.Text(strings.ToValidUTF8(s, "\ufffd"))
	})},
	"SPLIT": {Args: "tt", Signatures: "SPLIT(<CHARACTER_STRING>, <CHARACTER_STRING>)", Type: textList, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		if v[0].S == "" {
			return value.List([]value.Value{}), nil
		}
		if err := fits("SPLIT", int64(len(v[0].S))+listSize(strings.Count(v[0].S, v[1].S))); err != nil {
			return value.NULL, err
		}
		return textItems(strings.Split(v[0].S, v[1].S)), nil
	}},
	"DECODE": {Args: "yt", Forms: "'DECODE(<BINARY>, <CHARACTER>)'", Type: str, Eval: decode},
	"ENCODE": {Args: "tt", Forms: "'ENCODE(<CHARACTER>, <CHARACTER>)'", Type: bytes, Eval: encode},
}

var textList = func() func([]*X) types.Type {
	t := types.String.Null(true)
	return always2(types.Type{Root: types.Array, Elem: &t})
}()

func textItems(texts []string) value.Value {
	items := make([]value.Value, len(texts))
	for i, s := range texts {
		items[i] = value.Text(s)
	}
	return value.List(items)
}

// initCap makes the first letter of each word upper case, the others lower;
// words are of letters and digits of ASCII, all else is left and ends them.
func initCap(s string) string {
	b := []byte(s)
	within := false
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case letter && within:
			b[i] = c | 0x20
		case letter:
			b[i] = c &^ 0x20
		}
		within = letter || c >= '0' && c <= '9'
	}
	return string(b)
}

// concatWS resolves CONCAT_WS: NULLs are left out, a separator of NULL gives NULL.
func concatWS(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function 'CONCAT_WS'. Was expecting 1 arguments")
	}
	nullable := false
	for _, a := range args {
		if !a.Type.IsText() {
			return nil, cannotApply(c.Pos, "CONCAT_WS", "CONCAT_WS("+signature(args)+")", "'CONCAT_WS(<CHARACTER>)'")
		}
		nullable = nullable || a.Type.Nullable
	}
	return Fold(r.Env.node(c.Pos, "CONCAT_WS", types.String.Null(nullable), args, func(row value.Row) (value.Value, error) {
		vs, err := computed(args, row)
		if err != nil || !vs[0].Valid {
			return value.NULL, err
		}
		var parts []string
		for _, v := range vs[1:] {
			if v.Valid {
				parts = append(parts, v.S)
			}
		}
		if err := fitsJoined("CONCAT_WS", parts, vs[0].S); err != nil {
			return value.NULL, err
		}
		return value.Text(strings.Join(parts, vs[0].S)), nil
	})), nil
}

// computed are the arguments' values, NULLs among them.
func computed(args []*X, row value.Row) ([]value.Value, error) {
	vs := make([]value.Value, len(args))
	var held arguments
	for i, a := range args {
		v, err := a.Fn(row)
		if err == nil {
			err = held.add(v)
		}
		if err != nil {
			return nil, err
		}
		vs[i] = v
	}
	return vs, nil
}

// translate resolves TRANSLATE: a NULL among the characters counts as none.
func translate(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(c.Name, "TRANSLATE3") && len(args) == 3 && !args[0].Type.IsText() {
		return nil, invalidCall(c.Name, args)
	}
	if len(args) != 3 || !args[0].Type.IsText() || !args[1].Type.IsText() || !args[2].Type.IsText() {
		var parts []string
		for _, a := range args {
			parts = append(parts, "<"+a.Type.Family()+">")
		}
		return nil, sqlerr.Invalid(c.Pos, "No match found for function signature TRANSLATE3(%s).\nSupported signatures are:\n'TRANSLATE3(<STRING>, <STRING>, <STRING>)'", strings.Join(parts, ", "))
	}
	return Fold(r.Env.node(c.Pos, "TRANSLATE", types.String.Null(args[0].Type.Nullable), args, func(row value.Row) (value.Value, error) {
		vs, err := computed(args, row)
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
	})), nil
}

// elt resolves ELT: the argument with a number.
func elt(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	const forms = "ELT(index <INTEGER_NUMERIC>, expr <CHARACTER_STRING>, exprs <CHARACTER_STRING>...)\nELT(index <INTEGER_NUMERIC>, expr <BINARY_STRING>, exprs <BINARY_STRING>...)"
	if len(args) < 2 {
		return nil, r.noSignature(c, args, forms)
	}
	for _, a := range args[1:] {
		same := a.Type.IsText() && args[1].Type.IsText() || a.Type.IsBytes() && args[1].Type.IsBytes()
		if !args[0].Type.IsInt() || !same || args[0].Lit != nil && args[0].Lit.I < 0 {
			return nil, invalidCall(c.Name, args)
		}
	}
	if args[0].Type.Root == types.Bigint {
		return nil, sqlerr.Refuse(c.Pos, "ELT with a BIGINT")
	}
	list, t, err := r.unify(args[1:], types.Least)
	if err != nil {
		return nil, err
	}
	return Fold(r.Env.node(c.Pos, "ELT", t.Null(true), args, func(row value.Row) (value.Value, error) {
		n, err := args[0].Fn(row)
		if err != nil || !n.Valid || n.I < 1 || n.I > int64(len(list)) {
			return value.NULL, err
		}
		return list[n.I-1].Fn(row)
	})), nil
}

// isCall resolves IS_ALPHA, IS_DIGIT and IS_DECIMAL: never NULL, of anything.
func isCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 1); err != nil {
		return nil, err
	}
	t := args[0].Type
	if !t.IsText() && !t.IsNumeric() {
		return nil, cannotApply(c.Pos, name, name+"("+signature(args)+")", "'"+name+"(<CHARACTER>)'\n'"+name+"(<NUMERIC>)'")
	}
	if t.Root == types.Decimal && name != "IS_DECIMAL" || t.IsApprox() && name == "IS_DIGIT" {
		return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	return Fold(r.Env.node(c.Pos, name, types.Of(types.Boolean), args, func(row value.Row) (value.Value, error) {
		v, err := args[0].Fn(row)
		switch {
		case err != nil || !v.Valid:
			return value.Bool(false), err
		case !t.IsText():
			return value.Bool(name != "IS_ALPHA" && t.Root != types.Decimal), nil
		case name == "IS_DECIMAL":
			if strings.Contains(strings.ToLower(v.S), "0x") {
				return value.NULL, sqlerr.RefuseRow("IS_DECIMAL of '%s'", clipped(v.S))
			}
			return value.Bool(java.DoubleText.MatchString(v.S)), nil
		}
		ok := v.S != ""
		for _, c := range v.S {
			ok = ok && (name == "IS_ALPHA" && unicode.IsLetter(c) || name == "IS_DIGIT" && unicode.IsDigit(c))
		}
		return value.Bool(ok), nil
	})), nil
}

// noSignature is Flink's complaint of a wrong number of arguments.
func (r *Resolver) noSignature(c *parse.Call, args []*X, forms string) error {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Family()+">")
	}
	return sqlerr.Invalid(c.Pos, "No match found for function signature %s(%s).\nSupported signatures are:\n%s", strings.ToUpper(c.Name), strings.Join(parts, ", "), forms)
}

// clash says whether Flink finds no common type for arguments.
func clash(args []*X) bool {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return types.Clash(ts...)
}

// bareJSON complains of JSON() outside of what it is for.
func bareJSON(_ *Resolver, c *parse.Call) (*X, error) {
	return nil, &sqlerr.Error{
		Pos: c.Pos, Class: sqlerr.ClassValidation,
		Message: `The JSON() function is currently only supported inside JSON_ARRAY() or as the VALUE param of JSON_OBJECT(). Example: JSON_OBJECT('a', JSON('{"key": "value"}')) or JSON_ARRAY(JSON('{"key": "value"}')).`,
	}
}

func groupID(r *Resolver, c *parse.Call) (*X, error) {
	if r.Group != nil && r.Group.Sets == nil && len(c.Args) == 0 && len(r.Group.Keys) > 0 {
		return r.Env.node(c.Pos, "GROUP_ID", types.Of(types.Bigint), nil, always(value.Int(0))), nil
	}
	if r.Group != nil && len(r.Group.Keys) > 0 {
		return nil, sqlerr.Refuse(c.Pos, "the function GROUP_ID")
	}
	return nil, sqlerr.Invalid(c.Pos, "GROUP_ID operator may only occur in an aggregate query")
}

// invalidCall is Flink's complaint of arguments of wrong types.
func invalidCall(name string, args []*X) error {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return &sqlerr.Error{Class: sqlerr.ClassValidation, Validated: 1, Message: "Invalid function call:\n" + strings.ToUpper(name) + "(" + summaries(ts) + ")"}
}
