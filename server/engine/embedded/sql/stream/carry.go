package stream

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
)

// CarryWindows carries how many windows there are, and makes room for them.
func CarryWindows[T any](c *state.Codec, open *map[int64]T) []int64 {
	ends := make([]int64, 0, len(*open))
	for end := range *open {
		ends = append(ends, end)
	}
	n := c.Length(len(ends))
	if c.Loading {
		ends, *open = make([]int64, n), make(map[int64]T, n)
	}
	return ends
}

func CarryChange(c *state.Codec, ch *Change) {
	op := int(ch.Op)
	c.Int(&op)
	ch.Op = cmf.Op(op)
	c.Row(&ch.Row)
}
