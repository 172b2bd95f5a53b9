package vvp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/why"
)

type job = browse.Item[vvp.Job]

// Jobs are the runs of one deployment, of all where id is "": they are kept for
// ever, so those are asked for only when a person does.
func Jobs(api *vvpapi.Client, id string) browse.Kind[vvp.Job] {
	query := url.Values{}
	if id != "" {
		query.Set("deploymentId", id)
	}
	name := func(j vvp.Job) string { return j.Metadata.ID }
	k := browse.Kind[vvp.Job]{
		Name: vvp.Jobs.Plural, Singular: vvp.Jobs.Singular, Title: "Jobs", Short: "Jobs", Aliases: []string{"job"},
		NameOf: name,
		Made:   func(j vvp.Job) string { return j.Metadata.CreatedAt },
		Key:    func(i job) string { return i.Value.Metadata.ID },
		State:  jobState,
		Columns: []browse.Column[vvp.Job]{
			{Column: grid.Column{Title: "JOB", Max: 36, Min: 12}, Cell: func(i job) grid.Cell { return grid.Word(i.Value.Metadata.ID, themes.Plain) }},
			{Column: grid.Column{Title: "DEPLOYMENT", Max: 40, Drop: 2}, Cell: func(i job) grid.Cell { return cells.Word(i.Value.Metadata.DeploymentName, themes.Plain) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i job) grid.Cell { return cells.Status(jobState(i.Value)) }},
			{Column: grid.Column{Title: "FLINK JOB", Max: 34, Drop: 4}, Cell: func(i job) grid.Cell { return cells.Word(flinkJob(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "WHY", Max: 60, Min: 12, Drop: 1}, Cell: func(i job) grid.Cell { return cells.Word(failureText(i.Value.Status.Failure), themes.Bad) }},
			{Column: grid.Column{Title: "AGE", Right: true, Drop: 3}, Cell: func(i job) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Pages: []browse.Page[vvp.Job]{browse.RawYAML(name)},
		Facts: func(i job, now time.Time) []views.Fact {
			facts := []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "flink job", Text: flinkJob(i.Value)},
				{Label: "from", Text: i.Value.Spec.SavepointLocation},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
			if s := i.Value.Status.Started; s != nil {
				facts = append(facts, views.Fact{Label: "flink says", Text: cells.Join(s.FlinkState, fmt.Sprintf("%d restarts", s.Restarts))})
			}
			return facts
		},
		Detail: browse.RawDetail[vvp.Job],
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			j, err := vvpapi.Get[vvp.Job](ctx, api, vvp.Jobs, ref.Scope, ref.Name)
			return j.Raw(), err
		},
		Empty: "it has never run",
	}
	return served(api, func(namespace string) browse.Lister[vvp.Job] {
		return listerOf(vvpapi.List[vvp.Job](api, vvp.Jobs, namespace, query))
	}, k)
}

func openJobs(api *vvpapi.Client, i deployment) tea.Cmd {
	kind := Jobs(api, i.Value.Metadata.ID)
	kind.Title = deploymentName(i.Value) + " jobs"
	at := browse.Location{Scope: i.Scope}
	return views.Send(views.OpenMsg{Title: kind.Title, Make: func(env *views.Env) views.View { return browse.New(env, kind, at) }})
}

func flinkJob(j vvp.Job) string {
	if j.Status.Started == nil {
		return ""
	}
	return j.Status.Started.FlinkJobID
}

func failureText(f *vvp.Failure) string {
	if f == nil {
		return ""
	}
	return cells.Join(f.Reason, cells.OneLine(why.Cause(f.Message)))
}

func jobState(j vvp.Job) (string, themes.Tone) {
	state := strings.ToUpper(j.Status.State)
	switch state {
	case "STARTED":
		return state, themes.Good
	case "STARTING", "STANDBY", "TERMINATING":
		return state, themes.Busy
	case "TERMINATED":
		return state, themes.Idle
	case "FINISHED":
		return state, themes.Done
	case "FAILED":
		return state, themes.Bad
	}
	return state, themes.Unknown
}

type savepoint = browse.Item[vvp.Savepoint]

// Savepoints are those of all deployments.
func Savepoints(api *vvpapi.Client) browse.Kind[vvp.Savepoint] {
	name := func(s vvp.Savepoint) string { return s.Metadata.ID }
	k := browse.Kind[vvp.Savepoint]{
		Name: vvp.Savepoints.Plural, Singular: vvp.Savepoints.Singular, Title: "Savepoints", Short: "Saves", Aliases: []string{"sp", "savepoint"},
		NameOf: name,
		Made:   func(s vvp.Savepoint) string { return s.Metadata.CreatedAt },
		Key:    func(i savepoint) string { return i.Value.Metadata.ID },
		State:  savepointState,
		Columns: []browse.Column[vvp.Savepoint]{
			{Column: grid.Column{Title: "SAVEPOINT", Max: 36, Min: 12}, Cell: func(i savepoint) grid.Cell { return grid.Word(i.Value.Metadata.ID, themes.Plain) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i savepoint) grid.Cell { return cells.Status(savepointState(i.Value)) }},
			{Column: grid.Column{Title: "ORIGIN", Max: 20, Drop: 3}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Metadata.Origin, themes.Dim) }},
			{Column: grid.Column{Title: "DEPLOYMENT", Max: 36, Drop: 4}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Metadata.DeploymentID, themes.Dim) }},
			{Column: grid.Column{Title: "LOCATION", Max: 100, Min: 16, Drop: 2}, Cell: func(i savepoint) grid.Cell { return cells.Word(i.Value.Spec.Location, themes.Plain) }},
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 5}, Cell: func(i savepoint) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Actions: []browse.Action[vvp.Savepoint]{browse.Deletion(
			func(i savepoint) string { return vvp.Savepoints.ItemPath(i.Scope, i.Value.Metadata.ID) },
			"the savepoint and its files are lost",
			func(ctx context.Context, i savepoint) error {
				return vvpapi.Delete(ctx, api, vvp.Savepoints, i.Scope, i.Value.Metadata.ID)
			},
		)},
		Pages: []browse.Page[vvp.Savepoint]{browse.RawYAML(name)},
		Facts: func(i savepoint, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "location", Text: i.Value.Spec.Location},
				{Label: "origin", Text: cells.Join(i.Value.Metadata.Origin, i.Value.Metadata.Type)},
				{Label: "of", Text: cells.Join(i.Value.Metadata.DeploymentID, i.Value.Metadata.JobID)},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
		},
		Detail: browse.RawDetail[vvp.Savepoint],
		Read: func(ctx context.Context, ref views.Ref) (vvp.Savepoint, error) {
			return vvpapi.Get[vvp.Savepoint](ctx, api, vvp.Savepoints, ref.Scope, ref.Name)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			s, err := vvpapi.Get[vvp.Savepoint](ctx, api, vvp.Savepoints, ref.Scope, ref.Name)
			return s.Raw(), err
		},
		Empty: "S on a deployment takes one",
	}
	return served(api, listed[vvp.Savepoint](api, vvp.Savepoints), k)
}

