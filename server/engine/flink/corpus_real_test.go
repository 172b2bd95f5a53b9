//go:build flink

package flink_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
)

// corpusCase is a case of the corpus that was recorded from Flink itself.
type corpusCase struct {
	ID, Mode, Query string
	Setup           []string
	Props           map[string]string
	Columns         []struct{ Name, Type string }
	Rows            []struct {
		Op         string
		Row, Plain []*string
	}
	Unordered, Volatile, Loose bool
	Ended                      string
	UpsertKey                  []string `json:"upsert_key"`
	Error                      *struct{ Message string }
}

// TestTheCorpusThroughTheAPIOnRealFlink posts every case as a statement.
// It takes one in eight, all with DREY_CORPUS=all.
func TestTheCorpusThroughTheAPIOnRealFlink(t *testing.T) {
	s := serve(t)
	data, err := filepath.Abs("../embedded/sql/testdata/corpus/data")
	if err != nil {
		t.Fatal(err)
	}
	every := 8
	if os.Getenv("DREY_CORPUS") == "all" {
		every = 1
	}
	var mu sync.Mutex
	tally := map[string]int{}
	var group sync.WaitGroup
	others := otherwise(t)
	slots := make(chan struct{}, 3)
	for i, c := range cases(t) {
		if i%every != 0 {
			continue
		}
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			verdict, detail := (&caseRun{
				Server: s, env: fmt.Sprintf("case-%d", i), data: data, out: filepath.Join(t.TempDir(), strconv.Itoa(i)),
				c: c,
			}).run(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if verdict != "equal" && others[c.ID] {
				verdict = "other on this version"
			}
			tally[verdict]++
			switch verdict {
			case "different":
				t.Errorf("%s (%s): %s\n  %s", c.ID, c.Mode, c.Query, detail)
			case "equal":
			default:
				t.Logf("%s %s (%s): %s\n  %s", verdict, c.ID, c.Mode, c.Query, detail)
			}
		})
	}
	group.Wait()
	t.Logf("%v", tally)
	if tally["equal"] == 0 {
		t.Error("nothing was equal")
	}
}

func cases(t *testing.T) []corpusCase {
	files, err := filepath.Glob("../embedded/sql/testdata/corpus/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var all []corpusCase
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Cases []corpusCase }
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		all = append(all, doc.Cases...)
	}
	return all
}

// otherwise are the cases that this version of Flink answers in another way
// than the one that they were recorded on.
func otherwise(t *testing.T) map[string]bool {
	b, err := os.ReadFile("../embedded/sql/testdata/corpus/versions.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if id, rest, ok := strings.Cut(line, "\t"); ok &&
			strings.HasPrefix(rest, os.Getenv("DREY_TEST_FLINK_VERSION")+"\t") {
			all[id] = true
		}
	}
	return all
}

