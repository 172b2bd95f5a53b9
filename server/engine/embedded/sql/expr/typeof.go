package expr

import (
	"errors"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// TypeOf gives the type that is written.
func TypeOf(t *parse.Type) (types.Type, error) {
	out, err := types.Read(t)
	var refused *parse.Error
	if !errors.As(err, &refused) {
		return out, err
	}
	e := &sqlerr.Error{Pos: refused.Pos, Class: sqlerr.ClassUnsupported, Message: refused.Message}
	if refused.NoValue {
		e.Code = sqlerr.CodeNoValue
	}
	return out, e
}
