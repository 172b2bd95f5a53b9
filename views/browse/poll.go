package browse

import (
	"math/rand/v2"
	"time"

	"drey/client/fault"
	"drey/views"
	"drey/views/sources"
)

// How often a list is asked for: seen, seen in a terminal without focus, right
// after something was done, and at most after errors.
const (
	pollBlurred = 10 * time.Second
	pollHurried = 400 * time.Millisecond
	hurryFor    = 12 * time.Second
	pollMore    = 50 * time.Millisecond // while a list comes in parts
)

// polling is when a list was and will be asked for.
type polling struct {
	visible  bool
	blurred  bool
	at       time.Time // of the last good answer
	asked    time.Time // of the question that is open
	err      error
	failures int
	hurry    time.Time // until when to ask quickly
	slow     bool      // the first answer takes long enough to say so
	same     int       // answers in a row that changed nothing
	nextAt   time.Time // when it is asked again
	absent   bool      // the server does not have it: nothing is asked
}

// next is how long to wait before asking again: jittered by a tenth, so that
// many consoles do not ask in step, and longer after each failure.
func (p *polling) next(now time.Time) time.Duration {
	d := sources.Every
	if f := fault.Of(p.err); f.Until.After(now) {
		return f.Until.Sub(now) // a throttled server says when
	}
	switch {
	case p.failures > 0:
		d = sources.BackOff(p.failures, p.err)
	case now.Before(p.hurry):
		d = pollHurried
	default:
		d = p.pace()
	}
	return time.Duration(float64(d) * (0.9 + 0.2*rand.Float64()))
}

// pace is how often a list is asked for while all is well.
func (p *polling) pace() time.Duration {
	if p.blurred {
		return pollBlurred
	}
	return sources.Pace(p.same)
}

// calm tells that nothing changed for a while, and that no key was pressed.
func (p *polling) calm() bool { return p.blurred || p.same >= sources.CalmAfter }

func (p *polling) answered(now time.Time, changed bool) {
	p.at, p.err, p.failures, p.slow, p.absent = now, nil, 0, false, false
	p.same++
	if changed {
		p.same = 0
	}
}

// restart is for another list, which nothing is known of yet.
func (p *polling) restart() {
	p.at, p.asked, p.err, p.failures, p.slow = time.Time{}, time.Time{}, nil, 0, false
}

func (p *polling) failed(err error) {
	p.err = err
	p.failures++
	p.absent = fault.Is(err, fault.Unsupported)
}

func (p *polling) freshness() views.Freshness {
	return views.Freshness{At: p.at, Every: p.pace(), Err: p.err, Next: p.nextAt}
}
