package cmf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/usedby"
)

// environments are the scopes of CMF, with the server's own counts of applications.
func environments(api *cmfapi.Client) *platform.Scopes {
	poll := cmfapi.NewPoll[cmf.Environment](api, cmf.Environments, cmf.Scope{}, cmfapi.Query{ResourceInformation: true})
	return &platform.Scopes{
		Singular: cmf.Environments.Singular, Plural: cmf.Environments.Plural, Title: "Environments", Short: "Envs", Counts: cmf.Applications.Plural,
		List: func(ctx context.Context) ([]platform.Scope, bool, error) {
			listed, changed, err := poll.Next(ctx)
			if err != nil || !changed {
				return nil, false, err
			}
			var list []platform.Scope
			for _, e := range listed.Items {
				scope := platform.Scope{Name: e.EffectiveName()}
				if e.Status != nil && e.Status.Resources != nil {
					scope.Known, scope.Health = true, healthOf(e.Status.Resources.Applications)
				}
				list = append(list, scope)
			}
			for _, b := range listed.Broken {
				if b.Name != "" {
					list = append(list, platform.Scope{Name: b.Name, Unread: true})
				}
			}
			slices.SortStableFunc(list, func(a, b platform.Scope) int { return strings.Compare(a.Name, b.Name) })
			return list, true, nil
		},
	}
}

// check is the health of all environments.
func check(ctx context.Context, api *cmfapi.Client) (platform.Health, error) {
	var all platform.Health
	listed, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{ResourceInformation: true})
	for _, e := range listed.Items {
		if e.Status != nil && e.Status.Resources != nil {
			all.Add(healthOf(e.Status.Resources.Applications))
		}
	}
	return all, err
}

// healthOf reads the server's counts by state. The states are those of jobs.
func healthOf(counts map[string]int) platform.Health {
	var h platform.Health
	for state, n := range counts {
		h.Objects += n
		switch _, tone := jobState(strings.ToUpper(state), ""); tone {
		case themes.Bad:
			h.Failing += n
		case themes.Warn, themes.Unknown:
			h.AtRisk += n
		case themes.Busy:
			h.Busy += n
		}
	}
	return h
}

type environment = browse.Item[cmf.Environment]

// Environments are the scopes as objects, for commands.
func Environments(api *cmfapi.Client) browse.Kind[cmf.Environment] {
	return served(api, cmf.Environments, cmfapi.Query{ResourceInformation: true}, browse.Kind[cmf.Environment]{
		Title: "Environments", Short: "Envs", Aliases: []string{"env", "envs", "environment"},
		NameOf:  cmf.Environment.EffectiveName,
		Key:     func(i environment) string { return cells.Key("", "", "", i.Value.EffectiveName()) },
		Editor:  environmentEditor(api),
		Actions: []browse.Action[cmf.Environment]{deleteEnvironment(api)},
		UsedBy: func(ctx context.Context, i environment) usedby.Tree {
			return usesOfEnvironment(ctx, api, i.Value.EffectiveName())
		},
		Columns: []browse.Column[cmf.Environment]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i environment) grid.Cell { return grid.Word(i.Value.EffectiveName(), themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 40, Drop: 2}, Cell: func(i environment) grid.Cell { return cells.Word(i.Value.KubernetesNamespace, themes.Dim) }},
			{Column: grid.Column{Title: "APPLICATIONS", Right: true, Drop: 1}, Cell: func(i environment) grid.Cell {
				if i.Value.Status == nil || i.Value.Status.Resources == nil {
					return cells.Dash()
				}
				return grid.Count(int64(healthOf(i.Value.Status.Resources.Applications).Objects), themes.Dim)
			}},
			{Column: grid.Column{Title: "AGE", Right: true, Drop: 3}, Cell: func(i environment) grid.Cell { return cellSince(i.Value.Created(), themes.Dim) }},
		},
	})
}

// deleteEnvironment deletes an environment that is empty. The API does not say what
// becomes of what is in one (cmf-behaviour.md §2.1), so nobody is asked to try.
func deleteEnvironment(api *cmfapi.Client) browse.Action[cmf.Environment] {
	action := deletion(api, in(cmf.Environments), cmf.Environment.EffectiveName, "its account and its secret in the namespace are deleted with it", nil)
	action.Refuse = func(e cmf.Environment) error {
		if e.Status == nil || e.Status.Resources == nil {
			return nil
		}
		if n := healthOf(e.Status.Resources.Applications).Objects; n > 0 {
			return fmt.Errorf("%d applications are in it", n)
		}
		return nil
	}
	return action
}
