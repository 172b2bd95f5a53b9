package plan

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/joins"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
)

// temporal plans l JOIN r FOR SYSTEM_TIME AS OF l.time ON keys.
func (p *Planner) temporal(j *ast.Join, t *ast.Table, l *tables) (*tables, error) {
	if j.Kind != "INNER" && j.Kind != "LEFT" || j.On == nil {
		return nil, sqlerr.Refuse(t.AsOf.Span(), "FOR SYSTEM_TIME AS OF in this place")
	}
	plain := *t
	plain.AsOf = nil
	r, err := p.from(&plain)
	if err != nil {
		return nil, err
	}
	if err := tree.RequireExecutable(r.node); err != nil {
		return nil, err
	}
	at, err := p.resolver(l.scope(), "").Value(t.AsOf)
	if err != nil {
		return nil, err
	}
	if p.Batch && at.Column >= 0 && j.Kind == "INNER" { // only tables that are looked up can be joined so
		return nil, &sqlerr.Error{
			Pos: t.AsOf.Span(), Class: sqlerr.ClassTable, Message: "unexpected correlate variable $cor0 in the plan",
		}
	}
	time := slices.IndexFunc(r.node.Schema(), func(c expr.Column) bool { return c.Type.Rowtime })
	if !at.Type.Rowtime || at.Column < 0 || time < 0 || r.node.Traits().Versions == nil || !l.node.Traits().Append {
		return nil, sqlerr.Refuse(
			t.AsOf.Span(),
			"FOR SYSTEM_TIME AS OF other than the event time of rows, of a table with a key and event time",
		)
	}
	kind := tree.JoinKind(j.Kind)
	relations := combined(kind, l, r)
	spec := joins.New(p.Env, kind, p.Batch, l.node, r.node)
	if err := spec.AddEqualities(j.On, relations); err != nil {
		return nil, err
	}
	scope := &expr.Scope{Relations: relations, Input: tree.InputOf(l.node).And(tree.InputOf(r.node))}
	cond, err := p.resolver(scope, "ON").Condition(j.On, "ON")
	if err != nil {
		return nil, err
	}
	if !spec.Covers(j.On, relations) {
		return nil, sqlerr.Refuse(j.Pos, "a temporal join that does not compare the whole key")
	}
	spec.Conds = []*expr.Expr{cond}
	return &tables{tree.NewTemporalJoin(l.node, r.node, spec.JoinSpec, at.Column, time), relations}, nil
}

// versionsOf are the columns of a table's primary key.
func versionsOf(keys []string, columns []expr.Column) []int {
	var out []int
	for _, k := range keys {
		out = append(out, slices.IndexFunc(columns, func(c expr.Column) bool { return c.Name == k }))
	}
	return out
}
