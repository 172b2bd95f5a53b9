package cmf

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinksql"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
	"drey/views/platforms/cmf/objects"
	"drey/views/usedby"
	"drey/views/why"
)

// Statements are SQL statements.
func Statements(api *cmfapi.Client) browse.Kind[cmf.Statement] {
	memory := jobdata.NewMemory()
	return served(api, cmf.Statements, cmfapi.Query{Fields: []string{
		"metadata", "spec", "status.phase", "status.detail", "status.warning", "status.traits.sqlKind",
		"status.traits.isBounded", "status.traits.isAppendOnly",
	}}, browse.Kind[cmf.Statement]{
		Title: "Statements", Short: "Stmts", Aliases: []string{"stmt", "stmts", "queries"},
		NameOf: objects.StatementName,
		Made:   func(o cmf.Statement) string { return o.Metadata.CreationTimestamp },
		Key: func(i objects.Statement) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, "", i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Statement) bool {
			return a.Metadata.UpdateTimestamp == b.Metadata.UpdateTimestamp && a.Phase() == b.Phase() &&
				objects.StatementDetail(a) == objects.StatementDetail(b) && a.Spec.Stopped == b.Spec.Stopped
		},
		Labels: func(s cmf.Statement) map[string]string { return s.Metadata.Labels },
		State:  objects.StatementState, Harmless: neverPlanned,
		Columns: []browse.Column[cmf.Statement]{
			{Column: grid.Column{Title: "NAME", Max: 36, Min: 14}, Cell: func(i objects.Statement) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i objects.Statement) grid.Cell { return cells.Status(objects.StatementState(i.Value)) }},
			{Column: grid.Column{Title: "KIND", Max: 14, Drop: 5}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(objects.SqlKind(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "POOL", Max: 18, Min: 6, Drop: 4}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolName, themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 2}, Cell: func(i objects.Statement) grid.Cell {
				return objects.CellSince(i.Value.Metadata.CreationTimestamp, themes.Dim)
			}},
			{Column: grid.Column{Title: "STATEMENT", Max: 120, Min: 16, Drop: 3}, Cell: func(i objects.Statement) grid.Cell {
				return cells.Word(cells.OneLine(i.Value.Spec.Statement), themes.Plain)
			}},
		},
		Actions: statementActions(api),
		Editor:  statementEditor(api),
		Open: func(_ *views.Env, i objects.Statement) tea.Cmd {
			return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Metadata.Name})
		},
		Pages: []browse.Page[cmf.Statement]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Results }, Label: "results", Open: func(_ *views.Env, i objects.Statement) tea.Cmd {
				return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Metadata.Name})
			}},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: openWhy(whyStatement(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "job", Open: openJob(api, cmf.Statements, memory, objects.StatementName, func(cmf.Statement) string { return "" }, jobless)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, objects.In(cmf.Statements), objects.StatementName)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Events }, Label: "exceptions", Open: openDescribe(statementExceptions(api))},
		},
		UsedBy: func(ctx context.Context, i objects.Statement) usedby.Tree {
			return usesOfStatement(ctx, api, i.Scope, objects.StatementName(i.Value))
		},
		Facts: objects.StatementFacts,
		Detail: func(ctx context.Context, i objects.Statement) (browse.Detail, error) {
			return statementPreview(ctx, api, i)
		},
		Empty: "write one in the SQL tab",
	})
}

// The verbs of statements, beside delete.
var (
	verbStop   = views.Verb{Do: "stop", Doing: "stopping", Done: "stopped"}
	verbResume = views.Verb{Do: "resume", Doing: "resuming", Done: "resumed"}
)

