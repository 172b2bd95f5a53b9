package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// heavyBody is the size from which a document counts as heavy: reading one
	// takes about a millisecond for each 64 KB.
	heavyBody = 64 << 10
	// maxBodies is how many bytes of heavy bodies are held at once, by requests
	// that are read, wait or are answered.
	maxBodies = 64 << 20
	// heavyWait is how long a body may wait before it is read: until then a
	// server does not see that its client has left.
	heavyWait = 20 * time.Second
)

var errBusy = &statusError{
	http.StatusServiceUnavailable, "the server reads as many large bodies as it can hold: send it again later",
}

// heavyLimits bound the requests that cost much at once, so that light ones
// pass: bodies by their bytes, work by the number of requests. Documents and
// searches do not wait for each other.
type heavyLimits struct {
	bytes     *semaphore.Weighted
	documents chan struct{} // large documents that are parsed, checked or written
	searches  chan struct{} // lists that look into each object
	answers   chan struct{} // large answers that are converted to YAML
}

// newHeavyLimits leaves a processor, and a reader of the store, to others.
func newHeavyLimits() *heavyLimits {
	return &heavyLimits{
		bytes:     semaphore.NewWeighted(maxBodies),
		documents: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		searches:  make(chan struct{}, 2),
		answers:   make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
	}
}

// reserve waits until n bytes of a body may be held; they are given back at
// the end of the request.
func (q *request) reserve(n int64) error {
	if n <= heavyBody {
		return nil
	}
	n = min(n, maxBody)
	limited, cancel := context.WithTimeout(q.ctx, heavyWait)
	defer cancel()
	if err := q.limits.bytes.Acquire(limited, n); err != nil {
		if q.ctx.Err() == nil {
			return errBusy
		}
		return err
	}
	q.atEnd = append(q.atEnd, func() { q.limits.bytes.Release(n) })
	return nil
}

// enter waits until one more request may run of those that share slots, and
// leaves at the end of the request. Who gives up waits no longer.
func (q *request) enter(slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		q.atEnd = append(q.atEnd, func() { <-slots })
		return q.ctx.Err()
	case <-q.ctx.Done():
		return q.ctx.Err()
	}
}

// convert waits until an answer of n bytes may be converted; small ones need
// not wait. It has slots of its own: who answers may hold one of a document.
func (l *heavyLimits) convert(ctx context.Context, n int) (leave func(), err error) {
	if n <= heavyBody {
		return func() {}, nil
	}
	select {
	case l.answers <- struct{}{}:
		return func() { <-l.answers }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (q *request) end() {
	for _, release := range q.atEnd {
		release()
	}
}

// enterSearch is called by lists: those with conditions may look into every object.
func (q *request) enterSearch() error {
	if q.query.Get("search") == "" && q.query.Get("filter") == "" {
		return nil
	}
	return q.enter(q.limits.searches)
}

// maxWarnings is how many warnings an answer has; clients limit headers.
const maxWarnings = 20

// warningsShown are those that an answer has, the last one with the number of
// the others.
func warningsShown(warnings []string) []string {
	if len(warnings) <= maxWarnings {
		return warnings
	}
	shown := append([]string(nil), warnings[:maxWarnings-1]...)
	return append(shown, fmt.Sprintf("%d more warnings", len(warnings)-len(shown)))
}
