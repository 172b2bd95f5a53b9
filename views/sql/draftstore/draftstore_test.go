package draftstore_test

import (
	"slices"
	"testing"

	"drey/ui/disk"
	"drey/views/sql/draftstore"
)

// texts are those of a new state folder.
func texts(t *testing.T) *disk.Texts {
	t.Helper()
	d := disk.NewTexts(t.TempDir())
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func put(t *testing.T, d *disk.Texts, name, text string) {
	t.Helper()
	if err := d.Save(name, text); err != nil {
		t.Fatal(err)
	}
}

func write(name, text string, version uint64) draftstore.Write {
	return draftstore.Write{Name: name, Version: version, Text: draftstore.Words(text)}
}

func TestAnOlderTextDoesNotComeOverANewerOne(t *testing.T) {
	d := texts(t)
	s := &draftstore.Store{Drafts: d}
	if !s.Unwritten("a", 1) {
		t.Error("nothing was written yet")
	}
	for _, w := range []draftstore.Write{write("a", "new", 3), write("a", "old", 2), write("a", "as new", 3)} {
		if err := s.Save([]draftstore.Write{w}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := d.Load("a"); got != "new" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if s.Unwritten("a", 3) || !s.Unwritten("a", 4) {
		t.Error("the version that is on the disk is not known")
	}
}

func TestATextThatWasDeletedIsNotBroughtBackByALateSave(t *testing.T) {
	d := texts(t)
	s := &draftstore.Store{Drafts: d}
	for _, jobs := range [][]draftstore.Write{
		{write("buffer-b2.sql", "SELECT 1", 1)},
		{{Name: "buffer-b2.sql", Deleted: true}},
		{write("buffer-b2.sql", "SELECT 1, 2", 2)}, // it waited for the one that deleted
	} {
		if err := s.Save(jobs); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := d.List(); len(names) != 0 || err != nil {
		t.Errorf("there are %v, %v", names, err)
	}
}

func TestATextThatNoIndexNamesIsABuffer(t *testing.T) {
	d := texts(t)
	put(t, d, draftstore.IndexName, `{"active":"b1","buffers":[{"id":"b1","name":"orders"}],
		"closed":[{"id":"b2","name":"old"}]}`)
	put(t, d, draftstore.TextName("b1"), "SELECT 1")
	put(t, d, draftstore.TextName("b2"), "SELECT 2")
	put(t, d, draftstore.TextName("b7"), "SELECT 7")
	put(t, d, draftstore.TextName("b8"), " \n")
	put(t, d, "history.jsonl", "{}")
	got := draftstore.Load(d)
	var names []string
	for _, b := range got.Index.Buffers {
		names = append(names, b.ID+" "+b.Name+": "+got.Texts[b.ID])
	}
	if want := []string{"b1 orders: SELECT 1", "b7 found b7: SELECT 7"}; !slices.Equal(names, want) || got.Err != nil {
		t.Errorf("got %q, %v, want %q", names, got.Err, want)
	}
	if len(got.Index.Closed) != 1 || got.Texts["b2"] != "SELECT 2" || got.Fresh {
		t.Errorf("got %+v", got)
	}
}

func TestTextsAreFoundThoughTheirIndexIsDamaged(t *testing.T) {
	d := texts(t)
	put(t, d, draftstore.IndexName, `{"buffers":[{"id":"b1","na`)
	put(t, d, draftstore.TextName("b1"), "SELECT 1")
	got := draftstore.Load(d)
	if got.Err == nil || len(got.Index.Buffers) != 1 || got.Texts["b1"] != "SELECT 1" {
		t.Errorf("got %+v", got)
	}
}

func TestTheOneTextOfAnOlderDreyBecomesABuffer(t *testing.T) {
	d := texts(t)
	put(t, d, "editor.sql", "SELECT 1")
	got := draftstore.Load(d)
	if len(got.Index.Buffers) != 1 || got.Index.Buffers[0].ID != "b1" || got.Texts["b1"] != "SELECT 1" || !got.Fresh {
		t.Errorf("got %+v", got)
	}
}

func TestASecondConsoleIsToldWhereItsBuffersAre(t *testing.T) {
	root := t.TempDir()
	first, second := disk.NewTexts(root), disk.NewTexts(root)
	t.Cleanup(func() { _, _ = first.Close(), second.Close() })
	if got := draftstore.Load(first); got.Notice != "" {
		t.Errorf("the first one is told %q", got.Notice)
	}
	if got := draftstore.Load(second); got.Notice == "" {
		t.Error("the second one is told nothing")
	}
}
