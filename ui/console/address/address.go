// Package address writes and reads the place in the console that a person sees, as a text
// that can be copied, sent to somebody and opened again.
package address

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Address is a place in the console that can be copied, sent to somebody and
// opened again: drey://CONTEXT/environments/prod/applications?filter=failed#orders.
// What is empty is left out: without a scope it is the place of all of them.
type Address struct {
	Context string
	Scopes  string // what scopes are called, in the plural; "" without a scope
	Scope   string
	Tab     string
	Filter  string
	Row     string // name of the row under the cursor
}

// Scheme is what an address begins with.
const Scheme = "drey"

// String is the address as it is copied.
func (a Address) String() string {
	path := "/"
	if a.Scope != "" {
		path += url.PathEscape(a.Scopes) + "/" + url.PathEscape(a.Scope) + "/"
	}
	text := Scheme + "://" + url.PathEscape(a.Context) + path + url.PathEscape(a.Tab)
	if a.Filter != "" {
		text += "?" + url.Values{"filter": {a.Filter}}.Encode()
	}
	if a.Row != "" {
		text += "#" + url.PathEscape(a.Row)
	}
	return text
}

// Parse reads an address.
func Parse(text string) (Address, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), Scheme+"://")
	if !ok {
		return Address{}, errors.New("want an address such as drey://CONTEXT/environments/prod/applications#orders")
	}
	rest, row, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return Address{}, fmt.Errorf("the part after ? cannot be read: %w", err)
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	for i := range parts {
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return Address{}, fmt.Errorf("the path cannot be read: %w", err)
		}
	}
	a := Address{Context: parts[0], Filter: values.Get("filter")}
	if a.Row, err = url.PathUnescape(row); err != nil {
		return Address{}, fmt.Errorf("the part after # cannot be read: %w", err)
	}
	switch len(parts) {
	case 1:
	case 2:
		a.Tab = parts[1]
	case 3:
		a.Scopes, a.Scope = parts[1], parts[2]
	case 4:
		a.Scopes, a.Scope, a.Tab = parts[1], parts[2], parts[3]
	default:
		return Address{}, errors.New("the path is too long: want drey://CONTEXT/environments/NAME/TAB#ROW")
	}
	if a.Context == "" {
		return Address{}, errors.New("the address names no context")
	}
	return a, nil
}
