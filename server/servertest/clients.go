package servertest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
)

// SlowPost makes an environment in two halves: begun sends all but the end of
// the body, end sends that and returns the status.
func SlowPost(t *testing.T, url string) (begun func(), end func() int) {
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

// Dial opens a connection that ends with the test and never waits for long.
func Dial(t *testing.T, address string) net.Conn {
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

// Serving listens for a world's requests until the test ends.
func Serving(tb testing.TB, w *World) string {
	tb.Helper()
	web := w.Web()
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(w.Listener()) }()
	tb.Cleanup(func() {
		_ = web.Close()
		<-ended
	})
	return w.URL()
}
