package expr

import (
	"math"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// NoWatermark is before the first one.
const NoWatermark = math.MinInt64

// currentWatermark resolves CURRENT_WATERMARK(rowtime): the watermark that
// came before the row, NULL before the first one.
func currentWatermark(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 1 && (!r.Env.Streaming || !args[0].Type.Rowtime) { // only of an event time
		plain := *args[0]
		plain.Type.Rowtime = false
		return nil, invalidCall(c.Name, []*X{&plain})
	}
	if len(args) != 1 || !r.Env.Streaming || !args[0].Type.Rowtime || args[0].Type.Root != types.Timestamp || r.Env.Watermarked != 1 {
		return nil, sqlerr.Refuse(c.Pos, "this use of CURRENT_WATERMARK")
	}
	t := types.Type{Root: types.Timestamp, P: 3, Nullable: true}
	x := r.Env.node(c.Pos, "CURRENT_WATERMARK", t, args, func(value.Row) (value.Value, error) {
		if r.Env.Watermark == NoWatermark {
			return value.NULL, nil
		}
		return value.Stamp(r.Env.Watermark, 0), nil
	})
	x.Const = false
	return x, nil
}
