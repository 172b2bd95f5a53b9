package cmfapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"drey/client"
	"drey/client/cmf"
)

// PageSize is what is asked for in one page: the largest that drey's server
// and Spring's default give (cmf-behaviour.md §3.2).
const PageSize = 2000

// Query selects, orders and projects a list (cmf-behaviour.md §0.2). The zero
// value asks for everything, ordered by name so that pages neither skip nor
// repeat.
type Query struct {
	Size                int      // of a page; PageSize when 0
	Sort                []string // "property" or "property,desc"
	Filter              string
	Search, SearchScope string
	Fields              []string
	ResourceInformation bool
	Extra               url.Values // parameters of one list only
}

func (q Query) values(page int) url.Values {
	v := url.Values{}
	for name, values := range q.Extra {
		v[name] = values
	}
	v.Set("page", strconv.Itoa(page))
	v.Set("size", strconv.Itoa(q.size()))
	sort := q.Sort
	if len(sort) == 0 {
		sort = []string{"name"}
	}
	v["sort"] = sort
	setIf(v, "filter", q.Filter)
	setIf(v, "search", q.Search)
	setIf(v, "searchScope", q.SearchScope)
	for i, field := range q.Fields {
		if i > 0 {
			field = v.Get("fields") + "," + field
		}
		v.Set("fields", field)
	}
	if q.ResourceInformation {
		v.Set("include-resource-information", "true")
	}
	return v
}

func (q Query) size() int {
	if q.Size > 0 {
		return q.Size
	}
	return PageSize
}

func setIf(v url.Values, name, value string) {
	if value != "" {
		v.Set(name, value)
	}
}

// NewPoll prepares to list a kind again and again; nothing is sent before Next. Of
// objects that can be trimmed only Query.Fields are left, whether the server knows
// them or sends all.
func NewPoll[T any](c *Client, kind cmf.Kind, scope cmf.Scope, q Query) *client.Poll[T] {
	poll := client.NewPoll[T](c.Client, kind.Path(scope), q.values(0))
	if _, can := any(new(T)).(trimmed); can && len(q.Fields) > 0 {
		trim := cmf.NewTrim(q.Fields)
		poll.Trim(func(v *T) { any(v).(trimmed).Trim(trim) })
	}
	return poll
}

// trimmed is an object that can do without some of its members.
type trimmed interface{ Trim(*cmf.Trim) }

// List follows page after page to the empty one. An item that cannot be read
// is reported in Broken; it does not cost the rest.
func List[T any](ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, q Query) (client.Listed[T], error) {
	l, _, err := NewPoll[T](c, kind, scope, q).Next(ctx)
	if err != nil {
		return l, fmt.Errorf("list %s: %w", kind.Plural, err)
	}
	return l, nil
}

// Get reads one object.
func Get[T any](ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string) (T, error) {
	return client.Send[T](ctx, c.Client, "get "+kind.Singular+" "+name, client.Request{
		Method: http.MethodGet, Path: kind.ItemPath(scope, name),
	})
}

// GetCounted reads one object with what is in it, which the API tells of some kinds
// where it is asked to (cmf-behaviour.md §2.1).
func GetCounted[T any](ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string) (T, error) {
	return client.Send[T](ctx, c.Client, "get "+kind.Singular+" "+name, client.Request{
		Method: http.MethodGet, Path: kind.ItemPath(scope, name),
		Query: url.Values{"include-resource-information": {"true"}},
	})
}

// GetRaw reads one object as the JSON that came.
func GetRaw(ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string) (json.RawMessage, error) {
	return Get[json.RawMessage](ctx, c, kind, scope, name)
}

// Create posts a new object and gives what the server made of it. Kinds that
// are updated by POST are updated when the name exists (cmf-behaviour.md §2.1).
func Create[T any](ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, body T) (T, error) {
	return client.Send[T](ctx, c.Client, "create "+kind.Singular, client.Request{
		Method: http.MethodPost, Path: kind.Path(scope), Body: body,
	})
}

// Update replaces an object. Where the API answers with an empty body
// (statements), the zero T is returned without an error; read it again.
func Update[T any](ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string, body T) (T, error) {
	r := client.Request{Method: http.MethodPut, Path: kind.ItemPath(scope, name), Body: body}
	if kind.Updates == http.MethodPost {
		r.Method, r.Path = http.MethodPost, kind.Path(scope)
	}
	return client.Send[T](ctx, c.Client, "update "+kind.Singular+" "+name, r)
}

// Delete removes an object; force drops the record without asking the cluster.
// 200, 202 and 204 are all taken for done or under way.
func Delete(ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string, force bool) error {
	r := client.Request{Method: http.MethodDelete, Path: kind.ItemPath(scope, name)}
	if force {
		r.Query = url.Values{"force": {"true"}}
	}
	if _, err := c.Do(ctx, r); err != nil {
		return fmt.Errorf("delete %s %s: %w", kind.Singular, name, err)
	}
	return nil
}

// FindMade looks for an object that a lost request may have made under a name of
// ours, as client.FindMade.
func FindMade[T any](
	ctx context.Context, c *Client, kind cmf.Kind, scope cmf.Scope, name string, lost error,
) (T, error) {
	return client.FindMade(ctx, kind.Singular+" "+name, lost, func(ctx context.Context) (T, error) {
		return Get[T](ctx, c, kind, scope, name)
	})
}
