// Package flink is the platform of Apache Flink itself: a JobManager or several as
// one context, and a SQL Gateway beside them. One file a kind of objects.
package flink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkapi"
	"drey/client/flinkrest"
	"drey/views"
	"drey/views/browse"
	"drey/views/flinkjob/jobdata"
	"drey/views/platform"
	"drey/views/platforms/flink/history"
)

// Platform is Apache Flink as the console opens it.
var Platform = platform.Platform{
	Name: "flink", Short: "Flink", Title: "Apache Flink",
	Fields: []platform.Field{
		{Name: "urls", Help: "addresses of several JobManagers that are shown as one", List: true, Address: true},
		{Name: "urls-from", Help: "what prints their addresses, one a line", Secret: true},
		{Name: "gateway-url", Help: "address of a SQL Gateway, for SQL", Address: true},
	},
	AddressOptional: true,
	Open:            open,
}

// cluster is a JobManager. It is safe for concurrent use.
type cluster struct {
	name string // its host and path
	flinkrest.JobManager
	client *client.Client

	mu    sync.Mutex
	about *flinkrest.Dashboard // nil before it was asked for
}

// dashboard is what the JobManager said last of what may be done; ok is false
// before it said anything.
func (c *cluster) dashboard() (d flinkrest.Dashboard, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.about == nil {
		return flinkrest.Dashboard{}, false
	}
	return *c.about, true
}

// probe asks what the JobManager is.
func (c *cluster) probe(ctx context.Context) (flinkrest.Dashboard, error) {
	d, err := c.Dashboard(ctx)
	if err == nil {
		c.mu.Lock()
		c.about = &d
		c.mu.Unlock()
	}
	return d, err
}

// fleet are the JobManagers of one context.
type fleet struct {
	clusters []*cluster
	store    *history.Store
	memory   *jobdata.Memory     // of metrics, used on the loop
	drafts   map[string][]string // of forms that were left, used on the loop
	open     func(path string) (io.ReadCloser, int64, error)
}

// several tells that there is more than one JobManager, which rows then name.
func (f *fleet) several() bool { return len(f.clusters) > 1 }

// named is the JobManager of a name; "" is the only one.
func (f *fleet) named(name string) (*cluster, error) {
	for _, c := range f.clusters {
		if c.name == name || name == "" && !f.several() {
			return c, nil
		}
	}
	return nil, fmt.Errorf("the context has no JobManager %s", name)
}

func open(s platform.Settings) (*platform.Session, error) {
	addresses, err := addressesOf(s)
	if err != nil {
		return nil, err
	}
	f := &fleet{
		store: &history.Store{Texts: s.Texts}, drafts: map[string][]string{}, open: s.OpenFile,
		memory: jobdata.NewMemory(),
	}
	for _, address := range addresses {
		c, err := newCluster(s, address)
		if err != nil {
			f.close()
			return nil, err
		}
		f.clusters = append(f.clusters, c)
	}
	session := newSession(s.Context, f)
	session.ReadOnly = s.ReadOnly
	if address := s.Values["gateway-url"]; address != "" {
		sql, gateway, err := newSQL(s, f, address)
		if err != nil {
			f.close()
			return nil, fmt.Errorf("gateway-url: %w", err)
		}
		session.SQL = sql
		closeClusters, calls := session.Close, session.Calls
		session.Close = func() { sql.Close(); gateway.Close(); closeClusters() }
		session.Calls = func() []client.Call { return mergedCalls(calls(), gateway.Calls().All()) }
	}
	return session, nil
}

// listTime is how long what prints addresses may take.
const listTime = 5 * time.Second

// addressesOf are the JobManagers that settings name, each once.
func addressesOf(s platform.Settings) ([]string, error) {
	said := s.Values["urls"]
	if list := s.Secrets["urls-from"]; list != nil {
		ctx, cancel := context.WithTimeout(context.Background(), listTime)
		defer cancel()
		text, err := list(ctx, false)
		if err != nil {
			return nil, fmt.Errorf("urls-from: %w", err)
		}
		said += "\n" + text
	}
	var all []string
	for _, address := range append([]string{s.Server.URL}, strings.Fields(strings.ReplaceAll(said, ",", " "))...) {
		if address != "" && !contains(all, address) {
			all = append(all, address)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("platform flink needs url, the address of a JobManager, or urls for several")
	}
	return all, nil
}

func contains(all []string, address string) bool {
	for _, other := range all {
		if rootOf(other) == rootOf(address) {
			return true
		}
	}
	return false
}

// newCluster makes the client of one JobManager. Credentials go to each address
// that the context names, and to no other.
func newCluster(s platform.Settings, address string) (*cluster, error) {
	config := s.Server
	config.URL, config.Dialect = rootOf(address), flinkapi.Dialect()
	config.ReadOnly = config.ReadOnly || s.ReadOnly != views.Writable
	c, err := client.New(config)
	if err != nil {
		return nil, err
	}
	return &cluster{name: nameOf(c.URL()), JobManager: flinkapi.JobManager(c, ""), client: c}, nil
}

// nameOf is an address without its scheme.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host + strings.TrimRight(u.Path, "/")
}

func (f *fleet) close() {
	for _, c := range f.clusters {
		c.client.Close()
	}
}

