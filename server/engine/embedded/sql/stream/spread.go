package stream

import (
	"math"

	"drey/server/engine/embedded/sql/value"
)

// spread is the variance and the standard deviation of an INT, which Flink
// computes from sums with the arithmetic of INT.
type spread struct {
	sample, root bool
	n            int64
	sum, squares int32
}

func (s *spread) add(v value.Value) error {
	x := int32(v.I)
	s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x
	return nil
}

func (s *spread) retract(v value.Value) error {
	x := int32(v.I)
	s.n, s.sum, s.squares = s.n-1, s.sum-x, s.squares-x*x
	return nil
}

func (s *spread) result() (value.Value, error) {
	by := s.n
	if s.sample {
		by--
	}
	if by <= 0 {
		return value.NULL, nil
	}
	v := (int64(s.squares) - int64(s.sum*s.sum)/s.n) / by
	if s.root {
		if v < 0 {
			v = 0
		}
		v = int64(math.Sqrt(float64(v)))
	}
	return value.Int(int64(int32(v))), nil
}
