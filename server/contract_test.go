package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/httpapi"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if childOfKillTest() {
		return
	}
	goleak.VerifyTestMain(m)
}

// specification is CMF's, with one repair: both alternatives of EventData take
// any object, so oneOf holds for none; anyOf is meant.
var specification = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("testdata/cmf-2.3.1.shapes.yaml")
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	data := doc.Components.Schemas["EventData"].Value
	data.AnyOf, data.OneOf = data.OneOf, nil
	return legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
})

// clock is the time of a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// jump sets the clock as an administrator would, back as well.
func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a server whose time and control loop the test moves.
type world struct {
	t     testing.TB
	dir   string
	clock *clock
	*Server
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	w.open()
	t.Cleanup(func() { _ = w.Server.Close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	s, err := Open(context.Background(), Config{Listen: "127.0.0.1:0", Data: w.dir, Now: w.clock.Now, Revision: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Server = s
}

// reopen ends the server between two passes and starts it on the same folder.
func (w *world) reopen() {
	w.t.Helper()
	if err := w.Server.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
	if err := w.loop.Resume(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// settle does all that is due now and returns when the next is.
func (w *world) waitIdle() time.Time {
	w.t.Helper()
	next, err := w.loop.Pass(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

// advance moves the time, stopping wherever something is due.
func (w *world) advance(d time.Duration) {
	w.t.Helper()
	end := w.clock.Now().Add(d)
	for {
		next := w.waitIdle()
		if next.IsZero() || next.After(end) {
			break
		}
		w.clock.set(next)
	}
	w.clock.set(end)
	w.waitIdle()
}

// call sends one request and checks the exchange against the specification.
func (w *world) call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	if !strings.HasPrefix(target, "/") {
		target = cmf.BasePath + "/" + target
	}
	r := httptest.NewRequest(method, "http://localhost:8080"+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	r.Body = io.NopCloser(strings.NewReader(body))
	checkContract(w.t, r, rec)
	return rec
}

func checkContract(t testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	router, err := specification()
	if err != nil {
		t.Fatal(err)
	}
	if rec.Code >= 500 {
		t.Errorf("%s %s: %d %s", r.Method, r.URL, rec.Code, rec.Body)
	}
	if rec.Code >= 400 {
		checkRestError(t, r, rec)
	}
	route, vars, err := router.FindRoute(r)
	if err != nil {
		if rec.Code < 400 && !strings.Contains(r.URL.Path, "//") && r.Method != http.MethodHead {
			t.Errorf("%s %s: %d, but the specification has no such operation", r.Method, r.URL, rec.Code)
		}
		return
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, ExcludeReadOnlyValidations: true, ExcludeWriteOnlyValidations: true,
	}
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: options}
	if rec.Code < 300 && !clears(r) && !strings.HasPrefix(route.Path, cmf.BasePath+"/kubernetes-clusters") { // whose own examples are not valid
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			t.Errorf("%s %s was taken, but is no valid request: %v", r.Method, r.URL, err)
		}
	}
	if route.Operation.Responses.Status(rec.Code) == nil {
		if !beyondSpec(r.Method, route.Path, rec.Code) {
			t.Errorf("%s %s: status %d is neither declared nor in CodesBeyondSpec", r.Method, r.URL, rec.Code)
		}
		return
	}
	if r.URL.Query().Has("fields") {
		return // a projection may lack what the schema requires (cmf-behaviour.md §3.5)
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: rec.Code, Header: rec.Header(),
		Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())), Options: options,
	})
	if err != nil {
		t.Errorf("%s %s: answer breaks the specification: %v\n%s", r.Method, r.URL, err, rec.Body)
	}
}

// clears tells that the body has a null, which clears what is stored though
// the schemas know no null.
func clears(r *http.Request) bool {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return bytes.Contains(body, []byte("null"))
}

func checkRestError(t testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	if r.Method == http.MethodHead || strings.Contains(rec.Header().Get("Content-Type"), "yaml") {
		return
	}
	var body cmf.RestError
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || len(body.Errors) == 0 || body.Errors[0].Message == "" {
		t.Errorf("%s %s: %d with %q, want a RestError", r.Method, r.URL, rec.Code, rec.Body)
	}
}

// beyondSpec looks a status up in the server's table.
func beyondSpec(method, specPath string, status int) bool {
	pattern := strings.TrimPrefix(specPath, cmf.BasePath+"/")
	for _, c := range httpapi.CodesBeyondSpec {
		wantMethod, wantPath, _ := strings.Cut(c.Operation, " ")
		any := c.Operation == "*" || wantMethod == method && (wantPath == "*" || samePath(wantPath, pattern))
		if any && c.Status == status {
			return true
		}
	}
	return false
}

// samePath compares patterns whatever their variables are called.
func samePath(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && !(strings.HasPrefix(x[i], "{") && strings.HasPrefix(y[i], "{")) {
			return false
		}
	}
	return true
}

// must is call for what has to succeed; it returns the body.
func (w *world) must(method, target, body string) cmf.Object {
	w.t.Helper()
	rec := w.call(method, target, body)
	if rec.Code >= 300 {
		w.t.Fatalf("%s %s: got %d %s", method, target, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

// environment makes an environment with a pool.
func (w *world) environment(name string) {
	w.t.Helper()
	w.must("POST", "environments", `{"name":"`+name+`","kubernetesNamespace":"default"}`)
	w.must("POST", "environments/"+name+"/compute-pools", pool("pool", "DEDICATED"))
}

func pool(name, kind string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"ComputePool","metadata":{"name":"` + name + `"},` +
		`"spec":{"type":"` + kind + `","clusterSpec":{"flinkVersion":"v1_19"}}}`
}

// app is an application's document; job and conf are members in JSON.
func app(name, job, conf string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"FlinkApplication","metadata":{"name":"` + name + `"},"spec":{` +
		`"flinkVersion":"v1_20","image":"i","flinkConfiguration":{` + conf + `},"job":{"jarURI":"local:///x.jar"` + comma(job) + `}}}`
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return "," + s
}

func sql(name, text string) string {
	raw, _ := json.Marshal(text)
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"Statement","metadata":{"name":"` + name + `"},` +
		`"spec":{"statement":` + string(raw) + `,"computePoolName":"pool"}}`
}

const prodApps = "environments/prod/applications"

// status is an application's status.
func (w *world) status(name string) cmf.Object {
	w.t.Helper()
	return w.must("GET", path.Join(prodApps, name), "").Object("status")
}
