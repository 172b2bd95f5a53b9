package stream

// Expiry is table.exec.state.ttl: what was not touched for that long, in the
// time of the sources, is forgotten. The zero Expiry keeps everything.
type Expiry struct {
	TTL int64 // milliseconds; 0: for ever
	now int64
}

// over says whether something was touched too long ago.
func (e *Expiry) Expired(touched int64) bool { return e != nil && e.TTL > 0 && e.now-touched > e.TTL }

// time is when something is touched now.
func (e *Expiry) Now() int64 {
	if e == nil {
		return 0
	}
	return e.now
}

// SweepFrom is how many things must be remembered before all are looked at.
const SweepFrom = 1024

// Sweep calls drop for what was touched too long ago, when there is twice as
// much as was left the last time. It gives what is left.
func Sweep[T any](e *Expiry, all map[string]T, left int, touched func(T) int64, drop func(key string, of T)) int {
	if e == nil || e.TTL <= 0 || len(all) < max(SweepFrom, 2*left) {
		return left
	}
	for key, of := range all {
		if e.Expired(touched(of)) {
			drop(key, of)
			delete(all, key)
		}
	}
	return len(all)
}

// Set sets the time of the sources.
func (e *Expiry) Set(now int64) { e.now = now }
