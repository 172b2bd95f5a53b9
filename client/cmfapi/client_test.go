package cmfapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// far is a server at the far side of the network that answers as handler says,
// under a path prefix so that an address built by hand is found out.
// fixed is a secret that does not change.
func fixed(value string) client.Secret {
	return func(context.Context, bool) (string, error) { return value, nil }
}

func far(t *testing.T, cfg client.Config, handler http.HandlerFunc) *cmfapi.Client {
	t.Helper()
	srv := httptest.NewServer(http.StripPrefix("/prefix", handler))
	t.Cleanup(srv.Close)
	cfg.URL = srv.URL + "/prefix/"
	c, err := cmfapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func listEnvironments(c *cmfapi.Client) (client.Listed[cmf.Environment], error) {
	return cmfapi.List[cmf.Environment](context.Background(), c, cmf.Environments, cmf.Scope{}, cmfapi.Query{Size: 2})
}

func TestListFollowsPagesToTheEmptyOne(t *testing.T) {
	names := []string{"aaaa", "bbbb", "cccc", "dddd"}
	var asked []string
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, q.Get("page")+"/"+q.Get("size")+"/"+q.Get("sort"))
		var page int
		fmt.Sscan(q.Get("page"), &page)
		items := []string{}
		for _, n := range names[min(2*page, 4):min(2*page+2, 4)] {
			items = append(items, `{"name":"`+n+`"}`)
		}
		// pageable is null in the docs' own example (cmf-behaviour.md §2.4).
		fmt.Fprintf(w, `{"pageable":null,"metadata":{"size":4},"items":[%s]}`, strings.Join(items, ","))
	})
	l, err := listEnvironments(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Items) != 4 || l.Total != 4 || l.Items[3].Name != "dddd" {
		t.Errorf("got %+v", l)
	}
	if got := strings.Join(asked, " "); got != "0/2/name 1/2/name 2/2/name" {
		t.Errorf("asked %s", got)
	}
}

func TestListEndsWhenTheServerIgnoresPage(t *testing.T) {
	var n atomic.Int32
	c := far(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		fmt.Fprint(w, `{"metadata":{"size":2},"items":[{"name":"aaaa"},{"name":"bbbb"}]}`)
	})
	if _, err := listEnvironments(c); err != nil {
		t.Fatal(err)
	}
	if n.Load() != 2 {
		t.Errorf("got %d requests, want 2", n.Load())
	}
}

func TestOneBrokenItemCostsOneItem(t *testing.T) {
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") != "0" {
			fmt.Fprint(w, `{"items":[]}`)
			return
		}
		fmt.Fprint(w, `{"items":[{"name":"good","novel":1},{"name":"bad","status":"text"},{"name":7}]}`)
	})
	l, err := listEnvironments(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Items) != 1 || len(l.Broken) != 2 || l.Broken[0].Name != "bad" || l.Broken[0].Index != 1 {
		t.Errorf("got %+v", l)
	}
}

func TestPollSendsETagsAndKeepsWhatDidNotChange(t *testing.T) {
	version := "1"
	var full, unchanged int
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		tag := `"` + version + r.URL.Query().Get("page") + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			unchanged++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full++
		if r.URL.Query().Get("page") == "0" {
			fmt.Fprintf(w, `{"metadata":{"size":1},"items":[{"name":"env-%s"}]}`, version)
			return
		}
		fmt.Fprint(w, `{"metadata":{"size":1},"items":[]}`)
	})
	p := cmfapi.NewPoll[cmf.Environment](c, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	for i, want := range []struct {
		name    string
		changed bool
	}{{"env-1", true}, {"env-1", false}, {"env-2", true}} {
		if i == 2 {
			version = "2"
		}
		l, changed, err := p.Next(t.Context())
		if err != nil || changed != want.changed || l.Items[0].Name != want.name {
			t.Errorf("poll %d: got %v %v %v, want %+v", i, l.Items, changed, err, want)
		}
	}
	// The first page has all that the server says there are: no other is asked for.
	if full != 2 || unchanged != 1 {
		t.Errorf("got %d full and %d unchanged answers, want 2 and 1", full, unchanged)
	}
}

