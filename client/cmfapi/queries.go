package cmfapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"drey/client"
	"drey/client/cmf"
	"drey/client/flinksql"
)

// NewForQueries makes a client that changes nothing on the server but the
// statements that only read: SELECT, SHOW, DESCRIBE and EXPLAIN can be run,
// stopped and deleted, which their text decides. A statement has to be read
// before it can be deleted.
func NewForQueries(cfg client.Config) (*Client, error) {
	q := &queries{paths: map[string]bool{}}
	cfg.ReadOnly, cfg.Permit = true, q.permit
	c, err := New(cfg)
	if err == nil {
		c.queries = q
	}
	return c, err
}

// queries are the statements that are known to only read, by their paths.
type queries struct {
	mu    sync.Mutex
	paths map[string]bool
}

// saw remembers whether a statement that was read is a query.
func (c *Client) saw(scope cmf.Scope, s cmf.Statement) {
	if c.queries != nil && s.Metadata.Name != "" {
		c.queries.set(cmf.Statements.ItemPath(scope, s.Metadata.Name), flinksql.OnlyReads(s.Spec.Statement))
	}
}

func (q *queries) set(path string, query bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paths[path] = query
}

func (q *queries) has(path string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.paths[path]
}

// permit tells whether a request concerns a query alone.
func (q *queries) permit(method, path string, body []byte) bool {
	parts := strings.Split(strings.TrimPrefix(path, cmf.BasePath+"/"), "/")
	if len(parts) < 3 || parts[0] != "environments" || parts[2] != "statements" {
		return false
	}
	switch {
	case method == http.MethodPost && len(parts) == 3:
		s, ok := statementIn(body)
		if !ok {
			return false
		}
		q.set(path+"/"+url.PathEscape(s.Metadata.Name), true)
		return true
	case method == http.MethodPut && len(parts) == 4:
		_, ok := statementIn(body)
		return ok && q.has(path) // as it is on the server
	case method == http.MethodDelete && len(parts) == 4:
		return q.has(path)
	}
	return false
}

// statementIn is the statement in a body, if it only reads.
func statementIn(body []byte) (cmf.Statement, bool) {
	var s cmf.Statement
	return s, json.Unmarshal(body, &s) == nil && flinksql.OnlyReads(s.Spec.Statement)
}
