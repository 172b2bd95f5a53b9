// Package cmf is the platform of Confluent Manager for Apache Flink: what the
// console knows of each of its kinds of objects, one file a kind, and its session.
package cmf

import (
	"context"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
)

// Platform is CMF as the console opens it.
var Platform = platform.Platform{Name: "cmf", Title: "Confluent Manager for Apache Flink", Open: open}

func open(s platform.Settings) (*platform.Session, error) {
	api, err := cmfapi.New(s.Server)
	if err != nil {
		return nil, err
	}
	return NewSession(s.Context, api), nil
}

// NewSession is the server behind api, under the name of its context.
func NewSession(name string, api *cmfapi.Client) *platform.Session {
	s := &platform.Session{
		Name: name, Title: "CMF", Address: api.URL(), Root: cmf.BasePath,
		Probe:    func(ctx context.Context) (platform.About, error) { return probe(ctx, api) },
		Scopes:   environments(api),
		Counters: func() []platform.Counter { return counters(api) },
		SQL:      cmfapi.SQL(api),
		Calls:    func() []client.Call { return api.Calls().Snapshot() },
		Close:    api.Close,
	}
	if api.ReadOnly() {
		s.ReadOnly = views.NothingAtAll
	}
	tabs := []platform.Tab{
		tab(Applications(api)), tab(Statements(api)), tab(Pools(api)), tab(Savepoints(api)),
		tab(Catalogs(api)), tab(Secrets(api)), tab(Clusters(api)),
	}
	s.Tabs = func() []platform.Tab { return tabs }
	return s
}

// probe tells the server's version (cmf-behaviour.md §7).
func probe(ctx context.Context, api *cmfapi.Client) (platform.About, error) {
	info, err := api.SystemInformation(ctx)
	if err != nil {
		return platform.About{}, err
	}
	return platform.About{Product: "CMF", Version: info.Status.Version, Engine: info.Status.Engine}, nil
}

func tab[T any](k browse.Kind[T]) platform.Tab {
	return platform.Tab{
		Name: k.Name, Title: k.Title, Short: k.Short, Aliases: k.Aliases,
		New: func(env *views.Env) views.View { return browse.New(env, k, browse.Location{}) },
	}
}
