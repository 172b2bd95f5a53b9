package client

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"drey/client/fault"
)

// request is one exchange.
type request struct {
	method string
	path   string // escaped, from the API's root
	query  url.Values
	body   any    // encoded as JSON; nil for none
	etag   string // If-None-Match
	most   int    // bytes of the answer that are read; maxBody when 0
}

func (r request) limit() int {
	if r.most > 0 {
		return r.most
	}
	return maxBody
}

// answer is a success: 2xx, or 304 where it was asked for or means "already so".
type answer struct {
	status int
	etag   string
	body   []byte
}

// do sends r, logs the call, and turns whatever is not a success into *Error.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	if c.readOnly && r.method != http.MethodGet {
		return answer{}, fmt.Errorf("%s %s: %w", r.method, r.path, ErrReadOnly)
	}
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req := c.http.R().SetContext(ctx).SetResponseBodyLimit(r.limit()).SetHeader("Accept", "application/json")
	if r.etag != "" {
		req.SetHeader("If-None-Match", r.etag)
	}
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return answer{}, fmt.Errorf("encode the request: %w", err)
		}
		req.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	start := c.now()
	resp, err := req.Execute(r.method, target)
	out, err := read(r, resp, err, start)
	c.record(r, target, body, resp, err, start)
	return out, err
}

func (c *Client) record(r request, target string, body []byte, resp *resty.Response, err error, at time.Time) {
	call := Call{
		At: at, Method: r.method, URL: target, Duration: c.now().Sub(at),
		RequestBody: body[:min(len(body), callBodyCap)], authorized: c.creds.authorized(),
	}
	if resp != nil {
		call.Status = resp.StatusCode()
		call.Bytes = len(resp.Body())
		call.RequestID = resp.Header().Get("X-Request-Id")
	}
	var e *Error
	if errors.As(err, &e) {
		call.Err = e.Message
	}
	c.calls.add(call)
}

func read(r request, resp *resty.Response, err error, now time.Time) (answer, error) {
	if err != nil {
		return answer{}, noAnswer(r, err)
	}
	status := resp.StatusCode()
	out := answer{status: status, etag: resp.Header().Get("ETag"), body: resp.Body()}
	fail := &Error{Method: r.method, Path: r.path, Status: status, RequestID: resp.Header().Get("X-Request-Id")}
	fail.fault = meaning(r.method, status, resp.Header(), isAPIError(out.body), now)
	switch {
	case status == http.StatusNotModified && r.etag != "":
		return out, nil
	case status == http.StatusNotModified:
		fail.Message = "not modified: it is already so"
		return out, fail
	case status >= 200 && status < 300:
		if len(out.body) > 0 && looksHTML(resp.Header().Get("Content-Type"), out.body) {
			fail.Message = message(status, "text/html", out.body) + "; is this the address of a CMF server?"
			return out, fail
		}
		return out, nil
	}
	fail.Message = message(status, resp.Header().Get("Content-Type"), out.body)
	return out, fail
}

// noAnswer says in words why there was none.
func noAnswer(r request, err error) error {
	e := &Error{Method: r.method, Path: r.path, Err: err, fault: fault.Fault{Kind: fault.Offline, Lost: r.method != http.MethodGet}}
	var netErr net.Error
	switch {
	case errors.Is(err, context.Canceled):
		e.Message = "cancelled"
		e.fault.Kind = fault.Cancelled
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		e.Message = fmt.Sprintf("the answer is larger than %d MB", r.limit()>>20)
		e.fault.Kind = fault.Failing
	case neverSent(err):
		e.Message = "cannot reach the server: " + lastCause(err)
		e.fault.Lost = false
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		e.Message = "the server did not answer in time"
	default:
		e.Message = strings.TrimSpace(lastPart(err))
	}
	return e
}

// neverSent tells that no connection came about, so that the server has seen
// nothing of the request.
func neverSent(err error) bool {
	var op *net.OpError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "remote error") || errors.As(err, &record) || errors.As(err, &verify) ||
		strings.Contains(err.Error(), "TLS handshake timeout")
}

// lastCause is the innermost reason why there is no connection.
func lastCause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

// lastPart cuts the method and address that net/http puts before the cause.
func lastPart(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return "the connection failed: " + u.Err.Error()
	}
	return "the connection failed: " + err.Error()
}

// decode reads an answer's body into v; a body that is not what was expected
// is an *Error too, with the status that came.
func decode(r request, a answer, v any) error {
	if len(a.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		return unreadable(r, a, err)
	}
	return nil
}

func unreadable(r request, a answer, err error) error {
	return &Error{Method: r.method, Path: r.path, Status: a.status, Message: "cannot read the answer: " + err.Error(), Err: err, fault: fault.Fault{Kind: fault.Failing, Code: a.status, Lost: r.method != http.MethodGet}}
}