func TestChangedPagesReadOnlyWhatChanged(t *testing.T) {
	state := "a"
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") != "0" {
			fmt.Fprint(w, `{"items":[]}`)
			return
		}
		fmt.Fprintf(
			w,
			`{"items":[{"metadata":{"name":"x"},"spec":{"v":1}},{"name":7,"spec":"%s"},`+
				`{"metadata":{"name":"y"},"spec":{"v":"%s"}}]}`,
			state, state,
		)
	})
	p := cmfapi.NewPoll[cmf.FlinkApplication](c, cmf.Applications, cmf.Scope{Environment: "prod"}, cmfapi.Query{})
	before, _, err := p.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state = "b"
	after, changed, err := p.Next(t.Context())
	if err != nil || !changed || len(after.Items) != 2 || len(after.Broken) != 1 {
		t.Fatalf("got %+v %v %v", after, changed, err)
	}
	if &before.Items[0].Spec[0] != &after.Items[0].Spec[0] {
		t.Error("an item that did not change was read again")
	}
	if got := after.Items[1].Spec.String("v"); got != "b" {
		t.Errorf("the item that changed says %q", got)
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	for _, tc := range []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"api shape", "application/json", `{"errors":[{"message":"no such thing"},{"message":"twice"}]}`, 404, "no such thing\ntwice (404)"},
		{"proxy json", "application/json", `{"error":"x","message":"forbidden by gateway"}`, 403, "forbidden by gateway (403)"},
		{"html", "text/html", "<html><head><title>502 Bad\n Gateway</title></head>", 502, "the server answered with a web page: 502 Bad Gateway (502)"},
		{"html with 200", "text/html", "<html><body>Sign in", 200, "is this the address of a CMF server?"},
		{"half a body", "application/json", `{"items":[{"na`, 200, "cannot read the answer"},
		{"not json", "text/plain", "hello", 200, "cannot read the answer"},
		{"empty", "", "", 500, "internal server error (500)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := far(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.contentType)
				w.Header().Set("X-Request-Id", "r-1")
				w.WriteHeader(tc.status)
				io.WriteString(w, tc.body)
			})
			_, err := listEnvironments(c)
			var e *client.Error
			if !errors.As(err, &e) || e.Status != tc.status {
				t.Fatalf("got %v, want *client.Error with %d", err, tc.status)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q, want %q in it", err, tc.want)
			}
			if tc.status >= 400 && e.RequestID != "r-1" {
				t.Errorf("request id: got %q", e.RequestID)
			}
		})
	}
}

