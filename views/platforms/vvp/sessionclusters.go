package vvp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
)

// SessionCluster is a session cluster and the deployments that are not terminated
// in it.
type SessionCluster struct {
	vvp.SessionCluster
	Users []string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the cluster alone.
func (c *SessionCluster) UnmarshalJSON(b []byte) error { return c.SessionCluster.UnmarshalJSON(b) }

type cluster = browse.Item[SessionCluster]

// SessionClusters run several deployments.
func SessionClusters(api *vvpapi.Client) browse.Kind[SessionCluster] {
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
	k := browse.Kind[SessionCluster]{
		Name: vvp.SessionClusters.Plural, Singular: vvp.SessionClusters.Singular, Title: "Session clusters", Short: "Sess", Aliases: []string{"sc", "sessionclusters"},
		NameOf: name,
		Made:   func(c SessionCluster) string { return c.Metadata.CreatedAt },
		Key:    func(i cluster) string { return cells.Key(i.Value.Metadata.ID, i.Scope, i.Value.Metadata.Name) },
		State:  clusterState,
		Columns: []browse.Column[SessionCluster]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i cluster) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i cluster) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i cluster) grid.Cell { return cells.Status(clusterState(i.Value)) }},
			{Column: grid.Column{Title: "USED BY", Right: true}, Cell: func(i cluster) grid.Cell { return grid.Count(int64(len(i.Value.Users)), themes.Dim) }},
			{Column: grid.Column{Title: "TARGET", Max: 24, Drop: 3}, Cell: func(i cluster) grid.Cell { return cells.Word(i.Value.Spec.DeploymentTargetName, themes.Dim) }},
			{Column: grid.Column{Title: "FLINK", Max: 10, Drop: 4}, Cell: func(i cluster) grid.Cell { return cells.Word(i.Value.Spec.FlinkVersion, themes.Dim) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 2}, Cell: func(i cluster) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Actions: clusterActions(api),
		Pages:   []browse.Page[SessionCluster]{browse.RawYAML(name)},
		Facts: func(i cluster, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "used by", Text: strings.Join(i.Value.Users, ", ")},
				{Label: "target", Text: i.Value.Spec.DeploymentTargetName},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
		},
		Detail: browse.RawDetail[SessionCluster],
		Read:   read,
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			c, err := vvpapi.Get[SessionCluster](ctx, api, vvp.SessionClusters, ref.Scope, ref.Name)
			return c.Raw(), err
		},
		Compared: browse.CompareSpec,
		Editor:   clusterEditor(api),
		Empty:    "none is there",
	}
	return served(api, func(namespace string) browse.Lister[SessionCluster] { return listClusters(api, namespace) }, k)
}

func listClusters(api *vvpapi.Client, namespace string) browse.Lister[SessionCluster] {
	next := listerOf(vvpapi.List[SessionCluster](api, vvp.SessionClusters, namespace, nil))
	return func(ctx context.Context) ([]SessionCluster, []browse.Unread, bool, error) {
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

func clusterActions(api *vvpapi.Client) []browse.Action[SessionCluster] {
	wanted := func(c SessionCluster) string {
		if strings.EqualFold(c.Spec.State, vvp.Running) {
			return vvp.Stopped
		}
		return vvp.Running
	}
	path := func(i cluster) string { return vvp.SessionClusters.ItemPath(i.Scope, i.Value.Metadata.Name) }
	plan := func(i cluster, _ string) []views.Step {
		return []views.Step{{Method: "PATCH", Path: path(i), Remark: "spec.state " + wanted(i.Value)}}
	}
	toggle := browse.Action[SessionCluster]{
		Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: func(c SessionCluster) views.Verb {
			if wanted(c) == vvp.Running {
				return verbStart
			}
			return verbStop
		},
		Verbs: []views.Verb{verbStart, verbStop},
		Refuse: func(c SessionCluster) error {
			if wanted(c) == vvp.Stopped && len(c.Users) > 0 {
				return errors.New("deployments run in it: " + strings.Join(c.Users, ", "))
			}
			return nil
		},
		Will: func(i cluster, _ time.Time) views.Fact {
			text := "its Flink cluster is started"
			if wanted(i.Value) == vvp.Stopped {
				text = "its Flink cluster is given up"
			}
			return views.Fact{Label: "what happens", Text: text}
		},
		Plan: plan,
		Run: func(ctx context.Context, i cluster, _ string, step func(views.Step)) (string, error) {
			step(plan(i, "")[0])
			return "", vvpapi.Patch(ctx, api, vvp.SessionClusters, i.Scope, i.Value.Metadata.Name, vvpapi.StateChange(wanted(i.Value)))
		},
		Begun: func(before, now SessionCluster) bool { return before.Spec.State != now.Spec.State },
		Reached: func(now SessionCluster) (bool, error) {
			state, _ := clusterState(now)
			if state == vvp.Failed {
				return true, errors.New("it is FAILED: " + failureText(now.Status.Failure))
			}
			return strings.EqualFold(state, now.Spec.State), nil
		},
	}
	remove := browse.Deletion(path, "the session cluster is lost", func(ctx context.Context, i cluster) error {
		return vvpapi.Delete(ctx, api, vvp.SessionClusters, i.Scope, i.Value.Metadata.Name)
	})
	remove.Refuse = func(c SessionCluster) error {
		if len(c.Users) > 0 {
			return errors.New("deployments run in it: " + strings.Join(c.Users, ", "))
		}
		return nil
	}
	return []browse.Action[SessionCluster]{toggle, remove}
}
