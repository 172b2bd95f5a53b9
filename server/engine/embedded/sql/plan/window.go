package plan

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// windowCall is a windowing function with its arguments by name.
type windowCall struct {
	name string
	pos  parse.Pos
	args map[string]parse.Argument
}

var windowArguments = map[string][]string{
	"TUMBLE": {"DATA", "TIMECOL", "SIZE", "OFFSET"}, "HOP": {"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"},
	"CUMULATE": {"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"}, "SESSION": {"DATA", "TIMECOL", "GAP"},
}

var windowForms = map[string]string{
	"TUMBLE":   "TUMBLE(TABLE table_name, DESCRIPTOR(timecol), datetime interval[, datetime interval])",
	"HOP":      "HOP(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])",
	"CUMULATE": "CUMULATE(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])",
	"SESSION":  "SESSION(TABLE table_name [PARTITION BY col1, col2, ...], DESCRIPTOR(timecol), datetime interval)",
}

func (p *Planner) function(f *parse.Function) (*tables, error) {
	name := strings.ToUpper(f.Name.Text)
	names, ok := windowArguments[name]
	if !ok && !p.Env.Functions.Known(name) {
		return nil, p.unknownFunction(f)
	}
	if !ok || f.Lateral {
		return nil, sqlerr.Refuse(f.Name.Pos, "the table function %s", name)
	}
	c := windowCall{name, f.Pos, map[string]parse.Argument{}}
	for i, a := range f.Args {
		key := a.Name
		if key == "" {
			if i >= len(names) {
				return nil, sqlerr.Refuse(f.Pos, "%s with %d arguments", name, len(f.Args))
			}
			key = names[i]
		}
		c.args[key] = a
	}
	n, err := p.windows(c)
	if err != nil {
		return nil, err
	}
	return aliased(n, "", f.Alias)
}

func (p *Planner) unknownFunction(f *parse.Function) error {
	call := &parse.Call{Pos: f.Call, Name: f.Name.Text}
	for _, a := range f.Args {
		if a.Expr == nil || a.Name != "" {
			return sqlerr.Refuse(f.Call, "the table function %s", f.Name.Text)
		}
		call.Args = append(call.Args, a.Expr)
	}
	_, err := p.resolver(&expr.Scope{}, "").Resolve(call)
	if err == nil {
		err = sqlerr.Refuse(f.Call, "the table function %s", f.Name.Text)
	}
	return err
}

