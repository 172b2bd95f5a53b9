package cmf

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/why"
)

type savepoint = browse.Item[cmf.Savepoint]

func savepointName(s cmf.Savepoint) string { return s.Metadata.Name }

// Savepoints are those attached to the applications and statements of the
// environment, and the detached ones, which live in none.
func Savepoints(api *cmfapi.Client) browse.Kind[cmf.Savepoint] {
	k := served(api, cmf.ApplicationSavepoints, cmfapi.Query{}, browse.Kind[cmf.Savepoint]{
		Title: "Savepoints", Short: "Saves", Aliases: []string{"sp", "savepoint", "detached"},
		NameOf: savepointName,
		Made:   func(o cmf.Savepoint) string { return o.Metadata.CreationTimestamp },
		Key: func(i savepoint) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, i.Parent, i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Savepoint) bool {
			return a.Metadata.UID == b.Metadata.UID && a.State() == b.State() && savepointSize(a) == savepointSize(b) &&
				pendingDeletion(a) == pendingDeletion(b) && savepointTries(a) == savepointTries(b) && savepointError(
				a,
			) == savepointError(b)
		},
		Labels: func(s cmf.Savepoint) map[string]string { return s.Metadata.Labels },
		State:  savepointState,
		Columns: []browse.Column[cmf.Savepoint]{
			{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i savepoint) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "OF", Max: 36, Min: 8}, Cell: ownerCell},
			{Column: grid.Column{Title: "STATE", Min: 12}, Cell: savepointStateCell},
			{Column: grid.Column{Title: "SIZE", Right: true, Drop: 3}, Cell: sizeCell},
			{Column: grid.Column{Title: "FORMAT", Drop: 5}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Spec.FormatType, themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 2}, Cell: func(i savepoint) grid.Cell { return cellSince(i.Value.Metadata.CreationTimestamp, themes.Dim) }},
			{Column: grid.Column{Title: "PATH", Max: 90, Min: 16, Drop: 4}, Cell: savepointPathCell},
		},
		Actions: []browse.Action[cmf.Savepoint]{deleteSavepoint(api), detachSavepoint(api)},
		Editor:  savepointEditor(api),
		Pages: []browse.Page[cmf.Savepoint]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, savepointAddress, savepointName)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle }, Label: "start from it", Open: startFromIt},
		},
		Facts: savepointFacts,
		Detail: func(_ context.Context, i savepoint) (browse.Detail, error) {
			raw, err := i.Value.MarshalJSON()
			return browse.Detail{Source: raw}, err
		},
		Empty: "S on an application takes one",
	})
	k.Scoped = true
	k.Source = func(at browse.Location) browse.Source[cmf.Savepoint] { return newSavepointSource(api, at) }
	k.Read, k.Raw = readers[cmf.Savepoint](api, savepointAddress)
	k.Path, k.Command = pathOf(savepointAddress), commandOf(k, savepointAddress)
	k.Describe = describeAny(api, k, savepointAddress)
	return k
}

// startFromIt asks whether what a savepoint was taken of starts from it.
func startFromIt(env *views.Env, i savepoint) tea.Cmd {
	kind, scope := savepointAddress(*i.Location)
	act := views.ActMsg{
		Target: views.Ref{Kind: cmf.Applications.Plural, Scope: scope.Environment, Name: scope.Parent},
		Verb:   verbStart.Do, How: oneHow(howFrom, i.Value.Metadata.UID), Asked: env.Keys.Table.Toggle.Keys()[0],
	}
	switch {
	case kind.Collection == cmf.DetachedSavepoints.Collection:
		return views.Notice(
			themes.Warn,
			"a detached savepoint belongs to nothing: "+env.Keys.Table.Toggle.Help().Key+" on what is to start offers it",
		)
	case i.Value.State() != cmf.SavepointCompleted:
		return views.Notice(themes.Warn, "cannot start from "+i.Value.Metadata.Name+": it is "+i.Value.State())
	case kind.Collection == cmf.StatementSavepoints.Collection:
		act.Target.Kind, act.Verb, act.How = cmf.Statements.Plural, verbResume.Do, oneHow(howFrom, i.Value.Metadata.UID)
	}
	return views.Send(act)
}

// ofStatement begins the Parent of a statement's savepoints, whose names may be
// those of applications, too.
const ofStatement = "statements/"

// savepointAddress is the collection of a location's savepoints: those in no
// environment are detached.
func savepointAddress(at browse.Location) (cmf.Kind, cmf.Scope) {
	if at == (browse.Location{}) {
		return cmf.DetachedSavepoints, cmf.Scope{}
	}
	if name, ok := strings.CutPrefix(at.Parent, ofStatement); ok {
		return cmf.StatementSavepoints, cmf.Scope{Environment: at.Scope, Parent: name}
	}
	return cmf.ApplicationSavepoints, scopeOf(&at)
}

