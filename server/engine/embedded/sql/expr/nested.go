package expr

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *Resolver) field(x *Expr, n ast.Name, pos ast.Pos) (*Expr, error) {
	if x.Type.Root != types.Row {
		return nil, sqlerr.Refuse(pos, "a field of a value of type %s", x.Type)
	}
	for i, f := range x.Type.Fields {
		if f.Name != n.Text {
			continue
		}
		out := r.Env.Node(
			pos, "."+n.Text, f.Type.OrNull(x.Type.Nullable), []*Expr{x},
			func(row value.Row) (value.Value, error) {
				v, err := x.Eval(row)
				if err != nil || !v.Valid {
					return value.NULL, err
				}
				return v.Items()[i], nil
			},
		)
		out.Name = n.Text
		return r.grouped(out), nil
	}
	return nil, sqlerr.Invalid(n.Pos, "Unknown field '%s'", n.Text)
}
