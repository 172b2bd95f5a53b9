package cmf

import (
	"context"
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

type secret = resource.Item[cmf.Secret]

// Secrets show their keys, never a value; enter shows where one is mapped.
func Secrets(api *cmfapi.Client) resource.Kind[cmf.Secret] {
	name := func(s cmf.Secret) string { return s.Metadata.Name }
	return served(api, cmf.Secrets, cmfapi.Query{}, resource.Kind[cmf.Secret]{
		Title: "Secrets", Short: "Secs", Aliases: []string{"secret"},
		Made:   func(o cmf.Secret) string { return o.Metadata.CreationTimestamp },
		NameOf: name,
		Key:    func(i secret) string { return cells.Key(i.Value.Metadata.UID, "", "", i.Value.Metadata.Name) },
		Labels: func(s cmf.Secret) map[string]string { return s.Metadata.Labels },
		Columns: []resource.Column[cmf.Secret]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i secret) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "KEYS", Max: 60, Min: 8, Drop: 2}, Cell: func(i secret) grid.Cell { return cells.Word(secretKeys(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "MAPPED IN", Max: 40, Min: 8, Drop: 1}, Cell: func(i secret) grid.Cell {
				if i.Value.Status == nil || len(i.Value.Status.Environments) == 0 {
					return cells.Word("nowhere", themes.Dim)
				}
				return grid.Word(cells.Join(i.Value.Status.Environments...), themes.Dim)
			}},
			objects.AgeColumn(3, func(i secret) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Actions: []resource.Action[cmf.Secret]{actions.Deletion(
			api, objects.In(cmf.Secrets), name,
			"the server refuses while it is mapped; nobody can read its values to make it again", nil,
		)},
		Editor: forms.SecretEditor(api),
		Open: func(_ *views.Env, i secret) tea.Cmd {
			return openMappingsOf(api, i)
		},
		UsedBy: func(ctx context.Context, i secret) usedby.Tree { return usesOfSecret(ctx, api, name(i.Value)) },
		Facts: func(i secret, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "keys", Text: secretKeys(i.Value)},
				{Label: "made", Text: cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now)},
				{Label: "changed", Text: cells.Ago(cmf.ParseTime(i.Value.Metadata.UpdateTimestamp), now)},
			}
		},
		Empty: "{create} creates one",
	})
}

// openMappingsOf lists the mappings of one secret.
func openMappingsOf(api *cmfapi.Client, i secret) tea.Cmd {
	name, kind := i.Value.Metadata.Name, SecretMappings(api)
	kind.Title = name + " mappings"
	kind.Only = func(m mapping) bool { return m.Value.Spec.SecretName == name }
	kind.Editor = forms.MappingEditor(api, name)
	return browse.Open(kind.Title, kind, resource.Location{})
}

func secretKeys(s cmf.Secret) string { return cells.Join(slices.Sorted(maps.Keys(s.Spec.Data))...) }

type mapping = resource.Item[cmf.SecretMapping]

// SecretMappings give environments secrets under the ids that catalogs mention.
func SecretMappings(api *cmfapi.Client) resource.Kind[cmf.SecretMapping] {
	name := func(m cmf.SecretMapping) string { return m.Metadata.Name }
	return served(api, cmf.SecretMappings, cmfapi.Query{}, resource.Kind[cmf.SecretMapping]{
		Title: "Secret mappings", Short: "Maps",
		Made:   func(o cmf.SecretMapping) string { return o.Metadata.CreationTimestamp },
		NameOf: name,
		Key:    func(i mapping) string { return cells.Key(i.Value.Metadata.UID, i.Scope, "", i.Value.Metadata.Name) },
		Columns: []resource.Column[cmf.SecretMapping]{
			{Column: grid.Column{Title: "CONNECTION SECRET ID", Max: 40, Min: 12}, Cell: func(i mapping) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 30, Min: 8}, Cell: func(i mapping) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "SECRET", Max: 40, Min: 8}, Cell: func(i mapping) grid.Cell { return cells.Word(i.Value.Spec.SecretName, themes.Dim) }},
			objects.AgeColumn(3, func(i mapping) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Actions: []resource.Action[cmf.SecretMapping]{actions.Deletion(
			api, objects.In(cmf.SecretMappings), name, "catalogs that mention the id leave the environment's SQL", nil,
		)},
		Editor: forms.MappingEditor(api, ""),
		UsedBy: func(ctx context.Context, i mapping) usedby.Tree {
			return usesOfMapping(ctx, api, i.Scope, name(i.Value))
		},
		Pages: []resource.Page[cmf.SecretMapping]{yamlPage(api, cmf.SecretMappings, name)},
		Empty: "mapped nowhere: {create} maps it",
	})
}
