package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Resolver resolves the expressions of one query.
type Resolver struct {
	Env   *Env
	Scope *Scope
	// Group is set where aggregates may be used: every column must be a key.
	Group *Group
	// Query resolves a query within an expression; nil refuses it.
	Query func(e parse.Expr) (*Expr, error)
	// Over resolves a call with OVER; nil refuses it.
	Over func(r *Resolver, c *parse.Call) (*Expr, error)
	// Call resolves calls that mean something of their own in this place; it
	// gives nil for others.
	Call func(c *parse.Call, name string) (*Expr, error)
	// Where names the clause in which aggregates are illegal.
	Where       string
	inAggregate bool
	// plainAggregate says that there are no groups: arguments see plain rows.
	plainAggregate bool
}

// Resolve finds what an expression means.
func (r *Resolver) Resolve(e parse.Expr) (*Expr, error) {
	if r.Env.nodes++; r.Env.nodes%256 == 0 && r.Env.Planning != nil && r.Env.Planning.Err() != nil {
		return nil, r.Env.Planning.Err()
	}
	x, err := r.resolve(e)
	if err != nil {
		return nil, err
	}
	return r.grouped(x), nil
}

// Value is Resolve for a place where the bare word NULL is illegal.
func (r *Resolver) Value(e parse.Expr) (*Expr, error) {
	x, err := r.Resolve(e)
	if err != nil {
		return nil, err
	}
	if x.IsNull() {
		return nil, sqlerr.Invalid(x.Pos, "Illegal use of 'NULL'")
	}
	return x, nil
}

func (r *Resolver) resolve(e parse.Expr) (*Expr, error) {
	switch e := e.(type) {
	case *parse.Literal:
		return r.literal(e)
	case *parse.Interval:
		return r.interval(e)
	case *parse.Ident:
		if len(e.Parts) == 1 && strings.EqualFold(e.Parts[0].Text, "PI") && !r.hasColumn(e.Parts[0].Text) {
			return r.call(&parse.Call{Pos: e.Pos, Name: "PI"})
		}
		return r.resolveIdent(e)
	case *parse.Unary:
		return r.unary(e)
	case *parse.Binary:
		return r.binary(e)
	case *parse.Call:
		return r.call(e)
	case *parse.Cast:
		return r.cast(e)
	case *parse.Case:
		return r.caseExpr(e)
	case *parse.Between:
		return r.between(e)
	case *parse.In:
		if e.Query != nil {
			return r.query(e)
		}
		return r.in(e)
	case *parse.Like:
		return r.like(e)
	case *parse.Is:
		return r.is(e)
	case *parse.Row:
		return r.row(e)
	case *parse.Array:
		return r.array(e)
	case *parse.Map:
		return r.mapExpr(e)
	case *parse.Index:
		return r.index(e)
	case *parse.Field:
		x, err := r.Value(e.X)
		if err != nil {
			return nil, err
		}
		return r.field(x, e.Name, e.Pos)
	case *parse.Star:
		return nil, sqlerr.Refuse(e.Pos, "* in this place")
	case *parse.Exists, *parse.Subquery, *parse.Quantified:
		return r.query(e)
	}
	return nil, sqlerr.Refuse(e.Span(), "this expression")
}

func (r *Resolver) hasColumn(name string) bool {
	for _, rel := range r.Scope.Relations {
		for _, c := range rel.Columns {
			if c.Name == name {
				return true
			}
		}
	}
	return false
}

func (r *Resolver) query(e parse.Expr) (*Expr, error) {
	if r.Query == nil {
		return nil, sqlerr.Refuse(e.Span(), "a query in this place")
	}
	return r.Query(e)
}

// values resolves a list in which NULL is illegal.
func (r *Resolver) Values(list []parse.Expr) ([]*Expr, error) {
	out := make([]*Expr, len(list))
	for i, e := range list {
		x, err := r.Value(e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func (r *Resolver) List(list []parse.Expr) ([]*Expr, error) {
	out := make([]*Expr, len(list))
	for i, e := range list {
		x, err := r.Resolve(e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func CannotApply(pos parse.Pos, name, signature, forms string) error {
	return sqlerr.Invalid(pos, "Cannot apply '%s' to arguments of type '%s'. Supported form(s): %s", name, strings.ToUpper(signature), forms)
}

func (r *Resolver) row(e *parse.Row) (*Expr, error) {
	items, err := r.Values(e.Items)
	if err != nil {
		return nil, err
	}
	t := types.Type{Root: types.Row}
	for i, it := range items {
		t.Fields = append(t.Fields, types.Field{Name: fmt.Sprintf("EXPR$%d", i), Type: it.Type})
	}
	return r.Env.Node(e.Pos, "ROW", t, items, listOf(items)), nil
}

func listOf(items []*Expr) Fn {
	return func(row value.Row) (value.Value, error) {
		vs, size := make([]value.Value, len(items)), int64(0)
		for i, it := range items {
			v, err := it.Eval(row)
			if err != nil {
				return v, err
			}
			if size += int64(len(v.S)); size > memory.MaxValue {
				return value.NULL, TooLarge("a list", size)
			}
			vs[i] = v
		}
		return value.List(vs), nil
	}
}

func (r *Resolver) array(e *parse.Array) (*Expr, error) {
	items, err := r.List(e.Items)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, sqlerr.Invalid(e.Pos, "Require at least 1 argument")
	}
	items, t, err := r.alike(e.Pos, items)
	if err != nil {
		return nil, err
	}
	return r.Env.Node(e.Pos, "ARRAY", types.Type{Root: types.Array, Elem: &t}, items, listOf(items)), nil
}

// alike brings the items of an ARRAY or a MAP to their common type.
func (r *Resolver) alike(pos parse.Pos, items []*Expr) ([]*Expr, types.Type, error) {
	ts := make([]types.Type, len(items))
	for i, it := range items {
		ts[i] = it.Type
	}
	if t, ok := types.Least(ts...); !ok || t.Root == types.Null {
		return nil, t, sqlerr.Invalid(pos, "Parameters must be of the same type")
	}
	return r.Unify(items, types.Least)
}

// unify brings expressions to their common type; the error has no position.
func (r *Resolver) Unify(items []*Expr, common func(...types.Type) (types.Type, bool)) ([]*Expr, types.Type, error) {
	ts := make([]types.Type, len(items))
	for i, it := range items {
		ts[i] = it.Type
	}
	t, ok := common(ts...)
	if !ok {
		return nil, t, sqlerr.Refuse(items[0].Pos, "these types together: %s", TypeList(ts))
	}
	out := make([]*Expr, len(items))
	for i, it := range items {
		c, err := r.Coerce(it, t)
		if err != nil {
			return nil, t, err
		}
		out[i] = c
	}
	return out, t, nil
}

// Summaries are types as complaints about newer functions list them.
func Summaries(ts []types.Type) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.Null(true).Summary()
		if !t.Nullable {
			parts[i] += " NOT NULL"
		}
	}
	return strings.Join(parts, ", ")
}

func TypeList(ts []types.Type) string {
	var parts []string
	for _, t := range ts {
		parts = append(parts, t.String())
	}
	return strings.Join(parts, ", ")
}

// TypesOf are the types of expressions.
func TypesOf(args []*Expr) []types.Type {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return ts
}