func TestCutConnectionIsOneError(t *testing.T) {
	c := far(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"items":[`)
	})
	if _, err := listEnvironments(c); err == nil || client.StatusOf(err) != 0 {
		t.Errorf("got %v, want an error without a status", err)
	}
}

func TestSlowServerIsGivenUpInTimeAndByContext(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	handler := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	c := far(t, client.Config{Timeout: 50 * time.Millisecond}, handler)
	if _, err := listEnvironments(c); err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("got %v", err)
	}
	c = far(t, client.Config{}, handler)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := cmfapi.Get[cmf.Environment](
		ctx, c, cmf.Environments, cmf.Scope{}, "aaaa",
	); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestOnlyReadingIsRepeated(t *testing.T) {
	counts := map[string]int{}
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		counts[r.Method]++
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, _ = cmfapi.Get[cmf.Environment](t.Context(), c, cmf.Environments, cmf.Scope{}, "aaaa")
	_, _ = c.SuspendApplication(t.Context(), cmf.Scope{Environment: "aaaa"}, "app")
	_ = cmfapi.Delete(t.Context(), c, cmf.Environments, cmf.Scope{}, "aaaa", false)
	if counts["GET"] != 3 || counts["POST"] != 1 || counts["DELETE"] != 1 {
		t.Errorf("got %v, want 3 GET, 1 POST, 1 DELETE", counts)
	}
}

func TestReadOnlySendsNothingButGet(t *testing.T) {
	var sent []string
	c := far(t, client.Config{ReadOnly: true}, func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Method)
		fmt.Fprint(w, `{"metadata":{"name":"stmt"},"spec":{"statement":"SELECT 1","computePoolName":"p"}}`)
	})
	env := cmf.Scope{Environment: "prod"}
	_, suspend := c.SuspendApplication(t.Context(), env, "app")
	_, start := c.StartApplication(t.Context(), env, "app", "")
	_, create := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, cmf.Environment{Name: "aaaa"})
	del := cmfapi.Delete(t.Context(), c, cmf.Applications, env, "app", true)
	stop := c.StopStatement(t.Context(), env, "stmt")
	for name, err := range map[string]error{
		"suspend": suspend, "start": start, "create": create, "delete": del, "stop": stop,
	} {
		if !errors.Is(err, client.ErrReadOnly) {
			t.Errorf("%s: got %v, want ErrReadOnly", name, err)
		}
	}
	for _, m := range sent {
		if m != http.MethodGet {
			t.Errorf("%s was sent", m)
		}
	}
}

func TestStopStatementKeepsUnknownFieldsAndLeavesOutTheServersOwn(t *testing.T) {
	var put string
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			body, _ := io.ReadAll(r.Body)
			put = string(body)
			return // an empty 200, as specified
		}
		fmt.Fprint(w, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"s","uid":"u","creationTimestamp":"t","labels":{"a":"b"}},
			"spec":{"statement":"SELECT 1","computePoolName":"p","stopped":false,"novel":1},"status":{"phase":"RUNNING"}}`)
	})
	if err := c.StopStatement(t.Context(), cmf.Scope{Environment: "prod"}, "s"); err != nil {
		t.Fatal(err)
	}
	const want = `{"apiVersion":"v","kind":"Statement","metadata":{"name":"s","labels":{"a":"b"}},` +
		`"spec":{"statement":"SELECT 1","computePoolName":"p","stopped":true,"novel":1}}`
	if put != want {
		t.Errorf("got  %s\nwant %s", put, want)
	}
}

func TestResultPagerFollowsTokensToTheEnd(t *testing.T) {
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("page-token")
		next := map[string]string{"": "a/b+c=", "a/b+c=": "end", "end": ""}[token]
		fmt.Fprintf(
			w, `{"metadata":{"annotations":{"nextPageToken":%q}},"results":{"data":[{"row":["1",null,["2"]]}]}}`, next,
		)
	})
	p := c.NewResultPager(cmf.Scope{Environment: "prod"}, "s")
	var pages int
	for done := false; !done; pages++ {
		rows, d, err := p.Next(t.Context())
		if err != nil || len(rows) != 1 || rows[0].Op != cmf.OpInsert || string(rows[0].Row[1]) != "null" {
			t.Fatalf("page %d: %v %v", pages, rows, err)
		}
		done = d
	}
	if pages != 3 {
		t.Errorf("got %d pages, want 3", pages)
	}
	if _, _, err := p.Next(t.Context()); err == nil {
		t.Error("the pager began anew after the end")
	}
}

func TestCallLogNeverShowsTheToken(t *testing.T) {
	var auth string
	c := far(t, client.Config{Auth: client.Bearer(fixed("s3cret"))}, func(w http.ResponseWriter, r *http.Request) {
		auth = r.Header.Get("Authorization")
		w.Header().Set("X-Request-Id", "r-9")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `{"errors":[{"message":"it's taken"}]}`)
	})
	env := cmf.Environment{Name: "it's"}
	_, err := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, env)
	if client.StatusOf(err) != 409 || auth != "Bearer s3cret" {
		t.Fatalf("got %v with %q", err, auth)
	}
	call := c.Calls().Snapshot()[0]
	if call.Method != "POST" || call.Status != 409 || call.RequestID != "r-9" || call.Err != "it's taken" {
		t.Errorf("got %+v", call)
	}
	curl := call.Curl()
	if strings.Contains(curl, "s3cret") || !strings.Contains(curl, "$DREY_TOKEN") ||
		!strings.Contains(curl, `'{"name":"it'\''s"}'`) {
		t.Errorf("curl: %s", curl)
	}
	if text, _ := json.Marshal(call); strings.Contains(string(text), "s3cret") {
		t.Error("the call carries the token")
	}
}

