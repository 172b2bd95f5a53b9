package value

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"drey/server/engine/types"
)

// Text is the value as Flink casts it to STRING and prints it in a plain
// result. zone is for TIMESTAMP_LTZ.
func (v Value) Text(t types.Type, zone *time.Location) string {
	if !v.Valid {
		return "NULL"
	}
	switch t.Root {
	case types.Boolean:
		if v.I != 0 {
			return "TRUE"
		}
		return "FALSE"
	case types.Tinyint, types.Smallint, types.Integer, types.Bigint:
		return strconv.FormatInt(v.I, 10)
	case types.Decimal:
		return v.D().Text('f')
	case types.Float:
		return JavaFloat(v.F(), 32)
	case types.Double:
		return JavaFloat(v.F(), 64)
	case types.Binary, types.Varbinary:
		return "x'" + hex.EncodeToString([]byte(v.S)) + "'"
	case types.Date:
		return formatDate(v.I)
	case types.Time:
		return formatTime(v.I, 0)
	case types.Timestamp:
		return formatStamp(v, t.P, time.UTC)
	case types.TimestampLTZ:
		return formatStamp(v, t.P, zone)
	case types.IntervalMonths:
		return formatMonths(v.I)
	case types.IntervalMillis:
		return formatMillis(v.I)
	case types.Array, types.Row, types.Map, types.Multiset:
		return v.nested(t, zone)
	}
	return v.S
}

func (v Value) nested(t types.Type, zone *time.Location) string {
	var parts []string
	switch t.Root {
	case types.Array:
		for _, e := range v.Items() {
			parts = append(parts, e.Text(*t.Elem, zone))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.Row:
		for i, e := range v.Items() {
			parts = append(parts, e.Text(t.Fields[i].Type, zone))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	if t.Root == types.Multiset {
		for _, e := range v.Entries() {
			parts = append(parts, e.Key.Text(*t.Elem, zone)+"="+strconv.FormatInt(e.Value.I, 10))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	for _, e := range v.Entries() {
		parts = append(parts, e.Key.Text(*t.Key, zone)+"="+e.Value.Text(*t.Elem, zone))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// Wire is the value in a result row of the API: a string, null, or lists of
// such (cmf-behaviour.md §4.5).
func (v Value) Wire(t types.Type, zone *time.Location) json.RawMessage {
	return v.appendWire(nil, t, zone)
}

func (v Value) appendWire(b []byte, t types.Type, zone *time.Location) []byte {
	if !v.Valid {
		return append(b, "null"...)
	}
	switch t.Root {
	case types.Array, types.Row:
		b = append(b, '[')
		for i, e := range v.Items() {
			if i > 0 {
				b = append(b, ',')
			}
			et := t.Elem
			if t.Root == types.Row {
				et = &t.Fields[i].Type
			}
			b = e.appendWire(b, *et, zone)
		}
		return append(b, ']')
	case types.Map, types.Multiset:
		key, elem := t.Key, t.Elem
		if t.Root == types.Multiset {
			count := types.Of(types.Integer)
			key, elem = t.Elem, &count
		}
		b = append(b, '[')
		for i, e := range v.Entries() {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.Key.appendWire(append(b, '['), *key, zone)
			b = e.Value.appendWire(append(b, ','), *elem, zone)
			b = append(b, ']')
		}
		return append(b, ']')
	case types.Boolean:
		return append(append(append(b, '"'), strings.ToLower(v.Text(t, zone))...), '"')
	}
	return appendString(b, v.Text(t, zone))
}

func appendString(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f || c == '<' || c == '>' || c == '&' {
			text, err := json.Marshal(s)
			if err != nil {
				return append(b, "null"...)
			}
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// JavaFloat is Double.toString, or Float.toString for 32 bits.
func JavaFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, bits)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'E', -1, bits)
	mantissa, exponent, _ := strings.Cut(s, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

func formatDate(days int64) string {
	t := time.Unix(days*86400, 0).UTC()
	return fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
}

func formatTime(millis int64, _ int) string {
	s := millis / 1000
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

func formatStamp(v Value, precision int, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t := time.UnixMilli(v.I).In(zone)
	s := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second())
	if precision == 0 {
		return s
	}
	nanos := int64(t.Nanosecond()) + int64(v.N)
	return s + "." + fmt.Sprintf("%09d", nanos)[:precision]
}

func formatMonths(m int64) string {
	sign := "+"
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d-%02d", sign, m/12, m%12)
}

func formatMillis(ms int64) string {
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%03d", sign, ms/86400000, ms/3600000%24, ms/60000%60, ms/1000%60, ms%1000)
}
