package ccloud

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/ccloud/forms"
	"drey/views/resource"
	"drey/views/sources"
)

type connection = resource.Item[ccloudapi.Connection]

// Connections are how statements reach other services; their secrets are never
// shown.
func Connections(api *ccloudapi.Client) resource.Kind[ccloudapi.Connection] {
	name := func(c ccloudapi.Connection) string { return c.Name }
	k := resource.Kind[ccloudapi.Connection]{
		Name: ccloud.Connections.Plural, Singular: "connection", Title: "Connections", Short: "Conns",
		Aliases: []string{"conn", "connection"},
		NameOf:  name,
		Made:    func(c ccloudapi.Connection) string { return c.Metadata.CreatedAt },
		Key: func(i connection) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, i.Value.Region, i.Value.Name)
		},
		State: connectionState,
		Columns: []resource.Column[ccloudapi.Connection]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i connection) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i connection) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i connection) grid.Cell { return cells.Status(connectionState(i.Value)) }},
			{Column: grid.Column{Title: "TYPE", Max: 20}, Cell: func(i connection) grid.Cell { return cells.Word(i.Value.Spec.Type, themes.Dim) }},
			{Column: grid.Column{Title: "ENDPOINT", Max: 100, Min: 16, Drop: 2}, Cell: func(i connection) grid.Cell { return cells.Word(i.Value.Spec.Endpoint, themes.Plain) }},
		},
		Pages: []resource.Page[ccloudapi.Connection]{resource.RawYAML(name)},
		Facts: func(i connection, _ time.Time) []views.Fact {
			_, tone := connectionState(i.Value)
			return []views.Fact{
				{Label: "why", Text: i.Value.Status.Detail, Tone: tone},
				{Label: "type", Text: i.Value.Spec.Type},
				{Label: "endpoint", Text: i.Value.Spec.Endpoint},
			}
		},
		Detail: resource.RawDetail[ccloudapi.Connection],
		Empty:  "none is there",
	}
	k.Columns = withRegion(api, k.Columns, func(c ccloudapi.Connection) string { return c.Region })
	return served(api, api.Connections, k)
}

func connectionState(c ccloudapi.Connection) (string, themes.Tone) {
	switch phase := strings.ToUpper(c.Status.Phase); phase {
	case "READY", "ACTIVE":
		return c.Status.Phase, themes.Good
	case "UNREACHABLE", "INVALID_AUTH":
		return c.Status.Phase, themes.Bad
	}
	return c.Status.Phase, themes.Unknown
}

type artifact = resource.Item[ccloud.Artifact]

// Artifacts are code that statements use.
func Artifacts(api *ccloudapi.Client, open forms.OpenFile) resource.Kind[ccloud.Artifact] {
	k := resource.Kind[ccloud.Artifact]{
		Name: "artifacts", Singular: "artifact", Title: "Artifacts", Short: "Arts",
		Aliases: []string{"art", "flink-artifacts"},
		NameOf:  func(a ccloud.Artifact) string { return a.ID },
		MadeAs: func(a ccloud.Artifact, name string) bool {
			return name == a.DisplayName || name == a.Region+"/"+a.DisplayName
		},
		Made: func(a ccloud.Artifact) string { return a.Metadata.CreatedAt },
		Key:  func(i artifact) string { return i.Value.ID },
		Columns: []resource.Column[ccloud.Artifact]{
			{Column: grid.Column{Title: "ID", Max: 20, Min: 11}, Cell: func(i artifact) grid.Cell { return grid.Word(i.Value.ID, themes.Plain) }},
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i artifact) grid.Cell { return cells.Word(i.Value.DisplayName, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i artifact) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "FORMAT", Drop: 4}, Cell: func(i artifact) grid.Cell {
				return cells.Word(cells.Join(i.Value.ContentFormat, i.Value.RuntimeLanguage), themes.Dim)
			}},
			{Column: grid.Column{Title: "VERSIONS", Right: true, Drop: 5}, Cell: func(i artifact) grid.Cell { return grid.Count(int64(len(i.Value.Versions)), themes.Dim) }},
			{Column: grid.Column{Title: "REGION", Max: 20, Drop: 3}, Cell: func(i artifact) grid.Cell { return cells.Word(i.Value.Region, themes.Dim) }},
			{Column: grid.Column{Title: "CLASS", Max: 80, Min: 12, Drop: 2}, Cell: func(i artifact) grid.Cell { return cells.Word(i.Value.Class, themes.Plain) }},
		},
		Actions: []resource.Action[ccloud.Artifact]{resource.Deletion(func(i artifact) string {
			return ccloudapi.ArtifactPath(i.Value.ID)
		}, "the artifact and its versions are gone; functions that use it fail",
			func(ctx context.Context, i artifact) error {
				return api.DeleteArtifact(ctx, i.Value)
			})},
		Pages: []resource.Page[ccloud.Artifact]{resource.RawYAML(func(a ccloud.Artifact) string { return a.ID })},
		Facts: func(i artifact, now time.Time) []views.Fact {
			a := i.Value
			facts := []views.Fact{
				{Label: "name", Text: a.DisplayName},
				{Label: "class", Text: a.Class},
				{Label: "what", Text: a.Description},
				{Label: "see", Text: a.DocumentationLink},
				{Label: "made", Text: cells.Ago(a.Metadata.Made(), now)},
			}
			for _, v := range a.Versions {
				facts = append(facts, views.Fact{Label: "version", Text: v.Version})
			}
			return facts
		},
		Detail: resource.RawDetail[ccloud.Artifact],
		Read: func(ctx context.Context, ref views.Ref) (ccloud.Artifact, error) {
			return api.Artifact(ctx, ref.Scope, ref.Name)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			a, err := api.Artifact(ctx, ref.Scope, ref.Name)
			return a.Raw(), err
		},
		Editor: forms.ArtifactEditor(api, open),
		Empty:  "functions of your own need one: {create} uploads it",
	}
	return served(api, api.Artifacts, k)
}

