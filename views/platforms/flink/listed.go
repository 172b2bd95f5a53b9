package flink

import (
	"context"
	"reflect"

	"drey/views/platforms/flink/jobmanagers"
	"drey/views/resource"
	"drey/views/sources"
)

// one lists the objects of each JobManager with one request. What it gives has the
// name of its JobManager, "" where there is no other.
type one[T any] func(ctx context.Context, c *cluster, label string) ([]T, error)

// newSource asks all JobManagers. One that does not answer is a row of its own,
// unless there is no other. same tells that two objects would be drawn alike.
func newSource[T any](f *fleet, list one[T], same func(a, b T) bool) resource.Source[T] {
	var last []T
	var lastUnread []string
	return sources.NewSource(resource.Location{}, func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
		type answer struct {
			items []T
			err   error
		}
		all, unread, failures := []T{}, []resource.Unread(nil), []string(nil)
		for i, a := range jobmanagers.Each(f.Clusters, func(c *cluster) answer {
			items, err := list(ctx, c, f.Label(c))
			return answer{items, err}
		}) {
			if a.err != nil && (!f.Several() || ctx.Err() != nil) {
				return nil, nil, false, a.err
			}
			if a.err != nil {
				unread = append(unread, resource.Unread{Name: f.Clusters[i].Name, Err: a.err})
				failures = append(failures, f.Clusters[i].Name+a.err.Error())
			}
			all = append(all, a.items...)
		}
		changed := last == nil || len(all) != len(last) || !reflect.DeepEqual(failures, lastUnread)
		for i := range all {
			changed = changed || !same(all[i], last[i])
		}
		if changed {
			last, lastUnread = all, failures
		}
		return all, unread, changed, nil
	})
}
