// Package jobmanagers is the connection to the JobManagers of one context: which there
// are, what they say of themselves, and questions to all of them at once.
package jobmanagers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"drey/client"
	"drey/client/flinkapi"
	"drey/client/flinkrest"
	"drey/views"
	"drey/views/platform"
)

// Cluster is a JobManager. It is safe for concurrent use.
type Cluster struct {
	Name string // its host and path
	flinkrest.JobManager
	client *client.Client

	mu    sync.Mutex
	about *flinkrest.Dashboard // nil before it was asked for
}

// Known is what the JobManager said last of what may be done; ok is false
// before it said anything.
func (c *Cluster) Known() (d flinkrest.Dashboard, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.about == nil {
		return flinkrest.Dashboard{}, false
	}
	return *c.about, true
}

// Client is what asks it.
func (c *Cluster) Client() *client.Client { return c.client }

// Probe asks what the JobManager is.
func (c *Cluster) Probe(ctx context.Context) (flinkrest.Dashboard, error) {
	d, err := c.Dashboard(ctx)
	if err == nil {
		c.mu.Lock()
		c.about = &d
		c.mu.Unlock()
	}
	return d, err
}

// Fleet are the JobManagers of one context, in the order in which it names them.
type Fleet struct{ Clusters []*Cluster }

// Open makes the clients of the JobManagers that settings name. They ask nothing yet.
func Open(s platform.Settings) (*Fleet, error) {
	addresses, err := addressesOf(s)
	if err != nil {
		return nil, err
	}
	f := &Fleet{}
	for _, address := range addresses {
		c, err := newCluster(s, address)
		if err != nil {
			f.Close()
			return nil, err
		}
		f.Clusters = append(f.Clusters, c)
	}
	return f, nil
}

// Several tells that there is more than one JobManager, which rows then name.
func (f *Fleet) Several() bool { return len(f.Clusters) > 1 }

// Named is the JobManager of a name; "" is the only one.
func (f *Fleet) Named(name string) (*Cluster, error) {
	for _, c := range f.Clusters {
		if c.Name == name || name == "" && !f.Several() {
			return c, nil
		}
	}
	return nil, fmt.Errorf("the context has no JobManager %s", name)
}

// Label names a JobManager in rows, "" where there is one.
func (f *Fleet) Label(c *Cluster) string {
	if f.Several() {
		return c.Name
	}
	return ""
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
func newCluster(s platform.Settings, address string) (*Cluster, error) {
	config := s.Server
	config.URL, config.Dialect = rootOf(address), flinkapi.Dialect()
	config.ReadOnly = config.ReadOnly || s.ReadOnly != views.Writable
	c, err := client.New(config)
	if err != nil {
		return nil, err
	}
	paced := flinkrest.NewPaced(flinkapi.JobManager(c, "").Transport) // lists and looks into jobs share it
	return &Cluster{Name: nameOf(c.URL()), JobManager: flinkrest.JobManager{Transport: paced}, client: c}, nil
}

// nameOf is an address without its scheme.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host + strings.TrimRight(u.Path, "/")
}

// Close ends the clients.
func (f *Fleet) Close() {
	for _, c := range f.Clusters {
		c.client.Close()
	}
}

// Calls are those of all JobManagers in the order in which they were made.
func (f *Fleet) Calls() []client.Call {
	var all []client.Call
	for _, c := range f.Clusters {
		all = MergedCalls(all, c.client.Calls().All())
	}
	return all
}

// MergedCalls are the calls of both in the order in which they were made.
func MergedCalls(a, b []client.Call) []client.Call {
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

// Each calls ask for every JobManager, or what stands for one, several at a time, and
// gives the answers in their order.
func Each[C, A any](clusters []C, ask func(C) A) []A {
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
