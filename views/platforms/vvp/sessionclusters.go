package vvp

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// SessionCluster is a session cluster and the deployments that are not terminated
// in it.
type SessionCluster struct {
	vvp.SessionCluster
	Users []string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the cluster alone.
func (c *SessionCluster) UnmarshalJSON(b []byte) error { return c.SessionCluster.UnmarshalJSON(b) }

type cluster = resource.Item[SessionCluster]

// SessionClusters run several deployments.
func SessionClusters(api *vvpapi.Client) resource.Kind[SessionCluster] {
	name := func(c SessionCluster) string { return c.Metadata.Name }
	read := func(ctx context.Context, ref views.Ref) (SessionCluster, error) {
		c, err := vvpapi.Get[SessionCluster](ctx, api, vvp.SessionClusters, ref.Scope, ref.Name)
		if err != nil {
			return c, err
		}
		users, err := usersOf(ctx, api, ref.Scope)
		c.Users = users[c.Metadata.Name]
		return c, err
	}
	k := resource.Kind[SessionCluster]{
		Name: vvp.SessionClusters.Plural, Singular: vvp.SessionClusters.Singular, Title: "Session clusters",
		Short: "Sess", Aliases: []string{"sc", "sessionclusters"},
		NameOf: name,
		Made:   func(c SessionCluster) string { return c.Metadata.CreatedAt },
		Key:    func(i cluster) string { return cells.Key(i.Value.Metadata.ID, i.Scope, i.Value.Metadata.Name) },
		State:  clusterState,
		Columns: []resource.Column[SessionCluster]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i cluster) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i cluster) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i cluster) grid.Cell { return cells.Status(clusterState(i.Value)) }},
			{Column: grid.Column{Title: "USED BY", Right: true}, Cell: func(i cluster) grid.Cell { return grid.Count(int64(len(i.Value.Users)), themes.Dim) }},
			{Column: grid.Column{Title: "TARGET", Max: 24, Drop: 3}, Cell: func(i cluster) grid.Cell { return cells.Word(i.Value.Spec.DeploymentTargetName, themes.Dim) }},
			{Column: grid.Column{Title: "FLINK", Max: 10, Drop: 4}, Cell: func(i cluster) grid.Cell { return cells.Word(i.Value.Spec.FlinkVersion, themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 2}, Cell: func(i cluster) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Actions: clusterActions(api),
		Pages:   []resource.Page[SessionCluster]{resource.RawYAML(name)},
		Facts: func(i cluster, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "used by", Text: strings.Join(i.Value.Users, ", ")},
				{Label: "target", Text: i.Value.Spec.DeploymentTargetName},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
		},
		Detail:   resource.RawDetail[SessionCluster],
		Read:     read,
		Raw:      rawOf[SessionCluster](api, vvp.SessionClusters),
		Compared: resource.CompareSpec, ComparedIn: []string{"spec"},
		Recreate: recreation(api, vvp.SessionClusters, "nothing runs in it yet"),
		Editor:   clusterEditor(api),
		Empty:    "none is there",
	}
	return served(api, func(namespace string) sources.Lister[SessionCluster] { return listClusters(api, namespace) }, k)
}

func listClusters(api *vvpapi.Client, namespace string) sources.Lister[SessionCluster] {
	next := listerOf(vvpapi.List[SessionCluster](api, vvp.SessionClusters, namespace, nil))
	return func(ctx context.Context) ([]SessionCluster, []resource.Unread, bool, error) {
		items, unread, changed, err := next(ctx)
		if err != nil || len(items) == 0 {
			return items, unread, changed, err
		}
		users, err := usersOf(ctx, api, namespace)
		if err != nil {
			return nil, nil, false, err
		}
		all := make([]SessionCluster, len(items))
		for i, c := range items {
			c.Users = users[c.Metadata.Name]
			all[i] = c
		}
		return all, unread, true, nil
	}
}

