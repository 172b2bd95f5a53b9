package server

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
	"drey/server/model"
	"drey/server/servertest"
)

// world is a server whose time and control loop the test moves.
type world struct {
	t     testing.TB
	dir   string
	clock *servertest.Clock
	*Server
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), clock: servertest.NewClock()}
	w.open()
	t.Cleanup(func() { _ = w.Server.Close() })
	return w
}

// wantStates checks life cycle and job state of an application of prod.
func (w *world) wantStates(name, lifecycle, job string) {
	w.t.Helper()
	status := w.status(name)
	if got := status.String("lifecycleState"); got != lifecycle {
		w.t.Errorf("%s: lifecycleState: got %s, want %s", name, got, lifecycle)
	}
	if got := status.String("jobStatus", "state"); got != job {
		w.t.Errorf("%s: jobStatus.state: got %q, want %q", name, got, job)
	}
}

// wantEvents checks how the messages end, oldest first.
func (w *world) wantEvents(name string, ends ...string) {
	w.t.Helper()
	page := w.must("GET", "/cmf/api/v1alpha1/"+prodApps+"/"+name+"/events?size=100&sort=creationTimestamp", "")
	var events cmf.Page[cmf.Event]
	if err := json.Unmarshal(page, &events); err != nil {
		w.t.Fatal(err)
	}
	var got []string
	for _, e := range events.Items {
		got = append(got, e.Status.Message)
	}
	if len(got) != len(ends) {
		w.t.Fatalf("got %d events %q, want %d", len(got), got, len(ends))
	}
	for i, end := range ends {
		if !strings.HasSuffix(got[i], end) {
			w.t.Errorf("event %d: got %q, want one that ends in %q", i, got[i], end)
		}
	}
}

// wantSavepoint checks the only savepoint of an application; it returns its path.
func (w *world) wantSavepoint(name, state string) string {
	w.t.Helper()
	var page cmf.Page[cmf.Savepoint]
	if err := json.Unmarshal(w.must("GET", prodApps+"/"+name+"/savepoints", ""), &page); err != nil {
		w.t.Fatal(err)
	}
	if len(page.Items) != 1 {
		w.t.Fatalf("got %d savepoints, want 1", len(page.Items))
	}
	if got := page.Items[0].State(); got != state {
		w.t.Errorf("savepoint: got %s, want %s", got, state)
	}
	return page.Items[0].Status.Path
}

func (w *world) openWith(config Config) {
	w.t.Helper()
	if err := w.Server.Close(); err != nil {
		w.t.Fatal(err)
	}
	config.Listen, config.Data, config.Now = "127.0.0.1:0", w.dir, w.clock.Now
	s, err := Open(context.Background(), config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Server = s
}

// exchange sends a request with its headers as they are and returns the status.
func (w *world) exchange(method, target, body string, headers ...string) int {
	r := httptest.NewRequest(method, "http://localhost:8080"+absolute(target), strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	return rec.Code
}

// getWith reads without the contract, whose reader knows no compressed bodies.
func (w *world) getWith(target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+absolute(target), http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	return rec
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
		w.clock.Set(next)
	}
	w.clock.Set(end)
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
	servertest.CheckContract(w.t, r, rec)
	return rec
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
	w.must("POST", "environments/"+name+"/compute-pools", servertest.Pool("pool", "DEDICATED"))
}

// status is an application's status.
func (w *world) status(name string) cmf.Object {
	w.t.Helper()
	return w.must("GET", path.Join(prodApps, name), "").Object("status")
}

// furnishExamples makes what the examples name. The cluster's are about one
// that no environment runs on.
func (w *world) furnishExamples(e example) {
	w.t.Helper()
	if strings.Contains(e.Path, "kubernetes-clusters") {
		err := w.store.Update(w.t.Context(), func(tx model.Tx) error {
			record, err := tx.Get(model.Scope{Kind: model.KindCluster}, cmf.DefaultCluster)
			if err != nil {
				return err
			}
			record.Name, record.UID = "azure-k8s-cluster", "another"
			record.Doc = record.Doc.With("azure-k8s-cluster", "metadata", "name")
			return tx.Put(record)
		})
		if err != nil {
			w.t.Fatal(err)
		}
		return
	}
	w.environment("home")
	if strings.Contains(e.Path, "databases") {
		w.must("POST", "environments", `{"name":"production","kubernetesNamespace":"x"}`)
		w.must("POST", "environments", `{"name":"staging","kubernetesNamespace":"x"}`)
	}
	w.must("POST", "catalogs/kafka", servertest.Catalog("cat", "", ""))
	if !strings.Contains(e.Path, "statements") {
		return
	}
	for _, name := range []string{"test-pool", "streaming-pool"} {
		w.must("POST", "environments/home/compute-pools", servertest.Pool(name, "DEDICATED"))
	}
	// The statement names no catalog: the tables are in the default one.
	for name, text := range map[string]string{
		"make-clicks": "CREATE TABLE clicks (click_id STRING) WITH ('connector'='datagen')",
		"make-sink":   "CREATE TABLE blackhole (click_id STRING) WITH ('connector'='blackhole')",
	} {
		w.must("POST", "environments/home/statements", strings.ReplaceAll(
			servertest.Statement(name, text), `"pool"`, `"test-pool"`,
		))
	}
}

// raw is call without the contract: the server may fail.
func (w *world) raw(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+absolute(target), strings.NewReader(body))
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	return rec
}

