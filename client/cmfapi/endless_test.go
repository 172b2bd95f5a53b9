package cmfapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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
				_, _ = fmt.Fprintf(w, `{"metadata":{"size":1},"items":[%s]}`, c.page(asked.Add(1)))
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
