package cmf

import (
	"context"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/usedby"
)

type cluster = resource.Item[cmf.KubernetesCluster]

// Clusters are the Kubernetes clusters that environments live on.
func Clusters(api *cmfapi.Client) resource.Kind[cmf.KubernetesCluster] {
	name := func(c cmf.KubernetesCluster) string { return c.Metadata.Name }
	return served(api, cmf.KubernetesClusters, cmfapi.Query{}, resource.Kind[cmf.KubernetesCluster]{
		Title: "Clusters", Short: "K8s", Aliases: []string{"cluster", "kubernetes-clusters", "k8s"},
		NameOf: name,
		Key:    func(i cluster) string { return cells.Key(i.Value.Metadata.UID, "", "", i.Value.Metadata.Name) },
		Labels: func(c cmf.KubernetesCluster) map[string]string { return c.Metadata.Labels },
		State:  clusterState,
		Columns: []resource.Column[cmf.KubernetesCluster]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i cluster) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "CONNECTION", Min: 14}, Cell: func(i cluster) grid.Cell { return cells.Status(clusterState(i.Value)) }},
			{Column: grid.Column{Title: "LIFE CYCLE", Drop: 2}, Cell: func(i cluster) grid.Cell { return cells.Word(i.Value.Spec.LifecycleState, themes.Dim) }},
			{Column: grid.Column{Title: "VERSION", Drop: 1}, Cell: func(i cluster) grid.Cell {
				if i.Value.Status == nil {
					return cells.Dash()
				}
				return cells.Word(i.Value.Status.KubernetesVersion, themes.Dim)
			}},
			objects.AgeColumn(3, func(i cluster) string { return i.Value.Metadata.CreationTimestamp }),
		},
		Editor: forms.ClusterEditor(api),
		UsedBy: func(ctx context.Context, i cluster) usedby.Tree { return usesOfCluster(ctx, api, name(i.Value)) },
		Pages:  []resource.Page[cmf.KubernetesCluster]{yamlPage(api, cmf.KubernetesClusters, name)},
		Facts: func(i cluster, now time.Time) []views.Fact {
			s := i.Value.Status
			if s == nil {
				return nil
			}
			tone := themes.Warn
			if s.State == cmf.ClusterConnected {
				tone = themes.Plain
			}
			return []views.Fact{
				{Label: "message", Text: s.Message, Tone: tone},
				{Label: "heartbeat", Text: cells.Ago(cmf.ParseTime(s.LastHeartbeatTimestamp), now)},
				{Label: "version", Text: s.KubernetesVersion},
			}
		},
		Detail: func(_ context.Context, i cluster) (resource.Detail, error) {
			return specDetail(i.Value.Spec)
		},
		Empty: "the server tells of no cluster",
	})
}

func clusterState(c cmf.KubernetesCluster) (string, themes.Tone) {
	if c.Status == nil {
		return "", themes.Unknown
	}
	switch state := c.Status.State; state {
	case cmf.ClusterConnected:
		return state, themes.Good
	case cmf.ClusterDisconnected:
		return state, themes.Bad
	case cmf.ClusterDecommissioned:
		return state, themes.Idle
	default:
		return state, themes.Unknown
	}
}
