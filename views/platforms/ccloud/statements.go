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
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/why"
)

type statement = browse.Item[ccloudapi.Statement]

// Statements are SQL statements, of all regions of the context.
func Statements(api *ccloudapi.Client) browse.Kind[ccloudapi.Statement] {
	k := browse.Kind[ccloudapi.Statement]{
		Name: "statements", Singular: "statement", Title: "Statements", Short: "Stmts",
		Aliases: []string{"stmt", "stmts", "queries"},
		NameOf:  func(s ccloudapi.Statement) string { return s.Name },
		Made:    func(s ccloudapi.Statement) string { return s.Metadata.CreatedAt },
		Key:     func(i statement) string { return statementKey(i.Scope, i.Value) },
		Same:    sameStatement,
		Labels:  func(s ccloudapi.Statement) map[string]string { return s.Metadata.Labels },
		State:   statementState,
		Hidden:  func(s ccloudapi.Statement) bool { return s.Hidden() },
		Columns: statementColumns(api),
		Actions: statementActions(api),
		Open:    func(_ *views.Env, i statement) tea.Cmd { return openResults(i) },
		Pages: []browse.Page[ccloudapi.Statement]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Results }, Label: "results", Open: func(_ *views.Env, i statement) tea.Cmd { return openResults(i) }},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: openWhy(api)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Evolve }, Label: "evolve", Open: openEvolve(api)},
			browse.YAMLPage(func(s ccloudapi.Statement) string { return s.Name }, func(ctx context.Context, i statement) (json.RawMessage, error) {
				s, err := api.Statement(ctx, i.Scope, i.Value.Name, i.Value.Region, i.Value.Metadata.UID)
				return s.Raw(), err
			}),
		},
		Facts:  statementFacts,
		Detail: func(ctx context.Context, i statement) (browse.Detail, error) { return statementDetail(ctx, api, i) },
		Read: func(ctx context.Context, ref views.Ref) (ccloudapi.Statement, error) {
			return readStatement(ctx, api, ref)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			s, err := readStatement(ctx, api, ref)
			return s.Raw(), err
		},
		Compared: browse.CompareSpec, Recreate: recreateStatement(api), Editor: statementEditor(api),
		Empty: "write one in the SQL tab, or create one with a",
	}
	return served(api, api.Statements, k)
}

func statementKey(environment string, s ccloudapi.Statement) string {
	return cells.Key(s.Metadata.UID, environment, s.Region, s.Name)
}

// readStatement reads the statement of an address: by its uid, or where it has none in
// the region that stands instead.
func readStatement(ctx context.Context, api *ccloudapi.Client, ref views.Ref) (ccloudapi.Statement, error) {
	for _, region := range api.Regions() {
		if at := (ccloud.Statement{Name: ref.Name}); ref.UID == statementKey(ref.Scope, ccloudapi.Statement{Statement: at, Region: region}) {
			return api.Statement(ctx, ref.Scope, ref.Name, region, "")
		}
	}
	return api.Statement(ctx, ref.Scope, ref.Name, "", ref.UID)
}

func openResults(i statement) tea.Cmd {
	return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Name, Handle: i.Value.Region})
}

func sameStatement(a, b ccloudapi.Statement) bool {
	return a.Metadata.UpdatedAt == b.Metadata.UpdatedAt && a.Metadata.ResourceVersion == b.Metadata.ResourceVersion &&
		a.Phase() == b.Phase() && ccloudapi.Reason(a.Statement) == ccloudapi.Reason(b.Statement) && maps.Equal(
		a.Metadata.Labels, b.Metadata.Labels,
	)
}

// statementState is the phase as it came; what it means is drey's.
func statementState(s ccloudapi.Statement) (string, themes.Tone) {
	tone := views.PhaseTone(ccloudapi.PhaseOf(s.Phase()))
	if s.Status != nil && s.Status.ScalingStatus.State == ccloud.PoolExhausted {
		tone = themes.Warn
	}
	return s.Phase(), tone
}

