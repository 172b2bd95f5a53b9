package cmfapi_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestListsWithoutAnEndAreGivenUp reads lists of servers that ignore page, or
// that have another page for ever.
func TestListsWithoutAnEndAreGivenUp(t *testing.T) {
	const large = 4 << 20
	for _, c := range []struct {
		name string
		page func(n int64) string
		most int64 // requests
		says string
	}{
		{"the same page", func(int64) string { return `{"name":"a"}` }, 2, ""},
		{"two pages in turn", func(n int64) string { return fmt.Sprintf(`{"name":"%d"}`, n%2) }, 3, ""},
		{"always another", func(n int64) string {
			return fmt.Sprintf(`{"name":"%d","filler":"%s"}`, n, strings.Repeat("x", large))
		}, 96<<20/large + 1, "the list is larger than 96 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int64
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"metadata":{"size":1000000},"items":[%s]}`, c.page(asked.Add(1)))
			}))
			defer web.Close()
			api, err := cmfapi.New(client.Config{URL: web.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer api.Close()
			_, err = cmfapi.List[cmf.Environment](t.Context(), api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if n := asked.Load(); n > c.most {
				t.Errorf("%d pages were asked for, want at most %d", n, c.most)
			}
		})
	}
}

// TestBodiesWithoutAnEndCostLittle reads answers that never end, as they are and
// packed, and one whose texts are huge: what is held of them is bounded.
func TestBodiesWithoutAnEndCostLittle(t *testing.T) {
	const most = 400 << 20 // bytes allocated: four page sizes are tried, each read to its limit once
	lines := strings.Repeat("\\n", 1200<<10)
	for _, c := range []struct {
		name string
		body func(w http.ResponseWriter, r *http.Request)
		says string
	}{
		{"endless", func(w http.ResponseWriter, r *http.Request) { endless(w, r) }, "larger than 12 MB"},
		{"gzip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			endless(packed, r)
			_ = packed.Close()
		}, "larger than 12 MB"},
		{"lines", func(w http.ResponseWriter, r *http.Request) {
			items := ""
			if r.URL.Query().Get("page") == "0" {
				items = `{"name":"a","kubernetesNamespace":"` + lines + `"}`
			}
			_, _ = io.WriteString(w, `{"items":[`+items+`]}`)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				c.body(w, r)
			}))
			defer web.Close()
			api, err := cmfapi.New(client.Config{URL: web.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer api.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = cmfapi.List[cmf.Environment](t.Context(), api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
			runtime.ReadMemStats(&after)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("reading allocated %d MB, want at most %d", used>>20, most>>20)
			}
		})
	}
}

// endless writes a list until nobody reads it.
func endless(w io.Writer, r *http.Request) {
	_, err := io.WriteString(w, `{"items":[`)
	for item := strings.Repeat(`{"name":"x"},`, 8000); err == nil && r.Context().Err() == nil; {
		_, err = io.WriteString(w, item)
	}
}
