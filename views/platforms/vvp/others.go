package vvp

import (
	"context"
	"encoding/json"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
)

type object = resource.Item[vvp.Object]

// named is a kind whose objects have a name and little else.
func named(
	api *vvpapi.Client, of vvp.Collection, title, short string, aliases []string, extra ...resource.Column[vvp.Object],
) resource.Kind[vvp.Object] {
	name := func(o vvp.Object) string { return o.Name }
	columns := []resource.Column[vvp.Object]{
		{Column: grid.Column{Title: "NAME", Max: 60, Min: 14}, Cell: func(i object) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i object) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
	}
	columns = append(columns, extra...)
	columns = append(columns, resource.Column[vvp.Object]{
		Column: grid.Column{Title: "AGE", Right: true, Drop: 3},
		Cell:   func(i object) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) },
	})
	k := resource.Kind[vvp.Object]{
		Name: of.Plural, Singular: of.Singular, Title: title, Short: short, Aliases: aliases,
		NameOf:  name,
		Made:    func(o vvp.Object) string { return o.Metadata.CreatedAt },
		Key:     func(i object) string { return cells.Key(i.Value.Metadata.ID, i.Scope, i.Value.Name) },
		Columns: columns,
		Pages:   []resource.Page[vvp.Object]{resource.RawYAML(name)},
		Facts: func(i object, now time.Time) []views.Fact {
			return []views.Fact{{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)}}
		},
		Detail: resource.RawDetail[vvp.Object],
		Empty:  "none is there",
	}
	return served(api, listed[vvp.Object](api, of), k)
}

// deletable lets the objects of a kind be deleted by their names.
func deletable(
	api *vvpapi.Client, of vvp.Collection, k resource.Kind[vvp.Object], consequence string,
) resource.Kind[vvp.Object] {
	k.Actions = append(k.Actions, resource.Deletion(
		func(i object) string { return of.ItemPath(i.Scope, i.Value.Name) }, consequence,
		func(ctx context.Context, i object) error { return vvpapi.Delete(ctx, api, of, i.Scope, i.Value.Name) },
	))
	k.Read = func(ctx context.Context, ref views.Ref) (vvp.Object, error) {
		return vvpapi.Get[vvp.Object](ctx, api, of, ref.Scope, ref.Name)
	}
	k.Raw = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		o, err := k.Read(ctx, ref)
		return o.Raw(), err
	}
	return k
}

func member(title string, most int, path ...string) resource.Column[vvp.Object] {
	return resource.Column[vvp.Object]{Column: grid.Column{
		Title: title, Max: most, Min: 10, Drop: 2,
	}, Cell: func(i object) grid.Cell {
		return cells.Word(cells.OneLine(i.Value.Member(path...)), themes.Dim)
	}}
}

// Targets are where deployments run.
func Targets(api *vvpapi.Client) resource.Kind[vvp.Object] {
	k := deletable(
		api, vvp.Targets,
		named(api, vvp.Targets, "Targets", "Tgts", []string{"target", "targets", "dt"}, member(
			"KUBERNETES NAMESPACE", 40, "spec", "kubernetes", "namespace",
		)),
		"the platform refuses while deployments use it",
	)
	k.Editor, k.Recreate = targetEditor(api), recreation(api, vvp.Targets, "nothing else is lost")
	return k
}

// SecretValues have names; the server gives no value back, and one that came is not
// held.
func SecretValues(api *vvpapi.Client) resource.Kind[vvp.Object] {
	k := deletable(
		api, vvp.SecretValues, named(api, vvp.SecretValues, "Secrets", "Secs", []string{"secret", "secrets"}),
		"the secret is lost; what names it fails at its next start",
	)
	k.Pages, k.Detail, k.Editor = nil, nil, secretEditor(api)
	return k
}

// Scripts are SQL that was kept.
func Scripts(api *vvpapi.Client) resource.Kind[vvp.Object] {
	k := deletable(
		api, vvp.Scripts,
		named(
			api, vvp.Scripts, "Scripts", "SQLs", []string{"script", "scripts", "sqlscripts"},
			member("SQL", 120, "script"),
		),
		"the script is lost; deployments that were made of it go on",
	)
	k.Recreate = recreation(api, vvp.Scripts, "nothing else is lost")
	k.Open = func(_ *views.Env, i object) tea.Cmd {
		return views.Send(views.OpenTextMsg{
			Environment: i.Scope, Name: i.Value.Name, Text: i.Value.Member("script"), Script: true,
		})
	}
	return k
}

// UDFs are functions of one's own, in jars.
func UDFs(api *vvpapi.Client) resource.Kind[vvp.Object] {
	return named(api, vvp.UDFs, "UDFs", "UDFs", []string{"udf", "udfs"}, member("JAR", 100, "jarUrl"))
}

// Connectors and Formats are what tables can be made with.
func Connectors(api *vvpapi.Client) resource.Kind[vvp.Object] {
	return named(api, vvp.Connectors, "Connectors", "Conns", []string{"connector"}, member("TYPE", 40, "type"))
}

// Formats are how connectors write rows.
func Formats(api *vvpapi.Client) resource.Kind[vvp.Object] {
	return named(api, vvp.Formats, "Formats", "Fmts", []string{"format"}, member("TYPE", 40, "type"))
}

// Tokens are API tokens; their secrets are given once, when they are made.
func Tokens(api *vvpapi.Client) resource.Kind[vvp.Object] {
	k := named(api, vvp.Tokens, "Tokens", "Toks", []string{"token", "tokens", "apitokens"}, member("ROLE", 20, "role"))
	k.Pages, k.Detail = nil, nil
	return k
}
