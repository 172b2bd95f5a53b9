package sources

import (
	"context"

	"drey/client/urgency"
	"drey/views"
	"drey/views/platform"
	"drey/views/resource"
)

// NewCounter counts the problems of a kind while its list is not in front.
func NewCounter[T any](k resource.Kind[T]) platform.Counter {
	source := k.Source(resource.Location{})
	return CounterOf(k, source, func(ctx context.Context) context.Context {
		return urgency.With(ctx, urgency.Background)
	})
}

// CounterOf counts the problems of what a source lists. Each answer has all counts,
// also when nothing changed: the one before may have come to nobody.
func CounterOf[T any](
	k resource.Kind[T], source resource.Source[T], with func(context.Context) context.Context,
) platform.Counter {
	c := platform.Counter{Kind: k.Name, Close: func() {}}
	if closer, ok := source.(interface{ Close() }); ok {
		c.Close = closer.Close
	}
	var given views.Given[platform.Counted]
	c.Next = func(ctx context.Context) (platform.Counted, error) {
		last, _, err := given.Next(func() (platform.Counted, bool, error) {
			batch, changed, err := source.Next(with(ctx))
			if err != nil || !changed {
				return platform.Counted{}, false, err
			}
			return platform.Counted{
				Tallies: resource.TallyOf(k, batch.Items), Partial: batch.Partial || batch.Missing != "",
			}, true, nil
		})
		return last, err
	}
	return c
}
