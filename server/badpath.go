package server

import (
	"bytes"
	"fmt"
	"net"
)

// jsonErrors is a listener whose connections answer in the API's shape where
// net/http refuses a request before it has a handler, as for a path with %zz.
type jsonErrors struct{ net.Listener }

func (l jsonErrors) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return jsonErrorConn{conn}, nil
}

type jsonErrorConn struct{ net.Conn }

// refusal is how net/http writes such an answer: in one piece, with a text that
// repeats the status.
var refusal = []byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request")

func (c jsonErrorConn) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, refusal) {
		return c.Conn.Write(p)
	}
	const body = `{"errors":[{"message":"malformed request: its path or headers cannot be read"}]}`
	_, err := fmt.Fprintf(c.Conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	return len(p), err
}

// CloseWrite is used by net/http at the end of a connection.
func (c jsonErrorConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
