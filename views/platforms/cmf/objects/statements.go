package objects

import (
	"cmp"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/resource"
	"drey/views/why"
)

// Statement is a statement in a list.
type Statement = resource.Item[cmf.Statement]

// StatementName is its name in its environment.
func StatementName(s cmf.Statement) string { return s.Metadata.Name }

// StatementDetail is what the server says of its state, "" without a word.
func StatementDetail(s cmf.Statement) string {
	if s.Status == nil {
		return ""
	}
	return s.Status.Detail
}

// SQLKind is the kind of its SQL as the server planned it, "" before.
func SQLKind(s cmf.Statement) string {
	if s.Status == nil || s.Status.Traits == nil {
		return ""
	}
	return s.Status.Traits.SQLKind
}

// StatementState is the word for its phase and what it means.
func StatementState(s cmf.Statement) (string, themes.Tone) {
	word, phase := cmfapi.StatementPhase(s)
	return word, views.PhaseTone(phase)
}

// ReachedStopped tells how far a statement is on its way.
func ReachedStopped(now cmf.Statement, stop bool) (resource.Progress, error) {
	word, _ := StatementState(now)
	p := resource.Progress{State: word}
	switch phase := now.Phase(); {
	case phase == cmf.PhaseFailed:
		return p, fmt.Errorf("it is FAILED: %s", cmp.Or(
			why.Cause(StatementDetail(now)), "the server does not say why",
		))
	case phase == cmf.PhaseCompleted:
		p.Done = true
	case now.Spec.Stopped != stop:
		p.Overtaken = "the opposite was asked for meanwhile"
	case stop:
		p.Done = phase == cmf.PhaseStopped
	default:
		p.Done = phase == cmf.PhaseRunning
	}
	return p, nil
}

// StatementFacts are what is told of a statement beside its row.
func StatementFacts(i Statement, now time.Time) []views.Fact {
	s := i.Value
	_, tone := StatementState(s)
	facts := []views.Fact{
		{Label: "detail", Text: cells.OneLine(StatementDetail(s)), Tone: tone},
		{Label: "pool", Text: cells.Join(s.Spec.ComputePoolName, fmt.Sprintf("parallelism %d", max(s.Spec.Parallelism, 1)))},
		{Label: "catalog", Text: cells.Join(s.Spec.Properties[cmf.PropertyCatalog], s.Spec.Properties[cmf.PropertyDatabase])},
		{Label: "made", Text: cells.Ago(cmf.ParseTime(s.Metadata.CreationTimestamp), now)},
	}
	if s.Status != nil && s.Status.Warning != "" {
		facts = append(facts, views.Fact{Label: "warning", Text: s.Status.Warning, Tone: themes.Warn})
	}
	if s.Status != nil && s.Status.Traits != nil {
		t := s.Status.Traits
		facts = append(facts, views.Fact{Label: "traits", Text: cells.Join(
			t.SQLKind, either(t.IsBounded, "bounded", "unbounded"),
			either(t.IsAppendOnly, "append-only", "with updates"),
		)})
	}
	return facts
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
