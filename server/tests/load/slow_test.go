package load

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

func TestClientsThatAreSlowAreCutOff(t *testing.T) {
	w := servertest.NewWorld(t)
	web := w.Web()
	if web.ReadHeaderTimeout > 30*time.Second || web.ReadTimeout == 0 || web.WriteTimeout == 0 || web.IdleTimeout == 0 {
		t.Errorf("time-outs: got %+v", web)
	}
	web.ReadHeaderTimeout, web.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	for name, text := range map[string]string{
		"headers": "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
		"body": "POST /cmf/api/v1/environments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
			"Content-Length: 100\r\n\r\n{",
	} {
		conn := servertest.Dial(t, listener.Addr().String())
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || strings.Contains(string(answer), " 200 ") || strings.Contains(string(answer), " 500 ") {
			t.Errorf("slow %s: got %q, %v, want the connection's end", name, answer, err)
		}
	}
	if err := errors.Join(web.Close(), <-served); !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

func TestAClockThatJumpsLosesNothing(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	w.Clock.Jump(-48 * time.Hour)
	w.Must("POST", servertest.ProdApps, servertest.Application("later", "", ""))
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(30 * time.Second)
	w.Clock.Jump(30 * 24 * time.Hour)
	w.WaitIdle()
	w.Advance(30 * time.Second)
	for name, want := range map[string]string{"orders": cmf.LifecycleSuspended, "later": cmf.LifecycleStable} {
		if got := w.Status(name).String("lifecycleState"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	servertest.Play(w, []scenario{{"both are listed", "GET", servertest.ProdApps, "", nil, 200, `"metadata":{"size":2}`}})
}
