package cmfapi

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"drey/client"
	"drey/client/cmf"
	"drey/client/flinksql"
)

// NewForQueries makes a client that changes nothing on the server but the
// statements that only read: SELECT, SHOW, DESCRIBE and EXPLAIN can be run,
// stopped and deleted, which their text decides. The text of a statement that is
// there is asked for just before: another may have its name by now.
func NewForQueries(cfg client.Config) (*Client, error) {
	var c *Client
	cfg.ReadOnly = true
	cfg.Permit = func(ctx context.Context, r client.Request, body []byte) bool { return c.permit(ctx, r, body) }
	var err error
	c, err = New(cfg)
	return c, err
}

var statementPath = regexp.MustCompile(`^` + regexp.QuoteMeta(cmf.BasePath) + `/environments/[^/]+/statements(/[^/]+)?$`)

// permit tells whether a request concerns a statement that only reads.
func (c *Client) permit(ctx context.Context, r client.Request, body []byte) bool {
	m := statementPath.FindStringSubmatch(r.Path)
	switch {
	case m == nil:
		return false
	case r.Method == http.MethodPost && m[1] == "":
		return onlyReads(body)
	case (r.Method == http.MethodPut || r.Method == http.MethodDelete) && m[1] != "":
		there, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: r.Path})
		return err == nil && onlyReads(there.Body) && (r.Method == http.MethodDelete || onlyReads(body))
	}
	return false
}

// onlyReads reads the text of a statement as the wire has it.
func onlyReads(body []byte) bool {
	var s struct {
		Spec struct {
			Statement string `json:"statement"`
		} `json:"spec"`
	}
	return json.Unmarshal(body, &s) == nil && flinksql.OnlyReads(s.Spec.Statement)
}
