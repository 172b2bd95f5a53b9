package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
)

// credentials is the transport with its token, certificates and authority. Files
// are read again when they change, and after the server refused what they held:
// nothing has to be started again when a credential is renewed.
type credentials struct {
	cfg Config

	mu        sync.Mutex
	transport *http.Transport
	tlsMark   string // of the files that transport was made from
	token     string
	tokenMark string
}

func newCredentials(cfg Config) (*credentials, error) {
	c := &credentials{cfg: cfg, token: cfg.Token}
	var err error
	if c.transport, err = newTransport(cfg); err != nil {
		return nil, err
	}
	c.tlsMark = mark(cfg.CAPath, cfg.CertPath, cfg.KeyPath)
	if cfg.TokenPath == "" {
		return c, nil
	}
	c.tokenMark = mark(cfg.TokenPath)
	if c.token, err = ReadToken(cfg.TokenPath); err != nil {
		return nil, err
	}
	return c, nil
}

// ReadToken reads a file with one bearer token.
func ReadToken(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("token file: %w", err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("token file %s: want one token and nothing else", path)
	}
	return token, nil
}

// mark changes with the content of files, as far as their times and sizes tell.
func mark(paths ...string) string {
	var b strings.Builder
	for _, path := range paths {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintf(&b, "%d %d;", info.ModTime().UnixNano(), info.Size())
		}
	}
	return b.String()
}

// authorized tells whether requests carry a token.
func (c *credentials) authorized() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token != ""
}

// renew reads files again that changed; refused reads them whatever their times
// say. A file that cannot be read, half written maybe, changes nothing.
func (c *credentials) renew(refused bool) (transport *http.Transport, token string, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := mark(c.cfg.TokenPath); c.cfg.TokenPath != "" && (refused || m != c.tokenMark) {
		if token, err := ReadToken(c.cfg.TokenPath); err == nil {
			changed = token != c.token
			c.token, c.tokenMark = token, m
		}
	}
	if m := mark(c.cfg.CAPath, c.cfg.CertPath, c.cfg.KeyPath); m != c.tlsMark {
		if next, err := newTransport(c.cfg); err == nil {
			c.transport.CloseIdleConnections()
			c.transport, c.tlsMark, changed = next, m, true
		}
	}
	return c.transport, c.token, changed
}

// RoundTrip implements http.RoundTripper. A request that was refused for its
// credentials was not carried out; it is sent once more if there are new ones.
func (c *credentials) RoundTrip(req *http.Request) (*http.Response, error) {
	transport, token, _ := c.renew(false)
	resp, err := transport.RoundTrip(signed(req, token))
	refused := err == nil && resp.StatusCode == http.StatusUnauthorized || refusedTLS(err)
	if !refused || req.Body != nil && req.GetBody == nil {
		return resp, err
	}
	transport, token, changed := c.renew(true)
	if !changed {
		return resp, err
	}
	again := signed(req, token)
	if req.GetBody != nil {
		body, bodyErr := req.GetBody()
		if bodyErr != nil {
			return resp, err
		}
		again.Body = body
	}
	if resp != nil {
		_ = resp.Body.Close()
	}
	return transport.RoundTrip(again)
}

// CloseIdleConnections is called by http.Client.
func (c *credentials) CloseIdleConnections() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transport.CloseIdleConnections()
}

func signed(req *http.Request, token string) *http.Request {
	if token == "" {
		return req
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

// refusedTLS tells that either side did not accept the other's certificate.
func refusedTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var op *net.OpError
	return errors.As(err, &verify) || errors.As(err, &op) && op.Op == "remote error"
}
