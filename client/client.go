// Package client is the transport to a server of some REST API, anywhere: lists
// that are polled conditionally, one error type, and a log of every call. What
// differs between APIs is a Dialect; their types and typed calls are packages of
// their own, such as client/cmf and client/cmfapi. It knows nothing of terminals.
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"drey/client/urgency"
)

// Config says which server to speak to and how.
type Config struct {
	// URL is the server's root without the API's path, such as http://host:8080.
	// A path prefix (a proxy's) is kept; a trailing /cmf/api/v1 is cut off.
	URL string
	// CAPath, CertPath and KeyPath are PEM files; CertPath and KeyPath go together.
	CAPath, CertPath, KeyPath string
	// ServerName is the name that the server's certificate is for; "" for that of
	// the address.
	ServerName string
	// Auth says who we are, nil nobody. It is asked for each request, and again
	// after a 401; what it gives goes to the host of URL only, and to Hosts.
	Auth Auth
	// Hosts are hosts, with their ports, that may have what Auth gives, too.
	Hosts []string
	// Domains are those below which any host may have it, by https.
	Domains []string
	// Headers are sent with each request.
	Headers map[string]string
	// Proxy is the address of an http, https or socks5 proxy, ProxyNone, or "" for
	// what the environment says.
	Proxy string
	// ReadOnly refuses every request but GET before it leaves, unless Permit says
	// that it may; body is the request's as it would be sent.
	ReadOnly bool
	Permit   func(ctx context.Context, r Request, body []byte) bool
	// Timeout of one request; 30 s when zero.
	Timeout time.Duration
	// Now is the clock of the call log; time.Now when nil.
	Now func() time.Time
	// Dialect is that of the server's API.
	Dialect Dialect
	// Bucket bounds all requests that leave.
	Bucket Bucket
	// Connections are how many may be open to the server at the same time; 0 bounds
	// nothing.
	Connections int
	// Beside is a client of another address of the same server: the two share one
	// budget, Beside's, and one call log. nil: there is none.
	Beside *Client
}

// Client is safe for concurrent use.
type Client struct {
	base     string
	http     *resty.Client
	creds    *credentials
	dialect  Dialect
	budget   *budget
	reach    reach
	readOnly bool
	permit   func(ctx context.Context, r Request, body []byte) bool
	calls    *CallLog
	now      func() time.Time
}

// Retries of a GET that did not reach the server or met a 502, 503 or 504.
// Nothing else is repeated by itself: a change whose answer was lost may have
// been carried out, and whoever asked for it has to look (fault.Fault.Lost).
const (
	retryCount   = 2
	retryWait    = 100 * time.Millisecond
	retryMaxWait = time.Second
	// maxBody is the largest answer that is read, in bytes once unpacked.
	maxBody = 12 << 20
)

// New makes a client; it does not connect. What is wrong with cfg is said in
// words that name the setting.
func New(cfg Config) (*Client, error) {
	base, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	creds, err := newCredentials(cfg, base)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base: base, creds: creds, dialect: cfg.Dialect, readOnly: cfg.ReadOnly, permit: cfg.Permit, now: cfg.Now,
	}
	if cfg.Beside != nil {
		c.calls, c.budget = cfg.Beside.calls, cfg.Beside.budget.share()
	} else {
		c.calls, c.budget = &CallLog{}, newBudget(cfg.Bucket).share()
	}
	if c.now == nil {
		c.now = time.Now
	}
	timeout := cfg.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	c.http = resty.NewWithClient(&http.Client{Transport: creds, Timeout: timeout}).
		SetRetryCount(retryCount).SetRetryWaitTime(retryWait).SetRetryMaxWaitTime(retryMaxWait).
		AddRetryCondition(shouldRetry).
		SetLogger(silent{}).
		SetContentLength(true). // some proxies answer 411 to a POST in chunks
		SetHeader("User-Agent", "drey")
	c.http.SetRedirectPolicy(resty.RedirectPolicyFunc(creds.mayFollow))
	if sign := cfg.Dialect.Sign; sign != nil {
		c.http.SetPreRequestHook(func(_ *resty.Client, req *http.Request) error { return sign(req) })
	}
	return c, nil
}

