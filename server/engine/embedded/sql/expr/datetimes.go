package expr

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"drey/client/flinksql/parse"
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
				if at, ok = readStamp(v[0].S); !ok {
					return value.NULL, nil
				}
			}
			at = e.wallOf(at, t[0])
			return dateFormat(at, v[1].S)
		},
	},
	"TO_DATE": {
		Args: "tT", Forms: "'TO_DATE(<CHARACTER>)'\n'TO_DATE(<CHARACTER>, <CHARACTER>)'", Type: always2(types.Of(types.Date)), Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			if len(v) == 2 {
				at, err := dateParse(v[0].S, v[1].S)
				return value.Int(floorDiv(at, 86400000)), err
			}
			if days, ok := readDate(v[0].S); ok {
				return value.Int(days), nil
			}
			return value.NULL, nil
		},
	},
	"TO_TIMESTAMP": {
		Args: "tT", Forms: "'TO_TIMESTAMP(<CHARACTER>)'", Type: always2(types.Type{Root: types.Timestamp, P: 3}), Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			if len(v) == 2 {
				at, err := dateParse(v[0].S, v[1].S)
				return value.Stamp(at, 0), err
			}
			if stamp, ok := readStamp(v[0].S); ok {
				return cutStamp(stamp, 3), nil
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
			return value.NULL, fail("org.apache.flink.table.api.TableException", "The precision value '%d' for function TO_TIMESTAMP_LTZ(numeric, precision) is unsupported, the supported value is '0' for second or '3' for millisecond.", v[1].I)
		},
	},
	"FROM_UNIXTIME": {
		Args: "lT", Type: str, Nullable: true, Forms: "'FROM_UNIXTIME(<INTEGER>)'\n'FROM_UNIXTIME(<INTEGER>, <CHARACTER>)'",
		Eval: func(e *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			at := e.wall(value.Stamp(v[0].I*1000, 0))
			if len(v) == 2 {
				return dateFormat(at, v[1].S)
			}
			return dateFormat(at, "yyyy-MM-dd HH:mm:ss")
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
			at, err := dateParse(v[0].S, pattern)
			return value.Int(floorDiv(e.localOfText(value.Stamp(at, 0)).I, 1000)), err
		},
	},
	"CONVERT_TZ": {
		Args: "ttt", Forms: "'CONVERT_TZ(<CHARACTER>, <CHARACTER>, <CHARACTER>)'", Type: str, Nullable: true,
		Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
			from, ok1 := javaZone(v[1].S)
			to, ok2 := javaZone(v[2].S)
			if !ok1 || !ok2 {
				return value.NULL, RefuseRow("CONVERT_TZ with these zones")
			}
			if v[0].S == "" || v[0].S[0] < '0' || v[0].S[0] > '9' { // no year
				return value.NULL, nil
			}
			at, err := dateParse(v[0].S, "yyyy-MM-dd HH:mm:ss")
			if err != nil {
				return value.NULL, err
			}
			return dateFormat((&Env{Zone: to}).wall((&Env{Zone: from}).localOfText(value.Stamp(at, 0))), "yyyy-MM-dd HH:mm:ss")
		},
	},
}

// part is one of the functions YEAR(t), MONTH(t) and so on.
func part(unit string) *Builtin {
	return &Builtin{Args: "d", Unit: unit, Type: bigint, Eval: func(e *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return extract(e, unit, v[0], t[0])
	}}
}

var clockUnits = map[string]bool{"HOUR": true, "MINUTE": true, "SECOND": true, "MILLISECOND": true}

// extracts are the units that EXTRACT takes.
var extracts = map[string]bool{
	"YEAR": true, "QUARTER": true, "MONTH": true, "WEEK": true, "DAY": true, "DOY": true, "DOW": true, "ISODOW": true, "ISOYEAR": true, "CENTURY": true,
	"DECADE": true, "MILLENNIUM": true, "EPOCH": true, "HOUR": true, "MINUTE": true, "SECOND": true, "MILLISECOND": true, "MICROSECOND": true, "NANOSECOND": true,
}