func statementColumns(api *ccloudapi.Client) []browse.Column[ccloudapi.Statement] {
	columns := []browse.Column[ccloudapi.Statement]{
		{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i statement) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i statement) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
		{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i statement) grid.Cell { return cells.Status(statementState(i.Value)) }},
		{Column: grid.Column{Title: "WHY", Max: 40, Min: 12, Drop: 2}, Cell: func(i statement) grid.Cell {
			_, tone := statementState(i.Value)
			return cells.Word(cells.OneLine(shortReason(i.Value)), tone)
		}},
		{Column: grid.Column{Title: "KIND", Max: 18, Drop: 5}, Cell: func(i statement) grid.Cell { return cells.Word(i.Value.SQLKind(), themes.Dim) }},
		{Column: grid.Column{Title: "POOL", Max: 14, Min: 6, Drop: 4}, Cell: func(i statement) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolID, themes.Dim) }},
		{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3}, Cell: func(i statement) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		{Column: grid.Column{Title: "STATEMENT", Max: 120, Min: 16, Drop: 1}, Cell: func(i statement) grid.Cell { return cells.Word(cells.OneLine(i.Value.Spec.Statement), themes.Plain) }},
	}
	return withRegion(api, columns, func(s ccloudapi.Statement) string { return s.Region })
}

// withRegion adds a column where the context has several regions.
func withRegion[T any](
	api *ccloudapi.Client, columns []browse.Column[T], region func(T) string,
) []browse.Column[T] {
	if len(api.Regions()) < 2 {
		return columns
	}
	return slices.Insert(columns, 2, browse.Column[T]{
		Column: grid.Column{Title: "REGION", Max: 16, Drop: 4},
		Cell:   func(i browse.Item[T]) grid.Cell { return cells.Word(region(i.Value), themes.Dim) },
	})
}

// shortReason is why a statement needs somebody; "" for one that is well.
func shortReason(s ccloudapi.Statement) string {
	if left(s) {
		return "left over: D deletes it"
	}
	switch _, tone := statementState(s); tone {
	case themes.Bad:
		return why.Cause(ccloudapi.Reason(s.Statement))
	case themes.Warn, themes.Unknown, themes.Busy:
		return ccloudapi.Reason(s.Statement)
	}
	return ""
}

func statementFacts(i statement, now time.Time) []views.Fact {
	s := i.Value
	_, tone := statementState(s)
	reason := ccloudapi.Reason(s.Statement)
	if tone == themes.Bad {
		reason = "" // it is the cause, which stands first
	}
	if left(s) {
		reason, tone = "a client ran it for itself, has read it and did not delete it: it counts against the quota, D deletes it", themes.Warn
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

func statementDetail(ctx context.Context, api *ccloudapi.Client, i statement) (browse.Detail, error) {
	d := browse.Detail{Source: browse.SpecOf(i.Value.Raw())}
	list, err := api.Exceptions(ctx, i.Scope, i.Value)
	d.Facts = metricFacts(ctx, api, i.Value)
	for _, e := range list {
		d.Events = append(d.Events, browse.Event{
			At: ccloud.ParseTime(e.Timestamp), Word: "EXCEPTION", Text: why.Cause(e.Message), Tone: themes.Bad,
		})
	}
	if _, tone := statementState(i.Value); tone == themes.Bad {
		d.Cause = why.Cause(ccloudapi.Reason(i.Value.Statement))
		if d.Cause == "" && len(list) > 0 {
			d.Cause = why.Cause(list[0].Message)
		}
	}
	return d, err
}

// openWhy says why a statement is as it is: its warnings and its newest
// exceptions, which are all that the server keeps.
func openWhy(api *ccloudapi.Client) func(*views.Env, statement) tea.Cmd {
	return func(_ *views.Env, i statement) tea.Cmd {
		title := "why " + i.Value.Name
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
			return detail.NewWrapped(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
				r, err := report(ctx, api, i)
				return why.Document(t, r, env.Now()), err
			})
		}})
	}
}

func report(ctx context.Context, api *ccloudapi.Client, i statement) (why.Report, error) {
	s, err := api.Statement(ctx, i.Scope, i.Value.Name, i.Value.Region, i.Value.Metadata.UID)
	if err != nil {
		return why.Report{}, err
	}
	r := why.Report{Missing: []string{"events, logs and metrics: Confluent Cloud's Flink API has none"}}
	r.State, r.Tone = statementState(s)
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
