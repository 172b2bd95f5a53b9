package aggregates

import (
	"math"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// decimalSpread is the variance and the standard deviation of decimals, each
// step rounded to its type as Flink's plan of sums does.
type decimalSpread struct {
	to           types.Type
	sample, root bool
	scale        int
	n            int64
	sum, squares apd.Decimal
}

func (s *decimalSpread) Add(v value.Value) error { return s.move(v.D(), 1) }

func (s *decimalSpread) Retract(v value.Value) error { return s.move(v.D(), -1) }

func (s *decimalSpread) move(d *apd.Decimal, by int64) error {
	s.n += by
	op := sums.Add
	if by < 0 {
		op = sums.Sub
	}
	var square apd.Decimal
	if _, err := sums.Mul(&square, d, d); err != nil {
		return err
	}
	if _, err := op(&s.squares, &s.squares, &square); err != nil {
		return err
	}
	_, err := op(&s.sum, &s.sum, d)
	return err
}

func (s *decimalSpread) Result() (value.Value, error) {
	by := s.n
	if s.sample {
		by--
	}
	if by <= 0 {
		return value.NULL, nil
	}
	sum, squares, count := types.Dec(types.MaxPrecision, s.scale), types.Dec(
		types.MaxPrecision, 2*s.scale,
	), types.Of(types.Bigint)
	product, _ := types.Arithmetic("*", sum, sum)
	v, err := numeric.DecimalOp("*", &s.sum, &s.sum, product)
	if err != nil || !v.Valid {
		return v, err
	}
	mean, _ := types.Arithmetic("/", product, count)
	if v, err = numeric.DecimalOp("/", v.D(), apd.New(s.n, 0), mean); err != nil || !v.Valid {
		return v, err
	}
	rest, _ := types.Arithmetic("-", squares, mean)
	if v, err = numeric.DecimalOp("-", &s.squares, v.D(), rest); err != nil || !v.Valid {
		return v, err
	}
	parts, _ := types.Arithmetic("/", rest, count)
	if v, err = numeric.DecimalOp("/", v.D(), apd.New(by, 0), parts); err != nil || !v.Valid {
		return v, err
	}
	if s.root {
		return s.squareRoot(v)
	}
	return numeric.DecimalOp("+", v.D(), apd.New(0, 0), s.to)
}

// squareRoot goes by way of a double.
func (s *decimalSpread) squareRoot(v value.Value) (value.Value, error) {
	f, err := v.D().Float64()
	if err != nil {
		return value.NULL, err
	}
	d, _, err := apd.NewFromString(strconv.FormatFloat(math.Sqrt(max(f, 0)), 'g', -1, 64))
	if err != nil {
		return value.NULL, err
	}
	return numeric.DecimalOp("+", d, apd.New(0, 0), s.to)
}

func (s *decimalSpread) State(c *state.Codec) {
	c.Int64(&s.n)
	c.Decimal(&s.sum)
	c.Decimal(&s.squares)
}
