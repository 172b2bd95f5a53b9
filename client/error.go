package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"drey/client/cmf"
)

// ErrReadOnly is returned for a request that would change something while the
// client is read-only; nothing was sent.
var ErrReadOnly = errors.New("read-only: nothing was sent")

// Error is an answer that is not a success, or no answer at all (Status 0).
type Error struct {
	Method, Path string
	Status       int    // HTTP status, 0 when there was no usable answer
	Message      string // the API's message, one line a message
	RequestID    string // X-Request-Id of the answer, "" without
	Err          error  // the cause when Status is 0
}

// Error says what was asked, what came back and the status.
func (e *Error) Error() string {
	text := e.Message
	if e.Status != 0 {
		text = fmt.Sprintf("%s (%d)", e.Message, e.Status)
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

// Gone reports a 404: the object is not there (any more).
func Gone(err error) bool { return StatusOf(err) == http.StatusNotFound }

// NotModified reports a 304: it was already so.
func NotModified(err error) bool { return StatusOf(err) == http.StatusNotModified }

// message finds the text for people in an error's body: the API's shape
// (cmf-behaviour.md §3.1), the shapes of proxies, HTML, or plain text.
func message(status int, contentType string, body []byte) string {
	var api cmf.RestError
	if json.Unmarshal(body, &api) == nil && len(api.Errors) > 0 {
		var lines []string
		for _, e := range api.Errors {
			lines = append(lines, e.Message)
		}
		return strings.Join(lines, "\n")
	}
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
