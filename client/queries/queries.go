// Package queries decides what may be changed where only queries are: statements
// that only read, which their text tells. It serves the APIs that have statements
// as objects with spec.statement.
package queries

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"drey/client"
	"drey/client/flinksql"
)

// Permit tells whether a request concerns a statement that only reads: SELECT,
// SHOW, DESCRIBE and EXPLAIN can be run, stopped and deleted. path matches the
// paths of statements, and its first group the part of one. The text of a statement
// that is there is asked for just before: another may have its name by now.
func Permit(ctx context.Context, on *client.Client, path *regexp.Regexp, r client.Request, body []byte) bool {
	m := path.FindStringSubmatch(r.Path)
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

// onlyReads reads the text of a statement as the wire has it.
func onlyReads(body []byte) bool {
	var s struct {
		Spec struct {
			Statement string `json:"statement"`
		} `json:"spec"`
	}
	return json.Unmarshal(body, &s) == nil && flinksql.OnlyReads(s.Spec.Statement)
}