// serve is a server on the real Flink.
func serve(t *testing.T) *server.Server {
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Engine: server.EngineFlink,
		Flink: server.Flink{
			REST: os.Getenv("DREY_TEST_FLINK_REST"), SQLGateway: os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY"),
			Savepoints: os.Getenv("DREY_TEST_FLINK_SAVEPOINTS"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// caseRun is one case in an environment of its own.
type caseRun struct {
	*server.Server
	env, data, out string
	c              corpusCase
	conf, props    map[string]string
	n              int
}

func (r *caseRun) call(method, path, body string, into any) int {
	req := httptest.NewRequest(method, "http://127.0.0.1/cmf/api/v1/environments"+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	r.Handler().ServeHTTP(rec, req)
	if into != nil {
		_ = json.Unmarshal(rec.Body.Bytes(), into)
	}
	return rec.Code
}

var (
	setOption  = regexp.MustCompile(`^SET '([^']*)'\s*=\s*'([^']*)'$`)
	useCatalog = regexp.MustCompile(`^USE CATALOG (\w+)$`)
	useDB      = regexp.MustCompile(`^USE (\w+)$`)
)

func (r *caseRun) run(ctx context.Context) (verdict, detail string) {
	_ = os.MkdirAll(r.out, 0o700)
	r.conf = map[string]string{"execution.runtime-mode": r.c.Mode, "restart-strategy.type": "none"}
	r.props = map[string]string{}
	for k, v := range r.c.Props {
		if r.conf[k] = v; k == "table.local-time-zone" {
			r.props["sql.local-time-zone"] = v
		}
	}
	r.call("POST", "", `{"name":"`+r.env+`","kubernetesNamespace":"x"}`, nil)
	r.call(
		"POST", "/"+r.env+"/compute-pools",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"ComputePool","metadata":{"name":"pool"},`+
			`"spec":{"type":"SHARED","clusterSpec":{}}}`,
		nil,
	)
	for _, setup := range r.c.Setup {
		if m := setOption.FindStringSubmatch(setup); m != nil {
			r.conf[m[1]] = m[2]
			if m[1] == "table.local-time-zone" {
				r.props["sql.local-time-zone"] = m[2]
			}
		} else if m := useCatalog.FindStringSubmatch(setup); m != nil {
			r.props[cmf.PropertyCatalog] = m[1]
		} else if m := useDB.FindStringSubmatch(setup); m != nil {
			r.props[cmf.PropertyDatabase] = m[1]
		} else if st, _ := r.ask(ctx, setup); st.Phase() == cmf.PhaseFailed &&
			(r.c.Error == nil || outside(st.Status.Detail)) {
			return "refused", "set-up: " + setup + "\n  " + st.Status.Detail
		}
	}
	st, rows := r.ask(ctx, r.c.Query)
	return r.compare(st, rows)
}

// ask posts a statement and reads it to its end, or to as many rows as were recorded.
func (r *caseRun) ask(ctx context.Context, sql string) (cmf.Statement, []cmf.ResultRow) {
	r.n++
	name := fmt.Sprintf("statement-%d", r.n)
	fill := strings.NewReplacer("${DATA}", r.data, "${OUT}", r.out)
	body, _ := json.Marshal(cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: "Statement", Metadata: cmf.Metadata{Name: name},
		Spec: cmf.StatementSpec{
			Statement: fill.Replace(sql), ComputePoolName: "pool", FlinkConfiguration: r.conf, Properties: r.props,
		},
	})
	var st cmf.Statement
	path := "/" + r.env + "/statements"
	if code := r.call("POST", path, string(body), &st); code != 200 {
		return cmf.Statement{Status: &cmf.StatementStatus{
			Phase: cmf.PhaseFailed, Detail: fmt.Sprintf("POST answered %d", code),
		}}, nil
	}
	if st.Result != nil {
		return st, st.Result.Results.Data
	}
	var rows []cmf.ResultRow
	token, done := "", st.Status.Traits == nil || st.Status.Traits.SQLKind != "SELECT"
	enough := len(r.c.Rows)
	for range 6000 {
		if !done {
			var page cmf.StatementResult
			if r.call("GET", path+"/"+name+"/results?page-token="+token, "", &page) == 200 {
				rows = append(rows, page.Results.Data...)
				token = page.NextPageToken()
				done = token == "" || r.c.Ended == "LIMIT" && len(rows) >= enough ||
					r.c.Ended == "TIMEOUT" && len(rows) >= enough
			}
		}
		r.call("GET", path+"/"+name, "", &st)
		if done && (ended(st) || r.c.Ended != "") || st.Phase() == cmf.PhaseFailed {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	r.call("DELETE", path+"/"+name, "", nil)
	return st, rows
}

func ended(st cmf.Statement) bool {
	return st.Phase() == cmf.PhaseCompleted || st.Phase() == cmf.PhaseStopped || st.Phase() == cmf.PhaseFailed
}

var (
	relation = regexp.MustCompile(`#\d+`)
	planned  = regexp.MustCompile(
		`(?s)(Cannot generate a valid execution plan for the given query: \n)\nFlinkLogical.*?\n(\n)`,
	)
)

// head is what a person reads of an error: without numbers of a planner's run
// and the plan of the query, which has a sink only where it is executed and not
// explained first; examples is a catalog of the API.
func head(s string) string {
	for _, cut := range []string{"\n\nCaused by: ", "\nWas expecting", " Supported form(s)", " (at line"} {
		s, _, _ = strings.Cut(s, cut)
	}
	s = relation.ReplaceAllString(planned.ReplaceAllString(s, "$1$2"), "#N")
	return strings.TrimSpace(strings.ReplaceAll(s, "[examples, default_catalog]", "[default_catalog]"))
}

// outside reports whether the API does not take such a statement.
func outside(detail string) bool {
	return strings.Contains(detail, "is not taken") || strings.Contains(detail, "not a statement of the API")
}

func (r *caseRun) compare(st cmf.Statement, rows []cmf.ResultRow) (verdict, detail string) {
	detail = st.Status.Detail
	failed := st.Phase() == cmf.PhaseFailed
	clear := strings.NewReplacer(r.data, "${DATA}", r.out, "${OUT}")
	switch {
	case failed && outside(detail):
		return "refused", detail
	case failed && r.c.Error != nil:
		got, want := head(clear.Replace(detail)), head(r.c.Error.Message)
		if strings.Contains(got, want) || strings.HasSuffix(got, want) {
			return "equal", ""
		}
		return "message", fmt.Sprintf("got %q\n  want %q", got, want)
	case failed:
		return "different", "got the error " + detail
	case r.c.Error != nil:
		return "different", "got no error, want " + r.c.Error.Message + ", phase " + st.Phase()
	case len(r.c.Columns) == 1 && r.c.Columns[0].Name == "job id":
		return "equal", ""
	}
	var names, want []string
	if st.Status.Traits != nil && st.Status.Traits.Schema != nil {
		for _, c := range st.Status.Traits.Schema.Columns {
			names = append(names, c.Name)
		}
	}
	for _, c := range r.c.Columns {
		want = append(want, c.Name)
	}
	if !slices.Equal(names, want) {
		return "different", fmt.Sprintf("got columns %v, want %v", names, want)
	}
	if r.c.Volatile || r.c.Loose || r.c.Ended != "" {
		return "equal", ""
	}
	got, expected := finalRows(r.got(rows), r.c), finalRows(r.expected(), r.c)
	if slices.Equal(got, expected) {
		return "equal", ""
	}
	if strings.Contains(strings.Join(expected, ""), "<jobid>") ||
		strings.Contains(strings.Join(expected, ""), "<uuid>") {
		return "equal", ""
	}
	return "different", fmt.Sprintf("got  %q\n  want %q", got, expected)
}

// nested columns are compared by the test of cells.
func nested(t string) bool {
	return strings.HasPrefix(t, "ARRAY") || strings.HasPrefix(t, "MAP") || strings.HasPrefix(t, "ROW") ||
		strings.HasPrefix(t, "MULTISET")
}

func (r *caseRun) got(rows []cmf.ResultRow) []string {
	clear := strings.NewReplacer(r.data, "${DATA}", r.out, "${OUT}")
	var out []string
	for _, row := range rows {
		var cells []string
		for i, cell := range row.Row {
			var text *string
			switch {
			case nested(r.c.Columns[i].Type):
				cells = append(cells, "…")
			case json.Unmarshal(cell, &text) == nil && text != nil:
				cells = append(cells, clear.Replace(*text))
			default:
				cells = append(cells, "<null>")
			}
		}
		out = append(out, row.Op.String()+" "+strings.Join(cells, "|"))
	}
	return out
}

func (r *caseRun) expected() []string {
	var out []string
	for _, row := range r.c.Rows {
		var texts []string
		for i, cell := range row.Row {
			// Plain text has what JSON loses, but for booleans (cmf-behaviour.md §4.5).
			if row.Plain != nil && !strings.HasPrefix(r.c.Columns[i].Type, "BOOLEAN") {
				cell = row.Plain[i]
			}
			switch {
			case nested(r.c.Columns[i].Type):
				texts = append(texts, "…")
			case cell == nil:
				texts = append(texts, "<null>")
			default:
				texts = append(texts, *cell)
			}
		}
		out = append(out, row.Op+" "+strings.Join(texts, "|"))
	}
	return out
}

// finalRows applies a changelog, and sorts where the order is not defined.
func finalRows(rows []string, c corpusCase) []string {
	if c.Mode == "batch" && !c.Unordered {
		return rows
	}
	counts := map[string]int{}
	last := map[string]string{}
	for _, r := range rows {
		op, cells := r[:2], r[3:]
		added := op == "+I" || op == "+U"
		if len(c.UpsertKey) > 0 {
			key := keyOf(c, cells)
			if old, ok := last[key]; ok {
				counts[old]--
			}
			if delete(last, key); added {
				last[key] = cells
				counts[cells]++
			}
			continue
		}
		if added {
			counts[cells]++
		} else {
			counts[cells]--
		}
	}
	var out []string
	for cells, n := range counts {
		for range n {
			out = append(out, cells)
		}
	}
	slices.Sort(out)
	return out
}

func keyOf(c corpusCase, cells string) string {
	var key string
	parts := strings.Split(cells, "|")
	for i, col := range c.Columns {
		if slices.Contains(c.UpsertKey, col.Name) {
			key += parts[i] + "|"
		}
	}
	return key
}
