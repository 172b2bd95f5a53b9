package httpapi

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	ownJob   = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	otherJob = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func TestPathsOfTheWebUIAreTakenApart(t *testing.T) {
	const base = "/cmf/api/v1/environments/e/applications/a"
	for path, want := range map[string]string{
		base + "/flink-web-ui":                                          "e applications a [] bare",
		base + "/flink-web-ui/":                                         "e applications a []",
		"/" + base + "//flink-web-ui//jobs/x%20y":                       "e applications a [jobs|x y]",
		"/cmf/api/v1/environments/e/statements/a%2Fb/flink-web-ui/jobs": "e statements a/b [jobs]",
		base + "/flink-web-ui/jobs/../jars":                             "none",
		base + "/flink-web-ui/jobs/%2e%2e/jars":                         "none",
		base + "/flink-web-ui/jobs%2F..%2Fjars":                         "none",
		base + `/flink-web-ui/jobs%5C..%5Cjars`:                         "none",
		base + "/flink-web-ui/jobs%3Fx":                                 "none",
		base + "/flink-web-ui/%zz":                                      "none",
		base + "/instances/flink-web-ui":                                "none",
		"/cmf/api/v1/environments/e/secrets/a/flink-web-ui":             "none",
	} {
		p, ok := webUIPath(path)
		got := strings.Join([]string{p.env, p.family, p.name, "[" + strings.Join(p.rest, "|") + "]"}, " ")
		if p.bare {
			got += " bare"
		}
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestOnlyWhatIsOfTheJobIsLetThrough(t *testing.T) {
	reading, writing := &WebUI{}, &WebUI{Writes: true}
	for _, c := range []struct {
		method, path string
		read, write  error
	}{
		{"GET", "", nil, nil},
		{"HEAD", "index.html", nil, nil},
		{"GET", "main.6cd446413e0aff84.js", nil, nil},
		{"GET", "assets/images/flink.svg", nil, nil},
		{"POST", "assets/images/flink.svg", errMethod, errMethod},
		{"GET", "overview", nil, nil},
		{"GET", "config", nil, nil},
		{"GET", "jobs", nil, nil},
		{"GET", "jobs/overview", nil, nil},
		{"POST", "jobs", errMethod, errMethod},
		{"GET", "jobs/" + ownJob, nil, nil},
		{"GET", "jobs/" + ownJob + "/vertices/v/backpressure", nil, nil},
		{"PATCH", "jobs/" + ownJob, errWebUIReads, nil},
		{"POST", "jobs/" + ownJob + "/savepoints", errWebUIReads, nil},
		{"GET", "jobs/" + ownJob + "/yarn-cancel", errWebUIReads, nil},
		{"GET", "jobs/" + ownJob + "/yarn-stop", errWebUIReads, nil},
		{"GET", "jobs/" + ownJob + "/jobmanager/environment", errNotOfJob, errNotOfJob},
		{"GET", "jobs/" + otherJob, errNotOfJob, errNotOfJob},
		{"PATCH", "jobs/" + otherJob, errNotOfJob, errNotOfJob},
		{"GET", "jobs/metrics", errNotOfJob, errNotOfJob},
		{"GET", "jars", errNotOfJob, errNotOfJob},
		{"POST", "jars/upload", errNotOfJob, errNotOfJob},
		{"GET", "jobmanager/config", errNotOfJob, errNotOfJob},
		{"GET", "jobmanager/logs/x.js", errNotOfJob, errNotOfJob},
		{"GET", "taskmanagers", errNotOfJob, errNotOfJob},
		{"DELETE", "cluster", errNotOfJob, errNotOfJob},
	} {
		var rest []string
		if c.path != "" {
			rest = strings.Split(c.path, "/")
		}
		if err := reading.allows(c.method, rest, ownJob); !errors.Is(err, c.read) {
			t.Errorf("%s %s: got %v, want %v", c.method, c.path, err, c.read)
		}
		if err := writing.allows(c.method, rest, ownJob); !errors.Is(err, c.write) {
			t.Errorf("%s %s with writes: got %v, want %v", c.method, c.path, err, c.write)
		}
	}
}

// behind is the proxy before a Flink that answers as told.
func behind(t *testing.T, flink http.HandlerFunc) (*httptest.Server, *API) {
	t.Helper()
	back := httptest.NewServer(flink)
	t.Cleanup(back.Close)
	u, err := url.Parse(back.URL + "/prefix")
	if err != nil {
		t.Fatal(err)
	}
	a := &API{log: slog.New(slog.DiscardHandler), web: &WebUI{URL: u, Transport: http.DefaultTransport}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest := strings.FieldsFunc(r.URL.Path, func(c rune) bool { return c == '/' })
		a.proxy(&recorder{ResponseWriter: w}, r, "id", rest, ownJob)
	}))
	t.Cleanup(front.Close)
	return front, a
}

