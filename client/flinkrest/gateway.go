package flinkrest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Gateway is a SQL Gateway (flink-engine.md §3).
type Gateway struct{ Transport }

// Operation is a statement in a session.
type Operation struct{ Session, Handle string }

// Product is what a gateway says of itself.
type Product struct {
	Name    string `json:"productName"`
	Version string `json:"version"`
}

// Info asks for it.
func (g Gateway) Info(ctx context.Context) (Product, error) {
	var p Product
	err := get(ctx, g, "/v2/info", nil, &p)
	return p, err
}

// NewSession opens a session.
func (g Gateway) NewSession(ctx context.Context, name string, properties map[string]string) (string, error) {
	var answer struct {
		Handle string `json:"sessionHandle"`
	}
	err := call(
		ctx, g, http.MethodPost, "/v2/sessions", nil, map[string]any{"sessionName": name, "properties": properties},
		&answer,
	)
	return answer.Handle, err
}

// CloseSession ends a session, and the SELECT jobs whose results it holds.
func (g Gateway) CloseSession(ctx context.Context, session string) error {
	return call(ctx, g, http.MethodDelete, "/v2/sessions/"+url.PathEscape(session), nil, nil, nil)
}

// Heartbeat keeps a session alive.
func (g Gateway) Heartbeat(ctx context.Context, session string) error {
	return call(ctx, g, http.MethodPost, "/v2/sessions/"+url.PathEscape(session)+"/heartbeat", nil, nil, nil)
}

// Configure runs a statement that changes the session, to its end.
func (g Gateway) Configure(ctx context.Context, session, statement string) error {
	return call(
		ctx, g, http.MethodPost, "/v2/sessions/"+url.PathEscape(session)+"/configure-session", nil,
		map[string]any{"statement": statement}, nil,
	)
}

// Execute begins a statement.
func (g Gateway) Execute(ctx context.Context, session, statement string, config map[string]string) (Operation, error) {
	var answer struct {
		Handle string `json:"operationHandle"`
	}
	err := call(ctx, g, http.MethodPost, "/v2/sessions/"+url.PathEscape(session)+"/statements", nil,
		map[string]any{"statement": statement, "executionConfig": config}, &answer)
	return Operation{session, answer.Handle}, err
}

// Close ends an operation, and its job if it is a SELECT.
func (g Gateway) Close(ctx context.Context, o Operation) error {
	return call(ctx, g, http.MethodDelete, o.path()+"/close", nil, nil, nil)
}

func (o Operation) path() string {
	return "/v2/sessions/" + url.PathEscape(o.Session) + "/operations/" + url.PathEscape(o.Handle)
}

// First is where the results of an operation begin, without the row format.
func (o Operation) First() string { return o.path() + "/result/0" }

// Row formats of results.
const (
	JSON      = "JSON"
	PlainText = "PLAIN_TEXT"
)

// Fetch asks for the page of results at a place.
func (g Gateway) Fetch(ctx context.Context, page, format string) (*Page, error) {
	p := new(Page)
	return p, g.Read(ctx, page, format, p)
}

// Read is Fetch into a page that may have been used before.
func (g Gateway) Read(ctx context.Context, page, format string, into *Page) error {
	into.body.Reset()
	if err := copyAnswer(ctx, g, http.MethodGet, page, url.Values{"rowFormat": {format}}, nil, &into.body); err != nil {
		return err
	}
	err := into.parse(into.body.Bytes())
	into.Next, _, _ = strings.Cut(into.Next, "?")
	return err
}
