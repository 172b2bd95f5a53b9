package expr

import (
	"crypto/sha256"
	"crypto/sha512"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// sha2 resolves SHA2(text, bits).
func sha2(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 || !args[0].Type.IsText() && !args[0].Type.IsBytes() || args[1].Lit == nil || !args[1].Type.IsInt() {
		return nil, sqlerr.Refuse(c.Pos, "SHA2 with these arguments")
	}
	if !args[1].Lit.Valid {
		return r.Env.node(c.Pos, "SHA2", types.Text(128).Null(true), args, always(value.NULL)), nil
	}
	hash, ok := map[int64]func(string) string{
		224: func(s string) string { h := sha256.Sum224([]byte(s)); return hexSum(h[:]) },
		256: func(s string) string { h := sha256.Sum256([]byte(s)); return hexSum(h[:]) },
		384: func(s string) string { h := sha512.Sum384([]byte(s)); return hexSum(h[:]) },
		512: func(s string) string { h := sha512.Sum512([]byte(s)); return hexSum(h[:]) },
	}[args[1].Lit.I]
	if !ok {
		return nil, sqlerr.Refuse(c.Pos, "SHA2 of this length")
	}
	t := types.Text(128).Null(args[0].Type.Nullable)
	return Fold(r.Env.node(c.Pos, "SHA2", t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		return value.Text(hash(vs[0].S)), nil
	}))), nil
}
