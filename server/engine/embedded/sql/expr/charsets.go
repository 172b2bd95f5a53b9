package expr

import (
	"strings"

	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func decode(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	c, ok := java.Charsets[strings.ToUpper(v[1].S)]
	if !ok {
		return value.NULL, sqlerr.Fail("java.nio.charset.UnsupportedCharsetException", "%s", v[1].S)
	}
	return value.Text(c.Decode(v[0].S)), nil
}

func encode(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	c, ok := java.Charsets[strings.ToUpper(v[1].S)]
	if !ok {
		return value.NULL, sqlerr.Fail("java.nio.charset.UnsupportedCharsetException", "%s", v[1].S)
	}
	return value.Text(c.Encode(v[0].S)), nil
}
