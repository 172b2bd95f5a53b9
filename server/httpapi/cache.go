package httpapi

import (
	"net/http"
	"net/url"
	"sync"

	"drey/server/model"
)

// cache remembers by request which ETag the answer had and what it was made
// from, so that an unchanged answer is known without making it again. It holds
// no bodies and may forget at any time.
type cache struct {
	mu      sync.Mutex
	entries map[string]cached
}

type cached struct {
	etag     string
	topics   []model.Topic
	sequence uint64
}

const maxCached = 4096

func newCache() *cache { return &cache{entries: map[string]cached{}} }

func (c *cache) get(key string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[key]
	return entry, ok
}

func (c *cache) put(key string, entry cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok && len(c.entries) >= maxCached {
		for old := range c.entries { // any one
			delete(c.entries, old)
			break
		}
	}
	c.entries[key] = entry
}

// cacheKey is the request in one form: parameters in order.
func cacheKey(r *http.Request, query url.Values) string {
	return r.URL.EscapedPath() + "?" + query.Encode() + "#" + formOf(r)
}

// unchanged answers 304 from what is remembered, without reading anything.
func (a *API) unchanged(w *recorder, r *http.Request, query url.Values) bool {
	if r.Header.Get("If-None-Match") == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	entry, ok := a.cache.get(cacheKey(r, query))
	if !ok || !matches(r, entry.etag) || !a.service.Unchanged(entry.topics, entry.sequence) {
		return false
	}
	w.Header().Set("ETag", entry.etag)
	w.WriteHeader(http.StatusNotModified)
	return true
}
