package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"drey/client/fault"
	"drey/client/urgency"
)

// Request is one exchange.
type Request struct {
	Method string
	Path   string // escaped, from the server's root
	Query  url.Values
	Body   any    // encoded as JSON; nil for none
	ETag   string // If-None-Match
	Limit  int    // bytes of the answer that are read at most; 12 MB when 0
	// Private tells that Body holds secrets: it is in no log.
	Private bool
}

func (r Request) limit() int {
	if r.Limit > 0 {
		return r.Limit
	}
	return maxBody
}

// Answer is a success: 2xx, or 304 where it was asked for or means "already so".
type Answer struct {
	Status int
	ETag   string
	Body   []byte
}

// Send sends r and reads one object from the answer; an empty body is the zero T.
// what names the exchange in errors, such as "get application orders".
func Send[T any](ctx context.Context, c *Client, what string, r Request) (T, error) {
	var v T
	a, err := c.Do(ctx, r)
	if err == nil {
		err = decode(r, a, &v)
	}
	if err != nil {
		return v, fmt.Errorf("%s: %w", what, err)
	}
	return v, nil
}

// Do sends r, logs the call, and turns whatever is not a success into *Error.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	target := c.base + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	req := c.http.R().SetContext(ctx).SetResponseBodyLimit(r.limit()).SetHeader("Accept", "application/json")
	if r.ETag != "" {
		req.SetHeader("If-None-Match", r.ETag)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			return Answer{}, fmt.Errorf("encode the request: %w", err)
		}
		req.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	if c.readOnly && r.Method != http.MethodGet && (c.permit == nil || !c.permit(ctx, r, body)) {
		return Answer{}, fmt.Errorf("%s %s: %w", r.Method, r.Path, ErrReadOnly)
	}
	if err := c.admit(ctx, r); err != nil {
		return Answer{}, err
	}
	began, start := c.budget.begin(), c.now()
	end := c.calls.begin(c.call(r, target, body, start))
	resp, err := req.Execute(r.Method, target)
	out, err := c.read(r, resp, err, start)
	c.budget.end()
	c.heed(err)
	c.reach.end(began, err, fault.Is(err, fault.Offline), resp != nil && resp.RawResponse != nil)
	c.record(c.call(r, target, body, start), r, resp, err)
	end()
	return out, err
}

// heed has a server that throttles say when it is asked again. Where there is a bucket
// all requests wait until then.
func (c *Client) heed(err error) {
	if c.budget.bucket == nil {
		return
	}
	var e *Error
	if !fault.Is(err, fault.Throttled) || !errors.As(err, &e) {
		if err == nil {
			c.budget.throttle.taken()
		}
		return
	}
	e.fault.Until = c.budget.throttle.refused(e.fault.Until)
}

// admit waits until a request may leave. One that nobody has asked for just now
// waits for its turn, and is not sent while the server is known to be away: a
// small one tries whether it is back.
func (c *Client) admit(ctx context.Context, r Request) error {
	level := urgency.Of(ctx, urgency.Asked)
	if r.Method != http.MethodGet {
		level = urgency.Asked
	}
	if level != urgency.Asked {
		if err := c.reach.mayAsk(); err != nil {
			return err
		}
		if c.dialect.Probe != "" && r.Path != c.dialect.Probe && !c.reach.since().IsZero() {
			_, err := c.Do(urgency.With(ctx, urgency.Asked), Request{Method: http.MethodGet, Path: c.dialect.Probe})
			if fault.Is(err, fault.Offline) {
				return err
			}
		}
	}
	if err := c.budget.throttle.held(r); err != nil {
		return err
	}
	if err := c.budget.wait(ctx, level); err != nil {
		return noAnswer(r, err)
	}
	return c.budget.throttle.held(r) // the answer of another one may have come meanwhile
}

// call is a request as the log lists it before there is an answer.
func (c *Client) call(r Request, target string, body []byte, at time.Time) Call {
	call := Call{
		At: at, Method: r.Method, URL: target,
		RequestBody: body[:min(len(body), callBodyCap)], authorized: c.creds.authorized(),
	}
	if r.Private {
		call.RequestBody = []byte("…")
	}
	return call
}

