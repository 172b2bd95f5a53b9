package java

import (
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// HashCode is the hash code that Flink's value of this type has.
func HashCode(t types.Type, v value.Value) uint32 {
	switch {
	case t.IsText():
		return murmur(v.S)
	case t.Root == types.Bigint:
		return uint32(v.I ^ v.I>>32)
	case t.Root == types.Boolean && v.I != 0:
		return 1231
	case t.Root == types.Boolean:
		return 1237
	}
	return uint32(v.I)
}

// murmur is MurmurHashUtils.hashBytes.
func murmur(s string) uint32 {
	h := uint32(42)
	mix := func(k uint32) {
		k *= 0xcc9e2d51
		h ^= (k<<15 | k>>17) * 0x1b873593
		h = (h<<13|h>>19)*5 + 0xe6546b64
	}
	i := 0
	for ; i+4 <= len(s); i += 4 {
		mix(uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24)
	}
	for ; i < len(s); i++ {
		mix(uint32(int8(s[i])))
	}
	h ^= uint32(len(s))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