// windows plans a windowing function.
func (p *Planner) windows(c windowCall) (tree.Node, error) {
	data, ok := c.args["DATA"]
	if !ok || data.Table == nil {
		return nil, sqlerr.Refuse(c.pos, "%s without TABLE", c.name)
	}
	from, err := p.from(data.Table)
	if err != nil {
		return nil, err
	}
	at, err := p.timeColumn(c, from)
	if err != nil {
		return nil, err
	}
	if !from.node.Traits().Append {
		return nil, sqlerr.Refuse(c.pos, "%s of a changing input", c.name)
	}
	n := from.node
	timeType := n.Schema()[at].Type
	var columns []expr.Column
	for _, col := range n.Schema() {
		columns = append(columns, expr.Column{Name: col.Name, Type: withoutRowtime(col.Type)})
	}
	stamp := types.Type{Root: types.Timestamp, P: 3}
	last := types.Type{Root: timeType.Root, P: 3, Rowtime: !p.Batch}
	columns = append(columns, expr.Column{Name: "window_start", Type: stamp}, expr.Column{Name: "window_end", Type: stamp}, expr.Column{Name: "window_time", Type: last})
	if c.name == "SESSION" {
		return p.sessions(c, from, at, columns)
	}
	op, err := p.aligned1(c, at)
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
func (p *Planner) timeColumn(c windowCall, from *tables) (int, error) {
	d := c.args["TIMECOL"].Descriptor
	if len(d) != 1 {
		return 0, sqlerr.Refuse(c.pos, "%s without a DESCRIPTOR of one column", c.name)
	}
	for i, col := range from.node.Schema() {
		if col.Name != d[0].Text {
			continue
		}
		t := col.Type
		switch {
		case !t.IsTimestamp():
			return 0, &sqlerr.Error{Pos: d[0].Pos, Class: sqlerr.ClassValidation, Validated: 1, Message: "The window function " + windowForms[c.name] +
				" requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is " + t.Calcite() + ".\nBesides, the timecol must be a time attribute type in streaming mode."}
		case t.Proctime:
			return 0, sqlerr.Refuse(d[0].Pos, "%s by the time of processing", c.name)
		case !t.Rowtime && !p.Batch:
			return 0, sqlerr.Refuse(d[0].Pos, "%s by a column that is no time attribute", c.name)
		case t.Root == types.TimestampLTZ && p.Env.Zone != nil && p.Env.Zone.String() != "UTC":
			return 0, sqlerr.Refuse(d[0].Pos, "%s by a TIMESTAMP_LTZ in other zones than UTC", c.name)
		}
		return i, nil
	}
	return 0, sqlerr.Invalid(d[0].Pos, "Unknown identifier '%s'", d[0].Text)
}

// millis is the constant of an interval argument.
func (p *Planner) millis(c windowCall, name string) (int64, error) {
	a, ok := c.args[name]
	if !ok {
		return 0, nil
	}
	if a.Expr == nil {
		return 0, sqlerr.Refuse(a.Pos, "%s with this argument", c.name)
	}
	x, err := p.resolver(&expr.Scope{}, "").Value(a.Expr)
	if err != nil {
		return 0, err
	}
	if x.Type.Root != types.IntervalMillis || !x.Const {
		return 0, sqlerr.Refuse(a.Pos, "%s with other than an interval of days to seconds", c.name)
	}
	v, err := x.Eval(nil)
	return v.I, err
}

func (p *Planner) aligned1(c windowCall, at int) (*stream.Windows, error) {
	size, err := p.millis(c, "SIZE")
	if err != nil {
		return nil, err
	}
	slide := size
	step := map[string]string{"HOP": "SLIDE", "CUMULATE": "STEP"}[c.name]
	if step != "" {
		if slide, err = p.millis(c, step); err != nil {
			return nil, err
		}
	}
	offset, err := p.millis(c, "OFFSET")
	if err != nil {
		return nil, err
	}
	if size <= 0 || slide <= 0 || size%slide != 0 || size/slide > 10_000 {
		return nil, sqlerr.Refuse(c.pos, "%s of these intervals", c.name)
	}
	switch away := max(offset, -offset); {
	case away >= size && c.name == "TUMBLE":
		return nil, &sqlerr.Error{Pos: c.pos, Class: sqlerr.ClassValidation, Message: fmt.Sprintf("TUMBLE table function parameters must satisfy abs(offset) < size, but got size %d ms and offset %d ms.", size, offset)}
	case away >= slide && c.name != "TUMBLE":
		return nil, sqlerr.Refuse(c.pos, "%s with an offset of its step or more", c.name)
	case offset%slide != 0 && c.name == "CUMULATE" && !p.Batch:
		return nil, sqlerr.Refuse(c.pos, "CUMULATE with an offset in streaming mode")
	}
	return &stream.Windows{Time: at, Size: size, Slide: slide, Offset: offset, Cumulate: c.name == "CUMULATE"}, nil
}

func (p *Planner) sessions(c windowCall, from *tables, at int, columns []expr.Column) (tree.Node, error) {
	if p.Batch {
		return nil, tableError(c.pos, "Unaligned windows like session are not supported in batch mode yet.")
	}
	gap, err := p.millis(c, "GAP")
	if err != nil {
		return nil, err
	}
	if gap <= 0 {
		return nil, sqlerr.Refuse(c.pos, "SESSION of this interval")
	}
	r := p.resolver(&expr.Scope{Relations: from.relations}, "")
	var keys []*expr.Expr
	for _, e := range c.args["DATA"].PartitionBy {
		x, err := r.Value(e)
		if err != nil {
			return nil, err
		}
		keys = append(keys, x)
	}
	return tree.NewWindows(from.node, columns, stream.Windows{Time: at, Size: gap}, &tree.Session{Gap: gap, Keys: keys}), nil
}
