package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"drey/client/fault"
)

// ErrReadOnly is returned for a request that would change something while the
// client is read-only; nothing was sent.
var ErrReadOnly error = readOnlyError{}

// Error is an answer that is not a success, or no answer at all (Status 0).
type Error struct {
	Method, Path string
	Status       int    // HTTP status, 0 when there was no usable answer
	Message      string // the API's message, one line a message
	RequestID    string // X-Request-Id of the answer, "" without
	Err          error  // the cause when Status is 0

	fault fault.Fault
}

// Fault says what the error means.
func (e *Error) Fault() fault.Fault { return e.fault }

// readOnlyError is a request that did not leave.
type readOnlyError struct{}

func (readOnlyError) Error() string { return "read-only: nothing was sent" }

// Fault says what the error means.
func (readOnlyError) Fault() fault.Fault { return fault.Fault{Kind: fault.ReadOnly} }

// Error says what was asked, what came back and the status, and what helps where
// credentials and time do not.
func (e *Error) Error() string {
	text := e.Message
	if e.Status != 0 {
		text = fmt.Sprintf("%s (%d)", e.Message, e.Status)
	}
	if e.fault.Kind == fault.Unlicensed {
		text += ": " + e.fault.Advice()
	}
	if e.RequestID != "" {
		text += " · request " + e.RequestID
	}
	return text
}

// Unwrap gives the cause of a request without an answer.
func (e *Error) Unwrap() error { return e.Err }

// StatusOf is the HTTP status behind err, 0 when there is none.
func StatusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// IsNotFound reports a 404: the object is not there (any more).
func IsNotFound(err error) bool { return StatusOf(err) == http.StatusNotFound }

// meaning is what an answer with this status means. own tells that its body is
// an error of the API: a 404 that is not is one of a server, or of a proxy,
// that does not know the path. retry is when to ask again, zero when the answer
// does not say.
func meaning(method string, status int, own bool, retry time.Time) fault.Fault {
	f := fault.Fault{Kind: fault.Other, Code: status}
	switch {
	case status == http.StatusNotModified:
		f.Kind = fault.NotModified
	case status == http.StatusUnauthorized:
		f.Kind = fault.SignedOut
	case status == http.StatusForbidden:
		f.Kind = fault.Forbidden
	case status == http.StatusNotFound && own:
		f.Kind = fault.NotFound
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		f.Kind = fault.Unsupported
	case status == http.StatusConflict, status == http.StatusPreconditionFailed:
		f.Kind = fault.Conflict
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && !retry.IsZero():
		f.Kind, f.Until = fault.Throttled, retry
	case status >= 500:
		f.Kind = fault.Failing
	case status >= 200 && status < 400:
		f.Kind = fault.Failing // an answer that is none
	}
	switch status {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		f.Lost = method != http.MethodGet
	}
	if status >= 200 && status < 300 {
		f.Lost = method != http.MethodGet
	}
	return f
}

// licenceRefused finds the refusal of a server whose licence is over, wrong or not
// there: no status of its own tells it from a lack of rights, or from a failure that passes.
var licenceRefused = regexp.MustCompile(
	`(?i)\blicen[cs]e\b.{0,60}\b(expired|invalid|missing|required|not (valid|found|installed|permitted))\b|` +
		`\b(expired|invalid|missing|no|no valid|without a|requires a|not covered by the) licen[cs]e\b`,
)

// readLicence marks an answer that refuses for the server's licence. Whether a change was
// done is known no better for it: a text is no proof.
// What is wrong with a request may name a column or a file so; its statuses are others.
func (e *Error) readLicence() {
	switch {
	case e.Status < 500 && e.Status != http.StatusPaymentRequired && e.Status != http.StatusForbidden &&
		e.Status != http.StatusUnavailableForLegalReasons:
	case licenceRefused.MatchString(e.Message):
		e.fault.Kind, e.fault.Until = fault.Unlicensed, time.Time{}
	}
}

// maxRetryAfter is the longest that a server is believed.
const maxRetryAfter = time.Hour

// retryAfter reads the header: seconds or a date; the zero time for neither.
func retryAfter(value string, now time.Time) time.Time {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return now.Add(min(time.Duration(seconds)*time.Second, maxRetryAfter))
	}
	at, err := http.ParseTime(value)
	if err != nil || !at.After(now) {
		return time.Time{}
	}
	return now.Add(min(at.Sub(now), maxRetryAfter))
}

// retryAt is when an answer says that it may be asked for again, the zero time
// when it does not say.
func (c *Client) retryAt(resp *resty.Response, now time.Time) time.Time {
	at := retryAfter(resp.Header().Get("Retry-After"), now)
	if at.IsZero() && c.dialect.Wait != nil {
		if after, ok := c.dialect.Wait(resp.RawResponse); ok {
			return now.Add(min(after, maxRetryAfter))
		}
	}
	return at
}

// otherMessage finds the text for people in an error's body that is none of the
// API's: the shapes of proxies, HTML, or plain text.
func otherMessage(status int, contentType string, body []byte) string {
	var other map[string]any
	if json.Unmarshal(body, &other) == nil {
		for _, name := range []string{"message", "error_description", "detail", "error"} {
			if text, ok := other[name].(string); ok && text != "" {
				return text
			}
		}
	}
	text := strings.TrimSpace(string(body))
	if looksHTML(contentType, body) {
		text = htmlText(text)
	}
	if text == "" {
		text = strings.ToLower(http.StatusText(status))
	}
	return shorten(text, 300)
}

func looksHTML(contentType string, body []byte) bool {
	return strings.Contains(contentType, "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

var (
	titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	anyTag   = regexp.MustCompile(`(?s)<[^>]*>`)
	blanks   = regexp.MustCompile(`\s+`)
)

func htmlText(html string) string {
	text := "the server answered with a web page"
	if m := titleTag.FindStringSubmatch(html); m != nil {
		return text + ": " + strings.TrimSpace(blanks.ReplaceAllString(m[1], " "))
	}
	plain := strings.TrimSpace(blanks.ReplaceAllString(anyTag.ReplaceAllString(html, " "), " "))
	if plain == "" {
		return text
	}
	return text + ": " + plain
}

func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit]) + "…"
}
