package client

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"drey/client/urgency"
)

// The budget of requests to one server.
const (
	// idleRate is how many requests that nobody has just asked for leave in a
	// second, on average, and idleBurst how many at once.
	idleRate  = 5
	idleBurst = 2
	// maxDebt is how many requests that were asked for hold the others back: the
	// rest of a long list costs no more than a second of polling.
	maxDebt = idleRate
	// probeEvery is how often a server that does not answer is asked.
	probeEvery = 5 * time.Second
)

// Load is how much a server is asked.
type Load struct {
	InFlight   int // requests without an answer yet
	Waiting    int // requests that wait for their turn
	LastSecond int // sent within the last second
	Total      int // sent since the start
	// Offline is since when the server has not answered; zero while it does.
	Offline time.Time
}

// Bucket bounds all requests, also those that were asked for: Size may leave at
// once, and PerSecond fill it again. The zero value bounds nothing.
type Bucket struct {
	Size      int
	PerSecond float64
}

// budget holds back what is not urgent. Waiting requests leave in the order of
// their levels, and within one in the order in which they came. Clients of one
// server's several addresses share one.
type budget struct {
	limiter *rate.Limiter
	bucket  *rate.Limiter // of all requests; nil: they are not bounded

	mu       sync.Mutex
	waiting  [urgency.Levels][]chan struct{}
	timer    *time.Timer
	inFlight int
	total    int
	held     int // requests that the bucket holds back
	recent   recent
	users    int // clients that share it

	throttle throttle // of servers with a bucket
}

// reach is whether one address answers.
type reach struct {
	mu       sync.Mutex
	answered time.Time // the newest answer
	offline  time.Time // since when there is none
	probeAt  time.Time // when the next request may try
	failure  error     // what the last one said
}

func newBudget(bucket Bucket) *budget {
	b := &budget{limiter: rate.NewLimiter(idleRate, idleBurst)}
	if bucket.Size > 0 {
		b.bucket = rate.NewLimiter(rate.Limit(bucket.PerSecond), bucket.Size)
		// What nobody has just asked for leaves a part of it to what is.
		b.limiter.SetLimit(min(idleRate, rate.Limit(bucket.PerSecond)*4/5))
	}
	return b
}

// wait returns when a request of a level may leave; the error is the context's.
func (b *budget) wait(ctx context.Context, level urgency.Level) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if turn := b.queue(level); turn != nil {
		select {
		case <-turn:
		case <-ctx.Done():
			b.forget(level, turn)
			return ctx.Err()
		}
	}
	if b.bucket == nil {
		return nil
	}
	b.count(&b.held, 1)
	defer b.count(&b.held, -1)
	return b.bucket.Wait(ctx)
}

func (b *budget) count(n *int, by int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*n += by
}

// queue lets a request leave, then it gives nil, or gives what is closed when it
// may.
func (b *budget) queue(level urgency.Level) chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if level == urgency.Asked {
		if b.limiter.TokensAt(now) > -maxDebt {
			b.limiter.ReserveN(now, 1)
		}
		return nil
	}
	if b.first(level) && b.limiter.AllowN(now, 1) {
		return nil
	}
	turn := make(chan struct{})
	b.waiting[level] = append(b.waiting[level], turn)
	b.arm(now)
	return turn
}

// first tells that nobody of this level or a more urgent one waits.
func (b *budget) first(level urgency.Level) bool {
	for l := range level + 1 {
		if len(b.waiting[l]) > 0 {
			return false
		}
	}
	return true
}

// arm has the timer fire when the next one may leave.
func (b *budget) arm(now time.Time) {
	if b.timer != nil {
		return
	}
	missing := 1 - b.limiter.TokensAt(now)
	b.timer = time.AfterFunc(
		max(time.Duration(missing/float64(b.limiter.Limit())*float64(time.Second)), 0)+time.Millisecond, b.release,
	)
}

// release lets leave who may.
func (b *budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = nil
	now := time.Now()
	for level := range b.waiting {
		for len(b.waiting[level]) > 0 {
			if !b.limiter.AllowN(now, 1) {
				b.arm(now)
				return
			}
			close(b.waiting[level][0])
			b.waiting[level] = b.waiting[level][1:]
		}
	}
}

// forget takes out a request that was given up. One whose turn had just come
// has used it.
func (b *budget) forget(level urgency.Level, turn chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, waiting := range b.waiting[level] {
		if waiting == turn {
			b.waiting[level] = append(b.waiting[level][:i:i], b.waiting[level][i+1:]...)
			return
		}
	}
}

// begin counts a request that leaves.
func (b *budget) begin() (at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at = time.Now()
	b.inFlight++
	b.total++
	b.recent.add(at)
	return at
}

// end counts its end.
func (b *budget) end() { b.count(&b.inFlight, -1) }

// end tells whether the address answered, whatever it said. It is offline when a
// request without an answer was sent after its newest answer: a server that is
// slow with one list alone is not.
func (r *reach) end(began time.Time, failure error, offline, answered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	switch {
	case answered:
		r.answered, r.offline, r.failure = now, time.Time{}, nil
	case offline && !r.answered.After(began):
		if r.offline.IsZero() {
			r.offline = now
		}
		r.failure, r.probeAt = failure, now.Add(probeEvery)
	}
}

// mayAsk tells whether a request that nobody has asked for makes sense: while a
// server is offline one of them leaves every few seconds, and the others fail as
// the last one did.
func (r *reach) mayAsk() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.offline.IsZero() {
		return nil
	}
	if now.Before(r.probeAt) {
		return r.failure
	}
	r.probeAt = now.Add(probeEvery)
	return nil
}

func (r *reach) since() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.offline
}

// load is how things are now.
func (b *budget) load() Load {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := Load{InFlight: b.inFlight, LastSecond: b.recent.count(time.Now()), Total: b.total, Waiting: b.held}
	for _, waiting := range b.waiting {
		l.Waiting += len(waiting)
	}
	return l
}

// share counts a client that uses the budget.
func (b *budget) share() *budget {
	b.count(&b.users, 1)
	return b
}

// close ends the timer with the last client; nobody waits any more.
func (b *budget) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.users--; b.users > 0 {
		return
	}
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	for level := range b.waiting {
		for _, turn := range b.waiting[level] {
			close(turn)
		}
		b.waiting[level] = nil
	}
}

// recent counts what happened within the last second, in tenths of it.
type recent struct {
	counts [10]int
	tenth  [10]int64 // which tenth of a second since 1970 a count is of
}

func (r *recent) add(at time.Time) {
	tenth := at.UnixMilli() / 100
	i := tenth % int64(len(r.counts))
	if r.tenth[i] != tenth {
		r.tenth[i], r.counts[i] = tenth, 0
	}
	r.counts[i]++
}

func (r *recent) count(now time.Time) int {
	tenth, n := now.UnixMilli()/100, 0
	for i, at := range r.tenth {
		if tenth-at < int64(len(r.counts)) {
			n += r.counts[i]
		}
	}
	return n
}

// Load tells how much the server is asked now.
func (c *Client) Load() Load {
	l := c.budget.load()
	l.Offline = c.reach.since()
	return l
}
