package flink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"drey/server/engine"
)

// How many jars are fetched at once, in all and from one host, so that a host
// that does not answer holds up the jars of no other.
const (
	maxFetches     = 16
	maxHostFetches = 2
)

// fetcher gets jars of the hosts that are allowed, and only of them: it follows
// no redirect to another host.
type fetcher struct {
	client  *http.Client
	allowed []string

	mu     sync.Mutex
	all    chan struct{}
	byHost map[string]chan struct{}
}

func newFetcher(allowed []string) *fetcher {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // a proxy would ask other hosts
	transport.ResponseHeaderTimeout = 15 * time.Second
	f := &fetcher{allowed: allowed, all: make(chan struct{}, maxFetches), byHost: map[string]chan struct{}{}}
	f.client = &http.Client{Transport: transport, CheckRedirect: func(to *http.Request, via []*http.Request) error {
		switch first := via[0].URL; {
		case !strings.EqualFold(to.URL.Host, first.Host) || to.URL.Scheme != first.Scheme && to.URL.Scheme != "https":
			return errElsewhere
		case len(via) >= 5:
			return errRedirects
		}
		return nil
	}}
	return f
}

var (
	errElsewhere = errors.New("the server redirects to another host")
	errRedirects = errors.New("the server redirects again and again")
)

// allows reports whether jars may come from an address; a name without a port
// allows every port.
func (f *fetcher) allows(u *url.URL) bool {
	return slices.ContainsFunc(f.allowed, func(name string) bool {
		return strings.EqualFold(name, u.Host) || strings.EqualFold(name, u.Hostname())
	})
}

// enter waits until one more jar may be fetched from a host.
func (f *fetcher) enter(ctx context.Context, host string) (leave func(), err error) {
	f.mu.Lock()
	slots := f.byHost[host]
	if slots == nil {
		slots = make(chan struct{}, maxHostFetches)
		f.byHost[host] = slots
	}
	f.mu.Unlock()
	for i, wait := range []chan struct{}{slots, f.all} {
		select {
		case wait <- struct{}{}:
		case <-ctx.Done():
			if i > 0 {
				<-slots
			}
			return nil, fmt.Errorf("wait for other jars of %s: %w", host, ctx.Err())
		}
	}
	return func() { <-f.all; <-slots }, nil
}

// fetch downloads a jar into the engine's folder, unless the copy there is as
// new as the server's. The copy serves while its server does not answer.
func (a applications) fetch(ctx context.Context, u *url.URL) (string, error) {
	if !a.fetcher.allows(u) {
		return "", rejectJar(u, "jars are not fetched from this host: drey serve --flink-jar-host %s allows it", u.Host)
	}
	leave, err := a.fetcher.enter(ctx, u.Host)
	if err != nil {
		return "", err
	}
	defer leave()
	sum := sha256.Sum256([]byte(u.String()))
	file := filepath.Join(a.options.Dir, "jars", hex.EncodeToString(sum[:8])+".jar")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", rejectJar(u, "is not an address")
	}
	found, err := os.Stat(file)
	if err == nil {
		req.Header.Set("If-Modified-Since", found.ModTime().UTC().Format(http.TimeFormat))
	}
	resp, err := a.fetcher.client.Do(req)
	var refused *url.Error // has the address, without the password
	switch {
	case errors.Is(err, errElsewhere), errors.Is(err, errRedirects):
		return "", rejectJar(u, "%v", errors.Unwrap(err))
	case err != nil && found != nil:
		a.options.Log.Warn("a jar's server does not answer; its copy is taken", "error", err)
		return file, nil
	case errors.As(err, &refused):
		return "", fmt.Errorf("fetch the jar %s: %w", u.Redacted(), refused.Err)
	case err != nil:
		return "", fmt.Errorf("fetch the jar %s: %w", u.Redacted(), err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && found != nil:
		return file, nil
	case resp.StatusCode >= http.StatusInternalServerError:
		return "", fmt.Errorf("fetch the jar %s: the server answered %s", u.Redacted(), resp.Status)
	case resp.StatusCode != http.StatusOK:
		return "", rejectJar(u, "the server answered %s", resp.Status)
	}
	if err := download(resp, file); err != nil {
		return "", fmt.Errorf("fetch the jar %s: %w", u.Redacted(), err)
	}
	return file, nil
}

// download writes a jar whole or not at all, as old as its server says.
func download(resp *http.Response, file string) error {
	if resp.ContentLength > maxJar {
		return errTooLarge
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".fetch-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	n, err := io.Copy(out, io.LimitReader(resp.Body, maxJar+1))
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	if n > maxJar {
		return errTooLarge
	}
	changed, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	if err != nil { // nothing to compare the next one with
		changed = time.Unix(0, 0)
	}
	if err := os.Chtimes(out.Name(), changed, changed); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

var errTooLarge error = &engine.Rejection{Reason: fmt.Sprintf("the jar has more than %d MB", maxJar>>20)}
