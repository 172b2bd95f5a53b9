package plan

import (
	"strconv"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// overs are the functions over windows of one SELECT. Each becomes a column
// behind the row's own.
type overs struct {
	p     *Planner
	named map[string]*parse.Window
	base  int // the width of the row without them, known when all are resolved
	calls []*overCall
	// places says where the calls' values stand; nil: in their order.
	places []int
}

// overCall is one function over a window as resolved.
type overCall struct {
	id        int
	pos       parse.Pos
	call      stream.OverCall
	partition []*expr.Expr
	order     []*expr.Expr
	keys      []stream.RankKey
	window    string // the same for calls over one window
	hasFrame  bool
	arg       *expr.Expr // of LAG and LEAD
	result    types.Type
}

func itoa(i int) string { return strconv.Itoa(i) }

func hasOver(e parse.Expr) bool {
	found := false
	parse.Walk(e, func(x parse.Expr) bool {
		if c, ok := x.(*parse.Call); ok && c.Over != nil {
			found = true
		}
		return !found
	})
	return found
}

// resolve is the hook of expr.Resolver for calls with OVER.
func (o *overs) resolve(r *expr.Resolver, c *parse.Call) (*expr.Expr, error) {
	w := c.Over
	if w.Ref != nil {
		named, ok := o.named[w.Ref.Text]
		if !ok {
			return nil, sqlerr.Invalid(w.Ref.Pos, "Window '%s' not found", w.Ref.Text)
		}
		w = named
	}
	oc := &overCall{pos: c.Pos, hasFrame: w.Frame != nil}
	if err := oc.windowOf(r, w); err != nil {
		return nil, err
	}
	t, err := o.function(r, c, oc)
	if err != nil {
		return nil, err
	}
	if err := oc.frame(w, r); err != nil {
		return nil, err
	}
	if f := w.Frame; f != nil && (f.From.By != nil || f.To.By != nil) && oc.call.Agg != nil && !oc.call.Agg.Of.NeverNull {
		t.Nullable = true // Flink thinks of a frame without rows
	}
	x := o.p.Env.External(c.Pos, "OVER "+strings.ToUpper(c.Name)+" "+oc.window+" "+oc.argsKey(), t)
	oc.id, oc.result = x.ID, t
	at := len(o.calls)
	for i, other := range o.calls {
		if other.id == oc.id {
			at = i
		}
	}
	if at == len(o.calls) {
		o.calls = append(o.calls, oc)
	}
	x.Eval = func(row value.Row) (value.Value, error) { return row[o.base+o.place(at)], nil }
	return x, nil
}

func (oc *overCall) argsKey() string {
	key := ""
	if oc.call.Agg != nil {
		key = oc.call.Agg.Key
	}
	return key + " " + oc.call.Name + " " + itoa(int(oc.call.By))
}

var rankings = map[string]types.Root{
	"ROW_NUMBER": types.Bigint, "RANK": types.Bigint, "DENSE_RANK": types.Bigint, "NTILE": types.Bigint,
	"PERCENT_RANK": types.Double, "CUME_DIST": types.Double,
}

// function resolves the function itself and gives its type.
func (o *overs) function(r *expr.Resolver, c *parse.Call, oc *overCall) (types.Type, error) {
	name := strings.ToUpper(c.Name)
	if root, ok := rankings[name]; ok {
		oc.call.Name = name
		return types.Of(root), o.ranking(r, c, oc)
	}
	if name == "LAG" || name == "LEAD" {
		oc.call.Name = name
		return o.neighbour(r, c, oc)
	}
	of := o.p.Env.Functions.Aggregate(name)
	if of == nil || c.Distinct {
		return types.Type{}, sqlerr.Refuse(c.Pos, "%s over a window", name)
	}
	agg, err := r.OverAggregate(c, of)
	if err != nil {
		return types.Type{}, err
	}
	if !of.Over || agg.Filter != nil {
		return types.Type{}, sqlerr.Refuse(c.Pos, "%s over a window", name)
	}
	oc.call.Agg = agg
	if agg.Arg != nil {
		oc.call.Arg = agg.Arg.Eval
	}
	return agg.Type, nil
}

func (o *overs) ranking(r *expr.Resolver, c *parse.Call, oc *overCall) error {
	if oc.call.Name == "ROW_NUMBER" && len(oc.order) == 0 && o.p.Batch {
		return sqlerr.Refuse(c.Pos, "ROW_NUMBER without ORDER BY")
	}
	if oc.call.Name != "NTILE" {
		if len(c.Args) > 0 {
			return sqlerr.Refuse(c.Pos, "%s with arguments", oc.call.Name)
		}
		return nil
	}
	if len(c.Args) != 1 {
		return sqlerr.Refuse(c.Pos, "NTILE with %d arguments", len(c.Args))
	}
	return oc.constant(r, c.Args[0])
}

// constant reads the number of rows or buckets.
func (oc *overCall) constant(r *expr.Resolver, e parse.Expr) error {
	x, err := r.Value(e)
	if err != nil {
		return err
	}
	if x.Literal == nil || !x.Type.IsInt() || x.Literal.I <= 0 && oc.call.Name == "NTILE" || x.Literal.I < 0 || x.Literal.I > 1_000_000 {
		return sqlerr.Refuse(e.Span(), "%s with this number", oc.call.Name)
	}
	oc.call.By = x.Literal.I
	return nil
}

func (o *overs) neighbour(r *expr.Resolver, c *parse.Call, oc *overCall) (types.Type, error) {
	if len(c.Args) < 1 || len(c.Args) > 2 { // the type with a default is not known
		return types.Type{}, sqlerr.Refuse(c.Pos, "%s with %d arguments", oc.call.Name, len(c.Args))
	}
	x, err := r.Value(c.Args[0])
	if err != nil {
		return types.Type{}, err
	}
	oc.window += "x" + itoa(x.ID)
	oc.arg, oc.call.Arg, oc.call.By = x, x.Eval, 1
	if len(c.Args) >= 2 {
		if err := oc.constant(r, c.Args[1]); err != nil {
			return types.Type{}, err
		}
	}
	return withoutTime(x.Type).Null(true), nil
}

// join computes the calls behind the row.
func (o *overs) join(n tree.Node) (tree.Node, error) {
	o.base = len(n.Schema())
	if len(o.calls) == 0 {
		return n, nil
	}
	if o.p.Batch {
		return o.batch(n)
	}
	if err := o.oneWindow(); err != nil {
		return nil, err
	}
	first := o.calls[0]
	if first.order[0].Type.Rowtime {
		return o.inTime(n)
	}
	if !n.Traits().Bounded {
		return o.ranked(n, nil), nil
	}
	for _, c := range o.calls {
		if len(c.keys) > 0 && c.keys[0].Desc || len(c.keys) > 1 { // only its first rows can be had
			if !o.numbers() {
				return nil, tree.OrderError(c.pos, len(c.keys) > 1)
			}
			return o.ranked(n, nil), nil
		}
		if c.call.Name == "LAG" && !n.Traits().Append {
			return nil, sqlerr.Refuse(c.pos, "LAG over a changing input")
		}
		if c.call.Name == "RANK" { // Flink counts rows of one rank again as they change
			if !o.numbers() {
				return nil, sqlerr.Refuse(c.pos, "RANK by other than time in streaming mode")
			}
			return o.ranked(n, nil), nil
		}
	}
	return o.ranked(n, tree.NewOver(n, o.window(), tree.OverChanges, 0)), nil
}

// oneWindow complains of what streaming mode does not compute together.
func (o *overs) oneWindow() error {
	first := o.calls[0]
	for _, c := range o.calls[1:] {
		if c.windowOnly() != first.windowOnly() {
			return sqlerr.Refuse(c.pos, "different windows in one SELECT")
		}
	}
	for _, c := range o.calls {
		if err := c.streaming(); err != nil {
			return err
		}
		if counts := c.call.Name == "ROW_NUMBER"; counts != (first.call.Name == "ROW_NUMBER") { // it has a frame of rows of its own
			return sqlerr.NoPlan(c.pos, true,
				"Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same window. please re-check the over window statement.")
		}
	}
	return nil
}

// windowOnly is the window without what the function adds to tell calls apart.
func (c *overCall) windowOnly() string {
	w, _, _ := strings.Cut(c.window, "x")
	return w
}

// streaming says what Flink refuses of windows in streaming mode.
func (c *overCall) streaming() error {
	switch name := c.call.Name; name {
	case "LEAD", "NTILE", "PERCENT_RANK", "CUME_DIST":
		return tableError(c.pos, name+" Function is not supported in stream mode.")
	}
	f := c.call.Frame
	switch {
	case len(c.order) == 0:
		return tableError(c.pos, "The window can only be ordered by a single time column.")
	case c.order[0].Type.Proctime:
		return sqlerr.Refuse(c.pos, "OVER by the time of processing")
	case f.Rows && f.From != stream.NoBound && f.From < 0 && f.To == 0 && !c.order[0].Type.Rowtime:
		return tableError(c.pos, "Non-time attribute sort is not supported for bounded OVER window.")
	case f.Rows && (f.To == stream.NoBound || f.To > 0):
		return tableError(c.pos, "OVER RANGE FOLLOWING windows are not supported yet.")
	case f.To == stream.NoBound || f.Rows && f.To != 0:
		return sqlerr.Refuse(c.pos, "OVER with this frame in streaming mode")
	}
	return nil
}

// window is what the calls share, as the tree has it.
func (o *overs) window() tree.Window {
	first := o.calls[0]
	w := tree.Window{Partition: first.partition, Order: first.order, Keys: first.keys}
	for _, c := range o.calls {
		w.Calls = append(w.Calls, c.call)
		w.Results = append(w.Results, expr.Column{Type: c.result})
		if c.arg != nil {
			w.Reads = append(w.Reads, c.arg)
		}
	}
	return w
}

// numbers says whether the only call is a number of a row, of which a condition
// may want the first.
func (o *overs) numbers() bool {
	if len(o.calls) != 1 || o.calls[0].call.Agg != nil || len(o.calls[0].order) == 0 {
		return false
	}
	switch o.calls[0].call.Name {
	case "ROW_NUMBER", "RANK", "DENSE_RANK":
		return true
	}
	return false
}

// number is the number as the tree has it.
func (o *overs) number() tree.Number {
	if !o.numbers() {
		return tree.Number{}
	}
	c := o.calls[0]
	return tree.Number{Function: c.call.Name, Pos: c.pos, ID: c.id, Batch: o.p.Batch}
}
