package topn

import "drey/server/engine/embedded/sql/state"

func carryRanked(c *state.Codec, p **ranked) {
	state.Pointer(func(r *ranked) {
		c.Rows(&r.rows)
		c.Rows(&r.keys)
		c.Int(&r.order)
		c.Int64(&r.touched)
	})(p)
}
