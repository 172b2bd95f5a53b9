package sql

import (
	"fmt"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/plan/tree"
)

// explain plans a statement and tells how it would run here: it is drey's
// own plan, not Flink's.
func (c *compiled) explain(t *ast.Explain, p *plan.Planner) error {
	inner := *c
	if err := inner.plan(t.Statement, p, nil); err != nil {
		return err
	}
	c.kind = flinksql.Explain
	nodes := inner.nodes
	if !inner.insert {
		nodes = []tree.Node{inner.node}
	}
	mode := "STREAMING"
	if c.batch {
		mode = "BATCH"
	}
	var b strings.Builder
	b.WriteString("== Plan of drey's embedded engine (not Flink's) ==\n")
	for i, n := range nodes {
		if inner.insert {
			fmt.Fprintf(&b, "INSERT INTO %s\n", inner.targets[i].Name)
		}
		fmt.Fprintf(&b, "mode: %s, %s, changelog: %s\n", mode, boundedness(n), changelog(n))
		for _, line := range tree.Explain(n) {
			b.WriteString(line + "\n")
		}
	}
	return c.list("result", []string{b.String()})
}

func boundedness(n tree.Node) string {
	if n.Traits().Bounded {
		return "bounded"
	}
	return "unbounded"
}

func changelog(n tree.Node) string {
	switch {
	case n.Traits().Append:
		return "[I]"
	case n.Traits().Upsert != nil:
		return "[I,UA,D]"
	}
	return "[I,UB,UA,D]"
}
