package load

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/servertest"
)

// crowded is a server with n running applications in prod.
func crowded(b *testing.B, n int) *servertest.World {
	b.Helper()
	w := servertest.NewWorld(b)
	w.Must("POST", "environments", `{"name":"prod","kubernetesNamespace":"x"}`)
	err := w.Store().Update(b.Context(), func(tx model.Tx) error {
		for i := range n {
			name := fmt.Sprintf("app-%06d", i)
			at := w.Clock.Now().Add(time.Duration(-i) * time.Minute)
			doc := cmf.Object(servertest.Application(name, "", "")).With(model.NewApplicationStatus(), "status")
			err := tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindApplication, Env: "prod"}, Name: name, UID: name,
				State: cmf.JobRunning, Created: at, Updated: at, Doc: doc,
				Labels: map[string]string{"team": fmt.Sprint("t", i%10)},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func benchmarkGet(b *testing.B, n int, target string, status int, headers ...string) {
	w := crowded(b, n)
	if len(headers) > 0 && headers[len(headers)-1] == "" {
		headers[len(headers)-1] = w.Call("GET", target, "").Header().Get("ETag")
	}
	r := httptest.NewRequest("GET", "http://localhost"+cmf.BasePath+"/"+target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		if rec.Code != status {
			b.Fatalf("got %d %s", rec.Code, rec.Body)
		}
	}
}

func BenchmarkListPageOf100Among10000(b *testing.B) {
	benchmarkGet(b, 10000, servertest.ProdApps+"?size=100&page=40&sort=name", 200)
}

func BenchmarkFilteredPageOf100Among10000(b *testing.B) {
	benchmarkGet(
		b, 10000,
		servertest.ProdApps+"?size=100&filter=labels.team=t3,state=RUNNING&sort=creationTimestamp,desc", 200,
	)
}

func BenchmarkListPageOf100Among100000(b *testing.B) {
	benchmarkGet(b, 100000, servertest.ProdApps+"?size=100&page=40&sort=name", 200)
}

func BenchmarkFilteredPageOf100Among100000(b *testing.B) {
	benchmarkGet(
		b, 100000,
		servertest.ProdApps+"?size=100&filter=labels.team=t3,state=RUNNING&sort=creationTimestamp,desc", 200,
	)
}

func BenchmarkListPageOf2000Among10000(b *testing.B) {
	benchmarkGet(b, 10000, servertest.ProdApps+"?size=2000&page=3", 200)
}

func BenchmarkUnchangedPageOf2000Among10000(b *testing.B) {
	benchmarkGet(b, 10000, servertest.ProdApps+"?size=2000&page=3", 304, "If-None-Match", "")
}

// BenchmarkProjectedPageOf2000 is what a console polls.
func BenchmarkProjectedPageOf2000(b *testing.B) {
	benchmarkGet(b, 10000, servertest.ProdApps+"?size=2000&page=3&fields="+
		"metadata.name,metadata.uid,metadata.labels,metadata.creationTimestamp,spec.job.state,"+
		"spec.job.parallelism,spec.flinkVersion,"+
		"status.lifecycleState,status.error,status.jobStatus.state,status.jobStatus.jobId,status.jobStatus.startTime", 200)
}

func BenchmarkWrite(b *testing.B) {
	w := crowded(b, 1000)
	i := 0
	for b.Loop() {
		i++
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(
			"POST", "http://localhost"+cmf.BasePath+"/"+servertest.ProdApps,
			strings.NewReader(servertest.Application(fmt.Sprintf("w-%d", i), "", "")),
		)
		r.Header.Set("Content-Type", "application/json")
		w.Handler().ServeHTTP(rec, r)
		if rec.Code != 201 {
			b.Fatalf("got %d %s", rec.Code, rec.Body)
		}
	}
}

// BenchmarkWriteBy16 has sixteen clients write at once; it reports the 95th
// percentile of one write's time.
func BenchmarkWriteBy16(b *testing.B) {
	w := crowded(b, 1000)
	var next atomic.Int64
	times := make(chan []time.Duration, 16)
	b.ResetTimer()
	for range cap(times) {
		go func() {
			var took []time.Duration
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					times <- took
					return
				}
				r := httptest.NewRequest(
					"POST", "http://localhost"+cmf.BasePath+"/"+servertest.ProdApps,
					strings.NewReader(servertest.Application(fmt.Sprintf("p-%d", i), "", "")),
				)
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				start := time.Now()
				w.Handler().ServeHTTP(rec, r)
				took = append(took, time.Since(start))
				if rec.Code != 201 {
					b.Errorf("got %d %s", rec.Code, rec.Body)
				}
			}
		}()
	}
	var all []time.Duration
	for range cap(times) {
		all = append(all, <-times...)
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
}

func BenchmarkGetApplication(b *testing.B) {
	benchmarkGet(b, 10000, servertest.ProdApps+"/app-005000", 200)
}

// thousand is a server with a thousand environments.
func thousand(b *testing.B) *servertest.World {
	b.Helper()
	w := servertest.NewWorld(b)
	err := w.Store().Update(b.Context(), func(tx model.Tx) error {
		for i := range 1000 {
			name := fmt.Sprintf("env-%04d", i)
			err := tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindEnvironment}, Name: name, UID: name,
				Doc: cmf.Object(`{"name":"` + name + `","kubernetesNamespace":"x"}`),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func BenchmarkCountsOf1000Environments(b *testing.B) {
	w := thousand(b)
	r := httptest.NewRequest(
		"GET", "http://localhost"+cmf.BasePath+"/environments?size=1000&include-resource-information=true", nil,
	)
	for b.Loop() {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		if rec.Code != 200 {
			b.Fatalf("got %d %s", rec.Code, rec.Body)
		}
	}
}
