package plan

import (
	"errors"
	"maps"
	"slices"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// run is what connectors know of the statement.
func (p *Planner) run() connect.Run {
	env := p.Env
	return connect.Run{Seed: env.Seed, Zone: env.Zone, Now: func() int64 { return env.Now() }, Batch: p.Batch}
}

// connection is a table as its connector sees it: the stored columns only.
func connection(t *catalog.Table, name string, hints []parse.Option) connect.Table {
	c := connect.Table{Name: name, PartitionBy: t.PartitionBy, Options: t.Options, Keyed: len(t.Keys) > 0}
	if len(hints) > 0 {
		c.Options = maps.Clone(t.Options)
		for _, h := range hints {
			c.Options[h.Key] = h.Value
		}
	}
	for _, col := range t.Columns {
		if stored(col) {
			c.Columns = append(c.Columns, connect.Column{Name: col.Name, Type: col.Type})
		}
	}
	return c
}

func stored(c catalog.Column) bool { return c.Computed == "" && !c.Metadata }

// placed gives the errors of connectors a position.
func placed(err error, pos parse.Pos) error {
	var r *connect.Refusal
	if errors.As(err, &r) {
		return sqlerr.Refuse(pos, "%s", r.What)
	}
	if e, ok := sqlerr.AsError(err); ok && e.Pos == (parse.Pos{}) {
		e.Pos = pos
	}
	return err
}

// scan reads a table with a connector.
func (p *Planner) scan(found *catalog.Table, t *parse.Table) (*Node, error) {
	full, err := p.FullName(t.Parts), found.Broken
	if err != nil {
		return nil, placed(err, t.Pos)
	}
	reading, err := connect.Read(p.Files, connection(found, full, t.Options))
	if err != nil {
		return nil, placed(err, t.Pos)
	}
	if slices.ContainsFunc(found.Columns, func(c catalog.Column) bool { return c.Metadata }) {
		if found.Options["connector"] != "datagen" {
			return nil, sqlerr.Refuse(t.Pos, "metadata columns")
		}
		return nil, &sqlerr.Error{Pos: t.Pos, Class: sqlerr.ClassValidation, Message: "Table 'DataGenTableSource' declares metadata columns, but the underlying DynamicTableSource doesn't implement the SupportsReadingMetadata interface. Therefore, metadata cannot be read from the given source."}
	}
	if p.Batch && !reading.Bounded {
		return nil, unboundedInBatch(t.Pos, full)
	}
	run := p.run()
	used := make([]bool, len(found.Columns))
	run.Unused = func(column int) bool { return slices.Contains(used, true) && !used[column] }
	n := &Node{Append: true, Bounded: reading.Bounded, Shuffled: reading.Shuffled, Bytes: reading.Bytes}
	n.Build = func(b *stream.Builder, next stream.Op) { b.Input(reading.Open(run), next) }
	return p.declaredUsing(found, n, used)
}

func unboundedInBatch(pos parse.Pos, name string) error {
	return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassValidation, Message: "Querying an unbounded table '" + name + "' in batch mode is not allowed. The table source is unbounded."}
}

// Declared gives the columns of a table with the types of computed ones.
func (p *Planner) Declared(t *catalog.Table) ([]expr.Column, error) {
	if t.Broken != nil {
		return nil, t.Broken
	}
	n, err := p.declared(t, &Node{Append: true})
	if err != nil {
		return nil, err
	}
	return n.Columns, nil
}

// declared adds the computed columns to the stored ones, and the watermark.
func (p *Planner) declared(t *catalog.Table, n *Node) (*Node, error) {
	return p.declaredUsing(t, n, make([]bool, len(t.Columns)))
}

// declaredUsing is declared, and learns which of the stored columns are used.
func (p *Planner) declaredUsing(t *catalog.Table, n *Node, used []bool) (*Node, error) {
	physical := expr.Relation{}
	for _, c := range t.Columns {
		if c.Computed == "" {
			physical.Columns = append(physical.Columns, expr.Column{Name: c.Name, Type: c.Type, Used: &used[len(physical.Columns)]})
		}
	}
	r := p.resolver(&expr.Scope{Relations: []expr.Relation{physical}}, "")
	out := *n
	var fns []expr.Fn
	computed, at := false, 0
	for _, c := range t.Columns {
		x, err := p.column(r, c, &at)
		if err != nil {
			return nil, err
		}
		computed = computed || c.Computed != ""
		fns = append(fns, x.Eval)
		column := expr.Column{Name: c.Name, Type: x.Type}
		if c.Computed == "" {
			column.Used = &used[at-1]
		}
		out.Columns = append(out.Columns, column)
	}
	if computed {
		out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	}
	return p.watermarked(t, &out)
}

func (p *Planner) column(r *expr.Resolver, c catalog.Column, at *int) (*expr.Expr, error) {
	if c.Computed == "" {
		*at++
		return p.Env.Ref(parse.Pos{}, *at-1, c.Name, c.Type), nil
	}
	e, err := parse.ParseExpr(c.Computed)
	if err != nil {
		return nil, err
	}
	return r.Value(e)
}

// watermarked adds what tells how far event time has come.
func (p *Planner) watermarked(t *catalog.Table, n *Node) (*Node, error) {
	if t.Watermark == nil {
		return n, nil
	}
	at := slices.IndexFunc(n.Columns, func(c expr.Column) bool { return c.Name == t.Watermark.Column })
	e, err := parse.ParseExpr(t.Watermark.Expr)
	if err != nil {
		return nil, err
	}
	x, err := p.resolver(&expr.Scope{Relations: []expr.Relation{{Columns: n.Columns}}}, "").Value(e)
	if err != nil {
		return nil, err
	}
	if at < 0 || !n.Columns[at].Type.IsTimestamp() || n.Columns[at].Type.P > 3 {
		found := "unknown"
		if at >= 0 {
			found = n.Columns[at].Type.Summary()
		}
		return nil, &sqlerr.Error{Pos: x.Pos, Class: sqlerr.ClassValidation, Message: "Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is " + found}
	}
	if x.Type.Root != n.Columns[at].Type.Root {
		return nil, sqlerr.Refuse(x.Pos, "a watermark of type %s for a column of type %s", x.Type, n.Columns[at].Type)
	}
	if p.Batch {
		return n, nil
	}
	out := *n
	out.Columns = slices.Clone(n.Columns)
	out.Columns[at].Type.Rowtime = true
	env := p.Env
	if env.Watermarked++; x.Type.Root == types.TimestampLTZ {
		env.Watermarked++ // its watermarks are not in the local zone
	}
	env.Watermark = expr.NoWatermark
	out.versions = versionsOf(t.Keys, out.Columns)
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.Watermarks{Time: at, Expr: x.Eval, Next: next, Tell: func(w int64) { env.Watermark = w }})
	}
	return &out, nil
}

func withoutTime(t types.Type) types.Type {
	t.Rowtime, t.Proctime = false, false
	return t
}
