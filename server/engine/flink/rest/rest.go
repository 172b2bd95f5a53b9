// Package rest speaks to Flink's JobManager and SQL Gateway over HTTP
// (flink-engine.md §2, §3; flink-verified.md §3, §4).
package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"drey/server/engine"

	"github.com/go-resty/resty/v2"
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
	base string
	http *resty.Client

	endpoint Endpoint
}

// timeout is how long a call may take: a jar's main method runs within one.
const timeout = 60 * time.Second

// New makes a client; it does not connect.
func New(name string, e Endpoint) (*Client, error) {
	u, err := url.Parse(e.URL)
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
	c := resty.NewWithClient(&http.Client{Transport: transport, Timeout: timeout}).
		SetLogger(silent{}).SetHeader("User-Agent", "drey").SetDisableWarn(true).
		SetRedirectPolicy(resty.NoRedirectPolicy())
	if e.User != "" {
		c.SetBasicAuth(e.User, e.Password)
	}
	if e.Token != "" {
		c.SetAuthToken(e.Token)
	}
	return &Client{name: name, base: strings.TrimRight(e.URL, "/"), http: c, endpoint: e}, nil
}

// URL is the endpoint's address.
func (c *Client) URL() string { return c.base }

// Web is the endpoint's address and how it is reached, for a proxy to it.
func (c *Client) Web() (*url.URL, http.RoundTripper) {
	u, _ := url.Parse(c.base) // as New did
	return u, &authorized{c.http.GetClient().Transport, c.endpoint}
}

// authorized is a transport that says who we are.
type authorized struct {
	http.RoundTripper
	endpoint Endpoint
}

func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	switch {
	case a.endpoint.Token != "":
		r.Header.Set("Authorization", "Bearer "+a.endpoint.Token)
	case a.endpoint.User != "":
		r.SetBasicAuth(a.endpoint.User, a.endpoint.Password)
	}
	return a.RoundTripper.RoundTrip(r)
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.GetClient().CloseIdleConnections() }

// Get asks and decodes.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.Do(ctx, http.MethodGet, path, nil, into)
}

// Post sends JSON and decodes the answer.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	return c.Do(ctx, http.MethodPost, path, body, into)
}

// Do sends JSON, unless body is nil, and decodes the answer, unless into is nil.
func (c *Client) Do(ctx context.Context, method, path string, body, into any) error {
	answer, err := c.Bytes(ctx, method, path, body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("answer of %s to %s %s: %w", c.name, method, path, err)
	}
	return nil
}

// Bytes is Do without decoding. A failure is an *Error, or one that is
// service.ErrUnavailable when nobody answered.
func (c *Client) Bytes(ctx context.Context, method, path string, body any) ([]byte, error) {
	r := c.http.R().SetContext(ctx).SetHeader("Accept", "application/json")
	if body != nil {
		r.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	return c.answer(ctx, r, method, path)
}

// Upload sends a jar as the one part of a form (flink-engine.md §2.4).
func (c *Client) Upload(ctx context.Context, path, file, name string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	defer f.Close()
	r := c.http.R().SetContext(ctx).SetMultipartField("jarfile", name, "application/x-java-archive", f)
	answer, err := c.answer(ctx, r, http.MethodPost, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}

func (c *Client) answer(ctx context.Context, r *resty.Request, method, path string) ([]byte, error) {
	resp, err := r.Execute(method, c.base+path)
	return resp.Body(), c.failure(ctx, resp, resp.Body(), err)
}

// copy copies an answer into a buffer that was used before.
func (c *Client) copy(ctx context.Context, path string, into *bytes.Buffer) error {
	resp, err := c.http.R().SetContext(ctx).SetHeader("Accept", "application/json").SetDoNotParseResponse(true).Get(c.base + path)
	if body := resp.RawBody(); body != nil {
		_, readErr := into.ReadFrom(body)
		err = errors.Join(err, readErr, body.Close())
	}
	return c.failure(ctx, resp, into.Bytes(), err)
}

// failure is what an answer that is none says.
func (c *Client) failure(ctx context.Context, resp *resty.Response, body []byte, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &unreachable{c.name, c.base, err}
	case resp.IsSuccess():
		return nil
	case resp.StatusCode() == http.StatusServiceUnavailable:
		return &unreachable{c.name, c.base, errors.New(resp.Status())}
	}
	e := &Error{Status: resp.StatusCode()}
	var shape struct {
		Errors []string `json:"errors"`
	}
	if json.Unmarshal(body, &shape) == nil {
		e.Texts = shape.Errors
	}
	return e
}

// unreachable is nobody answering.
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

// Is makes it a service.ErrUnavailable.
func (u *unreachable) Is(target error) bool { return target == engine.ErrUnavailable }

// silent is a resty logger that says nothing.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
