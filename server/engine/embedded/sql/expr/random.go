package expr

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"

	"drey/client/flinksql/ast"
)

// Run is what changes while a statement runs and what its expressions read of
// that. It is of one statement: copies of an environment share it.
type Run struct {
	Now    func() int64 // the time of the row being computed, in milliseconds
	Random Random
}

// Random are the sources of random numbers of a statement, one for each call in
// its texts. A source begins when it is first asked.
type Random struct {
	mu      sync.Mutex
	sources map[ID]Source
	loaded  map[ID][]byte // how far sources were that are not asked yet
}

// Source is a source of random numbers whose state can be saved.
type Source interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// Save gives how far the sources are.
func (r *Random) Save() (map[ID][]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[ID][]byte, len(r.sources)+len(r.loaded))
	for id, b := range r.loaded {
		all[id] = b
	}
	for id, s := range r.sources {
		b, err := s.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("save random numbers: %w", err)
		}
		all[id] = b
	}
	return all, nil
}

// Load has the sources go on from what Save gave; nil: from the beginning.
func (r *Random) Load(all map[ID][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources, r.loaded = nil, all
}

// RandomCall tells a call of a statement's text from all others.
func (e *Env) RandomCall(pos ast.Pos) ID {
	var scratch [shortKey]byte
	key := append(append(scratch[:0], idOfRandom), e.Part[:]...)
	for _, n := range []int{pos.Line, pos.Col, pos.EndLine, pos.EndCol} {
		key = binary.AppendVarint(key, int64(n))
	}
	return idOf(key)
}

// Draw takes a number from the source of a call, which begins with begin. Calls
// may come from several goroutines.
func Draw[S Source, T any](r *Run, call ID, begin func() S, draw func(S) T) (T, error) {
	r.Random.mu.Lock()
	defer r.Random.mu.Unlock()
	s, ok := r.Random.sources[call].(S)
	if !ok {
		s = begin()
		if b, ok := r.Random.loaded[call]; ok {
			if err := s.UnmarshalBinary(b); err != nil {
				var none T
				return none, fmt.Errorf("load random numbers: %w", err)
			}
		}
		if r.Random.sources == nil {
			r.Random.sources = map[ID]Source{}
		}
		r.Random.sources[call] = s
	}
	return draw(s), nil
}

// Uniform is a source without a seed of its own: its numbers follow from the
// seed of the statement and from the call.
type Uniform struct {
	*rand.Rand
	pcg *rand.PCG
}

// Uniform begins the source of a call.
func (e *Env) Uniform(call ID) Uniform {
	pcg := rand.NewPCG(e.Seed, binary.BigEndian.Uint64(call[:]))
	return Uniform{rand.New(pcg), pcg}
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (u Uniform) MarshalBinary() ([]byte, error) { return u.pcg.MarshalBinary() }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (u Uniform) UnmarshalBinary(b []byte) error { return u.pcg.UnmarshalBinary(b) }
