package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/go-resty/resty/v2"

	"drey/client/fault"
	"drey/client/urgency"
)

// Broken is an item of a list that could not be read; the others are fine.
type Broken struct {
	Index int    // among all items of the list
	Name  string // "" when it has none that could be read
	Err   error
}

// Listed is a whole list.
type Listed[T any] struct {
	Items  []T
	Total  int64 // what the server says of all matches
	Broken []Broken
	// More tells that pages follow which were not asked for yet; only Poll.Page
	// gives such a list.
	More bool
}

// maxPages ends a walk over a server that ignores which page was asked for.
const maxPages = 10_000

// Poll asks for the same list again and again. Pages that carry an ETag are
// asked for conditionally: what did not change is neither sent nor read. Of calls
// at the same time one waits for the other: a question that was given up may
// still be on its way out.
type Poll[T any] struct {
	mu     sync.Mutex
	client *Client
	path   string
	query  url.Values // of the first page
	trim   func(*T)   // nil: items stay as they came
	head   int        // items of the first answer of Page, 0: a page
	pages  []polledPage[T]
	last   Listed[T]
	whole  bool // every page was read
}

type polledPage[T any] struct {
	sent   string // the query that it answered, encoded
	etag   string
	items  []T
	broken []Broken
	total  int64
	next   url.Values // of the page behind it, nil when it is the last
	count  int        // items on the page, broken ones included
	bytes  int        // of the answer, unpacked
	// sums are of the items as they came, so that what did not change is not
	// read again; at says where in items one is, -1 for a broken one.
	sums []uint64
	at   []int
}

// seed makes the sums of this process.
var seed = maphash.MakeSeed()

// NewPoll prepares to list the collection at path, an escaped path from the
// server's root; query is that of the first page. Nothing is sent before Next.
func NewPoll[T any](c *Client, path string, query url.Values) *Poll[T] {
	return &Poll[T]{client: c, path: path, query: query}
}

// Trim has each item go through a function once it was read, before anybody sees it.
// It is called by one question at a time.
func (p *Poll[T]) Trim(trim func(*T)) { p.trim = trim }

// Head has Page begin with so few items where somebody waits for them: a whole page
// takes its time to be made, sent and read. They are asked for once more with their
// page.
func (p *Poll[T]) Head(items int) { p.head = items }

// Next lists once. An item that cannot be read is reported in Broken; it does not
// cost the rest. changed is false when every page answered 304: the list is
// then the one that the call before gave. After an error the pages that are
// known stay known.
func (p *Poll[T]) Next(ctx context.Context) (Listed[T], bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.walk(ctx)
}

// Page is Next for whom the first rows cannot wait for the last: while the list
// was never read whole each call reads one page more and gives all that has come,
// with More where pages follow. From then on it is Next.
func (p *Poll[T]) Page(ctx context.Context) (Listed[T], bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.whole {
		return p.walk(ctx)
	}
	n, query := p.upcoming(ctx)
	_, err := p.fetch(ctx, n, query)
	for err != nil && p.shrink(err) {
		n = 0
		_, err = p.fetch(ctx, n, p.query)
	}
	if err != nil {
		return Listed[T]{}, false, err
	}
	if err := p.bounded(n); err != nil {
		return Listed[T]{}, false, err
	}
	p.whole = p.pages[n].next == nil || repeats(p.pages, n) || n+1 >= maxPages
	p.last = p.gather()
	p.last.More = !p.whole
	return p.last, true, nil
}

// upcoming is the page that Page reads now. Behind a head that was not all comes its page.
func (p *Poll[T]) upcoming(ctx context.Context) (n int, query url.Values) {
	n = len(p.pages)
	switch {
	case n == 0 && p.head > 0 && p.head < p.size() && urgency.Of(ctx, urgency.Asked) == urgency.Asked:
		query = maps.Clone(p.query)
		query.Set(p.client.dialect.PageSize, strconv.Itoa(p.head))
		return 0, query
	case n == 0, n == 1 && p.pages[0].sent != p.query.Encode():
		return 0, p.query
	}
	return n, p.pages[n-1].next
}

// bounded is why no page behind page n is read, nil when it may be.
func (p *Poll[T]) bounded(n int) error {
	if p.bytes(n) <= maxList {
		return nil
	}
	p.pages, p.whole = nil, false
	return &Error{
		Method: http.MethodGet, Path: p.path, fault: fault.Fault{Kind: fault.Failing},
		Message: fmt.Sprintf("the list is larger than %d MB", maxList>>20),
	}
}

