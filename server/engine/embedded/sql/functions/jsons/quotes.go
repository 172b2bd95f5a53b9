package jsons

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonQuote is JSON_QUOTE: all but ASCII is escaped.
func jsonQuote(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	var plain, b strings.Builder
	jsondoc.Quote(&plain, v[0].S)
	for _, r := range plain.String() {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r <= '~':
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	return value.Text(b.String()), nil
}

// jsonUnquote is JSON_UNQUOTE of a quoted text; others are left.
func jsonUnquote(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if !strings.HasPrefix(v[0].S, `"`) || !strings.HasSuffix(v[0].S, `"`) || len(v[0].S) < 2 {
		return v[0], nil
	}
	n, err := jsondoc.Parse(v[0].S)
	if err != nil || n.Kind != 's' {
		return value.NULL, sqlerr.RefuseRow("JSON_UNQUOTE of what is no JSON text")
	}
	return value.Text(n.Text), nil
}
