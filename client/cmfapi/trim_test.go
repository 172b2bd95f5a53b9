package cmfapi_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestWholeObjectsOfAListAreNotHeld lists 400 applications of 20 KB each of a server
// that does not know the parameter fields.
func TestWholeObjectsOfAListAreNotHeld(t *testing.T) {
	const all, one, most = 400, 20 << 10, 1 << 20
	spec := strings.Repeat("x", one)
	c := far(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		var items []string
		for i := range all {
			items = append(items, fmt.Sprintf(
				`{"metadata":{"name":"orders-%d","uid":"%036d"},"spec":{"image":"%d%s"},"status":{}}`, i, i, i, spec,
			))
		}
		_, _ = fmt.Fprintf(w, `{"metadata":{"size":%d},"items":[%s]}`, all, strings.Join(items, ","))
	})
	before := heap()
	poll := cmfapi.NewPoll[cmf.FlinkApplication](c, cmf.Applications, cmf.Scope{Environment: "prod"}, cmfapi.Query{
		Fields: []string{"metadata.name", "metadata.uid"},
	})
	list, _, err := poll.Next(t.Context())
	if err != nil || len(list.Items) != all || list.Items[7].Name() != "orders-7" {
		t.Fatalf("got %d items, %v", len(list.Items), err)
	}
	if held := heap() - before; held > most {
		t.Errorf("%d applications take %d bytes, want at most %d", all, held, most)
	}
	runtime.KeepAlive(poll)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
