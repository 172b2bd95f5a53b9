package aggregates

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/types"
)

// New begins to compute an aggregate of a query.
func New(a *expr.Agg, retracts bool, b *state.Budget) state.Accumulator {
	acc := a.Of.New(a, retracts, b)
	if a.Distinct && !a.Of.Once {
		return &distinct{inner: acc, t: a.Arg.Type, seen: map[string]int{}, budget: b}
	}
	return acc
}

// countArgs resolves the argument of COUNT, or *.
func countArgs(r *expr.Resolver, c *ast.Call, _ *expr.Aggregate) (expr.AggInput, error) {
	if len(c.Args) == 1 {
		if star, is := c.Args[0].(*ast.Star); is {
			if c.Distinct {
				return expr.AggInput{}, &sqlerr.Error{
					Pos: star.Pos, Class: sqlerr.ClassParser,
					Message: fmt.Sprintf(
						"SQL parse failed. Encountered \"*\" at line %d, column %d.", star.Pos.Line, star.Pos.Col,
					),
				}
			}
			return expr.AggInput{}, nil
		}
	}
	args, err := r.Values(c.Args)
	switch {
	case err != nil:
		return expr.AggInput{}, err
	case len(args) > 1:
		return expr.AggInput{}, r.NoPlan(
			c.Pos,
			"We now only support the count of one field.\nPlease check the documentation for the set of "+
				"currently supported SQL features.",
		)
	case len(args) < 1:
		return expr.AggInput{}, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function 'COUNT'. Was expecting 1 arguments",
		)
	}
	return expr.AggInput{Arg: args[0], All: args}, nil
}

func countType(*expr.Resolver, *ast.Call, *expr.Agg) (types.Type, error) {
	return types.Of(types.Bigint), nil
}

func newCounter(*expr.Agg, bool, *state.Budget) state.Accumulator { return &counter{} }

// noNumber is the complaint of an aggregate of numbers about others.
func noNumber(c *ast.Call, a *expr.Agg) error {
	return expr.CannotApply(
		c.Pos, a.Of.Name, a.Of.Name+"("+expr.Signature([]*expr.Expr{a.Arg})+")", "'"+a.Of.Name+"(<NUMERIC>)'",
	)
}

func sumType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	t := a.Arg.Type
	if !t.IsNumeric() {
		return t, noNumber(c, a)
	}
	if t.Root == types.Decimal {
		t = types.Dec(types.MaxPrecision, t.S).Null(t.Nullable)
	}
	return t, nil
}

func avgType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	t := a.Arg.Type
	if !t.IsNumeric() {
		return t, noNumber(c, a)
	}
	if t.Root == types.Decimal {
		t = types.Dec(types.MaxPrecision, max(6, t.S)).Null(t.Nullable)
	}
	return t, nil
}

// newSum computes SUM, or AVG.
func newSum(avg bool) func(*expr.Agg, bool, *state.Budget) state.Accumulator {
	return func(a *expr.Agg, _ bool, _ *state.Budget) state.Accumulator {
		s := &summer{from: a.Arg.Type, to: a.Type, avg: avg}
		s.dec.Exponent = int32(-a.Arg.Type.S)
		return s
	}
}

// spreadType is the type of a variance or a deviation: of a sample, or of all.
func spreadType(sample bool) func(*expr.Resolver, *ast.Call, *expr.Agg) (types.Type, error) {
	return func(r *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
		t := a.Arg.Type
		if !t.IsNumeric() {
			return t, noNumber(c, a)
		}
		if t.Root == types.Float || !t.Nullable && r.Group.Column > 0 && sample {
			return t, sqlerr.Refuse(c.Pos, "%s of %s", a.Of.Name, t)
		}
		if t.Root == types.Decimal {
			t = types.Dec(types.MaxPrecision, max(6, t.S)).Null(t.Nullable)
		}
		return t, nil
	}
}

// newSpread computes a variance, or its root.
func newSpread(sample, root bool) func(*expr.Agg, bool, *state.Budget) state.Accumulator {
	return func(a *expr.Agg, _ bool, _ *state.Budget) state.Accumulator {
		if a.Arg.Type.Root == types.Decimal {
			return &decimalSpread{to: a.Type, sample: sample, root: root, scale: a.Arg.Type.S}
		}
		return &spread{t: a.Arg.Type.Root, sample: sample, root: root}
	}
}

// extremeType is the type of MIN and MAX, which complaints call Min and Max.
func extremeType(name string) func(*expr.Resolver, *ast.Call, *expr.Agg) (types.Type, error) {
	return func(r *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
		t := a.Arg.Type
		if kind := noExtreme(t); kind != "" {
			return t, r.NoPlan(
				c.Pos,
				name+" aggregate function does not support type: ''"+kind+
					"''.\nPlease re-check the data type.\nPlease check the documentation for the set of "+
					"currently supported SQL features.",
			)
		}
		if t.Root > types.Array {
			return t, sqlerr.Refuse(c.Pos, "%s of %s", a.Of.Name, t)
		}
		t.Rowtime = false
		return t, nil
	}
}

// noExtreme is Flink's name of a type that has no MIN and MAX.
func noExtreme(t types.Type) string {
	switch t.Root {
	case types.Array:
		return "ARRAY"
	case types.Map:
		return "MAP"
	case types.Binary:
		return "BINARY"
	case types.Varbinary:
		return "VARBINARY"
	case types.IntervalMillis:
		return "INTERVAL_DAY_TIME"
	case types.IntervalMonths:
		return "INTERVAL_YEAR_MONTH"
	}
	return ""
}

