package cmf

import (
	"context"
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

type catalog = resource.Item[cmf.KafkaCatalog]

// Catalogs are Kafka catalogs; enter shows a catalog's databases.
func Catalogs(api *cmfapi.Client) resource.Kind[cmf.KafkaCatalog] {
	name := func(c cmf.KafkaCatalog) string { return c.Metadata.Name }
	return served(api, cmf.KafkaCatalogs, cmfapi.Query{}, resource.Kind[cmf.KafkaCatalog]{
		Title: "Catalogs", Short: "Cats", Aliases: []string{"catalog", "kafka"},
		Made:   func(o cmf.KafkaCatalog) string { return o.Metadata.CreationTimestamp },
		NameOf: name,
		Key:    func(i catalog) string { return cells.Key(i.Value.Metadata.UID, "", "", i.Value.Metadata.Name) },
		Labels: func(c cmf.KafkaCatalog) map[string]string { return c.Metadata.Labels },
		Columns: []resource.Column[cmf.KafkaCatalog]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i catalog) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "SCHEMA REGISTRY", Max: 60, Min: 12, Drop: 2}, Cell: func(i catalog) grid.Cell { return cells.Word(registryURL(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "ENVIRONMENTS", Max: 40, Min: 8, Drop: 1}, Cell: func(i catalog) grid.Cell { return accessCell(i.Value.Status) }},
			objects.AgeColumn(3, func(i catalog) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Actions: []resource.Action[cmf.KafkaCatalog]{actions.Deletion(
			api, objects.In(cmf.KafkaCatalogs), name, "the server refuses while it has databases of its own", nil,
		)},
		Editor: forms.CatalogEditor(api),
		Open: func(_ *views.Env, i catalog) tea.Cmd {
			at := resource.Location{Parent: i.Value.Metadata.Name}
			return browse.Open(i.Value.Metadata.Name+" databases", Databases(api), at)
		},
		Pages:  []resource.Page[cmf.KafkaCatalog]{yamlPage(api, cmf.KafkaCatalogs, name)},
		UsedBy: func(ctx context.Context, i catalog) usedby.Tree { return usesOfCatalog(ctx, api, name(i.Value)) },
		Facts: func(i catalog, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "registry", Text: registryURL(i.Value)},
				{Label: "secret id", Text: i.Value.Spec.SRInstance.ConnectionSecretID},
				{Label: "made", Text: cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now)},
			}
		},
		Detail: func(_ context.Context, i catalog) (resource.Detail, error) {
			return specDetail(i.Value.Spec)
		},
		Empty: "tables in Kafka need one: {create} creates it",
	})
}

func registryURL(c cmf.KafkaCatalog) string {
	return c.Spec.SRInstance.ConnectionConfig["schema.registry.url"]
}

type database = resource.Item[cmf.KafkaDatabase]

// Databases are the Kafka clusters of a catalog.
func Databases(api *cmfapi.Client) resource.Kind[cmf.KafkaDatabase] {
	name := func(d cmf.KafkaDatabase) string { return d.Metadata.Name }
	return served(api, cmf.KafkaDatabases, cmfapi.Query{}, resource.Kind[cmf.KafkaDatabase]{
		Title: "Databases", Short: "DBs",
		Made:   func(o cmf.KafkaDatabase) string { return o.Metadata.CreationTimestamp },
		NameOf: name,
		Key:    func(i database) string { return cells.Key(i.Value.Metadata.UID, "", i.Parent, i.Value.Metadata.Name) },
		Labels: func(d cmf.KafkaDatabase) map[string]string { return d.Metadata.Labels },
		Columns: []resource.Column[cmf.KafkaDatabase]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i database) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "BOOTSTRAP SERVERS", Max: 60, Min: 12, Drop: 2}, Cell: func(i database) grid.Cell { return cells.Word(bootstrap(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "ENVIRONMENTS", Max: 40, Min: 8, Drop: 1}, Cell: func(i database) grid.Cell { return accessCell(i.Value.Status) }},
			{Column: grid.Column{Title: "DDL", Max: 40, Min: 8, Drop: 3}, Cell: func(i database) grid.Cell { return cells.Word(cells.Join(i.Value.Spec.DDLEnvironments...), themes.Dim) }},
			objects.AgeColumn(3, func(i database) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Actions: []resource.Action[cmf.KafkaDatabase]{actions.Deletion(
			api, objects.In(cmf.KafkaDatabases), name, "its topics stay; statements no longer see them", nil,
		)},
		Editor: forms.DatabaseEditor(api),
		Pages:  []resource.Page[cmf.KafkaDatabase]{yamlPage(api, cmf.KafkaDatabases, name)},
		UsedBy: func(ctx context.Context, i database) usedby.Tree {
			return usesOfDatabase(ctx, api, i.Parent, name(i.Value))
		},
		Facts: func(i database, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "catalog", Text: i.Parent},
				{Label: "servers", Text: bootstrap(i.Value)},
				{Label: "secret id", Text: i.Value.Spec.KafkaCluster.ConnectionSecretID},
				{Label: "made", Text: cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now)},
			}
		},
		Detail: func(_ context.Context, i database) (resource.Detail, error) {
			return specDetail(i.Value.Spec)
		},
		Empty: "no database in this catalog: {create} creates one",
	})
}

func bootstrap(d cmf.KafkaDatabase) string {
	return d.Spec.KafkaCluster.ConnectionConfig["bootstrap.servers"]
}

// accessCell names the environments that see a catalog or database.
func accessCell(s *cmf.AccessStatus) grid.Cell {
	if s == nil || len(s.EnvironmentsWithAccess) == 0 {
		return cells.Word("none", themes.Warn)
	}
	return grid.Word(cells.Join(s.EnvironmentsWithAccess...), themes.Dim)
}
