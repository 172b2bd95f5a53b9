package cli

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"drey/server/engine/embedded/sql/memory"
)

// frugal trades a little time for memory, for a console is open all day: garbage may
// grow to two fifths of what is alive, and what a burst of answers took goes back to
// the system soon after. With 10,000 applications, idle, the program takes 44 MB of
// its own and 50 without the second. The returned function ends that.
func frugal() (end func()) {
	debug.SetGCPercent(garbagePart)
	ctx, cancel := context.WithCancel(context.Background())
	go giveBack(ctx)
	return cancel
}

const (
	garbagePart = 40               // per cent of what is alive
	muchFree    = 4 << 20          // bytes worth giving back
	freePart    = 8                // and so large a part of what is in use: a collection costs by that
	lookEvery   = 10 * time.Second // a wake-up, and no more where little is free
	fewBytes    = 4 << 20          // that are allocated between two looks where nobody does anything
)

// giveBack returns memory to the system once much of it was free twice in a row:
// right after a burst the next one may want it. While hardly any is allocated it has
// none collected for the time that went by alone.
func giveBack(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	heap, much := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
	}, false
	allocated := uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		metrics.Read(heap)
		free, used := heap[0].Value.Uint64(), heap[1].Value.Uint64()
		was, before := much, allocated
		allocated = heap[2].Value.Uint64()
		if much = free > max(muchFree, used/freePart); much && was {
			debug.FreeOSMemory()
			much = false
		}
		if allocated-before < fewBytes {
			collectLate()
		}
	}
}

// late tells that garbage is collected by the room that it takes alone.
var late atomic.Bool

// collectLate has garbage collected when it takes as much room as it may, and not each
// two minutes as well, as the runtime does: of 100,000 rows that is half of what idling
// costs. The collection that comes ends it, so that a burst meets the usual rule.
func collectLate() {
	if os.Getenv("GOGC") != "" || late.Swap(true) {
		return
	}
	space := []metrics.Sample{
		{Name: "/gc/heap/goal:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(space)
	goal, objects := int64(space[0].Value.Uint64()), int64(space[1].Value.Uint64())
	taken := int64(space[2].Value.Uint64()) - int64(space[3].Value.Uint64())
	usual := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(usual, taken+max(goal-objects, muchFree)))
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		debug.SetGCPercent(garbagePart)
		debug.SetMemoryLimit(usual)
		late.Store(false)
	})
	debug.SetGCPercent(-1)
}

// sentinel is found by the next collection. It has a pointer, so that it shares its
// place with nothing that lives on.
type sentinel struct{ _ *sentinel }

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