func statementActions(api *cmfapi.Client) []browse.Action[cmf.Statement] {
	toggle := browse.InStages(browse.Action[cmf.Statement]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: func(s cmf.Statement) views.Verb {
			if s.Spec.Stopped {
				return verbResume
			}
			return verbStop
		},
		Refuse: refuseStopResume, Will: stopResumeFact, Stages: statementStages(api),
		Verbs: []views.Verb{verbStop, verbResume},
		Ways: func(ctx context.Context, i objects.Statement, now time.Time) ([]views.Choice, error) {
			if !i.Value.Spec.Stopped {
				return nil, nil
			}
			return resumeWays(ctx, api, i, now)
		},
		Which: "Where should it go on from?",
		Undo: func(v views.Verb) string {
			if v == verbStop {
				return verbResume.Do
			}
			return verbStop.Do
		},
	})
	stop := toggle
	stop.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	stop.Verb, stop.Verbs = func(cmf.Statement) views.Verb { return verbStop }, []views.Verb{verbStop}
	stop.Refuse = func(s cmf.Statement) error {
		if s.Spec.Stopped {
			return errors.New("it is stopped already")
		}
		return refuseStopResume(s)
	}
	stop.Ways = nil
	stop = browse.InStages(stop)
	savepoint := browse.InStages(browse.Action[cmf.Statement]{
		Key:    func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb:   func(cmf.Statement) views.Verb { return verbSavepoint },
		Verbs:  []views.Verb{verbSavepoint},
		Refuse: refuseStatementSavepoint, Stages: statementStages(api),
		Will: func(objects.Statement, time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: "a savepoint is written; the statement runs on"}
		},
		Plain: oneHow(howNew, browse.NewToken), Inputs: savepointInputs,
	})
	remove := deletion(api, objects.In(cmf.Statements), objects.StatementName, "the statement, its results and its savepoints are lost", func(s cmf.Statement) bool {
		return s.Phase() == cmf.PhaseDeleting
	})
	reads := func(s cmf.Statement) bool { return flinksql.OnlyReads(s.Spec.Statement) }
	stop.Reads, toggle.Reads, remove.Reads = reads, reads, reads
	return []browse.Action[cmf.Statement]{stop, toggle, savepoint, remove}
}

func refuseStatementSavepoint(s cmf.Statement) error {
	if phase := s.Phase(); phase != cmf.PhaseRunning {
		return fmt.Errorf("it is not running but %s", phase)
	}
	return nil
}

func refuseStopResume(s cmf.Statement) error {
	switch p := s.Phase(); p {
	case cmf.PhaseCompleted, cmf.PhaseFailed:
		return fmt.Errorf("it has ended: %s", p)
	case cmf.PhaseDeleting:
		return objects.ErrDeleting
	}
	if s.Spec.Stopped && s.Phase() != cmf.PhaseStopped {
		return errors.New("it is still being stopped")
	}
	return nil
}

func stopResumeFact(i objects.Statement, _ time.Time) views.Fact {
	text := "a savepoint is taken and its resources are given up; it can be resumed"
	if i.Value.Spec.Stopped {
		text = "it goes on from the savepoint that stopping took"
	}
	return views.Fact{Label: "what happens", Text: text}
}

// statementStages are the requests of stopping and of resuming a statement: its
// specification is read as it is just before, and put back with one member changed.
func statementStages(api *cmfapi.Client) func(views.Verb, objects.Statement, string) []browse.Stage[cmf.Statement] {
	return func(verb views.Verb, i objects.Statement, how string) []browse.Stage[cmf.Statement] {
		said := readHow(how)
		if verb == verbSavepoint {
			scope := cmf.Scope{Environment: i.Scope, Parent: objects.StatementName(i.Value)}
			return []browse.Stage[cmf.Statement]{askedSavepoint[cmf.Statement](
				api, cmf.StatementSavepoints, scope, said,
			)}
		}
		stop := verb == verbStop
		stage := stopResumeStage(api, i, verb, stop, said.Get(howFrom))
		back := stopResumeStage(api, i, verbResume, false, "")
		if !stop {
			back = stopResumeStage(api, i, verbStop, true, "")
		}
		stage.Back = &back
		return []browse.Stage[cmf.Statement]{stage}
	}
}

