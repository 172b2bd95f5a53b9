package sql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/results/rowset"
)

// openStatement shows all about the statement whose results are shown: its
// text, what goes with it, what the planner said of it, its exceptions.
func (v *View) openStatement() tea.Cmd {
	r := v.buffer().Shown
	if r == nil {
		r = v.buffer().Run
	}
	if r == nil || !r.Sent {
		v.say("no statement was run from this buffer yet", false)
		return nil
	}
	engine, ref := v.engine, r.Ref
	load := func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		status, err := engine.Observe(ctx, ref)
		if err != nil {
			return detail.Document{}, err
		}
		d := statementDocument(t, status)
		if explainer, ok := engine.(statement.Explainer); ok {
			exceptions, err := explainer.Exceptions(ctx, ref)
			addExceptions(&d, t, exceptions, err)
		}
		return d, nil
	}
	return views.Send(views.OpenMsg{Title: ref.Name, Make: func(env *views.Env) views.View {
		return detail.New(env, ref.Name, load)
	}})
}

func statementDocument(t *themes.Theme, s statement.Status) detail.Document {
	var d detail.Document
	d.Fact(t, views.Fact{Label: "phase", Text: s.Raw, Tone: views.PhaseTone(s.Phase)})
	d.Fact(t, views.Fact{Label: "detail", Text: s.Detail})
	d.Fact(t, views.Fact{Label: "warning", Text: s.Warning, Tone: themes.Warn})
	d.Fact(t, views.Fact{Label: "pool", Text: s.Target.Pool})
	d.Fact(t, views.Fact{Label: "created", Text: s.Made})
	heading(&d, t, "SQL")
	d.Text(t.Text, flinksql.Redact(s.SQL))
	addSettings(&d, t, s.Settings)
	if s.Traits != nil {
		addTraits(&d, t, s.Traits)
	}
	return d
}

func addExceptions(d *detail.Document, t *themes.Theme, exceptions []statement.Exception, err error) {
	heading(d, t, "EXCEPTIONS")
	switch {
	case err != nil:
		d.Text(t.Tone(themes.Warn), "could not be read: "+err.Error())
	case len(exceptions) == 0:
		d.Add(t.Dim, "none")
	}
	for _, e := range exceptions {
		if !e.At.IsZero() {
			d.Add(t.Dim, e.At.UTC().Format(time.RFC3339))
		}
		d.Text(t.Tone(themes.Bad), e.Text)
	}
}

func heading(d *detail.Document, t *themes.Theme, text string) {
	d.Add(t.Text, "")
	d.Add(t.Head, text)
}

func addSettings(d *detail.Document, t *themes.Theme, values map[string]string) {
	if len(values) == 0 {
		return
	}
	heading(d, t, "SETTINGS")
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		if flinksql.SecretKey(key) {
			value = flinksql.Mask
		}
		d.Text(t.Text, key+"  "+value)
	}
}

func addTraits(d *detail.Document, t *themes.Theme, traits *statement.Traits) {
	heading(d, t, "TRAITS")
	kind := map[bool]string{true: "append-only", false: "updating"}[traits.AppendOnly]
	bound := map[bool]string{true: "bounded", false: "unbounded"}[traits.Bounded]
	d.Add(t.Text, clean.Text(strings.Join([]string{traits.Kind, bound, kind}, "  ")))
	for i, column := range traits.Columns {
		key := ""
		if slices.Contains(traits.Key, i) {
			key = "  key"
		}
		d.Text(t.Text, fmt.Sprintf("%-24s  %s%s", column.Name, rowset.TypeText(column.Type), key))
	}
}