func newExtreme(greatest bool) func(*expr.Agg, bool, *state.Budget) state.Accumulator {
	return func(a *expr.Agg, retracts bool, b *state.Budget) state.Accumulator {
		if retracts {
			return &extremes{t: a.Arg.Type, max: greatest, seen: map[string]*counted{}, budget: b}
		}
		return &extreme{t: a.Arg.Type, max: greatest, budget: b}
	}
}

func edgeType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	t := a.Arg.Type
	if t.Root >= types.Array {
		return t, sqlerr.Refuse(c.Pos, "%s of %s", a.Of.Name, t)
	}
	t.Rowtime = false
	return t, nil
}

// newEdge computes FIRST_VALUE, or LAST_VALUE.
func newEdge(last bool) func(*expr.Agg, bool, *state.Budget) state.Accumulator {
	return func(_ *expr.Agg, _ bool, b *state.Budget) state.Accumulator { return &ordered{last: last, budget: b} }
}

func listaggArgs(r *expr.Resolver, c *ast.Call, of *expr.Aggregate) (expr.AggInput, error) {
	return r.AggregateArgs(c, of, 2)
}

func listaggType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	t := a.Arg.Type
	args := []*expr.Expr{a.Arg}
	if a.Extra != nil {
		args = append(args, a.Extra)
	}
	switch {
	case t.IsText() && (a.Extra == nil || a.Extra.Type.IsText() && a.Extra.Literal != nil):
		return types.String.Null(t.Nullable), nil
	case t.IsText() && a.Extra.Type.IsText():
		return t, sqlerr.Invalid(c.Pos, "Argument to function 'LISTAGG' must be a literal")
	}
	return t, expr.CannotApply(
		c.Pos, "LISTAGG", "LISTAGG("+expr.Signature(args)+")",
		"'LISTAGG(<CHARACTER>)'\n'LISTAGG(<CHARACTER>, <CHARACTER_LITERAL>)'",
	)
}

func newListagg(a *expr.Agg, retracts bool, b *state.Budget) state.Accumulator {
	sep := ","
	if a.Extra != nil {
		sep = a.Extra.Literal.S
	}
	return &lister{sep: sep, retracts: retracts, budget: b}
}

func arrayType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	elem := a.Arg.Type
	if a.Filter != nil && !elem.Nullable {
		return elem, sqlerr.Refuse(c.Pos, "ARRAY_AGG of %s with FILTER", elem)
	}
	return types.Type{Root: types.Array, Elem: &elem, Nullable: elem.Nullable}, nil
}

func newArray(_ *expr.Agg, _ bool, b *state.Budget) state.Accumulator { return &collector{budget: b} }

func collectType(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	t := a.Arg.Type
	if !t.IsText() && !t.IsInt() && t.Root != types.Date && t.Root != types.Boolean {
		return t, sqlerr.Refuse(c.Pos, "COLLECT of %s", t)
	}
	return types.Type{Root: types.Multiset, Elem: &t}, nil
}

func newBag(a *expr.Agg, _ bool, b *state.Budget) state.Accumulator {
	return &bag{t: a.Arg.Type, budget: b}
}

func singleType(_ *expr.Resolver, _ *ast.Call, a *expr.Agg) (types.Type, error) {
	return a.Arg.Type, nil
}

func newSingle(_ *expr.Agg, _ bool, b *state.Budget) state.Accumulator { return &single{budget: b} }

// Single is the only value of a query that stands for a value, of a type that
// may be NULL.
func Single(x *expr.Expr, t types.Type) *expr.Agg {
	return &expr.Agg{Of: Named("SINGLE_VALUE"), AggInput: expr.AggInput{Arg: x}, Type: t}
}

// Named finds an aggregate by its name.
func Named(name string) *expr.Aggregate {
	for _, a := range Aggregates {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// refused is the type of an aggregate that the engine does not compute.
func refused(_ *expr.Resolver, c *ast.Call, a *expr.Agg) (types.Type, error) {
	return types.Type{}, sqlerr.Refuse(c.Pos, "the function %s", a.Of.Name)
}

func refusedArgs(r *expr.Resolver, c *ast.Call, _ *expr.Aggregate) (expr.AggInput, error) {
	args, err := anyArgs(r, c)
	return expr.AggInput{All: args}, err
}

// unknownArgs complains of an aggregate that the parser knows and Flink does not have.
func unknownArgs(r *expr.Resolver, c *ast.Call, _ *expr.Aggregate) (expr.AggInput, error) {
	args, err := anyArgs(r, c)
	if err != nil {
		return expr.AggInput{}, err
	}
	return expr.AggInput{}, r.NoMatch(c, args)
}

func approximateArgs(r *expr.Resolver, c *ast.Call, _ *expr.Aggregate) (expr.AggInput, error) {
	args, err := anyArgs(r, c)
	if err != nil {
		return expr.AggInput{}, err
	}
	if r.Env.Streaming && len(args) == 1 {
		return expr.AggInput{}, r.NoPlan(
			c.Pos,
			"APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.\nPlease check the "+
				"documentation for the set of currently supported SQL features.",
		)
	}
	return expr.AggInput{All: args}, nil
}

// anyArgs resolves any number of arguments.
func anyArgs(r *expr.Resolver, c *ast.Call) ([]*expr.Expr, error) {
	if len(c.Args) == 1 {
		if star, is := c.Args[0].(*ast.Star); is {
			return nil, sqlerr.Invalid(star.Pos, "Unknown identifier '*'")
		}
	}
	return r.Values(c.Args)
}
