package cmf

import (
	"context"
	"fmt"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/usedby"
)

// check is the health of all environments.
func check(ctx context.Context, api *cmfapi.Client) (platform.Health, error) {
	var all platform.Health
	listed, err := cmfapi.List[cmf.Environment](
		ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{ResourceInformation: true},
	)
	for _, e := range listed.Items {
		if e.Status != nil && e.Status.Resources != nil {
			all.Add(objects.HealthOf(e.Status.Resources.Applications))
		}
	}
	return all, err
}

type environment = resource.Item[cmf.Environment]

// Environments are the scopes as objects, for commands.
func Environments(api *cmfapi.Client) resource.Kind[cmf.Environment] {
	return served(api, cmf.Environments, cmfapi.Query{ResourceInformation: true}, resource.Kind[cmf.Environment]{
		Title: "Environments", Short: "Envs", Aliases: []string{"env", "envs", "environment"},
		NameOf:  cmf.Environment.EffectiveName,
		Key:     func(i environment) string { return cells.Key("", "", "", i.Value.EffectiveName()) },
		Editor:  forms.EnvironmentEditor(api),
		Actions: []resource.Action[cmf.Environment]{deleteEnvironment(api)},
		UsedBy: func(ctx context.Context, i environment) usedby.Tree {
			return usesOfEnvironment(ctx, api, i.Value.EffectiveName())
		},
		Columns: []resource.Column[cmf.Environment]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i environment) grid.Cell { return grid.Word(i.Value.EffectiveName(), themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 40, Drop: 2}, Cell: func(i environment) grid.Cell { return cells.Word(i.Value.KubernetesNamespace, themes.Dim) }},
			{Column: grid.Column{Title: "APPLICATIONS", Right: true, Drop: 1}, Cell: func(i environment) grid.Cell {
				if i.Value.Status == nil || i.Value.Status.Resources == nil {
					return cells.Dash()
				}
				return grid.Count(int64(objects.HealthOf(i.Value.Status.Resources.Applications).Objects), themes.Dim)
			}},
			{Column: grid.Column{Title: "AGE", Right: true, Drop: 3}, Cell: func(i environment) grid.Cell { return objects.CellSince(i.Value.Created(), themes.Dim) }},
		},
	})
}

// deleteEnvironment deletes an environment that is empty. The API does not say what
// becomes of what is in one (cmf-behaviour.md §2.1), so nobody is asked to try.
func deleteEnvironment(api *cmfapi.Client) resource.Action[cmf.Environment] {
	action := actions.Deletion(
		api, objects.In(cmf.Environments), cmf.Environment.EffectiveName,
		"its account and its secret in the namespace are deleted with it", nil,
	)
	action.Refuse = func(e cmf.Environment) error {
		if e.Status == nil || e.Status.Resources == nil {
			return nil
		}
		for _, of := range []struct {
			what   string
			counts map[string]int
		}{{"application", e.Status.Resources.Applications}, {"statement", e.Status.Resources.Statements}} {
			n := objects.HealthOf(of.counts).Objects
			switch {
			case n == 1:
				return fmt.Errorf("1 %s is in it: delete it first", of.what)
			case n > 1:
				return fmt.Errorf("%d %ss are in it: delete them first", n, of.what)
			}
		}
		return nil
	}
	return action
}
