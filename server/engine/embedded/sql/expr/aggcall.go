package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// Group is what a grouped query has besides its input: the keys and the
// aggregates that its expressions ask for. Both are columns of the grouped row.
type Group struct {
	Keys map[int]*X // by the ID of the key's expression
	Aggs []*Agg
	// Sets are the keys of each grouping set; nil without GROUPING SETS.
	Sets [][]bool
	// Column is the index of the first aggregate.
	Column int
	byID   map[int]int
}

// Agg is one aggregate.
type Agg struct {
	Name     string
	Arg      *X // nil for COUNT(*)
	Extra    *X // the separator of LISTAGG
	Filter   *X
	Distinct bool
	Type     types.Type
	Key      string    // the same for the same aggregate
	Nulls    bool      // NULL is a value like others
	Shares   []float64 // of PERCENTILE
}

var aggregates = map[string]bool{"COUNT": true, "SUM": true, "AVG": true, "MIN": true, "MAX": true, "LISTAGG": true, "VAR_POP": true, "VAR_SAMP": true, "VARIANCE": true, "STDDEV_POP": true, "STDDEV_SAMP": true, "STDDEV": true, "FIRST_VALUE": true, "LAST_VALUE": true, "ARRAY_AGG": true, "COLLECT": true, "JSON_ARRAYAGG": true, "JSON_OBJECTAGG": true, "PERCENTILE": true}

var otherAggregates = map[string]bool{
	"APPROX_COUNT_DISTINCT": true, "SUM0": true, "SINGLE_VALUE": true,
	"GROUPING": true, "GROUPING_ID": true, "GROUP_ID": true, "COVAR_POP": true, "COVAR_SAMP": true, "REGR_COUNT": true,
}

// IsAggregate says whether a function, in upper case, is an aggregate.
func IsAggregate(name string) bool { return aggregates[name] || otherAggregates[name] }

// HasAggregate says whether an expression calls an aggregate outside of queries of its own.
func HasAggregate(e parse.Expr) bool {
	found := false
	parse.Walk(e, func(x parse.Expr) bool {
		if c, ok := x.(*parse.Call); ok && IsAggregate(upperASCII(c.Name)) && c.Over == nil {
			found = true
		}
		return !found
	})
	return found
}

func (r *Resolver) aggregate(c *parse.Call, name string) (*X, error) {
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
	if name == "GROUPING" && r.Group.Column == 0 && r.Group.Sets == nil && len(r.Group.Keys) == 0 && len(c.Args) > 0 {
		return nil, sqlerr.Invalid(c.Pos, "GROUPING operator may only occur in an aggregate query")
	}
	if name == "GROUP_ID" {
		return groupID(r, c)
	}
	if name == "GROUPING" || name == "GROUPING_ID" {
		return r.groupingCall(c, name)
	}
	agg, id, err := r.aggregateOf(c, name)
	if _, ok := err.(nested); ok {
		return nil, sqlerr.Invalid(c.Pos, "Aggregate expressions cannot be nested")
	}
	if err != nil {
		return nil, err
	}
	i, ok := r.Group.byID[id]
	if !ok {
		i = len(r.Group.Aggs)
		r.Group.Aggs = append(r.Group.Aggs, agg)
		if r.Group.byID == nil {
			r.Group.byID = map[int]int{}
		}
		r.Group.byID[id] = i
	}
	return &X{Pos: c.Pos, Type: agg.Type, Col: -1, ID: id, Fn: column(r.Group.Column + i)}, nil
}

// noPlan is the planner's complaint; the plan that Flink prints is put in by
// who knows it.
func (r *Resolver) noPlan(pos parse.Pos, cause string) error {
	return sqlerr.NoPlan(pos, r.Env.Streaming, cause)
}

// nested says that an aggregate stands within another.
type nested struct{}

func (nested) Error() string { return "nested aggregate" }

func (r *Resolver) aggregateOf(c *parse.Call, name string) (*Agg, int, error) {
	r.inAggregate = true
	defer func() { r.inAggregate = false }()
	a := &Agg{Name: name, Distinct: c.Distinct}
	var args []*X
	var err error
	if len(c.Args) == 1 {
		if star, is := c.Args[0].(*parse.Star); is {
			if name != "COUNT" {
				return nil, 0, sqlerr.Invalid(star.Pos, "Unknown identifier '*'")
			}
			if c.Distinct {
				return nil, 0, &sqlerr.Error{Pos: star.Pos, Class: sqlerr.ClassParser, Message: fmt.Sprintf("SQL parse failed. Encountered \"*\" at line %d, column %d.", star.Pos.Line, star.Pos.Col)}
			}
			return r.filtered(c, a, nil)
		}
	}
	if strings.HasPrefix(name, "JSON_") {
		return r.jsonAggregate(c, a)
	}
	if args, err = r.values(c.Args); err != nil {
		return nil, 0, err
	}
	if name == "PERCENTILE" {
		return r.percentile(c, a, args)
	}
	a.Nulls = name == "ARRAY_AGG" || name == "SINGLE_VALUE"
	if name == "APPROX_COUNT_DISTINCT" && r.Env.Streaming && len(args) == 1 {
		return nil, 0, r.noPlan(c.Pos, "APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.\nPlease check the documentation for the set of currently supported SQL features.")
	}
	if strings.HasPrefix(name, "COVAR_") || strings.HasPrefix(name, "REGR_") {
		return nil, 0, r.noMatch(c, args)
	}
	if !aggregates[name] && name != "SINGLE_VALUE" {
		return nil, 0, sqlerr.Refuse(c.Pos, "the function %s", name)
	}
	a.Distinct = a.Distinct && name != "FIRST_VALUE" && name != "LAST_VALUE" // which it does not change
	most := 1
	if name == "LISTAGG" {
		most = 2
	}
	if len(args) < 1 || len(args) > most {
		if name == "COUNT" && len(args) > 1 {
			return nil, 0, r.noPlan(c.Pos, "We now only support the count of one field.\nPlease check the documentation for the set of currently supported SQL features.")
		}
		if name == "COUNT" {
			return nil, 0, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function 'COUNT'. Was expecting 1 arguments")
		}
		return nil, 0, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", name)
	}
	a.Arg = args[0]
	if len(args) == 2 {
		a.Extra = args[1]
	}
	return r.filtered(c, a, args)
}

func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}
