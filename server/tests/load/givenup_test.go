package load

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// TestRequestsThatAreGivenUpBreakNothing has clients that send a request and
// close the connection at any time up to its answer, as consoles do with each
// step of the cursor, and counts the requests that fail after them.
func TestRequestsThatAreGivenUpBreakNothing(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for i := range 120 {
		w.Must("POST", servertest.ProdApps, servertest.Application(fmt.Sprintf("app-%03d", i), "", ""))
	}
	url := servertest.Serving(t, w)
	address := strings.TrimPrefix(url, "http://")
	requests := []string{
		"GET %s/environments/prod/applications?size=20&sort=name HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET %s/environments/prod/applications/app-007 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"DELETE %s/environments/prod/applications/app-none HTTP/1.1\r\nHost: localhost\r\n\r\n",
	}
	for round := range 6 {
		var group sync.WaitGroup
		for worker := range 4 {
			random := rand.New(rand.NewPCG(uint64(round), uint64(worker)))
			group.Go(func() {
				for i := range 300 {
					conn, err := net.Dial("tcp", address)
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = fmt.Fprintf(conn, requests[max(i%16-13, 0)], cmf.BasePath)
					<-time.After(time.Duration(random.IntN(1500)) * time.Microsecond)
					_ = conn.Close()
				}
			})
		}
		group.Wait()
	}
	failures := 0
	for i := range 40 {
		for _, target := range []string{servertest.ProdApps + "?size=20&sort=name", servertest.ProdApps + "/app-007"} {
			if got := w.Call("GET", target, ""); got.Code != 200 {
				failures++
				t.Logf("read %d: %d %s", i, got.Code, got.Body)
			}
		}
	}
	if got := w.Call("POST", servertest.ProdApps, servertest.Application("after", "", "")); got.Code != 201 {
		failures++
		t.Logf("write: %d %s", got.Code, got.Body)
	}
	if failures > 0 {
		t.Errorf("%d requests fail after those that were given up, want none", failures)
	}
}
