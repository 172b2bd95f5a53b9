// Package httpapi serves the service as CMF's REST API: paths, JSON and YAML,
// statuses, limits, conditional requests.
package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"drey/server/auth"
	"drey/server/metrics"
	"drey/server/model"
	"drey/server/service"
)

// Options are what an API is made of.
type Options struct {
	Service *service.Service
	Log     *slog.Logger
	// LoopbackOnly refuses a Host or Origin that is not loopback: a page in a
	// browser must not reach a server without authentication.
	LoopbackOnly bool
	// AllowedHost tells the names that this server is called by; nil: any.
	AllowedHost func(host string) bool
	// Refused names files of authentication that are not taken as they are now;
	// closed tells that nobody can come in. nil: there are none.
	Refused func() (files []string, closed bool)
	// Authenticate tells who sent a request; nil: nobody is asked.
	Authenticate func(*http.Request) (auth.Caller, bool)
	Metrics      *metrics.Registry // nil: one of its own
	WebUI        *WebUI            // nil: the engine has none
}

// API is the http.Handler.
type API struct {
	service      *service.Service
	log          *slog.Logger
	loopbackOnly bool
	allowedHost  func(string) bool
	refused      func() ([]string, bool)
	authenticate func(*http.Request) (auth.Caller, bool)
	metrics      *metrics.Registry
	root         *node
	cache        *cache
	web          *WebUI
	limits       *heavyLimits
}

// New returns the handler of a service.
func New(o Options) *API {
	a := &API{
		service: o.Service, log: o.Log, loopbackOnly: o.LoopbackOnly, allowedHost: o.AllowedHost, refused: o.Refused,
		authenticate: o.Authenticate, metrics: o.Metrics, root: &node{}, cache: newCache(), web: o.WebUI,
		limits: newHeavyLimits(),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.metrics == nil {
		a.metrics = &metrics.Registry{}
	}
	for _, route := range a.routes() {
		a.root.add(route.Method, route.Pattern, route.handle)
	}
	return a
}

// Routes lists the operations.
func (a *API) Routes() []Route { return a.routes() }

// request is one request, its path understood.
type request struct {
	ctx   context.Context
	http  *http.Request
	w     http.ResponseWriter
	vars  map[string]string
	query url.Values

	limits *heavyLimits
	atEnd  []func() // gives back what the request has taken of the limits
}

// scope is where the path looks.
func (q *request) scope(kind model.KindID) model.Scope {
	return model.Scope{Kind: kind, Env: q.vars["env"], Parent: q.vars["parent"]}
}

// reply is a success before it is written.
type reply struct {
	service.Answer
}

// ServeHTTP answers one request and logs it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	id := requestID(r)
	w.Header().Set("X-Request-Id", id)
	rec := &recorder{ResponseWriter: w}
	defer func() {
		if cause := recover(); cause != nil {
			a.log.Error("panic", "request", id, "cause", cause, "stack", string(debug.Stack()))
			a.fail(rec, r, id, errInternal)
		}
		took := time.Since(start)
		a.metrics.Request(known(r.Method), rec.route, rec.status, took)
		level := slog.LevelInfo
		if rec.status < 400 && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			level = slog.LevelDebug // consoles poll
		}
		a.log.Log(r.Context(), level, "request", "request", id, "method", clip(r.Method), "path", clip(
			r.URL.Path,
		), "caller", rec.caller, "status", rec.status,
			"bytes", rec.bytes, "duration", took)
	}()
	a.serve(rec, r, id)
}

func (a *API) serve(w *recorder, r *http.Request, id string) {
	if err := a.admit(w, r); err != nil {
		a.fail(w, r, id, err)
		return
	}
	if a.serveOperations(w, r, id) || a.forward(w, r, id) {
		return
	}
	if len(r.URL.Path) > maxPath {
		a.fail(w, r, id, model.NotFound("no such path: %s", clip(r.URL.Path)))
		return
	}
	target, values := a.root.find(r.URL.EscapedPath())
	if target == nil {
		a.fail(w, r, id, model.NotFound("no such path: %s", clip(r.URL.Path)))
		return
	}
	op, ok := target.operation(r.Method)
	if !ok {
		w.Header().Set("Allow", target.allowed())
		a.fail(w, r, id, errMethod)
		return
	}
	w.route = op.pattern
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		a.fail(w, r, id, model.Invalid("query: malformed"))
		return
	}
	if a.unchanged(w, r, query) {
		return
	}
	q := &request{ctx: r.Context(), http: r, w: w, vars: op.vars(values), query: query, limits: a.limits}
	defer q.end()
	answer, err := op.handle(q)
	if err != nil {
		a.fail(w, r, id, err)
		return
	}
	a.respond(w, r, query, answer)
}

// maxPath is how long a path may be: names in it have 253 characters.
const maxPath = 4000

// known is a method as a label: clients may send any word.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return method
	}
	return "other"
}

func requestID(r *http.Request) string {
	if sent := r.Header.Get("X-Request-Id"); sent != "" && len(sent) <= 64 && printableASCII(sent) {
		return sent
	}
	var raw [8]byte
	_, _ = rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// recorder notes what was written, for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	caller string
	route  string // the pattern, "" for a path that is none
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
