package client

import (
	"crypto/tls"
	"time"
)

// Connection is what the last answer came over.
type Connection struct {
	TLS string // "TLS 1.3", "" for plain http and before the first answer
	// Until is when the server's certificate ends.
	Until time.Time
}

// Connection tells of the last answer.
func (c *Client) Connection() Connection {
	if last := c.creds.connected.Load(); last != nil {
		return *last
	}
	return Connection{}
}

// remember records what an answer came over.
func (c *credentials) remember(state *tls.ConnectionState) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return
	}
	now := Connection{TLS: tls.VersionName(state.Version), Until: state.PeerCertificates[0].NotAfter}
	if last := c.connected.Load(); last == nil || *last != now {
		c.connected.Store(&now)
	}
}
