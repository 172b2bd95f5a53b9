package expr

import (
	"strings"
	"unicode/utf16"

	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

var textMap = func() func([]*X) types.Type {
	t := types.String.Null(true)
	return always2(types.Type{Root: types.Map, Key: &t, Elem: &t})
}()

// others are functions of texts to other things than texts, and of JSON texts.
var others = map[string]*Builtin{
	"JSON_QUOTE":   {Args: "t", Type: str, Eval: jsonQuote},
	"JSON_UNQUOTE": {Args: "t", Type: str, Eval: jsonUnquote},
	"STR_TO_MAP":   {Args: "tTT", Type: textMap, Nullable: true, Eval: strToMap},
	"ENCODE": {Args: "tt", Type: bytes, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		if !strings.EqualFold(v[1].S, "UTF-8") {
			return value.NULL, refuseRow("ENCODE to %s", v[1].S)
		}
		return value.Text(v[0].S), nil
	}},
	"HASH_CODE": {Args: "t", Type: integer, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
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
		return value.NULL, refuseRow("STR_TO_MAP with these delimiters")
	}
	var entries []value.Entry
	for _, part := range strings.Split(v[0].S, outer) {
		key, text, ok := strings.Cut(part, inner)
		if !ok || strings.Contains(text, inner) {
			return value.NULL, refuseRow("STR_TO_MAP of this text")
		}
		entries = append(entries, value.Entry{Key: value.Text(key), Value: value.Text(text)})
	}
	return mapOf(types.String, entries), nil
}
