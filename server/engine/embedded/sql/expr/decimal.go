package expr

import (
	"strconv"

	"github.com/cockroachdb/apd/v3"

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

// toScale rounds half up to a DECIMAL(p, s); NULL when it does not fit.
func toScale(d *apd.Decimal, p, s int) value.Value {
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

// asDecimal is an exact number as a decimal of its own scale.
func asDecimal(v value.Value, t types.Type) *apd.Decimal {
	if t.Root == types.Decimal {
		return v.D()
	}
	return apd.New(v.I, 0)
}

// asFloat is any number as a DOUBLE.
func asFloat(v value.Value, t types.Type) float64 {
	switch {
	case t.IsApprox():
		return v.F()
	case t.Root == types.Decimal:
		f, _ := strconv.ParseFloat(v.D().Text('f'), 64)
		return f
	}
	return float64(v.I)
}

// wrapInt keeps the bits that an integer type has.
func wrapInt(i int64, root types.Root) int64 {
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

// decimalOp computes l op r into a DECIMAL(p, s).
func decimalOp(op string, l, r *apd.Decimal, t types.Type) (value.Value, error) {
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
			return value.NULL, errDecDivZero
		}
		_, err = divide.Quo(out, l, r)
	case "%":
		if r.IsZero() {
			return value.NULL, errDecDivZero
		}
		_, err = exact.Rem(out, l, r)
	}
	if err != nil {
		return value.NULL, RefuseRow("%s of decimals: %v", op, err)
	}
	return toScale(out, t.P, t.S), nil
}

// DecimalOp computes l op r into a DECIMAL type; NULL when it does not fit.
func DecimalOp(op string, l, r *apd.Decimal, t types.Type) (value.Value, error) {
	return decimalOp(op, l, r, t)
}

// WrapInt keeps the bits that an integer type has.
func WrapInt(i int64, root types.Root) int64 { return wrapInt(i, root) }

// halfUp is a float with a number of digits, as Java rounds its decimal text.
func halfUp(f float64, places int, verb string) (string, error) {
	d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'g', -1, 64))
	if err != nil || d.Form != apd.Finite {
		return "", RefuseRow("%v in PRINTF", f)
	}
	ctx := apd.BaseContext.WithPrecision(500)
	ctx.Rounding = apd.RoundHalfUp
	if verb == "f" {
		if _, err := ctx.Quantize(d, d, int32(-places)); err != nil {
			return "", RefuseRow("%v in PRINTF", f)
		}
		return d.Text('f'), nil
	}
	ctx = apd.BaseContext.WithPrecision(uint32(places + 1))
	ctx.Rounding = apd.RoundHalfUp
	if _, err := ctx.Round(d, d); err != nil {
		return "", RefuseRow("%v in PRINTF", f)
	}
	rounded, err := d.Float64()
	return strconv.FormatFloat(rounded, 'e', places, 64), err
}
