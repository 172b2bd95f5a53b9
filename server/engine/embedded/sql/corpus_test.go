package sql

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/service"
)

type corpusRow struct {
	Op    string    `json:"op"`
	Row   []*string `json:"row"`
	Plain []*string `json:"plain"`
}

type corpusCase struct {
	ID      string            `json:"id"`
	Mode    string            `json:"mode"`
	Setup   []string          `json:"setup"`
	Props   map[string]string `json:"props"`
	Query   string            `json:"query"`
	Columns []struct {
		Name, Type string
	} `json:"columns"`
	Rows      []corpusRow `json:"rows"`
	Unordered bool        `json:"unordered"`
	Volatile  bool        `json:"volatile"`
	Loose     bool        `json:"loose"`
	Ended     string      `json:"ended"`
	UpsertKey []string    `json:"upsert_key"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error"`
}

type tally struct{ equal, exact, refused, message, different, skipped int }

// floors are the least numbers of equal answers per area: raise them when more
// of Flink is covered.
var floors = map[string]int{
	"aggregates": 120, "arithmetic": 103, "casts": 80, "collections": 17, "conditional": 30, "errors": 51, "joins": 47, "literals": 48,
	"logic": 65, "select": 108, "session": 12, "setops": 39, "string": 73, "temporal": 66,
}

func TestCorpusHasNoWrongAnswer(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var report strings.Builder
	var total tally
	for _, file := range files {
		area := strings.TrimSuffix(filepath.Base(file), ".json")
		sum := runArea(t, area, readCorpus(t, file))
		fmt.Fprintf(&report, "%-12s equal %3d (changelog too %3d)  other message %3d  refused %3d  different %3d  set-up refused %3d\n",
			area, sum.equal, sum.exact, sum.message, sum.refused, sum.different, sum.skipped)
		if sum.equal < floors[area] {
			t.Errorf("%s: %d equal, want at least %d", area, sum.equal, floors[area])
		}
		total.equal += sum.equal
		total.refused += sum.refused + sum.skipped
		total.different += sum.different
	}
	t.Logf("\n%sequal %d, refused %d, different %d", report.String(), total.equal, total.refused, total.different)
}

func readCorpus(t *testing.T, file string) []corpusCase {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Cases []corpusCase }
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Cases
}

func runArea(t *testing.T, area string, cases []corpusCase) tally {
	var sum tally
	for _, c := range cases {
		verdict, detail := runCase(t, c)
		switch verdict {
		case "exact":
			sum.exact++
			sum.equal++
		case "equal":
			sum.equal++
		case "refused":
			sum.refused++
		case "message":
			sum.message++
		case "skipped":
			sum.skipped++
		default:
			sum.different++
			t.Errorf("%s (%s): %s\n  %s", c.ID, c.Mode, c.Query, detail)
		}
		if os.Getenv("DREY_CORPUS") == area && (verdict == "refused" || verdict == "message") {
			t.Logf("%s %s: %s\n  %s", verdict, c.ID, c.Query, detail)
		}
	}
	return sum
}

// answer is what a statement gave: an error, or rows.
type answer struct {
	err     string
	refused bool
	columns []string
	rows    []string // op and cells
}

func runCase(t *testing.T, c corpusCase) (verdict, detail string) {
	run := service.StatementRun{ID: "0123456789abcdef0123456789abcdef", Name: "case", SQL: c.Query, SubmittedAt: time.Unix(1700000000, 0)}
	run.Configuration = map[string]string{"execution.runtime-mode": c.Mode}
	for k, v := range c.Props {
		run.Configuration[k] = v
	}
	cat := catalog.Static{catalog.DefaultCatalog: {catalog.DefaultDatabase: {}}}
	for _, s := range c.Setup {
		if !setUp(t, cat[catalog.DefaultCatalog][catalog.DefaultDatabase], run.Configuration, s) {
			return "skipped", s
		}
	}
	got := ask(t, run, cat)
	switch {
	case got.refused:
		return "refused", got.err
	case c.Error != nil && got.err != "":
		return compareErrors(got.err, c.Error.Message)
	case c.Error != nil:
		return "different", fmt.Sprintf("got %v, want the error %s", got.rows, c.Error.Message)
	case got.err != "":
		return "different", "got the error " + got.err
	}
	return compareRows(got, c)
}

