package embedded

import (
	"fmt"
	"math"
	"time"
)

// restartStrategy is Flink's restart-strategy.type with its options.
type restartStrategy struct {
	kind       string // none, fixed-delay, failure-rate, exponential-delay
	attempts   int
	delay      time.Duration
	interval   time.Duration // of failure-rate
	initial    time.Duration
	most       time.Duration
	multiplier float64
	reset      time.Duration
}

// readRestart defaults to an endless exponential-delay, as Flink does with
// checkpointing.
func readRestart(c configuration) (restartStrategy, error) {
	s := restartStrategy{kind: c.text("restart-strategy.type", "restart-strategy")}
	var err error
	get := func(into *time.Duration, fallback time.Duration, key string) {
		if err == nil {
			*into, err = c.duration(fallback, "restart-strategy."+key)
		}
	}
	switch s.kind {
	case "none", "off", "disable", "disabled", "noRestart":
		s.kind = "none"
	case "fixed-delay", "fixeddelay":
		s.kind, s.attempts = "fixed-delay", int(c.number(1, "restart-strategy.fixed-delay.attempts"))
		get(&s.delay, time.Second, "fixed-delay.delay")
	case "failure-rate", "failurerate":
		s.kind = "failure-rate"
		s.attempts = int(c.number(1, "restart-strategy.failure-rate.max-failures-per-interval"))
		get(&s.delay, time.Second, "failure-rate.delay")
		get(&s.interval, time.Minute, "failure-rate.failure-rate-interval")
	case "", "exponential-delay", "exponentialdelay":
		s.kind = "exponential-delay"
		s.multiplier = c.number(1.5, "restart-strategy.exponential-delay.backoff-multiplier")
		if s.multiplier < 1.01 {
			s.multiplier = 1
		}
		s.attempts = int(c.number(0, "restart-strategy.exponential-delay.attempts-before-reset-backoff"))
		get(&s.initial, time.Second, "exponential-delay.initial-backoff")
		get(&s.most, time.Minute, "exponential-delay.max-backoff")
		get(&s.reset, time.Hour, "exponential-delay.reset-backoff-threshold")
	default:
		return s, fmt.Errorf("unknown restart strategy %q", s.kind)
	}
	return s, err
}

// next is the delay after failure number k, counted from 0, of a job that each
// time ran for so long; false: the job has failed for good.
func (s restartStrategy) next(k int, ran time.Duration) (time.Duration, bool) {
	switch s.kind {
	case "none":
		return 0, false
	case "fixed-delay":
		return s.delay, k < s.attempts
	case "failure-rate":
		recent := min(k+1, int(s.interval/max(ran+s.delay, 1))+1)
		return s.delay, recent <= s.attempts
	}
	if s.attempts > 0 && k >= s.attempts && ran < s.reset {
		return 0, false
	}
	if ran >= s.reset {
		return s.initial, true
	}
	backoff := float64(s.initial) * math.Pow(s.multiplier, float64(min(k, 1000)))
	return time.Duration(min(backoff, float64(s.most))), true
}

// alike is how many failures from number k on are followed by a restart after
// the same delay.
func (s restartStrategy) alike(k int, ran time.Duration) int {
	delay, again := s.next(k, ran)
	if !again {
		return 0
	}
	switch s.kind {
	case "fixed-delay":
		return s.attempts - k
	case "failure-rate":
		if int(s.interval/max(ran+s.delay, 1))+1 > s.attempts {
			return s.attempts - k
		}
		return math.MaxInt
	}
	if delay < s.most && s.multiplier > 1 && ran < s.reset {
		return 0
	}
	if s.attempts > 0 && ran < s.reset {
		return s.attempts - k
	}
	return math.MaxInt
}
