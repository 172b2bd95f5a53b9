package contract

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server"
	"drey/server/engine"
	"drey/server/servertest"
)

// furnished is a server with one object of each kind, and its export.
func furnished(t *testing.T) (*walker, string) {
	t.Helper()
	w := &walker{World: servertest.NewWorld(t), seen: map[string]bool{}}
	w.furnish()
	w.Must("POST", servertest.ProdApps, strings.Replace(
		servertest.Application("exact", `"state":"suspended"`, ""), `"image":"i"`,
		`"n":9007199254740993,"f":1.50,"s":"007: \"yes\" # no","image":"i"`, 1,
	))
	err := w.Store().ChangeTables(t.Context(), "prod", func([]engine.Table) ([]engine.Table, error) {
		return []engine.Table{{Catalog: "c", Database: "d", Name: "t", Definition: []byte(`{"a":[1.0]}`)}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := w.Export(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return w, out.String()
}

func TestAnExportIsReadBackTheSame(t *testing.T) {
	w, text := furnished(t)
	if strings.Contains(text, `k: v`) || !strings.Contains(text, "sealed:") {
		t.Error("the secret is not sealed in the export")
	}
	key, err := os.ReadFile(filepath.Join(w.Dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	other := servertest.NewWorld(t)
	other.OpenWith(server.Config{SecretKey: string(key)})
	n, err := other.Import(t.Context(), strings.NewReader(text))
	if err != nil || n == 0 {
		t.Fatalf("got %d, %v", n, err)
	}
	var again bytes.Buffer
	if err := other.Export(t.Context(), &again); err != nil {
		t.Fatal(err)
	}
	if again.String() != text {
		t.Error("exported again it is different")
	}
	other.Clock.Set(w.Clock.Now())
	for _, o := range servertest.Operations(t) {
		if o.Method != "GET" || strings.Contains(o.Path, "results") || o.Path == "system-information" {
			continue
		}
		target := w.target(o)
		if a, b := w.Call("GET", target, "").Body.String(), other.Call("GET", target, "").Body.String(); a != b &&
			!strings.Contains(o.Path, "applications/{appName}") {
			t.Errorf("%s: got %s, want %s", target, b, a)
		}
	}
	if got := other.Call("GET", servertest.ProdApps+"?filter=name=exact", "").Body.String(); !strings.Contains(
		got, `"n":9007199254740993,"f":1.50`,
	) {
		t.Errorf("numbers: got %s", got)
	}
	other.Advance(time.Minute)
}

func TestAnImportIsWholeOrNothing(t *testing.T) {
	_, text := furnished(t)
	for name, broken := range map[string]string{
		"not an export":             "a: b\n",
		"not an export of drey":     "",
		"export of a newer drey":    strings.Replace(text, "dreyExport: 1", "dreyExport: 2", 1),
		"document at line":          text + "---\nkind: [\n---\n",
		"sealed with another key":   text,
		"aliases have no place":     "dreyExport: 1\n---\na: &x 1\nb: *x\n",
		"Time.UnmarshalJSON: input": "dreyExport: 1\n---\nkind: environment\nname: prod\ncreated: 7\n",
	} {
		w := servertest.NewWorld(t)
		_, err := w.Import(t.Context(), strings.NewReader(broken))
		if name == "document at line" && err != nil {
			err = nil // any error will do: the YAML is cut
		} else if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
		servertest.Play(w, []scenario{{name, "GET", "environments", "", nil, 200, `"items":[]`}})
	}
}

func TestNothingIsImportedOverWhatIsThere(t *testing.T) {
	w, text := furnished(t)
	if _, err := w.Import(t.Context(), strings.NewReader(text)); err == nil ||
		!strings.Contains(err.Error(), "new data folder") {
		t.Errorf("got %v, want a refusal", err)
	}
}
