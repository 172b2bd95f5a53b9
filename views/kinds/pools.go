package kinds

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/grid"
)

type pool = browse.Item[cmf.ComputePool]

func poolName(p cmf.ComputePool) string { return p.Metadata.Name }

// Pools are compute pools.
func Pools() browse.Kind[cmf.ComputePool] {
	return browse.Kind[cmf.ComputePool]{
		API: cmf.ComputePools, Title: "Pools", Short: "Pools", Aliases: []string{"pool", "compute-pools"},
		Query:  client.Query{ResourceInformation: true},
		Name:   poolName,
		Key:    func(i pool) string { return keyOf(i.Value.Metadata.UID, i.Environment, "", i.Value.Metadata.Name) },
		Labels: func(p cmf.ComputePool) map[string]string { return p.Metadata.Labels },
		State:  poolState,
		Columns: []browse.Column[cmf.ComputePool]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i pool) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, Fleet: true, Cell: func(i pool) grid.Cell { return word(i.Environment, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Cell: func(i pool) grid.Cell { return status(poolState(i.Value)) }},
			{Column: grid.Column{Title: "TYPE", Drop: 4}, Cell: func(i pool) grid.Cell { return word(i.Value.Spec.Type, themes.Dim) }},
			{Column: grid.Column{Title: "STATEMENTS", Right: true, Drop: 2}, Cell: func(i pool) grid.Cell { return grid.Count(poolStatements(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "IMAGE", Max: 50, Min: 10, Drop: 5}, Cell: func(i pool) grid.Cell { return word(i.Value.Spec.ClusterSpec.String("image"), themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3}, Cell: func(i pool) grid.Cell { return since(i.Value.Metadata.CreationTimestamp, themes.Dim) }},
		},
		Actions: []browse.Action[cmf.ComputePool]{{
			Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
			Label: func(cmf.ComputePool) string { return "delete" },
			Refuse: func(p cmf.ComputePool) error {
				if n := poolStatements(p); n > 0 {
					return fmt.Errorf("%d statements are in it", n)
				}
				return nil
			},
			Ask: askDeletePool,
			Run: func(ctx context.Context, c *client.Client, i pool, _ string) (string, error) {
				return "deleted " + i.Value.Metadata.Name, client.Delete(ctx, c, cmf.ComputePools, i.Scope(), i.Value.Metadata.Name, false)
			},
		}},
		Open: func(_ *views.Env, i pool) tea.Cmd {
			return views.Send(views.GoMsg{Tab: cmf.Statements.Plural, Environment: &i.Environment, Filter: "pool:" + i.Value.Metadata.Name})
		},
		Pages: []browse.Page[cmf.ComputePool]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML[cmf.ComputePool](poolName)},
		},
		Facts: poolFacts,
		Detail: func(_ context.Context, _ *client.Client, i pool) (browse.Detail, error) {
			raw, err := cmf.NewObject(struct {
				Spec cmf.ComputePoolSpec `json:"spec"`
			}{i.Value.Spec})
			return browse.Detail{Source: []byte(raw)}, err
		},
		Empty: "statements need one: confluent flink compute-pool create",
	}
}

func askDeletePool(a browse.Asking[cmf.ComputePool]) views.Confirmation {
	var names, requests []string
	for _, i := range a.Items {
		names = append(names, i.Value.Metadata.Name)
		requests = append(requests, "DELETE …/compute-pools/"+i.Value.Metadata.Name)
	}
	return views.Confirmation{Verb: "Delete", TypeName: typed("Delete", names), Requests: requests, Facts: []views.Fact{
		{Label: "what happens", Text: "the server refuses while a statement refers to it", Tone: themes.Plain},
	}}
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
		{Label: "type", Text: join(p.Spec.Type, p.Spec.State)},
		{Label: "image", Text: p.Spec.ClusterSpec.String("image")},
		{Label: "flink", Text: p.Spec.ClusterSpec.String("flinkVersion")},
		{Label: "made", Text: ago(cmf.ParseTime(p.Metadata.CreationTimestamp), now)},
	}
	if p.Status == nil {
		return facts
	}
	facts = append(facts, views.Fact{Label: "message", Text: p.Status.Message}, views.Fact{Label: "warning", Text: p.Status.Warning, Tone: themes.Warn})
	if r := p.Status.Resources; r != nil {
		text := ""
		for _, phase := range slices.Sorted(maps.Keys(r.Statements)) {
			text = join(text, fmt.Sprintf("%d %s", r.Statements[phase], phase))
		}
		facts = append(facts, views.Fact{Label: "statements", Text: text})
	}
	return facts
}
