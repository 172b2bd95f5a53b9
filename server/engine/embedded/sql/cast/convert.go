package cast

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func toText(zone *time.Location, from, to types.Type) Convert {
	var text func(v value.Value) string
	switch {
	case from.IsText():
		text = func(v value.Value) string { return v.S }
	case from.IsBytes():
		text = func(v value.Value) string { return strings.ToValidUTF8(v.S, "\ufffd") }
	case from.Root == types.Map || from.Root == types.Multiset:
		text = func(v value.Value) string { return v.Text(from, zone) }
	default:
		text = func(v value.Value) string { return v.Text(from, zone) }
	}
	return func(v value.Value) (value.Value, error) { return value.Text(FitText(text(v), to)), nil }
}

// FitText cuts a text to its type's length, and fills a CHAR with spaces.
func FitText(s string, t types.Type) string {
	if len(s) > t.P || t.Root == types.Char {
		n := utf8.RuneCountInString(s)
		if n > t.P {
			return string([]rune(s)[:t.P])
		}
		if t.Root == types.Char {
			return s + strings.Repeat(" ", t.P-n)
		}
	}
	return s
}

func toBoolean(from types.Type) Convert {
	switch {
	case from.Root == types.Boolean:
		return same
	case from.IsInt():
		return func(v value.Value) (value.Value, error) { return value.Bool(v.I != 0), nil }
	case from.Root == types.Decimal:
		return func(v value.Value) (value.Value, error) { return value.Bool(!v.D().IsZero()), nil }
	case from.IsApprox():
		return func(v value.Value) (value.Value, error) { return value.Bool(v.F() != 0), nil }
	case from.IsText():
		return func(v value.Value) (value.Value, error) {
			switch strings.ToLower(v.S) {
			case "t", "true", "y", "yes", "1":
				return value.Bool(true), nil
			case "f", "false", "n", "no", "0":
				return value.Bool(false), nil
			}
			return value.NULL, sqlerr.Fail(
				"org.apache.flink.table.api.TableException", "Cannot parse '%s' as BOOLEAN.", v.S,
			)
		}
	}
	return nil
}

func toNumber(from, to types.Type) Convert {
	switch {
	case from.Root == types.Boolean:
		return boolToNumber(to)
	case from.IsText():
		return textToNumber(to)
	case !from.IsNumeric():
		return nil
	case to.IsInt():
		return func(v value.Value) (value.Value, error) { return value.Int(toInt(v, from, to.Root)), nil }
	case to.Root == types.Float:
		return func(v value.Value) (value.Value, error) {
			return value.Float(float64(float32(numeric.AsFloat(v, from)))), nil
		}
	case to.Root == types.Double:
		return func(v value.Value) (value.Value, error) { return value.Float(numeric.AsFloat(v, from)), nil }
	}
	if from.IsApprox() {
		return func(v value.Value) (value.Value, error) {
			f := v.F()
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return value.NULL, sqlerr.Fail("java.lang.NumberFormatException", "Infinite or NaN")
			}
			d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'g', -1, 64))
			if err != nil {
				return value.NULL, sqlerr.RefuseRow("%v as a DECIMAL", f)
			}
			return numeric.ToScale(d, to.P, to.S), nil
		}
	}
	return func(v value.Value) (value.Value, error) {
		return numeric.ToScale(numeric.AsDecimal(v, from), to.P, to.S), nil
	}
}

func boolToNumber(to types.Type) Convert {
	return func(v value.Value) (value.Value, error) {
		switch {
		case to.IsApprox():
			return value.Float(float64(v.I)), nil
		case to.Root == types.Decimal:
			return numeric.ToScale(apd.New(v.I, 0), to.P, to.S), nil
		}
		return v, nil
	}
}

// toInt narrows as Java does: floats saturate, the rest wraps.
func toInt(v value.Value, from types.Type, to types.Root) int64 {
	switch {
	case from.IsApprox():
		f := v.F()
		low, high := float64(math.MinInt32), float64(math.MaxInt32)
		lowest, highest := int64(math.MinInt32), int64(math.MaxInt32)
		if to == types.Bigint {
			low, high, lowest, highest = math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64
		}
		switch {
		case math.IsNaN(f):
			return 0
		case f <= low:
			return numeric.WrapInt(lowest, to)
		case f >= high:
			return numeric.WrapInt(highest, to)
		}
		return numeric.WrapInt(int64(f), to)
	case from.Root == types.Decimal:
		whole := new(apd.Decimal)
		c := apd.BaseContext.WithPrecision(200)
		c.Rounding = apd.RoundDown
		if _, err := c.Quantize(whole, v.D(), 0); err != nil {
			return 0
		}
		i := whole.Coeff.MathBigInt()
		if whole.Negative {
			i.Neg(i)
		}
		if i.IsInt64() {
			return numeric.WrapInt(i.Int64(), to)
		}
		low := i.Uint64() // of the absolute value
		if whole.Negative {
			low = -low
		}
		return numeric.WrapInt(int64(low), to)
	}
	return numeric.WrapInt(v.I, to)
}

