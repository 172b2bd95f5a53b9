package ccloudapi

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"drey/client"
	"drey/client/flinksql"
)

var statementPath = regexp.MustCompile(`^/sql/v1/organizations/[^/]+/environments/[^/]+/statements(/[^/]+)?$`)

// permitQueries tells whether a request concerns a statement that only reads, which
// its text decides. The text of one that is there is asked for just before: another
// may have its name by now.
func permitQueries(ctx context.Context, on *client.Client, r client.Request, body []byte) bool {
	m := statementPath.FindStringSubmatch(r.Path)
	switch {
	case m == nil:
		return false
	case r.Method == http.MethodPost && m[1] == "":
		return onlyReads(body)
	case (r.Method == http.MethodPut || r.Method == http.MethodDelete) && m[1] != "":
		there, err := on.Do(ctx, client.Request{Method: http.MethodGet, Path: r.Path})
		return err == nil && onlyReads(there.Body) && (r.Method == http.MethodDelete || onlyReads(body))
	}
	return false
}

func onlyReads(body []byte) bool {
	var s struct {
		Spec struct {
			Statement string `json:"statement"`
		} `json:"spec"`
	}
	return json.Unmarshal(body, &s) == nil && flinksql.OnlyReads(s.Spec.Statement)
}
