package load

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/model"
	"drey/server/servertest"
)

// liveServer is a server with everything on, in real time: control starts what is
// posted.
func liveServer(b testing.TB) *server.Server {
	b.Helper()
	s, err := server.Open(b.Context(), server.Config{Listen: "127.0.0.1:0", Data: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	timedPost(b, s, "environments", `{"name":"prod","kubernetesNamespace":"x"}`)
	return s
}

// timedPost writes one document and returns how long that took.
func timedPost(b testing.TB, s *server.Server, target, body string) time.Duration {
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+cmf.BasePath+"/"+target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	began := time.Now()
	s.Handler().ServeHTTP(rec, r)
	took := time.Since(began)
	if rec.Code >= 300 {
		b.Errorf("POST %s: got %d %s", target, rec.Code, rec.Body)
	}
	return took
}

// BenchmarkDurableRow is what one row costs that is on disk before it is
// acknowledged, with nothing around it: the measure of the others.
func BenchmarkDurableRow(b *testing.B) {
	s := liveServer(b)
	store, _ := s.Parts()
	i := 0
	for b.Loop() {
		i++
		err := store.Update(b.Context(), func(tx model.Tx) error {
			return tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindSecret}, Name: fmt.Sprint("row-", i), UID: fmt.Sprint(i),
				Doc: cmf.Object(`{}`),
			})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPosts has clients post applications that control starts meanwhile.
func BenchmarkPosts(b *testing.B) {
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprint("by", clients), func(b *testing.B) {
			s := liveServer(b)
			times := make([][]time.Duration, clients)
			b.ResetTimer()
			var group sync.WaitGroup
			for c := range times {
				group.Go(func() {
					for i := c; i < b.N; i += clients {
						times[c] = append(times[c], timedPost(
							b, s, servertest.ProdApps, servertest.Application(fmt.Sprint("p-", i), "", ""),
						))
					}
				})
			}
			group.Wait()
			b.StopTimer()
			all := slices.Concat(times...)
			b.ReportMetric(milliseconds(percentile(all, 50)), "p50-ms")
			b.ReportMetric(milliseconds(percentile(all, 95)), "p95-ms")
		})
	}
}

// BenchmarkPostsBeside1000StartingApplications reports how many writes a second
// one client has done while control starts a thousand applications.
func BenchmarkPostsBeside1000StartingApplications(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := liveServer(b)
		for i := range 1000 {
			timedPost(b, s, servertest.ProdApps, servertest.Application(fmt.Sprint("starting-", i), "", ""))
		}
		b.StartTimer()
		var times []time.Duration
		for began := time.Now(); time.Since(began) < 4*time.Second; {
			times = append(
				times,
				timedPost(b, s, servertest.ProdApps, servertest.Application(fmt.Sprint("more-", len(times)), "", "")),
			)
		}
		b.ReportMetric(float64(len(times))/4, "writes/s")
		b.ReportMetric(milliseconds(percentile(times, 95)), "p95-ms")
	}
}

func percentile(all []time.Duration, p int) time.Duration {
	slices.Sort(all)
	return all[len(all)*p/100]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
