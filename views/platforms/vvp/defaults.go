package vvp

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/edit"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// defaultsName is what the defaults of a namespace are called here: they have no name.
const defaultsName = "defaults"

// Defaults are what deployments of a namespace have where they do not say: one object
// a namespace, which is changed and neither made nor deleted.
func Defaults(api *vvpapi.Client) resource.Kind[vvp.Object] {
	of := vvp.AllDefaults
	k := named(api, of, "Defaults", "Defs", []string{"default", "defaults", "deployment-defaults"},
		member("TARGET", 30, "spec", "deploymentTargetName"), parallelismOfDefaults(),
		member("UPGRADE", 12, "spec", "upgradeStrategy", "kind"),
		member("RESTORE", 16, "spec", "restoreStrategy", "kind"))
	k.Columns[0].Column = grid.Column{Title: "NAME", Min: 8}
	k.Key = func(i object) string { return i.Scope + "/" + defaultsName }
	k.Made, k.Facts = nil, nil
	k.Raw = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		return api.RawDefaults(ctx, ref.Scope)
	}
	k.Read = func(ctx context.Context, ref views.Ref) (vvp.Object, error) {
		raw, err := api.RawDefaults(ctx, ref.Scope)
		if err != nil {
			return vvp.Object{}, err
		}
		return defaultsOf(raw)
	}
	k.Editor = defaultsEditor(api)
	return served(api, func(namespace string) sources.Lister[vvp.Object] { return listDefaults(api, namespace) }, k)
}

func defaultsOf(raw json.RawMessage) (o vvp.Object, err error) {
	err = json.Unmarshal(raw, &o)
	o.Name = defaultsName
	return o, err
}

func listDefaults(api *vvpapi.Client, namespace string) sources.Lister[vvp.Object] {
	var last json.RawMessage
	var items []vvp.Object
	return func(ctx context.Context) ([]vvp.Object, []resource.Unread, bool, error) {
		raw, err := api.RawDefaults(ctx, namespace)
		if err != nil || bytes.Equal(raw, last) {
			return items, nil, false, err
		}
		o, err := defaultsOf(raw)
		if err != nil {
			return nil, []resource.Unread{{Name: defaultsName, Err: err}}, true, nil
		}
		last, items = raw, []vvp.Object{o}
		return items, nil, true, nil
	}
}

func parallelismOfDefaults() resource.Column[vvp.Object] {
	return resource.Column[vvp.Object]{Column: grid.Column{
		Title: "PAR", Right: true, Drop: 4,
	}, Cell: func(i object) grid.Cell {
		var d vvp.Defaults
		_ = json.Unmarshal(i.Value.Raw(), &d) // it was read before
		if d.Spec.Template.Spec.Parallelism == 0 {
			return cells.Word("", themes.Dim)
		}
		return grid.Count(int64(d.Spec.Template.Spec.Parallelism), themes.Dim)
	}}
}

// defaultsEditor sends what differs as a merge patch: nothing else of the defaults is
// touched, and what was taken out is null in it.
func defaultsEditor(api *vvpapi.Client) *resource.Editor[vvp.Object] {
	schema := document("DeploymentDefaults", deploymentSchema().Fields["spec"])
	r := rulesOf(api, vvp.AllDefaults, schema)
	path := func(c edit.Change) string { return vvp.AllDefaults.Path(c.Target.Scope) }
	r.Name = func(any) string { return defaultsName }
	r.Read = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		return api.RawDefaults(ctx, ref.Scope)
	}
	r.Plan = func(c edit.Change) []views.Step {
		return []views.Step{
			{Method: "GET", Path: path(c), Remark: "whether they are still as you saw them"},
			{Method: "PATCH", Path: path(c), Remark: "what differs"},
		}
	}
	r.Send = func(ctx context.Context, c edit.Change, step func(views.Step)) error {
		step(r.Plan(c)[1])
		return api.PatchDefaults(ctx, c.Target.Scope, mergePatch(c.Live, c.Merged))
	}
	r.Will = func(edit.Change) views.Fact {
		return views.Fact{
			Label: "what happens",
			Text:  "deployments that are made from now on have it where they do not say; those that are there stay",
		}
	}
	return &resource.Editor[vvp.Object]{Rules: r}
}

// mergePatch is what makes one document of another (RFC 7386): members that differ,
// and null for those that are to go.
func mergePatch(from, to any) any {
	was, isObject := from.(map[string]any)
	now, stays := to.(map[string]any)
	if !isObject || !stays {
		return to
	}
	patch := map[string]any{}
	for name := range was {
		if _, there := now[name]; !there {
			patch[name] = nil
		}
	}
	for name, value := range now {
		before, there := was[name]
		if there && reflect.DeepEqual(before, value) {
			continue
		}
		patch[name] = mergePatch(before, value)
	}
	return patch
}
