package cmf

import (
	"context"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/platforms/cmf/objects"
	"drey/views/usedby"
	"drey/views/why"
)

// describeApplication is one page of all that is known of an application: how
// it is, where its state is, what happened to it.
func describeApplication(api *cmfapi.Client) func(*views.Env, objects.App) (string, detail.Loader) {
	return func(env *views.Env, i objects.App) (string, detail.Loader) {
		return i.Value.Name(), loadApplication(api, i, env.ServerNow)
	}
}

func loadApplication(api *cmfapi.Client, i objects.App, now func() time.Time) detail.Loader {
	scope, name := objects.ScopeOf(i.Location), i.Value.Name()
	return func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		a, err := cmfapi.Get[cmf.FlinkApplication](ctx, api, cmf.Applications, scope, name)
		if err != nil {
			return detail.Document{}, err
		}
		i.Value = a
		var d detail.Document
		state, tone := objects.ApplicationState(a)
		d.Add(t.Strong, name)
		d.Add(t.Tone(tone), cells.StateText(t, state, tone))
		d.Add(t.Text, "")
		for _, f := range append(objects.ApplicationFacts(i, now()), objects.WholeFacts(a)...) {
			d.Fact(t, f)
		}
		d.Fact(t, views.Fact{Label: "life cycle", Text: cells.Join(
			a.LifecycleState(), "job "+a.JobState(), "deployment "+a.Status.String("jobManagerDeploymentStatus"),
		)})
		d.Fact(t, views.Fact{Label: "uid", Text: a.Metadata.String("uid")})
		if text := a.Status.String("error"); text != "" {
			d.Add(t.Text, "")
			d.Add(t.Head, "ERROR")
			d.Text(t.Tone(themes.Bad), why.RootFirst(text))
		}
		describeSavepoints(ctx, api, &d, t, i, now())
		describeEvents(ctx, api, &d, t, i, now())
		describeMetadata(&d, t, cmf.Object{}.With(a.Metadata, "metadata").With(a.Status, "status"))
		spec := cmf.Object{}.With(a.Spec, "spec").With(cmf.Object{}.With(name, "name"), "metadata")
		start := startOf(ctx, api, cmf.Applications, scope, spec)
		uses := append(usesOf(api, cmf.Applications, i.Location, cmf.Object{}), start.uses()...)
		describeRelations(ctx, &d, t, uses, func(ctx context.Context) usedby.Tree {
			return usesOfApplication(ctx, api, i.Scope, name)
		})
		describeSpecification(ctx, api, &d, t, cmf.Applications, scope, spec, start)
		return d, nil
	}
}

func describeSavepoints(
	ctx context.Context, api *cmfapi.Client, d *detail.Document, t *themes.Theme, i objects.App, now time.Time,
) {
	d.Add(t.Text, "")
	d.Add(t.Head, "SAVEPOINTS")
	listed, err := cmfapi.List[cmf.Savepoint](ctx, api, cmf.ApplicationSavepoints, objects.ChildScope(i), cmfapi.Query{})
	if fault.Is(err, fault.NotFound, fault.Unsupported) {
		d.Add(t.Dim, "this server has none")
		return
	}
	if err != nil {
		d.Add(t.Tone(themes.Warn), clean.Text(err.Error()))
		return
	}
	slices.SortStableFunc(listed.Items, func(a, b cmf.Savepoint) int { // the newest first
		return cmf.ParseTime(b.Metadata.CreationTimestamp).Compare(cmf.ParseTime(a.Metadata.CreationTimestamp))
	})
	for _, s := range listed.Items {
		state, tone := objects.SavepointState(s)
		age := clean.Right(grid.AgeText(now.Sub(cmf.ParseTime(s.Metadata.CreationTimestamp))), 4, "")
		d.Add(t.Tone(tone), age+"  "+clean.Fit(state, 12, "…")+"  "+clean.Text(cells.Join(
			s.Metadata.Name, cells.Size(objects.SavepointSize(s)), objects.SavepointPath(s), objects.SavepointTries(s),
		)))
		if text := objects.SavepointError(s); text != "" {
			d.Text(t.Tone(themes.Bad), "      "+why.RootFirst(text))
		}
	}
	if len(listed.Items) == 0 {
		d.Add(t.Dim, "none")
	}
}

func describeEvents(
	ctx context.Context, api *cmfapi.Client, d *detail.Document, t *themes.Theme, i objects.App, now time.Time,
) {
	d.Add(t.Text, "")
	d.Add(t.Head, "EVENTS")
	listed, err := cmfapi.List[cmf.Event](ctx, api, cmf.Events, objects.ChildScope(i), objects.NewestEvents())
	if fault.Is(err, fault.NotFound, fault.Unsupported) {
		d.Add(t.Dim, "this server has none")
		return
	}
	if err != nil {
		d.Add(t.Tone(themes.Warn), clean.Text(err.Error()))
		return
	}
	for _, e := range listed.Items {
		h := objects.HistoryEvent(e)
		style := t.Text
		if h.Tone == themes.Bad || h.Tone == themes.Warn {
			style = t.Tone(h.Tone)
		}
		d.Add(
			style,
			clean.Right(grid.AgeText(now.Sub(h.At)), 4, "")+"  "+clean.Fit(clean.Text(h.Word), 12, "…")+"  "+
				clean.Text(h.Text),
		)
	}
}
