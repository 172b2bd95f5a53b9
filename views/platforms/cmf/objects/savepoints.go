package objects

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/why"
)

// Savepoint is a savepoint in a list.
type Savepoint = resource.Item[cmf.Savepoint]

// SavepointName is its name where it is.
func SavepointName(s cmf.Savepoint) string { return s.Metadata.Name }

// OfStatement begins the Parent of a statement's savepoints, whose names may be
// those of applications, too.
const OfStatement = "statements/"

// SavepointAddress is the collection of a location's savepoints: those in no
// environment are detached.
func SavepointAddress(at resource.Location) (cmf.Kind, cmf.Scope) {
	if at == (resource.Location{}) {
		return cmf.DetachedSavepoints, cmf.Scope{}
	}
	if name, ok := strings.CutPrefix(at.Parent, OfStatement); ok {
		return cmf.StatementSavepoints, cmf.Scope{Environment: at.Scope, Parent: name}
	}
	return cmf.ApplicationSavepoints, ScopeOf(&at)
}

// SavepointTries says how many have failed, "" when none has.
func SavepointTries(s cmf.Savepoint) string {
	if s.Status == nil || s.Status.Failures == nil || *s.Status.Failures == 0 {
		return ""
	}
	text := fmt.Sprintf("%d failed", *s.Status.Failures)
	if s.Spec.BackoffLimit != nil && *s.Spec.BackoffLimit >= 0 {
		text += fmt.Sprintf(" of %d", *s.Spec.BackoffLimit+1)
	}
	return text
}

// SavepointError is why it failed last, "" where the server does not say.
func SavepointError(s cmf.Savepoint) string {
	if s.Status == nil {
		return ""
	}
	return s.Status.Error
}

// OwnerCell says what a savepoint was taken of.
func OwnerCell(i Savepoint) grid.Cell {
	kind, scope := SavepointAddress(*i.Location)
	switch kind.Collection {
	case cmf.DetachedSavepoints.Collection:
		return grid.Word("detached", themes.Dim)
	case cmf.StatementSavepoints.Collection:
		return grid.Word("sql "+scope.Parent, themes.Plain)
	}
	return grid.Word(scope.Parent, themes.Plain)
}

// SavepointSize is in bytes, 0 where the server does not say.
func SavepointSize(s cmf.Savepoint) int64 {
	if s.Status == nil {
		return 0
	}
	return s.Status.Size
}

// PendingDeletion tells whether its deletion is under way.
func PendingDeletion(s cmf.Savepoint) bool { return s.Status != nil && s.Status.PendingDeletion }

// SavepointPath is where its data are, else where they are to be.
func SavepointPath(s cmf.Savepoint) string {
	if s.Status != nil && s.Status.Path != "" {
		return s.Status.Path
	}
	return s.Spec.Path
}

// SavepointState is the word for its state and what it means.
func SavepointState(s cmf.Savepoint) (string, themes.Tone) {
	if PendingDeletion(s) {
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

// SavepointFacts are what is told of a savepoint beside its row.
func SavepointFacts(i Savepoint, now time.Time) []views.Fact {
	s := i.Value
	facts := []views.Fact{
		{Label: "of", Text: OwnerCell(i).Text},
		{Label: "made", Text: cells.Ago(cmf.ParseTime(s.Metadata.CreationTimestamp), now)},
		{Label: "size", Text: cells.Size(SavepointSize(s))},
		{Label: "format", Text: s.Spec.FormatType},
		{Label: "path", Text: SavepointPath(s)},
	}
	if s.Status == nil {
		return facts
	}
	from, to := cmf.ParseTime(s.Status.TriggerTimestamp), cmf.ParseTime(s.Status.ResultTimestamp)
	if !from.IsZero() && to.After(from) {
		facts = append(facts, views.Fact{Label: "took", Text: fmt.Sprintf("%.1f s", to.Sub(from).Seconds())})
	}
	return append(facts,
		views.Fact{Label: "tries", Text: SavepointTries(s), Tone: themes.Warn},
		views.Fact{Label: "error", Text: why.Cause(s.Status.Error), Tone: themes.Bad},
		views.Fact{Label: "warning", Text: s.Status.Warning, Tone: themes.Warn},
		views.Fact{Label: "uid", Text: s.Metadata.UID})
}

// ReachedSavepoint tells how far one that was asked for is; an error says that it never
// will be complete, and why.
func ReachedSavepoint(sp cmf.Savepoint) (resource.Progress, error) {
	p := resource.Progress{State: sp.State()}
	switch sp.State() {
	case cmf.SavepointCompleted:
		p.Done, p.Text = true, cells.Join(
			sp.Metadata.Name, sp.State(), cells.Size(SavepointSize(sp)), savepointTook(sp),
		)
	case cmf.SavepointFailed, cmf.SavepointAbandoned:
		return p, fmt.Errorf("savepoint %s %s: %s", sp.Metadata.Name, sp.State(), cmp.Or(
			why.Cause(SavepointError(sp)), "the server does not say why",
		))
	}
	return p, nil
}

// savepointTook is how long it took, "" where the server does not tell.
func savepointTook(s cmf.Savepoint) string {
	if s.Status == nil {
		return ""
	}
	from, to := cmf.ParseTime(s.Status.TriggerTimestamp), cmf.ParseTime(s.Status.ResultTimestamp)
	if from.IsZero() || !to.After(from) {
		return ""
	}
	return fmt.Sprintf("%.1f s", to.Sub(from).Seconds())
}
