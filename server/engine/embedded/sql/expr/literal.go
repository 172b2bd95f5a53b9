package expr

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *Resolver) literal(l *ast.Literal) (*Expr, error) {
	switch l.Kind {
	case ast.Null:
		return r.Env.Literal(l.Pos, types.Type{Root: types.Null, Nullable: true}, value.NULL), nil
	case ast.Bool:
		v := value.Bool(l.Text == "TRUE")
		if l.Text == "UNKNOWN" {
			v = value.NULL
		}
		return r.Env.Literal(l.Pos, types.Of(types.Boolean).Null(l.Text == "UNKNOWN"), v), nil
	case ast.Number:
		return r.Number(l, l.Text, l.Pos)
	case ast.Text:
		return r.Env.Literal(
			l.Pos, types.Type{Root: types.Char, P: utf8.RuneCountInString(l.Text)}, value.Text(l.Text),
		), nil
	case ast.Hex:
		b, err := hex.DecodeString(l.Text)
		if err != nil {
			return nil, sqlerr.Refuse(l.Pos, "this binary literal")
		}
		return r.Env.Literal(l.Pos, types.Type{Root: types.Binary, P: len(b)}, value.Text(string(b))), nil
	}
	return r.timeLiteral(l)
}

func tooLarge(pos ast.Pos, text string) error {
	if strings.HasPrefix(text, "-") {
		return sqlerr.Refuse(pos, "a number that large")
	}
	return sqlerr.Invalid(pos, "Numeric literal '%s' out of range", strings.ToUpper(text))
}

// Number reads a literal, with its sign if it has one.
func (r *Resolver) Number(l *ast.Literal, text string, pos ast.Pos) (*Expr, error) {
	if strings.ContainsAny(text, "eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, tooLarge(pos, text)
		}
		if f == 0 {
			f = 0 // a literal has no negative zero
		}
		return r.Env.Literal(pos, types.Of(types.Double), value.Float(f+0)), nil
	}
	text = strings.TrimSuffix(text, ".")
	if !strings.Contains(text, ".") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			t := types.Of(types.Integer)
			if i < -1<<31 || i > 1<<31-1 {
				t = types.Of(types.Bigint)
			}
			return r.Env.Literal(pos, t, value.Int(i)), nil
		}
	}
	if !strings.Contains(text, ".") {
		return nil, tooLarge(pos, text)
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, sqlerr.Refuse(pos, "this number")
	}
	scale := max(0, -int(d.Exponent))
	precision := int(d.NumDigits())
	switch leading := strings.HasPrefix(strings.TrimLeft(text, "+-"), "."); {
	case precision <= scale && leading:
		precision = scale
	case precision <= scale:
		precision = scale + 1
	}
	// Beyond 19 digits a literal is out of range, whatever its scale.
	if precision > 19 {
		if precision > 20 {
			return nil, sqlerr.Invalid(l.Pos, "Numeric literal '%s' out of range", l.Text)
		}
		return nil, sqlerr.Refuse(pos, "a number of %d digits", precision)
	}
	d.Negative = d.Negative && !d.IsZero()
	return r.Env.Literal(pos, types.Dec(precision, scale), value.Dec(d)), nil
}

