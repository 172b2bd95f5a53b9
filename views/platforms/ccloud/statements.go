package ccloud

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/ccloud/forms"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
	"drey/views/why"
)

// Statements are SQL statements, of all regions of the context.
func Statements(api *ccloudapi.Client) resource.Kind[ccloudapi.Statement] {
	k := resource.Kind[ccloudapi.Statement]{
		Name: "statements", Singular: "statement", Title: "Statements", Short: "Stmts",
		Aliases: []string{"stmt", "stmts", "queries"},
		NameOf:  func(s ccloudapi.Statement) string { return s.Name },
		Made:    func(s ccloudapi.Statement) string { return s.Metadata.CreatedAt },
		Key:     func(i objects.Statement) string { return objects.StatementKey(i.Scope, i.Value) },
		Same:    sameStatement,
		Labels:  func(s ccloudapi.Statement) map[string]string { return s.Metadata.Labels },
		State:   objects.StatementState,
		Hidden:  func(s ccloudapi.Statement) bool { return s.Hidden() },
		Columns: statementColumns(api),
		Actions: statementActions(api),
		Open:    func(_ *views.Env, i objects.Statement) tea.Cmd { return openResults(i) },
		Pages: []resource.Page[ccloudapi.Statement]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Results }, Label: "results", Open: func(_ *views.Env, i objects.Statement) tea.Cmd { return openResults(i) }},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: openWhy(api)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Evolve }, Label: "evolve", Open: openEvolve(api)},
			resource.YAMLPage(
				func(s ccloudapi.Statement) string { return s.Name },
				func(ctx context.Context, i objects.Statement) (json.RawMessage, error) {
					s, err := api.Statement(ctx, i.Scope, i.Value.Name, i.Value.Region, i.Value.Metadata.UID)
					return s.Raw(), err
				},
			),
		},
		Facts: statementFacts,
		Detail: func(ctx context.Context, i objects.Statement) (resource.Detail, error) {
			return statementDetail(ctx, api, i)
		},
		Read: func(ctx context.Context, ref views.Ref) (ccloudapi.Statement, error) {
			return objects.ReadStatement(ctx, api, ref)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			s, err := objects.ReadStatement(ctx, api, ref)
			return s.Raw(), err
		},
		Compared: resource.CompareSpec, ComparedIn: []string{"spec"},
		Recreate: recreateStatement(api), Editor: forms.StatementEditor(api),
		Empty: "write one in the SQL tab, or create one with {create}",
	}
	return served(api, api.Statements, k)
}

func openResults(i objects.Statement) tea.Cmd {
	return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Name, Handle: i.Value.Region})
}

func sameStatement(a, b ccloudapi.Statement) bool {
	return a.Metadata.UID == b.Metadata.UID && a.Region == b.Region && a.Name == b.Name &&
		a.Metadata.UpdatedAt == b.Metadata.UpdatedAt && a.Metadata.ResourceVersion == b.Metadata.ResourceVersion &&
		a.Phase() == b.Phase() && ccloudapi.Reason(a.Statement) == ccloudapi.Reason(b.Statement) && maps.Equal(
		a.Metadata.Labels, b.Metadata.Labels,
	)
}

func statementColumns(api *ccloudapi.Client) []resource.Column[ccloudapi.Statement] {
	columns := []resource.Column[ccloudapi.Statement]{
		{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i objects.Statement) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
		{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i objects.Statement) grid.Cell { return cells.Status(objects.StatementState(i.Value)) }},
		{Column: grid.Column{Title: "WHY", Max: 40, Min: 12, Drop: 2}, Cell: func(i objects.Statement) grid.Cell {
			_, tone := objects.StatementState(i.Value)
			return cells.Word(cells.OneLine(shortReason(i.Value)), tone)
		}},
		{Column: grid.Column{Title: "KIND", Max: 18, Drop: 5}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Value.SQLKind(), themes.Dim) }},
		{Column: grid.Column{Title: "POOL", Max: 14, Min: 6, Drop: 4}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolID, themes.Dim) }},
		{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3}, Cell: func(i objects.Statement) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		{Column: grid.Column{Title: "STATEMENT", Max: 120, Min: 16, Drop: 1}, Cell: func(i objects.Statement) grid.Cell {
			return cells.Word(cells.OneLine(i.Value.Spec.Statement), themes.Plain)
		}},
	}
	return withRegion(api, columns, func(s ccloudapi.Statement) string { return s.Region })
}

// withRegion adds a column where the context has several regions.
func withRegion[T any](
	api *ccloudapi.Client, columns []resource.Column[T], region func(T) string,
) []resource.Column[T] {
	if len(api.Regions()) < 2 {
		return columns
	}
	return slices.Insert(columns, 2, resource.Column[T]{
		Column: grid.Column{Title: "REGION", Max: 16, Drop: 4},
		Cell:   func(i resource.Item[T]) grid.Cell { return cells.Word(region(i.Value), themes.Dim) },
	})
}

// shortReason is why a statement needs somebody; "" for one that is well.
func shortReason(s ccloudapi.Statement) string {
	if left(s) {
		return "left over: D deletes it"
	}
	switch _, tone := objects.StatementState(s); tone {
	case themes.Bad:
		return why.Cause(ccloudapi.Reason(s.Statement))
	case themes.Warn, themes.Unknown, themes.Busy:
		return ccloudapi.Reason(s.Statement)
	}
	return ""
}

