package sql

import (
	"fmt"
	"slices"
	"strings"

	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/enginetest/corpus"
)

// planTwice plans a statement twice in one environment: what came of the first
// time must come of the second, and the environment must be as it was. It gives
// what is wrong.
func (r *caseRun) planTwice(s corpus.Statement) string {
	run := r.run(s)
	c, statement, err := r.s.parsed(r.t.Context(), run, seedOf(run.ID))
	if err != nil || ddl.Defines(statement) {
		return ""
	}
	tables, err := r.s.tables(r.t.Context(), run.Environment)
	if err != nil {
		return err.Error()
	}
	before := *c.env
	var plans [2]string
	for i := range plans {
		again := *c
		p := r.s.planner(&again, tables)
		err := again.plan(statement, p, tables)
		plans[i] = planText(&again, p.Used(), err)
		switch drawn, err := c.env.Run.Random.Save(); {
		case err != nil || len(drawn) > 0:
			return fmt.Sprintf("%d random numbers were drawn, %v", len(drawn), err)
		case *c.env != before: // no field of it is a list or a map
			return fmt.Sprintf("the environment was %+v and is %+v", before, *c.env)
		}
	}
	if plans[0] != plans[1] {
		return "planned twice, it is\n" + plans[0] + "\nand\n" + plans[1]
	}
	return ""
}

// planText is a plan as text, with the expressions of its projections.
func planText(c *compiled, used []string, err error) string {
	if err != nil {
		return err.Error()
	}
	if c.node == nil {
		return fmt.Sprint(c.rows)
	}
	t := c.node.Traits()
	windows := t.Windows
	t.Windows = nil // printed as what it says
	lines := append(slices.Clone(used), fmt.Sprintf("%v %+v %+v", c.columns, t, windows))
	lines = append(lines, tree.Explain(c.node)...)
	var visit func(tree.Node)
	visit = func(n tree.Node) {
		if p, ok := n.(*tree.Project); ok {
			for _, x := range p.Items {
				lines = append(lines, x.ID.String()+" "+x.Type.String())
			}
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	visit(c.node)
	return strings.Join(lines, "\n")
}
