// Package plantest plans statements and compares what comes of them with what
// a file says.
package plantest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/enginetest/corpus"
)

// Case is a statement after those that make its tables. In a file it is a block
// of lines: the mode, the statements, and what comes of the last behind "> ".
type Case struct {
	Mode       string
	Statements []string
	Want       []string
}

// Check plans the cases of a file. DREY_UPDATE=1 writes what came of them into it.
func Check(t *testing.T, file string) {
	t.Helper()
	cases := read(t, file)
	for i, c := range cases {
		got := c.Plan()
		if os.Getenv("DREY_UPDATE") == "1" {
			cases[i].Want = got
		} else if !slices.Equal(got, c.Want) {
			t.Errorf(
				"%s: got\n%s\nwant\n%s", strings.Join(c.Statements, "\n"), strings.Join(got, "\n"),
				strings.Join(c.Want, "\n"),
			)
		}
	}
	if os.Getenv("DREY_UPDATE") == "1" {
		Write(t, file, cases)
	}
}

func read(t *testing.T, file string) []Case {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []Case
	for block := range strings.SplitSeq(strings.TrimSpace(string(b)), "\n\n") {
		lines := strings.Split(block, "\n")
		c := Case{Mode: lines[0]}
		for _, line := range lines[1:] {
			if text, ok := strings.CutPrefix(line, "> "); ok {
				c.Want = append(c.Want, text)
			} else {
				c.Statements = append(c.Statements, line)
			}
		}
		cases = append(cases, c)
	}
	return cases
}

// Write writes cases into a file.
func Write(t *testing.T, file string, cases []Case) {
	t.Helper()
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n%s\n", c.Mode, strings.Join(c.Statements, "\n"))
		for _, line := range c.Want {
			b.WriteString("> " + line + "\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// folders are the files of the corpus, and a place for those that are written.
func folders() (data, out string) {
	data, err := corpus.Find("data")
	if err != nil {
		panic(err)
	}
	return data, os.TempDir()
}

// Plan is the plan of the last statement, its traits first, or the complaint
// about the first one that fails.
func (c Case) Plan() []string {
	set, err := ddl.Load(catalog.Examples(), nil)
	if err != nil {
		return complaint(err)
	}
	data, out := folders()
	fill := strings.NewReplacer("${DATA}", data, "${OUT}", out)
	for i, text := range c.Statements {
		statement, err := parse.Parse(fill.Replace(text))
		if err != nil {
			return complaint(err)
		}
		if i == len(c.Statements)-1 {
			return c.planned(statement, set)
		}
		if err := set.Apply(statement, c.context()); err != nil {
			return complaint(err)
		}
	}
	return nil
}

func complaint(err error) []string {
	data, out := folders()
	return strings.Split("fails: "+strings.NewReplacer(data, "${DATA}", out, "${OUT}").Replace(err.Error()), "\n")
}

func (c Case) planner(set *ddl.Set) *plan.Planner {
	data, out := folders()
	env := &expr.Env{
		Zone: time.UTC, Seed: 1, Streaming: c.Mode != "batch", Catalog: catalog.DefaultCatalog,
		Database: catalog.DefaultDatabase,
		Run:      &expr.Run{Now: func() int64 { return 1_700_000_000_000 }}, Functions: functions.Builtin,
	}
	return &plan.Planner{Env: env, Catalog: set, Batch: !env.Streaming, Files: connect.Files{data, out}}
}

func (c Case) context() ddl.Context {
	return ddl.Context{
		Catalog: catalog.DefaultCatalog, Database: catalog.DefaultDatabase, Run: "plantest",
		View: func(q *ast.Query, set *ddl.Set) (names []string, err error) {
			n, err := c.planner(set).Query(q)
			if err != nil {
				return nil, err
			}
			for _, column := range n.Schema() {
				names = append(names, column.Name)
			}
			return names, nil
		},
		Table: func(t *catalog.Table, set *ddl.Set) error {
			_, err := c.planner(set).Declared(t)
			return err
		},
	}
}

func (c Case) planned(statement ast.Statement, set *ddl.Set) []string {
	var n tree.Node
	var err error
	switch s := statement.(type) {
	case *ast.QueryStatement:
		n, err = c.planner(set).Query(s.Query)
	case *ast.Insert:
		n, _, err = c.planner(set).Insert(s)
	default:
		err = fmt.Errorf("%T is no query", s)
	}
	if err != nil {
		return complaint(err)
	}
	n = tree.Optimized(n)
	return slices.Concat([]string{traits(n)}, tree.Explain(n), c.run(n))
}

// run says how many changes come of a query that ends; of another, nothing.
func (c Case) run(n tree.Node) []string {
	b := stream.NewBuilder()
	b.Batch = c.Mode == "batch"
	sink := &streamtest.Sink{}
	n.Build(b, sink)
	pipeline := b.Pipeline()
	if described, explained := strings.Join(pipeline.Describe(), "\n"), strings.Join(
		tree.Explain(n), "\n",
	); described != explained {
		return []string{"but it is built as", described}
	}
	for n.Traits().Bounded && !pipeline.Done() {
		if _, err := pipeline.Step(math.MaxInt64, 1000); err != nil {
			return complaint(err)
		}
	}
	if n.Traits().Bounded {
		return []string{fmt.Sprint(len(sink.List), " changes")}
	}
	return nil
}

// traits are what is known of the rows of a query.
func traits(n tree.Node) string {
	t := n.Traits()
	words := []string{"changes"}
	if t.Append {
		words[0] = "appends"
	}
	if t.Bounded {
		words = append(words, "ends")
	}
	if t.Upsert != nil {
		words = append(words, fmt.Sprint("replaces by ", t.Upsert))
	}
	for _, column := range n.Schema() {
		words = append(words, column.Name+" "+column.Type.String())
	}
	return strings.Join(words, ", ")
}
