package client

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is how far a server's clock is ahead of this machine's.
type clock struct{ offset atomic.Int64 }

// clockGrace is a difference that is none: the Date header has whole seconds,
// and an answer is under way for a while.
const clockGrace = 2 * time.Second

// observe reads the Date of an answer to a request that took from began to
// ended. What a cache has kept has the date of its making, and says nothing.
func (c *clock) observe(header http.Header, began, ended time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return
	}
	middle := began.Add(ended.Sub(began) / 2)
	offset := date.Add(time.Second / 2).Sub(middle)
	if offset.Abs() < clockGrace+ended.Sub(began) {
		offset = 0
	}
	if before := time.Duration(c.offset.Load()); (offset-before).Abs() < clockGrace && before != 0 && offset != 0 {
		return // the same: ages do not tremble
	}
	c.offset.Store(int64(offset))
}

// ClockOffset is how far the server's clock is ahead of this machine's, 0 while
// it is right to about two seconds or unknown. What is old by the server's clock
// is so old: now.Add(ClockOffset()).Sub(then).
func (c *Client) ClockOffset() time.Duration { return time.Duration(c.creds.clock.offset.Load()) }
