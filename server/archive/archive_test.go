package archive

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/store"
)

func opened(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func taken(model.Reader) error { return nil }

// filled is a store with an environment, an application with everything that a
// record can have, and a table.
func filled(t *testing.T) *store.Store {
	t.Helper()
	s := opened(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	err := s.Update(t.Context(), func(tx model.Tx) error {
		env := model.Record{
			Scope: model.Scope{Kind: model.KindEnvironment}, Name: "prod", UID: "1", Created: at, Updated: at,
			Doc: cmf.Object(`{"name":"prod"}`),
		}
		app := model.Record{
			Scope: model.Scope{Kind: model.KindApplication, Env: "prod"}, Name: "orders", UID: "2",
			State: cmf.JobRunning, Link: "l",
			Created: at, Updated: at.Add(time.Hour), Due: at.Add(2 * time.Hour),
			ControllerState: cmf.Object(`{"instance":"i"}`),
			Doc: cmf.Object(
				`{"metadata":{"labels":{"team":"a","n":1}},"spec":{"n":9007199254740993,"f":1.50,"e":1E+2,` +
					`"s":"007: \"yes\" # no","nul":null,"l":[true,"\n"],"html":"<&>"}}`,
			),
		}
		return errors.Join(tx.Put(env), tx.Put(app))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.ChangeTables(t.Context(), "prod", func([]engine.Table) ([]engine.Table, error) {
		return []engine.Table{{Catalog: "c"}, {
			Catalog: "c", Database: "d", Name: "t", Definition: []byte(`{"a":[1.0]}`),
		}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func exported(t *testing.T, s Store) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), s, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsReadBackIsWhatWasWritten(t *testing.T) {
	from, to := filled(t), opened(t)
	text := exported(t, from)
	if n, err := Read(t.Context(), to, strings.NewReader(text), taken); err != nil || n != 4 {
		t.Fatalf("got %d, %v, want four documents", n, err)
	}
	if again := exported(t, to); again != text {
		t.Errorf("got %s, want %s", again, text)
	}
	err := to.View(t.Context(), func(r model.Reader) error {
		got, err := r.Get(model.Scope{Kind: model.KindApplication, Env: "prod"}, "orders")
		for label, want := range map[string]int64{"team": 1, "n": 0} { // a number is no label
			found, err := r.Find(got.Scope, model.Query{Where: []model.Term{{Label: label, Test: model.TestExists}}})
			if err != nil || found.Total != want {
				t.Errorf("got %d, %v with the label %s, want %d", found.Total, err, label, want)
			}
		}
		for path, want := range map[string]string{
			"n": "9007199254740993", "f": "1.50", "e": "1E+2", "s": `"007: \"yes\" # no"`, "nul": "null",
			"l": `[true,"\n"]`, "html": `"<&>"`,
		} {
			if raw := string(got.Doc.Get("spec", path)); raw != want {
				t.Errorf("%s: got %s, want %s", path, raw, want)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAnExportIsReadWholeOrNotAtAll refuses what is no export, by its reason.
func TestAnExportIsReadWholeOrNotAtAll(t *testing.T) {
	const head = "dreyExport: 1\n---\n"
	const env = "kind: environment\nname: prod\nuid: \"1\"\ncreated: 2026-03-01T12:00:00Z\nupdated: " +
		"2026-03-01T12:00:00Z\ndocument: {}\n---\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {"", "not an export"},
		"another file":    {"a: b\n", "not an export"},
		"a list":          {"- 1\n", "not an export"},
		"a newer format":  {"dreyExport: 2\n", "newer drey (format 2"},
		"an unknown kind": {head + env + "kind: robot\nname: r\n", `unknown kind "robot"`},
		"an alias":        {head + env + "kind: environment\nname: &a x\nuid: *a\n", "aliases"},
		"a number":        {head + env + "kind: environment\nname: x\ndocument: {n: .inf}\n", "no number of JSON"},
		"not YAML":        {head + env + "kind: [\n", "yaml"},
	} {
		s := opened(t)
		if _, err := Read(t.Context(), s, strings.NewReader(c.text), taken); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
		if text := exported(t, s); strings.Contains(text, "prod") {
			t.Errorf("%s: %s was left", name, text)
		}
	}
}

func TestAnExportIsReadIntoAnEmptyStoreOnly(t *testing.T) {
	s := filled(t)
	text := exported(t, s)
	if _, err := Read(t.Context(), s, strings.NewReader(text), taken); !errors.Is(err, errNotEmpty) {
		t.Errorf("got %v, want that the store is not empty", err)
	}
	refused, empty := errors.New("another key"), opened(t)
	if _, err := Read(t.Context(), empty, strings.NewReader(text), func(model.Reader) error {
		return refused
	}); !errors.Is(err, refused) {
		t.Errorf("got %v, want what the check says", err)
	}
	if got := exported(t, empty); strings.Contains(got, "orders") {
		t.Errorf("%s was left of what the check refused", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(ended, s, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v of an export whose client left", err)
	}
}
