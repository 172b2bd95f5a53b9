package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// grouping is a GROUP BY: the keys, and the sets of keys when there are several.
type grouping struct {
	*expr.Group
	keys []*expr.Expr
	sets [][]bool // nil: one set of all keys
	// plain are the keys that stand beside GROUPING SETS.
	plain map[int]bool
}

// grouped says whether a SELECT aggregates.
func (p *Planner) grouped(s *ast.Select, q *ast.Query) bool {
	if s.Grouped || s.Having != nil {
		return true
	}
	for _, it := range s.Items {
		if p.Env.Functions.HasAggregate(it.Expr) {
			return true
		}
	}
	for _, o := range q.OrderBy {
		if p.Env.Functions.HasAggregate(o.Expr) {
			return true
		}
	}
	return false
}

// group resolves the keys, then the aggregates of all that is computed of groups.
func (p *Planner) group(s *ast.Select, q *ast.Query, from *tables) (*grouping, error) {
	g := &grouping{Group: &expr.Group{Keys: map[expr.ID]*expr.Expr{}}, plain: map[int]bool{}}
	r := p.resolver(from.scope(), "GROUP BY")
	for _, item := range s.GroupBy {
		if err := g.add(r, item); err != nil {
			return nil, err
		}
	}
	g.Column = len(g.keys)
	for i := range g.sets { // a set that came early knows only the keys before it
		for len(g.sets[i]) < len(g.keys) {
			g.sets[i] = append(g.sets[i], false)
		}
		for k := range g.keys { // keys beside the sets are in all of them
			g.sets[i][k] = g.sets[i][k] || g.plain[k]
		}
	}
	g.Sets = g.sets
	if g.sets != nil {
		g.Column++ // the number of the set
	}
	for i, k := range g.keys {
		if k.Type.Root == types.Map || k.Type.Root == types.Multiset {
			return nil, sqlerr.Refuse(k.Pos, "GROUP BY a value of type %s", k.Type)
		}
		t := tree.WithoutTime(k.Type).OrNull(g.missing(i))
		if w := from.node.Traits().Windows; w != nil && k.Column == w.Time && k.Column >= 0 {
			t = k.Type // rows of a window keep their time
		}
		ref := p.Env.Ref(k.Pos, i, k.Name, t)
		if _, ok := g.Keys[k.ID]; !ok {
			g.Keys[k.ID] = ref
		}
	}
	own := p.resolver(from.scope(), "")
	own.Group = g.Group
	g.Group = own.WithAggregates(ast.GroupedExprs(s, q))
	return g, nil
}

// missing says whether a set leaves the key out.
func (g *grouping) missing(key int) bool {
	for _, s := range g.sets {
		if !s[key] {
			return true
		}
	}
	return false
}

// add resolves one item of GROUP BY.
func (g *grouping) add(r *expr.Resolver, item ast.GroupItem) error {
	if item.Kind != "" {
		before := g.sets
		g.sets = nil
		err := g.addSets(r, item)
		g.sets = g.product(before, g.sets)
		return err
	}
	for _, e := range ast.RowItems(item.Expr) {
		x, err := r.Value(e)
		if err != nil {
			return err
		}
		g.plain[len(g.keys)] = true
		g.keys = append(g.keys, x)
	}
	return nil
}

// product joins each set of one list with each of another.
func (g *grouping) product(as, bs [][]bool) [][]bool {
	if as == nil || bs == nil {
		return append(as, bs...)
	}
	var out [][]bool
	for _, a := range as {
		for _, b := range bs {
			set := make([]bool, len(g.keys))
			copy(set, b)
			for i, in := range a {
				set[i] = set[i] || in
			}
			out = append(out, set)
		}
	}
	return out
}

// addSets resolves ROLLUP, CUBE and GROUPING SETS.
func (g *grouping) addSets(r *expr.Resolver, item ast.GroupItem) error {
	index := map[expr.ID]int{}
	parts := make([][]int, len(item.Sets)) // the keys of each part
	for i, set := range item.Sets {
		for _, e := range set {
			x, err := r.Value(e)
			if err != nil {
				return err
			}
			at, ok := index[x.ID]
			if !ok {
				at = len(g.keys)
				index[x.ID] = at
				g.keys = append(g.keys, x)
			}
			parts[i] = append(parts[i], at)
		}
	}
	if len(parts) > 8 {
		return sqlerr.Refuse(item.Pos, "more than 8 parts of %s", item.Kind)
	}
	switch item.Kind {
	case "GROUPING SETS":
		for _, part := range parts {
			g.addSet(part)
		}
	case "ROLLUP":
		for n := len(parts); n >= 0; n-- {
			g.addSet(flat(parts[:n]))
		}
	case "CUBE":
		for mask := 1<<len(parts) - 1; mask >= 0; mask-- {
			var in [][]int
			for i, part := range parts {
				if mask&(1<<(len(parts)-1-i)) != 0 {
					in = append(in, part)
				}
			}
			g.addSet(flat(in))
		}
	}
	if len(g.keys) == 0 {
		g.sets = nil // GROUP BY () is the group of all rows
	}
	return nil
}

func flat(parts [][]int) []int {
	var all []int
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func (g *grouping) addSet(keys []int) {
	set := make([]bool, len(g.keys))
	for _, k := range keys {
		set[k] = true
	}
	g.sets = append(g.sets, set)
}

// orderless refuses aggregates that depend on an order that is not certain.
func orderless(g *grouping, n tree.Node, s *ast.Select) error {
	for _, a := range g.Aggs {
		if !a.Of.Ordered {
			continue
		}
		if n.Traits().Shuffled {
			return sqlerr.Refuse(s.Pos, "%s of rows from several sources, whose order is not certain", a.Of.Name)
		}
		if !n.Traits().Append && !a.Of.Retracts {
			return sqlerr.Refuse(s.Pos, "%s of a changing input", a.Of.Name)
		}
	}
	return nil
}

// aggregated puts the aggregation behind its input.
func (p *Planner) aggregated(g *grouping, n tree.Node) tree.Node {
	ts := make([]types.Type, len(g.keys))
	for i, k := range g.keys {
		ts[i] = g.Keys[k.ID].Type
	}
	return tree.NewAggregate(n, tree.Grouping{Keys: g.keys, KeyTypes: ts, Sets: g.sets, Aggs: g.Aggs, Batch: p.Batch})
}
