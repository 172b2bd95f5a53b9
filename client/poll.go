package client

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net/http"

	"drey/client/cmf"
)

// Poll asks for the same list again and again. Pages that carry an ETag are
// asked for conditionally: what did not change is neither sent nor read. A Poll
// is for one goroutine at a time.
type Poll[T any] struct {
	client *Client
	kind   cmf.Kind
	scope  cmf.Scope
	query  Query
	pages  []polledPage[T]
}

type polledPage[T any] struct {
	etag   string
	items  []T
	broken []Broken
	total  int64
	count  int // items on the page, broken ones included
	sum    uint64
}

// NewPoll prepares to list; nothing is sent before Next.
func NewPoll[T any](c *Client, kind cmf.Kind, scope cmf.Scope, q Query) *Poll[T] {
	return &Poll[T]{client: c, kind: kind, scope: scope, query: q}
}

// Next lists once. changed is false when every page answered 304: the list is
// then the one that the call before gave. After an error the pages that are
// known stay known.
func (p *Poll[T]) Next(ctx context.Context) (Listed[T], bool, error) {
	changed := false
	n := 0
	for ; n < maxPages; n++ {
		pageChanged, err := p.fetch(ctx, n)
		if err != nil {
			return Listed[T]{}, false, err
		}
		changed = changed || pageChanged
		if p.pages[n].count == 0 || repeats(p.pages, n) {
			break
		}
	}
	if n+1 < len(p.pages) {
		p.pages = p.pages[:n+1]
	}
	return p.gather(), changed, nil
}

// repeats tells that the server ignores page: it sent the page before once more.
func repeats[T any](pages []polledPage[T], n int) bool {
	return n > 0 && pages[n].sum == pages[n-1].sum
}

// fetch brings page n up to date.
func (p *Poll[T]) fetch(ctx context.Context, n int) (changed bool, err error) {
	r := request{method: http.MethodGet, path: p.kind.Path(p.scope), query: p.query.values(n)}
	if n < len(p.pages) {
		r.etag = p.pages[n].etag
	}
	a, err := p.client.do(ctx, r)
	if err != nil {
		return false, err
	}
	if a.status == http.StatusNotModified {
		return false, nil
	}
	page, err := readPage[T](r, a, n*p.query.size())
	if err != nil {
		return false, err
	}
	if n < len(p.pages) {
		p.pages[n] = page
	} else {
		p.pages = append(p.pages, page)
	}
	return true, nil
}

func readPage[T any](r request, a answer, offset int) (polledPage[T], error) {
	var raw rawPage
	if err := decode(r, a, &raw); err != nil {
		return polledPage[T]{}, err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(a.body)
	page := polledPage[T]{etag: a.etag, sum: sum.Sum64(), total: raw.Metadata.Size, count: len(raw.Items), items: make([]T, 0, len(raw.Items))}
	for i, item := range raw.Items {
		var v T
		if err := json.Unmarshal(item, &v); err != nil {
			page.broken = append(page.broken, Broken{Index: offset + i, Name: nameIn(item), Err: err})
			continue
		}
		page.items = append(page.items, v)
	}
	return page, nil
}

// nameIn finds a name for an item that could not be read as its type.
func nameIn(item json.RawMessage) string {
	var o cmf.Object
	if json.Unmarshal(item, &o) != nil {
		return ""
	}
	if name := o.String("metadata", "name"); name != "" {
		return name
	}
	return o.String("name")
}

func (p *Poll[T]) gather() Listed[T] {
	var l Listed[T]
	for _, page := range p.pages {
		l.Total = max(l.Total, page.total)
		l.Broken = append(l.Broken, page.broken...)
	}
	if len(p.pages) == 1 || (len(p.pages) == 2 && p.pages[1].count == 0) {
		l.Items = p.pages[0].items[:len(p.pages[0].items):len(p.pages[0].items)]
		return l
	}
	for _, page := range p.pages {
		l.Items = append(l.Items, page.items...)
	}
	return l
}
