package flinkrest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// MetricsEvery is how often Flink fetches metrics from its task managers, unless
// metrics.fetcher.update-interval says otherwise: who asks sooner is told the same
// numbers again (platforms-supplement.md §2).
const MetricsEvery = 10 * time.Second

// Paced is a Transport that asks for no metric sooner than Flink can have another value of
// it, whoever wants it: what is wanted sooner is what was answered last. Metrics are those
// that are asked for by their names, each by itself, and back pressure and watermarks,
// which Flink reads from them. All else passes. It is safe for concurrent use.
type Paced struct {
	of Transport

	mu    sync.Mutex
	every time.Duration
	paths map[string]*pacedPath
}

// pacedPath is what was answered to one path; who has turn asks for it.
type pacedPath struct {
	turn    chan struct{}
	answers map[string]pacedAnswer // by the metric's name, "" for a whole answer
}

type pacedAnswer struct {
	asked time.Time
	raw   json.RawMessage // nil: it was not in the answer
}

// soon is how long is waited for a value that can be another one then.
const soon = time.Second

// maxPaced is of how many paths answers are kept.
const maxPaced = 500

// NewPaced paces a transport.
func NewPaced(of Transport) *Paced {
	return &Paced{of: of, every: MetricsEvery, paths: map[string]*pacedPath{}}
}

// SetEvery says how often Flink has other values.
func (p *Paced) SetEvery(every time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.every = every
}

// Do implements Transport.
func (p *Paced) Do(
	ctx context.Context, method, path string, query url.Values, body *Body,
) (int, io.ReadCloser, error) {
	byName := strings.HasSuffix(path, "/metrics") && len(query) == 1 && query.Get("get") != ""
	whole := strings.HasSuffix(path, "/backpressure") || strings.HasSuffix(path, "/watermarks") ||
		strings.HasSuffix(path, "/metrics")
	if method != http.MethodGet || !byName && (!whole || len(query) > 0) {
		return p.of.Do(ctx, method, path, query, body)
	}
	at, every := p.path(path)
	select {
	case at.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	defer func() { <-at.turn }()
	names := []string{""}
	if byName {
		names = strings.Split(query.Get("get"), ",")
	}
	due, err := at.due(ctx, names, every)
	if err != nil {
		return 0, nil, err
	}
	if len(due) > 0 {
		status, answer, err := at.ask(ctx, p.of, path, due)
		if answer != nil || err != nil {
			return status, answer, err
		}
	}
	return http.StatusOK, io.NopCloser(bytes.NewReader(at.written(names))), nil
}

// path is what is known of a path. Where there are too many, those that are old are
// forgotten.
func (p *Paced) path(path string) (*pacedPath, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.paths[path]
	if at == nil {
		if len(p.paths) >= maxPaced {
			for other, of := range p.paths {
				if of.forgettable(p.every) {
					delete(p.paths, other)
				}
			}
		}
		at = &pacedPath{turn: make(chan struct{}, 1), answers: map[string]pacedAnswer{}}
		p.paths[path] = at
	}
	return at, p.every
}

// forgettable tells that nobody asks and that all of it may be asked for again.
func (at *pacedPath) forgettable(every time.Duration) bool {
	select {
	case at.turn <- struct{}{}:
		defer func() { <-at.turn }()
	default:
		return false
	}
	for _, a := range at.answers {
		if time.Since(a.asked) < every {
			return false
		}
	}
	return true
}

// due are the names that may be asked for. One that will be in a moment is waited for, so
// that a round that comes a little early does not leave it to the next one.
func (at *pacedPath) due(ctx context.Context, names []string, every time.Duration) ([]string, error) {
	left := func(name string) time.Duration {
		if a, known := at.answers[name]; known {
			return every - time.Since(a.asked)
		}
		return 0
	}
	var wait time.Duration
	for _, name := range names {
		if l := left(name); l <= soon {
			wait = max(wait, l)
		}
	}
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var due []string
	for _, name := range names {
		if left(name) <= 0 {
			due = append(due, name)
		}
	}
	return due, nil
}

// ask asks for names and keeps what is answered. What is no success, or cannot be read, is
// given to whoever asked.
func (at *pacedPath) ask(
	ctx context.Context, of Transport, path string, names []string,
) (status int, answer io.ReadCloser, err error) {
	var query url.Values
	if names[0] != "" {
		query = url.Values{"get": {strings.Join(names, ",")}}
	}
	asked := time.Now()
	status, answer, err = of.Do(ctx, http.MethodGet, path, query, nil)
	if err != nil || status != http.StatusOK {
		return status, answer, err
	}
	raw, err := io.ReadAll(io.LimitReader(answer, maxAnswer))
	_ = answer.Close()
	if err != nil {
		return 0, nil, err
	}
	if query == nil {
		at.answers[""] = pacedAnswer{asked, raw}
		return status, nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return status, io.NopCloser(bytes.NewReader(raw)), nil // whoever reads it says what is wrong
	}
	for _, name := range names {
		at.answers[name] = pacedAnswer{asked: asked}
	}
	for _, one := range list {
		var metric struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(one, &metric) == nil {
			at.answers[metric.ID] = pacedAnswer{asked, one}
		}
	}
	return status, nil, nil
}

// written is the answer to a question for names.
func (at *pacedPath) written(names []string) []byte {
	if names[0] == "" {
		return at.answers[""].raw
	}
	var list [][]byte
	for _, name := range names {
		if raw := at.answers[name].raw; raw != nil {
			list = append(list, raw)
		}
	}
	return append(append([]byte("["), bytes.Join(list, []byte(","))...), ']')
}
