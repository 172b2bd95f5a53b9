package cmf

import (
	"context"
	"regexp"
	"sync/atomic"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/urgency"
	"drey/views/platform"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/sources"
)

// counters count problems in the kinds that the environments' own counts do not
// serve for: those of statements hold each typing mistake that was ever run, and
// pools have none.
func counters(api *cmfapi.Client) []platform.Counter {
	return []platform.Counter{
		newCounter(
			api, cmf.Statements, Statements(api), "metadata.name", "spec.stopped", "status.phase",
			"status.traits.sqlKind",
		),
		newCounter(api, cmf.ComputePools, Pools(api), "metadata.name", "status.phase"),
	}
}

// newCounter asks for the fields that the state is made of and for nothing else.
func newCounter[T any](api *cmfapi.Client, kind cmf.Kind, k resource.Kind[T], fields ...string) platform.Counter {
	scopes := sources.Scopes{
		Names: lists.EnvironmentNames(api), Hints: lists.HintsOf(api, kind), Shared: true,
		AtOnce: lists.CountAtOnce,
	}
	source := sources.NewAllScopes(scopes, lateCount(func(name string) sources.Lister[T] {
		return lists.Lister[T](api, kind, cmf.Scope{Environment: name}, cmfapi.Query{Fields: fields})
	}))
	return sources.CounterOf(k, source, func(ctx context.Context) context.Context { return ctx })
}

// countedAtOnce is how many environments are counted as soon as the console
// begins: what the header says of a few is there at once, the rest has time.
const countedAtOnce = 20

// lateCount has all but the first questions wait for what is shown.
func lateCount[T any](list func(name string) sources.Lister[T]) func(string) sources.Lister[T] {
	var asked atomic.Int64
	return func(name string) sources.Lister[T] {
		next := list(name)
		return func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
			if asked.Add(1) > countedAtOnce {
				ctx = urgency.With(ctx, urgency.Background)
			}
			return next(ctx)
		}
	}
}

// ownName is how the SQL tab names what it runs (views/sql).
var ownName = regexp.MustCompile(`^drey-\d{8}-\d{6}-[0-9a-f]+$`)

// neverPlanned tells that a statement of a SQL tab failed before it was planned:
// a typing mistake, which was read where it was made and needs nobody else.
func neverPlanned(s cmf.Statement) bool {
	return s.Phase() == cmf.PhaseFailed && objects.SQLKind(s) == "" && ownName.MatchString(s.Metadata.Name)
}
