package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"drey/client/fault"
)

// Exchange is a request whose body and answer are streams: neither is held in
// memory. It is for what is large, and for APIs whose calls bring their own
// decoding.
type Exchange struct {
	Method string
	Path   string // escaped, from the server's root
	Query  url.Values
	// ContentType and Length are those of Content, which is nil for no body.
	ContentType string
	Length      int64 // bytes
	Content     io.Reader
	// Refusal reads an answer that is no success: the API's own error, which the
	// error that Stream gives wraps, its text for people and what it means. A nil
	// error is an answer that is none of the API's.
	Refusal func(status int, body []byte) (text string, kind fault.Kind, own error)
}

const (
	// streamSilence is how long a stream may bring nothing. A jar's main method
	// runs before an answer comes.
	streamSilence = 60 * time.Second
	// maxRefusal is how much of an answer that is no success is read, in bytes.
	maxRefusal = 1 << 20
)

// Stream sends x and gives the answer's body once its head is there, which the
// caller closes. What is not a success is an *Error, as Do gives it. A stream that
// brings nothing for a minute ends with an error, however long it was.
func (c *Client) Stream(ctx context.Context, x Exchange) (status int, body io.ReadCloser, err error) {
	r := Request{Method: x.Method, Path: x.Path, Query: x.Query}
	sent, err := c.permitted(ctx, r, &x)
	if err != nil {
		return 0, nil, err
	}
	if err := c.admit(ctx, r); err != nil {
		return 0, nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watch := &watched{cancel: cancel}
	watch.timer = time.AfterFunc(streamSilence, func() { cancel(errSilent) })
	req, err := c.streamRequest(ctx, x, watch)
	if err != nil {
		watch.end()
		return 0, nil, err
	}
	call := Call{
		At: c.now(), Method: x.Method, URL: req.URL.String(), RequestBody: sent, authorized: c.creds.authorized(),
	}
	began, end := c.budget.begin(), c.calls.begin(call)
	defer end()
	resp, err := (&http.Client{Transport: c.creds, CheckRedirect: c.creds.mayFollow}).Do(req)
	if err != nil {
		watch.end()
		err = noAnswer(r, orSilent(ctx, err))
		c.budget.end()
		c.reach.end(began, err, fault.Is(err, fault.Offline), false)
		call.Duration, call.Err = c.now().Sub(call.At), err.Error()
		c.calls.add(call)
		return 0, nil, err
	}
	c.budget.end()
	c.reach.end(began, nil, false, true)
	call.Status, call.Duration, call.RequestID = resp.StatusCode, c.now().Sub(call.At), resp.Header.Get("X-Request-Id")
	answer := &streamed{body: resp.Body, ctx: ctx, request: r, watch: watch, done: func(n int64) {
		call.Bytes = int(n)
		c.calls.add(call)
	}}
	if err := c.streamError(x, resp, answer, &call); err != nil {
		return 0, nil, errors.Join(err, answer.Close())
	}
	return resp.StatusCode, answer, nil
}

// permitted tells whether a request may leave. The beginning of a body that has to
// be looked at, or that the log of calls shows, is given.
func (c *Client) permitted(ctx context.Context, r Request, x *Exchange) (sent []byte, err error) {
	if x.Content != nil && x.ContentType == "application/json" && x.Length <= maxBody {
		if sent, err = io.ReadAll(io.LimitReader(x.Content, maxBody)); err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		x.Content, x.Length = bytes.NewReader(sent), int64(len(sent))
	}
	if c.readOnly && r.Method != http.MethodGet && (c.permit == nil || !c.permit(ctx, r, sent)) {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.Path, ErrReadOnly)
	}
	return sent[:min(len(sent), callBodyCap)], nil
}

func (c *Client) streamRequest(ctx context.Context, x Exchange, watch *watched) (*http.Request, error) {
	target := c.base + x.Path
	if len(x.Query) > 0 {
		target += "?" + x.Query.Encode()
	}
	var content io.Reader
	if x.Content != nil {
		content = &watchedReader{x.Content, watch}
	}
	req, err := http.NewRequestWithContext(ctx, x.Method, target, content)
	if err != nil {
		return nil, err
	}
	if again, ok := x.Content.(*bytes.Reader); ok { // it can be sent once more with new credentials
		req.GetBody = func() (io.ReadCloser, error) {
			_, err := again.Seek(0, io.SeekStart)
			return io.NopCloser(again), err
		}
	}
	req.Header.Set("Accept", "application/json, */*")
	req.Header.Set("User-Agent", "drey")
	if x.Content != nil {
		req.ContentLength = x.Length
		req.Header.Set("Content-Type", x.ContentType)
	}
	if sign := c.dialect.Sign; sign != nil {
		err = sign(req)
	}
	return req, err
}

// streamError is why an answer is no success, nil when it is one.
func (c *Client) streamError(x Exchange, resp *http.Response, answer io.Reader, call *Call) error {
	kind := resp.Header.Get("Content-Type")
	success := resp.StatusCode >= 200 && resp.StatusCode < 300
	if success && !looksHTML(kind, nil) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer, maxRefusal))
	if err != nil {
		return err
	}
	e := &Error{Method: x.Method, Path: x.Path, Status: resp.StatusCode, RequestID: call.RequestID}
	var own error
	meant := fault.None
	if x.Refusal != nil && !success {
		e.Message, meant, own = x.Refusal(resp.StatusCode, text)
	}
	e.Err = own
	e.fault = meaning(x.Method, resp.StatusCode, own != nil, retryAfter(resp.Header.Get("Retry-After"), c.now()))
	if meant != fault.None {
		e.fault.Kind = meant
	}
	if e.Message == "" {
		e.Message = otherMessage(resp.StatusCode, kind, text)
	}
	if success {
		e.Message += "; is this the address of " + c.dialect.server() + "?"
	}
	call.Err = e.Message
	return e
}

var errSilent = errors.New("the server sent nothing for a minute")

// orSilent is err, or why the stream was given up.
func orSilent(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return fmt.Errorf("%w: %w", errSilent, context.DeadlineExceeded)
	}
	return err
}

// watched ends an exchange that brings nothing.
type watched struct {
	timer  *time.Timer
	cancel context.CancelCauseFunc
	once   sync.Once
}

func (w *watched) alive() { w.timer.Reset(streamSilence) }

func (w *watched) end() {
	w.once.Do(func() {
		w.timer.Stop()
		w.cancel(nil)
	})
}

// watchedReader is a body on its way out.
type watchedReader struct {
	io.Reader
	watch *watched
}

func (r *watchedReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if n > 0 {
		r.watch.alive()
	}
	return n, err
}

// streamed is an answer's body.
type streamed struct {
	body    io.ReadCloser
	ctx     context.Context
	request Request
	watch   *watched
	n       int64
	done    func(int64)
	once    sync.Once
}

func (s *streamed) Read(b []byte) (int, error) {
	n, err := s.body.Read(b)
	s.n += int64(n)
	if n > 0 {
		s.watch.alive()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = noAnswer(s.request, orSilent(s.ctx, err))
	}
	return n, err
}

func (s *streamed) Close() error {
	err := s.body.Close()
	s.once.Do(func() {
		s.watch.end()
		s.done(s.n)
	})
	return err
}
