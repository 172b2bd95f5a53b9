package over

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream/overagg"
)

// inBatch computes window by window the calls that share it.
func (o *Calls) inBatch(n tree.Node) (tree.Node, error) {
	for _, c := range o.calls {
		if c.call.Frame.Range != overagg.NoBound {
			return nil, sqlerr.Refuse(c.pos, "OVER with a RANGE of an interval in batch mode")
		}
	}
	out := n
	for first := 0; first < len(o.calls); {
		end := first + 1
		for end < len(o.calls) && o.calls[end].windowOnlyKeys() == o.calls[first].windowOnlyKeys() {
			end++
		}
		out = tree.NewOver(
			out, (&Calls{env: o.env, batch: o.batch, calls: o.calls[first:end]}).window(), tree.OverAll, 0,
		)
		first = end
	}
	if o.numbers() && o.calls[0].of().Counts { // conditions on the number still hold off what is behind the first rows
		return tree.NewNumbered(n, o.window(), o.ranking(), out), nil
	}
	return out, nil
}

// windowOnlyKeys is the partition and the order without the frame.
func (c *overCall) windowOnlyKeys() string {
	w, _, _ := strings.Cut(c.windowOnly(), "r")
	return w
}

// Allowed refuses OVER in a SELECT that makes groups.
func Allowed(s *ast.Select, grouped bool) error {
	uses := s.Qualify != nil && hasOver(s.Qualify)
	for _, it := range s.Items {
		uses = uses || hasOver(it.Expr)
	}
	if uses && grouped {
		return sqlerr.Refuse(s.Pos, "OVER beside GROUP BY")
	}
	return nil
}

// Qualify resolves the conditions of QUALIFY.
func (o *Calls) Qualify(s *ast.Select, r *expr.Resolver) ([]Condition, error) {
	if s.Qualify == nil {
		return nil, nil
	}
	if !hasOver(s.Qualify) {
		return nil, sqlerr.Refuse(s.Qualify.Span(), "QUALIFY without OVER")
	}
	var out []Condition
	for _, c := range ast.Conjuncts(s.Qualify) {
		x, err := r.Condition(c, "QUALIFY")
		if err != nil {
			return nil, err
		}
		out = append(out, Condition{c, x})
	}
	return out, nil
}

// applied puts the windows and QUALIFY behind the row.
func (o *Calls) Apply(n tree.Node, conditions []Condition) (tree.Node, error) {
	if len(o.calls) == 0 {
		return n, nil
	}
	out, err := o.join(n)
	if err != nil {
		return nil, err
	}
	if found, _ := tree.FindNumber(out); found != nil && len(conditions) > 0 {
		isNumber := func(e ast.Expr) bool { c, ok := e.(*ast.Call); return ok && c.Over != nil }
		var list []ast.Expr
		for _, c := range conditions {
			list = append(list, c.e)
		}
		if first, last, rest, ok := Bounds(list, isNumber); ok {
			if out, err = tree.FirstRows(out, first, last, true); err != nil {
				return nil, err
			}
			if !o.batch {
				conditions = remaining(conditions, rest)
			}
		}
	}
	if len(conditions) > 0 && !tree.Executable(out) {
		return nil, sqlerr.Refuse(conditions[0].x.Pos, "this QUALIFY in streaming mode")
	}
	for _, c := range conditions {
		out = tree.NewFilter(out, c.x)
	}
	return out, nil
}

// inTime computes in the order of event time.
func (o *Calls) inTime(n tree.Node) (tree.Node, error) {
	first := o.calls[0]
	for _, c := range o.calls {
		switch {
		case len(c.order) > 1:
			return nil, sqlerr.TableError(c.pos, "The window can only be ordered by a single time column.")
		case c.keys[0].Desc && !o.numbers():
			return nil, sqlerr.TableError(c.pos, "The window can only be ordered in ASCENDING mode.")
		case c.call.Of != nil && !c.of().ByTime:
			return nil, sqlerr.Refuse(c.pos, "%s by time in streaming mode", c.call.Of.Name)
		case !n.Traits().Append:
			return nil, sqlerr.Refuse(c.pos, "OVER of a changing input")
		case first.order[0].Column < 0:
			return nil, sqlerr.Refuse(c.pos, "OVER by an expression")
		}
	}
	if first.keys[0].Desc {
		return tree.NewNumbered(n, o.window(), o.ranking(), nil), nil
	}
	all := tree.NewOver(n, o.window(), tree.OverTime, 0)
	if !o.numbers() {
		return all, nil
	}
	return tree.NewNumbered(n, o.window(), o.ranking(), all), nil
}

// ranked is a node whose rows change as others come. Without one that computes
// it for all rows, only its first rows can be had.
func (o *Calls) ranked(n, all tree.Node) tree.Node {
	if all != nil && !o.numbers() {
		return all
	}
	return tree.NewNumbered(n, o.window(), o.ranking(), all)
}
