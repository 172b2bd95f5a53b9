package aggregates

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// grouping resolves GROUPING.
func grouping(r *expr.Resolver, a *expr.Aggregate, c *ast.Call) (*expr.Expr, error) {
	if r.Group.Column == 0 && r.Group.Sets == nil && len(r.Group.Keys) == 0 && len(c.Args) > 0 {
		return nil, sqlerr.Invalid(c.Pos, "GROUPING operator may only occur in an aggregate query")
	}
	return groupingID(r, a, c)
}

// groupingID resolves GROUPING and GROUPING_ID: a bit for each key that the
// row's set leaves out.
func groupingID(r *expr.Resolver, of *expr.Aggregate, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) == 0 {
		return nil, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", of.Name,
		)
	}
	if r.Group.Sets == nil {
		return ungrouped(r, c, of.Name)
	}
	ids := make([]int64, len(r.Group.Sets))
	for _, a := range c.Args {
		x, err := r.Value(a)
		if err != nil {
			return nil, err
		}
		key, ok := r.Group.Keys[x.ID]
		if !ok {
			return nil, sqlerr.Invalid(x.Pos, "Argument to %s operator must be a grouped expression", of.Name)
		}
		for i, set := range r.Group.Sets {
			ids[i] <<= 1
			if !set[key.Column] {
				ids[i]++
			}
		}
	}
	number := r.Group.Column - 1
	return r.Env.Node(
		c.Pos, of.Name+fmt.Sprint(ids), types.Of(types.Bigint), nil,
		func(row value.Row) (value.Value, error) {
			return value.Int(ids[row[number].I]), nil
		},
	), nil
}

// ungrouped is GROUPING without GROUPING SETS: every key is there.
func ungrouped(r *expr.Resolver, c *ast.Call, name string) (*expr.Expr, error) {
	for _, a := range c.Args {
		x, err := r.Value(a)
		if err != nil {
			return nil, err
		}
		if _, ok := r.Group.Keys[x.ID]; !ok {
			return nil, sqlerr.Invalid(x.Pos, "Argument to %s operator must be a grouped expression", name)
		}
	}
	return r.Env.Node(c.Pos, name, types.Of(types.Bigint), nil, expr.Always(value.Int(0))), nil
}

func groupID(r *expr.Resolver, _ *expr.Aggregate, c *ast.Call) (*expr.Expr, error) {
	if r.Group != nil && r.Group.Sets == nil && len(c.Args) == 0 && len(r.Group.Keys) > 0 {
		return r.Env.Node(c.Pos, "GROUP_ID", types.Of(types.Bigint), nil, expr.Always(value.Int(0))), nil
	}
	if r.Group != nil && len(r.Group.Keys) > 0 {
		return nil, sqlerr.Refuse(c.Pos, "the function GROUP_ID")
	}
	return nil, sqlerr.Invalid(c.Pos, "GROUP_ID operator may only occur in an aggregate query")
}
