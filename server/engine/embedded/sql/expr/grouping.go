package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// groupingCall resolves GROUPING and GROUPING_ID: a bit for each key that the
// row's set leaves out.
func (r *Resolver) groupingCall(c *parse.Call, name string) (*X, error) {
	if len(c.Args) == 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", name)
	}
	if r.Group.Sets == nil {
		return r.ungrouped(c, name)
	}
	ids := make([]int64, len(r.Group.Sets))
	for _, a := range c.Args {
		x, err := r.Value(a)
		if err != nil {
			return nil, err
		}
		key, ok := r.Group.Keys[x.ID]
		if !ok {
			return nil, sqlerr.Invalid(x.Pos, "Argument to %s operator must be a grouped expression", name)
		}
		for i, set := range r.Group.Sets {
			ids[i] <<= 1
			if !set[key.Col] {
				ids[i]++
			}
		}
	}
	number := r.Group.Column - 1
	return r.Env.node(c.Pos, name+fmt.Sprint(ids), types.Of(types.Bigint), nil, func(row value.Row) (value.Value, error) {
		return value.Int(ids[row[number].I]), nil
	}), nil
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

// ungrouped is GROUPING without GROUPING SETS: every key is there.
func (r *Resolver) ungrouped(c *parse.Call, name string) (*X, error) {
	for _, a := range c.Args {
		x, err := r.Value(a)
		if err != nil {
			return nil, err
		}
		if _, ok := r.Group.Keys[x.ID]; !ok {
			return nil, sqlerr.Invalid(x.Pos, "Argument to %s operator must be a grouped expression", name)
		}
	}
	return r.Env.node(c.Pos, name, types.Of(types.Bigint), nil, always(value.Int(0))), nil
}

// filtered adds FILTER and finds the type of the result.
func (r *Resolver) filtered(c *parse.Call, a *Agg, args []*X) (*Agg, int, error) {
	if c.Filter != nil && a.Name == "ARRAY_AGG" && !a.Arg.Type.Nullable {
		return nil, 0, sqlerr.Refuse(c.Pos, "ARRAY_AGG of %s with FILTER", a.Arg.Type)
	}
	if c.Filter != nil {
		f, err := r.Value(c.Filter)
		if err != nil {
			return nil, 0, err
		}
		if f.Type.Root != types.Boolean {
			return nil, 0, sqlerr.Invalid(f.Pos, "FILTER clause must be a condition")
		}
		a.Filter = f
		args = append(append([]*X{}, args...), f)
	}
	if err := a.typed(r, c, args); err != nil {
		return nil, 0, err
	}
	if r.Group.Column == 0 || a.Filter != nil { // without keys there may be no row
		if a.Name != "COUNT" && a.Name != "ARRAY_AGG" && a.Name != "COLLECT" && !strings.HasPrefix(a.Name, "JSON_") {
			a.Type.Nullable = true
		}
	}
	key := "AGG " + a.Name
	if a.Distinct {
		key += " DISTINCT"
	}
	if a.Filter != nil {
		key += " FILTER"
	}
	return a, r.Env.node(c.Pos, key, a.Type, args, always(value.NULL)).ID, nil
}

func (a *Agg) typed(r *Resolver, c *parse.Call, args []*X) error {
	if a.Name == "COUNT" {
		a.Type = types.Of(types.Bigint)
		return nil
	}
	t := a.Arg.Type
	switch a.Name {
	case "SUM", "AVG":
		if !t.IsNumeric() {
			return cannotApply(c.Pos, a.Name, a.Name+"("+signature(args[:1])+")", "'"+a.Name+"(<NUMERIC>)'")
		}
		if t.Root == types.Decimal {
			s := t.S
			if a.Name == "AVG" {
				s = max(6, s)
			}
			t = types.Dec(types.MaxPrecision, s).Null(t.Nullable)
		}
	case "VAR_POP", "VAR_SAMP", "VARIANCE", "STDDEV_POP", "STDDEV_SAMP", "STDDEV":
		if !t.IsNumeric() {
			return cannotApply(c.Pos, a.Name, a.Name+"("+signature(args[:1])+")", "'"+a.Name+"(<NUMERIC>)'")
		}
		if t.Root == types.Float || !t.Nullable && r.Group.Column > 0 && !strings.HasSuffix(a.Name, "_POP") {
			return sqlerr.Refuse(c.Pos, "%s of %s", a.Name, t)
		}
		if t.Root == types.Decimal {
			t = types.Dec(types.MaxPrecision, max(6, t.S)).Null(t.Nullable)
		}
	case "MIN", "MAX":
		if kind := noExtreme(t); kind != "" {
			name := strings.ToUpper(a.Name[:1]) + strings.ToLower(a.Name[1:])
			return r.noPlan(c.Pos, name+" aggregate function does not support type: ''"+kind+"''.\nPlease re-check the data type.\nPlease check the documentation for the set of currently supported SQL features.")
		}
		if t.Root > types.Array {
			return sqlerr.Refuse(c.Pos, "%s of %s", a.Name, t)
		}
		t.Rowtime = false
	case "LISTAGG":
		if !t.IsText() || a.Extra != nil && (a.Extra.Lit == nil || !a.Extra.Type.IsText()) {
			args := []*X{a.Arg}
			if a.Extra != nil {
				args = append(args, a.Extra)
			}
			if t.IsText() && a.Extra != nil && a.Extra.Type.IsText() {
				return sqlerr.Invalid(c.Pos, "Argument to function 'LISTAGG' must be a literal")
			}
			return cannotApply(c.Pos, "LISTAGG", "LISTAGG("+signature(args)+")", "'LISTAGG(<CHARACTER>)'\n'LISTAGG(<CHARACTER>, <CHARACTER_LITERAL>)'")
		}
		t = types.String.Null(t.Nullable)
	case "COLLECT":
		if !t.IsText() && !t.IsInt() && t.Root != types.Date && t.Root != types.Boolean {
			return sqlerr.Refuse(c.Pos, "COLLECT of %s", t)
		}
		elem := t
		t = types.Type{Root: types.Multiset, Elem: &elem}
	case "JSON_ARRAYAGG", "JSON_OBJECTAGG":
		t = types.Text(2000)
	case "PERCENTILE":
		t = types.Of(types.Double).Null(true)
		if a.Extra != nil {
			elem := t
			t = types.Type{Root: types.Array, Elem: &elem, Nullable: true}
		}
	case "ARRAY_AGG":
		elem := t
		t = types.Type{Root: types.Array, Elem: &elem, Nullable: elem.Nullable}
	case "FIRST_VALUE", "LAST_VALUE":
		if t.Root >= types.Array {
			return sqlerr.Refuse(c.Pos, "%s of %s", a.Name, t)
		}
		t.Rowtime = false
	}
	a.Type = t
	return nil
}
