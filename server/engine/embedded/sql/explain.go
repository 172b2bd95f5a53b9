package sql

import (
	"fmt"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
)

// explain plans a statement and tells how it would run here: it is drey's
// own plan, not Flink's.
func (c *compiled) explain(t *parse.Explain, p *plan.Planner) error {
	inner := *c
	if err := inner.plan(t.Statement, p, nil); err != nil {
		return err
	}
	c.kind = flinksql.Explain
	nodes := inner.nodes
	if !inner.insert {
		nodes = []*plan.Node{inner.node}
	}
	mode := "STREAMING"
	if c.batch {
		mode = "BATCH"
	}
	var b strings.Builder
	b.WriteString("== Plan of drey's embedded engine (not Flink's) ==\n")
	for i, n := range nodes {
		builder := &stream.Builder{Budget: &state.Budget{Most: 1}, Batch: c.batch}
		n.Build(builder, &collect{})
		if inner.insert {
			fmt.Fprintf(&b, "INSERT INTO %s\n", inner.targets[i].Name)
		}
		fmt.Fprintf(&b, "mode: %s, %s, changelog: %s\n", mode, boundedness(n), changelog(n))
		for _, line := range builder.Pipeline().Describe() {
			b.WriteString(line + "\n")
		}
	}
	return c.list("result", []string{b.String()})
}

func boundedness(n *plan.Node) string {
	if n.Bounded {
		return "bounded"
	}
	return "unbounded"
}

func changelog(n *plan.Node) string {
	switch {
	case n.Append:
		return "[I]"
	case n.Upsert != nil:
		return "[I,UA,D]"
	}
	return "[I,UB,UA,D]"
}
