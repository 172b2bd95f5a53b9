package sql

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/enginetest/corpus"
)

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

// TestCorpusHasNoWrongAnswer runs every case: DREY_CORPUS_DIR=FOLDER those that were
// recorded just now.
func TestCorpusHasNoWrongAnswer(t *testing.T) {
	var cases []corpus.Case
	if other := os.Getenv("DREY_CORPUS_DIR"); other != "" {
		cases = corpus.Read(t, other)
	} else {
		cases = slices.Concat(corpus.Areas(t), corpus.Recorded(t))
	}
	runner := corpus.Runner{
		Open:    func(t testing.TB, _ int, at corpus.Folders) corpus.Session { return newCaseRun(t, at) },
		Refused: func(message string) bool { return strings.Contains(message, "not supported by the embedded engine") },
	}
	for area, tally := range runner.Run(t, cases) {
		if tally.Equal() < floors[area] {
			t.Errorf("%s: %d equal, want at least %d", area, tally.Equal(), floors[area])
		}
	}
}

// caseRun runs the statements of a case on an engine of its own. What EXPLAIN tells of
// a query must be what is built, and each statement is planned twice.
type caseRun struct {
	t     testing.TB
	s     *Statements
	count int
}

func newCaseRun(t testing.TB, at corpus.Folders) *caseRun {
	now := time.Unix(1700000001, 0)
	return &caseRun{t: t, s: New(Options{
		Dir: t.TempDir(), Now: func() time.Time { return now }, Files: []string{at.Data, at.Out},
	})}
}

// Close is part of corpus.Session.
func (r *caseRun) Close() {}

// run is a statement as the service would hand it to the engine.
func (r *caseRun) run(s corpus.Statement) engine.StatementRun {
	r.count++
	return engine.StatementRun{
		ID: strings.Repeat("0", 30) + string(rune('a'+r.count/26)) + string(rune('a'+r.count%26)), Name: "case",
		Environment: "env", SQL: s.SQL, SubmittedAt: time.Unix(1700000000, 0),
		Configuration: s.Configuration, Properties: s.Properties,
		Catalog: s.Properties["sql.current-catalog"], Database: s.Properties["sql.current-database"],
	}
}

// Run runs a statement to its end; an endless one, for a thousand passes.
func (r *caseRun) Run(s corpus.Statement) corpus.Answer {
	if wrong := r.planTwice(s); wrong != "" {
		r.t.Errorf("%s: %s", s.SQL, wrong)
	}
	run := r.run(s)
	ctx := r.t.Context()
	p, err := r.s.Prepare(ctx, run)
	if err != nil {
		e, ok := err.(*engine.SQLError)
		if !ok {
			r.t.Fatalf("%s: %v", s.SQL, err)
		}
		return corpus.Answer{Error: e.Message}
	}
	c, err := r.s.compile(ctx, run, seedOf(run.ID))
	if err != nil {
		r.t.Fatal(err)
	}
	var a corpus.Answer
	for _, col := range c.columns {
		a.Columns = append(a.Columns, corpus.Column{Name: col.Name, Type: col.Type.String()})
	}
	if p.Immediate {
		a.Rows = immediate(c)
		return a
	}
	return r.finish(run, a)
}

func immediate(c *compiled) []corpus.Row {
	var rows []corpus.Row
	for _, r := range c.rows {
		row := corpus.Row{Op: "+I", Cells: make([]*string, len(r))}
		for i, cell := range r {
			if !cell.Valid {
				continue
			}
			text := cell.S
			if !c.columns[i].Type.IsText() {
				text = strings.ToUpper(text)
			}
			row.Cells[i] = &text
		}
		rows = append(rows, row)
	}
	return rows
}

// finish runs a job and adds its rows to an answer.
func (r *caseRun) finish(run engine.StatementRun, a corpus.Answer) corpus.Answer {
	if err := r.s.Start(r.t.Context(), run); err != nil {
		r.t.Fatal(err)
	}
	j, err := r.s.job(r.t.Context(), run, false)
	if err != nil {
		r.t.Fatal(err)
	}
	if j.c.node != nil && !j.c.insert {
		message, built := strings.Join(tree.Explain(j.c.node), "\n"), strings.Join(j.pipeline.Describe(), "\n")
		if message != built {
			r.t.Errorf("%s: EXPLAIN tells\n%s\nand this is built:\n%s", run.SQL, message, built)
		}
	}
	for range 1000 {
		j.advance(context.Background(), r.s.opts.Now, 1<<40)
		if j.ended() || j.c.node != nil && !j.c.node.Traits().Bounded {
			break
		}
	}
	if j.life.failed != nil {
		return corpus.Answer{Error: strings.TrimPrefix(j.life.failed.Text, j.life.failed.Name+": ")}
	}
	for _, ch := range j.window.out {
		row := corpus.Row{Op: ch.Op.String(), Cells: make([]*string, len(ch.Row))}
		for i, v := range ch.Row {
			if v.Valid {
				text := v.Text(j.c.columns[i].Type, j.c.zone)
				row.Cells[i] = &text
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}
