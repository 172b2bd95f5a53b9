package plan

import (
	"errors"
	"maps"
	"slices"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// run is what connectors know of the statement.
func (p *Planner) run() connect.Run {
	env := p.Env
	return connect.Run{Seed: env.Seed, Zone: env.Zone, Now: func() int64 { return env.Run.Now() }, Batch: p.Batch}
}

// connection is a table as its connector sees it: the stored columns only.
func connection(t *catalog.Table, name string, hints []ast.Option) connect.Table {
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
func placed(err error, pos ast.Pos) error {
	var r *connect.Refusal
	if errors.As(err, &r) {
		return sqlerr.Refuse(pos, "%s", r.What)
	}
	if e, ok := sqlerr.AsError(err); ok && e.Pos == (ast.Pos{}) {
		out := *e // it may be of a table that others use
		out.Pos = pos
		return &out
	}
	return err
}

// scan reads a table with a connector.
func (p *Planner) scan(found *catalog.Table, t *ast.Table) (tree.Node, error) {
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
		return nil, &sqlerr.Error{
			Pos: t.Pos, Class: sqlerr.ClassValidation,
			Message: "Table 'DataGenTableSource' declares metadata columns, but the underlying DynamicTableSource doesn't " +
				"implement the SupportsReadingMetadata interface. Therefore, metadata cannot be read from the given source.",
		}
	}
	if p.Batch && !reading.Bounded {
		return nil, unboundedInBatch(t.Pos, full)
	}
	run := p.run()
	traits := tree.Traits{Append: true, Bounded: reading.Bounded, Shuffled: reading.Shuffled, Bytes: reading.Bytes}
	return p.declared(found, t.Pos, traits, func(unused func(int) bool) stream.Source {
		own := run
		own.Unused = unused
		return reading.Open(own)
	})
}

func unboundedInBatch(pos ast.Pos, name string) error {
	return &sqlerr.Error{
		Pos: pos, Class: sqlerr.ClassValidation,
		Message: "Querying an unbounded table '" + name +
			"' in batch mode is not allowed. The table source is unbounded.",
	}
}

// Declared gives the columns of a table with the types of computed ones.
func (p *Planner) Declared(t *catalog.Table) ([]expr.Column, error) {
	if t.Broken != nil {
		return nil, t.Broken
	}
	n, err := p.declared(t, ast.Pos{}, tree.Traits{Append: true}, nil)
	if err != nil {
		return nil, err
	}
	return n.Schema(), nil
}

// declared reads the stored columns of a table, and adds the computed ones and
// the watermark.
func (p *Planner) declared(
	t *catalog.Table, pos ast.Pos, traits tree.Traits, open func(unused func(int) bool) stream.Source,
) (tree.Node, error) {
	var physical []expr.Column
	for _, c := range t.Columns {
		if c.Computed == "" {
			physical = append(physical, expr.Column{Name: c.Name, Type: c.Type})
		}
	}
	var n tree.Node = tree.NewScan(physical, traits, open)
	if len(physical) < len(t.Columns) {
		r := p.resolver(&expr.Scope{Relations: []expr.Relation{{Columns: physical}}}, "")
		var columns []expr.Column
		var items []*expr.Expr
		at := 0
		for _, c := range t.Columns {
			x, err := p.column(r, pos, c, &at)
			if err != nil {
				return nil, err
			}
			items = append(items, x)
			columns = append(columns, expr.Column{Name: c.Name, Type: x.Type})
		}
		n = tree.NewProject(n, columns, items)
	}
	return p.watermarked(t, n)
}

func (p *Planner) column(r *expr.Resolver, pos ast.Pos, c catalog.Column, at *int) (*expr.Expr, error) {
	if c.Computed == "" {
		*at++
		return p.Env.Ref(ast.Pos{}, *at-1, c.Name, c.Type), nil
	}
	e, err := parse.ParseExpr(c.Computed)
	if err != nil {
		return nil, err
	}
	own := *r
	own.Env = r.Env.Within(pos, c.Name, c.Computed)
	return own.Value(e)
}

// watermarked adds what tells how far event time has come.
func (p *Planner) watermarked(t *catalog.Table, n tree.Node) (tree.Node, error) {
	if t.Watermark == nil {
		return n, nil
	}
	at := slices.IndexFunc(n.Schema(), func(c expr.Column) bool { return c.Name == t.Watermark.Column })
	e, err := parse.ParseExpr(t.Watermark.Expr)
	if err != nil {
		return nil, err
	}
	x, err := p.resolver(&expr.Scope{Relations: []expr.Relation{{Columns: n.Schema()}}}, "").Value(e)
	if err != nil {
		return nil, err
	}
	if at < 0 || !n.Schema()[at].Type.IsTimestamp() || n.Schema()[at].Type.P > 3 {
		found := "unknown"
		if at >= 0 {
			found = n.Schema()[at].Type.Summary()
		}
		return nil, &sqlerr.Error{
			Pos: x.Pos, Class: sqlerr.ClassValidation,
			Message: "Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or " +
				"TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is " + found,
		}
	}
	if x.Type.Root != n.Schema()[at].Type.Root {
		return nil, sqlerr.Refuse(x.Pos, "a watermark of type %s for a column of type %s", x.Type, n.Schema()[at].Type)
	}
	if p.Batch {
		return n, nil
	}
	mark := expr.NewWatermark(x.Type.Root == types.TimestampLTZ)
	return tree.NewWatermark(n, at, x, versionsOf(t.Keys, n.Schema()), mark), nil
}