// fill makes applications until one is refused.
func (w *world) fill(t *testing.T) (made int, refused *httptest.ResponseRecorder) {
	t.Helper()
	for ; made < 10_000; made++ {
		rec := w.raw("POST", prodApps, servertest.Application(
			fmt.Sprintf("a-%d", made), "", `"x":"`+strings.Repeat("y", 2000)+`"`,
		))
		if rec.Code != 201 {
			return made, rec
		}
	}
	t.Fatal("the disk does not fill")
	return 0, nil
}

// holds checks that there are so many applications, each with the event that
// was written together with it.
func (w *world) holds(want int) {
	w.t.Helper()
	var page struct{ Items []cmf.Object }
	if err := json.Unmarshal(w.must("GET", prodApps+"?size=2000&fields=metadata.name", ""), &page); err != nil {
		w.t.Fatal(err)
	}
	if len(page.Items) != want {
		w.t.Errorf("got %d applications, want the %d that were acknowledged", len(page.Items), want)
	}
	for _, item := range page.Items {
		name := item.String("metadata", "name")
		events := w.must("GET", "/cmf/api/v1alpha1/"+prodApps+"/"+name+"/events", "")
		if !strings.Contains(string(events), "FlinkApplication created") {
			w.t.Errorf("%s is half written: %s", name, events)
		}
	}
}

// exportAndImport moves the world to a fresh folder.
func (w *world) exportAndImport() {
	w.t.Helper()
	var file bytes.Buffer
	if err := w.Export(w.t.Context(), &file); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Server.Close(); err != nil {
		w.t.Fatal(err)
	}
	old := w.dir
	w.dir = w.t.TempDir()
	w.openWith(Config{SecretKeyFile: old + "/secret.key"})
	if _, err := w.Import(w.t.Context(), &file); err != nil {
		w.t.Fatal(err)
	}
}

// checkStatement looks that a statement runs, with rows to read, or is stopped.
func (w *world) checkStatement(m acknowledged) {
	w.t.Helper()
	s := w.must("GET", prodStatements+"/"+m.name, "")
	want := cmf.PhaseRunning
	if m.suspended {
		want = cmf.PhaseStopped
	}
	got := s.String("status", "phase")
	if got != want && !m.unsure {
		w.t.Errorf("%s: got %q (%s), want %s", m.name, got, s.String("status", "detail"), want)
	}
	if got == cmf.PhaseRunning {
		if rows, _ := w.page(m.name, ""); len(rows) == 0 {
			w.t.Errorf("%s runs, but has no rows", m.name)
		}
	}
}

// plain asks outside of the API.
func (w *world) plain(path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost"+path, nil))
	return rec
}

// savepoints are an application's.
func (w *world) savepoints(name string) (all []cmf.Object) {
	w.t.Helper()
	if err := json.Unmarshal(
		w.must("GET", prodApps+"/"+name+"/savepoints?size=100", "").Get("items"), &all,
	); err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) play(scenarios []scenario) {
	w.t.Helper()
	for _, s := range scenarios {
		rec := w.call(s.method, s.path, s.body, s.headers...)
		if rec.Code != s.status {
			w.t.Errorf("%s: %s %s: got %d %s, want %d", s.name, s.method, s.path, rec.Code, rec.Body, s.status)
			continue
		}
		for piece := range strings.SplitSeq(s.want, " & ") {
			if !strings.Contains(rec.Body.String(), piece) {
				w.t.Errorf("%s: %s %s: got %s, want a body with %s", s.name, s.method, s.path, rec.Body, piece)
			}
		}
	}
}

// wantPhase checks a statement's phase.
func (w *world) wantPhase(name, phase string) cmf.Object {
	w.t.Helper()
	got := w.must("GET", prodStatements+"/"+name, "")
	if p := got.String("status", "phase"); p != phase {
		w.t.Errorf("%s: got %s (%s), want %s", name, p, got.String("status", "detail"), phase)
	}
	return got
}

// page reads a page of results.
func (w *world) page(name, token string) (rows []string, next string) {
	w.t.Helper()
	target := prodStatements + "/" + name + "/results"
	if token != "" {
		target += "?page-token=" + url.QueryEscape(token)
	}
	var result cmf.StatementResult
	if err := json.Unmarshal(w.must("GET", target, ""), &result); err != nil {
		w.t.Fatal(err)
	}
	for _, row := range result.Results.Data {
		rows = append(rows, fmt.Sprintf("%v %s", row.Op, row.Row))
	}
	return rows, result.NextPageToken()
}

// all reads from a token to the end of a bounded result.
func (w *world) all(name string) []string {
	w.t.Helper()
	rows, next := w.page(name, "")
	for i := 0; next != "" && i < 100; i++ {
		var more []string
		more, next = w.page(name, next)
		rows = append(rows, more...)
	}
	return rows
}

// answersOf runs statements that are complete at once in an environment, and
// gives what each answered: rows or the failure.
func (w *world) answersOf(env string, texts ...string) []string {
	w.t.Helper()
	var answers []string
	for i, text := range texts {
		name := fmt.Sprintf("q-%d", i)
		target := "environments/" + env + "/statements"
		created := w.must("POST", target, selectFrom(name, text))
		w.must("DELETE", target+"/"+name, "")
		w.advance(0)
		answers = append(answers, string(created.Get("result", "results"))+created.String("status", "detail"))
	}
	return answers
}
