package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
)

// known resolves arguments among which the bare word NULL is refused: what
// Flink makes of it is not certain.
func (r *Resolver) KnownArgs(c *parse.Call) ([]*Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		if a.IsNull() {
			return nil, sqlerr.Refuse(a.Pos, "NULL as an argument of %s", strings.ToUpper(c.Name))
		}
	}
	return args, nil
}
