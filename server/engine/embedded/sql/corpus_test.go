package sql

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
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
	"aggregates": 106, "arithmetic": 103, "casts": 80, "collections": 9, "conditional": 30, "errors": 51, "joins": 47, "literals": 48,
	"logic": 65, "select": 104, "session": 12, "setops": 39, "string": 65, "temporal": 59,
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

// setUp does what a statement of the set-up does, as far as tests can.
func setUp(t *testing.T, db map[string]*catalog.Table, conf map[string]string, s string) bool {
	if m := createView.FindStringSubmatch(s); m != nil {
		db[m[1]] = &catalog.Table{View: m[2]}
		return true
	}
	if m := setOption.FindStringSubmatch(s); m != nil {
		conf[m[1]] = m[2]
		return m[1] == "execution.runtime-mode" || m[1] == "table.local-time-zone" || m[1] == "table.dml-sync"
	}
	if m := createTable.FindStringSubmatch(s); m != nil {
		return csvTable(t, db, m[1], m[2], m[3], conf["execution.runtime-mode"] == "streaming")
	}
	return false
}

var columnDef = regexp.MustCompile("^`?(\\w+)`? (INT|STRING|DOUBLE|BOOLEAN|TIMESTAMP\\(3\\)|DECIMAL\\((\\d+),(\\d+)\\))$")

func csvTable(t *testing.T, db map[string]*catalog.Table, name, defs, file string, streaming bool) bool {
	table := &catalog.Table{Bounded: true}
	for _, def := range strings.Split(defs, ", ") {
		if w, ok := strings.CutPrefix(def, "WATERMARK FOR "); ok {
			for i, c := range table.Columns {
				table.Columns[i].Type.Rowtime = c.Name == strings.Fields(w)[0] && streaming
			}
			continue
		}
		m := columnDef.FindStringSubmatch(def)
		if m == nil {
			return false
		}
		ct := map[string]types.Type{
			"INT": types.Of(types.Integer), "STRING": types.String, "DOUBLE": types.Of(types.Double),
			"BOOLEAN": types.Of(types.Boolean), "TIMESTAMP(3)": {Root: types.Timestamp, P: 3},
		}[m[2]]
		if m[3] != "" {
			p, _ := strconv.Atoi(m[3])
			s, _ := strconv.Atoi(m[4])
			ct = types.Dec(p, s)
		}
		table.Columns = append(table.Columns, catalog.Column{Name: m[1], Type: ct.Null(true)})
	}
	rows := readCSV(t, "testdata/corpus/data/"+file+".csv", table.Columns)
	table.Open = func(uint64) stream.Source { return fixedRows(rows) }
	db[name] = table
	return true
}

type fixedRows []value.Row

func (f fixedRows) Row(i int64) (value.Row, bool, error) {
	if i >= int64(len(f)) {
		return nil, false, nil
	}
	return f[i], true, nil
}

func (fixedRows) Every() int64 { return 0 }

func readCSV(t *testing.T, file string, columns []catalog.Column) fixedRows {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows fixedRows
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row value.Row
		for i, cell := range strings.Split(lines.Text(), ",") {
			row = append(row, csvCell(t, cell, columns[i].Type))
		}
		rows = append(rows, row)
	}
	return rows
}

func csvCell(t *testing.T, cell string, ct types.Type) value.Value {
	t.Helper()
	if cell == "NULL" {
		return value.NULL
	}
	switch ct.Root {
	case types.Integer:
		i, err := strconv.ParseInt(cell, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return value.Int(i)
	case types.Double:
		f, _ := strconv.ParseFloat(cell, 64)
		return value.Float(f)
	case types.Boolean:
		return value.Bool(cell == "true")
	case types.Decimal:
		d, _, err := apd.NewFromString(cell)
		if err != nil {
			t.Fatal(err)
		}
		out := new(apd.Decimal)
		if _, err := apd.BaseContext.WithPrecision(60).Quantize(out, d, int32(-ct.S)); err != nil {
			t.Fatal(err)
		}
		return value.Dec(out)
	case types.Timestamp:
		at, err := time.Parse("2006-01-02 15:04:05", strings.Replace(cell, "T", " ", 1))
		if err != nil {
			t.Fatal(err)
		}
		return value.Stamp(at.UnixMilli(), 0)
	}
	return value.Text(cell)
}

var _ = cmf.OpInsert
