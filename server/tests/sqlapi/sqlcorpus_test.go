package sqlapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
)

// sqlCase is a case of the corpus, as far as this test looks.
type sqlCase struct {
	ID, Mode, Query string
	Setup           []string
	Props           map[string]string
	Columns         []struct{ Name, Type string }
	Rows            []struct {
		Op         string
		Row, Plain []*string
	}
	UpsertKey []string `json:"upsert_key"`
	Unordered bool
	Volatile  bool
	Loose     bool
	Error     *struct{ Message string }
}

// sqlClient speaks to a server that runs.
type sqlClient struct {
	t   testing.TB
	url string
	n   int
}

func (c *sqlClient) call(method, path string, body any) (int, []byte) {
	c.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			c.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/cmf/api/v1/"+path, &b)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, out
}

// statement posts a statement and waits for its end.
func (c *sqlClient) statement(env, text string, conf, props map[string]string) cmf.Statement {
	c.t.Helper()
	c.n++
	name := fmt.Sprintf("s-%d", c.n)
	var s cmf.Statement
	code, body := c.call("POST", "environments/"+env+"/statements", map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"statement": text, "computePoolName": "pool", "flinkConfiguration": conf, "properties": props},
	})
	for until := time.Now().Add(20 * time.Second); ; {
		if code != 200 {
			c.t.Fatalf("%s: got %d: %s", text, code, body)
		}
		if err := json.Unmarshal(body, &s); err != nil {
			c.t.Fatal(err)
		}
		phase := s.Phase()
		if phase == cmf.PhaseCompleted || phase == cmf.PhaseFailed ||
			phase == cmf.PhaseRunning && s.Status.Traits.SQLKind == "SELECT" {
			return s
		}
		if time.Now().After(until) {
			c.t.Fatalf("%s: still %s", text, phase)
		}
		code, body = c.call("GET", "environments/"+env+"/statements/"+name, nil)
	}
}

// rows pages the results to their end.
func (c *sqlClient) rows(env string, s cmf.Statement) []string {
	c.t.Helper()
	var out []string
	for token := ""; ; {
		path := "environments/" + env + "/statements/" + s.Metadata.Name + "/results"
		if token != "" {
			path += "?page-token=" + token
		}
		code, body := c.call("GET", path, nil)
		if code != 200 {
			return append(out, fmt.Sprintf("%d %s", code, body))
		}
		var page cmf.StatementResult
		if err := json.Unmarshal(body, &page); err != nil {
			c.t.Fatal(err)
		}
		for _, r := range page.Results.Data {
			var cells []string
			for _, raw := range r.Row {
				var text *string
				if json.Unmarshal(raw, &text) == nil && text == nil {
					cells = append(cells, "<null>")
				} else if text != nil {
					cells = append(cells, *text)
				} else {
					cells = append(cells, string(raw))
				}
			}
			out = append(out, r.Op.String()+" "+strings.Join(cells, "|"))
		}
		if token = page.Metadata.Annotations[cmf.AnnotationNextPage]; token == "" {
			return out
		}
	}
}

var (
	corpusSet = regexp.MustCompile(`^SET '([^']*)'\s*=\s*'([^']*)'$`)
	corpusUse = regexp.MustCompile(`^USE (CATALOG )?(\w+)$`)
)

// verdict runs a case as a client would.
func (c *sqlClient) verdict(k sqlCase, data, out string) string {
	c.t.Helper()
	env := fmt.Sprintf("env-%d", c.n)
	fill := strings.NewReplacer("${DATA}", data, "${OUT}", out)
	conf, props := map[string]string{"execution.runtime-mode": k.Mode}, map[string]string{}
	for key, v := range k.Props {
		conf[key] = v
	}
	if code, body := c.call("POST", "environments", map[string]any{
		"name": env, "kubernetesNamespace": "default",
	}); code != 200 {
		c.t.Fatalf("environment: %d %s", code, body)
	}
	pool := map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "ComputePool", "metadata": map[string]any{"name": "pool"},
		"spec": map[string]any{"type": "DEDICATED", "clusterSpec": map[string]any{}},
	}
	if code, body := c.call("POST", "environments/"+env+"/compute-pools", pool); code != 200 {
		c.t.Fatalf("pool: %d %s", code, body)
	}
	for _, text := range k.Setup {
		if m := corpusSet.FindStringSubmatch(text); m != nil {
			conf[m[1]] = m[2]
			continue
		}
		if m := corpusUse.FindStringSubmatch(text); m != nil {
			key := cmf.PropertyDatabase
			if m[1] != "" {
				key = cmf.PropertyCatalog
			}
			props[key] = m[2]
			continue
		}
		if s := c.statement(env, fill.Replace(text), conf, props); s.Phase() == cmf.PhaseFailed {
			return "refused: " + s.Status.Detail
		}
	}
	if strings.TrimSpace(k.Query) == "" {
		return "equal"
	}
	s := c.statement(env, fill.Replace(k.Query), conf, props)
	defer c.call("DELETE", "environments/"+env+"?force=true", nil)
	var rows []string
	if s.Phase() != cmf.PhaseFailed && s.Result == nil && s.Status.Traits.SQLKind == "SELECT" {
		rows = c.rows(env, s)
		_, body := c.call("GET", "environments/"+env+"/statements/"+s.Metadata.Name, nil)
		if err := json.Unmarshal(body, &s); err != nil {
			c.t.Fatal(err)
		}
	}
	return compareCase(k, s, rows)
}

