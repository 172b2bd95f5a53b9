package jobdata_test

import (
	"io"
	"runtime"
	"testing"

	"drey/views/flinkjob/jobdata"
)

// endless is a log of so many bytes.
type endless struct{ left int }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), e.left)
	for i := range b[:n] {
		b[i] = 'x'
		if i%100 == 99 {
			b[i] = '\n'
		}
	}
	e.left -= n
	return n, nil
}

// TestALargeLogNeedsLittleMemory streams 200 MB.
func TestALargeLogNeedsLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tail, err := jobdata.ReadTail(&endless{200 << 20}, jobdata.TailBytes)
	lines, skipped := tail.Count(), tail.Skipped
	runtime.ReadMemStats(&after)
	if err != nil || lines < 10_000 || skipped < 190<<20 {
		t.Fatalf("got %d lines after %d bytes, %v", lines, skipped, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
		t.Errorf("%d MB were allocated, want 8 at most", allocated>>20)
	}
}
