// Package flinkrest is the wire of Apache Flink: the REST API of a JobManager
// and that of a SQL Gateway, as types and calls over a Transport
// (flink-engine.md §2, §3; flink-verified.md §3, §4). The engine over Flink and
// the console each bring a transport of their own. It is a leaf: nothing but the
// standard library.
package flinkrest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Transport sends one request to one server of Flink's.
type Transport interface {
	// Do sends a request. The path is escaped and begins with a slash, body is
	// nil for none. It gives the status, whatever it is, and the answer's body,
	// which the caller closes; an error is a request without an answer.
	Do(
		ctx context.Context, method, path string, query url.Values, body *Body,
	) (status int, answer io.ReadCloser, err error)
}

// Body is what a request carries.
type Body struct {
	ContentType string
	Length      int64 // in bytes
	Content     io.Reader
}

// maxAnswer is the largest answer that is decoded, in bytes: a job of a
// thousand vertices has about two million.
const maxAnswer = 64 << 20

// call sends value as JSON, unless it is nil, and decodes the answer, unless
// into is nil. A refusal is an *Error.
func call(ctx context.Context, t Transport, method, path string, query url.Values, value, into any) error {
	var body *Body
	if value != nil {
		b, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("encode a request to Flink: %w", err)
		}
		body = &Body{ContentType: "application/json", Length: int64(len(b)), Content: bytes.NewReader(b)}
	}
	answer, err := send(ctx, t, method, path, query, body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return &Error{Status: http.StatusOK, Err: fmt.Errorf(
			"cannot read what Flink answered to %s %s: %w", method, path, err,
		)}
	}
	return nil
}

func get(ctx context.Context, t Transport, path string, query url.Values, into any) error {
	return call(ctx, t, http.MethodGet, path, query, nil, into)
}

// found is the error of an answer that can be read and is none of Flink's, such as one
// of a proxy: part is what Flink's has in any case.
func found(part string, is bool, err error) error {
	if err != nil || is {
		return err
	}
	return &Error{Status: http.StatusOK, Err: fmt.Errorf("this is no answer of Flink's: there is no %q in it", part)}
}

// send gives the whole answer of a request that succeeded.
func send(ctx context.Context, t Transport, method, path string, query url.Values, body *Body) ([]byte, error) {
	var answer bytes.Buffer
	err := copyAnswer(ctx, t, method, path, query, body, &answer)
	return answer.Bytes(), err
}

// copyAnswer appends an answer to a buffer, which may have been used before.
func copyAnswer(
	ctx context.Context, t Transport, method, path string, query url.Values, body *Body, into *bytes.Buffer,
) error {
	status, answer, err := t.Do(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	n, readErr := into.ReadFrom(io.LimitReader(answer, maxAnswer+1))
	if err := errors.Join(readErr, answer.Close()); err != nil {
		return err
	}
	if n > maxAnswer {
		return &Error{Status: status, Err: fmt.Errorf(
			"the answer to %s %s is larger than %d MB", method, path, maxAnswer>>20,
		)}
	}
	if status >= 200 && status < 300 {
		return nil
	}
	return Refusal(status, into.Bytes())
}
