package cmf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/usedby"
)

// Pools are compute pools.
func Pools(api *cmfapi.Client) resource.Kind[cmf.ComputePool] {
	return served(api, cmf.ComputePools, cmfapi.Query{ResourceInformation: true}, resource.Kind[cmf.ComputePool]{
		Title: "Pools", Short: "Pools", Aliases: []string{"pool", "compute-pools"},
		NameOf: objects.PoolName,
		Made:   func(o cmf.ComputePool) string { return o.Metadata.CreationTimestamp },
		Key: func(i objects.Pool) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, "", i.Value.Metadata.Name)
		},
		Labels: func(p cmf.ComputePool) map[string]string { return p.Metadata.Labels },
		State:  objects.PoolState,
		Columns: []resource.Column[cmf.ComputePool]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i objects.Pool) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Pool) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i objects.Pool) grid.Cell { return cells.Status(objects.PoolState(i.Value)) }},
			{Column: grid.Column{Title: "TYPE", Drop: 4}, Cell: func(i objects.Pool) grid.Cell { return cells.Word(i.Value.Spec.Type, themes.Dim) }},
			{Column: grid.Column{Title: "STATEMENTS", Right: true, Drop: 2}, Cell: func(i objects.Pool) grid.Cell { return grid.Count(objects.PoolStatements(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "IMAGE", Max: 50, Min: 10, Drop: 5}, Cell: func(i objects.Pool) grid.Cell {
				return cells.Word(i.Value.Spec.ClusterSpec.String("image"), themes.Dim)
			}},
			objects.AgeColumn(3, func(i objects.Pool) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Actions: []resource.Action[cmf.ComputePool]{deletePool(api)},
		Editor:  forms.PoolEditor(api),
		Open: func(_ *views.Env, i objects.Pool) tea.Cmd {
			return openStatementsOf(api, i)
		},
		Pages: []resource.Page[cmf.ComputePool]{yamlPage(api, cmf.ComputePools, objects.PoolName)},
		UsedBy: func(ctx context.Context, i objects.Pool) usedby.Tree {
			return usesOfPool(ctx, api, i.Scope, objects.PoolName(i.Value))
		},
		Facts: poolFacts,
		Detail: func(_ context.Context, i objects.Pool) (resource.Detail, error) {
			return specDetail(i.Value.Spec)
		},
		Empty: "statements need one: {create} creates it",
	})
}

// openStatementsOf lists the statements of one pool, found by its own name in
// its own environment.
func openStatementsOf(api *cmfapi.Client, i objects.Pool) tea.Cmd {
	name, kind := i.Value.Metadata.Name, Statements(api)
	kind.Title, kind.Empty = name+" statements", "no statement is in this pool"
	kind.Only = func(s objects.Statement) bool {
		return s.Scope == i.Scope && s.Value.Spec.ComputePoolName == name
	}
	at := resource.Location{Scope: i.Scope}
	return browse.Open(kind.Title, kind, at)
}

func deletePool(api *cmfapi.Client) resource.Action[cmf.ComputePool] {
	action := actions.Deletion(
		api, objects.In(cmf.ComputePools), objects.PoolName,
		"the server refuses while a statement refers to it", nil,
	)
	action.Refuse = func(p cmf.ComputePool) error {
		switch n := objects.PoolStatements(p); {
		case n == 1:
			return errors.New("1 statement is in it: delete it first, enter shows it")
		case n > 1:
			return fmt.Errorf("%d statements are in it: delete them first, enter lists them", n)
		}
		return nil
	}
	return action
}

func poolFacts(i objects.Pool, now time.Time) []views.Fact {
	p := i.Value
	facts := []views.Fact{
		{Label: "type", Text: cells.Join(p.Spec.Type, p.Spec.State)},
		{Label: "image", Text: p.Spec.ClusterSpec.String("image")},
		{Label: "flink", Text: p.Spec.ClusterSpec.String("flinkVersion")},
		{Label: "made", Text: cells.Ago(cmf.ParseTime(p.Metadata.CreationTimestamp), now)},
	}
	if p.Status == nil {
		return facts
	}
	facts = append(facts, views.Fact{Label: "message", Text: p.Status.Message}, views.Fact{
		Label: "warning", Text: p.Status.Warning, Tone: themes.Warn,
	})
	if r := p.Status.Resources; r != nil {
		text := ""
		for _, phase := range slices.Sorted(maps.Keys(r.Statements)) {
			text = cells.Join(text, fmt.Sprintf("%d %s", r.Statements[phase], phase))
		}
		facts = append(facts, views.Fact{Label: "statements", Text: text})
	}
	return facts
}
