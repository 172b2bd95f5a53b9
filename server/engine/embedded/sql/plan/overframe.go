package plan

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// windowOf resolves PARTITION BY and ORDER BY.
func (oc *overCall) windowOf(r *expr.Resolver, w *parse.Window) error {
	for _, e := range w.PartitionBy {
		x, err := r.Value(e)
		if err != nil {
			return err
		}
		oc.partition = append(oc.partition, x)
		oc.window += "p" + itoa(x.ID)
	}
	for _, item := range w.OrderBy {
		x, err := r.Value(item.Expr)
		if err != nil {
			return err
		}
		oc.order = append(oc.order, x)
		key := sortKey(item, 0, x.Type)
		oc.keys = append(oc.keys, stream.RankKey{Fn: x.Eval, SortKey: key})
		oc.window += "o" + itoa(x.ID)
		if item.Desc {
			oc.window += "d"
		}
		if key.NullsFirst {
			oc.window += "f"
		}
	}
	return nil
}

// frame finds the frame: without one it is all rows, or those up to the
// current one in the order.
func (oc *overCall) frame(w *parse.Window, r *expr.Resolver) error {
	oc.call.Frame = stream.Frame{From: stream.NoBound, To: stream.NoBound, Range: stream.NoBound}
	f := &oc.call.Frame
	if w.Frame == nil {
		if len(oc.order) > 0 {
			f.To = 0
		}
		return nil
	}
	if oc.call.Agg == nil {
		return sqlerr.Refuse(w.Frame.Pos, "a frame for %s", oc.call.Name)
	}
	if len(oc.order) == 0 {
		return sqlerr.Refuse(w.Frame.Pos, "a frame without ORDER BY")
	}
	f.Rows = w.Frame.Rows
	oc.window += "r"
	var err error
	if f.From, err = oc.bound(w.Frame.From, w.Frame, r, false); err != nil {
		return err
	}
	if f.To, err = oc.bound(w.Frame.To, w.Frame, r, true); err != nil {
		return err
	}
	if !f.Rows && f.From != stream.NoBound {
		if f.From == 0 {
			return sqlerr.Refuse(w.Frame.Pos, "a RANGE that begins at the current row")
		}
		f.Range, f.From = -f.From, stream.NoBound
		oc.window += "i" + itoa(int(f.Range))
		return nil
	}
	if f.From != stream.NoBound && f.To != stream.NoBound && f.From > f.To {
		return sqlerr.Refuse(w.Frame.Pos, "a frame that ends before it begins")
	}
	oc.window += itoa(int(f.From)) + "," + itoa(int(f.To))
	return nil
}

// bound is a number of rows, or milliseconds, relative to the current row.
func (oc *overCall) bound(b parse.Bound, f *parse.Frame, r *expr.Resolver, end bool) (int64, error) {
	switch {
	case b.Current:
		return 0, nil
	case b.By == nil && b.Following == end:
		return stream.NoBound, nil
	case b.By == nil:
		return 0, sqlerr.Refuse(f.Pos, "this frame")
	}
	x, err := r.Value(b.By)
	if err != nil {
		return 0, err
	}
	v, err := x.Eval(nil)
	if !x.Const || err != nil || !v.Valid || v.I < 0 {
		return 0, sqlerr.Refuse(f.Pos, "a frame with this bound")
	}
	if f.Rows != x.Type.IsInt() || !f.Rows && x.Type.Root != types.IntervalMillis || !f.Rows && (b.Following || end) {
		return 0, sqlerr.Refuse(f.Pos, "a frame with this bound")
	}
	if !b.Following {
		return -v.I, nil
	}
	return v.I, nil
}

// place is where a call's value stands behind the row.
func (o *overs) place(call int) int {
	if o.places == nil {
		return call
	}
	return o.places[call]
}

// batch computes window by window the calls that share it.
func (o *overs) batch(n tree.Node) (tree.Node, error) {
	o.places = make([]int, len(o.calls))
	var windows [][]*overCall
	at := map[string]int{}
	for _, c := range o.calls {
		if c.call.Frame.Range != stream.NoBound {
			return nil, sqlerr.Refuse(c.pos, "OVER with a RANGE of an interval in batch mode")
		}
		key := c.windowOnlyKeys()
		i, ok := at[key]
		if !ok {
			i = len(windows)
			at[key] = i
			windows = append(windows, nil)
		}
		windows[i] = append(windows[i], c)
	}
	place := 0
	out := n
	for _, calls := range windows {
		for _, c := range calls {
			for i := range o.calls {
				if o.calls[i] == c {
					o.places[i] = place
				}
			}
			place++
		}
		out = tree.NewOver(out, (&overs{p: o.p, calls: calls}).window(), tree.OverAll, 0)
	}
	if o.numbers() && o.calls[0].call.Name == "ROW_NUMBER" { // conditions on the number still hold off what is behind the first rows
		return tree.NewNumbered(n, o.window(), o.number(), out), nil
	}
	return out, nil
}

// windowOnlyKeys is the partition and the order without the frame.
func (c *overCall) windowOnlyKeys() string {
	w, _, _ := strings.Cut(c.windowOnly(), "r")
	return w
}

// allowed lets the expressions of a SELECT use OVER.
func (o *overs) allowed(s *parse.Select, group *grouping, r *expr.Resolver) error {
	uses := s.Qualify != nil && hasOver(s.Qualify)
	for _, it := range s.Items {
		uses = uses || hasOver(it.Expr)
	}
	if uses && group != nil {
		return sqlerr.Refuse(s.Pos, "OVER beside GROUP BY")
	}
	r.Over = o.resolve
	return nil
}

// qualify resolves the conditions of QUALIFY.
func (o *overs) qualify(s *parse.Select, r *expr.Resolver) ([]qualified, error) {
	if s.Qualify == nil {
		return nil, nil
	}
	if !hasOver(s.Qualify) {
		return nil, sqlerr.Refuse(s.Qualify.Span(), "QUALIFY without OVER")
	}
	var out []qualified
	for _, c := range conjuncts(s.Qualify) {
		x, err := condition(r, c, "QUALIFY")
		if err != nil {
			return nil, err
		}
		out = append(out, qualified{c, x})
	}
	return out, nil
}

// qualified is one condition of QUALIFY.
type qualified struct {
	e parse.Expr
	x *expr.Expr
}

// applied puts the windows and QUALIFY behind the row.
func (o *overs) applied(n tree.Node, conditions []qualified) (tree.Node, error) {
	if len(o.calls) == 0 {
		return n, nil
	}
	out, err := o.join(n)
	if err != nil {
		return nil, err
	}
	if found, _ := tree.FindNumber(out); found != nil && len(conditions) > 0 {
		isNumber := func(e parse.Expr) bool { c, ok := e.(*parse.Call); return ok && c.Over != nil }
		var list []parse.Expr
		for _, c := range conditions {
			list = append(list, c.e)
		}
		if first, last, rest, ok := rankBounds(list, isNumber); ok {
			if out, err = tree.FirstRows(out, first, last, true); err != nil {
				return nil, err
			}
			if !o.p.Batch {
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

func remaining(all []qualified, rest []parse.Expr) []qualified {
	var out []qualified
	for _, q := range all {
		for _, e := range rest {
			if q.e == e {
				out = append(out, q)
			}
		}
	}
	return out
}
