// Package over plans functions over windows: which rows each sees, and whether
// they are computed at the end, in the order of time, or as rows change.
package over

import (
	"slices"
	"strconv"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/overagg"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Calls are the functions over windows of one SELECT. Each becomes a column
// behind the row's own.
type Calls struct {
	env   *expr.Env
	batch bool
	named map[string]*ast.Window
	base  int       // the width of the row without them
	ids   []expr.ID // of the calls, in the order of their columns
	calls []*overCall
}

// overCall is one function over a window as resolved.
type overCall struct {
	id        expr.ID
	pos       ast.Pos
	call      overagg.OverCall
	partition []*expr.Expr
	order     []*expr.Expr
	keys      []stream.RankKey
	window    string // the same for calls over one window
	hasFrame  bool
	arg       *expr.Expr // of LAG and LEAD
	result    types.Type
}

func hasOver(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if c, ok := x.(*ast.Call); ok && c.Over != nil {
			found = true
		}
		return !found
	})
	return found
}

// callInClause is a call with OVER and the resolver of its clause.
type callInClause struct {
	r *expr.Resolver
	c *ast.Call
}

// NewCalls finds the functions over windows in the select list and in QUALIFY,
// each once, for rows of so many columns. One that cannot be resolved is left
// out: who resolves its expression gets the complaint.
func NewCalls(r *expr.Resolver, batch bool, s *ast.Select, width int) *Calls {
	o := &Calls{env: r.Env, batch: batch, named: s.Windows, base: width}
	items, qualify := *r, *r
	qualify.Query = nil
	var list []callInClause
	for _, it := range s.Items {
		list = o.within(list, &items, it.Expr)
	}
	list = o.within(list, &qualify, s.Qualify)
	list, o.ids = o.distinct(list)
	for _, f := range list { // where every value stands is known from here on
		own := *f.r
		own.Over = o.Resolve
		if _, oc, err := o.call(&own, f.c); err == nil {
			o.calls = append(o.calls, oc)
		}
	}
	return o
}

// within adds the calls with OVER of an expression, those in the arguments of
// another before it.
func (o *Calls) within(list []callInClause, r *expr.Resolver, e ast.Expr) []callInClause {
	ast.Walk(e, func(e ast.Expr) bool {
		c, ok := e.(*ast.Call)
		if !ok || c.Over == nil {
			return true
		}
		parts := append(slices.Clone(c.Args), c.Filter)
		if w, err := o.windowFor(c); err == nil {
			parts = append(parts, w.PartitionBy...)
			for _, item := range w.OrderBy {
				parts = append(parts, item.Expr)
			}
		}
		for _, part := range parts {
			list = o.within(list, r, part)
		}
		list = append(list, callInClause{r, c})
		return false
	})
	return list
}

// distinct are the calls that can be resolved, each once, with their IDs. In
// batch mode those that share a window come one after the other.
func (o *Calls) distinct(list []callInClause) ([]callInClause, []expr.ID) {
	var out []callInClause
	var ids []expr.ID
	var windows []string // of each call
	for _, f := range list {
		own := *f.r
		own.Over = func(r *expr.Resolver, c *ast.Call) (*expr.Expr, error) {
			x, _, err := o.call(r, c)
			return x, err
		}
		x, oc, err := o.call(&own, f.c)
		if err != nil || slices.Contains(ids, x.ID) {
			continue
		}
		at, w := len(out), oc.windowOnlyKeys()
		for o.batch && at > 0 && windows[at-1] != w && slices.Contains(windows[:at], w) {
			at--
		}
		out, ids, windows = slices.Insert(out, at, f), slices.Insert(ids, at, x.ID), slices.Insert(windows, at, w)
	}
	return out, ids
}

// windowFor is the window of a call, under its name or as it is written there.
func (o *Calls) windowFor(c *ast.Call) (*ast.Window, error) {
	if c.Over.Ref == nil {
		return c.Over, nil
	}
	named, ok := o.named[c.Over.Ref.Text]
	if !ok {
		return nil, sqlerr.Invalid(c.Over.Ref.Pos, "Window '%s' not found", c.Over.Ref.Text)
	}
	return named, nil
}

// Resolve is the hook of expr.Resolver for calls with OVER.
func (o *Calls) Resolve(r *expr.Resolver, c *ast.Call) (*expr.Expr, error) {
	x, _, err := o.call(r, c)
	if err != nil {
		return nil, err
	}
	at := slices.Index(o.ids, x.ID)
	if at < 0 {
		return nil, sqlerr.Refuse(c.Pos, "OVER in this place")
	}
	column := o.base + at
	x.Eval = func(row value.Row) (value.Value, error) { return row[column], nil }
	return x, nil
}

// call resolves a call with OVER. The expression is not computed yet.
func (o *Calls) call(r *expr.Resolver, c *ast.Call) (*expr.Expr, *overCall, error) {
	w, err := o.windowFor(c)
	if err != nil {
		return nil, nil, err
	}
	oc := &overCall{pos: c.Pos, hasFrame: w.Frame != nil}
	if err := oc.windowOf(r, w); err != nil {
		return nil, nil, err
	}
	t, err := o.function(r, c, oc)
	if err != nil {
		return nil, nil, err
	}
	if err := oc.frame(w, r); err != nil {
		return nil, nil, err
	}
	if f := w.Frame; f != nil && (f.From.By != nil || f.To.By != nil) && oc.call.Agg != nil &&
		!oc.call.Agg.Of.NeverNull {
		t.Nullable = true // Flink thinks of a frame without rows
	}
	x := o.env.External(c.Pos, "OVER "+strings.ToUpper(c.Name)+" "+oc.window+" "+oc.argsKey(), t)
	oc.id, oc.result = x.ID, t
	return x, oc, nil
}

