package expr

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// call resolves a call: of an aggregate, or of a function of the registry.
func (r *Resolver) call(c *ast.Call) (*Expr, error) {
	name := strings.ToUpper(c.Name)
	if r.Call != nil && c.Over == nil {
		if x, err := r.Call(c, name); x != nil || err != nil {
			return x, err
		}
	}
	if c.Over != nil {
		return r.over(c)
	}
	f := r.Env.Functions.Function(name)
	if f != nil && f.Over != nil {
		return nil, sqlerr.Invalid(c.Pos, "OVER clause is necessary for window functions")
	}
	if of := r.Env.Functions.Aggregate(name); of != nil {
		return r.aggregate(c, of)
	}
	switch {
	case c.Distinct || c.Filter != nil:
		return nil, sqlerr.Refuse(c.Pos, "DISTINCT or FILTER in %s", name)
	case f == nil:
		return nil, r.unknown(c)
	case f.Resolve != nil:
		return f.Resolve(r, f, c)
	case len(f.Overloads) > 0:
		return r.overloaded(f, c)
	}
	return nil, sqlerr.Refuse(c.Pos, "the function %s", name)
}

// unknown complains of a function that Flink does not have.
func (r *Resolver) unknown(c *ast.Call) error {
	args, err := r.List(c.Args)
	if err != nil {
		return err
	}
	return r.NoMatch(c, args)
}

func (r *Resolver) over(c *ast.Call) (*Expr, error) {
	if r.Over != nil && !r.inAggregate {
		return r.Over(r, c)
	}
	if r.Where == "WHERE" || r.Where == "HAVING" {
		return nil, sqlerr.Invalid(c.Pos, "Windowed aggregate expression is illegal in %s clause", r.Where)
	}
	return nil, sqlerr.Refuse(c.Pos, "OVER in this place")
}

// Node is an expression that somebody else computes.
func (e *Env) External(pos ast.Pos, key string, t types.Type) *Expr {
	x := e.Node(pos, key, t, nil, nil)
	x.Const = false
	return x
}
