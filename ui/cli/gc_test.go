package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestGarbageIsCollectedByTheUsualRuleAfterTheNextCollection has it collected late, by
// the room that it takes, and then as before.
func TestGarbageIsCollectedByTheUsualRuleAfterTheNextCollection(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(garbagePart)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	limit := debug.SetMemoryLimit(-1)
	collectLate()
	if got := debug.SetMemoryLimit(-1); !late.Load() || got == math.MaxInt64 {
		t.Fatalf("late %v, limit %d", late.Load(), got)
	}
	runtime.GC()
	for deadline := time.Now().Add(10 * time.Second); late.Load() && time.Now().Before(deadline); {
		runtime.Gosched() // the finalizer runs after the collection
	}
	percent := debug.SetGCPercent(garbagePart)
	if got := debug.SetMemoryLimit(-1); late.Load() || percent != garbagePart || got != limit {
		t.Errorf("late %v, %d per cent, limit %d, want %d and %d", late.Load(), percent, got, garbagePart, limit)
	}
}
