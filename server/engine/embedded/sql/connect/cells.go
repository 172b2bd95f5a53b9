package connect

import (
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func itoa(i int) string { return strconv.Itoa(i) }

func numberError(text string) error {
	message := "For input string: \"" + text + "\""
	return &sqlerr.Failure{Class: "java.lang.NumberFormatException", Message: message}
}

var bits = map[types.Root]int{types.Tinyint: 8, types.Smallint: 16, types.Integer: 32, types.Bigint: 64}

// fromCell reads a value as fromText does. A whole number of few digits needs no
// text of its own.
func fromCell(cell []byte, t types.Type, zone *time.Location) (value.Value, error) {
	if (t.Root == types.Integer || t.Root == types.Bigint) && len(cell) > 0 && len(cell) <= sureDigits {
		if n, ok := digits(cell); ok {
			return value.Int(n), nil
		}
	}
	return fromText(string(cell), t, zone)
}

// sureDigits is how many digits fit into an INT whatever they are.
const sureDigits = 9

// digits is a number that has nothing but digits.
func digits(text []byte) (n int64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// fromText reads a value as Flink's formats do.
func fromText(text string, t types.Type, zone *time.Location) (value.Value, error) {
	if t.IsText() {
		return value.Text(text), nil
	}
	trimmed := strings.TrimSpace(text)
	switch t.Root {
	case types.Boolean:
		return value.Bool(strings.EqualFold(trimmed, "true")), nil
	case types.Tinyint, types.Smallint, types.Integer, types.Bigint:
		if strings.Contains(trimmed, "_") {
			return value.NULL, numberError(trimmed)
		}
		i, err := strconv.ParseInt(trimmed, 10, bits[t.Root])
		if err != nil {
			return value.NULL, numberError(trimmed)
		}
		return value.Int(i), nil
	case types.Float, types.Double:
		return floatFrom(trimmed, t)
	case types.Decimal:
		return decimalFrom(trimmed, t)
	case types.Date, types.Time, types.Timestamp, types.TimestampLTZ:
		return timeFrom(trimmed, t, zone)
	}
	return value.NULL, sqlerr.RefuseRow("reading a value of type %s", t)
}

func floatFrom(text string, t types.Type) (value.Value, error) {
	size := 64
	if t.Root == types.Float {
		size = 32
	}
	if text == "" {
		return value.NULL, &sqlerr.Failure{Class: "java.lang.NumberFormatException", Message: "empty String"}
	}
	if strings.ContainsAny(text, "_xXpPnfdDF") && text != "NaN" && strings.TrimLeft(text, "+-") != "Infinity" {
		return value.NULL, numberError(text)
	}
	f, err := strconv.ParseFloat(text, size)
	if err != nil && f == 0 {
		return value.NULL, numberError(text)
	}
	return value.Float(f), nil
}

func decimalFrom(text string, t types.Type) (value.Value, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite {
		return value.NULL, &sqlerr.Failure{
			Class:   "java.lang.NumberFormatException",
			Message: "Character array is missing \"exponent\" mark 'e' or 'E'.",
		}
	}
	out := new(apd.Decimal)
	if _, err := apd.BaseContext.WithPrecision(100).Quantize(out, d, int32(-t.S)); err != nil ||
		out.NumDigits() > int64(t.P) {
		return value.NULL, nil // too large: Flink gives NULL
	}
	return value.Dec(out), nil
}

// timeFrom reads the SQL form of a date or a time; a T between date and time
// is read too, as ISO-8601 has it.
func timeFrom(text string, t types.Type, zone *time.Location) (value.Value, error) {
	bad := &sqlerr.Failure{
		Class: "java.time.format.DateTimeParseException", Message: "Text '" + text + "' could not be parsed at index 0",
	}
	switch t.Root {
	case types.Date:
		at, err := time.Parse("2006-01-02", text)
		if err != nil {
			return value.NULL, bad
		}
		return value.Int(at.Unix() / 86400), nil
	case types.Time:
		at, err := time.Parse("15:04:05", text)
		if err != nil {
			return value.NULL, bad
		}
		return value.Int(int64(at.Hour()*3600+at.Minute()*60+at.Second()) * 1000), nil
	}
	plain := text
	if t.Root == types.TimestampLTZ {
		plain = strings.TrimSuffix(text, "Z")
		zone = time.UTC
	}
	if zone == nil || t.Root == types.Timestamp {
		zone = time.UTC
	}
	if len(plain) > 10 && plain[10] == 'T' {
		plain = plain[:10] + " " + plain[11:]
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", plain, zone)
	if err != nil {
		return value.NULL, bad
	}
	nanos := at.Nanosecond()
	return value.Stamp(at.UnixMilli(), int32(cut(nanos, t.P)%1_000_000)), nil
}

// cut drops the digits of a fraction beyond a precision.
func cut(nanos, precision int) int {
	unit := 1
	for range 9 - precision {
		unit *= 10
	}
	return nanos / unit * unit
}

// toText is a value as Flink's formats write it.
func toText(v value.Value, t types.Type, zone *time.Location) string {
	switch t.Root {
	case types.Boolean:
		return strings.ToLower(v.Text(t, zone))
	case types.TimestampLTZ:
		return strings.TrimSuffix(stampText(v, t), ".") + "Z"
	case types.Timestamp:
		return stampText(v, t)
	}
	return v.Text(t, zone)
}

// stampText has as many digits of a fraction as it needs.
func stampText(v value.Value, t types.Type) string {
	text := v.Text(types.Type{Root: types.Timestamp, P: t.P}, time.UTC)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}
