package over

import (
	"strconv"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/overagg"
	"drey/server/engine/types"
)

// windowOf resolves PARTITION BY and ORDER BY.
func (oc *overCall) windowOf(r *expr.Resolver, w *ast.Window) error {
	for _, e := range w.PartitionBy {
		x, err := r.Value(e)
		if err != nil {
			return err
		}
		oc.partition = append(oc.partition, x)
		oc.window += "p" + x.ID.String()
	}
	for _, item := range w.OrderBy {
		x, err := r.Value(item.Expr)
		if err != nil {
			return err
		}
		oc.order = append(oc.order, x)
		key := tree.SortKey(item, 0, x.Type)
		oc.keys = append(oc.keys, stream.RankKey{Fn: x.Eval, SortKey: key})
		oc.window += "o" + x.ID.String()
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
func (oc *overCall) frame(w *ast.Window, r *expr.Resolver) error {
	oc.call.Frame = overagg.Frame{From: overagg.NoBound, To: overagg.NoBound, Range: overagg.NoBound}
	f := &oc.call.Frame
	if w.Frame == nil {
		if len(oc.order) > 0 {
			f.To = 0
		}
		return nil
	}
	if oc.call.Agg == nil {
		return sqlerr.Refuse(w.Frame.Pos, "a frame for %s", oc.call.Of.Name)
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
	if !f.Rows && f.From != overagg.NoBound {
		if f.From == 0 {
			return sqlerr.Refuse(w.Frame.Pos, "a RANGE that begins at the current row")
		}
		f.Range, f.From = -f.From, overagg.NoBound
		oc.window += "i" + strconv.Itoa(int(f.Range))
		return nil
	}
	if f.From != overagg.NoBound && f.To != overagg.NoBound && f.From > f.To {
		return sqlerr.Refuse(w.Frame.Pos, "a frame that ends before it begins")
	}
	oc.window += strconv.Itoa(int(f.From)) + "," + strconv.Itoa(int(f.To))
	return nil
}

// bound is a number of rows, or milliseconds, relative to the current row.
func (oc *overCall) bound(b ast.Bound, f *ast.Frame, r *expr.Resolver, end bool) (int64, error) {
	switch {
	case b.Current:
		return 0, nil
	case b.By == nil && b.Following == end:
		return overagg.NoBound, nil
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

// Condition is one condition of QUALIFY.
type Condition struct {
	e ast.Expr
	x *expr.Expr
}

func remaining(all []Condition, rest []ast.Expr) []Condition {
	var out []Condition
	for _, q := range all {
		for _, e := range rest {
			if q.e == e {
				out = append(out, q)
			}
		}
	}
	return out
}
