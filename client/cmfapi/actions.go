package cmfapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"drey/client"
	"drey/client/cmf"
)

// StartApplication starts a suspended application from its last state, or from
// the savepoint with the given uid. An Error of the status 304: it was already started.
func (c *Client) StartApplication(
	ctx context.Context, scope cmf.Scope, name, savepointUID string,
) (*cmf.FlinkApplication, error) {
	var query url.Values
	if savepointUID != "" {
		query = url.Values{"startFromSavepointUid": {savepointUID}}
	}
	return act[*cmf.FlinkApplication](ctx, c, cmf.Applications, scope, name, "start", query)
}

// SuspendApplication suspends an application as its upgradeMode says.
// An Error of the status 304: it was already suspended.
func (c *Client) SuspendApplication(ctx context.Context, scope cmf.Scope, name string) (*cmf.FlinkApplication, error) {
	return act[*cmf.FlinkApplication](ctx, c, cmf.Applications, scope, name, "suspend", nil)
}

// DetachSavepoint makes an application's savepoint outlive it.
func (c *Client) DetachSavepoint(ctx context.Context, scope cmf.Scope, name string) (*cmf.Savepoint, error) {
	return act[*cmf.Savepoint](ctx, c, cmf.ApplicationSavepoints, scope, name, "detach", nil)
}

// StopStatement asks for spec.stopped=true: a savepoint is taken and the
// resources are given back (cmf-behaviour.md §2.5).
func (c *Client) StopStatement(ctx context.Context, scope cmf.Scope, name string) error {
	s, err := Get[cmf.Statement](ctx, c, cmf.Statements, scope, name)
	if err != nil {
		return err
	}
	return c.PutStopped(ctx, scope, s, true)
}

// PutStopped puts the specification of a statement that was just read, with
// spec.stopped as given and without the members that belong to the server.
func (c *Client) PutStopped(ctx context.Context, scope cmf.Scope, s cmf.Statement, stopped bool) error {
	s.Spec.Stopped = stopped
	s.Status, s.Result = nil, nil
	s.Metadata.UID, s.Metadata.CreationTimestamp, s.Metadata.UpdateTimestamp = "", "", ""
	_, err := Update(ctx, c, cmf.Statements, scope, s.Metadata.Name, s)
	return err
}

// ResourceInformation counts what there is, as the server writes it: a number of each
// kind, or one for each of its states (cmf-behaviour.md §8).
func (c *Client) ResourceInformation(ctx context.Context) (cmf.Object, error) {
	return get[cmf.Object](ctx, c, cmf.BasePath+"/resource-information", "resource information")
}

// License tells whether the server may be used, and until when.
func (c *Client) License(ctx context.Context) (cmf.License, error) {
	return get[cmf.License](ctx, c, cmf.BasePath+"/c3/license", "licence")
}

// Results reads one page of a statement's changelog; token "" is the first
// page. Follow NextPageToken until it is empty (cmf-behaviour.md §4.5).
func (c *Client) Results(ctx context.Context, scope cmf.Scope, statement, token string) (cmf.StatementResult, error) {
	r := client.Request{
		Method: http.MethodGet, Path: cmf.Statements.ItemPath(scope, statement) + "/results", Limit: maxResults,
	}
	if token != "" {
		r.Query = url.Values{"page-token": {token}}
	}
	return client.Send[cmf.StatementResult](ctx, c.Client, "results of "+statement, r)
}

// Exceptions reads a statement's exceptions, newest first.
func (c *Client) Exceptions(ctx context.Context, scope cmf.Scope, statement string) ([]cmf.StatementException, error) {
	list, err := get[cmf.StatementExceptionList](
		ctx, c, cmf.Statements.ItemPath(scope, statement)+"/exceptions", "exceptions of "+statement,
	)
	return list.Data, err
}

// SystemInformation tells the server's version.
func (c *Client) SystemInformation(ctx context.Context) (cmf.SystemInformation, error) {
	return get[cmf.SystemInformation](ctx, c, cmf.BasePath+"/system-information", "system information")
}

// act asks for an action of an object, which answers with the object.
func act[T any](
	ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name, verb string, query url.Values,
) (T, error) {
	return client.Send[T](ctx, c.Client, verb+" "+kind.Singular+" "+name, client.Request{
		Method: http.MethodPost, Path: kind.ItemPath(scope, name) + "/" + verb, Query: query,
	})
}

// get reads what a path has.
func get[T any](ctx context.Context, c *Client, path, what string) (T, error) {
	return client.Send[T](ctx, c.Client, what, client.Request{Method: http.MethodGet, Path: path})
}

// ResultPager follows a statement's results to their end.
type ResultPager struct {
	client    *Client
	scope     cmf.Scope
	statement string
	token     string
	done      bool
}

// NewResultPager starts at the first page; nothing is sent before Next.
func (c *Client) NewResultPager(scope cmf.Scope, statement string) *ResultPager {
	return &ResultPager{client: c, scope: scope, statement: statement}
}

// Next reads the next page. done is true once no page follows; calling it then
// is an error, for a call without a token would begin anew.
func (p *ResultPager) Next(ctx context.Context) (rows []cmf.ResultRow, done bool, err error) {
	if p.done {
		return nil, true, fmt.Errorf("results of %s: already complete", p.statement)
	}
	page, err := p.client.Results(ctx, p.scope, p.statement, p.token)
	if err != nil {
		return nil, false, err
	}
	p.token = page.NextPageToken()
	p.done = p.token == ""
	return page.Results.Data, p.done, nil
}
