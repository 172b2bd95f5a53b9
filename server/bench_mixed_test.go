package server

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"drey/client/cmf"
)

// mixed are the reads of consoles and scripts, by name.
func mixed(i int64) string {
	switch i % 8 {
	case 0:
		return prodApps + "?size=20&sort=name&page=" + fmt.Sprint(i%400)
	case 1:
		return prodApps + "?size=20&filter=labels.team=t3,state=RUNNING&sort=creationTimestamp,desc"
	case 2:
		return prodApps + "?size=100&fields=metadata.name,status.jobStatus.state&page=" + fmt.Sprint(i%80)
	case 3:
		return "environments/prod?include-resource-information=true"
	case 4:
		return "environments?size=100"
	case 5:
		return "resource-information"
	}
	return prodApps + fmt.Sprintf("/app-%06d", i%10000)
}

// BenchmarkMixedReads has sixteen clients read over HTTP from 10,000
// applications, clients and server on the same processors; it reports
// requests a second and the 95th percentile of one request's time.
func BenchmarkMixedReads(b *testing.B) {
	w := crowded(b, 10000)
	base := serving(b, w) + cmf.BasePath + "/"
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var next atomic.Int64
	var group sync.WaitGroup
	times := make([][]time.Duration, 16)
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
	b.ReportMetric(milliseconds(percentile(slices.Concat(times...), 95)), "p95-ms")
}

// serving listens for a world's requests until the test ends.
func serving(tb testing.TB, w *world) string {
	tb.Helper()
	web := w.web()
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(w.listener) }()
	tb.Cleanup(func() {
		_ = web.Close()
		<-ended
	})
	return w.URL()
}

func percentile(all []time.Duration, p int) time.Duration {
	slices.Sort(all)
	return all[len(all)*p/100]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

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
		w.open()
		w.must("GET", prodApps+"/app-050000", "")
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB-heap")
}
