package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/store"
)

// World is a server whose time and control loop the test moves.
type World struct {
	T     testing.TB
	Dir   string
	Clock *Clock
	*server.Server
}

// NewWorld opens a server over a folder of the test; it is closed with the test.
func NewWorld(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, Dir: t.TempDir(), Clock: NewClock()}
	w.Open()
	t.Cleanup(func() { _ = w.Server.Close() })
	return w
}

// WantStates checks life cycle and job state of an application of prod.
func (w *World) WantStates(name, lifecycle, job string) {
	w.T.Helper()
	status := w.Status(name)
	if got := status.String("lifecycleState"); got != lifecycle {
		w.T.Errorf("%s: lifecycleState: got %s, want %s", name, got, lifecycle)
	}
	if got := status.String("jobStatus", "state"); got != job {
		w.T.Errorf("%s: jobStatus.state: got %q, want %q", name, got, job)
	}
}

// WantEvents checks how the messages end, oldest first.
func (w *World) WantEvents(name string, ends ...string) {
	w.T.Helper()
	page := w.Must("GET", "/cmf/api/v1alpha1/"+ProdApps+"/"+name+"/events?size=100&sort=creationTimestamp", "")
	var events cmf.Page[cmf.Event]
	if err := json.Unmarshal(page, &events); err != nil {
		w.T.Fatal(err)
	}
	var got []string
	for _, e := range events.Items {
		got = append(got, e.Status.Message)
	}
	if len(got) != len(ends) {
		w.T.Fatalf("got %d events %q, want %d", len(got), got, len(ends))
	}
	for i, end := range ends {
		if !strings.HasSuffix(got[i], end) {
			w.T.Errorf("event %d: got %q, want one that ends in %q", i, got[i], end)
		}
	}
}

// WantSavepoint checks the only savepoint of an application; it returns its path.
func (w *World) WantSavepoint(name, state string) string {
	w.T.Helper()
	var page cmf.Page[cmf.Savepoint]
	if err := json.Unmarshal(w.Must("GET", ProdApps+"/"+name+"/savepoints", ""), &page); err != nil {
		w.T.Fatal(err)
	}
	if len(page.Items) != 1 {
		w.T.Fatalf("got %d savepoints, want 1", len(page.Items))
	}
	if got := page.Items[0].State(); got != state {
		w.T.Errorf("savepoint: got %s, want %s", got, state)
	}
	return page.Items[0].Status.Path
}

// OpenWith closes the server and opens it on the same folder with another configuration.
func (w *World) OpenWith(config server.Config) {
	w.T.Helper()
	if err := w.Server.Close(); err != nil {
		w.T.Fatal(err)
	}
	config.Listen, config.Data, config.Now = "127.0.0.1:0", w.Dir, w.Clock.Now
	s, err := server.Open(context.Background(), config)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Server = s
}