func TestRedirectToAnotherHostIsNotFollowed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the other host was asked")
	}))
	t.Cleanup(other.Close)
	c := far(t, client.Config{Auth: client.Bearer(fixed("s3cret"))}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if _, err := listEnvironments(c); err == nil {
		t.Error("a redirect was taken for an answer")
	}
}

func TestAddressesAreCheckedInWords(t *testing.T) {
	for url, want := range map[string]string{
		"":                     "--url",
		"ftp://localhost:8080": "want http://HOST:PORT",
		"ftp://host":           "want http://HOST:PORT",
		"http://u:p@host:1":    "credentials",
		"http://host:8080/%":   "url",
	} {
		if _, err := cmfapi.New(client.Config{URL: url}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", url, err, want)
		}
	}
	c, err := cmfapi.New(client.Config{URL: "http://host:8080/x/cmf/api/v1/"})
	if err != nil || c.URL() != "http://host:8080/x" {
		t.Errorf("got %v %v", c.URL(), err)
	}
	if _, err := cmfapi.New(client.Config{URL: "http://h", CertPath: "only.pem"}); err == nil ||
		!strings.Contains(err.Error(), "--client-key-path") {
		t.Errorf("certificate without key: got %v", err)
	}
}

func TestErrorsSayWhatTheyMean(t *testing.T) {
	for _, c := range []struct {
		method, body, retry string
		status              int
		want                fault.Kind
		lost                bool
	}{
		{status: 401, want: fault.SignedOut},
		{status: 403, want: fault.Forbidden},
		{status: 404, body: `{"errors":[{"message":"no such thing"}]}`, want: fault.NotFound},
		{status: 404, body: `{"status":404,"error":"Not Found"}`, want: fault.Unsupported},
		{status: 405, want: fault.Unsupported},
		{status: 409, method: "PUT", want: fault.Conflict},
		{status: 422, method: "POST", want: fault.Other},
		{status: 429, retry: "30", want: fault.Throttled},
		{status: 503, retry: "30", want: fault.Throttled},
		{status: 500, want: fault.Failing},
		{status: 500, method: "DELETE", want: fault.Failing},
		{status: 502, method: "POST", want: fault.Failing, lost: true},
		{status: 504, method: "DELETE", want: fault.Failing, lost: true},
		{status: 200, method: "PUT", body: "<html><title>Sign in</title>", want: fault.Failing, lost: true},
	} {
		api := far(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
			if c.retry != "" {
				w.Header().Set("Retry-After", c.retry)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		})
		var err error
		switch c.method {
		case "PUT":
			_, err = cmfapi.Update(t.Context(), api, cmf.Statements, cmf.Scope{Environment: "e"}, "a", cmf.Statement{})
		case "POST":
			_, err = cmfapi.Create(t.Context(), api, cmf.Statements, cmf.Scope{Environment: "e"}, cmf.Statement{})
		case "DELETE":
			err = cmfapi.Delete(t.Context(), api, cmf.Statements, cmf.Scope{Environment: "e"}, "a", false)
		default:
			_, err = cmfapi.Get[cmf.Statement](t.Context(), api, cmf.Statements, cmf.Scope{Environment: "e"}, "a")
		}
		if got := fault.Of(err); got.Kind != c.want || got.Lost != c.lost || (c.retry != "") == got.Until.IsZero() {
			t.Errorf("%s %d %q: got %+v of %v", c.method, c.status, c.body, got, err)
		}
	}
	api, err := cmfapi.New(client.Config{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	err = cmfapi.Delete(t.Context(), api, cmf.Statements, cmf.Scope{}, "a", false)
	if got := fault.Of(err); got.Kind != fault.Offline || got.Lost {
		t.Errorf("no server: got %+v of %v", got, err)
	}
}