// noFrame says whether a word is the name of no part of a time.
func noFrame(word string) bool {
	switch word {
	case "MILLISECOND", "MICROSECOND", "NANOSECOND", "DECADE", "CENTURY", "MILLENNIUM", "EPOCH", "DOW", "DOY", "ISODOW", "ISOYEAR", "WEEK", "QUARTER":
		return false
	}
	return unitMillis[word] == 0 && unitMonths[word] == 0 && !strings.HasPrefix(word, "SQL_TSI_") && word != "FRAC_SECOND" && !strings.HasPrefix(word, "MICRO") && !strings.HasPrefix(word, "NANO")
}

// extractOf is Flink's complaint of what nothing can be extracted from.
func extractOf(pos parse.Pos, unit string, t types.Type) error {
	switch unit {
	case "DOY", "DOW", "ISODOW", "ISOYEAR", "EPOCH":
		return Refuse(pos, "EXTRACT of %s from %s", unit, t)
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
	if !extracts[unit.Word] {
		if noFrame(unit.Word) {
			return nil, Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, Refuse(c.Pos, "EXTRACT of %s", unit.Word)
	}
	if x.Type.IsText() || x.Type.IsNumeric() || x.Type.Root == types.Boolean || x.Type.Root == types.Array {
		return nil, extractOf(c.Pos, unit.Word, x.Type)
	}
	days := x.Type.Root == types.IntervalMillis && (unit.Word == "DAY" || clockUnits[unit.Word])
	months := x.Type.Root == types.IntervalMonths && (unit.Word == "YEAR" || unit.Word == "MONTH")
	switch {
	case x.Type.Root == types.Time && (unit.Word == "YEAR" || unit.Word == "QUARTER" || unit.Word == "MONTH" || unit.Word == "DAY"):
		return nil, &Error{Pos: c.Pos, Class: ClassTable, Message: "unit " + unit.Word + " can not be applied to time variable"}
	case !x.Type.IsDatetime() && !days && !months || x.Type.Root == types.Time && !clockUnits[unit.Word]:
		return nil, Refuse(c.Pos, "EXTRACT of %s from %s", unit.Word, x.Type)
	}
	t := types.Of(types.Bigint).Null(x.Type.Nullable)
	return Fold(r.Env.node(c.Pos, "EXTRACT "+unit.Word, t, []*X{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return extract(r.Env, unit.Word, v, x.Type)
	})), nil
}

func extract(e *Env, unit string, v value.Value, t types.Type) (value.Value, error) {
	millis := v.I
	switch {
	case t.Root == types.Date:
		millis = v.I * 86400000
	case t.Root == types.Time:
		if !clockUnits[unit] {
			return value.NULL, RefuseRow("%s of a TIME", unit)
		}
	case t.IsTimestamp():
		millis = e.wallOf(v, t).I
	case t.Root == types.IntervalMonths && unit == "YEAR":
		return value.Int(v.I / 12), nil
	case t.Root == types.IntervalMonths:
		return value.Int(v.I % 12), nil
	case t.Root == types.IntervalMillis:
		return value.Int(v.I / map[string]int64{"DAY": 86400000, "HOUR": 3600000, "MINUTE": 60000, "SECOND": 1000, "MILLISECOND": 1}[unit] % map[string]int64{"DAY": math.MaxInt64, "HOUR": 24, "MINUTE": 60, "SECOND": 60, "MILLISECOND": 1000}[unit]), nil
	}
	if rest := millis % 86400000; t.IsTimestamp() && rest < 0 { // before 1970 Flink cuts towards it
		if unit == "HOUR" {
			return value.Int(rest / 3600000), nil
		}
		if clockUnits[unit] || unit == "EPOCH" || unit == "MICROSECOND" || unit == "NANOSECOND" {
			return value.NULL, RefuseRow("%s of a time before 1970", unit)
		}
		millis -= rest
	}
	at := time.UnixMilli(millis).UTC()
	year, week := at.ISOWeek()
	n := map[string]int{
		"YEAR": at.Year(), "QUARTER": (int(at.Month())-1)/3 + 1, "MONTH": int(at.Month()), "WEEK": week, "DAY": at.Day(),
		"DOY": at.YearDay(), "DOW": int(at.Weekday()) + 1, "ISODOW": (int(at.Weekday())+6)%7 + 1, "ISOYEAR": year,
		"CENTURY": (at.Year() + 99) / 100, "DECADE": at.Year() / 10, "MILLENNIUM": (at.Year() + 999) / 1000, "EPOCH": int(floorDiv(millis, 1000)),
		"MICROSECOND": at.Nanosecond()/1000 + int(v.N)/1000, "NANOSECOND": at.Nanosecond() + int(v.N), "HOUR": at.Hour(), "MINUTE": at.Minute(), "SECOND": at.Second(), "MILLISECOND": at.Nanosecond() / 1e6,
	}[unit]
	return value.Int(int64(n)), nil
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
	if !x.Type.IsDatetime() || x.Type.Root == types.Time && (!clockUnits[unit.Word] && unit.Word != "DAY" || unit.Word == "MILLISECOND") {
		return nil, Refuse(c.Pos, "%s of %s", name, x.Type)
	}
	if x.Type.Root == types.Time && unit.Word == "DAY" && name == "FLOOR" { // it has none
		return x, nil
	}
	if indexOf([]string{"MILLENNIUM", "CENTURY", "DECADE", "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}, unit.Word) < 0 {
		if noFrame(unit.Word) {
			return nil, Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, Refuse(c.Pos, "%s to %s", name, unit.Word)
	}
	if x.Type.Root == types.Date && clockUnits[unit.Word] {
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
		at := r.Env.wallOf(v, t).I * scale
		low := floorMillis(at, unit.Word)
		if name != "FLOOR" && (low != at || v.N > 0) {
			low = nextMillis(low, unit.Word)
		}
		if t.Root == types.TimestampLTZ {
			return r.Env.local(value.Stamp(low, 0)), nil
		}
		return value.Stamp(low/scale, 0), nil
	})), nil
}

func floorMillis(ms int64, unit string) int64 {
	if u, ok := unitMillis[unit]; ok && unit != "WEEK" {
		return floorDiv(ms, u) * u
	}
	at := time.UnixMilli(ms).UTC()
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	switch unit {
	case "WEEK":
		day = day.AddDate(0, 0, -int(day.Weekday()))
	case "MONTH":
		day = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "QUARTER":
		day = time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	case "YEAR":
		day = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "DECADE":
		day = time.Date(at.Year()-at.Year()%10, 1, 1, 0, 0, 0, 0, time.UTC)
	case "CENTURY": // they begin with 1
		day = time.Date((at.Year()-1)/100*100+1, 1, 1, 0, 0, 0, 0, time.UTC)
	case "MILLENNIUM":
		day = time.Date((at.Year()-1)/1000*1000+1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return day.UnixMilli()
}

func nextMillis(ms int64, unit string) int64 {
	if u, ok := unitMillis[unit]; ok {
		return ms + u
	}
	months := map[string]int64{"DECADE": 120, "CENTURY": 1200, "MILLENNIUM": 12000}[unit]
	return addMonths(floorDiv(ms, 86400000), months+unitMonths[unit]) * 86400000
}

var javaOffset = regexp.MustCompile(`^GMT([+-])([0-9]{1,2})(?::([0-5][0-9]))?$`)

// javaZone is java.util.TimeZone.getTimeZone: what it does not know is GMT; ok
// is false where drey is not sure.
func javaZone(name string) (zone *time.Location, ok bool) {
	if m := javaOffset.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if m[1] == "-" {
			seconds = -seconds
		}
		return time.FixedZone(name, seconds), hours < 24
	}
	zone, err := time.LoadLocation(name)
	if err == nil && name != "" && name != "Local" {
		return zone, true
	}
	return time.UTC, strings.Contains(name, "/") && !strings.HasPrefix(name, "Etc") && !strings.HasPrefix(name, "SystemV")
}
