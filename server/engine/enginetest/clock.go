package enginetest

import (
	"fmt"
	"strings"
	"time"
)

// clock is the time of a scenario: the test's own, or the real one.
type clock struct {
	now  time.Time
	real bool
	salt string // makes ids of a run that nobody else has
}

// newClock begins at a time, or now where time passes by itself.
func newClock(real bool, at time.Time) clock {
	if !real {
		return clock{now: at}
	}
	return clock{now: time.Now(), real: true, salt: fmt.Sprintf("%x", time.Now().UnixNano())}
}

// pass lets time go by; real time goes by itself.
func (c *clock) pass(d time.Duration) {
	if !c.real {
		c.now = c.now.Add(d)
		return
	}
	timer := time.NewTimer(min(d, 100*time.Millisecond))
	defer timer.Stop()
	<-timer.C
	c.now = time.Now()
}

// id is 32 hex digits that begin with the one given.
func (c *clock) id(digit string) string { return (digit + c.salt + strings.Repeat(digit, 32))[:32] }

// tries is how often something is looked at: real time may be slow.
func (c *clock) tries() int {
	if c.real {
		return 1800
	}
	return 100
}
