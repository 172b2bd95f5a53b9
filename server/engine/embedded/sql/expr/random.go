package expr

import (
	"encoding"
	"errors"
	"fmt"
	"math/rand/v2"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
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

// random is a new deterministic source of random numbers.
func (e *Env) random() *rand.Rand {
	s := &seeded{rand.NewPCG(0, 0), e.Seed, uint64(len(e.sources) + 1)}
	s.Reset()
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

func uuid(r *Resolver, c *parse.Call) (*X, error) {
	if len(c.Args) > 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function 'UUID'. Was expecting 0 arguments")
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
func (r *Resolver) seedOf(x *X) (j *java.Random, ok bool, err error) {
	if !x.Const || !x.Type.IsInt() {
		return nil, false, sqlerr.Refuse(x.Pos, "a seed that is no constant number")
	}
	v, err := x.Fn(nil)
	if err != nil || !v.Valid {
		return nil, false, err
	}
	j = java.NewRandom(v.I)
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
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, least)
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
		var j *java.Random
		if j, valid, err = r.seedOf(args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.Float
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
		return nil, sqlerr.Refuse(c.Pos, "RAND_INTEGER with these arguments")
	}
	var next func(bound int32) int32
	valid := true
	if len(args) == 1 {
		rng := r.Env.random()
		next = func(bound int32) int32 { return rng.Int32N(bound) }
	} else {
		var j *java.Random
		if j, valid, err = r.seedOf(args[0]); err != nil {
			return nil, err
		}
		if valid {
			next = j.Below
		}
	}
	t := types.Of(types.Integer).Null(bound.Type.Nullable || !valid)
	x := r.Env.node(c.Pos, fmt.Sprintf("RAND_INTEGER%d", len(r.Env.sources)), t, args, strict([]*X{bound}, func(vs []value.Value) (value.Value, error) {
		if !valid {
			return value.NULL, nil
		}
		if vs[0].I <= 0 {
			return value.NULL, sqlerr.Fail("java.lang.IllegalArgumentException", "bound must be positive")
		}
		return value.Int(int64(next(int32(vs[0].I)))), nil
	}))
	x.Const = false
	return x, nil
}