func savepointState(s vvp.Savepoint) (string, themes.Tone) {
	state := strings.ToUpper(s.Status.State)
	switch state {
	case "COMPLETED":
		return state, themes.Done
	case "STARTED", "PENDING_DELETION", "DELETING":
		return state, themes.Busy
	case "FAILED", "FAILED_DELETION":
		return state, themes.Bad
	}
	return state, themes.Unknown
}

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

type object = browse.Item[vvp.Object]

// named is a kind whose objects have a name and little else.
func named(api *vvpapi.Client, of vvp.Collection, title, short string, aliases []string, extra ...browse.Column[vvp.Object]) browse.Kind[vvp.Object] {
	name := func(o vvp.Object) string { return o.Name }
	columns := []browse.Column[vvp.Object]{
		{Column: grid.Column{Title: "NAME", Max: 60, Min: 14}, Cell: func(i object) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i object) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
	}
	columns = append(columns, extra...)
	columns = append(columns, browse.Column[vvp.Object]{
		Column: grid.Column{Title: "AGE", Right: true, Drop: 3}, Cell: func(i object) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) },
	})
	k := browse.Kind[vvp.Object]{
		Name: of.Plural, Singular: of.Singular, Title: title, Short: short, Aliases: aliases,
		NameOf:  name,
		Made:    func(o vvp.Object) string { return o.Metadata.CreatedAt },
		Key:     func(i object) string { return cells.Key(i.Value.Metadata.ID, i.Scope, i.Value.Name) },
		Columns: columns,
		Pages:   []browse.Page[vvp.Object]{browse.RawYAML(name)},
		Facts: func(i object, now time.Time) []views.Fact {
			return []views.Fact{{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)}}
		},
		Detail: browse.RawDetail[vvp.Object],
		Empty:  "none is there",
	}
	return served(api, listed[vvp.Object](api, of), k)
}

