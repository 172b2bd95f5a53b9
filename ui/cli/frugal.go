package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// frugal keeps the memory of a console that is open all day close to what it
// holds, at the price of a little time: Go would let garbage grow to as much
// again. The limit follows what is alive, so a large result is never squeezed.
func frugal() {
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(leastMemory)
	followLive()
}

// leastMemory is the limit of a small console, in bytes.
const leastMemory = 30 << 20

// followLive sets the limit anew after each collection: a finalizer runs then,
// and nothing runs while nothing is collected.
func followLive() {
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(new(sentinel), func(*sentinel) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			debug.SetMemoryLimit(max(leastMemory, int64(live[0].Value.Uint64())*8/5))
		}
		followLive()
	})
}
