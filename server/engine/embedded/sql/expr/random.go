package expr

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// source is a source of random numbers whose state is kept in snapshots.
type source interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
	reset()
}

// seeded is a source that begins with a seed of the statement.
type seeded struct {
	*rand.PCG
	seed, stream uint64
}

func (s *seeded) reset() { s.Seed(s.seed, s.stream) }

// random is a new deterministic source of random numbers.
func (e *Env) random() *rand.Rand {
	s := &seeded{rand.NewPCG(0, 0), e.Seed, uint64(len(e.sources) + 1)}
	s.reset()
	e.sources = append(e.sources, s)
	return rand.New(s)
}

// SaveRandom gives how far the sources of random numbers are.
func (e *Env) SaveRandom() ([][]byte, error) {
	all := make([][]byte, len(e.sources))
	var err error
	for i, s := range e.sources {
		if all[i], err = s.MarshalBinary(); err != nil {
			return nil, fmt.Errorf("save random numbers: %w", err)
		}
	}
	return all, nil
}

// LoadRandom takes up what SaveRandom gave; nil: the beginning.
func (e *Env) LoadRandom(all [][]byte) error {
	if all != nil && len(all) != len(e.sources) {
		return errors.New("load random numbers: another number of sources")
	}
	for i, s := range e.sources {
		s.reset()
		if all == nil {
			continue
		}
		if err := s.UnmarshalBinary(all[i]); err != nil {
			return fmt.Errorf("load random numbers: %w", err)
		}
	}
	return nil
}

// javaRandom is java.util.Random, which a query with a seed asks for.
type javaRandom struct {
	first, state int64
}

const javaMask = 1<<48 - 1

func newJavaRandom(seed int64) *javaRandom {
	first := (seed ^ 0x5DEECE66D) & javaMask
	return &javaRandom{first, first}
}

func (j *javaRandom) reset() { j.state = j.first }

func (j *javaRandom) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, uint64(j.state)), nil
}

func (j *javaRandom) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		return errors.New("state of another kind")
	}
	j.state = int64(binary.BigEndian.Uint64(b))
	return nil
}

func (j *javaRandom) next(bits uint) int32 {
	j.state = (j.state*0x5DEECE66D + 0xB) & javaMask
	return int32(j.state >> (48 - bits))
}

func (j *javaRandom) float() float64 {
	high := int64(j.next(26)) << 27
	return float64(high+int64(j.next(27))) / (1 << 53)
}

func (j *javaRandom) below(bound int32) int32 {
	r, m := j.next(31), bound-1
	if bound&m == 0 {
		return int32(int64(bound) * int64(r) >> 31)
	}
	for u := r; ; u = j.next(31) {
		if r = u % bound; u-r+m >= 0 {
			return r
		}
	}
}

func uuid(r *Resolver, c *parse.Call) (*X, error) {
	if len(c.Args) > 0 {
		return nil, Invalid(c.Pos, "Invalid number of arguments to function 'UUID'. Was expecting 0 arguments")
	}
	rng := r.Env.random()
	x := r.Env.node(c.Pos, fmt.Sprintf("UUID%d", len(r.Env.sources)), types.Type{Root: types.Char, P: 36}, nil, func(value.Row) (value.Value, error) {
		hi, lo := rng.Uint64()&^0xf000|0x4000, rng.Uint64()&^(3<<62)|1<<63
		return value.Text(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)), nil
	})
	x.Const = false
	return x, nil
}

// seedOf is the source that a seed asks for; ok is false for a seed of NULL.
func (r *Resolver) seedOf(x *X) (j *javaRandom, ok bool, err error) {
	if !x.Const || !x.Type.IsInt() {
		return nil, false, Refuse(x.Pos, "a seed that is no constant number")
	}
	v, err := x.Fn(nil)
	if err != nil || !v.Valid {
		return nil, false, err
	}
	j = newJavaRandom(v.I)
	r.Env.sources = append(r.Env.sources, j)
	return j, true, nil
}

// randoms resolves the arguments of RAND and RAND_INTEGER.
func (r *Resolver) randoms(c *parse.Call, least, most int, forms string) ([]*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	name := upperASCII(c.Name)
	if len(args) < least || len(args) > most {
		return nil, Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, least)
	}
	for _, a := range args {
		if !a.Type.IsNumeric() {
			return nil, cannotApply(c.Pos, name, name+"("+signature(args)+")", forms)
		}
	}
	return args, nil
}

func random(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.randoms(c, 0, 1, "'RAND()'\n'RAND(<NUMERIC>)'")
	if err != nil {
		return nil, err
	}
	next := func() float64 { return 0 }
	t := types.Of(types.Double)
	valid := true
	if len(args) == 0 {
		next = r.Env.random().Float64
	} else {
		t.Nullable = args[0].Type.Nullable
		var j *javaRandom
		if j, valid, err = r.seedOf(args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.float
		}
	}
	x := r.Env.node(c.Pos, fmt.Sprintf("RAND%d", len(r.Env.sources)), t, nil, func(value.Row) (value.Value, error) {
		if !valid {
			return value.NULL, nil
		}
		return value.Float(next()), nil
	})
	x.Const = false
	return x, nil
}

func randomInteger(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.randoms(c, 1, 2, "'RAND_INTEGER(<NUMERIC>)'\n'RAND_INTEGER(<NUMERIC>, <NUMERIC>)'")
	if err != nil {
		return nil, err
	}
	bound := args[len(args)-1]
	if bound.Type.Root > types.Integer || bound.Type.Root < types.Tinyint {
		return nil, Refuse(c.Pos, "RAND_INTEGER with these arguments")
	}
	var next func(bound int32) int32
	valid := true
	if len(args) == 1 {
		rng := r.Env.random()
		next = func(bound int32) int32 { return rng.Int32N(bound) }
	} else {
		var j *javaRandom
		if j, valid, err = r.seedOf(args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.below
		}
	}
	t := types.Of(types.Integer).Null(bound.Type.Nullable || !valid)
	x := r.Env.node(c.Pos, fmt.Sprintf("RAND_INTEGER%d", len(r.Env.sources)), t, args, strict([]*X{bound}, func(vs []value.Value) (value.Value, error) {
		if !valid {
			return value.NULL, nil
		}
		if vs[0].I <= 0 {
			return value.NULL, fail("java.lang.IllegalArgumentException", "bound must be positive")
		}
		return value.Int(int64(next(int32(vs[0].I)))), nil
	}))
	x.Const = false
	return x, nil
}
