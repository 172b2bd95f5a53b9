package forms

import (
	"context"
	"slices"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
)

// tableMembers are the members of a materialized table's specification that may be
// changed, as the API's specification lists them; those of tableMade were said when it
// was made.
var (
	tableMembers = []string{
		"query", "stopped", "compute_pool_id", "principal", "columns", "watermark", "constraints", "table_options",
	}
	tableMade = []string{"kafka_cluster_id", "distribution", "session_options"}
)

func tableSchema() *yamldoc.Schema {
	spec := map[string]*yamldoc.Schema{
		"query": text, "stopped": truth, "compute_pool_id": text, "principal": text, "table_options": texts,
		"columns": {Type: yamldoc.List}, "constraints": {Type: yamldoc.List}, "watermark": {},
	}
	for _, name := range tableMade {
		spec[name] = fixed(yamldoc.Schema{}, "it is said when the table is made, and cannot be changed")
	}
	return members(map[string]*yamldoc.Schema{
		"name": fixed(
			yamldoc.Schema{Type: yamldoc.Text},
			"a table has its name for ever: CREATE MATERIALIZED TABLE makes another one",
		),
		"spec": members(spec),
	})
}

// hiddenTable names what of a table is in no text.
func hiddenTable(path []string) bool {
	switch {
	case len(path) == 1:
		return path[0] != "name" && path[0] != "spec"
	case len(path) == 2:
		return !slices.Contains(tableMembers, path[1]) && !slices.Contains(tableMade, path[1])
	}
	return len(path) == 3 && path[1] == "session_options" && ccloud.IsSecretProperty(path[2])
}

// TableEditor changes tables. A new query is a new version, which the table is brought
// to; tables are made by SQL.
func TableEditor(api *ccloudapi.Client) *resource.Editor[ccloudapi.Table] {
	path := func(c edit.Change) string {
		cluster := yamldoc.MemberText(c.Live, "spec", "kafka_cluster_id")
		return ccloud.TablePath(api.Known(c.Target.Scope), cluster, c.Target.Name)
	}
	plan := func(c edit.Change) []views.Step {
		return []views.Step{
			{Method: "GET", Path: path(c), Remark: "whether it is still as you saw it"},
			{Method: "PUT", Path: path(c), Remark: "all of it, with its version"},
		}
	}
	return &resource.Editor[ccloudapi.Table]{
		Rules: edit.Rules{
			Schema: tableSchema(), Hidden: hiddenTable, NamePath: []string{"name"}, Plan: plan,
			Name:  func(doc any) string { return yamldoc.MemberText(doc, "name") },
			Check: func(_ context.Context, c edit.Change) []edit.Finding { return wanted(c.Mine, "spec.query") },
			Send: func(ctx context.Context, c edit.Change, step func(views.Step)) error {
				step(plan(c)[1])
				return sendTable(ctx, api, c)
			},
			Will: func(c edit.Change) views.Fact {
				f := views.Fact{Label: "what happens", Text: "it is changed, and goes on"}
				if c.Touches("spec", "query") {
					f.Text = "it gets a new version; the one that runs goes on until the new query is active"
				}
				return f
			},
		},
		Refuse: objects.RefuseTable,
		Reached: func(before, now ccloudapi.Table, _ time.Duration) (bool, error) {
			done, err := objects.TableReached(now)
			return done && now.Status.LatestVersion <= now.Status.Version, err
		},
	}
}

// sendTable sends the members that were changed; where somebody else changed one of
// them meanwhile nothing is sent.
func sendTable(ctx context.Context, api *ccloudapi.Client, c edit.Change) error {
	of, err := objects.ReadTable(ctx, api, c.Target)
	if err != nil {
		return err
	}
	change := map[string]any{}
	for _, name := range tableMembers {
		if c.Touches("spec", name) {
			change[name], _ = yamldoc.Member(c.Merged, "spec", name)
		}
	}
	changed := &edit.ChangedError{Target: c.Target}
	err = api.ChangeTable(ctx, c.Target.Scope, of, change, func(now ccloud.MaterializedTable) error {
		doc, err := diff.Parse(now.Raw())
		for name := range change {
			was, _ := yamldoc.Member(c.Live, "spec", name)
			is, _ := yamldoc.Member(doc, "spec", name)
			if !sameMember(was, is) {
				return changed
			}
		}
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return changed
	}
	return err
}
