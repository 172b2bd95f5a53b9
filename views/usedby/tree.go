// Package usedby shows what depends on an object, as a tree: what uses it, what is
// part of that, and so on.
package usedby

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
)

// Node is one object of a tree, or a remark where What is "".
type Node struct {
	What string // the kind, in the singular: application
	Name string
	// Opaque tells that Name says nothing to a person: a summary only counts those.
	Opaque bool
	Scope  string // shown where it is not that of the object above
	State  string
	Tone   themes.Tone
	// Remark says how it uses the object above, "" where that goes without saying.
	Remark string
	// Go is sent when the node is opened; nil: there is no list of its kind.
	Go tea.Msg
	// Children are what uses it in turn, or is part of it. Load asks for them; nil
	// where Children are all.
	Children []Node
	Load     func(context.Context) Tree
}

// Tree is what uses an object. Missing says what could not be looked at, and why.
type Tree struct {
	Nodes   []Node
	Missing []string
}

// Add appends what another lookup found.
func (t *Tree) Add(o Tree) {
	t.Nodes = append(t.Nodes, o.Nodes...)
	t.Missing = append(t.Missing, o.Missing...)
}

// Failed says that objects of a kind could not be looked at.
func (t *Tree) Failed(what string, err error) {
	t.Missing = append(t.Missing, what+" could not be looked at: "+err.Error())
}

// Limits of a tree that is filled by itself: how many nodes are asked for their
// children, and how many at the same time.
const (
	mostLoads   = 40
	loadsAtOnce = 6
)

// Fill asks for the children of nodes, level by level, until all are there or
// mostLoads were asked. What was not asked keeps its Load.
func (t *Tree) Fill(ctx context.Context) {
	left := mostLoads
	for level := pointers(t.Nodes); len(level) > 0 && left > 0; {
		level = level[:min(len(level), left)]
		left -= len(level)
		found := make([]Tree, len(level))
		var group sync.WaitGroup
		slots := make(chan struct{}, loadsAtOnce)
		for i, n := range level {
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				found[i] = n.Load(ctx)
			})
		}
		group.Wait()
		var next []*Node
		for i, n := range level {
			n.Load = nil
			n.Children = append(n.Children, found[i].Nodes...)
			t.Missing = append(t.Missing, found[i].Missing...)
			next = append(next, pointers(n.Children)...)
		}
		level = next
	}
}

// pointers are the nodes, at any depth, whose children are not there yet.
func pointers(nodes []Node) []*Node {
	var out []*Node
	for i := range nodes {
		if nodes[i].Load != nil {
			out = append(out, &nodes[i])
		}
		out = append(out, pointers(nodes[i].Children)...)
	}
	return out
}

// namesShown is how many names a line of a summary has.
const namesShown = 4

// Facts sum a tree up for a question before its object is deleted: a line for each
// kind, and one for each thing that could not be looked at.
func (t Tree) Facts() []views.Fact {
	var kinds []string
	names := map[string][]string{}
	var walk func([]Node)
	walk = func(nodes []Node) {
		for _, n := range nodes {
			if n.What != "" {
				if !slices.Contains(kinds, n.What) {
					kinds = append(kinds, n.What)
				}
				name := n.Name
				if n.Scope != "" {
					name += " in " + n.Scope
				}
				if n.Opaque {
					name = ""
				}
				names[n.What] = append(names[n.What], name)
			}
			walk(n.Children)
		}
	}
	walk(t.Nodes)
	var facts []views.Fact
	for _, kind := range kinds {
		facts = append(facts, views.Fact{Label: "used by", Text: count(kind, names[kind]), Tone: themes.Warn})
	}
	for _, m := range t.Missing {
		facts = append(facts, views.Fact{Label: "used by", Text: m, Tone: themes.Warn})
	}
	if len(facts) == 0 {
		facts = append(facts, views.Fact{Label: "used by", Text: "nothing"})
	}
	return facts
}

func count(kind string, names []string) string {
	if len(names) > 1 {
		kind += "s"
	}
	if names[0] == "" {
		return fmt.Sprintf("%d %s", len(names), kind)
	}
	text := fmt.Sprintf("%d %s: %s", len(names), kind, strings.Join(names[:min(len(names), namesShown)], ", "))
	if more := len(names) - namesShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