// URL is the server's root, without user information.
func (c *Client) URL() string { return c.base }

// ReadOnly tells whether requests that change something are refused.
func (c *Client) ReadOnly() bool { return c.readOnly }

// Calls is the log of every request made.
func (c *Client) Calls() *CallLog { return c.calls }

// Close gives up idle connections.
func (c *Client) Close() {
	c.budget.close()
	c.http.GetClient().CloseIdleConnections()
}

// hostPort is an address that lacks its scheme: a name with dots, localhost, or
// anything with a port; a path may follow.
var hostPort = regexp.MustCompile(
	`^(localhost|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+|[A-Za-z0-9._-]+:[0-9]+|\[[0-9a-fA-F:]+\])(:[0-9]+)?(/|$)`,
)

// ParseURL reads an address as people write it, and gives it with its scheme
// and without the API's path.
func ParseURL(raw string) (string, error) {
	if raw == "" {
		return "", errors.New("url is required: give --url or set CONFLUENT_CMF_URL")
	}
	if hostPort.MatchString(raw) {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("url %q: %w", withoutUser(raw), errors.Unwrap(err))
	}
	if u.User != nil {
		return "", errors.New("url: credentials in the address are not taken; use a token file or a client certificate")
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("url %q: want http://HOST:PORT or https://HOST:PORT", raw)
	}
	u.RawQuery, u.Fragment = "", ""
	path := strings.TrimRight(u.EscapedPath(), "/")
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/cmf/api/v1"), "/")
	return u.Scheme + "://" + u.Host + path, nil
}

// withoutUser leaves out what may be a password of an address that cannot be read.
func withoutUser(raw string) string {
	at := strings.LastIndexByte(raw, '@')
	if at < 0 {
		return raw
	}
	return "…" + raw[at:]
}

func newTransport(cfg Config) (*http.Transport, error) {
	if err := CheckProxy(cfg.Proxy); err != nil {
		return nil, err
	}
	tlsConfig, err := newTLS(cfg)
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  proxyFor(cfg.Proxy),
		OnProxyConnectResponse: checkProxyAnswer,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        tlsConfig,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConnsPerHost:    8,
		MaxConnsPerHost:        cfg.Connections,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
		ExpectContinueTimeout:  time.Second,
	}, nil
}

func newTLS(cfg Config) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: cfg.ServerName}
	if cfg.CAPath != "" {
		pem, err := os.ReadFile(cfg.CAPath)
		if err != nil {
			return nil, fmt.Errorf("certificate authority: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authority %s: no PEM certificate in it", cfg.CAPath)
		}
	}
	if (cfg.CertPath == "") != (cfg.KeyPath == "") {
		return nil, errors.New("client certificate: give both --client-cert-path and --client-key-path")
	}
	if cfg.CertPath != "" {
		cert, err := tls.LoadX509KeyPair(cfg.CertPath, cfg.KeyPath)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	return conf, nil
}

func shouldRetry(r *resty.Response, err error) bool {
	if r == nil || r.Request == nil || r.Request.Context().Err() != nil {
		return false
	}
	if r.Request.Method != http.MethodGet || urgency.Of(r.Request.Context(), urgency.Asked) != urgency.Asked {
		return false // a poll comes again by itself
	}
	var auth *authError
	if errors.As(err, &auth) {
		return false
	}
	if err != nil {
		var netErr net.Error
		return !errors.Is(err, resty.ErrResponseBodyTooLarge) && (!errors.As(err, &netErr) || !netErr.Timeout())
	}
	switch r.StatusCode() {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return r.Header().Get("Retry-After") == ""
	}
	return false
}

type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
