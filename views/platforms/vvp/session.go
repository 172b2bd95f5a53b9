// Package vvp is the platform of Ververica Platform 2.x: what the console knows of
// each of its kinds of objects, one file a kind, and its session.
package vvp

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"drey/client"
	"drey/client/fault"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/resource"
	"drey/views/sources"
)

// Platform is Ververica Platform as the console opens it.
var Platform = platform.Platform{
	Name: "vvp", Short: "VVP", Title: "Ververica Platform", Open: open,
	Fields: []platform.Field{
		{Name: "namespaces", Help: "namespaces by their names; without them those that the platform lists"},
		{Name: "flink-ui", Help: "address of Flink's REST API of a job, with {namespace}, {deployment}, {deployment-id} and {job} in its path"},
		{Name: "namespaces.*.token", Help: "API token of the namespace, where it is not the context's own", Secret: true},
	},
}

func open(s platform.Settings) (*platform.Session, error) {
	cfg := vvpapi.Config{Server: s.Server, Namespaces: map[string]client.Auth{}, FlinkUI: s.Values["flink-ui"]}
	for key := range s.Values {
		if name, ok := strings.CutPrefix(key, "namespaces."); ok && !strings.Contains(name, ".") {
			cfg.Namespaces[name] = nil
		}
	}
	for key, token := range s.Secrets {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(key, "namespaces."), ".token"); ok {
			cfg.Namespaces[name] = client.Bearer(token)
		}
	}
	cfg.Server.ReadOnly = s.ReadOnly != views.Writable
	cfg.Queries = s.ReadOnly == views.QueriesOnly
	api, err := vvpapi.New(cfg)
	if err != nil {
		return nil, err
	}
	session := NewSession(s.Context, api)
	session.ReadOnly = s.ReadOnly
	return session, nil
}

// NewSession is the platform behind api, under the name of its context.
func NewSession(name string, api *vvpapi.Client) *platform.Session {
	s := &platform.Session{
		Name: name, Title: "Ververica Platform", Address: api.Transport().URL(), Root: "/api/v1/namespaces",
		Probe:    func(ctx context.Context) (platform.About, error) { return probe(ctx, api) },
		Check:    func(ctx context.Context) (platform.Health, error) { return check(ctx, api) },
		Scopes:   namespaces(api),
		Counters: func() []platform.Counter { return counters(api) },
		SQL:      vvpapi.SQL(api),
		Calls:    func() []client.Call { return api.Transport().Calls().All() },
		Close:    api.Close,

		Transport: api.Transport(),
	}
	var tabs []platform.Tab
	s.Tabs = func() []platform.Tab { return tabs }
	s.Kinds = []platform.Kind{
		browse.AddTab(&tabs, Deployments(api)),
		browse.AddTab(&tabs, Savepoints(api)),
		browse.AddTab(&tabs, SessionClusters(api)),
		browse.AddTab(&tabs, Scripts(api)),
		browse.AddTab(&tabs, Targets(api)),
		browse.AddTab(&tabs, SecretValues(api)),
		browse.AddTab(&tabs, UDFs(api)),
		browse.AddTab(&tabs, Connectors(api)),
		browse.AddTab(&tabs, Formats(api)),
		browse.AddTab(&tabs, Tokens(api)),
		browse.AddTab(&tabs, Artifacts(api)),
		browse.AddTab(&tabs, Defaults(api)),
	}
	s.OnRequest = []platform.Kind{browse.Untyped(Jobs(api, "")), browse.Untyped(Events(api, ""))}
	s.Kinds = append(s.Kinds, s.OnRequest...)
	return s
}

// probe tells the platform's version; one that has another API is named.
func probe(ctx context.Context, api *vvpapi.Client) (platform.About, error) {
	about := platform.About{Product: "Ververica Platform"}
	version, err := api.Version(ctx)
	switch {
	case fault.Is(err, fault.Unsupported, fault.NotFound):
		about.Wrong = "this server is not Ververica Platform 2.x: it has no " + vvp.SystemInfoPath
		return about, nil
	case err != nil:
		return about, err
	}
	if major, _, _ := strings.Cut(version, "."); major != "2" && major != "1" {
		about.Wrong = fmt.Sprintf(
			"this is Ververica Platform %s: drey speaks to 2.x, whose API is another one", version,
		)
	}
	about.Version = version
	return about, nil
}

func namespaces(api *vvpapi.Client) *platform.Scopes {
	list := api.Namespaces()
	return &platform.Scopes{
		Singular: "namespace", Plural: "namespaces", Title: "Namespaces", Short: "Ns",
		List: func(ctx context.Context) ([]platform.Scope, bool, error) {
			names, changed, err := list(ctx)
			var scopes []platform.Scope
			for _, n := range names {
				scopes = append(scopes, platform.Scope{Name: n})
			}
			return scopes, changed, err
		},
	}
}

// served completes a kind whose objects live in namespaces with how they are listed.
func served[T any](
	api *vvpapi.Client, list func(namespace string) sources.Lister[T], k resource.Kind[T],
) resource.Kind[T] {
	k.Scoped = true
	k.Source = func(at resource.Location) resource.Source[T] {
		if at.Scope != "" {
			return sources.NewSource(at, list(at.Scope))
		}
		names := api.Namespaces()
		return sources.NewAllScopes(sources.Scopes{
			AtOnce: namespacesAtOnce,
			Names: func(ctx context.Context) ([]string, string, bool, error) {
				all, changed, err := names(ctx)
				return all, "", changed, err
			},
		}, list)
	}
	return k
}

const namespacesAtOnce = 6

// listed polls a collection of a namespace.
func listed[T any](api *vvpapi.Client, of vvp.Collection) func(string) sources.Lister[T] {
	return func(namespace string) sources.Lister[T] { return listerOf(vvpapi.List[T](api, of, namespace, nil)) }
}

func listerOf[T any](next vvpapi.Lister[T]) sources.Lister[T] {
	return func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
		l, changed, err := next(ctx)
		var unread []resource.Unread
		for _, b := range l.Broken {
			name := b.Name
			if name == "" {
				name = fmt.Sprintf("number %d", b.Index+1)
			}
			unread = append(unread, resource.Unread{Name: name, Err: b.Err})
		}
		return l.Items, unread, changed, err
	}
}

// check is the health of the deployments of all namespaces.
func check(ctx context.Context, api *vvpapi.Client) (platform.Health, error) {
	var all platform.Health
	names, _, err := api.Namespaces()(ctx)
	if err != nil {
		return all, err
	}
	each := make([]platform.Health, len(names))
	var group errgroup.Group
	group.SetLimit(namespacesAtOnce)
	for i, name := range names {
		group.Go(func() error {
			l, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, name, nil)(ctx)
			for _, d := range l.Items {
				each[i].Add(healthOf(Deployment{Deployment: d}))
			}
			return err
		})
	}
	err = group.Wait()
	for _, h := range each {
		all.Add(h)
	}
	return all, err
}

func healthOf(d Deployment) platform.Health {
	h := platform.Health{Objects: 1}
	switch _, tone := deploymentState(d); tone {
	case themes.Bad:
		h.Failing = 1
	case themes.Warn, themes.Unknown:
		h.AtRisk = 1
	case themes.Busy:
		h.Busy = 1
	}
	return h
}

// counters count problems among deployments while their list is not in front.
func counters(api *vvpapi.Client) []platform.Counter {
	return []platform.Counter{sources.NewCounter(Deployments(api))}
}
