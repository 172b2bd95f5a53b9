// Package windows plans the windowing functions TUMBLE, HOP, CUMULATE and
// SESSION over a table.
package windows

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream/window"
	"drey/server/engine/types"
)

// Call is a windowing function with its arguments by name.
type Call struct {
	*expr.Function
	Pos  ast.Pos
	Args map[string]ast.Argument
}

// Function is a windowing function over a table.
type Function struct {
	Env       *expr.Env
	Batch     bool
	Node      tree.Node
	Relations []expr.Relation
}

// planned plans a call.
func (w *Function) Plan(c Call) (tree.Node, error) {
	at, err := w.timeColumn(c)
	if err != nil {
		return nil, err
	}
	if !w.Node.Traits().Append {
		return nil, sqlerr.Refuse(c.Pos, "%s of a changing input", c.Name)
	}
	n := w.Node
	timeType := n.Schema()[at].Type
	var columns []expr.Column
	for _, col := range n.Schema() {
		columns = append(columns, expr.Column{Name: col.Name, Type: withoutRowtime(col.Type)})
	}
	stamp := types.Type{Root: types.Timestamp, P: 3}
	last := types.Type{Root: timeType.Root, P: 3, Rowtime: !w.Batch}
	columns = append(
		columns, expr.Column{Name: "window_start", Type: stamp}, expr.Column{Name: "window_end", Type: stamp},
		expr.Column{Name: "window_time", Type: last},
	)
	if c.Windowing.Sessions {
		return w.sessions(c, at, columns)
	}
	op, err := w.aligned(c, at)
	if err != nil {
		return nil, err
	}
	return tree.NewWindows(n, columns, *op, nil), nil
}

func withoutRowtime(t types.Type) types.Type {
	t.Rowtime = false
	return t
}

// timeColumn finds the column of DESCRIPTOR.
func (w *Function) timeColumn(c Call) (int, error) {
	d := c.Args["TIMECOL"].Descriptor
	if len(d) != 1 {
		return 0, sqlerr.Refuse(c.Pos, "%s without a DESCRIPTOR of one column", c.Name)
	}
	for i, col := range w.Node.Schema() {
		if col.Name != d[0].Text {
			continue
		}
		t := col.Type
		switch {
		case !t.IsTimestamp():
			return 0, &sqlerr.Error{
				Pos: d[0].Pos, Class: sqlerr.ClassValidation, Validated: 1,
				Message: "The window function " + c.Windowing.Form +
					" requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is " + t.Calcite() +
					".\nBesides, the timecol must be a time attribute type in streaming mode.",
			}
		case t.Proctime:
			return 0, sqlerr.Refuse(d[0].Pos, "%s by the time of processing", c.Name)
		case !t.Rowtime && !w.Batch:
			return 0, sqlerr.Refuse(d[0].Pos, "%s by a column that is no time attribute", c.Name)
		case t.Root == types.TimestampLTZ && w.Env.Zone != nil && w.Env.Zone.String() != "UTC":
			return 0, sqlerr.Refuse(d[0].Pos, "%s by a TIMESTAMP_LTZ in other zones than UTC", c.Name)
		}
		return i, nil
	}
	return 0, sqlerr.Invalid(d[0].Pos, "Unknown identifier '%s'", d[0].Text)
}

// millis is the constant of an interval argument.
func (w *Function) millis(c Call, name string) (int64, error) {
	a, ok := c.Args[name]
	if !ok {
		return 0, nil
	}
	if a.Expr == nil {
		return 0, sqlerr.Refuse(a.Pos, "%s with this argument", c.Name)
	}
	x, err := expr.NewResolver(w.Env, &expr.Scope{}, "").Value(a.Expr)
	if err != nil {
		return 0, err
	}
	if x.Type.Root != types.IntervalMillis || !x.Const {
		return 0, sqlerr.Refuse(a.Pos, "%s with other than an interval of days to seconds", c.Name)
	}
	v, err := x.Eval(nil)
	return v.I, err
}

func (w *Function) aligned(c Call, at int) (*window.Windows, error) {
	size, err := w.millis(c, "SIZE")
	if err != nil {
		return nil, err
	}
	slide := size
	if c.Windowing.Step != "" {
		if slide, err = w.millis(c, c.Windowing.Step); err != nil {
			return nil, err
		}
	}
	offset, err := w.millis(c, "OFFSET")
	if err != nil {
		return nil, err
	}
	if size <= 0 || slide <= 0 || size%slide != 0 || size/slide > 10_000 {
		return nil, sqlerr.Refuse(c.Pos, "%s of these intervals", c.Name)
	}
	switch away := max(offset, -offset); {
	case away >= size && c.Windowing.Step == "":
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassValidation, Message: fmt.Sprintf(
			"%s table function parameters must satisfy abs(offset) < size, but got size %d ms and offset %d ms.",
			c.Name, size, offset,
		)}
	case away >= slide && c.Windowing.Step != "":
		return nil, sqlerr.Refuse(c.Pos, "%s with an offset of its step or more", c.Name)
	case offset%slide != 0 && c.Windowing.Cumulates && !w.Batch:
		return nil, sqlerr.Refuse(c.Pos, "%s with an offset in streaming mode", c.Name)
	}
	return &window.Windows{Time: at, Size: size, Slide: slide, Offset: offset, Cumulate: c.Windowing.Cumulates}, nil
}

func (w *Function) sessions(c Call, at int, columns []expr.Column) (tree.Node, error) {
	if w.Batch {
		return nil, sqlerr.TableError(c.Pos, "Unaligned windows like session are not supported in batch mode yet.")
	}
	gap, err := w.millis(c, "GAP")
	if err != nil {
		return nil, err
	}
	if gap <= 0 {
		return nil, sqlerr.Refuse(c.Pos, "%s of this interval", c.Name)
	}
	r := expr.NewResolver(w.Env, &expr.Scope{Relations: w.Relations}, "")
	var keys []*expr.Expr
	for _, e := range c.Args["DATA"].PartitionBy {
		x, err := r.Value(e)
		if err != nil {
			return nil, err
		}
		keys = append(keys, x)
	}
	return tree.NewWindows(
		w.Node, columns, window.Windows{Time: at, Size: gap}, &tree.Session{Gap: gap, Keys: keys},
	), nil
}
