package client

import (
	"context"
	"fmt"
	"time"

	"drey/client/fault"
	"drey/client/pause"
)

// How often, and how many times, an object is looked for after the answer to its
// creation was lost.
const (
	madeEvery = time.Second
	madeLooks = 4
)

// FindMade looks for an object that a lost request may have made under a name of
// ours. what names it in errors: "statement orders"; lost is the error of that
// request, and get reads the object. What comes back says that it was not done, or
// that it is not known.
func FindMade[T any](ctx context.Context, what string, lost error, get func(context.Context) (T, error)) (T, error) {
	var none T
	var last error
	for n := range madeLooks {
		if n > 0 && !pause.For(ctx, madeEvery) {
			return none, ctx.Err()
		}
		made, err := get(ctx)
		if err == nil {
			return made, nil
		}
		if last = err; fault.Is(err, fault.NotFound) {
			last = nil
		}
	}
	if last != nil {
		return none, fmt.Errorf(
			"not known whether %s was made: the answer was lost (%w), and it cannot be looked for: %w", what, lost,
			last,
		)
	}
	return none, fault.NotLost(fmt.Errorf("not done: the answer was lost, and there is no %s: %w", what, lost))
}