type workspace = resource.Item[ccloudapi.Workspace]

// Workspaces are SQL that was kept.
func Workspaces(api *ccloudapi.Client) resource.Kind[ccloudapi.Workspace] {
	name := func(w ccloudapi.Workspace) string { return w.Name }
	k := resource.Kind[ccloudapi.Workspace]{
		Name: ccloud.Workspaces.Plural, Singular: "workspace", Title: "Workspaces", Short: "Works",
		Aliases: []string{"ws"},
		NameOf:  name,
		Made:    func(w ccloudapi.Workspace) string { return w.Metadata.CreatedAt },
		Key: func(i workspace) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, i.Value.Region, i.Value.Name)
		},
		Columns: []resource.Column[ccloudapi.Workspace]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i workspace) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "TITLE", Max: 40, Drop: 2}, Cell: func(i workspace) grid.Cell { return cells.Word(i.Value.Spec.DisplayName, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i workspace) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "POOL", Max: 14, Drop: 4}, Cell: func(i workspace) grid.Cell { return cells.Word(i.Value.Spec.ComputePool.ID, themes.Dim) }},
			{Column: grid.Column{Title: "SQL", Max: 120, Min: 16, Drop: 3}, Cell: func(i workspace) grid.Cell { return cells.Word(cells.OneLine(sqlOf(i.Value)), themes.Plain) }},
		},
		Open: func(_ *views.Env, i workspace) tea.Cmd {
			return views.Send(views.OpenTextMsg{Name: i.Value.Name, Text: sqlOf(i.Value), Environment: i.Scope})
		},
		Pages:  []resource.Page[ccloudapi.Workspace]{resource.RawYAML(name)},
		Detail: resource.RawDetail[ccloudapi.Workspace],
		Empty:  "none of yours is there",
	}
	k.Columns = withRegion(api, k.Columns, func(w ccloudapi.Workspace) string { return w.Region })
	return served(api, api.Workspaces, k)
}

// sqlOf is the text of a workspace's blocks, one below the other.
func sqlOf(w ccloudapi.Workspace) string {
	var blocks []string
	for _, b := range w.Spec.Blocks {
		text := strings.TrimSpace(strings.Join(b.CodeOptions.Source, "\n"))
		if text == "" {
			continue
		}
		if !strings.HasSuffix(text, ";") {
			text += ";"
		}
		blocks = append(blocks, text)
	}
	return strings.Join(blocks, "\n\n")
}

type region = resource.Item[ccloud.Region]

// Regions are where statements can run.
func Regions(api *ccloudapi.Client) resource.Kind[ccloud.Region] {
	here := api.Regions()
	k := resource.Kind[ccloud.Region]{
		Name: "regions", Singular: "region", Title: "Regions", Short: "Regs", Aliases: []string{"region"},
		NameOf: func(r ccloud.Region) string { return r.ID },
		Key:    func(i region) string { return i.Value.ID },
		Columns: []resource.Column[ccloud.Region]{
			{Column: grid.Column{Title: "REGION", Max: 40, Min: 12}, Cell: func(i region) grid.Cell {
				tone := themes.Plain
				if slices.Contains(here, i.Value.RegionName) {
					tone = themes.Good
				}
				return grid.Word(i.Value.ID, tone)
			}},
			{Column: grid.Column{Title: "NAME", Max: 40}, Cell: func(i region) grid.Cell { return cells.Word(i.Value.DisplayName, themes.Plain) }},
			{Column: grid.Column{Title: "ENDPOINT", Max: 80, Drop: 1}, Cell: func(i region) grid.Cell { return cells.Word(i.Value.HTTPEndpoint, themes.Dim) }},
		},
		Source: func(at resource.Location) resource.Source[ccloud.Region] {
			return sources.NewSource(at, listerOf(api.AllRegions()))
		},
		Pages:  []resource.Page[ccloud.Region]{resource.RawYAML(func(r ccloud.Region) string { return r.ID })},
		Detail: resource.RawDetail[ccloud.Region],
		Empty:  "the server names none",
	}
	return k
}
