package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// frugal trades a little time for memory, for a console is open all day:
// garbage may grow to two fifths of what is alive, and what a burst of answers took
// goes back to the system soon after. The returned function ends that.
func frugal() (end func()) {
	debug.SetGCPercent(40)
	f := &frugality{}
	f.watch()
	return func() { f.ended.Store(true) }
}

type frugality struct {
	ended, planned atomic.Bool
}

const (
	muchFree = 6 << 20         // bytes worth giving back
	calm     = 3 * time.Second // between the end of a burst and giving back
)

// watch looks after each collection whether much is free. A finalizer tells of
// collections; nothing runs while nothing is collected.
func (f *frugality) watch() {
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(new(sentinel), func(*sentinel) {
		if f.ended.Load() {
			return
		}
		free := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}}
		metrics.Read(free)
		if free[0].Value.Uint64() > muchFree && f.planned.CompareAndSwap(false, true) {
			time.AfterFunc(calm, func() {
				f.planned.Store(false)
				debug.FreeOSMemory()
			})
		}
		f.watch()
	})
}