func savepointStateCell(i savepoint) grid.Cell {
	cell := cells.Status(savepointState(i.Value))
	if tries := savepointTries(i.Value); tries != "" {
		cell.Text += " " + tries
	}
	return cell
}

// savepointPathCell is where the savepoint is, or why it is nowhere.
func savepointPathCell(i savepoint) grid.Cell {
	if text := savepointError(i.Value); text != "" {
		return grid.Word(why.Cause(text), themes.Bad)
	}
	return cells.Word(savepointPath(i.Value), themes.Dim)
}

// savepointTries says how many have failed, "" when none has.
func savepointTries(s cmf.Savepoint) string {
	if s.Status == nil || s.Status.Failures == nil || *s.Status.Failures == 0 {
		return ""
	}
	text := fmt.Sprintf("%d failed", *s.Status.Failures)
	if s.Spec.BackoffLimit != nil && *s.Spec.BackoffLimit >= 0 {
		text += fmt.Sprintf(" of %d", *s.Spec.BackoffLimit+1)
	}
	return text
}

func savepointError(s cmf.Savepoint) string {
	if s.Status == nil {
		return ""
	}
	return s.Status.Error
}

func ownerCell(i savepoint) grid.Cell {
	kind, scope := savepointAddress(*i.Location)
	switch kind.Collection {
	case cmf.DetachedSavepoints.Collection:
		return grid.Word("detached", themes.Dim)
	case cmf.StatementSavepoints.Collection:
		return grid.Word("sql "+scope.Parent, themes.Plain)
	}
	return grid.Word(scope.Parent, themes.Plain)
}

func sizeCell(i savepoint) grid.Cell {
	n := savepointSize(i.Value)
	if n == 0 {
		return cells.Dash()
	}
	return grid.Cell{Text: cells.Size(n), Num: n, Form: grid.Number, Tone: themes.Dim}
}

func savepointSize(s cmf.Savepoint) int64 {
	if s.Status == nil {
		return 0
	}
	return s.Status.Size
}

func pendingDeletion(s cmf.Savepoint) bool { return s.Status != nil && s.Status.PendingDeletion }

func savepointPath(s cmf.Savepoint) string {
	if s.Status != nil && s.Status.Path != "" {
		return s.Status.Path
	}
	return s.Spec.Path
}

func savepointState(s cmf.Savepoint) (string, themes.Tone) {
	if pendingDeletion(s) {
		return "DELETING", themes.Busy
	}
	switch state := s.State(); state {
	case cmf.SavepointCompleted:
		return state, themes.Done
	case cmf.SavepointPending:
		return "PENDING", themes.Busy
	case cmf.SavepointInProgress:
		return state, themes.Busy
	case cmf.SavepointFailed:
		return state, themes.Bad
	case cmf.SavepointAbandoned:
		return state, themes.Warn
	default:
		return state, themes.Unknown
	}
}

func deleteSavepoint(api *cmfapi.Client) browse.Action[cmf.Savepoint] {
	action := deletion(api, savepointAddress, savepointName, "", pendingDeletion)
	action.Will = func(i savepoint, _ time.Time) views.Fact {
		f := views.Fact{Label: "what happens", Text: "the savepoint and its data are lost", Tone: themes.Warn}
		if *i.Location == (browse.Location{}) {
			f.Text = "the record is lost; the data stay where they are"
		}
		return f
	}
	return withForce(action, "the savepoint and its data are lost; of a detached one the data stay",
		"the record is lost at once; its data may stay where they are, and nothing points to them any more")
}

func savepointFacts(i savepoint, now time.Time) []views.Fact {
	s := i.Value
	facts := []views.Fact{
		{Label: "of", Text: ownerCell(i).Text},
		{Label: "made", Text: cells.Ago(cmf.ParseTime(s.Metadata.CreationTimestamp), now)},
		{Label: "size", Text: cells.Size(savepointSize(s))},
		{Label: "format", Text: s.Spec.FormatType},
		{Label: "path", Text: savepointPath(s)},
	}
	if s.Status == nil {
		return facts
	}
	from, to := cmf.ParseTime(s.Status.TriggerTimestamp), cmf.ParseTime(s.Status.ResultTimestamp)
	if !from.IsZero() && to.After(from) {
		facts = append(facts, views.Fact{Label: "took", Text: fmt.Sprintf("%.1f s", to.Sub(from).Seconds())})
	}
	return append(facts,
		views.Fact{Label: "tries", Text: savepointTries(s), Tone: themes.Warn},
		views.Fact{Label: "error", Text: why.Cause(s.Status.Error), Tone: themes.Bad},
		views.Fact{Label: "warning", Text: s.Status.Warning, Tone: themes.Warn},
		views.Fact{Label: "uid", Text: s.Metadata.UID})
}