// stopResumeStage stops a statement or lets it go on; from is the UID of the savepoint
// that it goes on from, "" for that of its stop.
func stopResumeStage(
	api *cmfapi.Client, i objects.Statement, verb views.Verb, stop bool, from string,
) browse.Stage[cmf.Statement] {
	path := cmf.Statements.ItemPath(objects.ScopeOf(i.Location), i.Value.Metadata.Name)
	text, changed := "", "spec.stopped"
	if from != "" {
		text, changed = "from savepoint "+objects.CellShort(from), "spec.stopped and spec.startFromSavepoint"
	}
	return browse.Stage[cmf.Statement]{
		Step: views.Step{Method: "PUT", Path: path, Remark: "the same, with " + changed + " changed"}, Label: verb.Do,
		Send: func(ctx context.Context, i objects.Statement) (string, error) {
			now, err := cmfapi.Get[cmf.Statement](ctx, api, cmf.Statements, objects.ScopeOf(i.Location), i.Value.Metadata.Name)
			if err != nil {
				return "", err
			}
			if from != "" {
				now.Spec.StartFromSavepoint = startPoint(now.Spec.StartFromSavepoint, from)
			}
			return text, api.PutStopped(ctx, objects.ScopeOf(i.Location), now, stop)
		},
		Took: func(_ context.Context, now objects.Statement) (bool, error) {
			return now.Value.Spec.Stopped == stop, nil
		},
		Reached: func(_ context.Context, now objects.Statement) (browse.Progress, error) {
			return objects.ReachedStopped(now.Value, stop)
		},
	}
}

// startPoint names a savepoint to start from. Its number has to be another one than
// before, or the server takes it as done (cmf-behaviour.md §2.6).
func startPoint(before *cmf.StartFromSavepoint, uid string) *cmf.StartFromSavepoint {
	number := int64(1)
	if before != nil && before.SavepointRedeployNonce != nil {
		number = *before.SavepointRedeployNonce + 1
	}
	return &cmf.StartFromSavepoint{UID: uid, SavepointRedeployNonce: &number}
}

func statementPreview(ctx context.Context, api *cmfapi.Client, i objects.Statement) (browse.Detail, error) {
	spec, err := cmf.NewObject(struct {
		Spec cmf.StatementSpec `json:"spec"`
	}{i.Value.Spec})
	d := browse.Detail{Source: []byte(spec)}
	if err != nil {
		return d, err
	}
	exceptions, err := api.Exceptions(ctx, objects.ScopeOf(i.Location), i.Value.Metadata.Name)
	for _, e := range exceptions {
		d.Events = append(d.Events, browse.Event{
			At: cmf.ParseTime(e.Timestamp), Word: "EXCEPTION", Text: why.Cause(e.Message), Tone: themes.Bad,
		})
	}
	return d, err
}

func statementExceptions(api *cmfapi.Client) func(*views.Env, objects.Statement) (string, detail.Loader) {
	return func(_ *views.Env, i objects.Statement) (string, detail.Loader) {
		name := i.Value.Metadata.Name
		return name + " exceptions", loadExceptions(api, objects.ScopeOf(i.Location), name)
	}
}

func loadExceptions(api *cmfapi.Client, scope cmf.Scope, name string) detail.Loader {
	return func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		exceptions, err := api.Exceptions(ctx, scope, name)
		if err != nil {
			return detail.Document{}, err
		}
		var d detail.Document
		for _, e := range exceptions {
			d.Add(t.Tone(themes.Bad), e.Timestamp+"  "+e.Name)
			d.Text(t.Text, why.RootFirst(e.Message))
			d.Add(t.Text, "")
		}
		if len(exceptions) == 0 {
			d.Add(t.Dim, "no exceptions")
		}
		return d, nil
	}
}
