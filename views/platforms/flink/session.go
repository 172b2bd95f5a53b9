// Package flink is the platform of Apache Flink itself: a JobManager or several as
// one context, and a SQL Gateway beside them. One file a kind of objects.
package flink

import (
	"fmt"
	"io"

	"drey/client"
	"drey/views"
	"drey/views/browse"
	"drey/views/flinkjob/jobdata"
	"drey/views/platform"
	"drey/views/platforms/flink/history"
	"drey/views/platforms/flink/jobmanagers"
)

// Platform is Apache Flink as the console opens it.
var Platform = platform.Platform{
	Name: "flink", Short: "Flink", Title: "Apache Flink",
	Fields: []platform.Field{
		{Name: "urls", Help: "addresses of several JobManagers that are shown as one", List: true, Address: true},
		{Name: "urls-from", Help: "what prints their addresses, one a line", Secret: true, List: true},
		{Name: "gateway-url", Help: "address of a SQL Gateway, for SQL", Address: true},
	},
	AddressOptional: true,
	Open:            open,
}

// cluster is a JobManager.
type cluster = jobmanagers.Cluster

// fleet are the JobManagers of one context, and what is remembered of them.
type fleet struct {
	*jobmanagers.Fleet
	store  *history.Store
	memory *jobdata.Memory     // of metrics, used on the loop
	drafts map[string][]string // of forms that were left, used on the loop
	open   func(path string) (io.ReadCloser, int64, error)
}

func open(s platform.Settings) (*platform.Session, error) {
	managers, err := jobmanagers.Open(s)
	if err != nil {
		return nil, err
	}
	f := &fleet{
		Fleet: managers, store: &history.Store{Texts: s.Texts}, drafts: map[string][]string{}, open: s.OpenFile,
		memory: jobdata.NewMemory(),
	}
	session := newSession(s.Context, f)
	session.ReadOnly = s.ReadOnly
	if address := s.Values["gateway-url"]; address != "" {
		sql, gateway, err := newSQL(s, f, address)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("gateway-url: %w", err)
		}
		session.SQL = sql
		closeClusters, calls := session.Close, session.Calls
		session.Close = func() { sql.Close(); gateway.Close(); closeClusters() }
		session.Calls = func() []client.Call { return jobmanagers.MergedCalls(calls(), gateway.Calls().All()) }
	}
	return session, nil
}

func newSession(name string, f *fleet) *platform.Session {
	first := f.Clusters[0]
	s := &platform.Session{
		Name: name, Title: "Flink", Address: first.Client().URL(),
		Probe:    f.Probe,
		Check:    f.Check,
		Calls:    f.Calls,
		Counters: func() []platform.Counter { return []platform.Counter{jobCounter(f)} },
		Close:    f.Close,

		Transport: first.Client(),
	}
	if f.Several() {
		s.Address = fmt.Sprintf("%s and %d more", first.Client().URL(), len(f.Clusters)-1)
		s.Transport = nil // none of them speaks for all
	}
	if first.Client().ReadOnly() {
		s.ReadOnly = views.NothingAtAll
	}
	var tabs []platform.Tab
	s.Kinds = []platform.Kind{
		browse.AddTab(&tabs, jobs(f)), browse.AddTab(&tabs, taskManagers(f)), browse.AddTab(&tabs, jars(f)),
		browse.AddTab(&tabs, clusters(f)),
	}
	s.Tabs = func() []platform.Tab { return f.withReasons(tabs) }
	return s
}

// withReasons are the tabs, those that no JobManager has with the reason.
func (f *fleet) withReasons(tabs []platform.Tab) []platform.Tab {
	list := append([]platform.Tab(nil), tabs...)
	for i := range list {
		if list[i].Name != jarsName {
			continue
		}
		for _, c := range f.Clusters {
			d, known := c.Known()
			if !known || d.Features.Submit {
				return list
			}
		}
		list[i].Missing = "needs web.submit.enable: true"
	}
	return list
}
