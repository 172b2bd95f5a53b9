package jobmanagers

import (
	"cmp"
	"context"
	"errors"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkapi"
	"drey/client/flinkrest"
	"drey/views/platform"
)

// Probe tells what the JobManagers are. One that answers is enough: the others
// are rows that say so.
func (f *Fleet) Probe(ctx context.Context) (platform.About, error) {
	about := platform.About{Product: "Flink"}
	type answer struct {
		dashboard flinkrest.Dashboard
		err       error
	}
	answers := Each(f.Clusters, func(c *Cluster) answer {
		d, err := c.Probe(ctx)
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
				about.Wrong = f.Clusters[i].otherKind(ctx)
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
func (c *Cluster) otherKind(ctx context.Context) string {
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

// Check asks each JobManager how its jobs are.
func (f *Fleet) Check(ctx context.Context) (platform.Health, error) {
	type answer struct {
		overview flinkrest.Overview
		err      error
	}
	var health platform.Health
	var failure error
	answered := false
	for _, a := range Each(f.Clusters, func(c *Cluster) answer {
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
