// Package cmf is the platform of Confluent Manager for Apache Flink: what the
// console knows of each of its kinds of objects, one file a kind, and its session.
package cmf

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/platforms/cmf/lists"
	"drey/views/resource"
)

// Platform is CMF as the console opens it.
var Platform = platform.Platform{Name: "cmf", Short: "CMF", Title: "Confluent Manager for Apache Flink", Open: open}

func open(s platform.Settings) (*platform.Session, error) {
	newClient := cmfapi.New
	switch s.ReadOnly {
	case views.QueriesOnly:
		newClient = cmfapi.NewForQueries
	case views.NothingAtAll:
		s.Server.ReadOnly = true
	}
	api, err := newClient(s.Server)
	if err != nil {
		return nil, err
	}
	session := NewSession(s.Context, api)
	session.ReadOnly = s.ReadOnly
	return session, nil
}

// NewSession is the server behind api, under the name of its context.
func NewSession(name string, api *cmfapi.Client) *platform.Session {
	t := &tabs{}
	s := &platform.Session{
		Name: name, Title: "CMF", Address: api.URL(), Root: cmf.BasePath,
		Tabs:     t.list,
		Probe:    func(ctx context.Context) (platform.About, error) { return t.probe(ctx, api) },
		Check:    func(ctx context.Context) (platform.Health, error) { return check(ctx, api) },
		Scopes:   lists.Scopes(api),
		Counters: func() []platform.Counter { return counters(api) },
		SQL:      cmfapi.SQL(api),
		Calls:    func() []client.Call { return api.Calls().All() },
		Close:    api.Close,

		Transport: api.Client,
	}
	if api.ReadOnly() {
		s.ReadOnly = views.NothingAtAll
	}
	s.Describe = describeServer(api)
	s.Kinds = []platform.Kind{
		addTab(t, Applications(api), version{}),
		addTab(t, Statements(api), version{2, 0}),
		addTab(t, Pools(api), version{2, 0}),
		addTab(t, Savepoints(api), version{2, 1}),
		addTab(t, Catalogs(api), version{2, 0}),
		addTab(t, Secrets(api), version{2, 0}),
		addTab(t, Clusters(api), version{2, 3}),
		browse.Untyped(SecretMappings(api)),
		browse.Untyped(Environments(api)),
	}
	return s
}

// version is a release of CMF; its zero value is older than all.
type version struct{ major, minor int }

func (v version) before(o version) bool {
	return v.major < o.major || v.major == o.major && v.minor < o.minor
}

// tabs are those of a server, by what its version has (cmf-behaviour.md §9). Before
// the server said its version all are there.
type tabs struct {
	mu     sync.Mutex
	tabs   []platform.Tab
	since  []version
	below  version // the server is older than this
	within bool    // below is known
}

// addTab gives a kind that there is since a version a tab.
func addTab[T any](t *tabs, k resource.Kind[T], since version) platform.Kind {
	t.since = append(t.since, since)
	return browse.AddTab(&t.tabs, k)
}

func (t *tabs) list() []platform.Tab {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.Clone(t.tabs)
	for i, since := range t.since {
		if t.within && !since.before(t.below) {
			list[i].Missing = fmt.Sprintf("needs CMF %d.%d", since.major, since.minor)
		}
	}
	return list
}

// probe tells the server's version. Those before 2.2 do not say it
// (cmf-behaviour.md §9).
func (t *tabs) probe(ctx context.Context, api *cmfapi.Client) (platform.About, error) {
	about := platform.About{Product: "CMF"}
	info, err := api.SystemInformation(ctx)
	switch {
	case fault.Is(err, fault.Unsupported, fault.NotFound):
		return t.probeOld(ctx, api)
	case err != nil:
		return about, err
	}
	about.Version, about.Engine = info.Status.Version, info.Status.Engine
	var v version
	_, err = fmt.Sscanf(about.Version, "%d.%d", &v.major, &v.minor)
	t.setBelow(version{v.major, v.minor + 1}, err == nil)
	if licence, err := api.License(ctx); err == nil { // without an answer nothing is wrong with it
		about.Licence, about.LicenceEnds = licenceTrouble(licence)
	}
	if !v.before(version{2, 4}) {
		who, _ := api.WhoAmI(ctx) // without an answer nobody is named
		about.Who = who.Principal
	}
	return about, nil
}

// probeOld tells what a server is that does not say its version: one from before
// 2.2, the first version, which has no statements, or no CMF at all
// (platforms-supplement.md §1).
func (t *tabs) probeOld(ctx context.Context, api *cmfapi.Client) (platform.About, error) {
	about := platform.About{Product: "CMF"}
	environments, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	switch {
	case fault.Is(err, fault.Unsupported, fault.NotFound):
		about.Wrong = otherKind(ctx, api)
		return about, nil
	case err != nil:
		return about, err
	}
	below := version{2, 2}
	if len(environments.Items) > 0 {
		scope := cmf.Scope{Environment: environments.Items[0].EffectiveName()}
		_, err = cmfapi.List[cmf.Statement](ctx, api, cmf.Statements, scope, cmfapi.Query{Size: 1})
		if fault.Is(err, fault.Unsupported, fault.NotFound) {
			below = version{2, 0}
		}
	}
	t.setBelow(below, true)
	return about, nil
}

// otherKind names a server that is no CMF, as far as it can be told.
func otherKind(ctx context.Context, api *cmfapi.Client) string {
	var overview struct {
		Version string `json:"flink-version"`
	}
	answer, err := api.Do(ctx, client.Request{Method: "GET", Path: "/config"})
	if err == nil && json.Unmarshal(answer.Body, &overview) == nil && overview.Version != "" {
		return "this is a Flink JobManager (" + overview.Version + "), not CMF: set platform: flink"
	}
	return "this server is not CMF: it has no " + cmf.BasePath
}

func (t *tabs) setBelow(v version, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.below, t.within = v, known
}
