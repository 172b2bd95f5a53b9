package cmf

import (
	"context"
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
	"drey/views/usedby"
)

type pool = browse.Item[cmf.ComputePool]

func poolName(p cmf.ComputePool) string { return p.Metadata.Name }

// Pools are compute pools.
func Pools(api *cmfapi.Client) browse.Kind[cmf.ComputePool] {
	return served(api, cmf.ComputePools, cmfapi.Query{ResourceInformation: true}, browse.Kind[cmf.ComputePool]{
		Title: "Pools", Short: "Pools", Aliases: []string{"pool", "compute-pools"},
		NameOf: poolName,
		Made:   func(o cmf.ComputePool) string { return o.Metadata.CreationTimestamp },
		Key:    func(i pool) string { return cells.Key(i.Value.Metadata.UID, i.Scope, "", i.Value.Metadata.Name) },
		Labels: func(p cmf.ComputePool) map[string]string { return p.Metadata.Labels },
		State:  poolState,
		Columns: []browse.Column[cmf.ComputePool]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i pool) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i pool) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i pool) grid.Cell { return cells.Status(poolState(i.Value)) }},
			{Column: grid.Column{Title: "TYPE", Drop: 4}, Cell: func(i pool) grid.Cell { return cells.Word(i.Value.Spec.Type, themes.Dim) }},
			{Column: grid.Column{Title: "STATEMENTS", Right: true, Drop: 2}, Cell: func(i pool) grid.Cell { return grid.Count(poolStatements(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "IMAGE", Max: 50, Min: 10, Drop: 5}, Cell: func(i pool) grid.Cell { return cells.Word(i.Value.Spec.ClusterSpec.String("image"), themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3}, Cell: func(i pool) grid.Cell { return cellSince(i.Value.Metadata.CreationTimestamp, themes.Dim) }},
		},
		Actions: []browse.Action[cmf.ComputePool]{deletePool(api)},
		Editor:  poolEditor(api),
		Open: func(_ *views.Env, i pool) tea.Cmd {
			return openStatementsOf(api, i)
		},
		Pages: []browse.Page[cmf.ComputePool]{yamlPage(api, cmf.ComputePools, poolName)},
		UsedBy: func(ctx context.Context, i pool) usedby.Tree {
			return usesOfPool(ctx, api, i.Scope, poolName(i.Value))
		},
		Facts: poolFacts,
		Detail: func(_ context.Context, i pool) (browse.Detail, error) {
			return specDetail(i.Value.Spec)
		},
		Empty: "statements need one: a creates it",
	})
}

// openStatementsOf lists the statements of one pool, found by its own name in
// its own environment.
func openStatementsOf(api *cmfapi.Client, i pool) tea.Cmd {
	name, kind := i.Value.Metadata.Name, Statements(api)
	kind.Title, kind.Empty = name+" statements", "no statement is in this pool"
	kind.Only = func(s statement) bool {
		return s.Scope == i.Scope && s.Value.Spec.ComputePoolName == name
	}
	at := browse.Location{Scope: i.Scope}
	return views.Send(views.OpenMsg{Title: kind.Title, Make: func(env *views.Env) views.View {
		return browse.New(env, kind, at)
	}})
}

func deletePool(api *cmfapi.Client) browse.Action[cmf.ComputePool] {
	action := deletion(api, in(cmf.ComputePools), poolName, "the server refuses while a statement refers to it", nil)
	action.Refuse = func(p cmf.ComputePool) error {
		if n := poolStatements(p); n > 0 {
			return fmt.Errorf("%d statements are in it", n)
		}
		return nil
	}
	return action
}

func poolState(p cmf.ComputePool) (string, themes.Tone) {
	if p.Status == nil {
		return "", themes.Unknown
	}
	switch phase := p.Status.Phase; phase {
	case cmf.PoolDedicated, cmf.PoolRunning:
		return phase, themes.Good
	case cmf.PoolPending, cmf.PoolDeleting:
		return phase, themes.Busy
	case cmf.PoolSuspended:
		return phase, themes.Idle
	case cmf.PoolFailing:
		return phase, themes.Warn
	case cmf.PoolFailed:
		return phase, themes.Bad
	default:
		return phase, themes.Unknown
	}
}

func poolStatements(p cmf.ComputePool) int64 {
	if p.Status == nil || p.Status.Resources == nil {
		return 0
	}
	n := 0
	for _, count := range p.Status.Resources.Statements {
		n += count
	}
	return int64(n)
}

func poolFacts(i pool, now time.Time) []views.Fact {
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