// usersOf are the deployments of each session cluster that are not terminated.
func usersOf(ctx context.Context, api *vvpapi.Client, namespace string) (map[string][]string, error) {
	l, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, namespace, nil)(ctx)
	users := map[string][]string{}
	for _, d := range l.Items {
		if at := d.Spec.SessionClusterName; at != "" && !ended(d) {
			users[at] = append(users[at], d.Metadata.Name)
		}
	}
	return users, err
}

func clusterState(c SessionCluster) (string, themes.Tone) {
	state := strings.ToUpper(c.Status.State)
	switch state {
	case vvp.Running:
		return state, themes.Good
	case vvp.Stopped:
		return state, themes.Idle
	case "STARTING", "UPDATING", "STOPPING":
		return state, themes.Busy
	case vvp.Failed:
		return state, themes.Bad
	}
	return state, themes.Unknown
}

// clusterStages is the request of a start or a stop.
func clusterStages(api *vvpapi.Client, verb views.Verb, i cluster) []resource.Stage[SessionCluster] {
	state := vvp.Running
	if verb == resource.VerbStop {
		state = vvp.Stopped
	}
	return []resource.Stage[SessionCluster]{{
		Step: views.Step{Method: "PATCH", Path: clusterPath(i), Remark: "spec.state " + state}, Label: verb.Do,
		Send: func(ctx context.Context, i cluster) (string, error) {
			return "", vvpapi.Patch(
				ctx, api, vvp.SessionClusters, i.Scope, i.Value.Metadata.Name, vvpapi.StateChange(state),
			)
		},
		Took: func(_ context.Context, now cluster) (bool, error) {
			return strings.EqualFold(now.Value.Spec.State, state), nil
		},
		Reached: func(_ context.Context, now cluster) (resource.Progress, error) {
			word, _ := clusterState(now.Value)
			p := resource.Progress{State: word, Done: word == state}
			switch wanted := strings.ToUpper(now.Value.Spec.State); {
			case wanted != state:
				p.Overtaken = "it is to be " + wanted + " again: somebody asked for that meanwhile"
			case word == vvp.Failed:
				return p, errors.New("it is FAILED: " + failureText(now.Value.Status.Failure))
			}
			return p, nil
		},
	}}
}

func clusterPath(i cluster) string {
	return vvp.SessionClusters.ItemPath(i.Scope, i.Value.Metadata.Name)
}

// refuseUsed refuses what would take a cluster from under the deployments that run in
// it, with their names.
func refuseUsed(c SessionCluster) error {
	if len(c.Users) > 0 {
		return errors.New("deployments run in it: suspend or cancel " + strings.Join(c.Users, ", ") + " first")
	}
	return nil
}

func clusterActions(api *vvpapi.Client) []resource.Action[SessionCluster] {
	verb := func(c SessionCluster) views.Verb {
		if strings.EqualFold(c.Spec.State, vvp.Running) {
			return resource.VerbStop
		}
		return resource.VerbStart
	}
	toggle := resource.InStages(resource.Action[SessionCluster]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle }, Verb: verb,
		Verbs: []views.Verb{resource.VerbStart, resource.VerbStop},
		Refuse: func(c SessionCluster) error {
			if verb(c) == resource.VerbStop {
				return refuseUsed(c)
			}
			return nil
		},
		Will: func(i cluster, _ time.Time) views.Fact {
			text := "its Flink cluster is started"
			if verb(i.Value) == resource.VerbStop {
				text = "its Flink cluster is given up"
			}
			return views.Fact{Label: "what happens", Text: text}
		},
		Stages: func(v views.Verb, i cluster, _ string) []resource.Stage[SessionCluster] {
			return clusterStages(api, v, i)
		},
		Undo: func(v views.Verb) string {
			if v == resource.VerbStop {
				return resource.VerbStart.Do
			}
			return resource.VerbStop.Do
		},
	})
	remove := resource.Deletion(clusterPath, "the session cluster is lost", func(ctx context.Context, i cluster) error {
		return vvpapi.Delete(ctx, api, vvp.SessionClusters, i.Scope, i.Value.Metadata.Name)
	})
	remove.Refuse = refuseUsed
	return []resource.Action[SessionCluster]{toggle, remove}
}
