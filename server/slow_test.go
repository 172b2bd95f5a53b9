package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// slowPost makes an environment in two halves: begun sends all but the end of
// the body, end sends that and returns the status.
func slowPost(t *testing.T, url string) (begun func(), end func() int) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const body = `{"name":"slow","kubernetesNamespace":"x"}`
	send := func(text string) {
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	begun = func() {
		send(fmt.Sprintf("POST %s/environments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
			"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", cmf.BasePath, len(body)))
		// The server asks for the body once it answers the request.
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
			t.Errorf("got %q, %v, want 100 Continue", line, err)
		}
		send(body[:len(body)-1])
	}
	end = func() int {
		send(body[len(body)-1:])
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	return begun, end
}

// dial opens a connection that ends with the test and never waits for long.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Error(err)
	}
	return conn
}

func TestClientsThatAreSlowAreCutOff(t *testing.T) {
	w := newWorld(t)
	web := w.web()
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
		conn := dial(t, listener.Addr().String())
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
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	w.advance(10 * time.Second)
	w.clock.Jump(-48 * time.Hour)
	w.must("POST", prodApps, servertest.Application("later", "", ""))
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(30 * time.Second)
	w.clock.Jump(30 * 24 * time.Hour)
	w.waitIdle()
	w.advance(30 * time.Second)
	for name, want := range map[string]string{"orders": cmf.LifecycleSuspended, "later": cmf.LifecycleStable} {
		if got := w.status(name).String("lifecycleState"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	w.play([]scenario{{"both are listed", "GET", prodApps, "", nil, 200, `"metadata":{"size":2}`}})
}
