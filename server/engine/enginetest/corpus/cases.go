// Package corpus runs statements whose answers real Flink gave, on any engine, and
// compares what comes of them with those answers.
package corpus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Case is a statement and what Flink answered to it.
type Case struct {
	ID    string
	Area  string // the file that it is in
	Mode  string // streaming or batch
	Setup []string
	Props map[string]string // what the session was configured with
	Query string

	Columns   []Column
	Rows      []Row
	Unordered bool     // Flink promises no order, though the mode is batch
	Volatile  bool     // other rows each time, as many
	Loose     bool     // other rows each time
	UpsertKey []string `json:"upsert_key"` // rows replace those of the same key
	Error     *struct{ Message string }
}

// Column is one of an answer. Type is as Flink writes it, or empty where an engine
// does not tell it in that form.
type Column struct{ Name, Type string }

// Row is a change and the values it brings; nil is NULL.
type Row struct {
	Op    string // +I, -U, +U, -D
	Cells []*string
}

// UnmarshalJSON reads a row of a file. Plain text is preferred: JSON loses digits.
func (r *Row) UnmarshalJSON(b []byte) error {
	var row struct {
		Op         string
		Row, Plain []*string
	}
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	r.Op, r.Cells = row.Op, row.Plain
	if r.Cells == nil {
		r.Cells = row.Row
	}
	return nil
}

// Areas are the cases that are written by hand, an area of SQL a file.
func Areas(t testing.TB) []Case { return Read(t, Folder(t, "areas")) }

// Recorded are those that were recorded later, many by each of drey's own questions.
func Recorded(t testing.TB) []Case { return Read(t, Folder(t, "recorded")) }

// Data is the folder with the files that tables of the cases read.
func Data(t testing.TB) string { return Folder(t, "data") }

// Folder gives a folder or file of the corpus.
func Folder(t testing.TB, name string) string {
	t.Helper()
	found, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Find looks for a folder or file of the corpus from the folder of a test upwards.
func Find(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		found := filepath.Join(dir, "server", "engine", "enginetest", "corpus", "testdata", name)
		if _, err := os.Stat(found); err == nil {
			return found, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no %s of the corpus is above this test", name)
		}
		dir = filepath.Dir(dir)
	}
}

// Read reads the cases of a folder.
func Read(t testing.TB, folder string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", folder, err)
	}
	var all []Case
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Cases []Case }
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range doc.Cases {
			c.Area = strings.TrimSuffix(filepath.Base(file), ".json")
			all = append(all, c)
		}
	}
	return all
}

// Sample is one case of so many, from the first on; all with DREY_CORPUS=all.
func Sample(cases []Case, of, first int) []Case {
	if os.Getenv("DREY_CORPUS") == "all" {
		return cases
	}
	var some []Case
	for i := first; i < len(cases); i += of {
		some = append(some, cases[i])
	}
	return some
}

// DiffersOn are the cases that a version of Flink answers in another way than the
// one that they were recorded on.
func DiffersOn(t testing.TB, version string) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(Folder(t, "versions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if id, rest, ok := strings.Cut(line, "\t"); ok && strings.HasPrefix(rest, version+"\t") {
			ids[id] = true
		}
	}
	return ids
}
