package expr

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Aggregate is a built-in aggregate function. One without New is one of Flink's
// that the engine refuses, or resolves by itself (Call).
type Aggregate struct {
	Name  string // upper case
	Forms []Form // none: people are not told of it
	// Args resolves the arguments; nil: there is one.
	Args func(r *Resolver, c *ast.Call, of *Aggregate) (AggInput, error)
	// Type is the type of the result, or the complaint of the arguments.
	Type func(r *Resolver, c *ast.Call, a *Agg) (types.Type, error)
	// New begins to compute it: retracts says that rows are taken back, too. What
	// is remembered is counted in the budget.
	New func(a *Agg, retracts bool, b *state.Budget) state.Accumulator
	// Call resolves what is called as an aggregate and is none.
	Call func(r *Resolver, a *Aggregate, c *ast.Call) (*Expr, error)

	Nulls     bool // NULL is a value like others
	NeverNull bool // there is a result even without rows
	Ordered   bool // the result depends on the order of the rows
	Retracts  bool // rows can be taken back
	Over      bool // computes over windows
	Match     bool // computes in MATCH_RECOGNIZE
	// Once says that equal values change the result no more than one of them.
	Once bool
	// NoDistinct says that DISTINCT means nothing.
	NoDistinct bool
	// Edge is 1 for the first value of a frame, and -1 for the last.
	Edge int
	// Planned is how Flink's plans write it of its arguments; empty: as a call.
	Planned string
	// Unlisted says that SHOW FUNCTIONS does not tell of it.
	Unlisted bool
}

// AggInput is what an aggregate is computed from.
type AggInput struct {
	Arg    *Expr     // nil for COUNT(*)
	Extra  *Expr     // the separator of LISTAGG
	Shares []float64 // of PERCENTILE
	// All tells aggregates of one query apart.
	All []*Expr
}

// Group is what a grouped query has besides its input: the keys, which are
// columns of the grouped row. Nothing is written to it while expressions are
// resolved.
type Group struct {
	Keys map[ID]*Expr // by the ID of the key's expression
	// Sets are the keys of each grouping set; nil without GROUPING SETS.
	Sets [][]bool
	// Column is the index of the first aggregate.
	Column int
	// Aggs are the aggregates that expressions may use, each once, in the order
	// of their columns.
	Aggs []*Agg
}

// WithAggregates is the group with the aggregates that these expressions call.
// One that cannot be resolved is left out: who resolves the expression gets the
// complaint.
func (r *Resolver) WithAggregates(list []ast.Expr) *Group {
	out := *r.Group
	for _, e := range list {
		ast.Walk(e, func(e ast.Expr) bool {
			c, ok := e.(*ast.Call)
			if !ok || c.Over != nil {
				return true
			}
			of := r.Env.Functions.Aggregate(c.Name)
			if of == nil || of.Call != nil {
				return true
			}
			if a, err := r.aggregateOf(c, of); err == nil && out.find(a) < 0 {
				out.Aggs = append(out.Aggs, a)
			}
			return false
		})
	}
	return &out
}

// find is the number of an aggregate among those of the group; -1: it has none.
func (g *Group) find(a *Agg) int {
	return slices.IndexFunc(g.Aggs, func(other *Agg) bool { return other.ID == a.ID })
}

// Agg is one aggregate of a query.
type Agg struct {
	Of *Aggregate
	AggInput
	Filter   *Expr
	Distinct bool
	Type     types.Type
	ID       ID // the same for the same aggregate
}

// HasAggregate says whether an expression calls an aggregate outside of queries of its own.
func (g *Registry) HasAggregate(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if c, ok := x.(*ast.Call); ok && c.Over == nil && g.Aggregate(c.Name) != nil {
			found = true
		}
		return !found
	})
	return found
}