func get(t *testing.T, method, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer of-drey")
	req.Header.Set("Cookie", "a=b")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestAnAnswerOfFlinkComesBackAsItIs(t *testing.T) {
	front, _ := behind(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" ||
			r.URL.Path != "/prefix/jobs/"+ownJob || r.URL.RawQuery != "get=a,b" || r.Method != "GET" {
			t.Errorf("Flink got %s %s with %v", r.Method, r.URL, r.Header)
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("X-Flink", "yes")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"errors":["no"]}`)
	})
	resp, body := get(t, "GET", front.URL+"/jobs/"+ownJob+"?get=a,b")
	if resp.StatusCode != 404 || body != `{"errors":["no"]}` || resp.Header.Get("X-Flink") != "yes" ||
		resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %s %s %v", resp.Status, body, resp.Header)
	}
	if resp, body := get(t, "HEAD", front.URL+"/jobs/"+ownJob+"?get=a,b"); resp.StatusCode != 404 || body != "" {
		t.Errorf("HEAD: got %s %q", resp.Status, body)
	}
}

func TestABodyIsNotHeldBack(t *testing.T) {
	read := make(chan struct{})
	front, _ := behind(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-read // the rest comes once the first was read
		_, _ = io.WriteString(w, " second")
	})
	resp, err := http.Get(front.URL + "/jobs/" + ownJob)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("got %q, %v", first, err)
	}
	close(read)
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != " second" {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestAnswersAboutAllJobsAreNarrowed(t *testing.T) {
	front, _ := behind(t, func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]string{
			"/prefix/jobs":          `{"jobs":[{"id":"` + otherJob + `"},{"id":"` + ownJob + `","status":"RUNNING"}]}`,
			"/prefix/jobs/overview": `{"jobs":[{"jid":"` + ownJob + `","name":"mine"},{"jid":"` + otherJob + `","name":"secret"}]}`,
			"/prefix/overview":      `{"slots-total":4,"jobs-running":7}`,
			"/prefix/config":        `{"flink-version":"2.2.1","features":{"web-submit":true,"web-cancel":true}}`,
		}
		_, _ = io.WriteString(w, answers[r.URL.Path])
	})
	for path, want := range map[string]string{
		"/jobs":          `{"jobs":[{"id":"` + ownJob + `","status":"RUNNING"}]}`,
		"/jobs/overview": `{"jobs":[{"jid":"` + ownJob + `","name":"mine"}]}`,
		"/overview":      `{"jobs-running":0,"slots-total":4}`,
		"/config":        `{"features":{"web-cancel":false,"web-rescale":false,"web-submit":false},"flink-version":"2.2.1"}`,
	} {
		resp, body := get(t, "GET", front.URL+path)
		if body != want || resp.ContentLength != int64(len(want)) {
			t.Errorf("%s: got %s of %d bytes, want %s", path, body, resp.ContentLength, want)
		}
	}
}

func TestAFlinkThatDoesNotAnswerIsToldInTheAPIsShape(t *testing.T) {
	front, a := behind(t, func(http.ResponseWriter, *http.Request) {})
	a.web.URL = &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	resp, body := get(t, "GET", front.URL+"/jobs/"+ownJob)
	if resp.StatusCode != 503 || !strings.Contains(body, `{"errors":[{"message":"Flink's JobManager does not answer`) {
		t.Errorf("got %s %s", resp.Status, body)
	}
	if !slices.Contains(resp.Header["Content-Type"], typeJSON) {
		t.Errorf("got %v", resp.Header)
	}
}