func compareCase(k sqlCase, s cmf.Statement, rows []string) string {
	detail := s.Status.Detail
	switch {
	case strings.Contains(detail, "not supported by the embedded engine"):
		return "refused: " + detail
	case k.Error != nil && s.Phase() == cmf.PhaseFailed:
		return "equal"
	case k.Error != nil:
		return fmt.Sprintf("different: %s with %q, want the error %s", s.Phase(), rows, k.Error.Message)
	case s.Phase() == cmf.PhaseFailed:
		return "different: failed: " + detail
	case k.Volatile || k.Loose || s.Status.Traits.SQLKind != "SELECT":
		return "equal"
	}
	var want []string
	for _, r := range k.Rows {
		var cells []string
		texts := r.Plain
		if texts == nil {
			texts = r.Row
		}
		for i, cell := range texts {
			switch {
			case cell == nil:
				cells = append(cells, "<null>")
			case strings.HasPrefix(k.Columns[i].Type, "BOOLEAN"):
				cells = append(cells, strings.ToLower(*cell))
			default:
				cells = append(cells, *cell)
			}
		}
		want = append(want, r.Op+" "+strings.Join(cells, "|"))
	}
	for _, col := range k.Columns {
		if strings.ContainsAny(col.Type, "<") || strings.HasPrefix(col.Type, "BINARY") ||
			strings.HasPrefix(col.Type, "VARBINARY") || strings.HasPrefix(col.Type, "INTERVAL") {
			return "equal" // written in another form here
		}
	}
	if len(k.UpsertKey) > 0 || strings.Contains(strings.Join(want, ""), "<jobid>") ||
		strings.Join(waitIdle(rows), "\n") == strings.Join(waitIdle(want), "\n") {
		return "equal"
	}
	return fmt.Sprintf("different: got %q, want %q", rows, want)
}

func waitIdle(rows []string) []string {
	counts := map[string]int{}
	for _, r := range rows {
		by := 1
		if strings.HasPrefix(r, "-") {
			by = -1
		}
		counts[r[3:]] += by
	}
	var out []string
	for cells, n := range counts {
		for range n {
			out = append(out, cells)
		}
	}
	sort.Strings(out)
	return out
}

// TestTheCorpusOverHTTP runs a part of the corpus, or with
// DREY_CORPUS_HTTP=all all of it, as people and their programs would.
func TestTheCorpusOverHTTP(t *testing.T) {
	data, err := filepath.Abs("../../engine/embedded/sql/testdata/corpus/data")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Files: []string{data, out}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	every, sums := 23, map[string]int{}
	if os.Getenv("DREY_CORPUS_HTTP") == "all" {
		every = 1
	}
	files, _ := filepath.Glob("../../engine/embedded/sql/testdata/corpus/*.json")
	c := &sqlClient{t: t, url: s.URL()}
	number := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Cases []sqlCase }
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		for _, k := range doc.Cases {
			if number++; number%every != 0 {
				continue
			}
			c.n++
			v := c.verdict(k, data, filepath.Join(out, fmt.Sprint(number)))
			kind, _, _ := strings.Cut(v, ":")
			sums[kind]++
			if kind == "different" {
				t.Errorf("%s: %s\n  %s", k.ID, k.Query, v)
			}
		}
	}
	t.Logf("over HTTP: %v", sums)
}
