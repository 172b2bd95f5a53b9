package java

import (
	"encoding/binary"
	"errors"
)

// Random is java.util.Random, which a query with a seed asks for.
type Random struct {
	first, state int64
}

const javaMask = 1<<48 - 1

func NewRandom(seed int64) *Random {
	first := (seed ^ 0x5DEECE66D) & javaMask
	return &Random{first, first}
}

func (j *Random) Reset() { j.state = j.first }

func (j *Random) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, uint64(j.state)), nil
}

func (j *Random) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		return errors.New("state of another kind")
	}
	j.state = int64(binary.BigEndian.Uint64(b))
	return nil
}

func (j *Random) next(bits uint) int32 {
	j.state = (j.state*0x5DEECE66D + 0xB) & javaMask
	return int32(j.state >> (48 - bits))
}

func (j *Random) Float() float64 {
	high := int64(j.next(26)) << 27
	return float64(high+int64(j.next(27))) / (1 << 53)
}

func (j *Random) Below(bound int32) int32 {
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
