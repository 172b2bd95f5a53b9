package expr

import (
	"errors"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// Resolver resolves the expressions of one query.
type Resolver struct {
	Env   *Env
	Scope *Scope
	// Group is set where aggregates may be used: every column must be a key.
	Group *Group
	// Query resolves a query within an expression; nil refuses it.
	Query func(e ast.Expr) (*Expr, error)
	// Over resolves a call with OVER; nil refuses it.
	Over func(r *Resolver, c *ast.Call) (*Expr, error)
	// Call resolves calls that mean something of their own in this place; it
	// gives nil for others.
	Call func(c *ast.Call, name string) (*Expr, error)
	// Where names the clause in which aggregates are illegal.
	Where       string
	inAggregate bool
	// plainAggregate says that there are no groups: arguments see plain rows.
	plainAggregate bool
}

// NewResolver resolves expressions over a scope; where names the clause in which
// aggregates are illegal.
func NewResolver(env *Env, scope *Scope, where string) *Resolver {
	return &Resolver{Env: env, Scope: scope, Where: where}
}

// Condition resolves what must be a condition: of a clause.
func (r *Resolver) Condition(e ast.Expr, clause string) (*Expr, error) {
	x, err := r.Resolve(e)
	if err != nil || x.IsNull() { // NULL lets no row pass
		return x, err
	}
	if err := x.RequireGrouped(); err != nil {
		return nil, err
	}
	if x.Type.Root != types.Boolean {
		return nil, sqlerr.Invalid(x.Pos, "%s clause must be a condition", clause)
	}
	return x, nil
}

// Resolve finds what an expression means.
func (r *Resolver) Resolve(e ast.Expr) (*Expr, error) {
	if r.Env.Planning != nil && r.Env.Planning.Err() != nil {
		return nil, r.Env.Planning.Err()
	}
	x, err := r.resolve(e)
	if err != nil {
		return nil, err
	}
	return r.grouped(x), nil
}

// Value is Resolve for a place where the bare word NULL is illegal.
func (r *Resolver) Value(e ast.Expr) (*Expr, error) {
	x, err := r.Resolve(e)
	if err != nil {
		return nil, err
	}
	if x.IsNull() {
		return nil, sqlerr.Invalid(x.Pos, "Illegal use of 'NULL'")
	}
	return x, nil
}

func (r *Resolver) resolve(e ast.Expr) (*Expr, error) {
	switch e := e.(type) {
	case *ast.Literal:
		return r.literal(e)
	case *ast.Interval:
		return r.interval(e)
	case *ast.Ident:
		if len(e.Parts) == 1 && !r.hasColumn(e.Parts[0].Text) {
			if f := r.Env.Functions.Function(e.Parts[0].Text); f != nil && f.Bare {
				return r.call(&ast.Call{Pos: e.Pos, Name: f.Name})
			}
		}
		return r.resolveIdent(e)
	case *ast.Call:
		return r.call(e)
	case *ast.Cast:
		return r.cast(e)
	case *ast.In:
		if e.Query != nil {
			return r.query(e)
		}
		return r.Env.Functions.Operator(r, e)
	case *ast.Row:
		return r.row(e)
	case *ast.Array:
		return r.array(e)
	case *ast.Map:
		return r.mapExpr(e)
	case *ast.Field:
		x, err := r.Value(e.X)
		if err != nil {
			return nil, err
		}
		return r.field(x, e.Name, e.Pos)
	case *ast.Star:
		return nil, sqlerr.Refuse(e.Pos, "* in this place")
	case *ast.Exists, *ast.Subquery, *ast.Quantified:
		return r.query(e)
	}
	return r.Env.Functions.Operator(r, e)
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

func (r *Resolver) query(e ast.Expr) (*Expr, error) {
	if r.Query == nil {
		return nil, sqlerr.Refuse(e.Span(), "a query in this place")
	}
	return r.Query(e)
}

// Values resolves a list in which NULL is illegal.
func (r *Resolver) Values(list []ast.Expr) ([]*Expr, error) { return each(list, r.Value) }

// List resolves each of a list.
func (r *Resolver) List(list []ast.Expr) ([]*Expr, error) { return each(list, r.Resolve) }

func each(list []ast.Expr, resolve func(ast.Expr) (*Expr, error)) ([]*Expr, error) {
	out := make([]*Expr, len(list))
	for i, e := range list {
		x, err := resolve(e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// known resolves arguments among which the bare word NULL is refused: what
// Flink makes of it is not certain.
func (r *Resolver) KnownArgs(c *ast.Call) ([]*Expr, error) {
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

// TypeOf gives the type that is written.
func TypeOf(t *ast.Type) (types.Type, error) {
	out, err := types.Read(t)
	var refused *ast.Error
	if !errors.As(err, &refused) {
		return out, err
	}
	e := &sqlerr.Error{Pos: refused.Pos, Class: sqlerr.ClassUnsupported, Message: refused.Message}
	if refused.NoValue {
		e.Code = sqlerr.CodeNoValue
	}
	return out, e
}
