package texts

import (
	"encoding/base64"
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func fromBase64(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	for _, c := range []byte(v[0].S) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' ||
			c == '='
		if !letter {
			return value.NULL, sqlerr.Fail("java.lang.IllegalArgumentException", "Illegal base64 character %x", c)
		}
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v[0].S, "="))
	if err != nil {
		return value.NULL, sqlerr.RefuseRow("this base64 text")
	}
	return value.Text(strings.ToValidUTF8(string(b), "\ufffd")), nil
}

// eval is what a function of texts does with its arguments.
type eval = func(*expr.Env, expr.Args, []types.Type) (value.Value, error)

// DECODE and ENCODE, whose second argument names a character set.
var (
	decode = recoded(func(c java.Charset, s string) string { return c.Decode(s) })
	encode = recoded(func(c java.Charset, s string) string { return c.Encode(s) })
)

func recoded(by func(java.Charset, string) string) eval {
	return func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		c, err := charset(v[1].S)
		if err != nil {
			return value.NULL, err
		}
		return value.Text(by(c, v[0].S)), nil
	}
}

func charset(name string) (java.Charset, error) {
	c, ok := java.Charsets[strings.ToUpper(name)]
	if !ok {
		return c, sqlerr.Fail("java.nio.charset.UnsupportedCharsetException", "%s", name)
	}
	return c, nil
}
