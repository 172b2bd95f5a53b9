package ccloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/flinksql"
	phases "drey/client/statement"
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
		Name: "statements", Singular: "statement", Title: "Statements", Short: "Stmts", Aliases: []string{"stmt", "stmts", "queries"},
		NameOf: func(s ccloudapi.Statement) string { return s.Name },
		Made:   func(s ccloudapi.Statement) string { return s.Metadata.CreatedAt },
		Key: func(i statement) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, i.Value.Region, i.Value.Name)
		},
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
			browse.YAMLPage(func(s ccloudapi.Statement) string { return s.Name }, func(ctx context.Context, i statement) (json.RawMessage, error) {
				s, err := api.Statement(ctx, i.Scope, i.Value.Name, i.Value.Region, i.Value.Metadata.UID)
				return s.Raw(), err
			}),
		},
		Facts:  statementFacts,
		Detail: func(ctx context.Context, i statement) (browse.Detail, error) { return statementDetail(ctx, api, i) },
		Read: func(ctx context.Context, ref views.Ref) (ccloudapi.Statement, error) {
			return api.Statement(ctx, ref.Scope, ref.Name, "", ref.UID)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			s, err := api.Statement(ctx, ref.Scope, ref.Name, "", ref.UID)
			return s.Raw(), err
		},
		Compared: browse.CompareSpec,
		Empty:    "write one in the SQL tab",
	}
	return served(api, api.Statements, k)
}

func openResults(i statement) tea.Cmd {
	return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Name})
}

func sameStatement(a, b ccloudapi.Statement) bool {
	return a.Metadata.UpdatedAt == b.Metadata.UpdatedAt && a.Metadata.ResourceVersion == b.Metadata.ResourceVersion &&
		a.Phase() == b.Phase() && ccloudapi.Reason(a.Statement) == ccloudapi.Reason(b.Statement) && maps.Equal(a.Metadata.Labels, b.Metadata.Labels)
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
	if len(api.Regions()) > 1 {
		region := browse.Column[ccloudapi.Statement]{Column: grid.Column{Title: "REGION", Max: 16, Drop: 4}, Cell: func(i statement) grid.Cell { return cells.Word(i.Value.Region, themes.Dim) }}
		columns = slices.Insert(columns, 2, region)
	}
	return columns
}

// shortReason is why a statement needs somebody; "" for one that is well.
func shortReason(s ccloudapi.Statement) string {
	switch _, tone := statementState(s); tone {
	case themes.Bad:
		return why.Cause(ccloudapi.Reason(s.Statement))
	case themes.Warn, themes.Unknown, themes.Busy:
		return ccloudapi.Reason(s.Statement)
	}
	return ""
}

// The verbs of statements.
var (
	verbStop   = views.Verb{Do: "stop", Doing: "stopping", Done: "stopped"}
	verbResume = views.Verb{Do: "resume", Doing: "resuming", Done: "resumed"}
)

func statementActions(api *ccloudapi.Client) []browse.Action[ccloudapi.Statement] {
	toggle := browse.Action[ccloudapi.Statement]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb:  toggleVerb,
		Verbs: []views.Verb{verbStop, verbResume}, Refuse: refuseToggle, Will: toggleFact,
		Ways: func(ctx context.Context, i statement, _ time.Time) ([]views.Choice, error) {
			return resumeWays(ctx, api, i)
		},
		Which: "In which pool should it go on?", Run: runUpdate(api),
		Begun:   func(before, now ccloudapi.Statement) bool { return before.Spec.Stopped != now.Spec.Stopped },
		Reached: reachedUpdate,
	}
	stop := toggle
	stop.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	stop.Verb, stop.Verbs, stop.Ways = func(ccloudapi.Statement) views.Verb { return verbStop }, []views.Verb{verbStop}, nil
	stop.Refuse = func(s ccloudapi.Statement) error {
		if s.Spec.Stopped {
			return errors.New("it is stopped already")
		}
		return refuseToggle(s)
	}
	remove := browse.Action[ccloudapi.Statement]{
		Key:     func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:    func(ccloudapi.Statement) views.Verb { return browse.VerbDelete },
		Verbs:   []views.Verb{browse.VerbDelete},
		Loses:   func(s ccloudapi.Statement) bool { return !ccloudapi.PhaseOf(s.Phase()).Ended() },
		Will:    deleteFact,
		Refuse:  refuseDeleting,
		Plan:    func(i statement, _ string) []views.Step { return []views.Step{{Method: "DELETE", Path: path(api, i)}} },
		Removes: true,
		Begun:   func(_, now ccloudapi.Statement) bool { return now.Phase() == ccloud.PhaseDeleting },
		Reached: func(ccloudapi.Statement) (bool, error) { return false, nil },
		Run: func(ctx context.Context, i statement, _ string, step func(views.Step)) (string, error) {
			step(views.Step{Method: "DELETE", Path: path(api, i)})
			return "", api.Delete(ctx, i.Scope, i.Value)
		},
	}
	toggle.Plan = func(i statement, how string) []views.Step { return planUpdate(api, i, how) }
	stop.Plan = toggle.Plan
	reads := func(s ccloudapi.Statement) bool { return flinksql.OnlyReads(s.Spec.Statement) }
	stop.Reads, toggle.Reads, remove.Reads = reads, reads, reads
	return []browse.Action[ccloudapi.Statement]{stop, toggle, remove}
}

