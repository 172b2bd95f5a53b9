package expr

import (
	"math"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// datetimes are the functions of dates and times.
var datetimes = map[string]*Builtin{
	"YEAR": part("YEAR"), "QUARTER": part("QUARTER"), "MONTH": part("MONTH"), "WEEK": part("WEEK"), "DAYOFYEAR": part("DOY"),
	"DAYOFMONTH": part("DAY"), "DAYOFWEEK": part("DOW"), "HOUR": part("HOUR"), "MINUTE": part("MINUTE"), "SECOND": part("SECOND"),
	"DATE_FORMAT": {
		Args: "st", Forms: "'DATE_FORMAT(<TIMESTAMP>, <CHARACTER>)'\n'DATE_FORMAT(<CHARACTER>, <CHARACTER>)'", Type: str, Nullable: true,
		Eval: func(e *Env, v []value.Value, t []types.Type) (value.Value, error) {
			at := v[0]
			if t[0].IsText() {
				var ok bool
				if at, ok = calendar.ReadTimestamp(v[0].S); !ok {
					return value.NULL, nil
				}
			}
			at = calendar.WallClockOf(e.zone(), at, t[0])
			return java.FormatDate(at, v[1].S)
		},
	},
	"TO_DATE": {
		Args: "tT", Forms: "'TO_DATE(<CHARACTER>)'\n'TO_DATE(<CHARACTER>, <CHARACTER>)'", Type: always2(types.Of(types.Date)), Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			if len(v) == 2 {
				at, err := java.ParseDate(v[0].S, v[1].S)
				return value.Int(calendar.FloorDiv(at, 86400000)), err
			}
			if days, ok := calendar.ReadDate(v[0].S); ok {
				return value.Int(days), nil
			}
			return value.NULL, nil
		},
	},
	"TO_TIMESTAMP": {
		Args: "tT", Forms: "'TO_TIMESTAMP(<CHARACTER>)'", Type: always2(types.Type{Root: types.Timestamp, P: 3}), Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			if len(v) == 2 {
				at, err := java.ParseDate(v[0].S, v[1].S)
				return value.Stamp(at, 0), err
			}
			if stamp, ok := calendar.ReadTimestamp(v[0].S); ok {
				return calendar.Truncate(stamp, 3), nil
			}
			return value.NULL, nil
		},
	},
	"TO_TIMESTAMP_LTZ": {
		Args: "lI", Type: always2(types.Type{Root: types.TimestampLTZ, P: 3}), Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			if len(v) == 1 || v[1].I == 3 {
				return value.Stamp(v[0].I, 0), nil
			}
			if v[1].I == 0 {
				return value.Stamp(v[0].I*1000, 0), nil
			}
			return value.NULL, sqlerr.Fail("org.apache.flink.table.api.TableException", "The precision value '%d' for function TO_TIMESTAMP_LTZ(numeric, precision) is unsupported, the supported value is '0' for second or '3' for millisecond.", v[1].I)
		},
	},
	"FROM_UNIXTIME": {
		Args: "lT", Type: str, Nullable: true, Forms: "'FROM_UNIXTIME(<INTEGER>)'\n'FROM_UNIXTIME(<INTEGER>, <CHARACTER>)'",
		Eval: func(e *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			at := calendar.WallClock(e.zone(), value.Stamp(v[0].I*1000, 0))
			if len(v) == 2 {
				return java.FormatDate(at, v[1].S)
			}
			return java.FormatDate(at, "yyyy-MM-dd HH:mm:ss")
		},
	},
	"UNIX_TIMESTAMP": {
		Args: "tT", Type: bigint, Forms: "'UNIX_TIMESTAMP()'\n'UNIX_TIMESTAMP(<CHARACTER>)'\n'UNIX_TIMESTAMP(<CHARACTER>, <CHARACTER>)'",
		Eval: func(e *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			pattern := "yyyy-MM-dd HH:mm:ss"
			if len(v) == 2 {
				pattern = v[1].S
			}
			if pattern == "yyyy-MM-dd HH:mm:ss" && (v[0].S == "" || v[0].S[0] < '0' || v[0].S[0] > '9' && v[0].S[0] != '-') {
				return value.Int(math.MinInt64), nil // no year
			}
			at, err := java.ParseDate(v[0].S, pattern)
			return value.Int(calendar.FloorDiv(calendar.LaterInstant(e.zone(), value.Stamp(at, 0)).I, 1000)), err
		},
	},
	"CONVERT_TZ": {
		Args: "ttt", Forms: "'CONVERT_TZ(<CHARACTER>, <CHARACTER>, <CHARACTER>)'", Type: str, Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			from, ok1 := java.TimeZone(v[1].S)
			to, ok2 := java.TimeZone(v[2].S)
			if !ok1 || !ok2 {
				return value.NULL, sqlerr.RefuseRow("CONVERT_TZ with these zones")
			}
			if v[0].S == "" || v[0].S[0] < '0' || v[0].S[0] > '9' { // no year
				return value.NULL, nil
			}
			at, err := java.ParseDate(v[0].S, "yyyy-MM-dd HH:mm:ss")
			if err != nil {
				return value.NULL, err
			}
			return java.FormatDate(calendar.WallClock(to, calendar.LaterInstant(from, value.Stamp(at, 0))), "yyyy-MM-dd HH:mm:ss")
		},
	},
}

