package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// jsonErrors is a listener whose connections answer in the API's shape where
// net/http refuses a request before it has a handler, as for a path with %zz.
// With a TLS configuration its connections speak TLS, and HTTP/1.1 over it:
// net/http resets an HTTP/2 stream with such a path and says nothing.
type jsonErrors struct {
	net.Listener
	tls *tls.Config
}

func (l jsonErrors) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if l.tls == nil {
		return jsonErrorConn{conn}, nil
	}
	secure := tls.Server(conn, l.tls)
	return tlsConn{jsonErrorConn{secure}, secure}, nil
}

type jsonErrorConn struct{ net.Conn }

// refusal is how net/http writes such an answer: in one piece, with a text that
// repeats the status.
var refusal = []byte(
	"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request",
)

// badRequest is an answer of 400 in the API's shape.
func badRequest(message string) string {
	body := `{"errors":[{"message":"` + message + `"}]}`
	return fmt.Sprintf(
		"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		len(body), body,
	)
}

func (c jsonErrorConn) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, refusal) {
		return c.Conn.Write(p)
	}
	_, err := c.Conn.Write([]byte(badRequest("malformed request: its path or headers cannot be read")))
	return len(p), err
}

// CloseWrite is used by net/http at the end of a connection.
func (c jsonErrorConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// tlsConn is a jsonErrorConn over TLS. net/http shakes hands itself for a
// *tls.Conn only; of others it asks for the state before the first request.
type tlsConn struct {
	jsonErrorConn
	secure *tls.Conn
}

// handshakeTime is how long a client may take to agree on TLS.
const handshakeTime = 10 * time.Second

// ConnectionState shakes hands first, so that it names the client's
// certificate. Where that fails, so does the first read, with the same error.
func (c tlsConn) ConnectionState() tls.ConnectionState {
	if err := c.secure.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return tls.ConnectionState{}
	}
	var plain tls.RecordHeaderError
	if err := c.secure.Handshake(); errors.As(err, &plain) && plain.Conn != nil {
		_, _ = plain.Conn.Write([]byte(badRequest("this port speaks HTTPS: use an address that begins with https://")))
		_ = plain.Conn.Close()
	}
	_ = c.secure.SetDeadline(time.Time{})
	return c.secure.ConnectionState()
}