func toggleVerb(s ccloudapi.Statement) views.Verb {
	if resumes(s) {
		return verbResume
	}
	return verbStop
}

// resumes tells a statement that would be resumed: one that is stopped, or an
// INSERT that failed (platforms.md A3).
func resumes(s ccloudapi.Statement) bool {
	return s.Spec.Stopped || ccloudapi.PhaseOf(s.Phase()) == phases.Failed
}

// resumable are the kinds that can go on after a stop.
var resumable = []string{"INSERT_INTO", "CREATE_TABLE_AS", "STATEMENT_SET", "EXECUTE_STATEMENT_SET"}

func refuseToggle(s ccloudapi.Statement) error {
	if err := refuseDeleting(s); err != nil {
		return err
	}
	switch phase := ccloudapi.PhaseOf(s.Phase()); {
	case phase == phases.Completed:
		return errors.New("it has come to its end")
	case phase == phases.Stopping:
		return errors.New("it is still being stopped")
	case phase == phases.Failed && s.SQLKind() != "" && !slices.Contains(resumable, s.SQLKind()):
		return errors.New("it has failed, and only an INSERT goes on after that: run it again")
	case phase == phases.Stopped && s.SQLKind() != "" && !slices.Contains(resumable, s.SQLKind()):
		return fmt.Errorf("a %s cannot be resumed: run it again", s.SQLKind())
	case phase == phases.Failed && s.Phase() != ccloud.PhaseFailed:
		return errors.New("it is failing")
	}
	return nil
}

func refuseDeleting(s ccloudapi.Statement) error {
	if s.Phase() == ccloud.PhaseDeleting {
		return errors.New("it is being deleted: that may take 15 seconds")
	}
	return nil
}

func toggleFact(i statement, _ time.Time) views.Fact {
	text := "it stops and gives its CFUs back"
	switch {
	case resumes(i.Value):
		text = "it goes on from where it was"
	case slices.Contains(resumable, i.Value.SQLKind()):
		text += "; it can be resumed"
	default:
		text += "; it cannot be resumed"
	}
	return views.Fact{Label: "what happens", Text: text}
}

func deleteFact(i statement, _ time.Time) views.Fact {
	text := "the statement and its results are lost"
	if !ccloudapi.PhaseOf(i.Value.Phase()).Ended() {
		text = "it is stopped, and it and its state are lost"
	}
	return views.Fact{Label: "what happens", Text: text + "; it may show as DELETING for 15 seconds", Tone: themes.Warn}
}

// resumeWays are the pools of the statement's region that it could go on in, its
// own first.
func resumeWays(ctx context.Context, api *ccloudapi.Client, i statement) ([]views.Choice, error) {
	if !resumes(i.Value) || !api.HasControl() {
		return nil, nil
	}
	l, _, err := api.Pools(i.Scope)(ctx)
	if err != nil {
		return nil, err
	}
	ways := []views.Choice{{Label: "Its own", Detail: i.Value.Spec.ComputePoolID}}
	for _, p := range l.Items {
		switch {
		case p.ID == i.Value.Spec.ComputePoolID:
			ways[0].Detail = poolText(p)
		case p.Status.Phase == ccloud.PoolProvisioned && (i.Value.Region == "" || p.Spec.Region == i.Value.Region):
			ways = append(ways, views.Choice{How: p.ID, Label: p.Spec.DisplayName, Detail: poolText(p)})
		}
	}
	return ways, nil
}

func poolText(p ccloud.ComputePool) string {
	return cells.Join(p.ID, fmt.Sprintf("%d of %d CFU in use", p.Status.CurrentCFU, p.Spec.MaxCFU))
}

func path(api *ccloudapi.Client, i statement) string {
	return ccloud.Statements.ItemPath(api.Known(i.Scope), i.Value.Name)
}

