package plan

import (
	"strconv"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
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
	partition []*expr.X
	order     []*expr.X
	keys      []stream.RankKey
	window    string // the same for calls over one window
	hasFrame  bool
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
func (o *overs) resolve(r *expr.Resolver, c *parse.Call) (*expr.X, error) {
	w := c.Over
	if w.Ref != nil {
		named, ok := o.named[w.Ref.Text]
		if !ok {
			return nil, expr.Invalid(w.Ref.Pos, "Window '%s' not found", w.Ref.Text)
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
	x := o.p.Env.Node(c.Pos, "OVER "+strings.ToUpper(c.Name)+" "+oc.window+" "+oc.argsKey(), t)
	oc.id = x.ID
	at := len(o.calls)
	for i, other := range o.calls {
		if other.id == oc.id {
			at = i
		}
	}
	if at == len(o.calls) {
		o.calls = append(o.calls, oc)
	}
	x.Fn = func(row value.Row) (value.Value, error) { return row[o.base+o.place(at)], nil }
	return x, nil
}

func (oc *overCall) argsKey() string {
	key := ""
	if oc.call.Agg != nil {
		key = oc.call.Agg.Key
	}
	return key + " " + oc.call.Name + " " + itoa(int(oc.call.By))
}

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
		oc.keys = append(oc.keys, stream.RankKey{Fn: x.Fn, SortKey: key})
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
	if !expr.IsAggregate(name) || c.Distinct {
		return types.Type{}, expr.Refuse(c.Pos, "%s over a window", name)
	}
	agg, err := r.OverAggregate(c, name)
	if err != nil {
		return types.Type{}, err
	}
	if name == "LISTAGG" || name == "ARRAY_AGG" || strings.HasPrefix(name, "STDDEV") || strings.HasPrefix(name, "VAR") || agg.Filter != nil {
		return types.Type{}, expr.Refuse(c.Pos, "%s over a window", name)
	}
	oc.call.Agg = agg
	if agg.Arg != nil {
		oc.call.Arg = agg.Arg.Fn
	}
	return agg.Type, nil
}

func (o *overs) ranking(r *expr.Resolver, c *parse.Call, oc *overCall) error {
	if oc.call.Name != "NTILE" {
		if len(c.Args) > 0 {
			return expr.Refuse(c.Pos, "%s with arguments", oc.call.Name)
		}
		return nil
	}
	if len(c.Args) != 1 {
		return expr.Refuse(c.Pos, "NTILE with %d arguments", len(c.Args))
	}
	return oc.constant(r, c.Args[0])
}

// constant reads the number of rows or buckets.
func (oc *overCall) constant(r *expr.Resolver, e parse.Expr) error {
	x, err := r.Value(e)
	if err != nil {
		return err
	}
	if x.Lit == nil || !x.Type.IsInt() || x.Lit.I <= 0 && oc.call.Name == "NTILE" || x.Lit.I < 0 || x.Lit.I > 1_000_000 {
		return expr.Refuse(e.Span(), "%s with this number", oc.call.Name)
	}
	oc.call.By = x.Lit.I
	return nil
}

func (o *overs) neighbour(r *expr.Resolver, c *parse.Call, oc *overCall) (types.Type, error) {
	if len(c.Args) < 1 || len(c.Args) > 2 { // the type with a default is not known
		return types.Type{}, expr.Refuse(c.Pos, "%s with %d arguments", oc.call.Name, len(c.Args))
	}
	x, err := r.Value(c.Args[0])
	if err != nil {
		return types.Type{}, err
	}
	oc.window += "x" + itoa(x.ID)
	oc.call.Arg, oc.call.By = x.Fn, 1
	if len(c.Args) >= 2 {
		if err := oc.constant(r, c.Args[1]); err != nil {
			return types.Type{}, err
		}
	}
	return withoutTime(x.Type).Null(true), nil
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
		return expr.Refuse(w.Frame.Pos, "a frame for %s", oc.call.Name)
	}
	if len(oc.order) == 0 {
		return expr.Refuse(w.Frame.Pos, "a frame without ORDER BY")
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
			return expr.Refuse(w.Frame.Pos, "a RANGE that begins at the current row")
		}
		f.Range, f.From = -f.From, stream.NoBound
		oc.window += "i" + itoa(int(f.Range))
		return nil
	}
	if f.From != stream.NoBound && f.To != stream.NoBound && f.From > f.To {
		return expr.Refuse(w.Frame.Pos, "a frame that ends before it begins")
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
		return 0, expr.Refuse(f.Pos, "this frame")
	}
	x, err := r.Value(b.By)
	if err != nil {
		return 0, err
	}
	v, err := x.Fn(nil)
	if !x.Const || err != nil || !v.Valid || v.I < 0 {
		return 0, expr.Refuse(f.Pos, "a frame with this bound")
	}
	if f.Rows != x.Type.IsInt() || !f.Rows && x.Type.Root != types.IntervalMillis || !f.Rows && (b.Following || end) {
		return 0, expr.Refuse(f.Pos, "a frame with this bound")
	}
	if !b.Following {
		return -v.I, nil
	}
	return v.I, nil
}

