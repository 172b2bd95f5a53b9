package sql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinksql"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/results"
)

// openStatement shows all about the statement whose results are shown: its
// text, what goes with it, what the planner said of it, its exceptions.
func (v *View) openStatement() tea.Cmd {
	r := v.sheet().shown
	if r == nil {
		r = v.sheet().run
	}
	if r == nil || !r.sent {
		v.say("no statement was run from this buffer yet", false)
		return nil
	}
	c, scope, name := v.env.Client, r.scope, r.name
	load := func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		s, err := cmfapi.Get[cmf.Statement](ctx, c, cmf.Statements, scope, name)
		if err != nil {
			return detail.Document{}, err
		}
		exceptions, err := c.Exceptions(ctx, scope, name)
		return statementDocument(t, s, exceptions, err), nil
	}
	return views.Send(views.OpenMsg{Title: name, Make: func(env *views.Env) views.View { return detail.New(env, name, load) }})
}

func statementDocument(t *themes.Theme, s cmf.Statement, exceptions []cmf.StatementException, err error) detail.Document {
	var d detail.Document
	d.Fact(t, views.Fact{Label: "phase", Text: s.Phase(), Tone: PhaseTone(s.Phase())})
	if s.Status != nil {
		d.Fact(t, views.Fact{Label: "detail", Text: s.Status.Detail})
		d.Fact(t, views.Fact{Label: "warning", Text: s.Status.Warning, Tone: themes.Warn})
	}
	d.Fact(t, views.Fact{Label: "pool", Text: s.Spec.ComputePoolName})
	d.Fact(t, views.Fact{Label: "created", Text: s.Metadata.CreationTimestamp})
	heading(&d, t, "SQL")
	d.Text(t.Text, flinksql.Redact(s.Spec.Statement))
	addSettings(&d, t, "PROPERTIES", s.Spec.Properties)
	addSettings(&d, t, "FLINK CONFIGURATION", s.Spec.FlinkConfiguration)
	if s.Status != nil && s.Status.Traits != nil {
		addTraits(&d, t, s.Status.Traits)
	}
	heading(&d, t, "EXCEPTIONS")
	switch {
	case err != nil:
		d.Text(t.Tone(themes.Warn), "could not be read: "+err.Error())
	case len(exceptions) == 0:
		d.Add(t.Dim, "none")
	}
	for _, e := range exceptions {
		d.Add(t.Dim, clean.Text(e.Timestamp))
		d.Text(t.Tone(themes.Bad), e.Message)
	}
	return d
}

func heading(d *detail.Document, t *themes.Theme, text string) {
	d.Add(t.Text, "")
	d.Add(t.Head, text)
}

func addSettings(d *detail.Document, t *themes.Theme, title string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	heading(d, t, title)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		if flinksql.SecretKey(key) {
			value = flinksql.Mask
		}
		d.Text(t.Text, key+"  "+value)
	}
}

func addTraits(d *detail.Document, t *themes.Theme, traits *cmf.StatementTraits) {
	heading(d, t, "TRAITS")
	kind := map[bool]string{true: "append-only", false: "updating"}[traits.IsAppendOnly]
	bound := map[bool]string{true: "bounded", false: "unbounded"}[traits.IsBounded]
	d.Add(t.Text, clean.Text(strings.Join([]string{traits.SQLKind, bound, kind}, "  ")))
	if traits.Schema == nil {
		return
	}
	for i, column := range traits.Schema.Columns {
		key := ""
		if slices.Contains(traits.UpsertColumns, i) {
			key = "  key"
		}
		d.Text(t.Text, fmt.Sprintf("%-24s  %s%s", column.Name, results.TypeText(column.Type), key))
	}
}
