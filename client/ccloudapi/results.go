package ccloudapi

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
	"drey/client/statement"
)

// maxResults is how many bytes a page of results may have: one row may be that
// large.
const maxResults = 48 << 20

// notReadyFor is how long results that are "not ready" are waited for.
const notReadyFor = 30 * time.Second

// reader tells the readers of one statement.
type reader struct{ environment, name, region string }

// rows reads a statement's results. A token is an offset that acknowledges what
// came before it (platforms-supplement.md §3): it is asked for again only where the
// answer was lost, and a statement has one reader, for two would take rows from
// each other.
type rows struct {
	api      *Client
	of       reader
	region   string // where the statement is, once it was found
	token    string
	held     []statement.Row // an update's first half at the end of a page
	notReady time.Time       // since when the server says so
}

// Rows begins to read a statement's rows. Whoever read them before reads on no
// more.
func (c *Client) newRows(of reader) *rows {
	r := &rows{api: c, of: of}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readers[of] = r
	return r
}

// mine tells whether nobody else began to read.
func (r *rows) mine() bool {
	r.api.mu.Lock()
	defer r.api.mu.Unlock()
	return r.api.readers[r.of] == r
}

func (r *rows) end() {
	r.api.mu.Lock()
	defer r.api.mu.Unlock()
	if r.api.readers[r.of] == r {
		delete(r.api.readers, r.of)
	}
}

// Next implements statement.Rows.
func (r *rows) Next(ctx context.Context) ([]statement.Row, bool, error) {
	if !r.mine() {
		return nil, false, fmt.Errorf("%w: another view reads its rows now, and each comes once", statement.ErrGone)
	}
	page, err := r.fetch(ctx)
	if err != nil {
		return nil, false, r.explain(err)
	}
	if page == nil {
		return nil, false, nil
	}
	r.notReady = time.Time{}
	if page.Results == nil {
		return nil, false, fmt.Errorf("%w: its results are deleted", statement.ErrGone)
	}
	all := append(r.held, rowsOf(page.Results.Data)...)
	r.held = nil
	r.token = pageToken(page.Metadata.Next)
	if r.token == "" {
		r.end()
		return all, true, nil
	}
	if n := len(all); n > 0 && all[n-1].Op == statement.UpdateBefore {
		r.held, all = all[n-1:n:n], all[:n-1] // its second half is on the next page
	}
	return all, false, nil
}

// fetch asks for the page of the token; nil when there is none yet.
func (r *rows) fetch(ctx context.Context) (*ccloud.StatementResults, error) {
	if err := r.find(ctx); err != nil {
		return nil, err
	}
	on, err := r.api.at(r.region)
	if err != nil {
		return nil, err
	}
	scope, err := r.api.scope(ctx, r.of.environment)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if r.token != "" {
		query.Set("page_token", r.token)
	}
	request := client.Request{
		Method: http.MethodGet, Path: ccloud.Statements.ItemPath(scope, r.of.name) + "/results", Query: query,
		Limit: maxResults,
	}
	page, err := client.Send[*ccloud.StatementResults](ctx, on, "results of "+r.of.name, request)
	if !fault.Is(err, fault.Conflict) {
		return page, err
	}
	if r.notReady.IsZero() {
		r.notReady = time.Now()
	}
	if time.Since(r.notReady) < notReadyFor {
		return nil, nil
	}
	return nil, fmt.Errorf("its results are not ready after %s: %w", notReadyFor, err)
}

// find looks for the statement's region where nobody said it.
func (r *rows) find(ctx context.Context) error {
	if r.region = cmp.Or(r.region, r.of.region); r.region != "" || len(r.api.data) < 2 {
		return nil
	}
	s, err := r.api.Statement(ctx, r.of.environment, r.of.name, "", "")
	r.region = s.Region
	return err
}

// explain tells results that are held no more from a statement that is gone: both
// are a 404 (platforms.md A5).
func (r *rows) explain(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fmt.Errorf("%w: its results have expired, run the statement again: %w", statement.ErrGone, err)
	}
	return err
}

func rowsOf(data []ccloud.Row) []statement.Row {
	all := make([]statement.Row, len(data))
	for i, row := range data {
		all[i] = statement.Row{Op: statement.Op(row.Op), Cells: row.Row}
	}
	return all
}