// deletable lets the objects of a kind be deleted by their names.
func deletable(api *vvpapi.Client, of vvp.Collection, k browse.Kind[vvp.Object], consequence string) browse.Kind[vvp.Object] {
	k.Actions = append(k.Actions, browse.Deletion(
		func(i object) string { return of.ItemPath(i.Scope, i.Value.Name) }, consequence,
		func(ctx context.Context, i object) error { return vvpapi.Delete(ctx, api, of, i.Scope, i.Value.Name) },
	))
	k.Read = func(ctx context.Context, ref views.Ref) (vvp.Object, error) {
		return vvpapi.Get[vvp.Object](ctx, api, of, ref.Scope, ref.Name)
	}
	k.Raw = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		o, err := k.Read(ctx, ref)
		return o.Raw(), err
	}
	return k
}

func member(title string, most int, path ...string) browse.Column[vvp.Object] {
	return browse.Column[vvp.Object]{Column: grid.Column{Title: title, Max: most, Min: 10, Drop: 2}, Cell: func(i object) grid.Cell {
		return cells.Word(cells.OneLine(i.Value.Member(path...)), themes.Dim)
	}}
}

// Targets are where deployments run.
func Targets(api *vvpapi.Client) browse.Kind[vvp.Object] {
	k := deletable(api, vvp.Targets, named(api, vvp.Targets, "Targets", "Tgts", []string{"target", "dt"}, member("KUBERNETES NAMESPACE", 40, "spec", "kubernetes", "namespace")), "the platform refuses while deployments use it")
	k.Editor = targetEditor(api)
	return k
}

// SecretValues have names; the server gives no value back, and one that came is not
// held.
func SecretValues(api *vvpapi.Client) browse.Kind[vvp.Object] {
	k := deletable(api, vvp.SecretValues, named(api, vvp.SecretValues, "Secrets", "Secs", []string{"secret", "secrets"}), "the secret is lost; what names it fails at its next start")
	k.Pages, k.Detail, k.Editor = nil, nil, secretEditor(api)
	return k
}

// Scripts are SQL that was kept.
func Scripts(api *vvpapi.Client) browse.Kind[vvp.Object] {
	k := deletable(api, vvp.Scripts, named(api, vvp.Scripts, "Scripts", "SQLs", []string{"script", "sqlscripts"}, member("SQL", 120, "script")), "the script is lost; deployments that were made of it go on")
	k.Open = func(_ *views.Env, i object) tea.Cmd {
		return views.Send(views.OpenTextMsg{Environment: i.Scope, Name: i.Value.Name, Text: i.Value.Member("script")})
	}
	return k
}

// UDFs are functions of one's own, in jars.
func UDFs(api *vvpapi.Client) browse.Kind[vvp.Object] {
	return named(api, vvp.UDFs, "UDFs", "UDFs", []string{"udf", "udfs"}, member("JAR", 100, "jarUrl"))
}

// Connectors and Formats are what tables can be made with.
func Connectors(api *vvpapi.Client) browse.Kind[vvp.Object] {
	return named(api, vvp.Connectors, "Connectors", "Conns", []string{"connector"}, member("TYPE", 40, "type"))
}

// Formats are how connectors write rows.
func Formats(api *vvpapi.Client) browse.Kind[vvp.Object] {
	return named(api, vvp.Formats, "Formats", "Fmts", []string{"format"}, member("TYPE", 40, "type"))
}

// Tokens are API tokens; their secrets are given once, when they are made.
func Tokens(api *vvpapi.Client) browse.Kind[vvp.Object] {
	k := named(api, vvp.Tokens, "Tokens", "Toks", []string{"token", "apitokens"}, member("ROLE", 20, "role"))
	k.Pages, k.Detail = nil, nil
	return k
}
