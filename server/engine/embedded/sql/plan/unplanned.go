package plan

import (
	"fmt"
	"slices"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/sqlerr"
)

// unplanned puts into the planner's complaint about an aggregate the plan that
// Flink prints there, where it is known: one aggregate over columns of one table.
func (p *Planner) unplanned(err error, s *ast.Select, q *ast.Query) error {
	bad, ok := sqlerr.AsError(err)
	if !ok || bad.Code != sqlerr.CodeNoPlan {
		return err
	}
	text, ok := p.logicalPlan(s, q)
	if !ok {
		return err
	}
	out := *bad
	out.Plan = text
	return &out
}

func (p *Planner) logicalPlan(s *ast.Select, q *ast.Query) (string, bool) {
	t, ok := s.From.(*ast.Table)
	if !ok || len(s.Items) != 1 || s.Distinct || s.Where != nil || s.Grouped || s.Having != nil || s.Qualify != nil ||
		len(p.outers) > 0 || p.viewDepth > 0 {
		return "", false
	}
	if len(q.With)+len(q.OrderBy) > 0 || q.Limit != nil || q.Offset != nil {
		return "", false
	}
	call, ok := s.Items[0].Expr.(*ast.Call)
	if !ok || call.Filter != nil {
		return "", false
	}
	found, err := p.Lookup(t.Parts, t.Pos)
	if err != nil || found.View != "" || found.Options["connector"] != "filesystem" {
		return "", false
	}
	read, ok := readColumns(call, found)
	if !ok {
		return "", false
	}
	return p.printed(s, call, found, p.fullName(t.Parts), read), true
}

// readColumns are the columns of the arguments, in the order of the table;
// those written in another order are not known to be read so.
func readColumns(call *ast.Call, t *catalog.Table) ([]string, bool) {
	var names []string
	last := -1
	for _, arg := range call.Args {
		id, ok := arg.(*ast.Ident)
		if !ok || len(id.Parts) != 1 {
			return nil, false
		}
		at := slices.IndexFunc(t.Columns, func(c catalog.Column) bool { return c.Name == id.Parts[0].Text })
		if at <= last || t.Columns[at].Computed != "" {
			return nil, false
		}
		last = at
		names = append(names, id.Parts[0].Text)
	}
	if w := t.Watermark; w != nil {
		at := slices.IndexFunc(t.Columns, func(c catalog.Column) bool { return c.Name == w.Column })
		if at <= last || t.Columns[at].Computed != "" || strings.Trim(w.Expr, "`") != w.Column {
			return nil, false
		}
	}
	return names, len(names) > 0
}

func (p *Planner) printed(s *ast.Select, call *ast.Call, t *catalog.Table, name, read []string) string {
	field := "EXPR$0"
	if a := s.Items[0].Alias; a != nil {
		field = a.Text
	}
	refs := make([]string, len(read))
	keys := make([]string, len(read))
	for i := range read {
		refs[i], keys[i] = fmt.Sprintf("$%d", i), fmt.Sprint(i)
	}
	args, form := strings.Join(refs, ", "), strings.ToUpper(call.Name)+"(%s)"
	twice := call.Distinct && p.Batch
	of := p.Env.Functions.Aggregate(call.Name)
	switch {
	case of != nil && of.Planned != "":
		form = of.Planned
	case call.Distinct && !p.Batch:
		args = "DISTINCT " + args
	}
	lines := []string{
		"FlinkLogicalSink(table=[*anonymous_collect$1*], fields=[" + field + "])",
		"FlinkLogicalAggregate(group=[{}], " + field + "=[" + fmt.Sprintf(form, args) + "])",
	}
	if twice {
		lines = append(lines, "FlinkLogicalAggregate(group=[{"+strings.Join(keys, ", ")+"}])")
	}
	scanned := strings.Join(read, ", ")
	if t.Watermark != nil && !p.Batch {
		lines = append(lines, "FlinkLogicalCalc(select=["+scanned+"])",
			fmt.Sprintf("FlinkLogicalWatermarkAssigner(rowtime=[%s], watermark=[$%d])", t.Watermark.Column, len(read)))
		scanned += ", " + t.Watermark.Column
	}
	lines = append(lines, fmt.Sprintf(
		"FlinkLogicalTableSourceScan(table=[[%s, project=[%s], metadata=[]]], fields=[%s])", strings.Join(name, ", "),
		scanned, scanned,
	))
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString(strings.Repeat("   ", i-1) + "+- ")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
