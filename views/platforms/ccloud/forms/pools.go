package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

func poolSchema() *yamldoc.Schema {
	const placed = "a pool stays where it is: create another one there (a)"
	return members(map[string]*yamldoc.Schema{
		"id": fixed(yamldoc.Schema{Type: yamldoc.Text}, "the server gives it"),
		"spec": members(map[string]*yamldoc.Schema{
			"display_name": text, "max_cfu": whole,

			"cloud":  fixed(yamldoc.Schema{Type: yamldoc.Text, Values: clouds}, placed),
			"region": fixed(yamldoc.Schema{Type: yamldoc.Text}, placed),
		}),
	})
}

// hiddenPool names what of a pool is in no text.
func hiddenPool(path []string) bool {
	if len(path) == 1 {
		return path[0] != "id" && path[0] != "spec"
	}
	return len(path) == 2 && path[0] == "spec" && !slices.Contains(
		[]string{"display_name", "max_cfu", "cloud", "region"}, path[1],
	)
}

// PoolEditor renames pools, lets them grow, and makes new ones. A new pool has no id
// yet: it is looked for by its name.
func PoolEditor(api *ccloudapi.Client) *resource.Editor[ccloud.ComputePool] {
	plan := func(c edit.Change) []views.Step {
		if c.New {
			return []views.Step{
				{Method: "GET", Path: ccloud.PoolsPath, Remark: "whether the name is free"},
				{Method: "POST", Path: ccloud.PoolsPath},
			}
		}
		path := ccloudapi.PoolPath(c.Target.Name)
		return []views.Step{
			{Method: "GET", Path: path, Remark: "whether it is still as you saw it"}, {Method: "PATCH", Path: path},
		}
	}
	return &resource.Editor[ccloud.ComputePool]{
		Rules: edit.Rules{
			Schema: poolSchema(), Hidden: hiddenPool, Within: "environment", Places: environmentIDs(api), Plan: plan,
			Template: func(within string) string {
				return fmt.Sprintf(poolTemplate, within, cloudAndRegion(api, "  "))
			},
			Copied:   func(path []string) bool { return len(path) == 1 && path[0] == "id" },
			At:       func(within, name string) views.Ref { return views.Ref{Scope: within, Name: name} },
			NamePath: []string{"spec", "display_name"}, Name: poolName, Check: checkPool,
			Read: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
				if strings.HasPrefix(ref.Name, ccloud.PoolPrefix) {
					p, err := api.Pool(ctx, ref.Scope, ref.Name)
					return p.Raw(), err
				}
				p, err := api.PoolNamed(ctx, ref.Scope, ref.Name)
				return p.Raw(), err
			},
			Send: func(ctx context.Context, c edit.Change, step func(views.Step)) error {
				step(plan(c)[1])
				if c.New {
					return api.CreatePool(ctx, c.Target.Scope, c.Body())
				}
				change := map[string]any{}
				for _, name := range []string{"display_name", "max_cfu"} {
					if c.Touches("spec", name) {
						change[name], _ = yamldoc.Member(c.Merged, "spec", name)
					}
				}
				return api.ChangePool(ctx, c.Target.Scope, c.Target.Name, change)
			},
			Will: func(c edit.Change) views.Fact {
				f := views.Fact{Label: "what happens", Text: "its name alone changes"}
				switch {
				case c.New:
					f.Text = "it is made; it costs nothing while nothing runs in it, and cannot shrink later"
				case c.Touches("spec", "max_cfu"):
					f.Text = "it may have more CFUs; it cannot shrink again"
				}
				return f
			},
		},
		Reached: func(_, now ccloud.ComputePool, _ time.Duration) (bool, error) {
			if now.Status.Phase == ccloud.PoolFailed {
				return true, fmt.Errorf("it is %s", now.Status.Phase)
			}
			return now.Status.Phase == ccloud.PoolProvisioned, nil
		},
	}
}

// poolName is a pool's id, or what a new one is called.
func poolName(doc any) string {
	if id := yamldoc.MemberText(doc, "id"); id != "" {
		return id
	}
	return yamldoc.MemberText(doc, "spec", "display_name")
}

const poolTemplate = `# A new compute pool. Lines beginning with # are comments: they are not sent.
environment: %s # where it goes to; this line is not sent
spec:
  display_name: my-pool
%s  max_cfu: 5 # or 10, 20, 30, 40, 50; it can grow later, and not shrink
`

// checkPool finds what the server would refuse (platforms.md A7).
func checkPool(_ context.Context, c edit.Change) []edit.Finding {
	found := wanted(c.Mine, "spec.display_name")
	if c.New {
		found = append(found, wanted(c.Mine, "spec.cloud", "spec.region")...)
		if name := yamldoc.MemberText(c.Mine, "spec", "display_name"); strings.HasPrefix(name, ccloud.PoolPrefix) {
			found = append(found, edit.Finding{
				Path: []string{"spec", "display_name"}, Text: "that is how the ids of pools begin: choose another name",
			})
		}
	}
	most := func(doc any) int {
		value, _ := yamldoc.Member(doc, "spec", "max_cfu")
		n := 0
		_, _ = fmt.Sscan(fmt.Sprint(value), &n) // the schema says what is no number
		return n
	}
	path, size := []string{"spec", "max_cfu"}, most(c.Mine)
	switch {
	case !slices.Contains(ccloud.PoolSizes, size):
		found = append(found, edit.Finding{Path: path, Text: fmt.Sprintf(
			"want one of %s", strings.Trim(fmt.Sprint(ccloud.PoolSizes), "[]"),
		)})
	case !c.New && size < most(c.Live):
		found = append(found, edit.Finding{Path: path, Text: fmt.Sprintf(
			"it has %d, and a pool cannot shrink", most(c.Live),
		)})
	}
	return found
}
