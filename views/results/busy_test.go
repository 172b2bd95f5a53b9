package results_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/statement"
	"drey/keymap"
	"drey/views"
	"drey/views/results/rowset"
)

func TestASecondExportIsRefusedAndSwallowsNothing(t *testing.T) {
	b := newBench(t, rowset.NewLog(&statement.Traits{AppendOnly: true, Columns: columns("n INTEGER")}, false))
	b.add(changes("+I 1", "+I 2")...)
	first, second := filepath.Join(b.home, "first.csv"), filepath.Join(b.home, "second.csv")
	begin := func(path string) {
		b.press("w")
		for range 200 { // what is proposed
			b.press("backspace")
		}
		b.write(path)
	}
	begin(first)
	export, handled := b.Key(keymap.Message("enter"))
	if !handled || export == nil {
		t.Fatal("no export began")
	}
	begin(second)
	b.press("enter")
	if !b.Typing() {
		t.Error("the line closed: what is typed next would run as commands")
	}
	if screen := b.screen(); !strings.Contains(screen, "exporting") {
		t.Errorf("nothing says that an export is under way:\n%s", screen)
	}
	b.press("esc")
	b.run(export)
	if _, err := os.Stat(first); err != nil {
		t.Error("the first export did not end:", err)
	}
	if _, err := os.Stat(second); err == nil {
		t.Error("the refused export was written")
	}
	if n, ok := b.said[len(b.said)-1].(views.NoticeMsg); !ok || !strings.Contains(n.Text, "wrote 2 rows") {
		t.Errorf("said %v", b.said)
	}
}