// join computes the calls behind the row.
func (o *overs) join(n *Node, types []types.Type) (*Node, error) {
	o.base = len(types)
	if len(o.calls) == 0 {
		return n, nil
	}
	if o.p.Batch {
		return o.batch(n)
	}
	first := o.calls[0]
	for _, c := range o.calls[1:] {
		if c.windowOnly() != first.windowOnly() {
			return nil, expr.Refuse(c.pos, "different windows in one SELECT")
		}
	}
	for _, c := range o.calls {
		if err := c.streaming(); err != nil {
			return nil, err
		}
	}
	if first.order[0].Type.Rowtime {
		return o.inTime(n)
	}
	if !n.Bounded {
		return o.ranked(n, types, nil), nil
	}
	for _, c := range o.calls {
		if c.call.Name == "RANK" { // Flink counts rows of one rank again as they change
			out := o.ranked(n, types, nil)
			if out.rank == nil {
				return nil, expr.Refuse(c.pos, "RANK by other than time in streaming mode")
			}
			return out, nil
		}
	}
	return o.ranked(n, types, o.changes(n, types)), nil
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
		return expr.Refuse(c.pos, "OVER by the time of processing")
	case f.Rows && (f.To == stream.NoBound || f.To > 0):
		return tableError(c.pos, "OVER RANGE FOLLOWING windows are not supported yet.")
	case f.To == stream.NoBound || f.Rows && f.To != 0:
		return expr.Refuse(c.pos, "OVER with this frame in streaming mode")
	}
	return nil
}

func (o *overs) spec() stream.OverSpec {
	first := o.calls[0]
	s := stream.OverSpec{Keys: first.keys}
	for _, x := range first.partition {
		s.Partition, s.PartitionTypes = append(s.Partition, x.Fn), append(s.PartitionTypes, x.Type)
	}
	for _, c := range o.calls {
		s.Calls = append(s.Calls, c.call)
	}
	return s
}

// place is where a call's value stands behind the row.
func (o *overs) place(call int) int {
	if o.places == nil {
		return call
	}
	return o.places[call]
}

// batch computes window by window the calls that share it.
func (o *overs) batch(n *Node) (*Node, error) {
	o.places = make([]int, len(o.calls))
	var windows [][]*overCall
	at := map[string]int{}
	for _, c := range o.calls {
		if c.call.Frame.Range != stream.NoBound {
			return nil, expr.Refuse(c.pos, "OVER with a RANGE of an interval in batch mode")
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
		before, spec := out, (&overs{p: o.p, calls: calls}).spec()
		after := *before
		after.windows, after.rank = nil, nil
		after.Build = func(b *stream.Builder, next stream.Op) {
			before.Build(b, &stream.Over{OverSpec: spec, Budget: b.Budget, Next: next})
		}
		out = &after
	}
	return out, nil
}

// windowOnlyKeys is the partition and the order without the frame.
func (c *overCall) windowOnlyKeys() string {
	w, _, _ := strings.Cut(c.windowOnly(), "r")
	return w
}

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
			return nil, expr.Refuse(c.pos, "%s by time in streaming mode", c.call.Name)
		case !n.Append:
			return nil, expr.Refuse(c.pos, "OVER of a changing input")
		case first.order[0].Col < 0:
			return nil, expr.Refuse(c.pos, "OVER by an expression")
		}
	}
	spec, at := o.spec(), first.order[0].Col
	out := *n
	out.rank, out.windows, out.Upsert = rank, nil, nil
	if first.keys[0].Desc {
		out.Build = nil
		return &out, nil
	}
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.OverTime{OverSpec: spec, Time: at, Budget: b.Budget, Next: next})
	}
	return &out, nil
}

// changes computes every partition again as rows come.
func (o *overs) changes(n *Node, ts []types.Type) func(*stream.Builder, stream.Op) {
	spec := o.spec()
	return func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.OverChanges{OverSpec: spec, Types: ts, Budget: b.Budget, Next: next})
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

// allowed lets the expressions of a SELECT use OVER.
func (o *overs) allowed(s *parse.Select, group *grouping, r *expr.Resolver) error {
	uses := s.Qualify != nil && hasOver(s.Qualify)
	for _, it := range s.Items {
		uses = uses || hasOver(it.Expr)
	}
	if uses && group != nil {
		return expr.Refuse(s.Pos, "OVER beside GROUP BY")
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
		return nil, expr.Refuse(s.Qualify.Span(), "QUALIFY without OVER")
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
	x *expr.X
}

// applied puts the windows and QUALIFY behind the row.
func (o *overs) applied(n *Node, conditions []qualified) (*Node, error) {
	if len(o.calls) == 0 {
		return n, nil
	}
	out, err := o.join(n, n.Types())
	if err != nil {
		return nil, err
	}
	if out.rank != nil && len(conditions) > 0 {
		isNumber := func(e parse.Expr) bool { c, ok := e.(*parse.Call); return ok && c.Over != nil }
		var list []parse.Expr
		for _, c := range conditions {
			list = append(list, c.e)
		}
		if first, last, rest, ok := rankBounds(list, isNumber); ok && !o.p.Batch {
			if out, err = out.rank.limited(first, last, true); err != nil {
				return nil, err
			}
			conditions = remaining(conditions, rest)
		}
	}
	if len(conditions) > 0 && out.Build == nil {
		return nil, expr.Refuse(conditions[0].x.Pos, "this QUALIFY in streaming mode")
	}
	for _, c := range conditions {
		out = filtered(out, c.x)
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
