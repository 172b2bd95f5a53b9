// Package faulty is a proxy before a real server that goes wrong in the ways
// that networks, proxies and servers do.
package faulty

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is what happens to a request, instead of or after its effect.
type Fault struct {
	Method string // of the requests it is for; "" for all
	Path   string // what their path holds
	Times  int    // how many it happens to; 0 for all

	After bool // the request reaches the server first, only its answer is lost
	Delay time.Duration
	Cut   bool // the connection is cut
	Hang  bool // no answer ever comes
	Code  int  // answer with this status
	Kind  string
	Body  string
	Retry string // Retry-After
	Bomb  bool   // a body without an end

	Then []Fault // what goes wrong from then on
}

// Proxy stands before a server. Its methods may be called at any time.
type Proxy struct {
	URL string

	mu     sync.Mutex
	faults []*Fault
	seen   []string // METHOD path, of all requests but GET
	closed chan struct{}
}

// Before starts a proxy; the test's end stops it.
func Before(t testing.TB, target string) *Proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p, proxy := &Proxy{closed: make(chan struct{})}, httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.serve(proxy, w, r)
	}))
	web.Config.ErrorLog = proxy.ErrorLog
	web.Start()
	p.URL = web.URL
	t.Cleanup(func() {
		close(p.closed)
		web.Close()
	})
	return p
}

// Set replaces the faults; none lets everything through.
func (p *Proxy) Set(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
	for _, f := range faults {
		p.faults = append(p.faults, &f)
	}
}

// Changes are the requests but GET that came so far, as METHOD path.
func (p *Proxy) Changes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// Count is how many of Changes hold text.
func (p *Proxy) Count(text string) int {
	n := 0
	for _, line := range p.Changes() {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (p *Proxy) serve(proxy http.Handler, w http.ResponseWriter, r *http.Request) {
	f := p.take(r)
	if f == nil {
		proxy.ServeHTTP(w, r)
		return
	}
	if f.After {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(httptest.NewRecorder(), r)
	}
	if f.Delay > 0 && !p.wait(r, time.After(f.Delay)) {
		return
	}
	switch {
	case f.Hang:
		p.wait(r, nil)
	case f.Cut:
		panic(http.ErrAbortHandler)
	case f.Bomb:
		p.bomb(w, r)
	case f.Code != 0:
		answer(w, f)
	default:
		proxy.ServeHTTP(w, r)
	}
}

// wait ends with ticks, or without an answer.
func (p *Proxy) wait(r *http.Request, ticks <-chan time.Time) bool {
	select {
	case <-ticks:
		return true
	case <-r.Context().Done():
	case <-p.closed:
	}
	return false
}

func (p *Proxy) bomb(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"items":[`)
	filler := strings.Repeat(`{"metadata":{"name":"x"}},`, 4000)
	for {
		select {
		case <-p.closed:
			return
		case <-r.Context().Done():
			return
		default:
			if _, err := io.WriteString(w, filler); err != nil {
				return
			}
		}
	}
}

func answer(w http.ResponseWriter, f *Fault) {
	kind := f.Kind
	if kind == "" {
		kind = "application/json"
	}
	body := f.Body
	if body == "" {
		body = fmt.Sprintf(`{"errors":[{"message":"refused with %d"}]}`, f.Code)
	}
	w.Header().Set("Content-Type", kind)
	if f.Retry != "" {
		w.Header().Set("Retry-After", f.Retry)
	}
	w.WriteHeader(f.Code)
	_, _ = io.WriteString(w, body)
}

// take is the fault for a request, nil for none, and writes changes down.
func (p *Proxy) take(r *http.Request) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Method != http.MethodGet {
		p.seen = append(p.seen, r.Method+" "+r.URL.Path)
	}
	for i, f := range p.faults {
		if f.Method != "" && f.Method != r.Method || !strings.Contains(r.URL.Path, f.Path) {
			continue
		}
		if f.Then != nil {
			p.faults = nil
			for _, next := range f.Then {
				p.faults = append(p.faults, &next)
			}
			return f
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				p.faults = append(p.faults[:i:i], p.faults[i+1:]...)
			}
		}
		return f
	}
	return nil
}
