package expr

import (
	"strings"
	"unicode/utf16"

	"drey/client/flinksql/parse"
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
	"HASH_CODE": {Args: "t", Type: integer, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		var h int32
		for _, c := range utf16.Encode([]rune(v[0].S)) {
			h = 31*h + int32(c)
		}
		return value.Int(int64(h)), nil
	}},
}

// printf resolves PRINTF with the directives %s, %d and %%.
func printf(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || args[0].Lit == nil || !args[0].Type.IsText() {
		return nil, Refuse(c.Pos, "PRINTF without a constant format")
	}
	parts, ok := directives(args[0].Lit.S, args[1:])
	if !ok {
		return nil, Refuse(c.Pos, "PRINTF with this format")
	}
	return Fold(r.Env.node(c.Pos, "PRINTF "+args[0].Lit.S, types.String.Null(true), args, func(row value.Row) (value.Value, error) {
		out := ""
		for i, p := range parts {
			if out += p; i == len(parts)-1 {
				break
			}
			v, err := args[i+1].Fn(row)
			if err != nil {
				return v, err
			}
			if !v.Valid {
				out += "null"
				continue
			}
			out += v.Text(args[i+1].Type, nil)
		}
		return value.Text(out), nil
	})), nil
}

// directives cuts a format at its directives.
func directives(format string, args []*X) ([]string, bool) {
	parts := []string{""}
	for i := 0; i < len(format); i++ {
		last := &parts[len(parts)-1]
		if format[i] != '%' {
			*last += format[i : i+1]
			continue
		}
		i++
		n := len(parts) - 1
		switch {
		case i >= len(format):
			return nil, false
		case format[i] == '%':
			*last += "%"
		case n < len(args) && (format[i] == 's' && (args[n].Type.IsText() || args[n].Type.IsInt()) || format[i] == 'd' && args[n].Type.IsInt()):
			parts = append(parts, "")
		default:
			return nil, false
		}
	}
	return parts, len(parts)-1 == len(args)
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
	if v[0].S == "" {
		return mapOf(types.String, entries), nil
	}
	for _, part := range strings.Split(v[0].S, outer) {
		key, text, ok := strings.Cut(part, inner)
		if !ok || strings.Contains(text, inner) {
			return value.NULL, refuseRow("STR_TO_MAP of this text")
		}
		entries = append(entries, value.Entry{Key: value.Text(key), Value: value.Text(text)})
	}
	return mapOf(types.String, entries), nil
}