func newSession(name string, f *fleet) *platform.Session {
	first := f.clusters[0]
	s := &platform.Session{
		Name: name, Title: "Flink", Address: first.client.URL(),
		Probe:    f.probe,
		Check:    f.check,
		Calls:    f.calls,
		Counters: func() []platform.Counter { return []platform.Counter{jobCounter(f)} },
		Close:    f.close,

		Transport: first.client,
	}
	if f.several() {
		s.Address = fmt.Sprintf("%s and %d more", first.client.URL(), len(f.clusters)-1)
		s.Transport = nil // none of them speaks for all
	}
	if first.client.ReadOnly() {
		s.ReadOnly = views.NothingAtAll
	}
	var tabs []platform.Tab
	s.Kinds = []platform.Kind{
		addTab(&tabs, jobs(f)), addTab(&tabs, taskManagers(f)), addTab(&tabs, jars(f)), addTab(&tabs, clusters(f)),
	}
	s.Tabs = func() []platform.Tab { return f.withReasons(tabs) }
	return s
}

// addTab gives a kind a tab.
func addTab[T any](tabs *[]platform.Tab, k browse.Kind[T]) platform.Kind {
	*tabs = append(*tabs, platform.Tab{
		Name: k.Name, Title: k.Title, Short: k.Short, Aliases: k.Aliases,
		New: func(env *views.Env) views.View { return browse.New(env, k, browse.Location{}) },
	})
	return browse.Untyped(k)
}

// withReasons are the tabs, those that no JobManager has with the reason.
func (f *fleet) withReasons(tabs []platform.Tab) []platform.Tab {
	list := append([]platform.Tab(nil), tabs...)
	for i := range list {
		if list[i].Name != jarsName {
			continue
		}
		for _, c := range f.clusters {
			d, known := c.dashboard()
			if !known || d.Features.Submit {
				return list
			}
		}
		list[i].Missing = "needs web.submit.enable: true"
	}
	return list
}

// probe tells what the JobManagers are. One that answers is enough: the others
// are rows that say so.
func (f *fleet) probe(ctx context.Context) (platform.About, error) {
	about := platform.About{Product: "Flink"}
	type answer struct {
		dashboard flinkrest.Dashboard
		err       error
	}
	answers := each(f.clusters, func(c *cluster) answer {
		d, err := c.probe(ctx)
		return answer{d, err}
	})
	var failure error
	for i, a := range answers {
		switch {
		case a.err == nil && a.dashboard.Version != "":
			if a.dashboard.Features.History {
				about.Product = "Flink History Server"
			}
			about.Version = cmp.Or(about.Version, a.dashboard.Version)
			if about.Version != a.dashboard.Version {
				about.Version += ", " + a.dashboard.Version
			}
		case failure == nil:
			if failure = a.err; failure == nil || isOther(a.err) {
				about.Wrong = f.clusters[i].otherKind(ctx)
				failure = errors.Join(a.err)
			}
		}
	}
	if about.Version != "" || about.Wrong != "" {
		if about.Version != "" {
			about.Wrong = ""
		}
		return about, nil
	}
	return about, failure
}

// isOther tells an answer that no JobManager gives.
func isOther(err error) bool {
	f := fault.Of(err)
	return f.Kind == fault.Unsupported || f.Kind == fault.NotFound || f.Kind == fault.Failing && f.Code < 400 ||
		flinkapi.Refused(err) != nil && f.Code < 500
}

// otherKind says what a server is that is no JobManager, as far as it can be told.
func (c *cluster) otherKind(ctx context.Context) string {
	raw := flinkapi.Transport{Client: c.client}
	if p, err := (flinkrest.Gateway{Transport: raw}).Info(ctx); err == nil && p.Version != "" {
		return "this is a SQL Gateway (" + p.Version +
			"), not a JobManager: make it the gateway-url of the context, and the JobManager its url"
	}
	for _, path := range []string{"/cmf/api/v1/system-information", "/cmf/api/v1/environments"} {
		if _, err := c.client.Do(ctx, client.Request{Method: "GET", Path: path}); err == nil {
			return "this is Confluent Manager for Apache Flink, not a Flink JobManager: set platform: cmf"
		}
	}
	return "this server is no Flink JobManager: it has no /config as Flink has it"
}

// check asks each JobManager how its jobs are.
func (f *fleet) check(ctx context.Context) (platform.Health, error) {
	type answer struct {
		overview flinkrest.Overview
		err      error
	}
	var health platform.Health
	var failure error
	answered := false
	for _, a := range each(f.clusters, func(c *cluster) answer {
		o, err := c.Overview(ctx)
		return answer{o, err}
	}) {
		if a.err != nil {
			failure = cmp.Or(failure, a.err)
			health.AtRisk++
			continue
		}
		answered = true
		o := a.overview
		health.Objects += o.Running + o.Finished + o.Cancelled + o.Failed
		health.Failing += o.Failed
	}
	if !answered {
		return platform.Health{}, failure
	}
	return health, nil
}

func (f *fleet) calls() []client.Call {
	var all []client.Call
	for _, c := range f.clusters {
		all = mergedCalls(all, c.client.Calls().All())
	}
	return all
}

// mergedCalls are the calls of both in the order in which they were made.
func mergedCalls(a, b []client.Call) []client.Call {
	all := make([]client.Call, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].At.Before(a[0].At) {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}

// clustersAtOnce is how many JobManagers are asked at the same time.
const clustersAtOnce = 16

// each calls ask for every JobManager, several at a time, and gives the answers in
// their order.
func each[A any](clusters []*cluster, ask func(*cluster) A) []A {
	answers := make([]A, len(clusters))
	var wg sync.WaitGroup
	slots := make(chan struct{}, clustersAtOnce)
	for i, c := range clusters {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answers[i] = ask(c)
		})
	}
	wg.Wait()
	return answers
}

// rootOf is an address without what may stand behind the root of the API.
func rootOf(address string) string {
	return strings.TrimSuffix(strings.TrimRight(address, "/"), "/v1")
}
