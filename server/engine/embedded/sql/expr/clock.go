package expr

import (
	"strings"
	"time"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// clock resolves CURRENT_TIMESTAMP and its kin: the time at which a row is
// processed, which is the same when the statement is computed again.
func clock(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	if len(c.Args) > 0 {
		args, err := r.values(c.Args)
		if err != nil {
			return nil, err
		}
		return nil, unsupportedCall(c, args)
	}
	if called := name == "NOW" || name == "CURRENT_ROW_TIMESTAMP"; called == c.Niladic {
		return nil, sqlerr.Refuse(c.Pos, "%s written this way", name)
	}
	e := r.Env
	now := func() value.Value { return value.Stamp(e.Now(), 0) }
	var t types.Type
	var get func() value.Value
	switch name {
	case "CURRENT_DATE":
		t, get = types.Of(types.Date), func() value.Value {
			return value.Int(calendar.FloorDiv(calendar.WallClock(e.zone(), now()).I, 86400000))
		}
	case "CURRENT_TIME", "LOCALTIME":
		t, get = types.Type{Root: types.Time}, func() value.Value {
			return value.Int(calendar.FloorMod(calendar.WallClock(e.zone(), now()).I, 86400000) / 1000 * 1000)
		}
	case "LOCALTIMESTAMP":
		t, get = types.Type{Root: types.Timestamp, P: 3}, func() value.Value { return calendar.WallClock(e.zone(), now()) }
	default:
		t, get = types.Type{Root: types.TimestampLTZ, P: 3}, now
	}
	x := e.node(c.Pos, name, t, nil, func(value.Row) (value.Value, error) { return get(), nil })
	x.Const = false
	return x, nil
}

// proctime resolves PROCTIME: the time of processing as a time attribute.
func proctime(r *Resolver, c *parse.Call) (*X, error) {
	if len(c.Args) > 0 || c.Niladic {
		return nil, sqlerr.Refuse(c.Pos, "PROCTIME with arguments")
	}
	e := r.Env
	t := types.Type{Root: types.TimestampLTZ, P: 3, Proctime: true}
	x := e.node(c.Pos, "PROCTIME", t, nil, func(value.Row) (value.Value, error) { return value.Stamp(e.Now(), 0), nil })
	x.Const = false
	return x, nil
}

// timestampCall resolves TIMESTAMPADD and TIMESTAMPDIFF.
func timestampCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	if len(c.Args) != 3 {
		return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", name, len(c.Args))
	}
	unit, ok := c.Args[0].(*parse.Symbol)
	if !ok || calendar.UnitMillis[unit.Word] == 0 && calendar.UnitMonths[unit.Word] == 0 {
		if ok && calendar.NoUnit(unit.Word) {
			return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, sqlerr.Refuse(c.Pos, "this unit of %s", name)
	}
	args, err := r.values(c.Args[1:])
	if err != nil {
		return nil, err
	}
	if name == "TIMESTAMPADD" {
		return r.timestampAdd(c, unit.Word, args)
	}
	for _, a := range args {
		if a.Type.Root != types.Date && !a.Type.IsTimestamp() || args[0].Type.Root == types.TimestampLTZ != (a.Type.Root == types.TimestampLTZ) {
			if a.Type.Root == types.Time && args[0].Type.Root == types.Time {
				return nil, &sqlerr.Error{Pos: c.Pos, Class: "scala.MatchError", Message: "(TIME_WITHOUT_TIME_ZONE,TIME_WITHOUT_TIME_ZONE) (of class scala.Tuple2)"}
			}
			if a.Type.IsNumeric() || a.Type.IsText() || a.Type.Root == types.Boolean {
				return nil, cannotApply(c.Pos, name, name+"(<INTERVAL "+unit.Word+">, "+signature(args)+")", "'TIMESTAMPDIFF(<ANY>, <DATETIME>, <DATETIME>)'")
			}
			return nil, sqlerr.Refuse(c.Pos, "TIMESTAMPDIFF of %s", a.Type)
		}
	}
	t := types.Of(types.Integer).Null(args[0].Type.Nullable || args[1].Type.Nullable)
	return Fold(r.Env.node(c.Pos, name+" "+unit.Word, t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		from, to := calendar.MillisOf(vs[0], args[0].Type), calendar.MillisOf(vs[1], args[1].Type)
		if m, ok := calendar.UnitMonths[unit.Word]; ok {
			return value.Int(numeric.WrapInt(calendar.MonthsBetween(to, from)/m, types.Integer)), nil
		}
		return value.Int(numeric.WrapInt((to-from)/calendar.UnitMillis[unit.Word], types.Integer)), nil
	}))), nil
}

func (r *Resolver) timestampAdd(c *parse.Call, unit string, args []*X) (*X, error) {
	n, x := args[0], args[1]
	days := unit == "DAY" || unit == "WEEK" || calendar.UnitMonths[unit] > 0
	switch {
	case !n.Type.IsInt() || x.Type.IsText() || x.Type.IsNumeric():
		return nil, cannotApply(c.Pos, "TIMESTAMPADD", "TIMESTAMPADD(<INTERVAL "+unit+">, "+signature(args)+")", "'TIMESTAMPADD(<ANY>, <INTEGER>, <DATETIME>)'")
	case !x.Type.IsDatetime() || x.Type.Root == types.TimestampLTZ && calendar.UnitMonths[unit] > 0 && r.Env.zone() != time.UTC:
		return nil, sqlerr.Refuse(c.Pos, "TIMESTAMPADD of %s and %s", n.Type, x.Type)
	case x.Type.Root == types.Time && days: // it has no days
		return x, nil
	case x.Type.Root == types.Date && !days:
		var err error
		if x, err = r.castTo(x.Pos, x, types.Type{Root: types.Timestamp, P: 6}, false); err != nil {
			return nil, err
		}
		args = []*X{n, x}
	}
	t := x.Type.OrNull(n.Type.Nullable)
	t.Rowtime = false
	return Fold(r.Env.node(c.Pos, "TIMESTAMPADD "+unit, t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		if m, ok := calendar.UnitMonths[unit]; ok {
			return calendar.AddMonthsTo(vs[1], t, vs[0].I*m), nil
		}
		return calendar.AddMillis(vs[1], t, vs[0].I*calendar.UnitMillis[unit]), nil
	}))), nil
}