func ask(t *testing.T, run service.StatementRun, cat catalog.Catalog) answer {
	s := New(Options{Dir: t.TempDir(), Now: func() time.Time { return run.SubmittedAt.Add(time.Second) }, Catalog: cat})
	c, err := s.compile(run, 1)
	if err != nil {
		e := err.(*service.SQLError)
		return answer{err: e.Message, refused: strings.Contains(e.Message, "not supported by the embedded engine")}
	}
	var a answer
	for _, col := range c.columns {
		a.columns = append(a.columns, col.Name+" "+col.Type.String())
	}
	if c.node == nil {
		for _, r := range c.rows {
			a.rows = append(a.rows, "+I "+strings.Join(r, "|"))
		}
		return a
	}
	if _, err := s.begin(run); err != nil {
		t.Fatal(err)
	}
	j, _ := s.begin(run)
	for range 1000 {
		j.advance(context.Background(), s.opts.Now, 1<<40)
		if j.ended() {
			break
		}
	}
	if j.failed != nil {
		text := strings.TrimPrefix(j.failed.Text, j.failed.Name+": ")
		return answer{err: text, refused: strings.Contains(text, "not supported by the embedded engine")}
	}
	for _, ch := range j.out {
		cells := make([]string, len(ch.Row))
		for i, v := range ch.Row {
			cells[i] = "<null>"
			if v.Valid {
				cells[i] = v.Text(c.columns[i].Type, c.zone)
			}
		}
		a.rows = append(a.rows, ch.Op.String()+" "+strings.Join(cells, "|"))
	}
	return a
}

func compareErrors(got, want string) (string, string) {
	head := func(s string) string {
		s, _, _ = strings.Cut(s, "\nWas expecting")
		s, _, _ = strings.Cut(s, " Supported form(s)")
		return strings.TrimSpace(s)
	}
	if head(got) == head(want) {
		return "exact", ""
	}
	return "message", fmt.Sprintf("got %q\n  want %q", head(got), head(want))
}

func compareRows(got answer, c corpusCase) (string, string) {
	var columns, rows []string
	for _, col := range c.Columns {
		columns = append(columns, col.Name+" "+col.Type)
	}
	if strings.Join(got.columns, ", ") != strings.Join(columns, ", ") {
		return "different", fmt.Sprintf("got columns %v, want %v", got.columns, columns)
	}
	for _, r := range c.Rows {
		cells := r.Plain
		if cells == nil {
			cells = r.Row
		}
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = "<null>"
			if cell != nil {
				texts[i] = *cell
			}
		}
		rows = append(rows, r.Op+" "+strings.Join(texts, "|"))
	}
	if c.Volatile || c.Loose {
		if len(rows) != len(got.rows) && !c.Loose {
			return "different", fmt.Sprintf("got %d rows, want %d", len(got.rows), len(rows))
		}
		return "equal", ""
	}
	if strings.Join(got.rows, "\n") == strings.Join(rows, "\n") {
		return "exact", ""
	}
	if strings.Contains(strings.Join(rows, ""), "<jobid>") { // an id, or a hash that was taken for one
		return "equal", ""
	}
	ordered := !c.Unordered && c.Mode == "batch"
	if !ordered && strings.Join(settle(got.rows, c), "\n") == strings.Join(settle(rows, c), "\n") {
		return "equal", ""
	}
	return "different", fmt.Sprintf("got  %q\n  want %q", got.rows, rows)
}

// settle applies a changelog and sorts what is left.
func settle(rows []string, c corpusCase) []string {
	counts := map[string]int{}
	for _, r := range rows {
		op, cells := r[:2], r[3:]
		if op == "+I" || op == "+U" {
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
		if n < 0 {
			out = append(out, "negative: "+cells)
		}
	}
	sort.Strings(out)
	return out
}

var (
	createView  = regexp.MustCompile(`^CREATE VIEW (\w+) AS (.*)$`)
	createTable = regexp.MustCompile(`^CREATE TABLE (\w+) \((.*)\) WITH \('connector'='filesystem','path'='file://\$\{DATA\}/(\w+)\.csv'`)
	setOption   = regexp.MustCompile(`^SET '([^']*)'\s*=\s*'([^']*)'$`)
)

var _ = cmf.OpInsert