func textToNumber(to types.Type) Convert {
	switch {
	case to.IsInt():
		return func(v value.Value) (value.Value, error) { return parseInt(v.S, to.Root) }
	case to.IsApprox():
		return func(v value.Value) (value.Value, error) { return parseFloat(v.S, to.Root) }
	}
	return func(v value.Value) (value.Value, error) {
		d, ok := ParseDecimal(v.S)
		if !ok {
			return value.NULL, noDecimal(v.S, to)
		}
		out := numeric.ToScale(d, to.P, to.S)
		if !out.Valid && to.P <= 18 && len(v.S) <= 18 {
			return value.NULL, sqlerr.Fail(
				"java.lang.NumberFormatException", "For input string: '%s'. Overflow.", strings.TrimSpace(v.S),
			)
		}
		return out, nil
	}
}

// noDecimal is the complaint about a text that is no number: small decimals are
// read by Flink, large ones by Java.
func noDecimal(text string, to types.Type) error {
	s := strings.TrimSpace(text)
	const class = "java.lang.NumberFormatException"
	switch {
	case to.P <= 18 && len(text) > 2 && len(text) <= 18:
		return sqlerr.Fail(class, "For input string: '%s'. Overflow.", s)
	case to.P > 18 && s == "":
		return sqlerr.Fail(class, "No digits found.")
	case to.P > 18 && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'):
		return sqlerr.Fail(
			class,
			"Character %c is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.", s[0],
		)
	}
	return sqlerr.RefuseRow("'%s' as a DECIMAL", text)
}

func ParseDecimal(s string) (*apd.Decimal, bool) {
	s = strings.Trim(s, " ")
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return nil, false
	}
	d, _, err := apd.NewFromString(s)
	return d, err == nil && d.Form == apd.Finite
}

// parseInt reads an integer as Flink does: what is behind a point is dropped.
func parseInt(text string, root types.Root) (value.Value, error) {
	s := strings.Trim(text, " ")
	bad := func(why string) (value.Value, error) {
		return value.NULL, sqlerr.Fail("java.lang.NumberFormatException", "For input string: '%s'. %s", s, why)
	}
	if s == "" {
		return bad("Input is empty.")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	number := strings.TrimPrefix(strings.TrimPrefix(whole, "+"), "-")
	if len(number) < len(whole)-1 || strings.Trim(number, "0123456789") != "" ||
		strings.Trim(fraction, "0123456789") != "" || number == "" {
		return bad("Invalid character found.")
	}
	if strings.HasPrefix(whole, "-") {
		number = "-" + number
	}
	i, err := strconv.ParseInt(number, 10, 64)
	if err != nil || numeric.WrapInt(i, root) != i {
		return bad("Overflow.")
	}
	return value.Int(i), nil
}

func parseFloat(text string, root types.Root) (value.Value, error) {
	s := strings.TrimSpace(text)
	bits := 64
	if root == types.Float {
		bits = 32
	}
	switch {
	case s == "":
		return value.NULL, sqlerr.Fail("java.lang.NumberFormatException", "empty String")
	case strings.HasPrefix(strings.ToLower(strings.TrimLeft(s, "+-")), "0x") && strings.ContainsAny(s, "pP"):
		return value.NULL, sqlerr.RefuseRow("'%s' as a number", s)
	case !java.DoubleText.MatchString(s):
		return value.NULL, sqlerr.Fail("java.lang.NumberFormatException", "For input string: \"%s\"", s)
	}
	plain := strings.TrimRight(s, "dDfF")
	if strings.HasSuffix(s, "Infinity") {
		plain = strings.TrimSuffix(s, "inity")
	}
	f, err := strconv.ParseFloat(plain, bits)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return value.NULL, sqlerr.RefuseRow("'%s' as a number", s)
	}
	return value.Float(f), nil
}

// Shortest is a constant FLOAT as the DOUBLE that prints the same.
func Shortest(v value.Value) (value.Value, error) {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v.F(), 'g', -1, 32), 64)
	if err != nil {
		return value.NULL, sqlerr.RefuseRow("a FLOAT as a DOUBLE")
	}
	return value.Float(f), nil
}
