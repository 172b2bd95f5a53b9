package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

func (r *Resolver) timeArithmetic(pos parse.Pos, op string, l, rt *X) (*X, error) {
	if op == "+" && l.Type.IsInterval() && rt.Type.IsDatetime() {
		l, rt = rt, l
	}
	switch {
	case (op == "+" || op == "-") && l.Type.IsDatetime() && rt.Type.IsInterval():
		return r.addInterval(pos, op, l, rt)
	case (op == "+" || op == "-") && l.Type.IsInterval() && rt.Type.Root == l.Type.Root:
		t := l.Type.Null(l.Type.Nullable || rt.Type.Nullable)
		return r.Env.node(pos, op, t, []*X{l, rt}, intFn(op, l, rt, t)), nil
	case l.Type.IsInterval() && rt.Type.IsNumeric() || rt.Type.IsInterval() && l.Type.IsNumeric():
		return nil, Refuse(pos, "%s of an interval and a number", op)
	}
	return nil, cannotApply(pos, op, "<"+l.Type.Calcite()+"> "+op+" <"+rt.Type.Calcite()+">", plusForms(op))
}

func (r *Resolver) addInterval(pos parse.Pos, op string, l, rt *X) (*X, error) {
	t := l.Type.OrNull(rt.Type.Nullable)
	t.Rowtime = false
	months := rt.Type.Root == types.IntervalMonths
	if months && l.Type.Root == types.Time {
		return nil, Refuse(pos, "months added to a TIME")
	}
	if l.Type.Root == types.TimestampLTZ && months {
		return nil, Refuse(pos, "months added to a TIMESTAMP_LTZ")
	}
	sign := int64(1)
	if op == "-" {
		sign = -1
	}
	return r.Env.node(pos, op, t, []*X{l, rt}, func(row value.Row) (value.Value, error) {
		a, b, ok, err := both(l, rt, row)
		if !ok {
			return value.NULL, err
		}
		if months {
			return addMonthsTo(a, t, sign*b.I), nil
		}
		if b.I%1000 != 0 && (t.Root == types.Time || t.IsTimestamp() && t.P < 3) {
			return value.NULL, refuseRow("a fraction of a second added to %s", t)
		}
		return addMillis(a, t, sign*b.I), nil
	}), nil
}

func addMonthsTo(v value.Value, t types.Type, months int64) value.Value {
	if t.Root == types.Date {
		return value.Int(addMonths(v.I, months))
	}
	days := floorDiv(v.I, 86400000)
	return value.Stamp(addMonths(days, months)*86400000+floorMod(v.I, 86400000), v.N)
}

func addMillis(v value.Value, t types.Type, millis int64) value.Value {
	switch t.Root {
	case types.Date:
		return value.Int(v.I + millis/86400000)
	case types.Time:
		return value.Int(floorMod(v.I+millis, 86400000))
	}
	return value.Stamp(v.I+millis, v.N)
}

func (r *Resolver) concat(pos parse.Pos, l, rt *X) (*X, error) {
	if !l.Type.IsText() || !rt.Type.IsText() {
		if l.Type.IsBytes() && rt.Type.IsBytes() || l.Type.Root == types.Array || l.Type.IsText() && rt.Type.IsText() {
			return nil, Refuse(pos, "|| of %s and %s", l.Type, rt.Type)
		}
		return nil, cannotApply(pos, "||", "<"+l.Type.Calcite()+"> || <"+rt.Type.Calcite()+">", "'<STRING> || <STRING>'\n'<EQUIVALENT_TYPE> || <EQUIVALENT_TYPE>'")
	}
	t := types.Type{Root: types.Varchar, P: int(min(int64(l.Type.P)+int64(rt.Type.P), types.MaxLength))}
	if l.Type.Root == types.Char && rt.Type.Root == types.Char {
		t.Root = types.Char
	}
	t.Nullable = l.Type.Nullable || rt.Type.Nullable
	return r.Env.node(pos, "||", t, []*X{l, rt}, func(row value.Row) (value.Value, error) {
		a, b, ok, err := both(l, rt, row)
		if !ok {
			return value.NULL, err
		}
		return value.Text(a.S + b.S), nil
	}), nil
}
