// Package rest is how the engine reaches Flink: the transport that
// client/flinkrest's calls go over, to a JobManager or a SQL Gateway.
package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/server/engine"
)

// Endpoint is an address and who we are there.
type Endpoint struct {
	URL string
	// User and Password are for basic authentication, Token is a bearer token.
	User, Password, Token string
	// CA is a PEM file of the authority that signed the endpoint's certificate.
	CA string
}

// Client speaks to one endpoint. It is safe for concurrent use.
type Client struct {
	name string // for people: "Flink's JobManager"
	base string // without a slash at its end
	web  *url.URL
	http *http.Client
}

// timeout is how long a call may take: a jar's main method runs within one.
const timeout = 60 * time.Second

// New makes a client; it does not connect.
func New(name string, e Endpoint) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(e.URL, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("address of %s %q: want http://HOST:PORT or https://HOST:PORT", name, e.URL)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	if e.CA != "" {
		pem, err := os.ReadFile(e.CA)
		if err != nil {
			return nil, fmt.Errorf("authority of %s: %w", name, err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("authority of %s: no certificate in %s", name, e.CA)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &Client{name: name, base: u.String(), web: u, http: &http.Client{
		Transport: &authorized{transport, e}, Timeout: timeout, CheckRedirect: dontRedirect,
	}}, nil
}

// dontRedirect takes the redirect itself for the answer: Flink sends none, and
// credentials stay at their address.
func dontRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// URL is the endpoint's address.
func (c *Client) URL() string { return c.base }

// Web is the endpoint's address and how it is reached, for a proxy to it.
func (c *Client) Web() (*url.URL, http.RoundTripper) { return c.web, c.http.Transport }

// authorized is a transport that says who we are.
type authorized struct {
	*http.Transport
	endpoint Endpoint
}

// RoundTrip implements http.RoundTripper.
func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.endpoint.Token == "" && a.endpoint.User == "" {
		return a.Transport.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	if a.endpoint.Token != "" {
		r.Header.Set("Authorization", "Bearer "+a.endpoint.Token)
	} else {
		r.SetBasicAuth(a.endpoint.User, a.endpoint.Password)
	}
	return a.Transport.RoundTrip(r)
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do implements flinkrest.Transport. Where nobody answers, or only to say that
// nobody is there (503), the error is an engine.ErrUnavailable.
func (c *Client) Do(
	ctx context.Context, method, path string, query url.Values, body *flinkrest.Body,
) (int, io.ReadCloser, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "drey")
	if body != nil {
		req.Header.Set("Content-Type", body.ContentType)
		req.ContentLength = body.Length
		req.Body = io.NopCloser(body.Content)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, c.unreachable(ctx, err)
	}
	if resp.StatusCode == http.StatusServiceUnavailable {
		return 0, nil, c.unreachable(ctx, errors.Join(errors.New(resp.Status), resp.Body.Close()))
	}
	return resp.StatusCode, &answer{resp.Body, ctx, c}, nil
}

// answer is a body that breaks off as an unreachable server does.
type answer struct {
	io.ReadCloser
	ctx    context.Context
	client *Client
}

func (a *answer) Read(b []byte) (int, error) {
	n, err := a.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = a.client.unreachable(a.ctx, err)
	}
	return n, err
}

// unreachable is nobody answering, unless whoever asked has given up.
func (c *Client) unreachable(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &unreachable{c.name, c.URL(), cause}
}

type unreachable struct {
	name, url string
	cause     error
}

func (u *unreachable) Error() string {
	cause := u.cause
	var inner *url.Error
	if errors.As(cause, &inner) {
		cause = inner.Err
	}
	return fmt.Sprintf("%s at %s does not answer: %v", u.name, u.url, cause)
}

func (u *unreachable) Unwrap() error { return u.cause }

// Is makes it an engine.ErrUnavailable.
func (u *unreachable) Is(target error) bool { return target == engine.ErrUnavailable }
