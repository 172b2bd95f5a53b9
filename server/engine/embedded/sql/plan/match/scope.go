package match

import (
	"slices"
	"strconv"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream/aggregate"
	"drey/server/engine/embedded/sql/stream/cep"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// matchScope resolves expressions over a match. They are computed from one
// wide row: the last row of each variable, then the last row of all, then what
// calls such as FIRST give.
type matchScope struct {
	*matching
	within string // the variable whose condition it is; empty in MEASURES
	calls  []matchCall
	found  map[*ast.Call]*expr.Expr // the columns of the calls
}

// matchCall gives a value of a type from the rows of one variable, -1 being all
// rows.
type matchCall struct {
	variable int
	t        types.Type
	value    func(rows []value.Row) (value.Value, error)
}

// newScope finds the calls over several rows in these expressions. One that cannot
// be resolved is left out: who resolves its expression gets the complaint.
func (m *matching) newScope(within string, list []ast.Expr) *matchScope {
	s := &matchScope{matching: m, within: within, found: map[*ast.Call]*expr.Expr{}}
	for _, e := range list {
		ast.Walk(e, func(e ast.Expr) bool {
			c, ok := e.(*ast.Call)
			if !ok || c.Over != nil {
				return true
			}
			resolve := s.resolverOf(strings.ToUpper(c.Name))
			if resolve == nil {
				return true
			}
			of, err := resolve(s, c, strings.ToUpper(c.Name))
			if err != nil {
				return false
			}
			at := (len(s.op.Variables)+1)*s.width() + len(s.calls)
			x := s.env.External(c.Pos, "MATCH "+s.within+" "+strconv.Itoa(at), of.t)
			x.Eval = func(row value.Row) (value.Value, error) { return row[at], nil }
			s.found[c], s.calls = x, append(s.calls, of)
			return false
		})
	}
	return s
}

func (s *matchScope) width() int { return len(s.columns) }

func (s *matchScope) resolver() *expr.Resolver {
	var relations []expr.Relation
	hidden := slices.Clone(s.columns)
	for i := range hidden {
		hidden[i].Hidden = true
	}
	for i, v := range s.op.Variables {
		relations = append(relations, expr.Relation{Name: v, Columns: hidden, Offset: i * s.width()})
	}
	relations = append(relations, expr.Relation{Columns: s.columns, Offset: len(s.op.Variables) * s.width()})
	r := expr.NewResolver(s.env, &expr.Scope{Relations: relations}, "")
	r.Call = s.call
	return r
}

// row is the wide row of a match.
func (s *matchScope) row(m *cep.MatchRows) (value.Row, error) {
	base := (len(s.op.Variables) + 1) * s.width()
	wide := make(value.Row, base+len(s.calls))
	for i, row := range m.Rows {
		copy(wide[m.Variables[i]*s.width():], row[:s.width()])
	}
	copy(wide[base-s.width():base], m.Rows[len(m.Rows)-1])
	for i, c := range s.calls {
		rows := m.Rows
		if c.variable >= 0 {
			rows = nil
			for k, v := range m.Variables {
				if v == c.variable {
					rows = append(rows, m.Rows[k])
				}
			}
		}
		v, err := c.value(rows)
		if err != nil {
			return nil, err
		}
		wide[base+i] = v
	}
	return wide, nil
}

// resolveCall resolves a call over several rows of a match.
type resolveCall func(s *matchScope, c *ast.Call, name string) (matchCall, error)

// ofMatch are the functions that are there within MATCH_RECOGNIZE only.
var ofMatch = map[string]resolveCall{
	"FIRST": offset(func(_, skip int) int { return skip }), "LAST": offset(func(n, skip int) int { return n - 1 - skip }),
	"MATCH_ROWTIME": rowtime,
	"PREV":          refused, "NEXT": refused, "CLASSIFIER": refused, "MATCH_NUMBER": refused, "MATCH_PROCTIME": refused,
}

func refused(_ *matchScope, c *ast.Call, name string) (matchCall, error) {
	return matchCall{}, sqlerr.Refuse(c.Pos, "%s in MATCH_RECOGNIZE", name)
}

// call is the hook of expr.Resolver for calls over several rows of a match.
func (s *matchScope) call(c *ast.Call, name string) (*expr.Expr, error) {
	resolve := s.resolverOf(name)
	if x := s.found[c]; x != nil || resolve == nil {
		return x, nil
	}
	if _, err := resolve(s, c, name); err != nil {
		return nil, err
	}
	return nil, sqlerr.Refuse(c.Pos, "%s in this place", name)
}

// resolverOf resolves calls of a function over several rows of a match; nil: it is none.
func (s *matchScope) resolverOf(name string) resolveCall {
	if resolve := ofMatch[name]; resolve != nil {
		return resolve
	}
	if s.env.Functions.Aggregate(name) != nil {
		return aggregated
	}
	return nil
}

// aggregated resolves an aggregate of rows of a match.
func aggregated(s *matchScope, c *ast.Call, name string) (matchCall, error) {
	of := s.env.Functions.Aggregate(name)
	if !of.Match || c.Distinct || c.Filter != nil {
		return matchCall{}, sqlerr.Refuse(c.Pos, "this aggregate in MATCH_RECOGNIZE")
	}
	variable, r, err := s.of(c)
	if err != nil {
		return matchCall{}, err
	}
	agg, err := r.OverAggregate(c, of)
	if err != nil {
		return matchCall{}, err
	}
	return matchCall{
		variable,
		agg.Type.Null(agg.Type.Nullable || !of.NeverNull),
		func(rows []value.Row) (value.Value, error) {
			return aggregate.Aggregated(agg, rows)
		},
	}, nil
}

// of finds the one variable that the arguments of a call speak of, and a
// resolver over its rows.
func (s *matchScope) of(c *ast.Call) (int, *expr.Resolver, error) {
	variable, seen := -1, false
	var err error
	for _, arg := range c.Args {
		ast.Walk(arg, func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			if !ok {
				return true
			}
			at := -1
			if len(id.Parts) > 1 {
				at = slices.Index(s.op.Variables, id.Parts[0].Text)
			}
			if seen && at != variable {
				err = sqlerr.Refuse(c.Pos, "several variables in one call")
			}
			variable, seen = at, true
			return true
		})
	}
	rel := expr.Relation{Columns: s.columns}
	if variable >= 0 {
		rel.Name = s.op.Variables[variable]
	}
	return variable, expr.NewResolver(s.env, &expr.Scope{Relations: []expr.Relation{rel}}, ""), err
}

