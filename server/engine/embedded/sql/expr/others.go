package expr

import (
	"strings"
	"unicode/utf16"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

var textMap = func() func([]*X) types.Type {
	t := types.String.Null(true)
	return always2(types.Type{Root: types.Map, Key: &t, Elem: &t})
}()

// others are functions of texts to other things than texts, and of JSON texts.
var others = map[string]*Builtin{
	"JSON_QUOTE":   {Args: "t", Type: str, Eval: jsonQuote},
	"JSON_UNQUOTE": {Args: "t", Type: str, Eval: jsonUnquote},
	"STR_TO_MAP":   {Args: "tTT", Forms: "'STR_TO_MAP(<CHARACTER>)'\n'STR_TO_MAP(<CHARACTER>, <CHARACTER>, <CHARACTER>)'", Type: textMap, Nullable: true, Eval: strToMap},
	"HASH_CODE": {Args: "k", Forms: "'HASH_CODE(<CHARACTER>)'", Type: integer, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		if t[0].IsInt() {
			return v[0], nil
		}
		var h int32
		for _, c := range utf16.Encode([]rune(v[0].S)) {
			h = 31*h + int32(c)
		}
		return value.Int(int64(h)), nil
	}},
}

// strToMap cuts k1=v1,k2=v2. Delimiters are taken as they are; Flink takes
// them as regular expressions, so those that differ are refused.
func strToMap(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	outer, inner := ",", "="
	if len(v) > 1 {
		outer = v[1].S
	}
	if len(v) > 2 {
		inner = v[2].S
	}
	if outer == "" || inner == "" || strings.ContainsAny(outer+inner, `\\.[]{}()*+-?^$|`) {
		return value.NULL, sqlerr.RefuseRow("STR_TO_MAP with these delimiters")
	}
	var entries []value.Entry
	if v[0].S == "" {
		return mapOf(types.String, entries), nil
	}
	if err := fits("STR_TO_MAP", int64(len(v[0].S))+2*listSize(strings.Count(v[0].S, outer))); err != nil {
		return value.NULL, err
	}
	for _, part := range strings.Split(strings.TrimSuffix(v[0].S, outer), outer) {
		key, text, ok := strings.Cut(part, inner)
		entries = append(entries, value.Entry{Key: value.Text(key), Value: value.Value{Valid: ok, S: text}})
	}
	return mapOf(types.String, entries), nil
}
