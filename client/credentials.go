package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// credentials is the transport with its certificates and authority, and says who
// we are. Files are read again when they change, and after the server refused
// what they held: nothing has to be started again when a credential is renewed.
type credentials struct {
	cfg   Config
	base  *url.URL
	clock clock

	connected atomic.Pointer[Connection]

	mu        sync.Mutex
	transport *http.Transport
	tlsMark   string // of the files that transport was made from
}

func newCredentials(cfg Config, base string) (*credentials, error) {
	c := &credentials{cfg: cfg}
	var err error
	if c.base, err = url.Parse(base); err != nil {
		return nil, err
	}
	if c.transport, err = newTransport(cfg); err != nil {
		return nil, err
	}
	c.tlsMark = mark(cfg.CAPath, cfg.CertPath, cfg.KeyPath)
	return c, nil
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

// authorized tells whether requests carry who we are.
func (c *credentials) authorized() bool { return c.cfg.Auth != nil }

// connection is the transport; it is a new one when certificates changed. A file
// that cannot be read, half written maybe, changes nothing.
func (c *credentials) connection() (transport *http.Transport, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := mark(c.cfg.CAPath, c.cfg.CertPath, c.cfg.KeyPath); m != c.tlsMark {
		if next, err := newTransport(c.cfg); err == nil {
			c.transport.CloseIdleConnections()
			c.transport, c.tlsMark, changed = next, m, true
		}
	}
	return c.transport, changed
}

// RoundTrip implements http.RoundTripper. A request that was refused for its
// credentials was not carried out; it is sent once more if there are new ones.
func (c *credentials) RoundTrip(req *http.Request) (*http.Response, error) {
	transport, _ := c.connection()
	header, err := c.header(req, transport, "")
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	resp, err := c.send(transport, req, header)
	denied := err == nil && resp.StatusCode == http.StatusUnauthorized
	if !denied && !refusedTLS(err) || req.Body != nil && req.GetBody == nil {
		return resp, err
	}
	transport, changed := c.connection()
	next := header
	if denied && header != "" {
		var authErr error
		if next, authErr = c.header(req, transport, header); authErr != nil {
			_ = resp.Body.Close()
			return nil, authErr
		}
	}
	if !changed && next == header {
		return resp, err
	}
	return c.again(transport, req, next, resp, err)
}

// again sends a request that was refused once more.
func (c *credentials) again(
	transport *http.Transport, req *http.Request, header string, resp *http.Response, err error,
) (*http.Response, error) {
	again := req.Clone(req.Context())
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
	return c.send(transport, again, header)
}

// header says who we are to the server of the request; "" for nobody, and to
// hosts that are not the context's.
func (c *credentials) header(req *http.Request, transport *http.Transport, refused string) (string, error) {
	if c.cfg.Auth == nil || !c.trusted(req.URL) {
		return "", nil
	}
	header, err := c.cfg.Auth(req.Context(), transport, refused)
	if err != nil && (req.Context().Err() == nil || !errors.Is(err, req.Context().Err())) {
		return "", &authError{err}
	}
	return header, err
}

// trusted tells whether credentials may go to an address: to the context's own
// hosts, and not in plain text where the context's address is not.
func (c *credentials) trusted(u *url.URL) bool {
	if u.Scheme != "https" && c.base.Scheme == "https" {
		return false
	}
	return u.Host == c.base.Host || slices.Contains(c.cfg.Hosts, u.Host) || u.Scheme == "https" && c.below(u.Hostname())
}

// below tells whether a host is in one of the context's domains.
func (c *credentials) below(host string) bool {
	return slices.ContainsFunc(c.cfg.Domains, func(domain string) bool { return strings.HasSuffix(host, "."+domain) })
}

// mayFollow keeps requests at home: a redirect is followed to the context's own
// hosts only, and not between http and https.
func (c *credentials) mayFollow(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 || !c.trusted(req.URL) || req.URL.Scheme != via[0].URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

func (c *credentials) send(transport *http.Transport, req *http.Request, header string) (*http.Response, error) {
	if c.trusted(req.URL) && (header != "" || len(c.cfg.Headers) > 0) {
		req = req.Clone(req.Context())
		for name, value := range c.cfg.Headers {
			req.Header.Set(name, value)
		}
		if header != "" {
			req.Header.Set("Authorization", header)
		}
	}
	began := time.Now()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusProxyAuthRequired && transport.Proxy != nil {
		if proxy, _ := transport.Proxy(req); proxy != nil {
			_ = resp.Body.Close()
			return nil, &proxyError{host: proxy.Host, status: resp.StatusCode}
		}
	}
	c.clock.observe(resp.Header, began, time.Now())
	c.remember(resp.TLS)
	return resp, nil
}

// CloseIdleConnections is called by http.Client.
func (c *credentials) CloseIdleConnections() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transport.CloseIdleConnections()
}

// refusedTLS tells that either side did not accept the other's certificate.
func refusedTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var op *net.OpError
	return errors.As(err, &verify) || errors.As(err, &op) && op.Op == "remote error"
}

// ProxyNone is a proxy setting for none, whatever the environment says.
const ProxyNone = "none"

// CheckProxy says what is wrong with a proxy setting.
func CheckProxy(text string) error {
	if text == "" || text == ProxyNone {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("proxy: want http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT or none")
	case u.User != nil:
		return errors.New(
			"proxy: a secret is not written here: leave proxy out and set HTTPS_PROXY and HTTP_PROXY to the address with " +
				"its user and password",
		)
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return nil
	}
	return fmt.Errorf("proxy %q: want http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT or none", text)
}

// proxyFor is what http.Transport asks for its proxy.
func proxyFor(text string) func(*http.Request) (*url.URL, error) {
	switch text {
	case "":
		return http.ProxyFromEnvironment
	case ProxyNone:
		return nil
	}
	u, err := url.Parse(text)
	return func(*http.Request) (*url.URL, error) { return u, err }
}

// proxyError is a proxy that does not let a connection through.
type proxyError struct {
	host   string
	status int
	text   string
}

func (e *proxyError) Error() string {
	if e.status == http.StatusProxyAuthRequired {
		return fmt.Sprintf(
			"the proxy %s wants a user and a password (407): set HTTPS_PROXY and HTTP_PROXY to http://USER:PASSWORD@%s and "+
				"leave proxy out of the configuration",
			e.host, e.host,
		)
	}
	return fmt.Sprintf("the proxy %s refused the connection: %s", e.host, e.text)
}

// checkProxyAnswer reads what a proxy says to the wish for a connection.
func checkProxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{host: proxy.Host, status: answer.StatusCode, text: answer.Status}
}