// aggregate resolves a call of an aggregate in a grouped query.
func (r *Resolver) aggregate(c *ast.Call, of *Aggregate) (*Expr, error) {
	if r.inAggregate {
		return nil, nested{}
	}
	if r.Group == nil {
		where := r.Where
		if where == "" {
			return nil, sqlerr.Refuse(c.Pos, "an aggregate in this place")
		}
		return nil, sqlerr.Invalid(c.Pos, "Aggregate expression is illegal in %s clause", where)
	}
	if of.Call != nil {
		return of.Call(r, of, c)
	}
	agg, err := r.aggregateOf(c, of)
	if _, ok := err.(nested); ok {
		return nil, sqlerr.Invalid(c.Pos, "Aggregate expressions cannot be nested")
	}
	if err != nil {
		return nil, err
	}
	at := r.Group.find(agg)
	if at < 0 {
		return nil, sqlerr.Refuse(c.Pos, "an aggregate in this place")
	}
	return &Expr{Pos: c.Pos, Type: agg.Type, Column: -1, ID: agg.ID, Eval: column(r.Group.Column + at)}, nil
}

// NoPlan is the planner's complaint; the plan that Flink prints is put in by
// who knows it.
func (r *Resolver) NoPlan(pos ast.Pos, cause string) error {
	return sqlerr.NoPlan(pos, r.Env.Streaming, cause)
}

// nested says that an aggregate stands within another.
type nested struct{}

func (nested) Error() string { return "nested aggregate" }

// aggregateOf resolves an aggregate.
func (r *Resolver) aggregateOf(c *ast.Call, of *Aggregate) (*Agg, error) {
	own := *r
	own.inAggregate = true
	resolve := of.Args
	if resolve == nil {
		resolve = oneArg
	}
	in, err := resolve(&own, c, of)
	if err != nil {
		return nil, err
	}
	filter, err := own.filter(c)
	if err != nil {
		return nil, err
	}
	a := &Agg{Of: of, AggInput: in, Filter: filter, Distinct: c.Distinct && !of.NoDistinct}
	if a.Type, err = of.Type(&own, c, a); err != nil {
		return nil, err
	}
	if (r.Group.Column == 0 || a.Filter != nil) && !of.NeverNull { // without keys there may be no row
		a.Type.Nullable = true
	}
	args := in.All
	if filter != nil {
		args = append(slices.Clone(args), filter)
	}
	key := "AGG " + of.Name
	if a.Distinct {
		key += " DISTINCT"
	}
	if a.Filter != nil {
		key += " FILTER"
	}
	a.ID = r.Env.Node(c.Pos, key, a.Type, args, Always(value.NULL)).ID
	return a, nil
}

// oneArg resolves the only argument.
func oneArg(r *Resolver, c *ast.Call, of *Aggregate) (AggInput, error) {
	return r.AggregateArgs(c, of, 1)
}

// AggregateArgs resolves the arguments of an aggregate, at most so many: the
// first is what it computes from.
func (r *Resolver) AggregateArgs(c *ast.Call, of *Aggregate, most int) (in AggInput, err error) {
	if len(c.Args) == 1 {
		if star, is := c.Args[0].(*ast.Star); is {
			return in, sqlerr.Invalid(star.Pos, "Unknown identifier '*'")
		}
	}
	if in.All, err = r.Values(c.Args); err != nil {
		return in, err
	}
	if len(in.All) < 1 || len(in.All) > most {
		return in, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", of.Name,
		)
	}
	in.Arg = in.All[0]
	if len(in.All) == 2 {
		in.Extra = in.All[1]
	}
	return in, nil
}

// filter resolves FILTER; nil: there is none.
func (r *Resolver) filter(c *ast.Call) (*Expr, error) {
	if c.Filter == nil {
		return nil, nil
	}
	f, err := r.Value(c.Filter)
	if err != nil {
		return nil, err
	}
	if f.Type.Root != types.Boolean {
		return nil, sqlerr.Invalid(f.Pos, "FILTER clause must be a condition")
	}
	return f, nil
}

// OverAggregate resolves an aggregate over a window. NULL comes of nothing
// but NULL: there always is a row.
func (r *Resolver) OverAggregate(c *ast.Call, of *Aggregate) (*Agg, error) {
	if r.Group != nil {
		return nil, sqlerr.Refuse(c.Pos, "an aggregate over a window of groups")
	}
	own := *r
	own.Over = nil
	own.Group = &Group{Keys: map[ID]*Expr{}, Column: 1}
	own.plainAggregate = true
	if of.Type == nil {
		return nil, sqlerr.Refuse(c.Pos, "the function %s", of.Name)
	}
	a, err := own.aggregateOf(c, of)
	if _, ok := err.(nested); ok {
		return nil, sqlerr.Refuse(c.Pos, "an aggregate of an aggregate over a window")
	}
	return a, err
}
