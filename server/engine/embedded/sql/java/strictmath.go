// Package java computes what Flink leaves to the Java library as Java does it:
// mathematics, random numbers, hashes, character sets, Formatter, and patterns
// of dates.
package java

import (
	"math"
	"math/big"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

var digits40 = apd.BaseContext.WithPrecision(40)

// viaDecimal computes with 40 digits; plain does what these cannot.
func viaDecimal(
	f float64, plain func(float64) float64, compute func(d, x *apd.Decimal) (apd.Condition, error),
) float64 {
	rough := plain(f)
	if math.IsNaN(rough) || math.IsInf(rough, 0) || rough == 0 || math.IsInf(f, 0) || math.Abs(rough) < 1e-300 {
		return rough
	}
	x, err := exact(f)
	if err != nil {
		return rough
	}
	var d apd.Decimal
	if _, err := compute(&d, x); err != nil {
		return rough
	}
	return nearest(&d, rough)
}

// exact is the number that a double is, to more digits than are computed with:
// not the shortest text that stands for it.
func exact(f float64) (*apd.Decimal, error) {
	d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'e', 50, 64))
	return d, err
}

func nearest(d *apd.Decimal, rough float64) float64 {
	out, err := strconv.ParseFloat(d.Text('e'), 64)
	if err != nil {
		return rough
	}
	return out
}

func Ln(f float64) float64 { return viaDecimal(f, math.Log, digits40.Ln) }

func Log10(f float64) float64 { return viaDecimal(f, math.Log10, digits40.Log10) }

func Exp(f float64) float64 { return viaDecimal(f, roughExp, digits40.Exp) }

// Logarithms of the largest double, and of twice that.
const largestLog, overflowLog = 709.782712893384, 710.4758600739439

// roughExp is exp also near the largest double, where math.Exp has no number.
func roughExp(f float64) float64 {
	e := math.Exp(f)
	if math.IsInf(e, 1) && f <= largestLog {
		return fdlibmExp(f)
	}
	return e
}

func Pow(x, y float64) float64 {
	rough := math.Pow(x, y)
	if math.IsNaN(x) && y != 0 || (x == 1 || x == -1) && math.IsInf(y, 0) {
		return math.NaN() // where Go gives 1
	}
	if x <= 0 || math.IsNaN(rough) || math.IsInf(rough, 0) || math.IsInf(x, 0) || rough < 1e-300 ||
		y == math.Trunc(y) && math.Abs(rough) < 1<<53 && x == math.Trunc(x) && y > 0 {
		return rough
	}
	a, err := exact(x)
	if err != nil {
		return rough
	}
	b, err := exact(y)
	if err != nil {
		return rough
	}
	var d apd.Decimal
	if _, err := digits40.Pow(&d, a, b); err != nil {
		return rough
	}
	return nearest(&d, rough)
}

const bits = 256

var piDigits = func() *big.Float {
	f, _, err := big.ParseFloat(
		"3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651",
		10, bits, big.ToNearestEven,
	)
	if err != nil {
		panic(err)
	}
	return f
}()

func bigFloat(f float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(f) }

// sinCos computes both by their series; ok is false for what is too large.
func sinCos(f float64) (s, c *big.Float, ok bool) {
	if math.IsNaN(f) || math.Abs(f) > 1e12 {
		return nil, nil, false
	}
	x := bigFloat(f)
	turns := new(big.Float).SetPrec(bits).Quo(x, piDigits)
	whole, _ := turns.Mul(turns, bigFloat(0.5)).Int(nil)
	full := new(big.Float).SetPrec(bits).SetInt(whole)
	x.Sub(x, full.Mul(full, new(big.Float).SetPrec(bits).Mul(piDigits, bigFloat(2))))
	s, c = bigFloat(0), bigFloat(1)
	term := bigFloat(1)
	for n := 1; n < 90; n++ {
		term = new(big.Float).SetPrec(bits).Mul(term, x)
		term.Quo(term, bigFloat(float64(n)))
		switch n % 4 {
		case 0:
			c.Add(c, term)
		case 1:
			s.Add(s, term)
		case 2:
			c.Sub(c, term)
		case 3:
			s.Sub(s, term)
		}
	}
	return s, c, true
}

func rounded(f float64, plain func(float64) float64, pick func(s, c *big.Float) *big.Float) float64 {
	s, c, ok := sinCos(f)
	if !ok || f == 0 {
		return plain(f)
	}
	out, _ := pick(s, c).Float64()
	return out
}

func Sin(f float64) float64 {
	return rounded(f, math.Sin, func(s, _ *big.Float) *big.Float { return s })
}

func Cos(f float64) float64 {
	return rounded(f, math.Cos, func(_, c *big.Float) *big.Float { return c })
}

func Tan(f float64) float64 {
	return rounded(f, math.Tan, func(s, c *big.Float) *big.Float { return new(big.Float).SetPrec(bits).Quo(s, c) })
}

func Sinh(x float64) float64 {
	h, a := math.Copysign(0.5, x), math.Abs(x)
	switch {
	case a >= 22:
		return math.Copysign(halfExp(a), x)
	case a < 1.0/(1<<28):
		return math.Sinh(x)
	case a < 1:
		t := math.Expm1(a)
		return h * (2*t - t*t/(t+1))
	}
	t := math.Expm1(a)
	return h * (t + t/(t+1))
}

func Cosh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0.5*math.Ln2:
		t := math.Expm1(a)
		w := 1 + t
		return 1 + t*t/(w+w)
	case a < 22:
		t := fdlibmExp(a)
		return 0.5*t + 0.5/t
	}
	return halfExp(a)
}

// halfExp is half of exp for arguments from 22 on, also where exp is too large;
// NaN is NaN.
func halfExp(a float64) float64 {
	switch {
	case math.IsNaN(a):
		return a
	case a <= largestLog:
		return 0.5 * fdlibmExp(a)
	case a <= overflowLog:
		w := fdlibmExp(0.5 * a)
		return 0.5 * w * w
	}
	return math.Inf(1)
}

// fdlibmExp is exp of fdlibm, for arguments from 0.3 on.
func fdlibmExp(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		log2e = 1.44269504088896338700e+00
		p1    = 1.66666666666666019037e-01
		p2    = -2.77777777770155933842e-03
		p3    = 6.61375632143793436117e-05
		p4    = -1.65339022054652515390e-06
		p5    = 4.13813679705723846039e-08
	)
	k := math.Trunc(log2e*x + 0.5)
	hi, lo := x-k*ln2Hi, k*ln2Lo
	r := hi - lo
	t := r * r
	c := r - t*(p1+t*(p2+t*(p3+t*(p4+t*p5))))
	return math.Ldexp(1-((lo-(r*c)/(2-c))-hi), int(k))
}

func Tanh(x float64) float64 {
	a := math.Abs(x)
	if a >= 22 || a < 1.0/(1<<55) {
		return math.Tanh(x)
	}
	z := 0.0
	if a >= 1 {
		z = 1 - 2/(math.Expm1(a+a)+2)
	} else {
		t := math.Expm1(-(a + a))
		z = -t / (t + 2)
	}
	return math.Copysign(z, x)
}
