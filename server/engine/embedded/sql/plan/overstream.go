package plan

import (
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
)

// inTime computes in the order of event time.
func (o *overs) inTime(n tree.Node) (tree.Node, error) {
	first := o.calls[0]
	for _, c := range o.calls {
		switch {
		case len(c.order) > 1:
			return nil, tableError(c.pos, "The window can only be ordered by a single time column.")
		case c.keys[0].Desc && !o.numbers():
			return nil, tableError(c.pos, "The window can only be ordered in ASCENDING mode.")
		case c.call.Agg == nil && c.call.Name != "ROW_NUMBER" && c.call.Name != "LAG":
			return nil, sqlerr.Refuse(c.pos, "%s by time in streaming mode", c.call.Name)
		case !n.Traits().Append:
			return nil, sqlerr.Refuse(c.pos, "OVER of a changing input")
		case first.order[0].Column < 0:
			return nil, sqlerr.Refuse(c.pos, "OVER by an expression")
		}
	}
	if first.keys[0].Desc {
		return tree.NewNumbered(n, o.window(), o.number(), nil), nil
	}
	all := tree.NewOver(n, o.window(), tree.OverTime, 0)
	if !o.numbers() {
		return all, nil
	}
	return tree.NewNumbered(n, o.window(), o.number(), all), nil
}

// ranked is a node whose rows change as others come. Without one that computes
// it for all rows, only its first rows can be had.
func (o *overs) ranked(n, all tree.Node) tree.Node {
	if all != nil && !o.numbers() {
		return all
	}
	return tree.NewNumbered(n, o.window(), o.number(), all)
}