// planUpdate reads the statement and puts all of it back with a change.
func planUpdate(api *ccloudapi.Client, i statement, how string) []views.Step {
	remark := "the same, with spec.stopped changed"
	if how != "" {
		remark = "the same, with spec.stopped and the pool " + how
	}
	return []views.Step{
		{Method: "GET", Path: path(api, i), Remark: "all of it, with its version"},
		{Method: "PUT", Path: path(api, i), Remark: remark},
	}
}

func runUpdate(api *ccloudapi.Client) func(context.Context, statement, string, func(views.Step)) (string, error) {
	return func(ctx context.Context, i statement, how string, step func(views.Step)) (string, error) {
		plan := planUpdate(api, i, how)
		stopped := !resumes(i.Value)
		change := ccloudapi.Change{Stopped: &stopped}
		if how != "" {
			change.Pool = &how
		}
		return "", api.Update(ctx, i.Scope, i.Value, change, func(method string) {
			if method == "GET" {
				step(plan[0])
			} else {
				step(plan[1])
			}
		})
	}
}

// reachedUpdate tells whether the statement is as was last asked for.
func reachedUpdate(now ccloudapi.Statement) (bool, error) {
	switch phase := ccloudapi.PhaseOf(now.Phase()); {
	case now.Spec.Stopped:
		return phase.Ended(), nil
	case phase == phases.Failed:
		return true, fmt.Errorf("it is %s: %s", now.Phase(), why.Cause(ccloudapi.Reason(now.Statement)))
	default:
		return phase == phases.Running || phase == phases.Degraded || phase == phases.Completed, nil
	}
}

func statementFacts(i statement, now time.Time) []views.Fact {
	s := i.Value
	_, tone := statementState(s)
	reason := ccloudapi.Reason(s.Statement)
	if tone == themes.Bad {
		reason = "" // it is the cause, which stands first
	}
	facts := []views.Fact{
		{Label: "why", Text: cells.OneLine(reason), Tone: tone},
		{Label: "pool", Text: cells.Join(s.Spec.ComputePoolID, s.Region, s.Spec.Principal)},
		{Label: "catalog", Text: cells.Join(s.Spec.Properties[ccloud.PropertyCatalog], s.Spec.Properties[ccloud.PropertyDatabase])},
		{Label: "made", Text: cells.Ago(s.Metadata.Made(), now)},
	}
	if s.Status == nil {
		return facts
	}
	for _, w := range s.Status.Warnings {
		facts = append(facts, views.Fact{Label: "warning", Text: cells.Join(w.Severity, w.Reason, w.Message), Tone: themes.Warn})
	}
	if t := s.Status.Traits; t != nil && t.SQLKind != "" {
		facts = append(facts, views.Fact{Label: "traits", Text: cells.Join(t.SQLKind, either(t.IsBounded, "bounded", "unbounded"), either(t.IsAppendOnly, "append-only", "with updates"))})
	}
	if state := s.Status.ScalingStatus.State; state != "" && state != "OK" {
		facts = append(facts, views.Fact{Label: "scaling", Text: state, Tone: themes.Warn})
	}
	for _, topic := range slices.Sorted(maps.Keys(s.Status.LatestOffsets)) {
		at := cells.Ago(ccloud.ParseTime(s.Status.LatestOffsetsTimestamp), now)
		facts = append(facts, views.Fact{Label: "offsets", Text: cells.Join(topic, s.Status.LatestOffsets[topic], at)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Spec.Properties)) {
		facts = append(facts, views.Fact{Label: "property", Text: name + " = " + shown(name, s.Spec.Properties[name])})
	}
	return facts
}

// shown hides the value of a property that is a secret.
func shown(name, value string) string {
	if strings.HasPrefix(name, "sql.secrets") {
		return "(not shown)"
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
	for _, e := range list {
		d.Events = append(d.Events, browse.Event{At: ccloud.ParseTime(e.Timestamp), Word: "EXCEPTION", Text: why.Cause(e.Message), Tone: themes.Bad})
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
		r.Entries = append(r.Entries, why.Entry{At: ccloud.ParseTime(e.Timestamp), Tone: themes.Bad, Word: "exception", Text: why.Cause(e.Message), Trace: e.Message})
	}
	if s.Status != nil {
		for _, w := range s.Status.Warnings {
			r.Entries = append(r.Entries, why.Entry{At: ccloud.ParseTime(w.CreatedAt), Tone: themes.Warn, Word: "warning", Text: cells.Join(w.Severity, w.Reason, w.Message)})
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
