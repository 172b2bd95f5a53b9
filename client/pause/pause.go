// Package pause waits, and gives up when a context ends. It is a leaf.
package pause

import (
	"context"
	"time"
)

// For waits so long; false when ctx ended before.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