func (r *Resolver) timeLiteral(l *ast.Literal) (*Expr, error) {
	switch l.Kind {
	case ast.Date:
		// the days that the calendar of 1582 left out
		if days, ok := calendar.ParseDate(l.Text); ok && (days < -141437 || days >= -141427) {
			return r.Env.Literal(l.Pos, types.Of(types.Date), value.Int(days)), nil
		}
		return nil, sqlerr.Invalid(l.Pos, "Illegal DATE literal '%s': not in format 'yyyy-MM-dd'", l.Text)
	case ast.Time:
		millis, ok := calendar.ParseTime(l.Text)
		if !ok || strings.Contains(l.Text, ".") {
			if strings.Contains(l.Text, ".") {
				return nil, sqlerr.Refuse(l.Pos, "a TIME literal with a fraction")
			}
			return nil, sqlerr.Invalid(l.Pos, "Illegal TIME literal '%s': not in format 'HH:mm:ss'", l.Text)
		}
		return r.Env.Literal(l.Pos, types.Type{Root: types.Time}, value.Int(millis)), nil
	}
	text := l.Text
	if whole, fraction, dotted := strings.Cut(text, "."); dotted && len(fraction) > 9 &&
		strings.Trim(fraction, "0123456789") == "" {
		text = whole + "." + fraction[:9]
	}
	v, digits, ok := calendar.ParseTimestamp(text)
	if !ok {
		return nil, sqlerr.Invalid(l.Pos, "Illegal TIMESTAMP literal '%s': not in format 'yyyy-MM-dd HH:mm:ss'", l.Text)
	}
	return r.Env.Literal(l.Pos, types.Type{Root: types.Timestamp, P: digits}, v), nil
}

func (r *Resolver) interval(iv *ast.Interval) (*Expr, error) {
	sign := int64(1)
	if iv.Negative {
		sign = -1
	}
	text := iv.Text
	if strings.HasPrefix(text, "-") {
		sign, text = -sign, text[1:]
	}
	qualifier := iv.From
	if iv.To != "" {
		qualifier += " TO " + iv.To
	}
	illegal := sqlerr.Invalid(iv.Pos, "Illegal interval literal format '%s' for INTERVAL %s", iv.Text, qualifier)
	if iv.To != "" {
		n, ok := calendar.ParseInterval(text, iv.From, iv.To)
		if !ok && calendar.Spaced(text, iv.From) {
			return nil, illegal
		}
		if !ok {
			return nil, sqlerr.Refuse(iv.Pos, "this interval")
		}
		if calendar.UnitMonths[iv.From] > 0 {
			return r.Env.Literal(iv.Pos, types.Of(types.IntervalMonths), value.Int(sign*n)), nil
		}
		return r.Env.Literal(iv.Pos, types.Of(types.IntervalMillis), value.Int(sign*n)), nil
	}
	if _, ok := calendar.UnitMonths[iv.From]; ok {
		return r.months(iv, sign, text, illegal)
	}
	whole, fraction, dotted := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 32)
	if err != nil || n < 0 || dotted && iv.From != "SECOND" {
		return nil, illegal
	}
	if n > 99 && iv.From != "MINUTE" && iv.From != "SECOND" && iv.From != "HOUR" && iv.From != "DAY" || n > 99 {
		return nil, sqlerr.Invalid(iv.Pos, "Interval field value %d exceeds precision of %s(2) field", sign*n, iv.From)
	}
	millis := n * calendar.UnitMillis[iv.From]
	if iv.From == "WEEK" { // Flink counts hours
		millis = n * calendar.UnitMillis["HOUR"]
	}
	if dotted {
		f, err := strconv.ParseInt((fraction + "000")[:3], 10, 32)
		if err != nil || len(fraction) > 3 {
			return nil, sqlerr.Refuse(iv.Pos, "this interval")
		}
		millis += f
	}
	return r.Env.Literal(iv.Pos, types.Of(types.IntervalMillis), value.Int(sign*millis)), nil
}

// months is an interval of one unit of months.
func (r *Resolver) months(iv *ast.Interval, sign int64, text string, illegal error) (*Expr, error) {
	n, err := strconv.ParseInt(text, 10, 16)
	if err != nil || n < 0 {
		return nil, illegal
	}
	if n > 99 {
		return nil, sqlerr.Invalid(iv.Pos, "Interval field value %d exceeds precision of %s(2) field", sign*n, iv.From)
	}
	m := calendar.UnitMonths[iv.From]
	if iv.From == "QUARTER" { // Flink counts months
		m = 1
	}
	return r.Env.Literal(iv.Pos, types.Of(types.IntervalMonths), value.Int(sign*n*m)), nil
}