func statementFacts(i objects.Statement, now time.Time) []views.Fact {
	s := i.Value
	_, tone := objects.StatementState(s)
	reason := ccloudapi.Reason(s.Statement)
	if tone == themes.Bad {
		reason = "" // it is the cause, which stands first
	}
	if left(s) {
		reason = "a client ran it for itself, has read it and did not delete it: it counts against the quota, " +
			"D deletes it"
		tone = themes.Warn
	}
	facts := []views.Fact{
		{Label: "why", Text: cells.OneLine(reason), Tone: tone},
		{Label: "pool", Text: cells.Join(s.Spec.ComputePoolID, s.Region, s.Spec.Principal)},
		{Label: "catalog", Text: cells.Join(s.Spec.Properties[ccloud.PropertyCatalog], s.Spec.Properties[ccloud.PropertyDatabase])},
		{Label: "made", Text: cells.Ago(s.Metadata.Made(), now)},
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metadata.Labels)) {
		facts = append(facts, views.Fact{Label: "label", Text: name + " = " + s.Metadata.Labels[name]})
	}
	if s.Status == nil {
		return append(facts, propertyFacts(s)...)
	}
	for _, w := range s.Status.Warnings {
		facts = append(facts, views.Fact{
			Label: "warning", Text: cells.Join(w.Severity, w.Reason, w.Message), Tone: themes.Warn,
		})
	}
	if t := s.Status.Traits; t != nil && t.SQLKind != "" {
		facts = append(facts, views.Fact{Label: "traits", Text: cells.Join(
			t.SQLKind, either(t.IsBounded, "bounded", "unbounded"),
			either(t.IsAppendOnly, "append-only", "with updates"),
		)})
	}
	if state := s.Status.ScalingStatus.State; state != "" && state != "OK" {
		facts = append(facts, views.Fact{Label: "scaling", Text: state, Tone: themes.Warn})
	}
	for _, topic := range slices.Sorted(maps.Keys(s.Status.LatestOffsets)) {
		at := cells.Ago(ccloud.ParseTime(s.Status.LatestOffsetsTimestamp), now)
		facts = append(facts, views.Fact{Label: "offsets", Text: cells.Join(topic, s.Status.LatestOffsets[topic], at)})
	}
	return append(facts, propertyFacts(s)...)
}

// propertyFacts are the properties of a statement, but for the values of secrets.
func propertyFacts(s ccloudapi.Statement) (facts []views.Fact) {
	for _, name := range slices.Sorted(maps.Keys(s.Spec.Properties)) {
		facts = append(facts, views.Fact{Label: "property", Text: name + " = " + shown(name, s.Spec.Properties[name])})
	}
	return facts
}

// left tells what a client ran for itself and did not delete: that is done at once
// where nothing comes between.
func left(s ccloudapi.Statement) bool {
	return s.Hidden() && ccloudapi.PhaseOf(s.Phase()).Ended()
}

// shown hides the value of a property that is a secret.
func shown(name, value string) string {
	if ccloud.IsSecretProperty(name) {
		return ccloud.NotShown
	}
	return value
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func statementDetail(ctx context.Context, api *ccloudapi.Client, i objects.Statement) (resource.Detail, error) {
	d := resource.Detail{Source: resource.SpecOf(i.Value.Raw())}
	list, err := api.Exceptions(ctx, i.Scope, i.Value)
	d.Facts = metricFacts(ctx, api, i.Value)
	for _, e := range list {
		d.Events = append(d.Events, resource.Event{
			At: ccloud.ParseTime(e.Timestamp), Word: "EXCEPTION", Text: why.Cause(e.Message), Tone: themes.Bad,
		})
	}
	if _, tone := objects.StatementState(i.Value); tone == themes.Bad {
		d.Cause = why.Cause(ccloudapi.Reason(i.Value.Statement))
		if d.Cause == "" && len(list) > 0 {
			d.Cause = why.Cause(list[0].Message)
		}
	}
	return d, err
}

// openWhy says why a statement is as it is: its warnings and its newest
// exceptions, which are all that the server keeps.
func openWhy(api *ccloudapi.Client) func(*views.Env, objects.Statement) tea.Cmd {
	return func(_ *views.Env, i objects.Statement) tea.Cmd {
		return why.Open("why "+i.Value.Name, func(ctx context.Context) (why.Report, error) { return report(ctx, api, i) })
	}
}

func report(ctx context.Context, api *ccloudapi.Client, i objects.Statement) (why.Report, error) {
	s, err := api.Statement(ctx, i.Scope, i.Value.Name, i.Value.Region, i.Value.Metadata.UID)
	if err != nil {
		return why.Report{}, err
	}
	r := why.Report{Missing: []string{"events, logs and metrics: Confluent Cloud's Flink API has none"}}
	r.State, r.Tone = objects.StatementState(s)
	list, err := api.Exceptions(ctx, i.Scope, s)
	if err != nil {
		r.Missing = append(r.Missing, "exceptions: "+err.Error())
	}
	for _, e := range list {
		r.Entries = append(r.Entries, why.Entry{
			At: ccloud.ParseTime(e.Timestamp), Tone: themes.Bad, Word: "exception", Text: why.Cause(e.Message),
			Trace: e.Message,
		})
	}
	if s.Status != nil {
		for _, w := range s.Status.Warnings {
			r.Entries = append(r.Entries, why.Entry{
				At: ccloud.ParseTime(w.CreatedAt), Tone: themes.Warn, Word: "warning",
				Text: cells.Join(w.Severity, w.Reason, w.Message),
			})
		}
	}
	if r.Tone == themes.Bad || r.Tone == themes.Warn {
		r.Cause = why.Cause(ccloudapi.Reason(s.Statement))
		if r.Cause == "" && len(list) > 0 {
			r.Cause = why.Cause(list[0].Message)
		}
	}
	return r, nil
}
