package overagg

import "drey/server/engine/embedded/sql/state"

func carryPartition(c *state.Codec, p **partition) {
	state.Pointer(func(p *partition) {
		c.Rows(&p.rows)
		c.Rows(&p.keys)
		c.Rows(&p.shown)
	})(p)
}
