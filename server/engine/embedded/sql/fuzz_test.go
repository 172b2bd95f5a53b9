package sql

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"drey/server/engine/embedded/sql/catalog"
	"drey/server/service"
)

// FuzzStatement feeds statements near those of the corpus: each is refused
// with a *service.SQLError or runs, and nothing panics.
func FuzzStatement(f *testing.F) {
	files, err := filepath.Glob("testdata/corpus/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var doc struct{ Cases []corpusCase }
		if err := json.Unmarshal(b, &doc); err != nil {
			f.Fatal(err)
		}
		for _, c := range doc.Cases {
			f.Add(c.Query, c.Mode == "batch")
		}
	}
	examples := catalog.Examples()
	f.Fuzz(func(t *testing.T, text string, batch bool) {
		run := service.StatementRun{
			ID: "0123456789abcdef", SQL: text, Catalog: "examples", Database: "marketplace", SubmittedAt: time.Unix(1700000000, 0),
			Configuration: map[string]string{"execution.runtime-mode": "streaming"},
		}
		if batch {
			run.Configuration["execution.runtime-mode"] = "batch"
		}
		s := New(Options{Dir: t.TempDir(), Now: func() time.Time { return run.SubmittedAt.Add(time.Second) }, Catalog: examples, State: 10000})
		p, err := s.Prepare(context.Background(), run)
		var wrong *service.SQLError
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
