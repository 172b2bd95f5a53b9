package sql

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/enginetest/corpus"
)

// FuzzStatement feeds statements near those of the corpus: each is refused
// with a *service.SQLError or runs, and nothing panics.
func FuzzStatement(f *testing.F) {
	for _, c := range corpus.Areas(f) {
		f.Add(c.Query, c.Mode == "batch")
		for _, line := range c.Setup {
			f.Add(line, false)
		}
	}
	examples := catalog.Examples()
	tables := fuzzTables(f)
	f.Fuzz(func(t *testing.T, text string, batch bool) {
		run := engine.StatementRun{
			ID: "0123456789abcdef", SQL: text, Environment: "env", SubmittedAt: time.Unix(1700000000, 0),
			Configuration: map[string]string{"execution.runtime-mode": "streaming"},
		}
		if batch {
			run.Configuration["execution.runtime-mode"] = "batch"
		}
		s := New(Options{
			Dir: t.TempDir(), Now: func() time.Time { return run.SubmittedAt.Add(time.Second) }, Catalog: examples,
			State: 10000, Tables: tables.copy(t), Files: tables.files,
		})
		p, err := s.Prepare(context.Background(), run)
		var wrong *engine.SQLError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("%q: got %T %v", text, err, err)
		}
		if err != nil || p.Immediate {
			return
		}
		if err := s.Start(context.Background(), run); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ObserveStatement(context.Background(), run); err != nil {
			t.Fatal(err)
		}
		if p.Kind == "SELECT" {
			if _, err := s.Results(context.Background(), run, 0, 100); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// fuzzed are tables for statements to use; each statement has its own copy.
type fuzzed struct {
	engine.MemoryTables
	files []string
}

func (f *fuzzed) copy(t *testing.T) *engine.MemoryTables {
	t.Helper()
	made := &engine.MemoryTables{}
	tables, err := f.Tables(t.Context(), "env")
	if err == nil {
		err = made.ChangeTables(t.Context(), "env", func([]engine.Table) ([]engine.Table, error) { return tables, nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func fuzzTables(f *testing.F) *fuzzed {
	data := corpus.Data(f)
	out := &fuzzed{files: []string{data}}
	s := New(Options{Dir: f.TempDir(), Tables: &out.MemoryTables, Files: out.files})
	for _, text := range []string{
		"CREATE TABLE orders (id INT, customer_id INT, product STRING, amount DECIMAL(10,2), qty INT, order_time TIMESTAMP(3), WATERMARK FOR order_time AS order_time) WITH ('connector'='filesystem','path'='DATA/orders.csv','format'='csv','csv.null-literal'='NULL')",
		"CREATE TABLE clicks (`user` STRING, url STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE) WITH ('connector'='filesystem','path'='DATA/clicks.csv','format'='csv','csv.null-literal'='NULL')",
		"CREATE TABLE customers (id INT, name STRING, country STRING, vip BOOLEAN, since TIMESTAMP(3), WATERMARK FOR since AS since) WITH ('connector'='filesystem','path'='DATA/customers.csv','format'='csv','csv.null-literal'='NULL')",
		"CREATE TABLE people (id INT, name STRING, tags ARRAY<STRING>, props MAP<STRING,STRING>, addr ROW<city STRING, zip INT>, scores ARRAY<INT>) WITH ('connector'='filesystem','path'='DATA/people.json','format'='json')",
		"CREATE TABLE seq (id BIGINT, v INT) WITH ('connector'='datagen','fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='10')",
		"CREATE VIEW t AS SELECT * FROM (VALUES (1,'a',10),(2,'b',20),(3,'c',CAST(NULL AS INT)),(4,'a',40)) AS x(id,name,n)",
		"CREATE TABLE bh (a INT, b STRING) WITH ('connector'='blackhole')",
	} {
		run := engine.StatementRun{
			ID: "0", SQL: strings.ReplaceAll(text, "DATA", data), Environment: "env",
			Configuration: map[string]string{},
		}
		if _, err := s.Prepare(context.Background(), run); err != nil {
			f.Fatal(err)
		}
	}
	return out
}
