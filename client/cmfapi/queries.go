package cmfapi

import (
	"context"
	"regexp"

	"drey/client"
	"drey/client/cmf"
	"drey/client/queries"
)

// NewForQueries makes a client that changes nothing on the server but the
// statements that only read.
func NewForQueries(cfg client.Config) (*Client, error) {
	var c *Client
	cfg.ReadOnly = true
	cfg.Permit = func(ctx context.Context, r client.Request, body []byte) bool {
		return queries.Permit(ctx, c.Client, statementPath, r, body)
	}
	var err error
	c, err = New(cfg)
	return c, err
}

var statementPath = regexp.MustCompile(`^` + regexp.QuoteMeta(cmf.BasePath) +
	`/environments/[^/]+/statements(/[^/]+)?$`)
