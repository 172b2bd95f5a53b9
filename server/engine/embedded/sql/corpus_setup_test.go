package sql

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql/plan/tree"
)

// caseRun is one case with an engine of its own.
type caseRun struct {
	t     *testing.T
	s     *Statements
	fill  *strings.Replacer // ${DATA} and ${OUT}
	clear *strings.Replacer
	conf  map[string]string
	props map[string]string
	count int
}

func newCaseRun(t *testing.T, c corpusCase) *caseRun {
	data, err := filepath.Abs("testdata/corpus/data")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	r := &caseRun{
		t: t, conf: map[string]string{"execution.runtime-mode": c.Mode}, props: map[string]string{},
		fill:  strings.NewReplacer("${DATA}", data, "${OUT}", out),
		clear: strings.NewReplacer(data, "${DATA}", out, "${OUT}"),
	}
	at := time.Unix(1700000000, 0)
	r.s = New(Options{
		Dir: t.TempDir(), Now: func() time.Time { return at.Add(time.Second) }, Files: []string{data, out},
	})
	for k, v := range c.Props {
		r.conf[k] = v
	}
	return r
}

// run is a statement as the service would hand it to the engine.
func (r *caseRun) run(text string) engine.StatementRun {
	r.count++
	return engine.StatementRun{
		ID: strings.Repeat("0", 30) + string(rune('a'+r.count/26)) + string(rune('a'+r.count%26)), Name: "case",
		Environment: "env",
		SQL:         r.fill.Replace(text), SubmittedAt: time.Unix(1700000000, 0), Configuration: r.conf,
		Properties: r.props,
		Catalog:    r.props["sql.current-catalog"], Database: r.props["sql.current-database"],
	}
}

var (
	setOption  = regexp.MustCompile(`^SET '([^']*)'\s*=\s*'([^']*)'$`)
	useCatalog = regexp.MustCompile(`^USE CATALOG (\w+)$`)
	useDB      = regexp.MustCompile(`^USE (\w+)$`)
)

// setUp runs a line of the set-up: what a session would keep becomes
// configuration and properties, all else is a statement.
func (r *caseRun) setUp(text string) answer {
	if m := setOption.FindStringSubmatch(text); m != nil {
		r.conf[m[1]] = m[2]
		return answer{}
	}
	if m := useCatalog.FindStringSubmatch(text); m != nil {
		r.props["sql.current-catalog"] = m[1]
		return answer{}
	}
	if m := useDB.FindStringSubmatch(text); m != nil {
		r.props["sql.current-database"] = m[1]
		return answer{}
	}
	return r.ask(text)
}

// ask runs a statement to its end.
func (r *caseRun) ask(text string) answer {
	run := r.run(text)
	ctx := context.Background()
	p, err := r.s.Prepare(ctx, run)
	if err != nil {
		e, ok := err.(*engine.SQLError)
		if !ok {
			r.t.Fatalf("%s: %v", text, err)
		}
		return answer{err: r.clear.Replace(e.Message), refused: strings.Contains(
			e.Message, "not supported by the embedded engine",
		)}
	}
	c, err := r.s.compile(ctx, run, seedOf(run.ID))
	if err != nil {
		r.t.Fatal(err)
	}
	a := answer{prepared: p}
	for _, col := range c.columns {
		a.columns = append(a.columns, col.Name+" "+col.Type.String())
	}
	if p.Immediate {
		for _, row := range immediate(c) {
			a.rows = append(a.rows, r.clear.Replace(row))
		}
		return a
	}
	return r.finish(run, a)
}

func immediate(c *compiled) []string {
	var rows []string
	for _, r := range c.rows {
		cells := make([]string, len(r))
		for i, cell := range r {
			cells[i] = cell.S
			switch {
			case !cell.Valid:
				cells[i] = "<null>"
			case !c.columns[i].Type.IsText():
				cells[i] = strings.ToUpper(cell.S)
			}
		}
		rows = append(rows, "+I "+strings.Join(cells, "|"))
	}
	return rows
}

func (r *caseRun) finish(run engine.StatementRun, a answer) answer {
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
		text := r.clear.Replace(strings.TrimPrefix(j.life.failed.Text, j.life.failed.Name+": "))
		return answer{err: text, refused: strings.Contains(text, "not supported by the embedded engine")}
	}
	for _, ch := range j.window.out {
		cells := make([]string, len(ch.Row))
		for i, v := range ch.Row {
			cells[i] = "<null>"
			if v.Valid {
				cells[i] = v.Text(j.c.columns[i].Type, j.c.zone)
			}
		}
		a.rows = append(a.rows, ch.Op.String()+" "+strings.Join(cells, "|"))
	}
	return a
}
