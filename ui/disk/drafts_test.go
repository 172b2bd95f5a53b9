package disk

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"drey/views"
)

func TestADraftIsKeptUntilItIsRemoved(t *testing.T) {
	root := t.TempDir()
	d := NewDrafts(root)
	draft := views.Draft{
		ID: "a1", Target: views.Ref{Context: "prod", Kind: "applications", Scope: "e", Name: "orders"},
		Base: json.RawMessage(`{"n":9007199254740993}`), Text: "a: 1 # why\n",
		Changed: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	if err := d.Save(draft); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(d.Path("a1")); err != nil || info.Mode().Perm() != 0o600 ||
		filepath.Base(d.Path("a1")) != "orders.yaml" {
		t.Errorf("the text is in %s, %v, %v", d.Path("a1"), info, err)
	}
	other := NewDrafts(root) // another console
	if _, err := other.Open("a1"); err == nil {
		t.Error("two consoles have one draft open")
	}
	if err := os.WriteFile(d.Path("a1"), []byte("a: 2\n"), 0o600); err != nil { // an editor writes, and all is killed
		t.Fatal(err)
	}
	d.CloseAll()
	got, err := other.Open("a1")
	if err != nil || got.Text != "a: 2\n" || !reflect.DeepEqual(got.Target, draft.Target) {
		t.Errorf("got %+v, %v", got, err)
	}
	var base map[string]json.Number
	if json.Unmarshal(got.Base, &base) != nil || base["n"] != "9007199254740993" {
		t.Errorf("the base is %s", got.Base)
	}
	if list, err := other.List(); err != nil || len(list) != 1 {
		t.Errorf("listed %v, %v", list, err)
	}
	if err := other.Remove("a1"); err != nil {
		t.Fatal(err)
	}
	if list, err := d.List(); err != nil || len(list) != 0 {
		t.Errorf("after it was removed: %v, %v", list, err)
	}
	if _, err := d.Open("../a1"); err == nil {
		t.Error("a path was taken for an id")
	}
}

func TestAPrivateTextLeavesNothing(t *testing.T) {
	root := t.TempDir()
	d := NewDrafts(root)
	path, err := d.Private("../../db", "password: x\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".db.yaml.swp"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := d.ReadPrivate(path); err != nil || text != "password: x\n" {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := d.Private("b", "y"); err != nil { // this console is killed now
		t.Fatal(err)
	}
	d.Close(filepath.Join(root, "drafts")) // nothing of it is closed
	for _, lock := range d.locks {
		_ = lock.Close()
	}
	if _, err := NewDrafts(root).List(); err != nil { // the next one starts
		t.Error(err)
	}
	left, err := os.ReadDir(filepath.Join(root, "drafts"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