// part is one of the functions YEAR(t), MONTH(t) and so on.
func part(unit string) *Builtin {
	return &Builtin{Args: "d", Unit: unit, Type: bigint, Eval: func(e *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return calendar.Extract(e.zone(), unit, v[0], t[0])
	}}
}

// extractOf is Flink's complaint of what nothing can be extracted from.
func extractOf(pos parse.Pos, unit string, t types.Type) error {
	switch unit {
	case "DOY", "DOW", "ISODOW", "ISOYEAR", "EPOCH":
		return sqlerr.Refuse(pos, "EXTRACT of %s from %s", unit, t)
	}
	return cannotApply(pos, "EXTRACT", "EXTRACT(<INTERVAL "+unit+"> FROM <"+t.Calcite()+">)", "'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME_INTERVAL>)'\n'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME>)'")
}

// extractCall resolves EXTRACT(unit FROM t).
func extractCall(r *Resolver, c *parse.Call) (*X, error) {
	unit := c.Args[0].(*parse.Symbol)
	x, err := r.Value(c.Args[1])
	if err != nil {
		return nil, err
	}
	if !calendar.ExtractUnits[unit.Word] {
		if calendar.NoUnit(unit.Word) {
			return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, sqlerr.Refuse(c.Pos, "EXTRACT of %s", unit.Word)
	}
	if x.Type.IsText() || x.Type.IsNumeric() || x.Type.Root == types.Boolean || x.Type.Root == types.Array {
		return nil, extractOf(c.Pos, unit.Word, x.Type)
	}
	days := x.Type.Root == types.IntervalMillis && (unit.Word == "DAY" || calendar.ClockUnits[unit.Word])
	months := x.Type.Root == types.IntervalMonths && (unit.Word == "YEAR" || unit.Word == "MONTH")
	switch {
	case x.Type.Root == types.Time && (unit.Word == "YEAR" || unit.Word == "QUARTER" || unit.Word == "MONTH" || unit.Word == "DAY"):
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "unit " + unit.Word + " can not be applied to time variable"}
	case !x.Type.IsDatetime() && !days && !months || x.Type.Root == types.Time && !calendar.ClockUnits[unit.Word]:
		return nil, sqlerr.Refuse(c.Pos, "EXTRACT of %s from %s", unit.Word, x.Type)
	}
	t := types.Of(types.Bigint).Null(x.Type.Nullable)
	return Fold(r.Env.node(c.Pos, "EXTRACT "+unit.Word, t, []*X{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return calendar.Extract(r.Env.zone(), unit.Word, v, x.Type)
	})), nil
}

// floorTime resolves FLOOR(t TO unit) and CEIL(t TO unit).
func (r *Resolver) floorTime(c *parse.Call, name string, unit *parse.Symbol) (*X, error) {
	x, err := r.Value(c.Args[0])
	if err != nil {
		return nil, err
	}
	if x.Type.IsText() || x.Type.IsNumeric() {
		return nil, cannotApply(c.Pos, name, name+"(<"+x.Type.Calcite()+">, <INTERVAL "+unit.Word+">)",
			"'"+name+"(<NUMERIC>)'\n'"+name+"(<DATETIME_INTERVAL>)'\n'"+name+"(<DATE> TO <TIME_UNIT>)'\n'"+name+"(<TIME> TO <TIME_UNIT>)'\n'"+name+"(<TIMESTAMP> TO <TIME_UNIT>)'")
	}
	if !x.Type.IsDatetime() || x.Type.Root == types.Time && (!calendar.ClockUnits[unit.Word] && unit.Word != "DAY" || unit.Word == "MILLISECOND") {
		return nil, sqlerr.Refuse(c.Pos, "%s of %s", name, x.Type)
	}
	if x.Type.Root == types.Time && unit.Word == "DAY" && name == "FLOOR" { // it has none
		return x, nil
	}
	if calendar.IndexOf([]string{"MILLENNIUM", "CENTURY", "DECADE", "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}, unit.Word) < 0 {
		if calendar.NoUnit(unit.Word) {
			return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, sqlerr.Refuse(c.Pos, "%s to %s", name, unit.Word)
	}
	if x.Type.Root == types.Date && calendar.ClockUnits[unit.Word] {
		return x, nil
	}
	t := x.Type
	t.Rowtime = false
	return Fold(r.Env.node(c.Pos, name+" "+unit.Word, t, []*X{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		scale := int64(1)
		if t.Root == types.Date {
			scale = 86400000
		}
		at := calendar.WallClockOf(r.Env.zone(), v, t).I * scale
		low := calendar.FloorMillis(at, unit.Word)
		if name != "FLOOR" && (low != at || v.N > 0) {
			low = calendar.NextMillis(low, unit.Word)
		}
		if t.Root == types.TimestampLTZ {
			return calendar.Instant(r.Env.zone(), value.Stamp(low, 0)), nil
		}
		return value.Stamp(low/scale, 0), nil
	})), nil
}
