package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"slices"
	"sync"

	"github.com/go-resty/resty/v2"

	"drey/client/cmf"
	"drey/client/fault"
)

// Poll asks for the same list again and again. Pages that carry an ETag are
// asked for conditionally: what did not change is neither sent nor read. Of calls
// at the same time one waits for the other: a question that was given up may
// still be on its way out.
type Poll[T any] struct {
	mu     sync.Mutex
	client *Client
	kind   cmf.Kind
	scope  cmf.Scope
	query  Query
	pages  []polledPage[T]
	last   Listed[T]
}

type polledPage[T any] struct {
	etag   string
	items  []T
	broken []Broken
	total  int64
	count  int // items on the page, broken ones included
	bytes  int // of the answer, unpacked
	// sums are of the items as they came, so that what did not change is not
	// read again; at says where in items one is, -1 for a broken one.
	sums []uint64
	at   []int
}

// seed makes the sums of this process.
var seed = maphash.MakeSeed()

// NewPoll prepares to list; nothing is sent before Next.
func NewPoll[T any](c *Client, kind cmf.Kind, scope cmf.Scope, q Query) *Poll[T] {
	return &Poll[T]{client: c, kind: kind, scope: scope, query: q}
}

// Next lists once. changed is false when every page answered 304: the list is
// then the one that the call before gave. After an error the pages that are
// known stay known.
func (p *Poll[T]) Next(ctx context.Context) (Listed[T], bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := false
	n := 0
	for ; n < maxPages; n++ {
		pageChanged, err := p.fetch(ctx, n)
		if err != nil && p.shrink(err) {
			n, changed = -1, true
			continue
		}
		if err != nil {
			return Listed[T]{}, false, err
		}
		changed = changed || pageChanged
		if read := p.bytes(n); read > maxList {
			p.pages = nil
			return Listed[T]{}, false, &Error{
				Method: http.MethodGet, Path: p.kind.Path(p.scope), fault: fault.Fault{Kind: fault.Failing},
				Message: fmt.Sprintf("the list is larger than %d MB", maxList>>20),
			}
		}
		if p.pages[n].count == 0 || repeats(p.pages, n) || !changed && p.endsAfter(n) {
			break
		}
	}
	if changed && n+1 < len(p.pages) {
		p.pages = p.pages[:n+1]
	}
	if changed {
		p.last = p.gather()
	}
	return p.last, changed, nil
}

// smallestPage is what is asked for at the least where pages are too large.
const smallestPage = 20

// shrink makes pages smaller when err says that one was too large; false when it
// says something else, or they cannot be smaller.
func (p *Poll[T]) shrink(err error) bool {
	size := p.query.size()
	if !errors.Is(err, resty.ErrResponseBodyTooLarge) || size <= smallestPage {
		return false
	}
	p.query.Size, p.pages = max(size/8, smallestPage), nil
	return true
}

// endsAfter tells that the page after n need not be asked for: nothing changed
// up to here, page n has room left, and the page after it was empty.
func (p *Poll[T]) endsAfter(n int) bool {
	return n+2 == len(p.pages) && p.pages[n].count < p.query.size() && p.pages[n+1].count == 0
}

// repeats tells that the server ignores page: it sent a page once more.
func repeats[T any](pages []polledPage[T], n int) bool {
	return slices.ContainsFunc(pages[:n], func(before polledPage[T]) bool { return slices.Equal(pages[n].sums, before.sums) })
}

// maxList is how many bytes the pages of one list may have together.
const maxList = 96 << 20

// bytes is the size of the pages up to page n.
func (p *Poll[T]) bytes(n int) int {
	sum := 0
	for _, page := range p.pages[:n+1] {
		sum += page.bytes
	}
	return sum
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
	if n == len(p.pages) {
		p.pages = append(p.pages, polledPage[T]{})
	}
	page, err := readPage(r, a, n*p.query.size(), &p.pages[n])
	if err != nil {
		p.pages = p.pages[:min(n, len(p.pages))]
		return false, err
	}
	p.pages[n] = page
	return true, nil
}

// readPage reads the items that old does not have already.
func readPage[T any](r request, a answer, offset int, old *polledPage[T]) (polledPage[T], error) {
	total, items, err := cmf.SplitPage(a.body)
	if err != nil {
		return polledPage[T]{}, unreadable(r, a, err)
	}
	known := make(map[uint64]int, len(old.sums))
	for i, sum := range old.sums {
		known[sum] = old.at[i]
	}
	page := polledPage[T]{etag: a.etag, total: total, count: len(items), bytes: len(a.body), items: make([]T, 0, len(items))}
	for i, item := range items {
		sum := maphash.Bytes(seed, item)
		page.sums = append(page.sums, sum)
		page.at = append(page.at, len(page.items))
		if at, ok := known[sum]; ok && at >= 0 {
			page.items = append(page.items, old.items[at])
			continue
		}
		var v T
		if err := json.Unmarshal(item, &v); err != nil {
			page.at[i] = -1
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
	n := 0
	for _, page := range p.pages {
		n += len(page.items)
	}
	l.Items = make([]T, 0, n)
	for i := range p.pages {
		from := len(l.Items)
		l.Items = append(l.Items, p.pages[i].items...)
		p.pages[i].items = l.Items[from:len(l.Items):len(l.Items)] // one copy serves both
	}
	return l
}
