package vvp

import (
	"context"
	"errors"
	"strings"
	"time"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
)

type savepoint = resource.Item[vvp.Savepoint]

// Savepoints are those of all deployments.
func Savepoints(api *vvpapi.Client) resource.Kind[vvp.Savepoint] {
	name := func(s vvp.Savepoint) string { return s.Metadata.ID }
	k := resource.Kind[vvp.Savepoint]{
		Name: vvp.Savepoints.Plural, Singular: vvp.Savepoints.Singular, Title: "Savepoints", Short: "Saves",
		Aliases: []string{"sp", "savepoint"},
		NameOf:  name,
		Made:    func(s vvp.Savepoint) string { return s.Metadata.CreatedAt },
		Key:     func(i savepoint) string { return i.Value.Metadata.ID },
		State:   savepointState,
		Columns: []resource.Column[vvp.Savepoint]{
			{Column: grid.Column{Title: "SAVEPOINT", Max: 36, Min: 12}, Cell: func(i savepoint) grid.Cell { return grid.Word(i.Value.Metadata.ID, themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i savepoint) grid.Cell { return cells.Status(savepointState(i.Value)) }},
			{Column: grid.Column{Title: "ORIGIN", Max: 20, Drop: 3}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Metadata.Origin, themes.Dim) }},
			{Column: grid.Column{Title: "DEPLOYMENT", Max: 36, Drop: 4}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Metadata.DeploymentID, themes.Dim) }},
			{Column: grid.Column{Title: "LOCATION", Max: 100, Min: 16, Drop: 2}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Spec.Location, themes.Plain) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 5}, Cell: func(i savepoint) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Actions: []resource.Action[vvp.Savepoint]{deleteSavepoint(api)},
		Pages:   []resource.Page[vvp.Savepoint]{resource.RawYAML(name)},
		Facts: func(i savepoint, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "location", Text: i.Value.Spec.Location},
				{Label: "origin", Text: cells.Join(i.Value.Metadata.Origin, i.Value.Metadata.Type)},
				{Label: "of", Text: cells.Join(i.Value.Metadata.DeploymentID, i.Value.Metadata.JobID)},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
		},
		Detail: resource.RawDetail[vvp.Savepoint],
		Read: func(ctx context.Context, ref views.Ref) (vvp.Savepoint, error) {
			return vvpapi.Get[vvp.Savepoint](ctx, api, vvp.Savepoints, ref.Scope, ref.Name)
		},
		Raw:   rawOf[vvp.Savepoint](api, vvp.Savepoints),
		Empty: "{savepoint} on a deployment takes one",
	}
	return served(api, listed[vvp.Savepoint](api, vvp.Savepoints), k)
}

// deleteSavepoint removes a savepoint and follows it: the platform deletes its files
// first, and may not be able to.
func deleteSavepoint(api *vvpapi.Client) resource.Action[vvp.Savepoint] {
	remove := resource.Deletion(
		func(i savepoint) string { return vvp.Savepoints.ItemPath(i.Scope, i.Value.Metadata.ID) },
		"the savepoint and its files are lost",
		func(ctx context.Context, i savepoint) error {
			return vvpapi.Delete(ctx, api, vvp.Savepoints, i.Scope, i.Value.Metadata.ID)
		},
	)
	stages := remove.Stages
	remove.Stages = func(v views.Verb, i savepoint, how string) []resource.Stage[vvp.Savepoint] {
		all := stages(v, i, how)
		all[0].Reached = func(_ context.Context, now savepoint) (resource.Progress, error) {
			state, tone := savepointState(now.Value)
			p := resource.Progress{State: state}
			if tone == themes.Bad && state != "FAILED" { // one that failed when it was taken is deleted, too
				return p, errors.New(cells.Join("it is "+state, failureText(now.Value.Status.Failure)))
			}
			return p, nil
		}
		return all
	}
	return resource.InStages(remove)
}

func savepointState(s vvp.Savepoint) (string, themes.Tone) {
	state := strings.ToUpper(s.Status.State)
	switch state {
	case "COMPLETED":
		return state, themes.Done
	case "STARTED", "PENDING_DELETION", "DELETING":
		return state, themes.Busy
	case "FAILED", "FAILED_DELETION":
		return state, themes.Bad
	}
	return state, themes.Unknown
}
