// Package flinkapi is how the console reaches Apache Flink: the calls of
// client/flinkrest over the transport of package client, below any path, and SQL
// by a gateway as a statement.Engine.
package flinkapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkrest"
)

// Dialect is how a JobManager answers. Whether one is back is told by the smallest
// of its answers.
func Dialect() client.Dialect {
	return client.Dialect{Product: "a Flink JobManager", Message: message, Probe: "/config"}
}

// GatewayDialect is how a SQL Gateway answers.
func GatewayDialect() client.Dialect {
	return client.Dialect{Product: "a Flink SQL Gateway", Message: message, Probe: "/v2/info"}
}

// message is what a person should read of a refusal; own is false for a body
// that is none of Flink's.
func message(body []byte) (text string, own bool) {
	e := flinkrest.Refusal(0, body)
	return Text(e), len(e.Texts) > 0
}

// Text is a refusal by Flink in words: the telling one of its causes
// (flink-verified.md §4).
func Text(e *flinkrest.Error) string {
	cause, ok := flinkrest.Telling(e.Stack())
	switch {
	case !ok:
		return ""
	case cause.Message == "":
		return cause.Class
	}
	return cause.Message
}

// Transport sends requests to Flink below a path of a server.
type Transport struct {
	Client *client.Client
	// Base is put before each path: that of a proxy to Flink, "" for Flink itself.
	Base string
}

// JobManager is the JobManager behind c, below a path of it.
func JobManager(c *client.Client, base string) flinkrest.JobManager {
	return flinkrest.JobManager{Transport: Transport{Client: c, Base: base}}
}

// Do implements flinkrest.Transport. What is not a success is an error that tells
// its meaning (package fault) and wraps the *flinkrest.Error.
func (t Transport) Do(
	ctx context.Context, method, path string, query url.Values, body *flinkrest.Body,
) (int, io.ReadCloser, error) {
	x := client.Exchange{Method: method, Path: t.Base + path, Query: query, Refusal: refusal}
	if body != nil {
		x.ContentType, x.Length, x.Content = body.ContentType, body.Length, body.Content
	}
	return t.Client.Stream(ctx, x)
}

// refusal reads an error of Flink's. Some things that are not there are answered
// with 500, and a path that a version does not have with a 404 as a job that is
// not there (platforms-supplement.md §2).
func refusal(status int, body []byte) (string, fault.Kind, error) {
	e := flinkrest.Refusal(status, body)
	if len(e.Texts) == 0 {
		return "", fault.None, nil
	}
	kind := fault.None
	stack := e.Stack()
	switch {
	case status == http.StatusNotFound && (strings.HasPrefix(stack, "Unable to load requested file") ||
		strings.HasPrefix(stack, "Not found: ")):
		kind = fault.Unsupported
	case flinkrest.NotFound(e):
		kind = fault.NotFound
	}
	return Text(e), kind, e
}

// Refused is the error of Flink's behind err, nil where there is none.
func Refused(err error) *flinkrest.Error {
	var e *flinkrest.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