// walk reads every page.
func (p *Poll[T]) walk(ctx context.Context) (Listed[T], bool, error) {
	changed := !p.whole
	n, query := 0, p.query
	for ; n < maxPages; n++ {
		pageChanged, err := p.fetch(ctx, n, query)
		if err != nil && p.shrink(err) {
			n, query, changed = -1, p.query, true
			continue
		}
		if err != nil {
			return Listed[T]{}, false, err
		}
		changed = changed || pageChanged
		if err := p.bounded(n); err != nil {
			return Listed[T]{}, false, err
		}
		query = p.pages[n].next
		if query == nil || repeats(p.pages, n) || !changed && p.endsAfter(n) {
			break
		}
	}
	if changed && n+1 < len(p.pages) {
		p.pages = p.pages[:n+1]
	}
	if changed {
		p.last, p.whole = p.gather(), true
	}
	return p.last, changed, nil
}

// smallestPage is what is asked for at the least where pages are too large.
const smallestPage = 20

// size is how many items a page is asked to have, 0 where the server decides.
func (p *Poll[T]) size() int {
	size, _ := strconv.Atoi(p.query.Get(p.client.dialect.PageSize))
	return size
}

// shrink makes pages smaller when err says that one was too large; false when it
// says something else, or they cannot be smaller.
func (p *Poll[T]) shrink(err error) bool {
	size := p.size()
	if !errors.Is(err, resty.ErrResponseBodyTooLarge) || size <= smallestPage {
		return false
	}
	p.query, p.pages = maps.Clone(p.query), nil
	p.query.Set(p.client.dialect.PageSize, strconv.Itoa(max(size/8, smallestPage)))
	return true
}

// endsAfter tells that the page after n need not be asked for: nothing changed
// up to here, page n is not full, and the page after it was empty.
func (p *Poll[T]) endsAfter(n int) bool {
	return n+2 == len(p.pages) && p.pages[n].count < p.size() && p.pages[n+1].count == 0
}

// repeats tells that the server ignores which page is asked for: it sent one once
// more.
func repeats[T any](pages []polledPage[T], n int) bool {
	return slices.ContainsFunc(pages[:n], func(before polledPage[T]) bool {
		return slices.Equal(pages[n].sums, before.sums)
	})
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
func (p *Poll[T]) fetch(ctx context.Context, n int, query url.Values) (changed bool, err error) {
	r := Request{Method: http.MethodGet, Path: p.path, Query: query}
	sent := query.Encode()
	if n < len(p.pages) && p.pages[n].sent == sent {
		r.ETag = p.pages[n].etag
	}
	a, err := p.client.Do(ctx, r)
	if err != nil {
		return false, err
	}
	if a.Status == http.StatusNotModified {
		return false, nil
	}
	if n == len(p.pages) {
		p.pages = append(p.pages, polledPage[T]{})
	}
	page, err := readPage(p.client.dialect, r, a, p.before(n), &p.pages[n], p.trim)
	if err != nil {
		p.pages = p.pages[:min(n, len(p.pages))]
		return false, err
	}
	page.sent = sent
	p.pages[n] = page
	return true, nil
}

// before is how many items the pages before page n have.
func (p *Poll[T]) before(n int) int {
	count := 0
	for _, page := range p.pages[:n] {
		count += page.count
	}
	return count
}

// readPage reads the items that old does not have already.
func readPage[T any](
	d Dialect, r Request, a Answer, offset int, old *polledPage[T], trim func(*T),
) (polledPage[T], error) {
	raw, err := d.page(a.Body, r.Query)
	if err != nil {
		return polledPage[T]{}, unreadable(r, a, err)
	}
	known := make(map[uint64]int, len(old.sums))
	for i, sum := range old.sums {
		known[sum] = old.at[i]
	}
	page := polledPage[T]{
		etag: a.ETag, total: raw.Total, next: raw.Next, count: len(raw.Items), bytes: len(a.Body),
		items: make([]T, 0, len(raw.Items)),
	}
	for i, item := range raw.Items {
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
		if trim != nil {
			trim(&v)
		}
		page.items = append(page.items, v)
	}
	return page, nil
}

// nameIn finds a name for an item that could not be read as its type: in its
// metadata, else among its own members.
func nameIn(item json.RawMessage) string {
	var o map[string]json.RawMessage
	if json.Unmarshal(item, &o) != nil {
		return ""
	}
	var inside map[string]json.RawMessage
	_ = json.Unmarshal(o["metadata"], &inside) // it may be anything
	var name string
	if json.Unmarshal(inside["name"], &name) != nil || name == "" {
		_ = json.Unmarshal(o["name"], &name)
	}
	return name
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
