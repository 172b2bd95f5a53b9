package sql

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"drey/server/engine"
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
	"aggregates": 140, "arithmetic": 105, "casts": 83, "collections": 58, "conditional": 30, "connectors": 43,
	"ddl": 65, "errors": 66,
	"aggregations": 132, "castings": 603, "columns": 66, "functions": 242, "keywords": 607, "queries": 289,
	"streams": 72, "times": 74,
	"joins": 52, "json": 37, "literals": 48, "logic": 67, "match": 9, "patterns": 110, "semantics": 373,
	"over": 43, "select": 120, "session": 24, "setops": 39, "string": 82, "temporal": 69, "windows": 41,
	"complaints": 128, "expressions": 1125, "mixed": 343, "probes": 409, "selections": 370, "reserved": 533,
	"regexes": 72, "late": 233, "types": 623, "refusals": 53,
}

func TestCorpusHasNoWrongAnswer(t *testing.T) {
	pattern := "testdata/*/*.json"
	if other := os.Getenv("DREY_CORPUS_DIR"); other != "" { // cases that were recorded just now
		pattern = other + "/*.json"
	}
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var report strings.Builder
	var total tally
	for _, file := range files {
		area := strings.TrimSuffix(filepath.Base(file), ".json")
		sum := runArea(t, area, readCorpus(t, file))
		fmt.Fprintf(
			&report,
			"%-12s equal %3d (changelog too %3d)  other message %3d  refused %3d  different %3d  set-up refused %3d\n",
			area, sum.equal, sum.exact, sum.message, sum.refused, sum.different, sum.skipped,
		)
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
		if show := os.Getenv("DREY_CORPUS"); (show == area || show == "all") &&
			(verdict == "refused" || verdict == "message" || verdict == "skipped") {
			t.Logf("%s %s: %s\n  %s", verdict, c.ID, c.Query, detail)
		}
	}
	return sum
}

// answer is what a statement gave: an error, or rows.
type answer struct {
	err      string
	refused  bool
	columns  []string
	rows     []string // op and cells
	prepared engine.Prepared
}

func runCase(t *testing.T, c corpusCase) (verdict, detail string) {
	r := newCaseRun(t, c)
	for _, s := range c.Setup {
		if a := r.setUp(s); a.refused {
			return "skipped", s + "\n  " + a.err
		} else if a.err != "" {
			return "different", "set-up failed: " + s + "\n  " + a.err
		}
	}
	if wrong := r.planTwice(c.Query); wrong != "" {
		return "different", wrong
	}
	got := r.ask(c.Query)
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
	if len(c.Columns) == 1 && c.Columns[0].Name == "job id" { // CMF answers an INSERT without rows
		return "equal", ""
	}
	return compareRows(got, c)
}

// anonymous is the number of a result within a session.
var anonymous = regexp.MustCompile(`collect\$\d+`)

func compareErrors(got, want string) (string, string) {
	head := func(s string) string {
		s, _, _ = strings.Cut(s, "\n\nCaused by: ")
		s, _, _ = strings.Cut(s, "\nWas expecting")
		s, _, _ = strings.Cut(s, " Supported form(s)")
		return strings.TrimSpace(anonymous.ReplaceAllString(s, "collect$$N"))
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
	if !ordered && strings.Join(waitUntilIdle(got.rows, c), "\n") == strings.Join(waitUntilIdle(rows, c), "\n") {
		return "equal", ""
	}
	return "different", fmt.Sprintf("got  %q\n  want %q", got.rows, rows)
}

func upsertKey(c corpusCase, cells string) string {
	var key string
	parts := strings.Split(cells, "|")
	for i, col := range c.Columns {
		for _, k := range c.UpsertKey {
			if k == col.Name {
				key += parts[i] + "|"
			}
		}
	}
	return key
}

// settle applies a changelog and sorts what is left.
func waitUntilIdle(rows []string, c corpusCase) []string {
	counts := map[string]int{}
	last := map[string]string{}
	for _, r := range rows {
		op, cells := r[:2], r[3:]
		if len(c.UpsertKey) > 0 {
			key := upsertKey(c, cells)
			if old, ok := last[key]; ok {
				counts[old]--
			}
			delete(last, key)
			if op == "+I" || op == "+U" {
				last[key] = cells
				counts[cells]++
			}
			continue
		}
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
