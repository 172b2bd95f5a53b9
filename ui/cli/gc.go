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
	debug.SetGCPercent(garbagePart)
	ctx, cancel := context.WithCancel(context.Background())
	go giveBack(ctx)
	return cancel
}

const (
	garbagePart = 40               // per cent of what is alive
	muchFree    = 4 << 20          // bytes worth giving back
	freePart    = 8                // and so large a part of what is in use: a collection costs by that
	lookEvery   = 2 * time.Second  // a wake-up, and no more where little happens
	freeFor     = 10 * time.Second // much was free twice, so long from each other
	fewBytes    = 1 << 20          // that are allocated between two looks where nobody does anything
)

// giveBack returns memory to the system once much of it was free twice in a row:
// right after a burst the next one may want it. While hardly any is allocated it has
// none collected for the time that went by alone.
func giveBack(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	heap, much := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
	}, false
	var garbage garbage
	defer garbage.usual()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		garbage.look()
		if n%int(freeFor/lookEvery) != 0 {
			continue
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

// garbage is collected by two rules: as usual, and late, when it takes as much space as
// it may, but not each two minutes as well, as the runtime does it: with 100,000 rows
// that is a third of what idling costs.
type garbage struct {
	late              bool
	limit             int64  // of memory by the usual rule
	allocated, cycles uint64 // at the last look
}

// look has garbage collected late while hardly any is made, and as usual from the next
// collection on, or once more is made: a burst never meets the limit for long.
func (g *garbage) look() {
	now := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(now)
	allocated, cycles := now[0].Value.Uint64(), now[1].Value.Uint64()
	quiet := allocated-g.allocated < fewBytes && cycles == g.cycles
	g.allocated, g.cycles = allocated, cycles
	switch {
	case quiet && !g.late && os.Getenv("GOGC") == "":
		g.late = true
		g.limit = debug.SetMemoryLimit(min(spaceOfGarbage(), debug.SetMemoryLimit(-1)))
		debug.SetGCPercent(-1)
	case !quiet:
		g.usual()
	}
}

// usual brings the usual rule back.
func (g *garbage) usual() {
	if g.late {
		g.late = false
		debug.SetGCPercent(garbagePart)
		debug.SetMemoryLimit(g.limit)
	}
}

// spaceOfGarbage is how much memory the program takes when it has as much garbage as it
// may by the usual rule.
func spaceOfGarbage() int64 {
	space := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/heap/goal:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
	}
	metrics.Read(space)
	taken := int64(space[0].Value.Uint64()) - int64(space[1].Value.Uint64())
	return taken + max(int64(space[2].Value.Uint64())-int64(space[3].Value.Uint64()), muchFree)
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
