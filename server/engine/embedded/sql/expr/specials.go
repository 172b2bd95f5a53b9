package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
)

func WantArgs(c *parse.Call, args []*Expr, n int) error {
	if len(args) != n {
		return sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", strings.ToUpper(c.Name), n)
	}
	return nil
}
