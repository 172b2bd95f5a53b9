package forms

import (
	"context"
	"slices"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// ClusterEditor changes labels and decommissions: clusters are registered by the
// server itself (cmf-behaviour.md §2.9).
func ClusterEditor(api *cmfapi.Client) *resource.Editor[cmf.KubernetesCluster] {
	r := rulesOf(api, cmf.KubernetesClusters, document(cmf.KubernetesClusters, object(map[string]*yamldoc.Schema{
		"lifecycleState": oneOf(cmf.ClusterActive, cmf.ClusterDecommissioned),
	})))
	r.Check = func(ctx context.Context, c edit.Change) []edit.Finding { return checkCluster(ctx, api, c) }
	r.Will = func(c edit.Change) views.Fact {
		f := views.Fact{Label: "what happens", Text: "labels and annotations change, and nothing else"}
		if !c.Touches("spec", "lifecycleState") {
			return f
		}
		f.Text = "it takes workloads again"
		if decommissions(c) {
			f.Text, f.Tone = "it takes no workloads any more; it can be made ACTIVE again", themes.Warn
		}
		return f
	}
	return &resource.Editor[cmf.KubernetesCluster]{Rules: r}
}

func decommissions(c edit.Change) bool {
	return yamldoc.MemberText(c.Merged, "spec", "lifecycleState") == cmf.ClusterDecommissioned &&
		c.Touches("spec", "lifecycleState")
}

// checkCluster says who holds a cluster that is to be decommissioned.
func checkCluster(ctx context.Context, api *cmfapi.Client, c edit.Change) []edit.Finding {
	if !decommissions(c) {
		return nil
	}
	listed, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	if err != nil {
		return nil // the server decides
	}
	var holders []string
	for _, e := range listed.Items {
		if objects.ClusterOf(e) == c.Target.Name {
			holders = append(holders, e.EffectiveName())
		}
	}
	if len(holders) == 0 {
		return nil
	}
	slices.Sort(holders)
	return []edit.Finding{{
		Path: []string{"spec", "lifecycleState"},
		Text: "the server refuses it while environments are on the cluster: " + listed20(holders),
	}}
}
