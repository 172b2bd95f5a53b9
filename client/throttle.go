package client

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"drey/client/fault"
)

// How long a server that throttles without saying until when is left alone: twice as
// long each time, and up to half of that more, so that several consoles do not come
// back together.
const (
	throttleFirst = time.Second
	throttleMost  = 30 * time.Second
)

// throttle holds back all requests to a server while it has said that it wants none.
type throttle struct {
	mu    sync.Mutex
	until time.Time
	pause time.Duration // of the last refusal that did not say
}

// refused records that the server throttles, until it says, and gives when it may be
// asked again.
func (t *throttle) refused(until time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if until.IsZero() && now.Before(t.until) {
		return t.until // several were refused at once
	}
	if until.IsZero() {
		t.pause = min(max(t.pause*2, throttleFirst), throttleMost)
		until = now.Add(t.pause + rand.N(t.pause/2))
	}
	if until.After(t.until) {
		t.until = until
	}
	return t.until
}

// taken records that the server answers.
func (t *throttle) taken() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pause = 0
}

// held is why a request may not leave now, nil where it may.
func (t *throttle) held(r Request) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !time.Now().Before(t.until) {
		return nil
	}
	return &Error{
		Method:  r.Method,
		Path:    r.Path,
		Message: "it takes no requests until " + t.until.Format("15:04:05") + ": this was not sent",
		fault:   fault.Fault{Kind: fault.Throttled, Code: http.StatusTooManyRequests, Until: t.until},
	}
}
