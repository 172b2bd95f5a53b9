package expr

import (
	"fmt"
	"slices"
	"strings"

	"drey/client/flinksql/ast"
)

// Registry is all functions and aggregates that statements may call.
type Registry struct {
	Functions  []*Function // in the order in which people are told of them
	Aggregates []*Aggregate
	// Operator resolves what is written with signs and words: a + b, a BETWEEN b
	// AND c, CASE and the like.
	Operator func(r *Resolver, e ast.Expr) (*Expr, error)

	byName     map[string]*Function
	aggregates map[string]*Aggregate
}

// NewRegistry joins operators, aggregates and lists of functions. A name is there once.
func NewRegistry(
	operator func(*Resolver, ast.Expr) (*Expr, error), aggregates []*Aggregate, lists ...[]*Function,
) *Registry {
	g := &Registry{
		Operator: operator, Aggregates: aggregates, byName: map[string]*Function{}, aggregates: map[string]*Aggregate{},
	}
	for _, a := range aggregates {
		g.aggregates[a.Name] = a
	}
	for _, list := range lists {
		for _, f := range list {
			if g.byName[f.Name] != nil || g.aggregates[f.Name] != nil {
				panic(fmt.Sprintf("two functions %s", f.Name))
			}
			g.byName[f.Name] = f
			g.Functions = append(g.Functions, f)
		}
	}
	return g
}

// Function finds a function by its name in any case; nil: Flink has none.
func (g *Registry) Function(name string) *Function { return g.byName[strings.ToUpper(name)] }

// Aggregate finds an aggregate by its name in any case; nil: Flink has none.
func (g *Registry) Aggregate(name string) *Aggregate { return g.aggregates[strings.ToUpper(name)] }

// Known says whether Flink has a function of this name, in any case.
func (g *Registry) Known(name string) bool {
	a := g.Aggregate(name)
	return g.Function(name) != nil || a != nil && a.Forms != nil
}

// Computed says whether the engine computes a function of this name, in any
// case, when it is called.
func (g *Registry) Computed(name string) bool {
	if a := g.Aggregate(name); a != nil {
		return !a.Unlisted
	}
	f := g.Function(name)
	return f != nil && f.Computed()
}

// Names are those of the functions that the engine computes when they are
// called, in lower case and in order: what SHOW FUNCTIONS tells.
func (g *Registry) Names() []string {
	var names []string
	for _, f := range g.Functions {
		if f.Forms != nil && f.Computed() {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	for _, a := range g.Aggregates {
		if a.Forms != nil && !a.Unlisted {
			names = append(names, strings.ToLower(a.Name))
		}
	}
	slices.Sort(names)
	return names
}
