package aggregates

import (
	"math"

	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (s *spread) State(c *state.Codec) {
	c.Int64(&s.n)
	c.Int64(&s.sum)
	c.Int64(&s.squares)
	c.Float(&s.fsum)
	c.Float(&s.fsq)
}

// spread is the variance and the standard deviation, which Flink computes from
// sums with the arithmetic of the type: INT and BIGINT wrap.
type spread struct {
	t            types.Root
	sample, root bool
	n            int64
	sum, squares int64
	fsum, fsq    float64
}

func (s *spread) Add(v value.Value) error { return s.move(v, 1) }

func (s *spread) Retract(v value.Value) error { return s.move(v, -1) }

func (s *spread) move(v value.Value, by int64) error {
	s.n += by
	if s.t == types.Double {
		s.fsum += float64(by) * v.F()
		s.fsq += float64(by) * (v.F() * v.F())
		return nil
	}
	s.sum, s.squares = s.wrap(s.sum+by*v.I), s.wrap(s.squares+by*s.wrap(v.I*v.I))
	return nil
}

func (s *spread) wrap(n int64) int64 { return numeric.WrapInt(n, s.t) }

func (s *spread) Result() (value.Value, error) {
	by := s.n
	if s.sample {
		by--
	}
	if by <= 0 {
		return value.NULL, nil
	}
	if s.t == types.Double {
		f := (s.fsq - s.fsum*s.fsum/float64(s.n)) / float64(by)
		if s.root {
			f = math.Sqrt(f)
		}
		return value.Float(f), nil
	}
	v := (s.squares - s.wrap(s.sum*s.sum)/s.n) / by
	if s.root {
		v = int64(math.Sqrt(float64(max(v, 0))))
	}
	return value.Int(s.wrap(v)), nil
}
