package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestGarbageIsCollectedLateUntilTheNextCollection has it collected by the space that it
// takes alone while hardly any is made, and as usual from the next collection on.
func TestGarbageIsCollectedLateUntilTheNextCollection(t *testing.T) {
	t.Setenv("GOGC", "")
	before, limit := debug.SetGCPercent(garbagePart), debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	rules := func() (percent int, limit int64) {
		percent = debug.SetGCPercent(garbagePart)
		debug.SetGCPercent(percent)
		return percent, debug.SetMemoryLimit(-1)
	}
	var g garbage
	g.look()
	g.look()
	if percent, now := rules(); percent != -1 || now == math.MaxInt64 {
		t.Fatalf("%d per cent, limit %d", percent, now)
	}
	runtime.GC()
	g.look()
	if percent, now := rules(); percent != garbagePart || now != limit {
		t.Errorf("%d per cent, limit %d, want %d and %d", percent, now, garbagePart, limit)
	}
	g.look()
	g.usual()
	if percent, now := rules(); percent != garbagePart || now != limit {
		t.Errorf("%d per cent, limit %d at the end, want %d and %d", percent, now, garbagePart, limit)
	}
}
