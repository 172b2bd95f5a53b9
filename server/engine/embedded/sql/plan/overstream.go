package plan

import (
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// inTime computes in the order of event time.
func (o *overs) inTime(n *Node) (*Node, error) {
	first := o.calls[0]
	rank := o.rank(n)
	for _, c := range o.calls {
		switch {
		case len(c.order) > 1:
			return nil, tableError(c.pos, "The window can only be ordered by a single time column.")
		case c.keys[0].Desc && rank == nil:
			return nil, tableError(c.pos, "The window can only be ordered in ASCENDING mode.")
		case c.call.Agg == nil && c.call.Name != "ROW_NUMBER" && c.call.Name != "LAG":
			return nil, sqlerr.Refuse(c.pos, "%s by time in streaming mode", c.call.Name)
		case !n.Append:
			return nil, sqlerr.Refuse(c.pos, "OVER of a changing input")
		case first.order[0].Column < 0:
			return nil, sqlerr.Refuse(c.pos, "OVER by an expression")
		}
	}
	spec, at := o.spec(), first.order[0].Column
	out := *n
	out.rank, out.windows, out.Upsert = rank, nil, nil
	if first.keys[0].Desc {
		out.Build = nil
		return &out, nil
	}
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.OverTime{OverSpec: spec, Time: at, Budget: b.Operator("OverAggregate"), Next: next})
	}
	return &out, nil
}

// changes computes every partition again as rows come.
func (o *overs) changes(n *Node, ts []types.Type) func(*stream.Builder, stream.Op) {
	spec := o.spec()
	return func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.OverChanges{OverSpec: spec, Types: ts, Budget: b.Operator("OverAggregate"), Next: next})
	}
}

// ranked is a node whose rows change as others come. Without a way to build
// it, only its first rows can be had.
func (o *overs) ranked(n *Node, ts []types.Type, build func(*stream.Builder, stream.Op)) *Node {
	out := *n
	out.Append, out.windows, out.Upsert = false, nil, nil
	out.rank, out.Build = o.rank(n), build
	if out.rank != nil {
		out.rank.types = ts
	}
	return &out
}
