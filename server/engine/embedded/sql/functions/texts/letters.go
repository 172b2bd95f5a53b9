package texts

import (
	"slices"
	"strings"
	"unicode/utf8"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func upper(s string) string {
	return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS"))
}

// unaryText is a function of a text to a text.
func unaryText(result func([]*expr.Expr) types.Type, f func(string) string) []expr.Overload {
	return []expr.Overload{{
		Args: []expr.Param{expr.Text}, Type: result,
		Eval: func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
			return value.Text(f(v[0].S)), nil
		},
	}}
}

// length counts characters.
var length = []expr.Overload{{
	Args: []expr.Param{expr.Text}, Type: expr.IntResult,
	Eval: func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		return value.Int(int64(utf8.RuneCountInString(v[0].S))), nil
	},
}}

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

func ascii(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[0].S == "" {
		return value.Int(0), nil
	}
	return value.Int(int64(int8(v[0].S[0]))), nil
}

func chr(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[0].I < 0 {
		return value.Text(""), nil
	}
	return value.Text(string(rune(v[0].I & 0xff))), nil
}

func reverse(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	rs := []rune(v[0].S)
	slices.Reverse(rs)
	return value.Text(string(rs)), nil
}

func left(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	s := v[0].S
	return value.Text(s[:runeOffset(s, v[1].I)]), nil
}

func right(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	s := v[0].S
	return value.Text(s[runeOffset(s, int64(utf8.RuneCountInString(s))-max(0, v[1].I)):]), nil
}

// runeOffset is where the first n characters of a text end, in bytes.
func runeOffset(s string, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

func repeat(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if err := expr.Fits("REPEAT", max(0, v[1].I)*int64(len(v[0].S))); err != nil {
		return value.NULL, err
	}
	return value.Text(strings.Repeat(v[0].S, int(max(v[1].I, 0)))), nil
}

func replace(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if grows := len(v[2].S) - len(v[1].S); grows > 0 {
		if err := expr.Fits(
			"REPLACE", int64(len(v[0].S))+int64(strings.Count(v[0].S, v[1].S))*int64(grows),
		); err != nil {
			return value.NULL, err
		}
	}
	return value.Text(strings.ReplaceAll(v[0].S, v[1].S, v[2].S)), nil
}

func pad(front bool) func(*expr.Env, expr.Args, []types.Type) (value.Value, error) {
	return func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		s, n, fill := []rune(v[0].S), v[1].I, []rune(v[2].S)
		if n > int64(len(s)) {
			if err := expr.Fits(
				"LPAD or RPAD", int64(len(v[0].S))+(n-int64(len(s)))*int64(len(v[2].S))/int64(max(1, len(fill))),
			); err != nil {
				return value.NULL, err
			}
		}
		if n < 0 || len(fill) == 0 {
			return value.NULL, nil
		}
		if int(n) <= len(s) {
			return value.Text(string(s[:n])), nil
		}
		var add []rune
		for len(add) < int(n)-len(s) {
			add = append(add, fill...)
		}
		add = add[:int(n)-len(s)]
		if front {
			return value.Text(string(add) + string(s)), nil
		}
		return value.Text(string(s) + string(add)), nil
	}
}

func trimmed(front, back bool) func(*expr.Env, expr.Args, []types.Type) (value.Value, error) {
	return func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		set := " "
		if v[1].Valid {
			set = v[1].S
		}
		s := v[0].S
		if front {
			s = strings.TrimLeft(s, set)
		}
		if back {
			s = strings.TrimRight(s, set)
		}
		return value.Text(s), nil
	}
}