func (c *Client) record(call Call, r Request, resp *resty.Response, err error) {
	call.Duration = c.now().Sub(call.At)
	if resp != nil {
		call.Status = resp.StatusCode()
		call.Bytes = len(resp.Body())
		if body := resp.Body(); call.Status >= http.StatusBadRequest && !r.Private {
			call.Body = slices.Clone(body[:min(len(body), callBodyCap)])
		}
		call.RequestID = resp.Header().Get("X-Request-Id")
	}
	var e *Error
	if errors.As(err, &e) {
		call.Err = e.Message
	}
	c.calls.add(call)
}

func (c *Client) read(r Request, resp *resty.Response, err error, now time.Time) (Answer, error) {
	if err != nil {
		return Answer{}, noAnswer(r, err)
	}
	status := resp.StatusCode()
	out := Answer{Status: status, ETag: resp.Header().Get("ETag"), Body: resp.Body()}
	fail := &Error{Method: r.Method, Path: r.Path, Status: status, RequestID: resp.Header().Get("X-Request-Id")}
	var text string
	var own bool
	if status >= 300 {
		text, own = c.dialect.message(out.Body)
	}
	fail.fault = meaning(r.Method, status, own, c.retryAt(resp, now))
	switch {
	case status == http.StatusNotModified && r.ETag != "":
		return out, nil
	case status == http.StatusNotModified:
		fail.Message = "not modified: it is already so"
		return out, fail
	case status >= 200 && status < 300:
		if len(out.Body) > 0 && looksHTML(resp.Header().Get("Content-Type"), out.Body) {
			fail.Message = otherMessage(status, "text/html", out.Body) + "; is this the address of " +
				c.dialect.server() + "?"
			return out, fail
		}
		return out, nil
	}
	if fail.Message = text; !own {
		fail.Message = otherMessage(status, resp.Header().Get("Content-Type"), out.Body)
	}
	if to := elsewhere(resp.RawResponse); to != "" {
		fail.Message = "the server sends us to " + to + ": if that is the server that you mean, make it the url"
	}
	fail.readLicence()
	return out, fail
}

// elsewhere is the address that a redirect which was not followed names; only
// scheme and host, for the rest may be anything.
func elsewhere(resp *http.Response) string {
	if resp == nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
		return ""
	}
	to, err := resp.Location()
	if err != nil || to.Host == "" {
		return ""
	}
	return to.Scheme + "://" + to.Host
}

// noAnswer says in words why there was none.
func noAnswer(r Request, err error) error {
	e := &Error{Method: r.Method, Path: r.Path, Err: err, fault: fault.Fault{
		Kind: fault.Offline, Lost: r.Method != http.MethodGet,
	}}
	var netErr net.Error
	var auth *authError
	switch {
	case errors.As(err, &auth):
		e.Message = auth.Error()
		e.fault = fault.Fault{Kind: auth.kind()}
	case errors.Is(err, context.Canceled):
		e.Message = "cancelled"
		e.fault.Kind = fault.Cancelled
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		e.Message = fmt.Sprintf("the answer is larger than %d MB", r.limit()>>20)
		e.fault.Kind = fault.Failing
	case neverSent(err):
		e.Message = "cannot reach the server: " + reason(err)
		e.fault.Lost = false
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		e.Message = "the server did not answer in time"
	default:
		e.Message = strings.TrimSpace(lastPart(err))
	}
	return e
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
func decode(r Request, a Answer, v any) error {
	if len(a.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.Body, v); err != nil {
		return unreadable(r, a, err)
	}
	return nil
}

func unreadable(r Request, a Answer, err error) error {
	return &Error{
		Method: r.Method, Path: r.Path, Status: a.Status, Message: "cannot read the answer: " + err.Error(), Err: err,
		fault: fault.Fault{Kind: fault.Failing, Code: a.Status, Lost: r.Method != http.MethodGet},
	}
}
