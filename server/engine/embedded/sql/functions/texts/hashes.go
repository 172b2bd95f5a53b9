package texts

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"unicode/utf16"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// hash is a hash of a text or of bytes, as hexadecimal digits.
func hash(digits int, sum func(string) []byte) []expr.Overload {
	return []expr.Overload{{Args: []expr.Param{expr.TextOrBytes}, Type: expr.Result(types.Type{
		Root: types.Char, P: digits,
	}), Eval: func(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
		return value.Text(hex.EncodeToString(sum(v[0].S))), nil
	}}}
}

func sha224(s string) []byte { h := sha256.Sum224([]byte(s)); return h[:] }

func sha256Sum(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

func sha384(s string) []byte { h := sha512.Sum384([]byte(s)); return h[:] }

func sha512Sum(s string) []byte { h := sha512.Sum512([]byte(s)); return h[:] }

// sha2 resolves SHA2(text, bits).
func sha2(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 || !args[0].Type.IsText() && !args[0].Type.IsBytes() || args[1].Literal == nil ||
		!args[1].Type.IsInt() {
		return nil, sqlerr.Refuse(c.Pos, "SHA2 with these arguments")
	}
	if !args[1].Literal.Valid {
		return r.Env.Node(c.Pos, "SHA2", types.Text(128).Null(true), args, expr.Always(value.NULL)), nil
	}
	sum, ok := map[int64]func(string) []byte{
		224: sha224, 256: sha256Sum, 384: sha384, 512: sha512Sum,
	}[args[1].Literal.I]
	if !ok {
		return nil, sqlerr.Refuse(c.Pos, "SHA2 of this length")
	}
	t := types.Text(128).Null(args[0].Type.Nullable)
	return r.Env.Folded(c.Pos, "SHA2", t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		return value.Text(hex.EncodeToString(sum(vs[0].S))), nil
	})), nil
}

// hashCode is String.hashCode.
func hashCode(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	var h int32
	for _, c := range utf16.Encode([]rune(v[0].S)) {
		h = 31*h + int32(c)
	}
	return value.Int(int64(h)), nil
}

// itself is the hash code of a number.
func itself(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) { return v[0], nil }
