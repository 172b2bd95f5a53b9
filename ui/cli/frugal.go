package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"drey/server/engine/embedded/sql/memory"
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

// limitMemory has garbage collected the sooner the more of what the server may
// take is in use: what statements may hold, half as much for what is on its
// way, and the program itself. GOMEMLIMIT decides where it is set.
func limitMemory(statements int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if statements <= 0 {
		statements = memory.Defaults.All
	}
	debug.SetMemoryLimit(statements + statements/2 + 96<<20)
}
