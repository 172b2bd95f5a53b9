// Package numeric computes with numbers as Flink does: decimals with their
// precision and scale, integers that wrap, and floats.
package numeric

import (
	"math"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// exact computes without rounding: 38 digits times 38 digits fit.
var exact = apd.BaseContext.WithPrecision(120)

// divide rounds to 38 digits as Flink's division does.
var divide = func() *apd.Context {
	c := apd.BaseContext.WithPrecision(38)
	c.Rounding = apd.RoundHalfUp
	return c
}()

var rescaleContext = func() *apd.Context {
	c := apd.BaseContext.WithPrecision(200)
	c.Rounding = apd.RoundHalfUp
	return c
}()

// ToScale rounds half up to a DECIMAL(p, s); NULL when it does not fit.
func ToScale(d *apd.Decimal, p, s int) value.Value {
	if d.Exponent == int32(-s) && int(d.NumDigits()) <= p && !(d.Negative && d.IsZero()) {
		return value.Dec(d)
	}
	out := new(apd.Decimal)
	if _, err := rescaleContext.Quantize(out, d, int32(-s)); err != nil {
		return value.NULL
	}
	if !out.IsZero() && int(out.NumDigits()) > p {
		return value.NULL
	}
	if out.IsZero() {
		out.Negative = false
	}
	return value.Dec(out)
}

// AsDecimal is an exact number as a decimal of its own scale.
func AsDecimal(v value.Value, t types.Type) *apd.Decimal {
	if t.Root == types.Decimal {
		return v.D()
	}
	return apd.New(v.I, 0)
}

// AsFloat is any number as a DOUBLE.
func AsFloat(v value.Value, t types.Type) float64 {
	switch {
	case t.IsApprox():
		return v.F()
	case t.Root == types.Decimal:
		f, _ := strconv.ParseFloat(v.D().Text('f'), 64)
		return f
	}
	return float64(v.I)
}

// WrapInt keeps the bits that an integer type has.
func WrapInt(i int64, root types.Root) int64 {
	switch root {
	case types.Tinyint:
		return int64(int8(i))
	case types.Smallint:
		return int64(int16(i))
	case types.Integer:
		return int64(int32(i))
	}
	return i
}

// DecimalOp computes l op r into a DECIMAL(p, s).
func DecimalOp(op string, l, r *apd.Decimal, t types.Type) (value.Value, error) {
	out := new(apd.Decimal)
	var err error
	switch op {
	case "+":
		_, err = exact.Add(out, l, r)
	case "-":
		_, err = exact.Sub(out, l, r)
	case "*":
		_, err = exact.Mul(out, l, r)
	case "/":
		if r.IsZero() {
			return value.NULL, sqlerr.ErrDecimalDivZero
		}
		_, err = divide.Quo(out, l, r)
	case "%":
		if r.IsZero() {
			return value.NULL, sqlerr.ErrDecimalDivZero
		}
		_, err = exact.Rem(out, l, r)
	}
	if err != nil {
		return value.NULL, sqlerr.RefuseRow("%s of decimals: %v", op, err)
	}
	return ToScale(out, t.P, t.S), nil
}

func Round(v value.Value, from, to types.Type, places int, mode apd.Rounder) (value.Value, error) {
	ctx := apd.BaseContext.WithPrecision(200)
	ctx.Rounding = mode
	var d *apd.Decimal
	if from.Root == types.Double {
		f := v.F()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return v, nil
		}
		d, _, _ = apd.NewFromString(strconv.FormatFloat(f, 'g', -1, 64))
	} else {
		d = AsDecimal(v, from)
	}
	out := new(apd.Decimal)
	if _, err := ctx.Quantize(out, d, int32(-places)); err != nil {
		return value.NULL, sqlerr.RefuseRow("rounding to %d digits", places)
	}
	switch {
	case to.Root == types.Decimal:
		return ToScale(out, to.P, to.S), nil
	case to.Root == types.Double:
		f, _ := strconv.ParseFloat(out.Text('e'), 64)
		return value.Float(f), nil
	}
	i, ok := new(apd.Decimal), false
	if _, err := ctx.Quantize(i, out, 0); err == nil {
		if n, err := i.Int64(); err == nil {
			return value.Int(WrapInt(n, to.Root)), nil
		}
		ok = true
	}
	return value.NULL, sqlerr.RefuseRow("rounding beyond the type: %v", ok)
}

func Negate(v value.Value, t types.Type) value.Value {
	switch {
	case t.IsApprox():
		return value.Float(-v.F())
	case t.Root == types.Decimal:
		d := *v.D()
		d.Negative = !d.Negative && !d.IsZero()
		return value.Dec(&d)
	}
	return value.Int(WrapInt(-v.I, t.Root))
}

// SevenDigits is a FLOAT as constants are computed when a query is planned: by
// way of a decimal of seven digits.
func SevenDigits(f float64) (value.Value, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return value.NULL, sqlerr.Fail("java.lang.NumberFormatException", "Infinite or NaN")
	}
	d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'e', -1, 32))
	if err != nil {
		return value.NULL, sqlerr.RefuseRow("%v as a FLOAT", f)
	}
	ctx := apd.BaseContext.WithPrecision(7)
	ctx.Rounding = apd.RoundHalfEven
	if _, err := ctx.Round(d, d); err != nil {
		return value.NULL, sqlerr.RefuseRow("%v as a FLOAT", f)
	}
	f, err = strconv.ParseFloat(d.Text('e'), 32)
	return value.Float(f), err
}
