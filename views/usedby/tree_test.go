package usedby

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
)

// TestATreeIsFilledUpToALimit asks for the children of so many nodes, and keeps the
// others for later.
func TestATreeIsFilledUpToALimit(t *testing.T) {
	var asked atomic.Int64
	var below func(depth int) func(context.Context) Tree
	below = func(depth int) func(context.Context) Tree {
		return func(context.Context) Tree {
			asked.Add(1)
			n := Node{What: "application", Name: fmt.Sprint(depth)}
			if depth < 3 {
				n.Load = below(depth + 1)
			}
			return Tree{Nodes: []Node{n}}
		}
	}
	var small, large Tree
	for range 5 {
		small.Nodes = append(small.Nodes, Node{Load: below(1)})
	}
	small.Fill(t.Context())
	if n := asked.Swap(0); n != 15 || len(pointers(small.Nodes)) != 0 {
		t.Errorf("asked %d times, %d are left", n, len(pointers(small.Nodes)))
	}
	for range 1000 {
		large.Nodes = append(large.Nodes, Node{Load: below(3)})
	}
	large.Fill(t.Context())
	if n := asked.Load(); n != mostLoads || len(pointers(large.Nodes)) != 1000-mostLoads {
		t.Errorf("asked %d times, %d are left", n, len(pointers(large.Nodes)))
	}
}

// TestASummaryCountsByKind names a few of each, counts those whose names say nothing,
// and says what could not be looked at.
func TestASummaryCountsByKind(t *testing.T) {
	tree := Tree{Nodes: []Node{
		{What: "statement", Name: "a"},
		{What: "statement", Name: "b", Scope: "prod"},
		{What: "instance", Name: "4a10641d", Opaque: true, Children: []Node{{What: "savepoint", Name: "s"}}},
		{Name: "and 3 more"},
	}}
	for i := range 6 {
		tree.Nodes = append(tree.Nodes, Node{What: "database", Name: fmt.Sprint(i)})
	}
	tree.Failed("catalogs", errors.New("no answer"))
	var got []string
	for _, f := range tree.Facts() {
		got = append(got, f.Text)
	}
	want := []string{
		"2 statements: a, b in prod", "1 instance", "1 savepoint: s", "6 databases: 0, 1, 2, 3 and 2 more",
		"catalogs could not be looked at: no answer",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if f := (Tree{}).Facts(); len(f) != 1 || f[0].Text != "nothing" {
		t.Errorf("got %v of an empty tree", f)
	}
}
