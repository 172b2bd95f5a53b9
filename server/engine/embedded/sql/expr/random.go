package expr

import (
	"encoding"
	"errors"
	"fmt"
	"math/rand/v2"

	"drey/server/engine/embedded/sql/java"
)

// source is a source of random numbers whose state is kept in snapshots.
type source interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
	Reset()
}

// seeded is a source that begins with a seed of the statement.
type seeded struct {
	*rand.PCG
	seed, stream uint64
}

func (s *seeded) Reset() { s.Seed(s.seed, s.stream) }

// Random is a new deterministic source of random numbers.
func (e *Env) Random() *rand.Rand {
	s := &seeded{rand.NewPCG(0, 0), e.Seed, uint64(len(e.found.sources) + 1)}
	s.Reset()
	e.found.sources = append(e.found.sources, s)
	return rand.New(s)
}

// SaveRandom gives how far the sources of random numbers are.
func (e *Env) SaveRandom() ([][]byte, error) {
	all := make([][]byte, len(e.found.sources))
	var err error
	for i, s := range e.found.sources {
		if all[i], err = s.MarshalBinary(); err != nil {
			return nil, fmt.Errorf("save random numbers: %w", err)
		}
	}
	return all, nil
}

// LoadRandom takes up what SaveRandom gave; nil: the beginning.
func (e *Env) LoadRandom(all [][]byte) error {
	if all != nil && len(all) != len(e.found.sources) {
		return errors.New("load random numbers: another number of sources")
	}
	for i, s := range e.found.sources {
		s.Reset()
		if all == nil {
			continue
		}
		if err := s.UnmarshalBinary(all[i]); err != nil {
			return fmt.Errorf("load random numbers: %w", err)
		}
	}
	return nil
}

// AddRandom adds a source that a statement asks for by its seed.
func (e *Env) AddRandom(j *java.Random) { e.found.sources = append(e.found.sources, j) }

// RandomSources is how many sources of random numbers there are.
func (e *Env) RandomSources() int { return len(e.found.sources) }
