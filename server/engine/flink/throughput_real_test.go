//go:build flink

package flink_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
)

const (
	million  = 1_000_000
	sequence = `CREATE TABLE %s (id BIGINT, n INT, s STRING) WITH ('connector'='datagen', 'number-of-rows'='%d',
	'fields.s.length'='20', 'rows-per-second'='100000000')`
)

// web asks for a body, which is good until the next one.
type web struct {
	*testing.T
	base string
	body bytes.Buffer
}

func (w *web) ask(method, path string, send, into any) []byte {
	w.Helper()
	var sent bytes.Buffer
	if send != nil {
		if err := json.NewEncoder(&sent).Encode(send); err != nil {
			w.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.base+path, &sent)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	w.body.Reset()
	_, err = w.body.ReadFrom(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode >= 300 {
		w.Fatalf("%s %s: %s, %v: %.500s", method, path, resp.Status, err, w.body.Bytes())
	}
	if into != nil {
		if err := json.Unmarshal(w.body.Bytes(), into); err != nil {
			w.Fatal(err)
		}
	}
	return w.body.Bytes()
}

// raw runs a query through the gateway alone.
type raw struct {
	web
	session string
}

func newRaw(t *testing.T) *raw {
	r := &raw{web: web{T: t, base: os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY")}}
	var answer struct {
		Handle string `json:"sessionHandle"`
	}
	r.ask("POST", "/v2/sessions", map[string]any{}, &answer)
	r.session = "/v2/sessions/" + answer.Handle
	return r
}

func (r *raw) execute(sql string) (next string) {
	var answer struct {
		Handle string `json:"operationHandle"`
	}
	r.ask("POST", r.session+"/statements", map[string]any{"statement": sql}, &answer)
	return r.session + "/operations/" + answer.Handle + "/result/0?rowFormat=PLAIN_TEXT"
}

var (
	nextPage = regexp.MustCompile(`"nextResultUri":"([^"]*)"`)
	token    = regexp.MustCompile(`"` + regexp.QuoteMeta(cmf.AnnotationNextPage) + `":"([^"]*)"`)
)

func group(re *regexp.Regexp, b []byte) string {
	if m := re.FindSubmatch(b); m != nil {
		return string(m[1])
	}
	return ""
}

// pull pulls rows, which begin as told, until there are enough, and says how long it took from the
// first row on, and until then.
func pull(enough int, row string, page func() (body []byte, more bool)) (first, rest time.Duration, rows int) {
	began := time.Now()
	var start time.Time
	for more := true; more && rows < enough; {
		var body []byte
		body, more = page()
		n := bytes.Count(body, []byte(row))
		if rows += n; n == 0 {
			time.Sleep(5 * time.Millisecond)
		} else if start.IsZero() {
			start = time.Now()
		}
	}
	return start.Sub(began), time.Since(start), rows
}

func (r *raw) pull(sql string, enough int) (first, rest time.Duration, rows int) {
	var next string
	return pull(enough, `{"kind":"`, func() ([]byte, bool) {
		if next == "" {
			next = r.execute(sql)
		}
		body := r.ask("GET", next, nil, nil)
		if uri := cmp.Or(group(nextPage, body[max(0, len(body)-1000):]), group(
			nextPage, body[:min(len(body), 1000)],
		)); uri != "" {
			next = uri
			return body, true
		}
		return body, bytes.Contains(body, []byte("NOT_READY"))
	})
}

// api runs a query through the API of a drey.
type api struct {
	web
	n int
}

func newAPI(t *testing.T, url string) *api {
	a := apiOf(t, url)
	a.ask("POST", "", map[string]any{"name": "real", "kubernetesNamespace": "x"}, nil)
	a.ask("POST", "/real/compute-pools", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "SHARED", "clusterSpec": map[string]any{}},
	}, nil)
	return a
}

// apiOf is the API of a drey that has the environment already.
func apiOf(t *testing.T, url string) *api {
	return &api{web: web{T: t, base: url + cmf.BasePath + "/environments"}}
}

func (a *api) post(sql string) (path string) {
	a.Helper()
	a.n++
	name := fmt.Sprintf("s-%d", a.n)
	var st cmf.Statement
	a.ask("POST", "/real/statements", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "Statement", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"statement": sql, "computePoolName": "pool",
			"properties": map[string]any{cmf.PropertyCatalog: "default_catalog", cmf.PropertyDatabase: "default_database"},
		},
	}, &st)
	if st.Phase() == cmf.PhaseFailed {
		a.Fatalf("%s: %s", sql, st.Status.Detail)
	}
	return "/real/statements/" + name
}

func (a *api) pull(sql string, enough int) (first, rest time.Duration, rows int) {
	var path, next string
	first, rest, rows = pull(enough, `{"op":`, func() ([]byte, bool) {
		if path == "" {
			path = a.post(sql)
		}
		body := a.ask("GET", path+"/results?page-token="+next, nil, nil)
		next = group(token, body[:min(len(body), 1000)])
		return body, next != ""
	})
	a.ask("DELETE", path, nil, nil)
	return first, rest, rows
}

// resident is the most memory that a process has held, in MB.
func resident(t *testing.T, pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	var kB int
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	if _, err := fmt.Sscan(after, &kB); err != nil {
		t.Fatal(err)
	}
	return kB >> 10
}

// TestAMillionRowsThroughTheAPI measures against the gateway alone, in the same
// run: 80 % of its rate with 64 MB is what is wanted. The rate is told, not judged:
// it is the machine's as well.
func TestAMillionRowsThroughTheAPI(t *testing.T) {
	d := startDrey(t, t.TempDir())
	r, a := newRaw(t), newAPI(t, d.url)
	r.execute(fmt.Sprintf(sequence, "numbers", million))
	a.post(fmt.Sprintf(sequence, "numbers", million))
	const query = "SELECT * FROM numbers"
	best := 0.0
	for range 3 {
		_, alone, n := r.pull(query, million)
		_, took, m := a.pull(query, million)
		if n != million || m != million {
			t.Fatalf("got %d rows from the gateway and %d from the API, want a million", n, m)
		}
		best = max(best, float64(alone)/float64(took))
		t.Logf(
			"a million rows: gateway %v, API %v: %.0f %%; drey held %d MB", alone, took,
			100*float64(alone)/float64(took), resident(t, d.cmd.Process.Pid),
		)
	}
	t.Logf("best: %.0f %%, 80 are wanted", 100*best)
	if held := resident(t, d.cmd.Process.Pid); held > 128 {
		t.Errorf("drey held %d MB, want 64", held)
	}
}

// TestTheFirstRowIsThereAsSoonAsFromTheGateway measures SELECT 1,
// posted back to back: 1.3 times what the gateway alone takes is wanted.
func TestTheFirstRowIsThereAsSoonAsFromTheGateway(t *testing.T) {
	d := startDrey(t, t.TempDir())
	r, a := newRaw(t), newAPI(t, d.url)
	var alone, through []time.Duration
	for i := range 32 {
		first, _, n := r.pull("SELECT 1", 1)
		took, _, m := a.pull("SELECT 1", 1)
		if n != 1 || m != 1 {
			t.Fatalf("got %d rows from the gateway and %d from the API, want one", n, m)
		}
		if i > 1 { // warm
			alone, through = append(alone, first), append(through, took)
		}
	}
	one, two := median(alone), median(through)
	t.Logf("SELECT 1 to the first row: gateway %v, API %v: %.2f times", one, two, float64(two)/float64(one))
}
