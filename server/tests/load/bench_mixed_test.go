//go:build unix

package load

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// mixed are the reads of consoles and scripts, by name.
func mixed(i int64) string {
	switch i % 8 {
	case 0:
		return servertest.ProdApps + "?size=20&sort=name&page=" + fmt.Sprint(i%400)
	case 1:
		return servertest.ProdApps + "?size=20&filter=labels.team=t3,state=RUNNING&sort=creationTimestamp,desc"
	case 2:
		return servertest.ProdApps + "?size=100&fields=metadata.name,status.jobStatus.state&page=" + fmt.Sprint(i%80)
	case 3:
		return "environments/prod?include-resource-information=true"
	case 4:
		return "environments?size=100"
	case 5:
		return "resource-information"
	}
	return servertest.ProdApps + fmt.Sprintf("/app-%06d", i%10000)
}

// BenchmarkMixedReads has sixteen clients read over HTTP from 10,000
// applications, clients and server on the same processors; it reports requests
// a second, the 95th percentile of one request's time, and requests for each
// second of one processor, which others on the machine do not lower as much.
func BenchmarkMixedReads(b *testing.B) {
	w := crowded(b, 10000)
	base := servertest.Serving(b, w) + cmf.BasePath + "/"
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var next atomic.Int64
	var group sync.WaitGroup
	times := make([][]time.Duration, 16)
	before := processorTime(b)
	b.ResetTimer()
	for c := range times {
		group.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				start := time.Now()
				response, err := client.Get(base + mixed(i))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				times[c] = append(times[c], time.Since(start))
				if response.StatusCode != 200 {
					b.Errorf("%s: got %d", mixed(i), response.StatusCode)
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(b.N)/(processorTime(b)-before).Seconds(), "requests/cpu-s")
	b.ReportMetric(milliseconds(percentile(slices.Concat(times...), 95)), "p95-ms")
}

// processorTime is what this process has taken of all processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkStartOn100000 opens a folder with 100,000 applications until the
// first request is answered, and reports the memory that is then in use.
func BenchmarkStartOn100000(b *testing.B) {
	w := crowded(b, 100000)
	for b.Loop() {
		b.StopTimer()
		if err := w.Server.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		w.Open()
		w.Must("GET", servertest.ProdApps+"/app-050000", "")
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB-heap")
}
