package cli

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"drey/server/engine/embedded/sql/memory"
)

// frugal trades a little time for memory, for a console is open all day: garbage may
// grow to two fifths of what is alive, and what a burst of answers took goes back to
// the system soon after. With 10,000 applications, idle, the program takes 44 MB of
// its own and 50 without the second. The returned function ends that.
func frugal() (end func()) {
	debug.SetGCPercent(40)
	ctx, cancel := context.WithCancel(context.Background())
	go giveBack(ctx)
	return cancel
}

const (
	muchFree  = 4 << 20          // bytes worth giving back
	freePart  = 8                // and so large a part of what is in use: a collection costs by that
	lookEvery = 10 * time.Second // a wake-up, and no more where little is free
)

// giveBack returns memory to the system once much of it was free twice in a row:
// right after a burst the next one may want it.
func giveBack(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	heap, much := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
	}, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		metrics.Read(heap)
		free, used := heap[0].Value.Uint64(), heap[1].Value.Uint64()
		was := much
		if much = free > max(muchFree, used/freePart); much && was {
			debug.FreeOSMemory()
			much = false
		}
	}
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
