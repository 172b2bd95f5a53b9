// Package cmfapi is the API of a CMF server as typed calls over client: objects
// of the wire types of client/cmf, what can be done to them, and the results of
// statements.
package cmfapi

import (
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"drey/client"
	"drey/client/cmf"
)

// Client is a CMF server. It is safe for concurrent use.
type Client struct {
	*client.Client
	// Environments are listed for all who need them.
	Environments *EnvironmentList
}

// New makes a client of the CMF server that cfg names; it does not connect.
func New(cfg client.Config) (*Client, error) {
	cfg.Dialect = Dialect()
	c, err := client.New(cfg)
	if err != nil {
		return nil, err
	}
	api := &Client{Client: c}
	api.Environments = newEnvironmentList(api)
	return api, nil
}

// Dialect is how CMF answers: numbered pages that end with an empty one
// (cmf-behaviour.md §3.2), errors in a list (cmf-behaviour.md §3.1).
func Dialect() client.Dialect {
	return client.Dialect{
		Product: "a CMF server", Message: message, Next: nextPage, PageSize: "size",
		Probe: cmf.BasePath + "/system-information",
	}
}

// message reads the API's error, one line for each of several.
func message(body []byte) (text string, own bool) {
	var api cmf.RestError
	if json.Unmarshal(body, &api) != nil || len(api.Errors) == 0 {
		return "", false
	}
	var lines []string
	for _, e := range api.Errors {
		lines = append(lines, e.Message)
	}
	return strings.Join(lines, "\n"), true
}

// nextPage reads one page. The last one is empty, or one that is not full and
// completes the number that the server says there are.
func nextPage(body []byte, sent url.Values) (client.Page, error) {
	total, items, err := cmf.SplitPage(body)
	p := client.Page{Items: items, Total: total}
	if err != nil || len(items) == 0 {
		return p, err
	}
	n, _ := strconv.Atoi(sent.Get("page"))
	size, _ := strconv.Atoi(sent.Get("size"))
	if len(items) < size && total == int64(n*size+len(items)) {
		return p, nil
	}
	p.Next = maps.Clone(sent)
	p.Next.Set("page", strconv.Itoa(n+1))
	return p, nil
}

// maxResults is how many bytes a page of results may have: one row may be that
// large.
const maxResults = 48 << 20
