package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Dialect is what differs between families of REST APIs, as data. What is nil or
// empty the API does not have; the zero value speaks to one that answers with
// plain JSON and whole lists.
type Dialect struct {
	// Product is a server of the API in words, such as "a CMF server".
	Product string
	// Message reads an error's body. own is false for a body that is none of this
	// API's: a proxy's, or one of a server that does not know the path.
	Message func(body []byte) (text string, own bool)
	// Next reads one page of a list that was asked for with the query sent.
	Next func(body []byte, sent url.Values) (Page, error)
	// PageSize is the query's parameter for how many items a page has at most, ""
	// where the server decides.
	PageSize string
	// Probe is the path of a small GET that tells whether a server that was away is
	// back; "" asks for what is wanted itself.
	Probe string
	// Sign changes a request just before it leaves, such as by adding headers.
	Sign func(*http.Request) error
	// Wait tells of an answer that says to ask again after a while. The header
	// Retry-After is understood without it, and goes before it.
	Wait func(*http.Response) (after time.Duration, ok bool)
}

// Page is one page of a list. Next is the query of the page behind it, nil when
// there is none; Total is how many items the server says there are, 0 when it does
// not say.
type Page struct {
	Items []json.RawMessage
	Next  url.Values
	Total int64
}

// page reads a page; an API that does not say how is taken to answer with an array.
func (d Dialect) page(body []byte, sent url.Values) (Page, error) {
	if d.Next != nil {
		return d.Next(body, sent)
	}
	var p Page
	err := json.Unmarshal(body, &p.Items)
	p.Total = int64(len(p.Items))
	return p, err
}

func (d Dialect) message(body []byte) (text string, own bool) {
	if d.Message == nil {
		return "", false
	}
	return d.Message(body)
}

// server is the dialect's server in words.
func (d Dialect) server() string {
	if d.Product == "" {
		return "the right server"
	}
	return d.Product
}