// offset resolves FIRST(x, n) and LAST(x, n): which of the n rows of the match
// is taken, when so many are skipped.
func offset(row func(n, skip int) int) resolveCall {
	return func(s *matchScope, c *ast.Call, name string) (matchCall, error) {
		variable, x, skip, err := s.offsetArgs(c, name)
		if err != nil {
			return matchCall{}, err
		}
		return matchCall{variable, tree.WithoutTime(x.Type).Null(true), func(rows []value.Row) (value.Value, error) {
			at := row(len(rows), skip)
			if at < 0 || at >= len(rows) {
				return value.NULL, nil
			}
			return x.Eval(rows[at])
		}}, nil
	}
}

// offsetArgs are the variable, the value, and how many rows are skipped.
func (s *matchScope) offsetArgs(c *ast.Call, name string) (variable int, x *expr.Expr, skip int, err error) {
	if len(c.Args) < 1 || len(c.Args) > 2 {
		return 0, nil, 0, sqlerr.Refuse(c.Pos, "%s with %d arguments", name, len(c.Args))
	}
	variable, r, err := s.of(&ast.Call{Pos: c.Pos, Args: c.Args[:1]})
	if err != nil {
		return 0, nil, 0, err
	}
	if x, err = r.Value(c.Args[0]); err != nil {
		return 0, nil, 0, err
	}
	if len(c.Args) == 2 {
		n, err := r.Value(c.Args[1])
		if err != nil {
			return 0, nil, 0, err
		}
		if n.Literal == nil || !n.Type.IsInt() || n.Literal.I < 0 || n.Literal.I > 1_000_000 {
			return 0, nil, 0, sqlerr.Refuse(n.Pos, "%s with this number", name)
		}
		skip = int(n.Literal.I)
	}
	return variable, x, skip, nil
}

// rowtime is the time of the last row of a match.
func rowtime(s *matchScope, c *ast.Call, name string) (matchCall, error) {
	if len(c.Args) > 0 || s.within != "" {
		return matchCall{}, sqlerr.Refuse(c.Pos, "this use of %s", name)
	}
	t := s.columns[s.op.Time].Type.Null(false)
	t.Rowtime = !s.batch
	at := s.op.Time
	return matchCall{-1, t, func(rows []value.Row) (value.Value, error) { return rows[len(rows)-1][at], nil }}, nil
}
