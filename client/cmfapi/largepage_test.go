package cmfapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestPagesThatAreTooLargeAreAskedForInSmallerOnes lists 300 environments of
// 100 KB each.
func TestPagesThatAreTooLargeAreAskedForInSmallerOnes(t *testing.T) {
	const all, one = 300, 100 << 10
	var sizes []int
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		sizes = append(sizes, size)
		var items []string
		for i := page * size; i < min((page+1)*size, all); i++ {
			items = append(items, fmt.Sprintf(
				`{"name":"env-%03d","kubernetesNamespace":%q}`, i, strings.Repeat("x", one),
			))
		}
		_, _ = fmt.Fprintf(w, `{"metadata":{"size":%d},"items":[%s]}`, all, strings.Join(items, ","))
	})
	list, err := cmfapi.List[cmf.Environment](t.Context(), c, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	if err != nil || len(list.Items) != all {
		t.Fatalf("got %d items, %v", len(list.Items), err)
	}
	if sizes[0] != cmfapi.PageSize || sizes[len(sizes)-1] >= cmfapi.PageSize/8 {
		t.Errorf("asked for pages of %v", sizes)
	}
}
