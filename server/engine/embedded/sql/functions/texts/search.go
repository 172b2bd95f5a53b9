package texts

import (
	"strings"
	"unicode/utf8"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// position is where a text begins within another, counted in characters from 1.
func position(part, whole string, from int64) (value.Value, error) {
	if from < 0 || part == "" && from > 1 {
		return value.NULL, sqlerr.RefuseRow("a search from position %d", from)
	}
	from = max(from, 1)
	if from > int64(len(whole))+1 || from > int64(utf8.RuneCountInString(whole))+1 {
		return value.Int(0), nil
	}
	rest := whole[runeOffset(whole, from-1):]
	i := strings.Index(rest, part)
	if i < 0 {
		return value.Int(0), nil
	}
	return value.Int(from + int64(utf8.RuneCountInString(rest[:i]))), nil
}

func locate(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	from := int64(1)
	if v[2].Valid {
		from = v[2].I
	}
	return position(v[0].S, v[1].S, from)
}

// instr is INSTR: from a position on, the first occurrence or one that follows.
func instr(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	from, nth := int64(1), int64(1)
	if v[2].Valid {
		from = v[2].I
	}
	if v[3].Valid {
		nth = v[3].I
	}
	if from < 1 || nth < 1 {
		return value.NULL, sqlerr.RefuseRow("INSTR from %d, for the %dth time", from, nth)
	}
	at, err := position(v[1].S, v[0].S, from)
	if nth == 1 || err != nil || at.I == 0 || v[1].S == "" {
		return at, err
	}
	found := runeOffset(v[0].S, at.I-1)
	for ; nth > 1; nth-- { // the next one may begin within the last
		_, size := utf8.DecodeRuneInString(v[0].S[found:])
		i := strings.Index(v[0].S[found+size:], v[1].S)
		if i < 0 {
			return value.Int(0), nil
		}
		found += size + i
	}
	return value.Int(int64(utf8.RuneCountInString(v[0].S[:found])) + 1), nil
}

// splitIndexByCode is SPLIT_INDEX by the code of a character.
func splitIndexByCode(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[1].I < 1 || v[1].I > 127 {
		return value.NULL, sqlerr.RefuseRow("SPLIT_INDEX by the character %d", v[1].I)
	}
	return partOf(v[0].S, string(rune(v[1].I)), v[2].I)
}

func splitIndex(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	return partOf(v[0].S, v[1].S, v[2].I)
}

// partOf is the part of a text with a number, from 0 on.
func partOf(text, by string, n int64) (value.Value, error) {
	if text == "" {
		return value.NULL, nil
	}
	if by == "" {
		return value.NULL, sqlerr.RefuseRow("SPLIT_INDEX by an empty text")
	}
	if n < 0 {
		return value.NULL, nil
	}
	for ; n > 0; n-- {
		_, after, ok := strings.Cut(text, by)
		if !ok {
			return value.NULL, nil
		}
		text = after
	}
	part, _, _ := strings.Cut(text, by)
	return value.Text(part), nil
}

func split(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[0].S == "" {
		return value.List([]value.Value{}), nil
	}
	if err := expr.Fits("SPLIT", int64(len(v[0].S))+expr.ListSize(strings.Count(v[0].S, v[1].S))); err != nil {
		return value.NULL, err
	}
	return textItems(strings.Split(v[0].S, v[1].S)), nil
}

func textItems(texts []string) value.Value {
	items := make([]value.Value, len(texts))
	for i, s := range texts {
		items[i] = value.Text(s)
	}
	return value.List(items)
}

// textListType is ARRAY<STRING>.
var textListType = func() types.Type {
	t := types.String.Null(true)
	return types.Type{Root: types.Array, Elem: &t}
}()

var textListResult = expr.Result(textListType)

var textMapResult = func() func([]*expr.Expr) types.Type {
	t := types.String.Null(true)
	return expr.Result(types.Type{Root: types.Map, Key: &t, Elem: &t})
}()

// strToMap cuts k1=v1,k2=v2. Delimiters are taken as they are; Flink takes
// them as regular expressions, so those that differ are refused.
func strToMap(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	outer, inner := ",", "="
	if v[1].Valid {
		outer = v[1].S
	}
	if v[2].Valid {
		inner = v[2].S
	}
	if outer == "" || inner == "" || strings.ContainsAny(outer+inner, `\\.[]{}()*+-?^$|`) {
		return value.NULL, sqlerr.RefuseRow("STR_TO_MAP with these delimiters")
	}
	var entries []value.Entry
	if v[0].S == "" {
		return value.MapOf(types.String, entries), nil
	}
	if err := expr.Fits("STR_TO_MAP", int64(len(v[0].S))+2*expr.ListSize(strings.Count(v[0].S, outer))); err != nil {
		return value.NULL, err
	}
	for _, part := range strings.Split(strings.TrimSuffix(v[0].S, outer), outer) {
		key, text, ok := strings.Cut(part, inner)
		entries = append(entries, value.Entry{Key: value.Text(key), Value: value.Value{Valid: ok, S: text}})
	}
	return value.MapOf(types.String, entries), nil
}

// textTest is a condition on two texts, or on bytes.
func textTest(f func(a, b string) bool) func(*expr.Env, expr.Args, []types.Type) (value.Value, error) {
	return func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		return value.Bool(f(v[0].S, v[1].S)), nil
	}
}
