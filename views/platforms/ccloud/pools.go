package ccloud

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/ccloud/forms"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
)

type pool = resource.Item[ccloud.ComputePool]

var verbGrow = views.Verb{Do: "grow", Doing: "growing", Done: "grew"}

// Pools are budgets of CFUs; a statement runs in one.
func Pools(api *ccloudapi.Client) resource.Kind[ccloud.ComputePool] {
	k := resource.Kind[ccloud.ComputePool]{
		Name: "compute pools", Singular: "compute pool", Title: "Pools", Short: "Pools",
		Aliases: []string{"pool", "pools", "compute-pools"},
		NameOf:  func(p ccloud.ComputePool) string { return p.ID },
		MadeAs:  func(p ccloud.ComputePool, name string) bool { return name == p.Spec.DisplayName },
		Made:    func(p ccloud.ComputePool) string { return p.Metadata.CreatedAt },
		Key:     func(i pool) string { return i.Value.ID },
		State:   poolState,
		Columns: []resource.Column[ccloud.ComputePool]{
			{Column: grid.Column{Title: "ID", Max: 20, Min: 11}, Cell: func(i pool) grid.Cell { return grid.Word(i.Value.ID, themes.Plain) }},
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 10}, Cell: func(i pool) grid.Cell { return cells.Word(i.Value.Spec.DisplayName, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i pool) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i pool) grid.Cell { return cells.Status(poolState(i.Value)) }},
			{Column: grid.Column{Title: "CFU", Right: true}, Cell: func(i pool) grid.Cell { return grid.Count(int64(i.Value.Status.CurrentCFU), poolTone(i.Value)) }},
			{Column: grid.Column{Title: "OF", Right: true}, Cell: func(i pool) grid.Cell { return grid.Count(int64(i.Value.Spec.MaxCFU), themes.Dim) }},
			{Column: grid.Column{Title: "REGION", Max: 24, Drop: 3}, Cell: func(i pool) grid.Cell { return cells.Word(i.Value.Spec.Region, themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 2}, Cell: func(i pool) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Actions: []resource.Action[ccloud.ComputePool]{growPool(api), deletePool(api)},
		Open:    func(_ *views.Env, i pool) tea.Cmd { return openStatementsOf(api, i) },
		Pages: []resource.Page[ccloud.ComputePool]{resource.YAMLPage(
			func(p ccloud.ComputePool) string { return p.ID },
			func(ctx context.Context, i pool) (json.RawMessage, error) {
				p, err := api.Pool(ctx, i.Scope, i.Value.ID)
				return p.Raw(), err
			},
		)},
		Facts: func(i pool, now time.Time) []views.Fact {
			p := i.Value
			return []views.Fact{
				{Label: "name", Text: p.Spec.DisplayName},
				{Label: "use", Text: fmt.Sprintf("%d of %d CFU", p.Status.CurrentCFU, p.Spec.MaxCFU), Tone: poolTone(p)},
				{Label: "region", Text: cells.Join(p.Spec.Cloud, p.Spec.Region)},
				{Label: "default", Text: either(p.Spec.DefaultPool, "statements without a pool run here", "")},
				{Label: "made", Text: cells.Ago(p.Metadata.Made(), now)},
			}
		},
		Detail: resource.RawDetail[ccloud.ComputePool],
		Read: func(ctx context.Context, ref views.Ref) (ccloud.ComputePool, error) {
			return api.Pool(ctx, ref.Scope, ref.Name)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			p, err := api.Pool(ctx, ref.Scope, ref.Name)
			return p.Raw(), err
		},
		Editor: forms.PoolEditor(api),
		Empty:  "statements run in one: {create} creates it",
	}
	return served(api, api.Pools, k)
}

func poolState(p ccloud.ComputePool) (string, themes.Tone) {
	switch phase := p.Status.Phase; phase {
	case ccloud.PoolProvisioned:
		return phase, themes.Good
	case ccloud.PoolProvisioning, ccloud.PoolDeprovisioning:
		return phase, themes.Busy
	case ccloud.PoolFailed:
		return phase, themes.Bad
	default:
		return phase, themes.Unknown
	}
}

// poolTone warns of a pool that has nothing left.
func poolTone(p ccloud.ComputePool) themes.Tone {
	if p.Spec.MaxCFU > 0 && p.Status.CurrentCFU >= p.Spec.MaxCFU {
		return themes.Warn
	}
	return themes.Plain
}

// openStatementsOf lists the statements of one pool.
func openStatementsOf(api *ccloudapi.Client, i pool) tea.Cmd {
	id, kind := i.Value.ID, Statements(api)
	kind.Title, kind.Empty = i.Value.Spec.DisplayName+" statements", "no statement is in this pool"
	kind.Only = func(s objects.Statement) bool { return s.Scope == i.Scope && s.Value.Spec.ComputePoolID == id }
	at := resource.Location{Scope: i.Scope}
	return browse.Open(kind.Title, kind, at)
}

// growPool lets a pool have more CFUs: the API takes none away.
func growPool(api *ccloudapi.Client) resource.Action[ccloud.ComputePool] {
	plan := func(i pool, how string) []views.Step {
		return []views.Step{{Method: "PATCH", Path: ccloudapi.PoolPath(i.Value.ID), Remark: "spec.max_cfu " + how}}
	}
	return resource.Action[ccloud.ComputePool]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb:  func(ccloud.ComputePool) views.Verb { return verbGrow },
		Verbs: []views.Verb{verbGrow},
		Which: "How many CFUs may it have?",
		Refuse: func(p ccloud.ComputePool) error {
			if p.Spec.MaxCFU >= ccloud.PoolSizes[len(ccloud.PoolSizes)-1] {
				return fmt.Errorf(
					"it may have %d CFUs already, which is all there are: a makes another pool", p.Spec.MaxCFU,
				)
			}
			return nil
		},
		Will: func(i pool, _ time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text: fmt.Sprintf(
					"it may have %d CFUs instead of %d; it cannot shrink again", nextSize(i.Value), i.Value.Spec.MaxCFU,
				),
				Tone: themes.Warn,
			}
		},
		Ways: func(_ context.Context, i pool, _ time.Time) ([]views.Choice, error) {
			var ways []views.Choice
			for _, size := range ccloud.PoolSizes {
				if size <= i.Value.Spec.MaxCFU {
					continue
				}
				way := views.Choice{
					How: strconv.Itoa(size), Label: fmt.Sprintf("%d CFU", size),
					Detail: fmt.Sprintf("instead of %d; it cannot shrink again", i.Value.Spec.MaxCFU),
				}
				if len(ways) == 0 {
					way.How = ""
				}
				ways = append(ways, way)
			}
			return ways, nil
		},
		Plan: func(i pool, how string) []views.Step {
			if how == "" {
				how = strconv.Itoa(nextSize(i.Value))
			}
			return plan(i, how)
		},
		Run: func(ctx context.Context, i pool, how string, step func(views.Step)) (string, error) {
			size, err := strconv.Atoi(how)
			if err != nil {
				size = nextSize(i.Value)
			}
			step(plan(i, strconv.Itoa(size))[0])
			return fmt.Sprintf("to %d CFU", size), api.ResizePool(ctx, i.Scope, i.Value.ID, size)
		},
		Begun: func(before, now ccloud.ComputePool) bool { return now.Spec.MaxCFU > before.Spec.MaxCFU },
	}
}

// nextSize is the smallest that a pool could grow to.
func nextSize(p ccloud.ComputePool) int {
	for _, size := range ccloud.PoolSizes {
		if size > p.Spec.MaxCFU {
			return size
		}
	}
	return p.Spec.MaxCFU
}

func deletePool(api *ccloudapi.Client) resource.Action[ccloud.ComputePool] {
	path := func(i pool) string { return ccloudapi.PoolPath(i.Value.ID) }
	return resource.Deletion(
		path, "the pool is gone; statements that run in it are stopped or deleted",
		func(ctx context.Context, i pool) error {
			return api.DeletePool(ctx, i.Scope, i.Value.ID)
		},
	)
}