func (c *overCall) argsKey() string {
	if c.call.Agg != nil {
		return c.call.Agg.ID.String()
	}
	return strconv.Itoa(int(c.call.By))
}

// of is what is known of the function; nothing where it is an aggregate.
func (c *overCall) of() expr.OverFunction {
	if c.call.Of == nil {
		return expr.OverFunction{}
	}
	return *c.call.Of.Over
}

// function resolves the function itself and gives its type.
func (o *Calls) function(r *expr.Resolver, c *ast.Call, oc *overCall) (types.Type, error) {
	name := strings.ToUpper(c.Name)
	if f := o.env.Functions.Function(name); f != nil && f.Over != nil {
		oc.call.Of = f
		if f.Over.Step != 0 {
			return o.neighbour(r, c, oc)
		}
		return f.Over.Type, o.number(r, c, oc)
	}
	of := o.env.Functions.Aggregate(name)
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

// number resolves the arguments of a function that numbers rows.
func (o *Calls) number(r *expr.Resolver, c *ast.Call, oc *overCall) error {
	f := oc.call.Of
	switch {
	case f.Over.Counts && len(oc.order) == 0 && o.batch:
		return sqlerr.Refuse(c.Pos, "%s without ORDER BY", f.Name)
	case !f.Over.Constant && len(c.Args) > 0:
		return sqlerr.Refuse(c.Pos, "%s with arguments", f.Name)
	case !f.Over.Constant:
		return nil
	case len(c.Args) != 1:
		return sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(c.Args))
	}
	return oc.constant(r, c.Args[0])
}

// constant reads the number of rows or buckets.
func (oc *overCall) constant(r *expr.Resolver, e ast.Expr) error {
	x, err := r.Value(e)
	if err != nil {
		return err
	}
	least := int64(0)
	if oc.call.Of.Over.Constant {
		least = 1
	}
	if x.Literal == nil || !x.Type.IsInt() || x.Literal.I < least || x.Literal.I > 1_000_000 {
		return sqlerr.Refuse(e.Span(), "%s with this number", oc.call.Of.Name)
	}
	oc.call.By = x.Literal.I
	return nil
}

func (o *Calls) neighbour(r *expr.Resolver, c *ast.Call, oc *overCall) (types.Type, error) {
	if len(c.Args) < 1 || len(c.Args) > 2 { // the type with a default is not known
		return types.Type{}, sqlerr.Refuse(c.Pos, "%s with %d arguments", oc.call.Of.Name, len(c.Args))
	}
	x, err := r.Value(c.Args[0])
	if err != nil {
		return types.Type{}, err
	}
	oc.window += "x" + x.ID.String()
	oc.arg, oc.call.Arg, oc.call.By = x, x.Eval, 1
	if len(c.Args) >= 2 {
		if err := oc.constant(r, c.Args[1]); err != nil {
			return types.Type{}, err
		}
	}
	return tree.WithoutTime(x.Type).Null(true), nil
}

// join computes the calls behind the row.
func (o *Calls) join(n tree.Node) (tree.Node, error) {
	if len(o.calls) == 0 {
		return n, nil
	}
	if o.batch {
		return o.inBatch(n)
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
		if of := c.of(); of.AppendOnly && !n.Traits().Append {
			return nil, sqlerr.Refuse(c.pos, "%s over a changing input", c.call.Of.Name)
		} else if of.NoChanges { // Flink counts rows of one rank again as they change
			if !o.numbers() {
				return nil, tree.UnchangingError(c.pos, c.call.Of)
			}
			return o.ranked(n, nil), nil
		}
	}
	return o.ranked(n, tree.NewOver(n, o.window(), tree.OverChanges, 0)), nil
}

// oneWindow complains of what streaming mode does not compute together.
func (o *Calls) oneWindow() error {
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
		if c.of().Counts != first.of().Counts { // it has a frame of rows of its own
			return sqlerr.NoPlan(c.pos, true,
				"Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same window. please "+
					"re-check the over window statement.")
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
	if c.of().BatchOnly {
		return sqlerr.TableError(c.pos, c.call.Of.Name+" Function is not supported in stream mode.")
	}
	f := c.call.Frame
	switch {
	case len(c.order) == 0:
		return sqlerr.TableError(c.pos, "The window can only be ordered by a single time column.")
	case c.order[0].Type.Proctime:
		return sqlerr.Refuse(c.pos, "OVER by the time of processing")
	case f.Rows && f.From != overagg.NoBound && f.From < 0 && f.To == 0 && !c.order[0].Type.Rowtime:
		return sqlerr.TableError(c.pos, "Non-time attribute sort is not supported for bounded OVER window.")
	case f.Rows && (f.To == overagg.NoBound || f.To > 0):
		return sqlerr.TableError(c.pos, "OVER RANGE FOLLOWING windows are not supported yet.")
	case f.To == overagg.NoBound || f.Rows && f.To != 0:
		return sqlerr.Refuse(c.pos, "OVER with this frame in streaming mode")
	}
	return nil
}

// window is what the calls share, as the tree has it.
func (o *Calls) window() tree.Window {
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
func (o *Calls) numbers() bool {
	return len(o.calls) == 1 && o.calls[0].of().Ranks && len(o.calls[0].order) > 0
}

// ranking is the number as the tree has it.
func (o *Calls) ranking() tree.Number {
	if !o.numbers() {
		return tree.Number{}
	}
	c := o.calls[0]
	return tree.Number{Function: c.call.Of, Pos: c.pos, ID: c.id, Batch: o.batch}
}