// Exchange sends a request with its headers as they are and returns the status.
func (w *World) Exchange(method, target, body string, headers ...string) int {
	r := httptest.NewRequest(method, "http://localhost:8080"+Absolute(target), strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec.Code
}

// GetWith reads without the contract, whose reader knows no compressed bodies.
func (w *World) GetWith(target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+Absolute(target), http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// Store is what the server stores in.
func (w *World) Store() *store.Store {
	s, _ := w.Parts()
	return s.(*store.Store)
}

// Open opens the server on the folder.
func (w *World) Open() {
	w.T.Helper()
	s, err := server.Open(
		context.Background(), server.Config{Listen: "127.0.0.1:0", Data: w.Dir, Now: w.Clock.Now, Revision: "test"},
	)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Server = s
}

// Reopen ends the server between two passes and starts it on the same folder.
func (w *World) Reopen() {
	w.T.Helper()
	if err := w.Server.Close(); err != nil {
		w.T.Fatal(err)
	}
	w.Open()
	if err := w.Loop().Resume(context.Background()); err != nil {
		w.T.Fatal(err)
	}
}

// WaitIdle does all that is due now and returns when the next is.
func (w *World) WaitIdle() time.Time {
	w.T.Helper()
	next, err := w.Loop().Pass(context.Background())
	if err != nil {
		w.T.Fatal(err)
	}
	return next
}

// Advance moves the time, stopping wherever something is due.
func (w *World) Advance(d time.Duration) {
	w.T.Helper()
	end := w.Clock.Now().Add(d)
	for {
		next := w.WaitIdle()
		if next.IsZero() || next.After(end) {
			break
		}
		w.Clock.Set(next)
	}
	w.Clock.Set(end)
	w.WaitIdle()
}

// Call sends one request and checks the exchange against the specification.
func (w *World) Call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.T.Helper()
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
	w.Handler().ServeHTTP(rec, r)
	r.Body = io.NopCloser(strings.NewReader(body))
	CheckContract(w.T, r, rec)
	return rec
}

// Must is call for what has to succeed; it returns the body.
func (w *World) Must(method, target, body string) cmf.Object {
	w.T.Helper()
	rec := w.Call(method, target, body)
	if rec.Code >= 300 {
		w.T.Fatalf("%s %s: got %d %s", method, target, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

// Environment makes an environment with a pool.
func (w *World) Environment(name string) {
	w.T.Helper()
	w.Must("POST", "environments", `{"name":"`+name+`","kubernetesNamespace":"default"}`)
	w.Must("POST", "environments/"+name+"/compute-pools", Pool("pool", "DEDICATED"))
}

// Status is an application's status.
func (w *World) Status(name string) cmf.Object {
	w.T.Helper()
	return w.Must("GET", path.Join(ProdApps, name), "").Object("status")
}

// Raw is call without the contract: the server may fail.
func (w *World) Raw(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+Absolute(target), strings.NewReader(body))
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// ExportAndImport moves the world to a fresh folder.
func (w *World) ExportAndImport() {
	w.T.Helper()
	var file bytes.Buffer
	if err := w.Export(w.T.Context(), &file); err != nil {
		w.T.Fatal(err)
	}
	if err := w.Server.Close(); err != nil {
		w.T.Fatal(err)
	}
	old := w.Dir
	w.Dir = w.T.TempDir()
	w.OpenWith(server.Config{SecretKeyFile: old + "/secret.key"})
	if _, err := w.Import(w.T.Context(), &file); err != nil {
		w.T.Fatal(err)
	}
}

// Plain asks outside of the API.
func (w *World) Plain(path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost"+path, nil))
	return rec
}

// Savepoints are an application's.
func (w *World) Savepoints(name string) (all []cmf.Object) {
	w.T.Helper()
	if err := json.Unmarshal(
		w.Must("GET", ProdApps+"/"+name+"/savepoints?size=100", "").Get("items"), &all,
	); err != nil {
		w.T.Fatal(err)
	}
	return all
}

// WantPhase checks a statement's phase.
func (w *World) WantPhase(name, phase string) cmf.Object {
	w.T.Helper()
	got := w.Must("GET", ProdStatements+"/"+name, "")
	if p := got.String("status", "phase"); p != phase {
		w.T.Errorf("%s: got %s (%s), want %s", name, p, got.String("status", "detail"), phase)
	}
	return got
}

// Page reads a page of results.
func (w *World) Page(name, token string) (rows []string, next string) {
	w.T.Helper()
	target := ProdStatements + "/" + name + "/results"
	if token != "" {
		target += "?page-token=" + url.QueryEscape(token)
	}
	var result cmf.StatementResult
	if err := json.Unmarshal(w.Must("GET", target, ""), &result); err != nil {
		w.T.Fatal(err)
	}
	for _, row := range result.Results.Data {
		rows = append(rows, fmt.Sprintf("%v %s", row.Op, row.Row))
	}
	return rows, result.NextPageToken()
}

// All reads from a token to the end of a bounded result.
func (w *World) All(name string) []string {
	w.T.Helper()
	rows, next := w.Page(name, "")
	for i := 0; next != "" && i < 100; i++ {
		var more []string
		more, next = w.Page(name, next)
		rows = append(rows, more...)
	}
	return rows
}

// AnswersOf runs statements that are complete at once in an environment, and
// gives what each answered: rows or the failure.
func (w *World) AnswersOf(env string, texts ...string) []string {
	w.T.Helper()
	var answers []string
	for i, text := range texts {
		name := fmt.Sprintf("q-%d", i)
		target := "environments/" + env + "/statements"
		created := w.Must("POST", target, SelectFrom(name, text))
		w.Must("DELETE", target+"/"+name, "")
		w.Advance(0)
		answers = append(answers, string(created.Get("result", "results"))+created.String("status", "detail"))
	}
	return answers
}

// Play sends what scenarios say, in their order, and checks what comes back.
func Play[S ~struct {
	Name, Method, Path, Body string
	Headers                  []string
	Status                   int
	Want                     string
}](w *World, all []S) {
	w.T.Helper()
	for _, one := range all {
		s := Scenario(one)
		rec := w.Call(s.Method, s.Path, s.Body, s.Headers...)
		if rec.Code != s.Status {
			w.T.Errorf("%s: %s %s: got %d %s, want %d", s.Name, s.Method, s.Path, rec.Code, rec.Body, s.Status)
			continue
		}
		for piece := range strings.SplitSeq(s.Want, " & ") {
			if !strings.Contains(rec.Body.String(), piece) {
				w.T.Errorf("%s: %s %s: got %s, want a body with %s", s.Name, s.Method, s.Path, rec.Body, piece)
			}
		}
	}
}

// Scenario is one exchange: what is sent and what must come back. want is a
// piece of the body; pieces are joined by " & ".
type Scenario struct {
	Name, Method, Path, Body string
	Headers                  []string
	Status                   int
	Want                     string
}
