// Package urgency says in a context how urgent what is asked of a server is, so
// that a view need not know the transport that keeps to a budget of requests.
// It imports nothing of ours.
package urgency

import "context"

// Level is how urgent a request is.
type Level uint8

// The levels. What a person has just asked for, and every change, is sent at
// once; what keeps the screen up to date waits for its turn; what nobody sees
// waits for both.
const (
	Asked Level = iota
	Shown
	Background
	numLevels
)

// Levels is how many there are.
const Levels = int(numLevels)

type key struct{}

// With marks what is done in ctx.
func With(ctx context.Context, level Level) context.Context {
	return context.WithValue(ctx, key{}, level)
}

// Of is the level of ctx; otherwise where nobody has marked it.
func Of(ctx context.Context, otherwise Level) Level {
	if level, ok := ctx.Value(key{}).(Level); ok {
		return level
	}
	return otherwise
}
